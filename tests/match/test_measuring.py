"""Pairs measured by compiled code are what plain code says of each."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.config import MatchConfig
from pipeline.match.profile import letters_above, profile
from pipeline.match.verify import (
    ALTERED,
    COLUMNS,
    GUARDS,
    KIND,
    KINDS,
    OPEN,
    REFUSED,
    SAME_PAGE,
    SAME_SITE,
    STRANGERS,
    UPDATE,
    Likeness,
    as_likeness,
    by_sentences,
    guards_of,
    likeness,
    limits_of,
)
from pipeline.select.select import judge
from pipeline.sign import compiled
from pipeline.sign.texts import packed
from tests.match.articles import FERRY, MUSEUM, scanned
from tests.run.stories import records

pytest.importorskip("numba")

COMES_TO = [ALTERED, UPDATE, REFUSED, KIND]

CONFIG = MatchConfig(min_tokens=8)
CONFIGS = [CONFIG, MatchConfig(min_tokens=0, containment=0.5), MatchConfig(min_tokens=8, altered=False, figures=False)]


def made_ready(texts: list[str]):
    from pipeline.match.ready import ready

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", 0)
        fast = compiled.compiled(0)
        assert fast is not None
        return ready(fast, packed(texts), CONFIG.shingle_tokens)


def of_pairs(
    texts: list[str], config: MatchConfig, kin: int, by_letters: bool
) -> dict[tuple[int, int], tuple[Likeness, bool]]:
    """What is measured of every two texts, and whether a guard was left open."""
    from pipeline.match.bits import at_most_shared
    from pipeline.match.guarding import open_guards
    from pipeline.match.measuring import measure

    arrays, out = made_ready(texts), np.zeros(COLUMNS)
    profiles = [profile(text, config.shingle_tokens) for text in texts]
    shingles = [one.shingles.tolist() for one in profiles]
    told = {}
    for two in range(len(texts)):
        for one in range(two):
            measure(one, two, kin, by_letters, False, arrays, limits_of(config), out)
            briefly = out.copy()
            measure(one, two, kin, by_letters, True, arrays, limits_of(config), out)
            # Only of a pair that comes to nothing anything may be left out.
            assert briefly[COMES_TO].tolist() == out[COMES_TO].tolist()
            pair = as_likeness([*out[:REFUSED].tolist(), 0, 0])
            assert judge(pair, config) is None or np.array_equal(briefly, out, equal_nan=True)
            assert at_most_shared(one, two, arrays) >= len(set(shingles[one]) & set(shingles[two]))
            asked = out[8] == OPEN
            if asked:
                near = bool(out[0] >= config.jaccard)
                among = open_guards(one, two, int(out[9]), kin, near, arrays, limits_of(config))
                assert among
                guard = by_sentences(
                    profiles[one], profiles[two], KINDS[int(out[9])], config, kin, near, guards_of(among)
                )
                out[8] = GUARDS.index(guard)
            told[one, two] = as_likeness(out.tolist()), asked
    return told


def check(texts: list[str], config: MatchConfig = CONFIG, kin: int = STRANGERS, by_letters: bool = True) -> set[str]:
    """Compare both ways; gives the guards that spoke, and `open` where one was left open."""
    met: set[str] = set()
    profiles = [profile(text, config.shingle_tokens) for text in texts]
    for (one, two), (pair, asked) in of_pairs(texts, config, kin, by_letters).items():
        assert pair == likeness(profiles[one], profiles[two], config, kin, by_letters)
        met |= {str(pair.refused)} | ({"open"} if asked else set())
    return met


_PIECES = [
    *("12", "12", "7.5", "may7", "3rd", "10:30", "gate", "tide", "bridge", "-", "東京", "é2", "٣", "③", "\n", "„so“"),
    *("e\u0301", "ﬁne", "🄋x", '"', "\u200b", "STRASSE", "straße", "ﷺ", "\u3000", "\ud800"),
]
texts = st.lists(st.sampled_from(_PIECES), max_size=40).map(" ".join)
configs = st.sampled_from(CONFIGS)
kins = st.sampled_from([STRANGERS, SAME_SITE, SAME_PAGE])


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, min_size=2, max_size=5), configs, kins, st.booleans())
@example(["", ""], CONFIGS[1], SAME_PAGE, True)
@example(["", "ferry"], CONFIGS[1], SAME_PAGE, True)
@example(["\u0301 " * 9, '"\u0301 ' * 9], CONFIGS[1], SAME_PAGE, True)
def test_any_texts(some, config, kin, by_letters):
    check(some, config, kin, by_letters)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), configs, kins, st.booleans())
def test_stories_and_their_versions(seed, config, kin, by_letters):
    check([record["text"] for record in records(seed, 12)], config, kin, by_letters)


def edits(seed: int) -> list[str]:
    """One notice, with words and figures replaced, cut and added: what guards look at."""
    chance = random.Random(seed)
    base = [f"word{chance.randrange(60)}" if chance.random() < 0.5 else "tide" for _ in range(60)]
    base = [str(chance.randrange(40)) if chance.random() < 0.15 else word for word in base]
    out = [base]
    for _ in range(7):
        words = list(base)
        for _ in range(chance.randrange(8)):
            words[chance.randrange(len(words))] = chance.choice(["13", "41", "tide", "7.5"])
        cut = chance.choice([0, 0, 10, 30])
        out.append(words[cut:] + chance.choice([[], ["more"] * 12]))
    return [" ".join(words) for words in out]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_notices_with_other_figures(seed):
    check(edits(seed))


SENTENCES = [sentence.strip() + "." for sentence in f"{FERRY} {MUSEUM}".replace("\n", " ").split(".") if sentence]


def pasted(seed: int) -> list[str]:
    """Articles of some sentences, some of them within others, quoted or with a headline between them."""
    chance = random.Random(seed)
    parts = [" ".join(chance.choices(SENTENCES, k=chance.randint(2, 9))) for _ in range(3)]
    joints = ["\n", "\n\nLost painting found\n\n", " ", "\n\n", "\n  \nStorm.\n"]
    out = list(parts)
    for _ in range(5):
        some = [chance.choice(['"{}"', "{}", "„{}“", "{}\nBy Ann Lee"]).format(chance.choice(parts)) for _ in range(3)]
        out.append(chance.choice(joints).join(some[: chance.randint(1, 3)]))
        out[-1] = chance.choice([out[-1], scanned(out[-1], 0.03, chance.randrange(9)), f"Ferry news\n{out[-1]}"])
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(CONFIGS[:2]))
def test_articles_within_others(seed, config):
    check(pasted(seed), config)


def test_such_articles_meet_every_guard_and_leave_few_open():
    met: set[str] = set()
    for seed in range(12):
        met |= check(pasted(seed)) | check(edits(seed))
    assert met >= {"None", "figures-differ", "composite", "shared-quotation", "open"}


def test_nothing_is_left_open_where_a_text_has_one_line_and_no_quotes():
    text = FERRY.replace("\n", " ").replace('"', "")
    assert "open" not in check([text, text[: len(text) * 2 // 3], f"{text} {text[:200]}"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("ab c.é1東\u0301”", max_size=450) | st.text("ab", max_size=120), max_size=8).map("\n".join))
@example("Storm stops the ferry\nBy Ann Lee\n\n" + "the ferry sails at noon " * 9)
@example("\n" * 9 + "Storm stops the ferry and so it will be for many days and weeks!\n" + "the ferry " * 40)
@example("a" * 95 + "\n" + "b" * 96)
@example("." * 401 + "\n" + "b" * 20)
@example("\n".join(["One", "Two", "Three", "Four", "Five"]))
def test_letters_above_the_prose(text):
    assert made_ready([text]).above.tolist() == [letters_above(text)]
