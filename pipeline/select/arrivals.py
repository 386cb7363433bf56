"""Take documents in order of arrival and say of each, at once and for good, whether it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from pipeline.config import MatchConfig
from pipeline.match.candidates import KeptIndex
from pipeline.match.verify import Profile, likeness, profile
from pipeline.select.select import EXACT, Selected, judge, select
from pipeline.sign.minhash import U32
from pipeline.sign.shingles import U64

# Profiles of the documents that are compared most often: a story's copies arrive close to one another.
_PROFILES_HELD = 4096


class Arrivals:
    """The documents so far, numbered from 0 in order of arrival: match, verify and select, one at a time."""

    def __init__(self, config: MatchConfig, text: Callable[[int], str]) -> None:
        """Begin with none.

        Args:
            config: what counts as a duplicate.
            text: gives the text of a document by its number; asked for candidates only, and for the one at hand.
        """
        self._config = config
        self._kept = KeptIndex(config)
        self._profiles = _Held(lambda number: profile(text(number), config.shingle_tokens), _PROFILES_HELD)
        self._superseded: set[int] = set()
        self._count = 0

    def enter(self, exact_key: bytes, signature: U32, fingerprints: U64) -> int:
        """Enter a document that an earlier run kept; gives its number."""
        number = self._next()
        self._kept.keep(number, exact_key, signature, fingerprints)
        return number

    def mark_superseded(self, number: int) -> None:
        """Say that an earlier run superseded a document, so that no later one is told to do so again."""
        self._superseded.add(number)

    def choose(self, exact_key: bytes, signature: U32, fingerprints: U64) -> Selected:
        """Decide on the next document, and enter it if it is kept. It supersedes only what nothing did before."""
        number = self._next()
        same = self._kept.exact(exact_key)
        chosen = select([(same, EXACT)]) if same is not None else self._compare(number, signature, fingerprints)
        if chosen.duplicate_of is not None:
            return chosen
        self._kept.keep(number, exact_key, signature, fingerprints)
        first = tuple(pair for pair in chosen.supersedes if pair[0] not in self._superseded)
        self._superseded.update(earlier for earlier, _ in first)
        return Selected(supersedes=first)

    def _compare(self, number: int, signature: U32, fingerprints: U64) -> Selected:
        verdicts = []
        for earlier in self._kept.candidates(signature, fingerprints):
            verdict = judge(likeness(self._profiles[earlier], self._profiles[number], self._config), self._config)
            if verdict is not None:
                verdicts.append((earlier, verdict))
        return select(verdicts)

    def _next(self) -> int:
        self._count += 1
        return self._count - 1


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
