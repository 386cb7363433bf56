"""Reading the head of a text: headline, section, authors and date that stand above it move to columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.cuts import Cut
from pipeline.extract.dates import DATE_PATTERNS, find_date
from pipeline.extract.titles import without_site
from pipeline.strip.blocks import Blocks, is_bold, plain
from pipeline.strip.find import is_prose_at, match_rules, surely_prose
from pipeline.strip.match import Matches
from pipeline.strip.rows import Rows
from pipeline.strip.rule import names
from pipeline.values import Kind, Media, Metadata
from pipeline.words.fold import fold
from pipeline.words.tokens import count_tokens

# Heads are short: headline, byline, date, section, and at times a lead before them.
_HEAD_BLOCKS = 10
_TITLE_WITHIN = 4
_TITLE_TOKENS = range(3, 31)
# Chinese and Japanese tokens are characters.
_TITLE_TOKENS_UNSPACED = range(6, 61)
_TITLE_CHARS = 200
# Bylines name few people; a section or date is shorter still.
_LABEL_CHARS = 160
# Leads of news run to 25 words and more, about so many characters.
_LEAD_CHARS = 150
_BREADCRUMB_TOKENS = 12

_DATE = "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in DATE_PATTERNS)
_DATE_LABELS = (
    "date|dated|published|posted|updated|last updated|publication date|datum|veröffentlicht|publié|"
    "date de publication|"
    "fecha|publicado|data|pubblicato|gepubliceerd|дата|опубликовано|发布时间|日期|公開日|掲載日|작성일|입력|تاريخ"
)
_DATE_LABEL = f"(?:{_DATE_LABELS})"
# The first three bytes of those in Latin letters, as `Rows.windows` gives them.
_LABELS_BEGIN = np.unique([int.from_bytes(label.encode()[:3], "little") for label in _DATE_LABELS.split("|")]).astype(
    "<u8"
)
_DATE_PREFIX = re.compile(
    rf"(?i:{_DATE_LABEL}) ?[:：]? ?(?:{_DATE})(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?\s*[-–—|:]?\s+(?=\S)"
)
_DATE_LINE = re.compile(
    rf"(?:{_DATE_LABEL}(?: on| le| el| am| il| op| em)? ?:? ?)?(?:[^\W\d]{{2,11}}\.?,? )?(?:{_DATE})"
    r"(?:(?:,? ?(?:at|um|à|a las|às|alle|om|,|-|\|))? ?\d\d?[:.h]\d\d(?::\d\d)? ?(?:[ap]\.?m\.?|uhr)?"
    r"(?: ?[a-z]{2,4})?)?"
)

_BYLINE = re.compile(
    r"(?:By|BY|by|Von|Par|Por|Di|Door|Text by|Written by|Story by|Автор)(?:\s*:)?\s+(?P<names>[^\W\d_][^:;!?]{4,120})"
)
_BYLINE_EAST = re.compile(
    r"(?:作者|记者|文|撰文|記者|著者|文責|기자)\s*[:：/]\s*(?P<names>[^\s,.。]{2,12}(?:[ 、，][^\s,.。]{2,12}){0,4})"
    r"|(?P<korean>[가-힣]{2,4}) 기자"
)
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,4}")
_AFFILIATION = re.compile(r"\s*(?:[|–—/]| - )")
_POST = re.compile(
    r"(?i)\b(?:writers?|editors?|correspondents?|reporters?|staff|news|press|bureau|chief|redakteur(?:in)?)\b"
)
_AND = re.compile(r", | and | AND | & | und | et | y | e | en | и |[、，,]")

SECTIONS = names(
    "news|politics|policy|business|economy|world|international|national|local|sports|sport|science|technology",
    "tech|health|culture|entertainment|arts|lifestyle|life|travel|food|opinion|analysis|comment|editorial",
    "education|environment|climate|energy|finance|markets|money|media|law|crime|society|religion|weather|us",
    "u.s.|uk|europe|asia|africa|middle east|americas|trade|defense|defence|politik|wirtschaft|kultur|wissen",
    "wissenschaft|gesellschaft|panorama|meinung|ausland|inland|gesundheit|reise|digital|technik|politique",
    "économie|société|monde|sciences|santé|opinions|planète|tribune|débats|política|economía|deportes|cultura",
    "sociedad|opinión|mundo|internacional|nacional|salud|tecnología|ciencia|economia|esportes|saúde|tecnologia",
    "politica|cronaca|esteri|salute|scienze|politiek|economie|binnenland|buitenland|cultuur|gezondheid",
    "wetenschap|opinie|新闻|国内|国际|社会|财经|体育|娱乐|科技|教育|政治|経済|国際|スポーツ|文化|社説|정치|경제",
    "사회|국제|문화|스포츠|политика|экономика|общество|культура|спорт|наука|мир|в мире|سياسة|اقتصاد|رياضة|ثقافة",
)
"""Names of sections. A line that is one of them, alone above a headline, is the article's section."""


