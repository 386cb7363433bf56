"""Finding boilerplate: the rules held against each block, with regard to where it stands and what follows it."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
import re2
from numpy.typing import NDArray

from pipeline.config import StripConfig
from pipeline.cuts import Cut
from pipeline.jit import kept
from pipeline.strip.blocks import Block, Blocks, Shape
from pipeline.strip.match import Matcher, Matches, heads_of
from pipeline.strip.menus import FEWEST_KNOWN, LONGEST_WORD, LONGEST_WORD_BYTES, MENU_WORDS, find_menus
from pipeline.strip.rows import Rows, is_one_of
from pipeline.strip.rule import Rule
from pipeline.strip.rules import RULES
from pipeline.strip.sound import unsound

# A line that ends a sentence and has so many characters is prose: nothing reaches over it. 90 is about 15 words, the
# length from which lines of the labelled pages are text rather than links.
_PROSE_CHARS = 90
_PROSE_CHARS_UNSPACED = 30
_ENDS = frozenset(".!?…。！？:;\"'”’»)]」』")
_ENDED = re.compile(rf"[{re.escape(''.join(sorted(_ENDS)))}][\d\[\]*†]*$")

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


def find_boilerplate(
    blocks: Blocks, already: Sequence[Cut], config: StripConfig, matches: Matches | None = None
) -> list[Cut]:
    """Find the blocks that rules and their neighbours tell to be boilerplate.

    Args:
        blocks: the blocks of a text, in order (`pipeline.strip.blocks.split_blocks`).
        already: what is cut already; those blocks are passed over.
        config: kinds to keep and rules not to apply.
        matches: what rules fit which blocks (`match_rules`), where that is known of many texts at once.

    Returns:
        A cut for each such block, in order, none of them in `already`. Time is linear in the text.
    """
    matches = match_rules([blocks]) if matches is None else matches
    # To look up a long line costs as much as to read it.
    menu_words = sum(line in MENU_WORDS for line in blocks.folded if len(line) <= LONGEST_WORD)
    if menu_words < FEWEST_KNOWN and matches.keys().isdisjoint(blocks.folded):
        # As `match_rows` says it of many texts, but that it doesn't look at the words.
        return []
    taken = taken_blocks(blocks, already)
    matching = {
        index: rules
        for index, folded in enumerate(blocks.folded)
        if folded in matches
        and not (taken[index] or blocks.shapes[index] in ("code", "table") or _numbered_label(blocks, index))
        and (rules := in_force(matches[folded], config))
    }
    prose = _Prose(blocks, matching)
    found = _in_place(matching, prose)
    _add_lists(blocks, taken, found)
    _add_comments(blocks, taken, prose, found)
    if menu_words >= FEWEST_KNOWN:
        known = [is_taken or index in found for index, is_taken in enumerate(taken)]
        for first, last in find_menus(blocks, prose.is_at, known):
            found |= {other: _MENU for other in range(first, last) if other not in found and not taken[other]}
    return [
        Cut(*blocks.span(index), rule.name, rule.kind)
        for index, rule in sorted(found.items())
        if rule.kind not in config.keep and rule.name not in config.disabled_rules
    ]


def match_rules(batch: Iterable[Blocks]) -> Matches:
    """Match every rule on the blocks of any number of texts, which costs less than on one text at a time."""
    return match_rows(Rows.of(list(batch)))[0]


def match_rows(rows: Rows) -> tuple[Matches, list[bool]]:
    """Match every rule on the blocks of many texts.

    Returns:
        What fits which blocks, and of each text whether `find_boilerplate` may find something in it: menus hold names
        that are known or lines that a rule cuts, and lists stand under such a line.
    """
    matches, held = _matcher().match(rows)
    short = np.bincount(rows.text[rows.sizes <= LONGEST_WORD_BYTES], minlength=len(rows.counts))
    may = short >= FEWEST_KNOWN
    may[rows.text[held]] = True
    told: list[bool] = may.tolist()
    return matches, told


def in_force(rules: Iterable[Rule], config: StripConfig) -> tuple[Rule, ...]:
    """Give those rules that a configuration leaves in force."""
    return tuple(rule for rule in rules if rule.kind not in config.keep and rule.name not in config.disabled_rules)


_MENU = Rule(
    name="navigation.menu",
    kind="navigation",
    why="A run of short lines most of which are the links of a site's menu (see `pipeline.strip.menus`).",
    pattern="",
    drops=(),
)


def taken_blocks(blocks: Blocks, cuts: Sequence[Cut]) -> list[bool]:
    """Say of each block whether a cut covers all of it. The cuts may stand in any order."""
    taken = [False] * len(blocks)
    if not cuts:
        return taken
    starts, texts = blocks.starts, blocks.texts
    spans = sorted((cut.start, cut.end) for cut in cuts)
    covered_to = -1
    for (start, end), (upto, _) in pairwise([*spans, (len(blocks.source), -1)]):
        covered_to = max(covered_to, end)
        index = bisect_left(starts, start)
        while index < len(taken) and starts[index] < upto and starts[index] + len(texts[index]) <= covered_to:
            taken[index] = True
            index += 1
    return taken


def is_prose(block: Block) -> bool:
    """Say whether a block reads like prose: a line of some length that ends a sentence."""
    return _reads_like_prose(block.text, block.shape)


def is_prose_at(blocks: Blocks, index: int) -> bool:
    """Say whether the block of an index reads like prose."""
    return _reads_like_prose(blocks.texts[index], blocks.shapes[index])


def _reads_like_prose(text: str, shape: Shape) -> bool:
    size = len(text)
    if size < _PROSE_CHARS_UNSPACED or shape in ("heading", "code", "table"):
        return False
    if size < _PROSE_CHARS:
        # Where words aren't spaced, a third of the characters says as much.
        return text[-1] in "。！？」』”" and text.count(" ") * 12 <= size
    return size > 4 * _PROSE_CHARS or _ENDED.search(text[-8:]) is not None


def surely_prose(rows: Rows) -> NDArray[np.bool_]:
    """Say of each block whether it reads like prose; of some that do it is left open."""
    prose = (rows.chars > 4 * _PROSE_CHARS) | ((rows.chars >= _PROSE_CHARS) & is_one_of(rows.last_chars, _ENDS))
    return prose & ~rows.marked[rows.text]


@functools.cache
def _matcher() -> Matcher:
    try:
        return Matcher(RULES, kept("heads", lambda: heads_of(RULES)))
    except re2.error as error:
        # Looking at each rule by itself takes a while, and what is wrong with the others is a matter for the tests.
        raise ValueError("; ".join(unsound(RULES))) from error


class _Prose:
    """Which blocks of a text are prose, looked at once some rule asks.

    A block that some rule cuts wherever it stands is none: a cookie notice above the menu leaves the menu at the head.
    """

    def __init__(self, blocks: Blocks, matching: Mapping[int, Sequence[Rule]]) -> None:
        self._blocks = blocks
        self._matching = matching

    def is_at(self, index: int) -> bool:
        """Say whether the block of this index is prose."""
        return is_prose_at(self._blocks, index) and all(
            rule.where != "anywhere" for rule in self._matching.get(index, ())
        )

    @functools.cached_property
    def before(self) -> list[int]:
        """The characters of prose before each block and, last, in all."""
        texts = self._blocks.texts
        shortest = _PROSE_CHARS if self._blocks.source.isascii() else _PROSE_CHARS_UNSPACED
        sizes = (len(text) if len(text) >= shortest and self.is_at(index) else 0 for index, text in enumerate(texts))
        return list(accumulate(sizes, initial=0))


def _in_place(matching: Mapping[int, Sequence[Rule]], prose: _Prose) -> dict[int, Rule]:
    """Give for each block the first of its rules that applies where it stands."""
    found: dict[int, Rule] = {}
    for index, rules in matching.items():
        for rule in rules:
            if rule.where == "anywhere" or _stands(rule, prose.before[index], prose.before[-1]):
                found[index] = rule
                break
    return found


def _stands(rule: Rule, before: int, whole: int) -> bool:
    return before == 0 if rule.where == "head" else 2 * before >= whole


def _numbered_label(blocks: Blocks, index: int) -> bool:
    """Say whether a block is an item such as "2. Facebook": a short entry of a counted list is the text's own."""
    return (
        blocks.shapes[index] == "list" and blocks.texts[index][0] in "(0123456789" and len(blocks.folded[index]) <= 24
    )


