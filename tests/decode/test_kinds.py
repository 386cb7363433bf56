import itertools
import sys
import unicodedata

import ftfy
import pytest
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES, is_bad
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.decode import kinds, normalise, repair, repair_all, settle
from pipeline.decode.kinds import Kinds, may_join, named_beside_sets
from pipeline.decode.mojibake import CONFIG

_EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000), 0x1F600, 0x10FFFF]))
_MARKS = "".join(
    char for char in _EVERY if BADNESS_RE.search(char + "\xa6") or char in "ÃÂØÙ°±ГўВЂВвàœ‚Ä√≈×²β€ā«»’“”…–—"
)
_TEXTS = st.lists(
    st.one_of(
        st.text(alphabet=st.sampled_from([*_MARKS, *"aZ .,-\n"]), max_size=30),
        st.text(alphabet=" \n\t\xa0ab.", max_size=20),
        st.text(max_size=20),
    ),
    max_size=12,
)


@pytest.fixture(params=["arrays", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(compiling, "WORTH_NS", 0 if request.param == "compiled" else float("inf"))
    return str(request.param)


@pytest.mark.usefixtures("way")
@given(_TEXTS)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["é", "", "Ã ", "", "a"])
@example(["a\n", "\nb", " c", "", "d  e", "f\n\n\ng"])
@example(["Åœ\nnext", "Åœ"])
def test_many_texts_come_out_as_each_alone(texts: list[str]) -> None:
    assert repair_all(texts) == [ftfy.fix_text(text, CONFIG) for text in texts]
    assert list(settle(texts)) == [normalise(ftfy.fix_text(text, CONFIG)) for text in texts]
    assert list(settle(texts, mend=False)) == [normalise(text) for text in texts]


_BY_ARRAYS, _COMPILED = Kinds(), Kinds()


@given(_TEXTS)
@settings(max_examples=300)
@example(["\xe9\u0301", "Ã ", "aÃ", "12345678 é\ud800", "1234567  ", "123456\n\n", "1234567\x7f", "12345678"])
def test_compiled_code_sees_what_arrays_see(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", float("inf"))
        # What stands beside a text may make its surroundings longer.
        alone = [_BY_ARRAYS.look([text]) for text in texts]
        patch.setattr(compiling, "WORTH_NS", 0)
        together = _COMPILED.look(texts)
    assert [tuple(column[0] for column in one) for one in alone] == list(zip(*together, strict=True))


def test_more_surroundings_than_there_is_room_for_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    texts = ["é “a” " * 9, "plain", "Ã© é„b“ " * 9, "ГўВЂВ. «é»" * 5]
    known = Kinds().look(texts)
    monkeypatch.setattr(kinds, "_ROOM", 2)
    monkeypatch.setattr(kinds, "_MOST_KNOWN", 8)
    few = Kinds()
    for _ in range(3):
        assert [column.tolist() for column in few.look(texts)] == [column.tolist() for column in known]
    assert known.sound.tolist() == [True, True, False, False]


@pytest.mark.parametrize("size", [5, 17, 40])
@given(st.text(alphabet="aé Ã’â€œ\n\u0301\u0316ГўВЂВ.", max_size=150))
@settings(max_examples=60)
def test_the_parts_of_a_long_text_hide_nothing(size: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "_TOGETHER", size)
        assert list(settle([text, "a"])) == [normalise(ftfy.fix_text(text, CONFIG)), "a"]


def _beside_sets() -> str:
    """ftfy's pattern without the sets that it is put together from, and without comments."""
    pattern = BADNESS_RE.pattern
    for characters in sorted(MOJIBAKE_CATEGORIES.values(), key=len, reverse=True):
        pattern = pattern.replace(characters, "")
    return "\n".join(line.partition("# ")[0] for line in pattern.splitlines())


def test_the_pattern_names_no_letter_of_ascii_by_itself() -> None:
    """The kinds rest on it: all small letters are one kind, and so on."""
    pattern = _beside_sets()
    for known in ("a-zA-Z", "A-Za-z", "a-z", r"\xa0", r"\xad", r"\s", r"\w", ".,?!"):
        pattern = pattern.replace(known, "")
    # Nor a range.
    assert set(filter(str.isascii, pattern)) <= set("[]|^? .\n")


def test_what_the_pattern_names_by_itself_is_found() -> None:
    named = named_beside_sets(BADNESS_RE.pattern, MOJIBAKE_CATEGORIES.values())
    assert named >= {*filter(lambda char: not char.isascii(), _beside_sets()), "\xa0", "\xad"}


def _plain() -> list[str]:
    """One character of each kind that does not matter by itself."""
    known = Kinds()
    known.look([_EVERY])
    return [char for char in known._example.values() if not known._matters[ord(char)]]


_PLAIN = _plain()


def test_without_a_character_that_matters_nothing_is_bad() -> None:
    assert len(_PLAIN) > 10
    assert not BADNESS_RE.search("\n".join(map("".join, itertools.product(_PLAIN, repeat=3))))


@given(st.text(alphabet=_PLAIN, max_size=40))
@settings(max_examples=300)
def test_nor_in_longer_ones(text: str) -> None:
    assert not is_bad(text)


def test_characters_of_a_kind_are_the_same_to_the_pattern() -> None:
    known = Kinds()
    known.look([_EVERY])
    round_about = [
        "{}\u0402",
        "a{} ",
        " {}€",
        "Â{}",
        "{}²",
        "é{}ä",
        "в{}",
        "{}é",
        "{}œ",
        "a{}\xa6",
        "“{}",
        "é“{}",
        "{}Â ",
        "│{}",
        "Ù–Ù{}",
    ]
    verdicts: dict[int, tuple[bool, ...]] = {}
    for char in _EVERY:
        told = tuple(is_bad(one.format(char)) for one in round_about)
        assert verdicts.setdefault(int(known._of[ord(char)]), told) == told, hex(ord(char))


def test_what_composes_is_looked_at() -> None:
    for char in map(chr, range(sys.maxunicode + 1)):
        parts = unicodedata.decomposition(char).split()
        if parts and not parts[0].startswith("<"):
            assert may_join(char) or unicodedata.normalize("NFC", char) == char
            assert may_join(chr(int(parts[-1], 16))) or len(parts) == 1
        assert may_join(char) or not unicodedata.combining(char)


def test_there_is_room_for_more_kinds() -> None:
    known = Kinds()
    known.look([_EVERY])
    assert known._plain + 50 < known._noted


@given(st.text(max_size=60))
def test_one_text_goes_the_same_way(text: str) -> None:
    assert repair(text) == repair_all([text, text])[1]
