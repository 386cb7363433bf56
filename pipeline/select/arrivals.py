"""Take documents in order of arrival and say of each, at once and for good, whether it is kept."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

from pipeline.config import MatchConfig
from pipeline.match.bulk import TOGETHER, Sets, measure_pairs
from pipeline.match.candidates import Candidate, Candidates, Rumour
from pipeline.match.verify import Profile, likeness, profile
from pipeline.select.select import EXACT, Refusal, Selected, judge, select

# Profiles of the documents that are compared most often: a story's copies arrive close to one another.
_PROFILES_HELD = 1024
# So many documents are looked at ahead, at most.
_AHEAD = 4096


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
        self._profiles = _Held(lambda number: profile(text(number), config.shingle_tokens), _PROFILES_HELD)
        self._superseded: set[int] = set()
        self._next = first_new
        self._text = text
        self._rumours: deque[Rumour] = deque()
        self._sets: dict[tuple[int, int], Sets] = {}

    def mark_superseded(self, number: int) -> None:
        """Say that an earlier run superseded a document, so that no later one is told to do so again."""
        self._superseded.add(number)

    def choose(self) -> Selected:
        """Decide on the next document. It supersedes only what nothing did before."""
        if not self._rumours:
            self._look_ahead()
        number = self._next
        self._next += 1
        candidates = self._candidates.of(self._rumours.popleft())
        same = self._candidates.same(number)
        chosen = select([(same, EXACT)]) if same is not None else self._compare(number, candidates)
        if chosen.duplicate_of is not None:
            return chosen
        self._candidates.keep(number)
        first = tuple(pair for pair in chosen.supersedes if pair[0] not in self._superseded)
        self._superseded.update(earlier for earlier, _ in first)
        return Selected(supersedes=first, refused=chosen.refused)

    def _look_ahead(self) -> None:
        """Measure the pairs of the next documents together."""
        pairs: list[tuple[int, int]] = []
        number = self._next
        while number < len(self._candidates) and len(pairs) < TOGETHER and number - self._next < _AHEAD:
            rumour = self._candidates.ahead(number)
            self._rumours.append(rumour)
            if self._candidates.same(number) is None:
                lettered = [
                    one for one, n in rumour.lettered.items() if self._candidates.telling(one, n, rumour.letters)
                ]
                likely = rumour.likely.union(lettered)
                pairs += [(one, number) for one in sorted(likely) if self._candidates.may_stand(one)]
            number += 1
        self._sets = measure_pairs(pairs, self._text, self._config)

    def _compare(self, number: int, candidates: list[Candidate]) -> Selected:
        verdicts, refused = [], []
        for earlier, lettered in candidates:
            same_page = self._candidates.same_page(earlier, number)
            one, two = self._profiles[earlier], self._profiles[number]
            pair = likeness(one, two, self._config, same_page, lettered, self._sets.get((earlier, number)))
            verdict = judge(pair, self._config)
            if verdict is not None:
                verdicts.append((earlier, verdict))
            elif pair.refused not in (None, "too-short"):
                refused.append(Refusal(earlier, pair))
        return select(verdicts, refused)


class _Held:
    """The values of a function of a number, the ones asked for last held in memory."""

    def __init__(self, make: Callable[[int], Profile], most: int) -> None:
        self._make = make
        self._most = most
        self._held: OrderedDict[int, Profile] = OrderedDict()

    def __getitem__(self, number: int) -> Profile:
        value = self._held.pop(number, None)
        if value is None:
            value = self._make(number)
        self._held[number] = value
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return value
