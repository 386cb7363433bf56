"""Documents taken one at a time end as a pass over all of them would say."""

from __future__ import annotations

import random
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.marks import marks_of
from pipeline.match.verify import Profile, likeness, profile
from pipeline.select import arrivals as code
from pipeline.select import stretches
from pipeline.select.arrivals import Arrivals
from pipeline.select.select import EXACT, Selected, judge, select
from pipeline.select.told import COLUMNS, Filed
from pipeline.sign.sign import sign
from pipeline.sign.texts import packed
from pipeline.threads import NONE, Threads
from tests.match.packing import pack
from tests.run.stories import records, story

CONFIG = MatchConfig()
WAY = {"threads": NONE}


@pytest.fixture(params=["compiled", "threads", "plain"])
def way(request, monkeypatch):
    """Deciding is by compiled code, on a few texts at a time, with or without threads, or by plain code."""
    if request.param != "plain":
        pytest.importorskip("numba")
    monkeypatch.setattr(compiling, "WORTH_NS", float("inf") if request.param == "plain" else 0)
    monkeypatch.setitem(WAY, "threads", Threads(2) if request.param == "threads" else NONE)
    monkeypatch.setattr(stretches, "_MEASURED", 3)
    monkeypatch.setattr(stretches, "_BYTES", 20_000)
    monkeypatch.setattr(stretches, "_ROOM", 30_000)
    monkeypatch.setattr(stretches, "_PAIRS", 20)


# Hypothesis runs all examples under one setting of the fixture, which is what is wanted.
pytestmark = pytest.mark.usefixtures("way")


def texts_of(seed: int, count: int) -> list[str]:
    return [record["text"] for record in records(seed, count)]


