import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words.fold import _INVISIBLE, _PLAIN, fold, fold_characters

_TEXTS = st.one_of(
    st.text(max_size=80), st.text(alphabet="aÉ“”’`´‹—…ﬁＡß e\u0301\u00ad\u200b\u2028\n\r\t½″", max_size=60)
)


@given(_TEXTS)
@example("`é`")
@example("‶″‴ é")
def test_folding_by_kinds_gives_what_folding_each_character_gives(text: str) -> None:
    one_by_one = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    assert fold(text) == " ".join("".join(_PLAIN.get(char, char) for char in one_by_one).split())


@given(_TEXTS)
def test_a_text_folded_whole_has_the_lines_of_each_folded_alone(text: str) -> None:
    assert fold_characters(text).split("\n") == [fold_characters(line) for line in text.split("\n")]
