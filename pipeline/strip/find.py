"""Finding boilerplate: the rules held against each block, with regard to where it stands and what follows it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from pipeline.config import StripConfig
from pipeline.cuts import Cut
from pipeline.strip.blocks import Block
from pipeline.strip.match import Matcher
from pipeline.strip.menus import find_menus
from pipeline.strip.rule import Rule
from pipeline.strip.rules import RULES

# A line that ends a sentence and has so many characters is prose: nothing reaches over it. 90 is about 15 words, the
# length from which lines of the labelled pages are text rather than links.
_PROSE_CHARS = 90
_PROSE_CHARS_UNSPACED = 30
_ENDED = re.compile(r"[.!?…。！？:;\"'”’»)\]」』][\d\[\]*†]*$")

# Lists of related articles seldom have more lines than this; a longer one is the page's content.
_LIST_LINES = 40
# Between two comments stand at most so many lines without a mark of being one.
_MARK_WITHIN = 15
_COMMENT_MARK = re.compile(
    r"(?:reply|quote|report|flag|likes?|permalink|antworten|répondre|responder|rispondi|reageer|ответить|回复|返信|답글)\W*"
    r"|.{1,40}\bsays:?|.{1,40} (?:schrieb|sagt|a écrit|dice|dit|disse|ha detto)(?: am .{4,30})?:"
    r"|.{0,40}\b\d+ (?:sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|weeks?|months?|years?|hrs?|h|d|w) ago\b.{0,20}"
    r"|(?:vor \d+ (?:minuten?|stunden?|tagen?|wochen?|monaten?|jahren?)|il y a \d+ .{1,10}|hace \d+ .{1,10}).{0,20}"
    r"|.{0,40}\b\d{1,2}, \d{4},? (?:at )?\d{1,2}:\d\d ?(?:[ap]\.?m\.?)?.{0,20}"
    r"|log in to reply|report (?:abuse|comment)|[0-9]+楼"
)

# The name and what it says on one line, as blogs print it.
_SAYS = re.compile(r".{1,40}\bsays: \S")


def find_boilerplate(blocks: Sequence[Block], already: Sequence[Cut], config: StripConfig) -> list[Cut]:
    """Find the blocks that rules and their neighbours tell to be boilerplate.

    Args:
        blocks: the blocks of a text, in order (`pipeline.strip.blocks.split_blocks`).
        already: what is cut already; those blocks are passed over.
        config: kinds to keep and rules not to apply.

    Returns:
        A cut for each such block, in order, none of them in `already`. Time is linear in the text.
    """
    matcher = matcher_of(config)
    taken = taken_blocks(blocks, already)
    matching = {
        index: rules
        for index, block in enumerate(blocks)
        if not (taken[index] or block.shape in ("code", "table") or _numbered_label(block))
        and (rules := tuple(matcher.matches(block.folded)))
    }
    before, prose = _prose_before(blocks, matching)
    found: dict[int, Rule] = {}
    for index, rules in matching.items():
        rule = next((rule for rule in rules if _stands(rule, before[index], before[-1])), None)
        if rule:
            found[index] = rule
    matched = dict(found)
    for index, rule in matched.items():
        if rule.reach == "list":
            for other in _list_under(blocks, index):
                if other in matched and matched[other].reach != "block":
                    # Another heading has its own list.
                    break
                if not taken[other]:
                    found.setdefault(other, rule)
    comments = _comments_heading(blocks, found, before)
    if comments is not None:
        for other in range(comments + 1, len(blocks)):
            if not taken[other]:
                found.setdefault(other, found[comments])
    for first, last in find_menus(blocks, prose, [taken[index] or index in found for index in range(len(blocks))]):
        found |= {other: _MENU for other in range(first, last) if other not in found and not taken[other]}
    return [
        Cut(blocks[index].start, blocks[index].end, rule.name, rule.kind)
        for index, rule in sorted(found.items())
        if rule.kind not in config.keep and rule.name not in config.disabled_rules
    ]


_MENU = Rule(
    name="navigation.menu",
    kind="navigation",
    why="A run of short lines most of which are the links of a site's menu (see `pipeline.strip.menus`).",
    pattern="",
    drops=(),
)


def taken_blocks(blocks: Sequence[Block], cuts: Sequence[Cut]) -> list[bool]:
    """Say of each block whether a cut covers all of it. Both are in order of their starts or get sorted by it."""
    taken = [False] * len(blocks)
    spans = sorted((cut.start, cut.end) for cut in cuts)
    at = 0
    covered_to = -1
    for index, block in enumerate(blocks):
        while at < len(spans) and spans[at][0] <= block.start:
            covered_to = max(covered_to, spans[at][1])
            at += 1
        taken[index] = covered_to >= block.end
    return taken


def is_prose(block: Block) -> bool:
    """Say whether a block reads like prose: a line of some length that ends a sentence."""
    if block.shape in ("heading", "code", "table"):
        return False
    size = len(block.text)
    if size < _PROSE_CHARS:
        # Where words aren't spaced, a third of the characters says as much.
        if size < _PROSE_CHARS_UNSPACED or block.text.count(" ") * 12 > size:
            return False
        return not block.text.isascii() and block.text[-1] in "。！？」』”"
    return size > 4 * _PROSE_CHARS or _ENDED.search(block.text[-8:]) is not None


def matcher_of(config: StripConfig) -> Matcher:
    """Give the compiled rules that a configuration leaves in force; compiled once for each choice of rules."""
    return _matcher(frozenset(config.disabled_rules), frozenset(config.keep))


@functools.lru_cache(maxsize=8)
def _matcher(disabled: frozenset[str], keep: frozenset[str]) -> Matcher:
    return Matcher([rule for rule in RULES if rule.name not in disabled and rule.kind not in keep])


def _prose_before(blocks: Sequence[Block], matching: Mapping[int, Sequence[Rule]]) -> tuple[list[int], list[bool]]:
    """Give the characters of prose before each block (and, last, in all), and which blocks are prose.

    A block that some rule cuts wherever it stands is none: a cookie notice above the menu leaves the menu at the head.
    """
    prose = [
        is_prose(block) and all(rule.where != "anywhere" for rule in matching.get(index, ()))
        for index, block in enumerate(blocks)
    ]
    before = [0]
    for block, reads_on in zip(blocks, prose, strict=True):
        before.append(before[-1] + (len(block.text) if reads_on else 0))
    return before, prose


def _numbered_label(block: Block) -> bool:
    """Say whether a block is an item such as "2. Facebook": a short entry of a counted list is the text's own."""
    return block.shape == "list" and block.text[0] in "(0123456789" and len(block.folded) <= 24