class Held:
    """Texts in memory, as documents' are taken."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def sizes(self, numbers):
        return np.diff(self.take(numbers).offsets)

    def take(self, numbers):
        return packed([self._texts[number] for number in numbers.tolist()])


def arriving(
    texts: list[str], old: int = 0, config: MatchConfig = CONFIG, pages: Sequence[int] | None = None
) -> Arrivals:
    """The first `old` texts are kept documents of earlier runs; `pages` are hashes of URLs, 0 for none."""
    urls = pages if pages is not None else [0] * len(texts)

    def marks(first: int, last: int):
        # In batches of three, as they come from files.
        for at in range(first, last, 3):
            end = min(at + 3, last)
            yield marks_of([sign(text, config) for text in texts[at:end]], config, urls[at:end])

    candidates = Candidates(
        lambda: map(pack, marks(0, old)),
        lambda: marks(old, len(texts)),
        old,
        len(texts) - old,
        config,
        threads=WAY["threads"],
    )
    return Arrivals(config, candidates, Held(texts), old, WAY["threads"])


def choose_all(texts: list[str]) -> list[Selected]:
    arrivals = arriving(texts)
    return [arrivals.choose() for _ in texts]


def by_comparing_all(texts: list[str]) -> list[Selected]:
    """The same choice without an index: every kept document is compared."""
    kept: list[int] = []
    gone: set[int] = set()
    out = []
    for number, text in enumerate(texts):
        verdicts = []
        for earlier in kept:
            same = sign(texts[earlier], CONFIG).exact_key == sign(text, CONFIG).exact_key
            pair = likeness(
                profile(texts[earlier], CONFIG.shingle_tokens), profile(text, CONFIG.shingle_tokens), CONFIG
            )
            verdict = EXACT if same else judge(pair, CONFIG)
            if verdict is not None:
                verdicts.append((earlier, verdict))
        chosen = select(verdicts)
        if chosen.duplicate_of is None:
            kept.append(number)
            chosen = Selected(supersedes=tuple(pair for pair in chosen.supersedes if pair[0] not in gone))
            gone.update(earlier for earlier, _ in chosen.supersedes)
        out.append(chosen)
    return out


def test_it_chooses_what_comparing_all_would():
    texts = texts_of(seed=11, count=60)
    chosen = choose_all(texts)
    assert chosen == by_comparing_all(texts)
    assert sum(one.duplicate_of is not None for one in chosen) > 5
    assert sum(bool(one.supersedes) for one in chosen) > 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_a_document_is_superseded_once_and_only_while_kept(seed, count):
    chosen = choose_all(texts_of(seed, count))
    superseded = [earlier for one in chosen for earlier, _ in one.supersedes]
    assert len(superseded) == len(set(superseded))
    assert all(chosen[earlier].duplicate_of is None for earlier in superseded)
    assert all(chosen[one.duplicate_of].duplicate_of is None for one in chosen if one.duplicate_of is not None)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(0, 40))
def test_a_later_run_goes_on_where_the_earlier_ended(seed, count, split):
    texts = texts_of(seed, count)
    whole = choose_all(texts)
    split = min(split, count)
    kept = [number for number in range(split) if whole[number].duplicate_of is None]
    arrived = [*kept, *range(split, count)]
    later = arriving([texts[original] for original in arrived], old=len(kept))
    for one in whole[:split]:
        for earlier, _ in one.supersedes:
            later.mark_superseded(arrived.index(earlier))
    for original in range(split, count):
        one = later.choose()
        of = None if one.duplicate_of is None else arrived[one.duplicate_of]
        pairs = tuple((arrived[earlier], verdict) for earlier, verdict in one.supersedes)
        assert Selected(of, one.relation, one.similarity, pairs) == whole[original]


def test_what_an_earlier_run_superseded_is_not_superseded_again():
    lines = story(random.Random(4), 24)
    texts = [" ".join(lines[:8]), " ".join(lines[:14]), " ".join(lines)]
    later = arriving(texts, old=2)
    later.mark_superseded(0)
    assert [earlier for earlier, _ in later.choose().supersedes] == [1]
    assert [earlier for earlier, _ in arriving(texts, old=2).choose().supersedes] == [0, 1]


def most_held(monkeypatch: pytest.MonkeyPatch, texts: list[str]) -> tuple[list[Selected], int]:
    """What is chosen, and how many profiles were there at once, at most."""
    monkeypatch.setattr(compiling, "WORTH_NS", float("inf"))
    there: weakref.WeakSet[Profile] = weakref.WeakSet()
    most = 0

    def counted(text: str, shingle_tokens: int) -> Profile:
        nonlocal most
        made = profile(text, shingle_tokens)
        there.add(made)
        most = max(most, len(there))
        return made

    monkeypatch.setattr(code, "profile", counted)
    return choose_all(texts), most


def test_profiles_of_long_texts_do_not_fill_the_memory(monkeypatch):
    texts = texts_of(seed=5, count=60)
    wanted, all_of_them = most_held(monkeypatch, texts)
    assert all_of_them > 20
    monkeypatch.setattr(code, "_CHARACTERS_HELD", 5 * max(map(len, texts)))
    chosen, some = most_held(monkeypatch, texts)
    assert chosen == wanted
    assert 5 <= some < all_of_them
    monkeypatch.setattr(code, "_CHARACTERS_HELD", 0)
    chosen, few = most_held(monkeypatch, texts)
    assert chosen == wanted
    assert few <= 4
    monkeypatch.setattr(code, "_CHARACTERS_HELD", 10**9)
    monkeypatch.setattr(code, "_PROFILES_HELD", 7)
    assert most_held(monkeypatch, texts)[1] <= 9


def test_long_texts_are_looked_at_two_at_a_time(monkeypatch):
    """However many long texts a document is like, no more of them are read together than fit."""
    pytest.importorskip("numba")
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    texts = texts_of(seed=7, count=60)
    wanted = choose_all(texts)
    sizes: list[int] = []
    plain = code.ready

    def noted(fast, some, shingle_tokens):
        sizes.append(sum(map(len, some)))
        return plain(fast, some, shingle_tokens)

    monkeypatch.setattr(code, "ready", noted)
    # The first one is longer than all that is held together.
    monkeypatch.setattr(stretches, "_BYTES", 1)
    monkeypatch.setattr(stretches, "_ROOM", 1)
    assert choose_all(texts) == wanted
    assert max(sizes) <= 2 * max(map(len, texts))
    assert len(sizes) > 20


def test_what_is_refused_is_told_either_way():
    notice = (
        "The harbour office reports a north gauge of {} metres, a south gauge of {} metres, a flow of {} cubic metres "
        "a second. Skippers are asked to keep to the marked channel and to pass the works at the lock slowly."
    )
    texts = [notice.format("2.41", "3.07", 180), notice.format("2.63", "3.22", 205)]
    refused = choose_all(texts)[1].refused
    assert len(refused) == 1
    assert list(refused) == [refused[0]] == list(refused[:1])
    assert refused[0].earlier == 0
    assert refused[0].measured == likeness(*(profile(text, CONFIG.shingle_tokens) for text in texts), CONFIG)
    assert refused[0].measured.refused == "figures-differ"


def test_what_is_told_is_the_same_from_files(tmp_path):
    notice = "The harbour office reports a north gauge of {} metres, a south gauge of {} metres, and no flow at all."
    texts = [*texts_of(seed=11, count=60), notice.format("2.41", "3.07"), notice.format("2.63", "3.22")]
    folder = tmp_path / "told"
    folder.mkdir()
    held, filed = arriving(texts).choose_all(len(texts)), arriving(texts).choose_all(len(texts), folder)
    assert all(map(len, held))
    for one, two in zip(held, filed, strict=True):
        assert len(one) == len(two)
        for some in (slice(None), slice(1, 3), slice(2, None, 2), slice(-2, 100), slice(5, 5)):
            np.testing.assert_array_equal(one[some], two[some])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_is_told():
    with pytest.raises(OSError, match="No space left on device"):
        Filed(Path("/dev/full")).add(np.ones((3, COLUMNS)))


def test_where_nothing_is_told_there_is_no_file(tmp_path):
    texts = texts_of(seed=11, count=1)
    assert list(map(len, arriving(texts).choose_all(1, tmp_path))) == [0, 0, 0]
    assert not any(tmp_path.iterdir())
