import regex

from pipeline.sign.classes import DIGIT, KNOWN, TIMES, WORD, Classes
from pipeline.sign.letters import letters_of
from pipeline.words.tables import BLOCK

_DIGIT, _WORD = regex.compile(r"\d"), regex.compile(r"[^\W_]")


def test_every_character_is_what_one_text_of_it_is() -> None:
    known = Classes()
    known.learn(range(0x110000 >> BLOCK))
    for code, found in enumerate(known.of.tolist()):
        char = chr(code)
        word, digit = _WORD.match(char) is not None, _DIGIT.match(char) is not None
        assert found & KNOWN
        assert bool(found & WORD) == word
        assert bool(found & DIGIT) == digit
        # Where a figure is looked for from its digits on, they are of words.
        assert word or not digit
        if code % 16 == 0 or code < 0x3400:
            assert found & TIMES == len(letters_of(char))


def test_nothing_is_asked_about_scripts_that_were_not_met() -> None:
    known = Classes()
    assert known.of[:0x100].all()
    assert not known.of[0x100:].any()
