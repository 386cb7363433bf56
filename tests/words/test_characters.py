from hypothesis import given
from hypothesis import strategies as st

from pipeline.words.characters import unusual

_TEXTS = st.one_of(st.text(max_size=80), st.text(alphabet="a1\n\t\x7f\x1b²٣½东é’\ud83d", max_size=40))


@given(_TEXTS)
def test_unusual_is_all_but_printable_ascii_and_line_feeds(text: str) -> None:
    assert unusual(text) == {char for char in text if char != "\n" and not " " <= char <= "~"}
