"""Candidates are what their definition says, however they are come by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.config import MatchConfig
from pipeline.match import candidates as code
from pipeline.match import spool
from pipeline.match import turns as turning
from pipeline.match.bands import band_shape
from pipeline.match.candidates import Candidate, Candidates, Turn
from pipeline.match.marks import Marks
from pipeline.match.verify import SAME_PAGE, SAME_SITE, STRANGERS
from tests.match.packing import pack

PERMUTATIONS = 16
BANDS, _ = band_shape(0.7, 0.99, PERMUTATIONS)


@dataclass(frozen=True)
class Doc:
    """The marks of one document, and what the caller decides on it when asked."""

    key: int
    bands: tuple[int, ...] | None
    fingerprints: frozenset[int]
    letters: frozenset[int]
    page: int
    keep: bool


docs = st.builds(
    Doc,
    key=st.integers(0, 12),
    bands=st.none() | st.tuples(*[st.integers(0, 99) | st.integers(0, 2)] * BANDS),
    fingerprints=st.frozensets(st.integers(0, 9), max_size=3),
    letters=st.frozensets(st.integers(0, 40) | st.integers(0, 3), max_size=25),
    page=st.integers(0, 6),
    keep=st.booleans(),
)
corpora = st.lists(docs, max_size=8) | st.lists(docs, min_size=9, max_size=30)


# Of hashes five bytes are kept.
UPPER = np.uint64(0xFFFFFFFFFF000000)


def marks_of_docs(some: list[Doc]) -> Marks:
    def ends(sizes: list[int]) -> np.ndarray:
        return np.cumsum([0, *sizes]).astype(np.int64)

    fingerprints = [sorted((one + 1) * 0x9E3779B97F4A7C15 % 2**64 for one in doc.fingerprints) for doc in some]
    letters = [sorted(doc.letters) for doc in some]
    bands = [
        [(100 * band + value + 1) * 0x9E3779B97F4A7C15 % 2**64 for band, value in enumerate(doc.bands or ())]
        for doc in some
    ]
    return Marks(
        exact_keys=np.array([[doc.key % 4, doc.key] for doc in some], np.uint64).reshape(-1, 2),
        bands=np.array([*chain(*bands)], np.uint64) & UPPER,
        band_offsets=ends(list(map(len, bands))),
        fingerprints=np.array([*chain(*fingerprints)], np.uint64) & UPPER,
        fingerprint_offsets=ends(list(map(len, fingerprints))),
        letters=np.array([*chain(*letters)], np.uint32),
        letter_offsets=ends(list(map(len, letters))),
        pages=np.array([doc.page for doc in some], np.uint64),
        domains=np.zeros(len(some), np.uint32),
    )


@dataclass
class ByLooking:
    """The definition: kept documents by their marks."""

    config: MatchConfig
    of_text: dict[int, int] = field(default_factory=dict)
    holders: dict[tuple[str, object], list[int]] = field(default_factory=lambda: defaultdict(list))
    sketched: dict[int, int] = field(default_factory=dict)

    def marks(self, doc: Doc) -> dict[str, list[tuple[str, object]]]:
        told: dict[str, list[tuple[str, object]]] = {"first": [], "few": [], "letters": []}
        if self.config.updates and doc.page:
            told["first"].append(("page", doc.page))
        if self.config.bands and doc.bands is not None:
            told["first"] += [("band", band) for band in enumerate(doc.bands)]
        if self.config.fingerprints:
            told["few"] = [("fingerprint", one) for one in doc.fingerprints]
        if self.config.altered:
            told["letters"] = [("letters", one) for one in doc.letters]
        return told

    def turn(self, number: int, doc: Doc) -> Turn | None:
        marks = self.marks(doc)
        likely: set[int] = set()
        for mark in marks["first"]:
            likely.update(self.holders[mark][: code._CROWD])
        for mark in marks["few"]:
            if len(self.holders[mark]) < self.config.common_fingerprint:
                likely.update(self.holders[mark])
        shared: dict[int, int] = defaultdict(int)
        for mark in marks["letters"]:
            if len(self.holders[mark]) < self.config.common_fingerprint:
                for one in self.holders[mark]:
                    shared[one] += 1
        lettered = {
            one
            for one, grams in shared.items()
            if grams >= 2 and grams >= 0.1 * min(self.sketched[one], len(doc.letters))
        }
        found = [Candidate(one, one in lettered) for one in sorted(likely | lettered)]
        same = self.of_text.get(doc.key)
        return Turn(number, same, found) if found or same is not None else None

    def keep(self, number: int, doc: Doc) -> None:
        self.of_text.setdefault(doc.key, number)
        self.sketched[number] = len(doc.letters)
        for some in self.marks(doc).values():
            for mark in some:
                self.holders[mark].append(number)


def by_looking(corpus: list[Doc], config: MatchConfig) -> tuple[list[Turn], list[int]]:
    looking, turns, kept = ByLooking(config), [], []
    for number, doc in enumerate(corpus):
        turn = looking.turn(number, doc)
        if turn is not None:
            turns.append(turn)
        if turn is None or doc.keep:
            looking.keep(number, doc)
            kept.append(number)
    return turns, kept


def by_sorting(
    corpus: list[Doc], old: int, config: MatchConfig, each: int = 4, folder: Path | None = None
) -> list[Turn]:
    """What the code gives; the first `old` documents are kept ones of earlier runs."""

    def batches(some: list[Doc]):
        return (marks_of_docs(some[at : at + each]) for at in range(0, len(some), each))

    # Both forms of marks give the same.
    new = map(pack, batches(corpus[old:])) if each % 2 else batches(corpus[old:])
    made = Candidates(lambda: map(pack, batches(corpus[:old])), lambda: new, old, len(corpus) - old, config, folder)
    turns = []
    while (turn := made.next()) is not None:
        turns.append(turn)
        if corpus[turn.number].keep:
            made.keep()
    return turns


def config_of(common: int, **more: bool) -> MatchConfig:
    return MatchConfig(permutations=PERMUTATIONS, common_fingerprint=common, **more)


def check(corpus: list[Doc], split: int, config: MatchConfig, each: int, folder: Path | None = None) -> None:
    turns, kept = by_looking(corpus, config)
    split = min(split, len(corpus))
    # A later run knows the kept documents of the earlier one alone.
    arrived = [*(number for number in kept if number < split), *range(split, len(corpus))]
    place = {number: at for at, number in enumerate(arrived)}
    wanted = [
        Turn(
            place[turn.number],
            None if turn.same is None else place[turn.same],
            [Candidate(place[one.number], one.lettered) for one in turn.candidates],
        )
        for turn in turns
        if turn.number >= split
    ]
    old = sum(number < split for number in kept)
    assert by_sorting([corpus[number] for number in arrived], old, config, each, folder) == wanted


@pytest.fixture(params=["compiled", "plain"])
def way(request, monkeypatch):
    if request.param == "compiled":
        pytest.importorskip("numba")
    monkeypatch.setattr(compiling, "WORTH_NS", 0 if request.param == "compiled" else float("inf"))
    # Crowds, and ends of what is looked at ahead, in few documents.
    monkeypatch.setattr(code, "_CROWD", 3)
    monkeypatch.setattr(code, "_TOGETHER", 7)


# Hypothesis runs all examples under one setting of the fixture, which is what is wanted.
@pytest.mark.usefixtures("way")
class TestEitherWay:
    @settings(max_examples=150, deadline=None)
    @given(corpora, st.integers(0, 30), st.integers(2, 5), st.integers(1, 9))
    def test_candidates_are_what_the_definition_says(self, corpus, split, common, each):
        check(corpus, split, config_of(common), each)

    @settings(max_examples=60, deadline=None)
    @given(corpora, st.integers(0, 30), st.integers(2, 5), st.integers(1, 9))
    def test_and_from_disk(self, corpus, split, common, each):
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(spool, "_HELD", 6)
            patch.setattr(spool, "_PART", 6)
            check(corpus, split, config_of(common), each, Path(folder))

    @settings(max_examples=60, deadline=None)
    @given(corpora, st.integers(0, 30), st.tuples(*[st.booleans()] * 4))
    def test_and_by_each_channel_alone(self, corpus, split, used):
        names = ("bands", "fingerprints", "altered", "updates")
        check(corpus, split, config_of(3, **dict(zip(names, used, strict=True))), 4)


PLAIN = Doc(0, None, frozenset(), frozenset(), 0, True)


def crowd(size: int, **marks: object) -> list[Doc]:
    return [Doc(**{**vars(PLAIN), "key": number, **marks}) for number in range(size)]


def test_later_documents_change_nothing_for_earlier_ones():
    """A band that many hold is a crowd; whether many will hold it does not show when the first ones come."""
    config = config_of(100)
    for corpus in (crowd(120, bands=(5,) * BANDS), crowd(120, page=4)):
        whole = by_sorting(corpus, 0, config)
        part = by_sorting(corpus[:90], 0, config)
        assert part == whole[: len(part)]
        assert max(len(turn.candidates) for turn in whole) == code._CROWD


def test_a_fingerprint_of_twenty_kept_documents_is_no_evidence():
    turns = by_sorting(crowd(25, fingerprints=frozenset({3})), 0, config_of(20))
    assert [turn.number for turn in turns] == list(range(1, 20))
    assert len(turns[-1].candidates) == 19


def test_what_is_not_kept_does_not_make_a_fingerprint_common():
    copies = [*crowd(1, fingerprints=frozenset({3})), *crowd(50, fingerprints=frozenset({3}), keep=False)]
    turns = by_sorting([Doc(**{**vars(doc), "key": at}) for at, doc in enumerate(copies)], 0, config_of(20))
    assert [(turn.number, turn.candidates) for turn in turns] == [(at, [Candidate(0, False)]) for at in range(1, 51)]


def test_one_gram_of_letters_is_no_evidence_and_two_are():
    one, two = (
        [
            Doc(**{**vars(PLAIN), "key": number, "letters": frozenset({*shared, *range(at, at + 10)})})
            for number, at in enumerate((100, 200))
        ]
        for shared in ({1}, {1, 2})
    )
    assert by_sorting(one, 0, config_of(20)) == []
    assert by_sorting(two, 0, config_of(20)) == [Turn(1, None, [Candidate(0, True)])]


def test_two_grams_are_no_evidence_between_long_texts():
    long = [
        Doc(**{**vars(PLAIN), "key": number, "letters": frozenset({1, 2, *range(at, at + 28)})})
        for number, at in enumerate((100, 200))
    ]
    assert by_sorting(long, 0, config_of(20)) == []


def test_texts_without_tokens_are_like_their_equals_only():
    turns = by_sorting([PLAIN, Doc(**{**vars(PLAIN), "key": 1}), PLAIN], 0, config_of(20))
    assert turns == [Turn(2, 0, [])]


def test_the_first_kept_document_of_a_text_stands_for_it():
    corpus = [PLAIN] * 4
    assert [turn.same for turn in by_sorting(corpus, 0, config_of(20))] == [0, 0, 0]
    assert [turn.same for turn in by_sorting(corpus, 2, config_of(20))] == [0, 0]


def test_documents_of_no_page_are_versions_of_none():
    def batches():
        yield marks_of_docs([PLAIN, PLAIN, Doc(**{**vars(PLAIN), "page": 9}), Doc(**{**vars(PLAIN), "page": 9})])

    made = Candidates(lambda: (), batches, 0, 4, config_of(20))
    assert [made.kin(one, one + 1) for one in range(3)] == [STRANGERS, STRANGERS, SAME_PAGE]
    assert Candidates(lambda: (), batches, 0, 4, config_of(20, updates=False)).kin(2, 3) == STRANGERS


def test_documents_of_one_host_are_of_one_site():
    def batches():
        marks = marks_of_docs([PLAIN] * 4)
        yield replace(marks, domains=np.array([0, 0, 7, 7], np.uint32))

    made = Candidates(lambda: (), batches, 0, 4, config_of(20))
    assert [made.kin(one, one + 1) for one in range(3)] == [STRANGERS, STRANGERS, SAME_SITE]
    assert Candidates(lambda: (), batches, 0, 4, config_of(20, templates=False)).kin(2, 3) == STRANGERS


def by_deciding(corpus: list[Doc], old: int, config: MatchConfig, most: int, left: frozenset[int]) -> list[Turn]:
    """What a loop is given that decides itself, but for the documents in `left`; checks what is told ahead."""

    def batches(some: list[Doc]):
        return iter([marks_of_docs(some)])

    made = Candidates(
        lambda: map(pack, batches(corpus[:old])), lambda: batches(corpus[old:]), old, len(corpus) - old, config
    )
    turns: list[Turn] = []
    wanted: set[int] = set()

    def loop(number, last, keep_first, ahead, crowds, known, fewest, share, pages, domains, some):
        assert len(pages) == (len(corpus) if config.updates else 0)
        assert len(domains) == len(corpus)
        assert some == "more"
        while number < last:
            if not keep_first:
                found = turning.gather(number, ahead, crowds, known, fewest, share)
                same = int(known.of_text[known.same[number]])
                its = zip(known.out[:found].tolist(), known.by_letters[:found].tolist(), strict=True)
                turn = Turn(number, same if same >= 0 else None, sorted(Candidate(*one) for one in its))
                if turn.same is None and turn.candidates:
                    # Where few grams are common it is all that is asked for.
                    likely = {one.number for one in turn.candidates if not one.lettered}
                    assert likely <= wanted
                    assert number in wanted or not likely
                if turn.same is not None or turn.candidates:
                    if number in left:
                        return number, found, "told"
                    turns.append(turn)
                    if not corpus[number].keep:
                        number += 1
                        continue
            keep_first = False
            turning.enter(number, ahead, crowds, known)
            number += 1
        return last, 0, "told"

    first = old
    while first < len(corpus):
        told = made.wanted(most)
        assert (np.diff(told.needed_by) >= 0).all()
        assert (told.documents <= told.needed_by).all()
        wanted = set(told.documents.tolist())
        assert len(wanted) == len(told.documents)
        while True:
            turn, said = made.decide(loop, told.last, "more")
            assert said == "told"
            if turn is None:
                first = told.last
                break
            turns.append(turn)
            first = turn.number + 1
            if corpus[turn.number].keep:
                made.keep()
            if first == told.last:
                break
    return turns


@pytest.mark.usefixtures("way")
@settings(max_examples=200, deadline=None)
@given(corpora, st.integers(0, 8), st.integers(1, 60), st.frozensets(st.integers(0, 30)), st.booleans())
def test_a_loop_that_decides_is_given_the_same(corpus, split, most, left, updates):
    config = config_of(3, updates=updates)
    old = [number for number in by_looking(corpus, config)[1] if number < split]
    arrived = [corpus[number] for number in [*old, *range(min(split, len(corpus)), len(corpus))]]
    assert by_deciding(arrived, len(old), config, most, left) == by_sorting(arrived, len(old), config)
