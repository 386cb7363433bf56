import ftfy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.decode import repair
from pipeline.decode.mojibake import CONFIG

# Characters in which ftfy sees mojibake, entities and other repairs, beside plain ones.
_MARKS = "ÃÂ©â€™œ\ufffdØÙ°±ГўВЂВвЂàáñ£¢«»’“”…–—√≈‚Ä×²³│ﬁĳǆß<&;éÅa zA.,?\n\r"
_HIDDEN = "\u0301\x80\x85\x93\x9f\xa0\xad\ufeff\u206a\ufffc\x1b\x00\x7f\u2028\ud83d\udca9\U0001f4a9"
_PARTS = ["&amp;", "&eacute;", "&#39;", "&ATILDE;", "\x1b[31m", "Ã ", " Â ", "â€œ", "e\u0301", "x < y", "&amp;lt;"]
_SUSPECT = st.sampled_from([*_MARKS, *_HIDDEN, *_PARTS])
_TEXTS = st.one_of(st.lists(_SUSPECT, max_size=40).map("".join), st.text(max_size=60))


def _mojibake(text: str) -> str:
    return text.encode("utf-8", "replace").decode("sloppy-windows-1252")


@given(st.one_of(_TEXTS, _TEXTS.map(_mojibake)))
@settings(max_examples=400)
@example("a &amp; b\nx < y &amp; z\n&amp;")
@example("Ã la mode\nÂ x\n Â")
@example("word\nÃ la")
@example(_mojibake(_mojibake("café")) + " ﬁn\nÃ©&amp;\u0301")
@example(_mojibake("a\u0316\u0301") + "\nÂ\x85")
@example("\nÃ ")
@example("a\nÃ \nb")
@example("é a Ã la mode")
@example("é  a Â b")
@example("\ud83d\udca9 and \ud83d")
def test_the_gate_never_changes_the_result(text: str) -> None:
    assert repair(text) == ftfy.fix_text(text, CONFIG)


@given(
    st.one_of(_TEXTS, _TEXTS.map(_mojibake)).map(lambda text: text.replace("\n", " ")), st.sampled_from([1200, 12_000])
)
@settings(max_examples=25)
@example("&amp;amp;amp;amp;lt; e\u0301\u0316", 12_000)
@example("\u0301\u0316", 12_000)
@example("&#x301;&#x316;", 12_000)
@example(_mojibake("\u0316\u0301"), 12_000)
@example("&am\x00p; &a&#109;p;lt;", 1200)
def test_long_lines_come_out_as_ftfy_fixes_them(text: str, size: int) -> None:
    line = text * (size // max(1, len(text)) + 1)
    assert repair(line) == ftfy.fix_text(line, CONFIG)


def test_what_is_escaped_without_end_is_unescaped_a_few_times() -> None:
    repaired = repair("&" + "amp;" * 1000 + "lt;")
    assert repaired.startswith("&amp;amp;")
    assert 0 < repaired.count("amp;") < 1000
    assert repair("&" + "amp;" * 5 + "lt;" + " word" * 1000) == "<" + " word" * 1000


def test_long_lines_are_cut_as_ftfy_cuts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.decode.mojibake.CONFIG", CONFIG._replace(max_decode_length=50))
    text = ("plain text here &amp; Ã©tÃ© " * 20 + "\n") * 3
    assert repair(text) == ftfy.fix_text(text, CONFIG._replace(max_decode_length=50))


@given(st.text(max_size=80))
def test_no_lone_surrogate_leaves(text: str) -> None:
    repaired = repair(text)
    assert not any("\ud800" <= character <= "\udfff" for character in repaired)


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("The Mona Lisa doesnâ€™t have eyebrows.", "The Mona Lisa doesn’t have eyebrows."),
        ("L&amp;eacute;on &amp; co", "Léon & co"),
        ("Ã©tÃ©\x00", "été"),
        ("eﬃcient", "efficient"),
        ("It\x92s", "It’s"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("cafe\u0301", "café"),
    ],
)
def test_accidents_are_repaired(broken: str, sound: str) -> None:
    assert repair(broken) == sound


@pytest.mark.parametrize(
    "text",
    [
        "“It’s” — she said…",
        "新华社，北京（记者）：“你好！”",
        "10³ ½ µ",
        "a\r\nb\u2028c",
        "1 < 2 &amp; 3",
        "naïve café, Ångström",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert repair(text) == text