def _add_lists(blocks: Blocks, taken: Sequence[bool], found: dict[int, Rule]) -> None:
    """Add the lines under headings such as "Related articles"."""
    matched = dict(found)
    for index, rule in matched.items():
        if rule.reach == "list":
            for other in _list_under(blocks, index):
                if other in matched and matched[other].reach != "block":
                    # Another heading has its own list.
                    break
                if not taken[other]:
                    found.setdefault(other, rule)


def _add_comments(blocks: Blocks, taken: Sequence[bool], prose: _Prose, found: dict[int, Rule]) -> None:
    """Add what follows a heading such as "3 Comments" if readers' comments fill the text from there."""
    comments = _comments_heading(blocks, found, prose)
    if comments is not None:
        for other in range(comments + 1, len(blocks)):
            if not taken[other]:
                found.setdefault(other, found[comments])


def _list_under(blocks: Blocks, heading: int) -> list[int]:
    """Give the lines under a heading such as "Related articles": its list, or the short lines that end the text.

    A short line right before prose may be the sub-heading of that prose, so lines without list markers are only taken
    where nothing but short lines follows.
    """
    shapes = blocks.shapes
    members: list[int] = []
    index = heading + 1
    while index < min(len(blocks), heading + _LIST_LINES + 2) and shapes[index] == "list":
        if is_prose_at(blocks, index):
            break
        members.append(index)
        index += 1
    if members:
        return members if len(members) <= _LIST_LINES else []
    if len(blocks) - heading - 1 > _LIST_LINES:
        return []
    rest = range(heading + 1, len(blocks))
    if any(shapes[index] in ("quote", "table", "code") or is_prose_at(blocks, index) for index in rest):
        return []
    return list(rest)


def _comments_heading(blocks: Blocks, found: Mapping[int, Rule], prose: _Prose) -> int | None:
    """Give the heading, if there is one, from which readers' comments fill the text; some prose stands before it."""
    headings = [
        index for index, rule in found.items() if rule.reach == "end" and prose.before[index] >= 4 * _PROSE_CHARS
    ]
    if not headings:
        return None
    marks = _comment_marks(blocks)
    if len(marks) < 2:
        return None
    return next((index for index in headings if marks[-1] - _MARK_WITHIN <= index < marks[1]), None)


def _comment_marks(blocks: Blocks) -> list[int]:
    """Say where readers' comments begin, if they fill the end of the text.

    Comments show a mark (a reply link, a name that "says", an age) again and again to the end; an article that goes on
    after a label "3 comments" does not.

    Returns:
        Indices of these marks, last first.
    """
    marks: list[int] = []
    following = len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        folded = blocks.folded[index]
        if _SAYS.match(folded) or (len(folded) < 100 and _COMMENT_MARK.fullmatch(folded)):
            marks.append(index)
            following = index
        elif following - index > _MARK_WITHIN:
            break
    return marks
