"""The rules, in the order in which they are tried; the first that claims a block has it."""

from __future__ import annotations

from pipeline.strip.rule import Rule
from pipeline.strip.rules import adverts, calls, comments, labels, links, navigation, notices, pictures

RULES: tuple[Rule, ...] = (
    *adverts.RULES,
    *calls.RULES,
    *comments.RULES,
    *notices.RULES,
    *pictures.RULES,
    *links.RULES,
    *labels.RULES,
    *navigation.RULES,
)
"""Every rule. Listing one here, through its module, is all it takes to apply it."""
