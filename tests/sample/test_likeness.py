"""What the truth says of duplicates holds by a wide margin, measured with plain sets of shingles."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations

from pipeline.words.tokens import tokens
from tests.sample.opened import entries, named
from tests.sample.shingles import alike, shingles


def related() -> set[frozenset[str]]:
    return {
        frozenset((entry.name, other))
        for _, entry in entries()
        for other in (entry.duplicate_of, entry.superseded_by)
        if other
    }


def test_duplicates_are_comfortably_alike() -> None:
    for _, entry in entries():
        if entry.duplicate_of is None:
            continue
        first = named(entry.duplicate_of).cleaned
        jaccard, share = alike(entry.cleaned, first)
        if entry.relation == "exact":
            assert tokens(entry.cleaned) == tokens(first)
            assert entry.cleaned != first
        elif entry.relation == "near":
            assert 0.8 <= jaccard < 1.0, entry.name
            # Neither a fuller version nor a notice with other figures.
            assert len(shingles(entry.cleaned)) < 1.1 * len(shingles(first))
            assert numbers(entry.cleaned) == numbers(first)
        elif entry.relation == "altered":
            # Few words are left whole, and nearly all letters.
            assert jaccard < 0.3, entry.name
            assert SequenceMatcher(None, entry.cleaned, first, autojunk=False).ratio() > 0.85, entry.name
        else:
            assert share >= 0.95, entry.name
            assert jaccard < 0.5, entry.name
            assert len(tokens(entry.cleaned)) >= 60


def numbers(text: str) -> Counter[str]:
    return Counter(token for token in tokens(text) if token.isdigit())


def test_superseded_documents_stand_in_much_fuller_ones() -> None:
    for _, entry in entries():
        if entry.superseded_by is None:
            continue
        fuller = named(entry.superseded_by).cleaned
        jaccard, share = alike(entry.cleaned, fuller)
        assert share >= 0.95, entry.name
        assert jaccard < 0.67, entry.name
        assert len(shingles(fuller)) >= 1.3 * len(shingles(entry.cleaned)), entry.name
        assert len(tokens(entry.cleaned)) >= 60


def test_no_other_pair_is_alike_save_notices_from_one_template() -> None:
    kept = [entry for _, entry in entries() if entry.cleaned]
    for one, other in combinations(kept, 2):
        pair = frozenset((one.name, other.name))
        if (
            pair in related()
            or all(name.startswith("level-") for name in pair)
            or pair == {"pool-again", "reading-room"}
        ):
            continue
        jaccard, share = alike(one.cleaned, other.cleaned)
        assert jaccard < 0.3, pair
        assert max(share, alike(other.cleaned, one.cleaned)[1]) < 0.5, pair


def test_notices_from_one_template_would_be_copies_but_for_their_figures() -> None:
    levels = [entry.cleaned for _, entry in entries() if entry.name.startswith("level-")]
    assert len(levels) == 4
    for one, other in combinations(levels, 2):
        assert alike(one, other)[0] > 0.75
        assert numbers(one) != numbers(other)


def test_short_notices_share_a_phrase_and_differ() -> None:
    pool, room = named("pool").cleaned, named("reading-room").cleaned
    assert max(len(tokens(pool)), len(tokens(room))) < 20
    assert 0 < alike(pool, room)[0] < 0.3