def _stands(rule: Rule, before: int, whole: int) -> bool:
    if rule.where == "head":
        return before == 0
    return rule.where == "anywhere" or 2 * before >= whole


def _list_under(blocks: Sequence[Block], heading: int) -> list[int]:
    """Give the lines under a heading such as "Related articles": its list, or the short lines that end the text.

    A short line right before prose may be the sub-heading of that prose, so lines without list markers are only taken
    where nothing but short lines follows.
    """
    members: list[int] = []
    index = heading + 1
    while index < min(len(blocks), heading + _LIST_LINES + 2) and blocks[index].shape == "list":
        if is_prose(blocks[index]):
            break
        members.append(index)
        index += 1
    if members:
        return members if len(members) <= _LIST_LINES else []
    while index < len(blocks) and index - heading <= _LIST_LINES:
        block = blocks[index]
        if block.shape not in ("paragraph", "list", "heading") or is_prose(block):
            return []
        members.append(index)
        index += 1
    return members if index == len(blocks) else []


def _comments_heading(blocks: Sequence[Block], found: dict[int, Rule], before: list[int]) -> int | None:
    """Give the heading, if there is one, from which readers' comments fill the text; some prose stands before it."""
    headings = [index for index, rule in found.items() if rule.reach == "end" and before[index] >= 4 * _PROSE_CHARS]
    if not headings:
        return None
    marks = _comment_marks(blocks)
    if len(marks) < 2:
        return None
    return next((index for index in headings if marks[-1] - _MARK_WITHIN <= index < marks[1]), None)


def _comment_marks(blocks: Sequence[Block]) -> list[int]:
    """Say where readers' comments begin, if they fill the end of the text.

    Comments show a mark (a reply link, a name that "says", an age) again and again to the end; an article that goes on
    after a label "3 comments" does not.

    Returns:
        Indices of these marks, last first.
    """
    marks: list[int] = []
    following = len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        folded = blocks[index].folded
        if _SAYS.match(folded) or (len(folded) < 100 and _COMMENT_MARK.fullmatch(folded)):
            marks.append(index)
            following = index
        elif following - index > _MARK_WITHIN:
            break
    return marks
