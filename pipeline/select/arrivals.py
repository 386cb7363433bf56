"""Take documents in order of arrival and say of each, at once and for good, whether it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from pipeline.config import MatchConfig
from pipeline.match.bulk import TOGETHER, Sets, measure_pairs
from pipeline.match.candidates import Candidate, Candidates, Turn
from pipeline.match.verify import Profile, likeness, profile, unlike
from pipeline.select.select import EXACT, Refusal, Selected, judge, select

# Profiles of the documents that are compared most often: a story's copies arrive close to one another.
_PROFILES_HELD = 1024
# But of long texts no more than so many characters: a profile takes some 25 bytes for each of them.
_CHARACTERS_HELD = 1 << 24
_KEPT = Selected()
_END = Turn(1 << 62, None, [])


class Arrivals:
    """The documents of a corpus, numbered from 0 in order of arrival: verify and select, one at a time."""

    def __init__(self, config: MatchConfig, candidates: Candidates, text: Callable[[int], str], first_new: int) -> None:
        """Begin with none.

        Args:
            config: what counts as a duplicate.
            candidates: what documents may be like one another.
            text: gives the text of a document by its number; asked for candidates only, and for the one at hand.
            first_new: number of the first document to decide on; those before it are kept ones.
        """
        self._config = config
        self._candidates = candidates
        self._profiles = _Held(lambda number: profile(text(number), config.shingle_tokens))
        self._superseded: set[int] = set()
        self._next = first_new
        self._text = text
        self._turn: Turn | None = None
        self._measured = 0
        self._sets: dict[tuple[int, int], Sets] = {}

    def mark_superseded(self, number: int) -> None:
        """Say that an earlier run superseded a document, so that no later one is told to do so again."""
        self._superseded.add(number)

    def choose(self) -> Selected:
        """Decide on the next document. It supersedes only what nothing did before."""
        number = self._next
        self._next += 1
        if self._turn is None or self._turn.number < number:
            self._turn = self._candidates.next() or _END
        if self._turn.number > number:
            return _KEPT
        turn = self._turn
        chosen = select([(turn.same, EXACT)]) if turn.same is not None else self._compare(number, turn.candidates)
        if chosen.duplicate_of is not None:
            return chosen
        self._candidates.keep()
        first = tuple(pair for pair in chosen.supersedes if pair[0] not in self._superseded)
        self._superseded.update(earlier for earlier, _ in first)
        return Selected(supersedes=first, refused=chosen.refused)

    def _compare(self, number: int, candidates: list[Candidate]) -> Selected:
        if number >= self._measured:
            # Pairs of the documents after it are measured with its own.
            pairs, self._measured = self._candidates.pairs(number, TOGETHER)
            self._sets = measure_pairs(pairs, self._text, self._config)
        verdicts, refused = [], []
        for earlier, lettered in candidates:
            same_page = self._candidates.same_page(earlier, number)
            sets = self._sets.get((earlier, number))
            if sets and not (lettered or same_page) and unlike(sets, self._config):
                continue
            one, two = self._profiles[earlier], self._profiles[number]
            pair = likeness(one, two, self._config, same_page, lettered, sets)
            verdict = judge(pair, self._config)
            if verdict is not None:
                verdicts.append((earlier, verdict))
            elif pair.refused not in (None, "too-short"):
                refused.append(Refusal(earlier, pair))
        return select(verdicts, refused)


class _Held:
    """The values of a function of a number, the ones asked for last held in memory."""

    def __init__(self, make: Callable[[int], Profile]) -> None:
        self._make = make
        self._held: OrderedDict[int, Profile] = OrderedDict()
        self._characters = 0

    def __getitem__(self, number: int) -> Profile:
        value = self._held.pop(number, None)
        if value is None:
            value = self._make(number)
            self._characters += len(value.text)
        self._held[number] = value
        # The two that are being compared stay.
        while len(self._held) > 2 and (len(self._held) > _PROFILES_HELD or self._characters > _CHARACTERS_HELD):
            _, gone = self._held.popitem(last=False)
            self._characters -= len(gone.text)
        return value
