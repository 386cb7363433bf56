import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decode import normalise

_TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=" \t\n\r\x0b\x0c\x85\u2028\u2029\xa0\u3000\u200b\ufeff\x00\x1ca-1.", max_size=60),
)


@given(_TEXTS)
def test_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(_TEXTS)
def test_what_always_holds(text: str) -> None:
    clean = normalise(text)
    clean.encode("utf-8")
    assert clean == clean.strip()
    assert "\n\n\n" not in clean
    assert "  " not in clean
    assert not any(char in clean for char in "\r\t\x00\x85\xa0\u2028\ufeff")
    assert all(line == line.strip(" ") for line in clean.split("\n"))


@given(st.text(max_size=80))
def test_nothing_that_is_seen_is_touched(text: str) -> None:
    def seen(value: str) -> list[str]:
        return [char for char in value if char.isprintable() and not char.isspace()]

    kept = text.translate({0xFFF9 + i: None for i in range(4)})
    assert seen(normalise(text)) == seen(kept)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("a\n \t\n\u00a0\nb", "a\n\nb"),
        ("10\u00a0000\u202f€ \t x", "10 000 € x"),
        ("- one\n  - two\n", "- one\n- two"),
        ("“quotes” — dashes…", "“quotes” — dashes…"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800x", "\ufffdx"),
        ("\ufeffTitle\x0cPage", "Title\nPage"),
        ("", ""),
    ],
)
def test_cases(raw: str, clean: str) -> None:
    assert normalise(raw) == clean
