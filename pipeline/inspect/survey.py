"""Survey: the pairs of a corpus, one after the other: counted, judged by every threshold that is tried, a few drawn."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from pipeline.batch import MARKED, marks_of_table
from pipeline.config import MatchConfig
from pipeline.errors import Damaged
from pipeline.inspect.difference import Part, marked
from pipeline.match.candidates import Candidates
from pipeline.match.marks import Marks, marks_of_batch
from pipeline.match.verify import Guard, Likeness, Profile, likeness, profile
from pipeline.run.events import Listener, Progress
from pipeline.run.rows import measured_columns
from pipeline.run.texts import texts_of_run
from pipeline.select.select import judge
from pipeline.sign.batch import sign_batch
from pipeline.store.corpus import Corpus
from pipeline.store.figures import shorten
from pipeline.values import Relation

Measure = Literal["jaccard", "contained", "matched"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

Fate = Literal["duplicate", "superseded", "refused", "kept", "missed"]
"""What became of a pair. duplicate: the earlier one stands for the later one. superseded: the later one for the earlier
one. refused: a guard keeps both. kept: both are, as they are not alike enough. missed: both are, for a run looks for
pairs with a certain recall only, and did not compare these two."""

SETTINGS: dict[Measure, str] = {"jaccard": "jaccard", "contained": "containment", "matched": "matched"}
"""The setting of `[match]` that holds the threshold of each measure."""

# No share comes up to it.
_BEYOND = 2.0

_TITLE_CHARS = 120
_PROFILES_HELD = 512
_ROWS = 1024
_LOWER = (1 << 32) - 1

_PLACE = ("id", "title", "url", "file_path", "record")

Flags = NDArray[np.bool_]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """One document of a pair."""

    id: str
    title: str
    """Its headline, else the beginning of its text."""
    url: str | None
    file_path: str
    record: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, the earlier one kept."""

    earlier: Side
    later: Side
    fate: Fate
    relation: Relation | None
    """How one is a copy of the other; None where both are kept."""
    guard: Guard | None
    """The guard that keeps both; of a pair that is not alike enough, the one that would if it were."""
    measured: dict[str, float | None]
    """What was measured, in the columns of the later one's row in `duplicates`."""
    difference: tuple[Part, ...]
    complete: bool
    """Whether the difference holds all the places where words differ."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a threshold would change, each pair judged by itself."""

    threshold: float
    duplicates_restored: int
    """Duplicates that would not be copies of the documents that stand for them."""
    duplicates_otherwise: int
    """Duplicates that would be copies of these by another relation than today's."""
    superseded_restored: int
    """Superseded documents that the later ones would not stand for."""
    dropped: int
    """Documents of today that another kept one would stand for."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A pair of the sample, before its documents are looked up."""

    share: float
    earlier: int
    later: int
    """Number of a kept document; -1 for a duplicate."""
    row: dict[str, Any] | None
    """The row of a duplicate."""
    fate: Fate
    relation: Relation | None
    guard: Guard | None
    today: Likeness


