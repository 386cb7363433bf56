"""Titles that stand in their texts, asked of many texts at once: most articles come with one and hold it nowhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.strip.rows import MIX, Rows
from pipeline.words.fold import fold_characters

_SIGNS = (" | ", " - ", " – ", " — ", " :: ")
# What is shorter is looked for in its text by itself.
_BYTES = 8


def without_site(title: str) -> list[str]:
    """Give a page's title without the name of the site that many put behind it, by each sign that may part them."""
    return [title.rpartition(sign)[0] for sign in _SIGNS if sign in title]


def title_blocks(rows: Rows, titles: Sequence[str | None]) -> NDArray[np.bool_]:
    """Say of each block of many texts whether it may be the title of its text, with the name of the site or without.

    Args:
        rows: the blocks of the texts.
        titles: of each text its title, None where it has none.

    Returns:
        (blocks,): False where a block is not the title, folded. Where it is as long, begins and ends as the title does,
        it is True, whatever stands between; and so are all blocks where the title is very short.
    """
    may = np.zeros(len(rows.starts), np.bool_)
    given = [(text, one) for text, title in enumerate(titles) if title for one in (title, *without_site(title))]
    if not given:
        return may
    text_of = np.array([text for text, _ in given])
    # Folded together: no line feed comes or goes.
    lines = fold_characters("\n".join(" ".join(one.split()) for _, one in given)).split("\n")
    wanted = [" ".join(line.split()).encode("utf-8", "surrogatepass") for line in lines]
    of_titles = Rows.joined([b"\n".join(wanted)], [len(wanted)], [len(wanted)])
    short = of_titles.sizes < _BYTES
    is_short = np.zeros(len(titles), np.bool_)
    is_short[text_of[short]] = True
    may |= is_short[rows.text]
    asked = np.flatnonzero(~short)
    if not len(asked):
        return may
    longest = int(of_titles.sizes[asked].max())
    blocks = np.flatnonzero((rows.sizes >= _BYTES) & (rows.sizes <= longest))
    known = _mixed(of_titles, asked, text_of[asked])
    may[blocks[np.isin(_mixed(rows, blocks, rows.text[blocks]), known)]] = True
    return may


def _mixed(rows: Rows, blocks: NDArray[np.int64], texts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Give a number of each block: the same for those of one text that are as long, and begin and end alike."""
    sizes, ends = rows.sizes[blocks], rows.starts[blocks] + rows.sizes[blocks]
    of = (texts << 32 | sizes).astype(np.uint64) * MIX[2]
    mixed: NDArray[np.uint64] = rows.windows(rows.starts[blocks]) * MIX[0] ^ rows.windows(ends - _BYTES) * MIX[1] ^ of
    return mixed
