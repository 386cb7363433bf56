"""Extract: a page → all its text, what of it is the page's own, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipeline.config import ExtractConfig
from pipeline.cuts import Cut
from pipeline.errors import Unreadable
from pipeline.extract.meta import read_metadata
from pipeline.extract.others import of_others
from pipeline.extract.page import Piece, Reading, agree, doubt
from pipeline.extract.tree import check_size, load_tree
from pipeline.extract.walk import walk
from pipeline.values import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

    from pipeline.judge.page import Page
    from pipeline.judge.pages import Judged

# Above this share of doubt trafilatura is asked as well, where both are to be: one page in six.
_UNSURE = 0.3
# Looking each block up in its text costs their product.
_MOST_ASKED = 2_000_000
# So many blocks are judged at once: their measures, some 2 kB each, take tens of megabytes.
_AT_ONCE = 8_192


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
            told = tidied[number : number + len(piece.lines)]
            number += len(told)
            if not piece.kept:
                at += sum(map(len, told)) + len(told)
                cuts.append(Cut(begin, at - 1, piece.rule, piece.kind, piece.score, piece.why))
                continue
            for line in told:
                if line.strip():
                    kept.append(line)
                    starts.append(at)
                at += len(line) + 1
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


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A page that is read, but of whose blocks nothing is said yet. It holds no tree."""

    blocks: Page
    metadata: Metadata
    url: str | None
    page: str
    """The page itself, where another extractor may be asked as well."""


def extract_html(page: str, url: str | None, config: ExtractConfig) -> Extracted:
    """Extract the text and the metadata of a page; a page without a text gives no pieces.

    Raises:
        Unreadable: the page cannot be parsed, or not within bounds of time and memory.
        BadWeights: the weights of the judge are missing or damaged.
    """
    return judge_pages([open_page(page, url, config)], config)[0]


def open_page(page: str, url: str | None, config: ExtractConfig) -> Unjudged | Extracted:
    """Read a page, up to the judgement on its blocks, which costs less for many at once; without blocks there is none.

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
    if not blocks.texts:
        return Extracted((), metadata, page_judge().name)
    return Unjudged(blocks, metadata, url, page if config.extractor == "both" else "")


def judge_pages(pages: Sequence[Unjudged | Extracted], config: ExtractConfig) -> list[Extracted]:
    """Judge pages that have been read, in bounded memory; each comes out as it would alone.

    Raises:
        Unreadable: another extractor, where it is asked as well, stopped at one of them.
        BadWeights: the weights of the judge are missing or damaged.
    """
    extracted: dict[int, Extracted] = {}
    some: dict[int, Unjudged] = {}
    blocks = 0
    for number, page in enumerate(pages):
        if isinstance(page, Extracted):
            extracted[number] = page
            continue
        some[number] = page
        blocks += len(page.blocks.texts)
        if blocks >= _AT_ONCE:
            extracted.update(zip(some, _judged(list(some.values()), config), strict=True))
            some, blocks = {}, 0
    if some:
        extracted.update(zip(some, _judged(list(some.values()), config), strict=True))
    return [extracted[number] for number in range(len(pages))]


def _judged(pages: Sequence[Unjudged], config: ExtractConfig) -> list[Extracted]:
    from pipeline.judge.pages import page_judge

    judge = page_judge()
    found: list[tuple[Judged, Reading, str]] = []
    for page, alone in zip(pages, judge.judge_all([page.blocks for page in pages], config.mode), strict=True):
        judged, extractor = _with_trafilatura(page, alone, judge.name, config)
        claims = of_others(page.blocks, judged, page.url or page.metadata.url)
        reading = Reading(page.blocks, judged, claims, config.structure, comments=config.comments, tables=config.tables)
        found.append((judged, reading, extractor))
    reasons = iter(judge.reasons_of_all([(judged, reading.asked) for judged, reading, _ in found]))
    return [
        Extracted(tuple(reading.pieces(list(islice(reasons, len(reading.asked))))), page.metadata, extractor)
        for page, (_, reading, extractor) in zip(pages, found, strict=True)
    ]


def _with_trafilatura(page: Unjudged, judged: Judged, name: str, config: ExtractConfig) -> tuple[Judged, str]:
    """Ask trafilatura as well, where both are to be and the judge is unsure -> what is kept, and who told."""
    if config.extractor == "both" and doubt(judged, page.blocks) > _UNSURE and len(page.page) <= _MOST_ASKED:
        text = _by_trafilatura(load_tree(page.page, for_trafilatura=True), page.page, page.url, config)
        second = agree(judged, page.blocks, text)
        if second.kept.any():
            return second, f"{name} with {trafilatura_name()}"
    return judged, name


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