class _Numbers:
    """Numbers of kept documents by their ids, in 40 bytes a document."""

    def __init__(self, corpus: Corpus) -> None:
        ids = [np.array(batch["id"].to_pylist(), "S32") for batch in corpus.batches("index", ["id"])]
        self.ids = np.concatenate([np.empty(0, "S32"), *ids])
        self._place = str(corpus.layout)
        self._order = np.argsort(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def id(self, number: int) -> str:
        """Give the id of a document."""
        return str(self.ids[number].decode())

    def of(self, ids: Sequence[str]) -> I64:
        """Give the numbers of documents.

        Raises:
            Damaged: one is not a kept document.
        """
        wanted = np.array(ids, "S32")
        places = np.searchsorted(self.ids, wanted, sorter=self._order)
        numbers = self._order[np.minimum(places, max(0, len(self) - 1))] if len(self) else places
        if len(wanted):
            strangers = np.flatnonzero(self.ids[numbers] != wanted) if len(self) else np.zeros(1, np.int64)
            if len(strangers):
                raise Damaged(
                    f"{self._place}: {ids[int(strangers[0])]} is named as a kept document and is not in index. "
                    "`winnow check` tells what else is damaged."
                )
        return numbers


class Survey:
    """Pairs counted so far, and the sample of them."""

    def __init__(
        self,
        corpus: Corpus,
        config: MatchConfig,
        by: Measure,
        between: tuple[float, float],
        now: float,
        tried: Sequence[float],
        sample: int,
        seed: int,
    ) -> None:
        """Begin with none.

        Args:
            corpus: the corpus.
            config: what counts as a duplicate there.
            by: what is measured.
            between: bounds of the pairs that are counted and drawn.
            now: the threshold of today.
            tried: other thresholds, between the bounds.
            sample: how many pairs to draw, at most.
            seed: of the drawing.
        """
        self._corpus = corpus
        self._config = config
        self._by = by
        self._between = between
        # Between the bounds and the threshold of today lies what the bounds, taken for thresholds, would change.
        self._span = (min(between[0], now), max(between[1], now))
        self._now = now
        self._thresholds = tried
        self._tried = [self._with(one) for one in self._thresholds]
        # Measuring depends on the threshold only by whether the pair comes up to it.
        self._alike, self._apart = self._with(self._span[0]), self._with(_BEYOND)
        self._quick = config if by == "matched" else config.model_copy(update={"altered": False})
        try:
            self._texts = texts_of_run((), corpus)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(error) from error
        self._numbers = _Numbers(corpus)
        self._profile = lru_cache(maxsize=_PROFILES_HELD)(self._make_profile)
        self._sample = sample
        self._seed = seed
        self._drawn: list[tuple[int, str, _Drawn]] = []
        self._restored: I64 = np.zeros((3, len(self._tried)), np.int64)
        """As `Step` has them: duplicates restored, duplicates joined otherwise, superseded restored."""
        self._replaced: set[int] = set()
        """Pairs of a superseded document and the one that stands for it, later document in the upper half."""
        self._gone: Flags = np.zeros(len(self._numbers), np.bool_)
        """Of each document whether it is superseded."""
        self._dropped: Flags = np.zeros((len(self._tried), len(self._numbers)), np.bool_)
        self.fates: Counter[str] = Counter()

    def take_duplicates(self, listen: Listener) -> None:
        """Take the duplicates, each with the document that stands for it."""
        columns = ["duplicate_of", "relation", "text", *_PLACE, *measured_columns(None)]
        taken = 0
        for batch in self._corpus.batches("duplicates", columns):
            found = batch.filter(pc.and_(pc.not_equal(batch["relation"], pa.scalar("exact")), self._spanned(batch)))
            numbers = self._numbers.of(found["duplicate_of"].to_pylist())
            for earlier, row in zip(numbers.tolist(), found.to_pylist(), strict=True):
                self._take_duplicate(earlier, row)
            taken += batch.num_rows
            listen(Progress(files=0, bytes=0, records=taken))

    def take_kept(self, listen: Listener) -> None:
        """Take the kept documents in order of arrival, each with those before it that may be like it."""
        superseded = self._named("superseded", "superseded_by", "id")
        recorded = np.sort(np.concatenate([superseded, self._named("refused", "id", "other")]))
        self._replaced.update(superseded.tolist())
        for batch in self._corpus.batches("superseded", ["id"]):
            self._gone[self._numbers.of(batch["id"].to_pylist())] = True
        with TemporaryDirectory(prefix="winnow-pairs-") as folder:
            finding = self._finding()
            candidates = Candidates(
                lambda: (), lambda: self._marks(finding), 0, len(self._numbers), finding, Path(folder)
            )
            turn = candidates.next()
            for number in range(len(self._numbers)):
                found = {one.number for one in turn.candidates} if turn and turn.number == number else set()
                bounds = np.searchsorted(recorded, np.array([number, number + 1], np.uint64) << np.uint64(32))
                known = (recorded[bounds[0] : bounds[1]] & np.uint64(_LOWER)).tolist()
                for earlier in sorted(found.union(known)):
                    self._take_kept(earlier, number, candidates.kin(earlier, number))
                if turn and turn.number == number:
                    candidates.keep()
                    turn = candidates.next()
                if number % _ROWS == 0:
                    listen(Progress(files=0, bytes=0, records=number))

    def steps(self) -> tuple[Step, ...]:
        """Give what each threshold would change."""
        return tuple(
            Step(threshold, back, otherwise, superseded, int(dropped.sum()))
            for threshold, (back, otherwise, superseded), dropped in zip(
                self._thresholds, self._restored.T.tolist(), self._dropped, strict=True
            )
        )

    def pairs(self) -> Iterator[Pair]:
        """Give the sample in full, the least alike first."""
        drawn = sorted((one for _, _, one in self._drawn), key=lambda one: (one.share, one.earlier, one.later))
        wanted = {self._numbers.id(number) for one in drawn for number in (one.earlier, one.later) if number >= 0}
        rows: dict[str, dict[str, Any]] = {}
        among = pa.array(sorted(wanted), pa.string())
        for batch in self._corpus.batches("documents", _PLACE) if wanted else ():
            rows.update((row["id"], row) for row in batch.filter(pc.is_in(batch["id"], among)).to_pylist())
        for one in drawn:
            earlier = self._text(one.earlier)
            later = self._text(one.later) if one.row is None else one.row["text"]
            difference, complete = marked(earlier, later)
            yield Pair(
                earlier=_side(rows[self._numbers.id(one.earlier)], earlier),
                later=_side(one.row or rows[self._numbers.id(one.later)], later),
                fate=one.fate,
                relation=one.relation,
                guard=one.guard,
                measured=measured_columns(one.today),
                difference=difference,
                complete=complete,
            )

    def _take_duplicate(self, earlier: int, row: dict[str, Any]) -> None:
        first, later = self._profile(earlier), profile(row["text"], self._config.shingle_tokens)
        # Whether it is of the same page changes nothing: a version of a page that is no copy is a document.
        alike, apart = likeness(first, later, self._alike), likeness(first, later, self._apart)
        shares = _shares(apart, self._by)
        for at, config in enumerate(self._tried):
            verdict = judge(self._at(self._thresholds[at], shares, alike, apart), config)
            copy = verdict is not None and verdict.outcome == "copy"
            self._restored[0, at] += not copy
            self._restored[1, at] += verdict is not None and copy and verdict.relation != row["relation"]
        today = self._at(self._now, shares, alike, apart)
        share = max(shares, default=0.0)
        self._draw(_Drawn(share, earlier, -1, row, "duplicate", row["relation"], None, today), shares, row["id"])

    def _take_kept(self, earlier: int, later: int, kin: int) -> None:
        first, second = self._profile(earlier), self._profile(later)
        quick = likeness(first, second, self._quick, kin)
        shares = _shares(quick, self._by)
        if quick.refused == "too-short" or not any(self._span[0] <= share <= self._span[1] for share in shares):
            return
        alike = likeness(first, second, self._alike, kin)
        apart = likeness(first, second, self._apart, kin)
        today = self._at(self._now, shares, alike, apart)
        now = judge(today, self._config)
        replaced = later << 32 | earlier in self._replaced
        for at, config in enumerate(self._tried):
            verdict = judge(self._at(self._thresholds[at], shares, alike, apart), config)
            outcome = verdict.outcome if verdict else None
            self._restored[2, at] += replaced and outcome != "fuller"
            if outcome == "copy" and not self._gone[later]:
                self._dropped[at, later] = True
            if outcome == "fuller" and not self._gone[earlier]:
                self._dropped[at, earlier] = True
        fate: Fate = "refused" if today.refused else "kept"
        if now is not None:
            fate = "superseded" if now.outcome == "fuller" else "missed"
        guard = None if now else today.refused or alike.refused
        relation = now.relation if now else None
        drawn = _Drawn(max(shares), earlier, later, None, fate, relation, guard, today)
        self._draw(drawn, shares, self._numbers.id(later))

    def _draw(self, pair: _Drawn, shares: Sequence[float], later: str) -> None:
        """Count a pair that lies between the bounds, and take it into the sample if its lot is among the lowest."""
        if not any(self._between[0] <= share <= self._between[1] for share in shares):
            return
        why = pair.guard if pair.fate == "refused" else pair.relation
        self.fates[f"{pair.fate}: {why}" if why else pair.fate] += 1
        name = f"{self._numbers.id(pair.earlier)} {later}"
        lot = (-xxhash.xxh64_intdigest(name.encode(), self._seed), name, pair)
        if len(self._drawn) < self._sample:
            heapq.heappush(self._drawn, lot)
        elif self._drawn and lot[:2] > self._drawn[0][:2]:
            heapq.heapreplace(self._drawn, lot)

    def _at(self, threshold: float, shares: Sequence[float], alike: Likeness, apart: Likeness) -> Likeness:
        return alike if shares and max(shares) >= threshold else apart

    def _spanned(self, batch: pa.RecordBatch) -> Any:
        """Say of each row whether what was measured lies in the span."""
        lower, upper = map(pa.scalar, self._span)
        columns = _columns(self._by)
        flags = [pc.and_(pc.greater_equal(batch[name], lower), pc.less_equal(batch[name], upper)) for name in columns]
        return pc.fill_null(flags[0] if len(flags) == 1 else pc.or_kleene(*flags), False)

    def _named(self, table: str, later: str, earlier: str) -> U64:
        """Give the pairs that a table names, later document in the upper half."""
        out = [np.empty(0, np.uint64)]
        for batch in self._corpus.batches(table, [later, earlier, *measured_columns(None)]):
            found = batch.filter(self._spanned(batch))
            upper, lower = (self._numbers.of(found[name].to_pylist()) for name in (later, earlier))
            out.append(upper.astype(np.uint64) << np.uint64(32) | lower.astype(np.uint64))
        return np.concatenate(out)

    def _with(self, threshold: float) -> MatchConfig:
        return self._config.model_copy(update={SETTINGS[self._by]: threshold})

    def _marks(self, finding: MatchConfig) -> Iterator[Marks]:
        """Give the marks of the kept documents: what the index holds, unless another threshold needs other bands."""
        first = 0
        for batch in self._corpus.batches("index", MARKED):
            if finding.jaccard == self._config.jaccard:
                yield marks_of_table(batch)
                continue
            texts = [self._text(number) for number in range(first, first + batch.num_rows)]
            pages = np.array(batch["page"].to_pylist(), np.int64).view(np.uint64)
            domains = np.array(batch["domain"].to_pylist(), np.uint32)
            yield marks_of_batch(sign_batch(texts, finding), finding, pages, domains)
            first += batch.num_rows

    def _finding(self) -> MatchConfig:
        """Say how to look for pairs: by what finds those that the measure is of, down to the lowest threshold."""
        if self._by == "jaccard":
            changes: dict[str, Any] = {"jaccard": self._span[0], "bands": True, "altered": False}
        elif self._by == "contained":
            changes = {"fingerprints": True, "altered": False}
        else:
            changes = {"altered": True}
        return self._config.model_copy(update=changes)

    def _make_profile(self, number: int) -> Profile:
        return profile(self._text(number), self._config.shingle_tokens)

    def _text(self, number: int) -> str:
        try:
            return self._texts[number]
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> Damaged:
        return Damaged(f"{self._corpus.layout}: {error}. `winnow check` tells what else is damaged.")


def _columns(by: Measure) -> tuple[str, ...]:
    return {
        "jaccard": ("jaccard",),
        "contained": ("contained", "containing"),
        "matched": ("matched", "matching"),
    }[by]


def _shares(pair: Likeness, by: Measure) -> list[float]:
    """Give what a threshold is held against; nothing where it was not measured."""
    if by == "jaccard":
        return [pair.jaccard]
    if by == "contained":
        return [pair.later_in_earlier, pair.earlier_in_later]
    matched = [share for share in (pair.matched_later, pair.matched_earlier) if share is not None]
    # The greater one alone is held against it.
    return [max(matched)] if matched else []


def _side(row: dict[str, Any], text: str) -> Side:
    title = shorten(row["title"] or text or "(no text)", _TITLE_CHARS)
    return Side(row["id"], title, row["url"], row["file_path"], row["record"])
