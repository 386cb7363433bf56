"""Composites: a text that holds two articles is no version of either.

Where all of a text lies in a longer one and what is left of that begins with a line of its own, the rest is looked at:
does it open with a headline, or does it speak of other things? Cohesion of neighbouring passages by their words is
M. Hearst's ("TextTiling", 1997); words count by how rare they are (K. Spärck Jones, 1972).
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
from pipeline.sign.shingles import token_hashes
from pipeline.words.tokens import tokens

WEIGHTS = Path(__file__).parent / "common.words"
"""How common words are: `training.common_words` makes it."""

# The rest is an article: of some length, and no small part of the whole.
_REST_LETTERS = 150
_REST_SHARE = 0.2
# The shorter text lies in the longer one but for a few letters.
_WHOLE = 0.9
# Where passages are dense, in letters; the rest begins so near to the beginning of a line.
_DENSE = 60
_NEAR_LINE = 25
_HEADLINE_CHARS = 90
_SENTENCE_ENDS = frozenset('.!?…。！？;,:"”’»」』')
# Parts of one article have more of the weight of their words in common, if they are long enough to repeat any.
_COHESION = 0.055
_TELLING_LETTERS = 600
# A word that the table lacks stands in fewer than four of its texts.
_RARE = 255


def is_composite(shorter: Profile, longer: Profile) -> bool:
    """Say whether the longer text holds another article beside the shorter one."""
    shared = longer.letters.shared(shorter.letters)
    part = _rest(shared)
    if part is None:
        return False
    first, beyond = part
    size = beyond - first
    inside = np.ones(len(shared), np.bool_)
    inside[first:beyond] = False
    if size < max(_REST_LETTERS, _REST_SHARE * len(shared)) or shared[inside].mean() < _WHOLE:
        return False
    cut = beyond if first == 0 else first
    number = min(range(len(longer.lines)), key=lambda line: abs(longer.lines[line][0] - cut))
    start, line = longer.lines[number]
    if abs(start - cut) > _NEAR_LINE or number == 0:
        return False
    if len(line) <= _HEADLINE_CHARS and line[-1] not in _SENTENCE_ENDS:
        return True
    if min(size, len(shared) - size) < _TELLING_LETTERS:
        return False
    above = "\n".join(line for _, line in longer.lines[:number])
    below = "\n".join(line for _, line in longer.lines[number:])
    return cohesion(above, below) <= _COHESION if first == 0 else cohesion(below, above) <= _COHESION


def check_words(config: MatchConfig) -> None:
    """Read the table of common words now, if it will be needed.

    Raises:
        BadWeights: as `read_table`.
    """
    if config.composites:
        _table()


def cohesion(part: str, whole: str) -> float:
    """Give the share of the weight of a part's words that stands in the rest, too; 1 for a part without such words."""
    ours, theirs = (np.unique(token_hashes(tokens(text))) for text in (part, whole))
    weights = _weights(ours)
    total = int(weights.sum())
    return int(weights[np.isin(ours, theirs, assume_unique=True)].sum()) / total if total else 1.0


def _rest(shared: Flags) -> tuple[int, int] | None:
    """Give the longer end of a text that is not dense with shared letters: its first letter and one past its last."""
    size = min(_DENSE, len(shared))
    if size == 0:
        return None
    counted = np.concatenate([[0], np.cumsum(shared)])
    middles = np.arange(len(shared))
    low, high = np.maximum(middles - size // 2, 0), np.minimum(middles + (size + 1) // 2, len(shared))
    dense = np.flatnonzero(2 * (counted[high] - counted[low]) >= size)
    if not len(dense):
        return None
    first, last = int(dense[0]), int(dense[-1])
    return (0, first) if first >= len(shared) - 1 - last else (last + 1, len(shared))


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
