"""The learned judge's word on blocks, where rules and repetition are silent."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.config import StripConfig
from pipeline.cuts import Cut
from pipeline.strip.blocks import Blocks
from pipeline.strip.find import taken_blocks

RULE = "learned.lines"


def check_weights(config: StripConfig) -> None:
    """Read the judge's weights, if it will be asked: before a run begins rather than in its midst.

    Raises:
        BadWeights: they are missing or damaged.
    """
    if _asked(config):
        from pipeline.judge.lines import line_judge

        line_judge()


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
    from pipeline.judge.lines import line_judge, worth_asking

    asked = [at for at, (blocks, _) in enumerate(documents) if worth_asking(blocks.texts)]
    found: list[list[Cut]] = [[] for _ in documents]
    if not asked:
        return found
    verdicts = line_judge().judge(
        [documents[at][0].texts for at in asked],
        [taken_blocks(*documents[at]) for at in asked],
        config.judge,
    )
    for at, judged in zip(asked, verdicts, strict=True):
        blocks = documents[at][0]
        found[at] = [
            Cut(*blocks.span(line), RULE, "learned", score, "; ".join(reasons))
            for line, score, reasons in judged
            if blocks.shapes[line] not in ("table", "code")
        ]
    return found


def _asked(config: StripConfig) -> bool:
    return config.judge != "off" and "learned" not in config.keep and RULE not in config.disabled_rules
