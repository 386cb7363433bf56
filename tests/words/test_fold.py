import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words.fold import _INVISIBLE, PLAIN, _change, fold, fold_characters, fold_whole

_TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="각가\u1100\u1161\u11a8かカﾞ\u3099كا\u0653¨\ufdfaİÀA\u0327\u0345 ", max_size=20),
    st.text(alphabet="aÉ“”’`´‹—…ﬁＡß e\u0301\u00ad\u200b\u2028\n\r\t½″", max_size=60),
)


@given(_TEXTS)
@example("`é`")
@example("‶″‴ é")
def test_folding_by_kinds_gives_what_folding_each_character_gives(text: str) -> None:
    one_by_one = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    assert fold(text) == " ".join("".join(PLAIN.get(char, char) for char in one_by_one).split())


@given(_TEXTS)
def test_a_text_folded_whole_has_the_lines_of_each_folded_alone(text: str) -> None:
    assert fold_characters(text).split("\n") == [fold_characters(line) for line in text.split("\n")]


def test_what_may_join_with_the_character_before_it_is_not_folded_alone() -> None:
    pairs = (unicodedata.decomposition(char).split() for char in map(chr, range(0x110000)))
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    jamo = {*map(chr, range(0x1161, 0x1176)), *map(chr, range(0x11A8, 0x11C3))}
    marks = {char for char in map(chr, range(0x110000)) if unicodedata.combining(char)}
    assert len(seconds) > 50
    assert {
        char for char in seconds | jamo | marks if (change := _change(char)) is None or change.folded is not None
    } == set()


@given(_TEXTS)
def test_white_space_stands_as_it_stood_where_folding_says_so(text: str) -> None:
    folded, kept_spaces = fold_whole(text)
    if kept_spaces:
        assert [char.isspace() for char in folded if char.isspace()] == [True for char in text if char.isspace()]
        words = text.split()
        assert folded.split() == [fold(word) for word in words]