@dataclass(slots=True)
class _Head:
    """What has been found so far."""

    matches: Matches
    title: str | None = None
    category: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    cuts: list[Cut] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def cut(self, blocks: Blocks, index: int, rule: str, kind: Kind) -> None:
        self.used.add(index)
        self.cuts.append(Cut(*blocks.span(index), rule, kind))


def read_head(
    blocks: Blocks, known: Metadata, media: Media, matches: Matches | None = None
) -> tuple[Metadata, list[Cut]]:
    """Read what stands above a text and is about it.

    Args:
        blocks: the blocks of the text (`pipeline.strip.blocks.split_blocks`).
        known: what the source gave; never overwritten, only completed.
        media: what the record was. The first line of a page is not taken for its headline on its looks alone, since
            the page itself names one.
        matches: what rules fit which blocks (`pipeline.strip.find.match_rules`), where that is known already.

    Returns:
        The completed metadata, and the cuts, in order. A title is cut once; where it stands again is for
        `pipeline.collapse.repeats` to say.
    """
    head = _Head(match_rules([blocks]) if matches is None else matches)
    if blocks:
        _read_date_prefix(blocks, head)
        _read_title(blocks, known, media, head)
        _read_labels(blocks, head, titled=bool(known.title or head.title))
    if not head.cuts:
        return known, []
    found = known._replace(
        title=known.title or head.title,
        category=known.category or head.category,
        authors=known.authors or head.authors,
        date=known.date or head.date,
    )
    return found, sorted(head.cuts, key=lambda cut: cut.start)


def may_have_head(rows: Rows, titled: NDArray[np.bool_], stands: NDArray[np.bool_]) -> list[bool]:
    """Say of each of many texts whether `read_head` may find something in it.

    Most articles come as prose from the first line on, of which that can be told without looking at each by itself.

    Args:
        rows: the blocks of the texts.
        titled: (texts,): whether the source gave its title.
        stands: (texts,): whether a block of it may be that title (`pipeline.extract.titles.title_blocks`).
    """
    may = stands | rows.marked | (rows.counts == 0)
    # What is shaped like a title within the first lines, where there is none.
    chars = rows.chars
    top = np.arange(len(chars)) - rows.firsts[rows.text] < _TITLE_WITHIN
    ends_open = ~np.isin(rows.last, _NO_TITLE_ENDS) | (rows.windows(rows.ends - 3) & _THREE_BYTES == _US_ENDS)
    may |= ~titled & rows.some(top & (chars <= _TITLE_CHARS) & ends_open)
    first = rows.firsts[~may]
    begins = rows.windows(rows.starts[first])
    may[~may] = np.isin(begins & _THREE_BYTES, _LABELS_BEGIN) | (begins & np.uint64(0x80) != 0)
    # Of a text without any of these, labels are read down to the first line of prose.
    open_ones = np.flatnonzero(~may)
    for at in open_ones[~surely_prose(rows)[rows.firsts[open_ones]]].tolist():
        may[at] = not is_prose_at(rows.batch[at], 0)
    told: list[bool] = may.tolist()
    return told


