"""The learned judge's word on blocks, where rules and repetition are silent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.config import StripConfig
from pipeline.cuts import Cut
from pipeline.strip.blocks import Blocks
from pipeline.strip.find import taken_blocks
from pipeline.strip.rows import Rows, is_one_of

if TYPE_CHECKING:
    from pipeline.judge.lines import Verdict

RULE = "learned.lines"


def check_weights(config: StripConfig) -> None:
    """Read the judge's weights, if it will be asked: before a run begins rather than in its midst.

    Raises:
        BadWeights: they are missing or damaged.
    """
    if _asked(config):
        from pipeline.judge.lines import line_judge

        line_judge()


def worth_judging(rows: Rows, config: StripConfig) -> list[bool]:
    """Say of each of many texts whether the judge is to be asked of it, whatever is cut of it.

    It is where a text has several lines, one of them short or without the end of a sentence.
    """
    if not _asked(config):
        return [False for _ in rows.counts]
    from pipeline.judge.lines import ENDS, SHORT

    worth = rows.some((rows.chars < SHORT) | ~is_one_of(rows.last_chars, ENDS))
    told: list[bool] = (worth & (rows.counts > 1)).tolist()
    return told


def judge_blocks(documents: Sequence[tuple[Blocks, Sequence[Cut]]], config: StripConfig) -> list[list[Cut]]:
    """Ask the learned judge which blocks of documents are boilerplate.

    Args:
        documents: the blocks of each, in order, and what rules and repeats cut already.
        config: whether it is asked, and how strict it is; kinds and rules that are left alone.

    Returns:
        Its cuts of each document, in order; each has a score and what weighed most. Tables and code stay. A document
        keeps at least one of the blocks that were not cut before. What is given of one document does not depend on the
        others.

    Raises:
        BadWeights: the judge's weights are missing or damaged.
    """
    if not _asked(config):
        return [[] for _ in documents]
    if not documents:
        return []
    from pipeline.judge.lines import line_judge

    verdicts = line_judge().judge(
        [blocks.texts for blocks, _ in documents],
        [taken_blocks(*document) for document in documents],
        config.judge,
    )
    return [_cuts(blocks, judged) for (blocks, _), judged in zip(documents, verdicts, strict=True)]


def _cuts(blocks: Blocks, judged: Sequence[Verdict]) -> list[Cut]:
    if not judged:
        return []
    starts, texts, shapes = blocks.starts, blocks.texts, blocks.shapes
    return [
        Cut(starts[line], starts[line] + len(texts[line]), RULE, "learned", score, "; ".join(reasons))
        for line, score, reasons in judged
        if shapes[line] not in ("table", "code")
    ]


def _asked(config: StripConfig) -> bool:
    return config.judge != "off" and "learned" not in config.keep and RULE not in config.disabled_rules
