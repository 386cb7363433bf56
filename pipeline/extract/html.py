"""Extract: a page → all its text, what of it is the page's own, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.config import ExtractConfig
from pipeline.cuts import Cut
from pipeline.errors import Unreadable
from pipeline.extract.meta import read_metadata
from pipeline.extract.others import of_others
from pipeline.extract.page import Piece, agree, doubt, read_pieces
from pipeline.extract.tree import check_size, load_tree
from pipeline.extract.walk import walk
from pipeline.values import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

# Above this share of doubt trafilatura is asked as well, where both are to be: one page in six.
_UNSURE = 0.3
# Looking each block up in its text costs their product.
_MOST_ASKED = 2_000_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a page holds."""

    pieces: tuple[Piece, ...]
    """All its text that was looked at, in order, kept and not."""
    metadata: Metadata
    extractor: str
    """Who told what is kept, with the version."""

    def text(self, tidy: Callable[[Sequence[str]], Sequence[str]] = list) -> tuple[str, str, list[int], list[Cut]]:
        """Write the text before cutting and what of it is kept.

        Args:
            tidy: what is done to texts, to each by itself; whatever it does to line ends, a line stays one line.

        Returns:
            The whole text; the lines that are kept and hold anything; where each of these begins in the whole text; and
            the cuts.
        """
        lines = [line for piece in self.pieces for line in piece.lines]
        (whole,) = tidy(["\n".join(lines)])
        tidied = whole.split("\n")
        if len(tidied) != len(lines):
            # A line was empty once it was tidied, or became two.
            tidied = [line.replace("\n", " ") for line in tidy(lines)]
            whole = "\n".join(tidied)
        cuts: list[Cut] = []
        kept: list[str] = []
        starts: list[int] = []
        at = number = 0
        for piece in self.pieces:
            begin = at
            for line in tidied[number : number + len(piece.lines)]:
                if piece.kept and line.strip():
                    kept.append(line)
                    starts.append(at)
                at += len(line) + 1
            number += len(piece.lines)
            if not piece.kept:
                cuts.append(Cut(begin, at - 1, piece.rule, piece.kind, piece.score, piece.why))
        return whole, "\n".join(kept), starts, cuts


@cache
def trafilatura_name() -> str:
    """Name trafilatura with its version, as `documents` tells it."""
    from importlib.metadata import version

    return f"trafilatura {version('trafilatura')}"


def check_weights(config: ExtractConfig) -> None:
    """Read the judge's weights, if it will be asked: before a run begins rather than at its first page.

    Raises:
        BadWeights: they are missing or damaged.
    """
    if config.extractor != "trafilatura":
        from pipeline.judge.pages import page_judge

        page_judge()


def extract_html(page: str, url: str | None, config: ExtractConfig) -> Extracted:
    """Extract the text and the metadata of a page; a page without a text gives no pieces.

    Raises:
        Unreadable: the page cannot be parsed, or not within bounds of time and memory.
        BadWeights: the weights of the judge are missing or damaged.
    """
    check_size(page, config.max_tags)
    tree = load_tree(page, for_trafilatura=config.extractor == "trafilatura")
    if tree is None:
        return Extracted((), Metadata(url=url), config.extractor)
    # Before the text: trafilatura changes the tree.
    metadata = read_metadata(tree, url)
    if config.extractor == "trafilatura":
        lines = tuple(_by_trafilatura(tree, page, url, config).splitlines())
        return Extracted((Piece(lines, kept=True),) if lines else (), metadata, trafilatura_name())
    from pipeline.judge.pages import page_judge

    blocks = walk(tree)
    judge = page_judge()
    if not blocks.texts:
        return Extracted((), metadata, judge.name)
    judged = judge.judge(blocks, config.mode)
    extractor = judge.name
    if config.extractor == "both" and doubt(judged, blocks) > _UNSURE and len(page) <= _MOST_ASKED:
        text = _by_trafilatura(load_tree(page, for_trafilatura=True), page, url, config)
        second = agree(judged, blocks, text)
        if second.kept.any():
            judged, extractor = second, f"{judge.name} with {trafilatura_name()}"
    claims = of_others(blocks, judged, url or metadata.url)
    pieces = read_pieces(
        blocks, judge, judged, claims, config.structure, comments=config.comments, tables=config.tables
    )
    return Extracted(tuple(pieces), metadata, extractor)


def _by_trafilatura(tree: _Element | None, page: str, url: str | None, config: ExtractConfig) -> str:
    from trafilatura import bare_extraction

    options: dict[str, Any] = {
        "url": url,
        "with_metadata": False,
        "include_comments": config.comments,
        "include_tables": config.tables,
        "favor_precision": config.mode == "precision",
        "favor_recall": config.mode == "recall",
    }
    if config.structure == "markdown":
        # Its output format "markdown" is for files: asked for a document, it then writes no text into it.
        options["include_formatting"] = True
    try:
        found = bare_extraction(tree, **options)
        if found is None and config.mode != "recall":
            # A short page falls below trafilatura's size limits; better its little text than nothing.
            found = bare_extraction(
                load_tree(page, for_trafilatura=True), **{**options, "favor_precision": False, "favor_recall": True}
            )
    except (ValueError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise Unreadable("extraction-failed", f"trafilatura stopped with {type(error).__name__}: {error}") from error
    if found is None or isinstance(found, dict):
        return ""
    return "\n".join(part for part in (found.text, found.comments) if part)