_THREE_BYTES = np.uint64(0xFFFFFF)
_US_ENDS = np.uint64(int.from_bytes(b".s.", "little"))
_NO_TITLE_ENDS = np.frombuffer(b".:;,", np.uint8)


def _read_date_prefix(blocks: Blocks, head: _Head) -> None:
    """Take "date 2025-04-16" off the first line. A dateline such as "BEIJING, April 16 –" is text and stays."""
    first = blocks.texts[0]
    prefix = _DATE_PREFIX.match(first[:120])
    if prefix and prefix.end() < len(first) and count_tokens(first[prefix.end() :][:200]) >= 5:
        head.date = find_date(prefix[0])
        start = blocks.starts[0]
        head.cuts.append(Cut(start, start + len(prefix[0].rstrip()), "date-prefix.labelled", "date-prefix"))
        head.used.add(0)


def _read_title(blocks: Blocks, known: Metadata, media: Media, head: _Head) -> None:
    index = _known_title(blocks, known.title) if known.title else _new_title(blocks, media, head)
    if index is None:
        return
    head.title = _written(blocks.texts[index])
    head.cut(blocks, index, "title.headline", "title")
    for above in range(index):
        if above not in head.used and _leads_in(blocks.folded[above], blocks.folded[index]):
            head.cut(blocks, above, "navigation.breadcrumb-headline", "navigation")


def _known_title(blocks: Blocks, title: str) -> int | None:
    short = (part for part in without_site(title) if count_tokens(part) in _TITLE_TOKENS)
    wanted = {fold(title), *map(fold, short)}
    return next((index for index, folded in enumerate(blocks.folded[:_HEAD_BLOCKS]) if folded in wanted), None)


def _new_title(blocks: Blocks, media: Media, head: _Head) -> int | None:
    """Find the headline of a text that came without one, the surest sign first."""
    tops = [index for index in range(min(_TITLE_WITHIN, len(blocks))) if index not in head.used]
    for index in tops:
        if _is_first_level(blocks, index):
            return index
    short = [index for index in tops if _shaped_like_title(blocks, index)]
    if not short:
        # As in most articles that begin with their first sentence.
        return None
    for sign in (_stands_twice, _ends_a_path, _is_only_bold):
        for index in short:
            if sign(blocks, index) and _like_title(blocks, index, head):
                return index
    first = next((index for index in tops if not _is_furniture(blocks, index, head)), None)
    if media == "html" or first is None or not _like_title(blocks, first, head):
        return None
    return first if _stands_over_prose(blocks, first, head) else None


def _is_first_level(blocks: Blocks, index: int) -> bool:
    return blocks.texts[index].startswith("# ") and bool(blocks.folded[index])


def _stands_twice(blocks: Blocks, index: int) -> bool:
    return blocks.folded[index] in blocks.folded[index + 1 : index + 4]


def _ends_a_path(blocks: Blocks, index: int) -> bool:
    return any(_leads_in(line, blocks.folded[index]) for line in blocks.folded[:index])


def _is_only_bold(blocks: Blocks, index: int) -> bool:
    """Say whether a line is bold and no other near it is: where there are more, they are sub-headings."""
    texts = blocks.texts
    return is_bold(texts[index]) and not any(map(is_bold, (*texts[:index], *texts[index + 1 : index + 40])))


def _leads_in(line: str, headline: str) -> bool:
    """Say whether a line is a path through the site that ends in the headline: "home news | port strike goes on".

    Both are folded.
    """
    path = line.removesuffix(headline)
    return path not in ("", line) and path[-1] in " >|/'\"" and count_tokens(path) <= _BREADCRUMB_TOKENS


def _shaped_like_title(blocks: Blocks, index: int) -> bool:
    folded = blocks.folded[index]
    if blocks.shapes[index] not in ("paragraph", "heading") or len(blocks.texts[index]) > _TITLE_CHARS:
        return False
    return folded[-1:] not in ".。:;,、…" or folded.endswith("u.s.")


