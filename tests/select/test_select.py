"""Promise 3, checked by brute force: what is kept is an independent dominating set of the graph of copies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import MatchConfig
from pipeline.match.verify import Likeness, likeness, profile
from pipeline.select.select import EXACT, Verdict, judge, select
from pipeline.sign.sign import sign
from tests.select.test_arrivals import arriving, way  # noqa: F401 - a fixture

# Every shingle is a fingerprint and none is too common: then candidates are all pairs that share anything, and what is
# tested is verification and selection, not the bands' recall.
CONFIG = MatchConfig(min_tokens=5, window=1, common_fingerprint=10**6)
pytestmark = pytest.mark.usefixtures("way")


def pair(jaccard: float, earlier: float, later: float, growth: float = 1.0, refused: str | None = None) -> Likeness:
    return Likeness(jaccard, earlier, later, growth, refused=refused)


def test_alike_is_a_near_copy():
    assert judge(pair(0.8, 0.9, 0.88), CONFIG) == Verdict("copy", "near", 0.8)


def test_a_lead_that_comes_later_is_contained():
    assert judge(pair(0.3, 0.3, 1.0, growth=0.3), CONFIG) == Verdict("copy", "contained", 1.0)


def test_a_fuller_version_supersedes():
    assert judge(pair(0.3, 1.0, 0.3, growth=3.0), CONFIG) == Verdict("fuller", "contained", 1.0)


def test_an_update_that_is_near_and_much_fuller_supersedes():
    assert judge(pair(0.75, 1.0, 0.75, growth=1.33), CONFIG) == Verdict("fuller", "contained", 1.0)


def test_a_copy_with_a_line_more_is_a_copy():
    assert judge(pair(0.95, 1.0, 0.95, growth=1.05), CONFIG) == Verdict("copy", "near", 0.95)


def test_a_refused_pair_is_two_stories():
    assert judge(pair(0.99, 1.0, 1.0, refused="figures-differ"), CONFIG) is None


def test_a_little_overlap_is_two_stories():
    assert judge(pair(0.4, 0.6, 0.6), CONFIG) is None


def test_the_best_representative_is_exact_then_most_similar_then_earliest():
    near = Verdict("copy", "near", 0.9)
    assert select([(1, near), (2, EXACT)]).duplicate_of == 2
    assert select([(1, Verdict("copy", "near", 0.8)), (2, near)]).duplicate_of == 2
    assert select([(4, near), (3, near)]).duplicate_of == 3


def test_a_duplicate_supersedes_nothing():
    chosen = select([(1, Verdict("fuller", "contained", 1.0)), (2, Verdict("copy", "near", 0.9))])
    assert chosen.duplicate_of == 2
    assert chosen.supersedes == ()


WORDS = [f"{a}{b}" for a in "bcdfgh" for b in "aeiou"]
passages = [" ".join(WORDS[i : i + 10]) for i in range(0, 30, 5)]
corpora = st.lists(st.lists(st.sampled_from(passages), min_size=1, max_size=6).map(". ".join), max_size=14)


def greedy(texts: list[str], config: MatchConfig = CONFIG):
    """What the pipeline does, by candidates."""
    arrivals, of, supersedes = arriving(texts, config=config), {}, {}
    for number in range(len(texts)):
        chosen = arrivals.choose()
        if chosen.duplicate_of is None:
            supersedes[number] = [earlier for earlier, _ in chosen.supersedes]
        else:
            of[number] = chosen
    return of, supersedes


@settings(max_examples=150, deadline=None)
@given(corpora)
def test_kept_set_is_independent_and_dominating(texts):
    of, supersedes = greedy(texts)
    kept = [number for number in range(len(texts)) if number not in of]

    def verdict(earlier: int, later: int):
        if sign(texts[earlier], CONFIG).exact_key == sign(texts[later], CONFIG).exact_key:
            return EXACT
        return judge(likeness(profile(texts[earlier], 5), profile(texts[later], 5), CONFIG), CONFIG)

    for i, earlier in enumerate(kept):
        for later in kept[i + 1 :]:
            found = verdict(earlier, later)
            # A document is superseded once.
            assert found is None or found.outcome == "fuller"
            assert found is None or any(earlier in some for some in supersedes.values())
    for number, chosen in of.items():
        assert chosen.duplicate_of in kept
        assert chosen.duplicate_of < number
        found = verdict(chosen.duplicate_of, number)
        assert found is not None
        assert (found.outcome, found.relation, found.similarity) == ("copy", chosen.relation, chosen.similarity)


def test_no_chains():
    """A like B, B like C, C unlike A: C is kept, although connected components would drop it."""
    words = [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "lmnrst"]
    a, b, c = " ".join(words[:100]), " ".join(words[15:115]), " ".join(words[42:142])
    of, _ = greedy([a, b, c], MatchConfig())
    assert set(of) == {1}


def test_a_common_phrase_joins_nothing():
    phrase = " ".join(f"shared{i}" for i in range(30))
    texts = [" ".join(f"own{n}x{i}" for i in range(60)) + " " + phrase for n in range(40)]
    of, supersedes = greedy(texts, MatchConfig())
    assert of == {}
    assert not any(supersedes.values())
