"""Composites: a text that holds two articles is no version of either.

Where all of a text lies in a longer one and what is left of that, at one end or at both, is parted from it by a line of
its own, each rest is looked at: is there a headline, or does it speak of other things? Cohesion of neighbouring
passages by their words is M. Hearst's ("TextTiling", 1997); words count by how rare they are (K. Spärck Jones, 1972).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.errors import BadWeights
from pipeline.match.passages import Flags
from pipeline.match.profile import Profile
from pipeline.sign.batch import hashes_of

WEIGHTS = Path(__file__).parent / "common.words"
"""How common words are: `training.common_words` makes it."""

# The rest is an article: of some length, and no small part of the whole.
REST_LETTERS = 150
REST_SHARE = 0.2
# The shorter text lies in the longer one but for a few letters.
WHOLE = 0.9
# Where passages are dense, in letters; the rest begins so near to the beginning of a line.
DENSE = 60
NEAR_LINE = 25
_HEADLINE_CHARS = 90
_SENTENCE_ENDS = frozenset('.!?…。！？;,:"”’»」』')
# Parts of one article have more of the weight of their words in common, if they are long enough to repeat any.
_COHESION = 0.055
_TELLING_LETTERS = 600
# A word that the table lacks stands in fewer than four of its texts.
_RARE = 255


def is_composite(shorter: Profile, longer: Profile) -> bool:
    """Say whether the longer text holds another article beside the shorter one, or one on either side of it."""
    shared = longer.letters.shared(shorter.letters)
    first, beyond = _dense(shared)
    least = max(REST_LETTERS, REST_SHARE * len(shared))
    # An end that is too short for an article goes with what stands in the middle.
    begin = first if first >= least else 0
    end = beyond if len(shared) - beyond >= least else len(shared)
    if end - begin == len(shared) or shared[begin:end].mean() < WHOLE:
        return False
    upper = _border(longer, begin) if begin else 0
    lower = _border(longer, end) if end < len(shared) else len(longer.lines)
    if upper is None or lower is None:
        return False
    lines = [line for _, line in longer.lines]
    article = "\n".join(lines[upper:lower])

    def is_another(headline: str, rest: list[str], letters: int) -> bool:
        if len(headline) <= _HEADLINE_CHARS and headline[-1] not in _SENTENCE_ENDS:
            return True
        tell = min(letters, end - begin) >= _TELLING_LETTERS
        return tell and cohesion("\n".join(rest), article) <= _COHESION

    return (begin == 0 or is_another(lines[upper], lines[:upper], begin)) and (
        end == len(shared) or is_another(lines[lower], lines[lower:], len(shared) - end)
    )


def _border(longer: Profile, cut: int) -> int | None:
    """Give the number of the line that begins where one article ends and another begins; None where none does."""
    number = min(range(len(longer.lines)), key=lambda line: abs(longer.lines[line][0] - cut))
    return number if number and abs(longer.lines[number][0] - cut) <= NEAR_LINE else None


def check_words(config: MatchConfig) -> None:
    """Read the table of common words now, if it will be needed.

    Raises:
        BadWeights: as `read_table`.
    """
    if config.composites:
        _table()


def cohesion(part: str, whole: str) -> float:
    """Give the share of the weight of a part's words that stands in the rest, too; 1 for a part without such words."""
    ours, theirs = map(np.unique, hashes_of([part, whole]))
    weights = _weights(ours)
    total = int(weights.sum())
    return int(weights[np.isin(ours, theirs, assume_unique=True)].sum()) / total if total else 1.0


def _dense(shared: Flags) -> tuple[int, int]:
    """Give the first of the letters that stand among shared ones, and one past the last; all without any."""
    size = min(DENSE, len(shared))
    if size == 0:
        return 0, 0
    counted = np.concatenate([[0], np.cumsum(shared)])
    middles = np.arange(len(shared))
    low, high = np.maximum(middles - size // 2, 0), np.minimum(middles + (size + 1) // 2, len(shared))
    dense = np.flatnonzero(2 * (counted[high] - counted[low]) >= size)
    return (int(dense[0]), int(dense[-1]) + 1) if len(dense) else (0, len(shared))


def _weights(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    keys, rarity = _table()
    wanted = (hashes >> np.uint64(32)).astype(np.uint32)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, rarity[at], _RARE).astype(np.int64)


@cache
def _table() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    return read_table(WEIGHTS)


def read_table(path: Path) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Read a table: as many sorted keys (the upper halves of token hashes) as weights, 0 to 254.

    Raises:
        BadWeights: it is missing, cut short or damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadWeights(f"{path}: cannot be read ({error.strerror}). {_AGAIN}") from error
    size, left = divmod(len(data), 5)
    if left or not size:
        raise BadWeights(f"{path}: has {len(data)} bytes; a table of words has five for each word. {_AGAIN}")
    keys, weights = np.frombuffer(data, "<u4", size), np.frombuffer(data, np.uint8, size, 4 * size)
    if (keys[1:] <= keys[:-1]).any() or (weights == _RARE).any():
        raise BadWeights(f"{path}: its words are not in order, or weigh more than they may. {_AGAIN}")
    return keys, weights


_AGAIN = "Install Winnow again, or make the table anew with `python -m training.common_words`."