def _like_title(blocks: Blocks, index: int, head: _Head) -> bool:
    if not _shaped_like_title(blocks, index):
        return False
    folded = blocks.folded[index]
    size = count_tokens(folded)
    unspaced = size > 2 * (folded.count(" ") + 1)
    if size not in (_TITLE_TOKENS_UNSPACED if unspaced else _TITLE_TOKENS):
        return False
    return not _is_furniture(blocks, index, head)


def _stands_over_prose(blocks: Blocks, index: int, head: _Head) -> bool:
    """Say whether a line is set off as a headline: a blank line, at most labels and buttons, then prose."""
    near = range(index + 1, min(index + 8, len(blocks)))
    after = next((other for other in near[:5] if not _is_furniture(blocks, other, head)), None)
    if after is None or not is_prose_at(blocks, after) or blocks.texts[index][:1].islower():
        return False
    # Some texts have no blank lines at all: then none can set the headline off.
    set_off = blocks.spaced[near[0]] or not any(blocks.spaced[other] for other in near)
    # A lead is one paragraph and no more; it is prose beyond doubt when it has the length of one.
    prose = sum(is_prose_at(blocks, other) for other in near)
    return set_off and (prose >= 2 or len(blocks.texts[after]) >= _LEAD_CHARS)


def _is_furniture(blocks: Blocks, index: int, head: _Head) -> bool:
    """Say whether a line is a label of the article, or whether some rule fits it, be it in force or not."""
    text, folded = blocks.texts[index], blocks.folded[index]
    return (
        folded in head.matches
        or folded in SECTIONS
        or _is_date_line(text)
        or (len(text) <= _LABEL_CHARS and _byline(text) is not None)
    )


def _is_date_line(text: str) -> bool:
    # Folded anew: to the blocks, "25. April 2025" is item 25 of a list.
    return len(text) <= 120 and _DATE_LINE.fullmatch(fold(plain(text))) is not None


def _read_labels(blocks: Blocks, head: _Head, *, titled: bool) -> None:
    """Read section, byline and date-line: the lines above the first prose, or round the headline."""
    for index, text in enumerate(blocks.texts[:_HEAD_BLOCKS]):
        if index in head.used:
            continue
        if is_prose_at(blocks, index):
            if any(other > index for other in head.used):
                continue
            return
        if _is_date_line(text):
            head.date = head.date or find_date(text)
            head.cut(blocks, index, "date-line.date", "date-line")
            continue
        if len(text) > _LABEL_CHARS or blocks.shapes[index] not in ("paragraph", "heading"):
            continue
        if blocks.folded[index] in SECTIONS:
            if titled and not head.category:
                head.category = _written(text)
                head.cut(blocks, index, "category.section", "category")
        elif names := _byline(text):
            head.authors = head.authors or names
            head.cut(blocks, index, "byline.authors", "byline")


def _byline(text: str) -> tuple[str, ...] | None:
    """Give the names of a byline; None where a line is none."""
    line = plain(text)
    if eastern := _BYLINE_EAST.fullmatch(line):
        return tuple(_AND.split(eastern["names"] or eastern["korean"]))
    western = _BYLINE.fullmatch(line)
    if not western:
        return None
    people: list[str] = []
    for part in _AND.split(_AFFILIATION.split(western["names"])[0]):
        if not _is_person(part.strip()):
            break
        people.append(part.strip())
    # A name that is followed by a sentence ("By Jane Doe the house was never sold.") is no byline.
    return tuple(people) if people and not line.endswith(".") else None


def _is_person(name: str) -> bool:
    """Say whether a name has two capitals at least: "the end of the year" has none, "Ludwig van Beethoven" has."""
    capitals = sum(word[:1].isupper() for word in name.split())
    return capitals >= 2 and _PERSON.fullmatch(name) is not None and not _POST.search(name)


def _written(text: str) -> str:
    """Give a heading as written, without its mark-up and with single spaces."""
    return " ".join(plain(text.lstrip("#").strip()).split())
