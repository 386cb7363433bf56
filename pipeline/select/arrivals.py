"""Take documents in order of arrival and say of each, at once and for good, whether it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidate, Candidates, Turn
from pipeline.match.ready import Ready, ReadyProfile, ready
from pipeline.match.verify import COLUMNS as LIKENESS
from pipeline.match.verify import (
    GUARDS,
    JACCARD,
    KIND,
    KINDS,
    OPEN,
    REFUSED,
    Guard,
    Likeness,
    Profile,
    as_likeness,
    by_sentences,
    guards_of,
    likeness,
    limits_of,
    profile,
)
from pipeline.select.select import EXACT, Refusal, Selected, judge, select
from pipeline.select.stretches import Source, Stretch, Stretches
from pipeline.select.told import (
    COLUMNS,
    COPY,
    EARLIER,
    F64,
    FULLER,
    OUTCOME,
    SIMILARITY,
    Filed,
    Told,
    rows_of,
    selected,
    told,
)
from pipeline.sign.compiled import Compiled, compiled
from pipeline.sign.texts import string_of
from pipeline.threads import NONE, Threads

# Profiles of the documents that are compared most often: a story's copies arrive close to one another.
_PROFILES_HELD = 1024
# But of long texts no more than so many characters: a profile takes some 25 bytes for each of them.
_CHARACTERS_HELD = 1 << 24
# So many rows of what is told are gathered before they are shared out.
_TOLD = 1 << 13
# What comparing a document with a candidate takes longer without compiled code.
_PAIR_NS = 300_000
_KEPT = Selected()
_END = 1 << 62


class Arrivals:
    """The documents of a corpus, numbered from 0 in order of arrival: verify and select, one at a time.

    Where compiled code is there it decides on many documents at a time, as far as arrays tell enough of them.
    """

    def __init__(
        self,
        config: MatchConfig,
        candidates: Candidates,
        texts: Source,
        first_new: int,
        threads: Threads = NONE,
    ) -> None:
        """Begin with none.

        Args:
            config: what counts as a duplicate.
            candidates: what documents may be like one another.
            texts: of the documents; asked for candidates only, and for those that have any.
            first_new: number of the first document to decide on; those before it are kept ones.
            threads: to make texts ready and measure pairs at once; what is decided does not hang on them.
        """
        self._config = config
        self._candidates = candidates
        self._texts = texts
        self._profiles, self._of_ready = _Held(), _Held()
        self._superseded: set[int] = set()
        self._next = self._decided = first_new
        self._told: dict[int, Selected] = {}
        self._stretches = Stretches(config, candidates, texts, threads)
        self._stretch: Stretch | None = None

    def mark_superseded(self, number: int) -> None:
        """Say that an earlier run superseded a document, so that no later one is told to do so again."""
        self._superseded.add(number)

    def choose(self) -> Selected:
        """Decide on the next document. It supersedes only what nothing did before."""
        number = self._next
        self._next += 1
        while number >= self._decided:
            self._told |= selected(self._decide())
        return self._told.pop(number, _KEPT)

    def choose_all(self, last: int, folder: Path | None = None) -> Told:
        """Decide as `choose` does on all documents up to the last one, in columns.

        Args:
            last: one past the number of the last one.
            folder: where files may be made, for templates have very many pairs; what is told lies there then. None
                holds all in memory.
        """
        filed = [Filed(folder / name) for name in Told._fields] if folder else []
        held: list[tuple[F64, ...]] = [told([])]
        while self._decided < last:
            rows, count = [], 0
            while self._decided < last and count < _TOLD:
                rows.append(self._decide())
                count += len(rows[-1])
            shared = told(rows)
            if filed:
                for file, more in zip(filed, shared, strict=True):
                    file.add(more)
            else:
                held.append(shared)
        return Told(*filed) if filed else Told(*map(np.concatenate, zip(*held, strict=True)))

    def _decide(self) -> F64:
        """Decide on the next documents: by compiled code, or on those up to the next one that has candidates.

        Gives rows of what is told of them.
        """
        fast = compiled(0)
        rows, turn, its = (np.zeros((0, COLUMNS)), self._candidates.next(), []) if fast is None else self._run(fast)
        if turn is None:
            self._decided = _END if self._stretch is None else self._stretch.last
            return self._first_to_supersede(rows)
        self._decided = turn.number + 1
        same = turn.same
        if same is not None:
            chosen = select([(same, EXACT)])
        elif fast is not None and its:
            chosen = self._close(fast, turn.number, its)
        else:
            chosen = self._compare(turn.number, turn.candidates)
        if chosen.duplicate_of is None:
            self._candidates.keep()
        return self._first_to_supersede(np.concatenate([rows, rows_of(turn.number, chosen)]))

    def _first_to_supersede(self, rows: F64) -> F64:
        """Leave out what a document was superseded by later."""
        fresh = np.ones(len(rows), np.bool_)
        for place in np.flatnonzero(rows[:, OUTCOME] == FULLER).tolist():
            earlier = int(rows[place, EARLIER])
            fresh[place] = earlier not in self._superseded
            self._superseded.add(earlier)
        return rows[fresh]

    def _run(self, fast: Compiled) -> tuple[F64, Turn | None, list[list[float]]]:
        """Decide on documents until arrays do not tell what becomes of one, or their end.

        Gives rows of what is told of them; that one, and rows of its pairs where only sentences are left to tell.
        """
        from pipeline.select import deciding

        if self._stretch is None or self._decided >= self._stretch.last:
            self._stretch = self._stretches.read(fast, self._stretch)
        stretch = self._stretch
        turn, (rows, its) = self._candidates.decide(
            deciding.decide,
            stretch.last,
            stretch.documents,
            stretch.rows,
            stretch.room.texts,
            limits_of(self._config),
            stretch.measured,
        )
        return rows, turn, its.tolist()

    def _close(self, fast: Compiled, number: int, rows: list[list[float]]) -> Selected:
        """Decide on a document by rows of its pairs, of which guards were left open."""
        copies = [(-row[SIMILARITY], int(row[EARLIER])) for row in rows if row[OUTCOME] == COPY]
        best = min(copies, default=None)
        verdicts, refused = [], []
        for row in rows:
            earlier = int(row[EARLIER])
            if row[REFUSED] == OPEN:
                passed = judge(as_likeness([*row[:REFUSED], 0, row[KIND]]), self._config)
                if best and (passed is None or passed.outcome != "copy" or (-passed.similarity, earlier) > best):
                    # The document is a copy of another one in any case.
                    continue
                row[REFUSED] = GUARDS.index(self._guard(earlier, number, row, *self._rows(fast, earlier, number)))
            pair = as_likeness(row)
            verdict = judge(pair, self._config)
            if verdict is not None:
                verdicts.append((earlier, verdict))
            elif pair.refused is not None:
                refused.append(Refusal(earlier, pair))
        return select(verdicts, refused)

    def _guard(self, earlier: int, later: int, row: Sequence[float], texts: Ready, one: int, two: int) -> Guard | None:
        """Say which guard that only sentences tell of speaks against a pair, documents `one` and `two` of `texts`."""
        from pipeline.match.guarding import open_guards

        kind, near = KINDS[int(row[KIND])], row[JACCARD] >= self._config.jaccard
        kin, limits = self._candidates.kin(earlier, later), limits_of(self._config)
        asked = open_guards(one, two, int(row[KIND]), kin, near, texts, limits)
        among = guards_of(int(asked))
        first, second = (
            self._of_ready.get(number, partial(ReadyProfile, texts, place, self._config.shingle_tokens))
            for number, place in ((earlier, one), (later, two))
        )
        return by_sentences(first, second, kind, self._config, kin, near, among)

    def _profile(self, number: int) -> Profile:
        return self._profiles.get(
            number, lambda: profile(string_of(self._texts.take(np.array([number])), 0), self._config.shingle_tokens)
        )

    def _compare(self, number: int, candidates: list[Candidate]) -> Selected:
        verdicts, refused = [], []
        for earlier, lettered in candidates:
            pair = self._measure(earlier, number, lettered)
            verdict = judge(pair, self._config)
            if verdict is not None:
                verdicts.append((earlier, verdict))
            elif pair.refused not in (None, "too-short"):
                refused.append(Refusal(earlier, pair))
        return select(verdicts, refused)

    def _measure(self, earlier: int, later: int, by_letters: bool) -> Likeness:
        kin = self._candidates.kin(earlier, later)
        fast = compiled(_PAIR_NS)
        if fast is None:
            return likeness(self._profile(earlier), self._profile(later), self._config, kin, by_letters)
        from pipeline.match.measuring import measure

        texts, one, two = self._rows(fast, earlier, later)
        row = np.zeros(LIKENESS)
        measure(one, two, kin, by_letters, False, texts, limits_of(self._config), row)
        if row[REFUSED] == OPEN:
            row[REFUSED] = GUARDS.index(self._guard(earlier, later, row.tolist(), texts, one, two))
        return as_likeness(row.tolist())

    def _rows(self, fast: Compiled, earlier: int, later: int) -> tuple[Ready, int, int]:
        """Give texts that are ready, and the rows of two documents in them."""
        documents = np.array([earlier, later])
        if self._stretch is not None:
            at, is_held = self._stretch.places(documents)
            if is_held.all():
                one, two = self._stretch.rows[at].tolist()
                return self._stretch.room.texts, one, two
        return ready(fast, self._texts.take(documents), self._config.shingle_tokens), 0, 1


class _Held:
    """Profiles of documents by their numbers, the ones asked for last."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, Profile] = OrderedDict()
        self._characters = 0

    def get(self, number: int, make: Callable[[], Profile]) -> Profile:
        """Give the profile of a document, and make it first where it is not held."""
        value = self._held.pop(number, None)
        if value is None:
            value = make()
            self._characters += len(value.text)
        self._held[number] = value
        # The two that are being compared stay.
        while len(self._held) > 2 and (len(self._held) > _PROFILES_HELD or self._characters > _CHARACTERS_HELD):
            _, gone = self._held.popitem(last=False)
            self._characters -= len(gone.text)
        return value
