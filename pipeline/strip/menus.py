"""Menus: runs of short lines that only a site's navigation holds together.

One word such as "Business" says nothing; forty of them in a row, with "Contact us" and "Log in" among them, are a menu.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.strip.blocks import Blocks
from pipeline.strip.rule import names

# Names of sections and services that menus are made of. Taken alone none is evidence; `find_menus` counts them.
MENU_WORDS = names(
    "home|news|about|contact|blog|business|sports|sport|politics|opinion|world|entertainment|health|technology",
    "tech|science|travel|lifestyle|culture|education|video|videos|photos|podcasts|podcast|events|careers|jobs",
    "help|faq|support|privacy|terms|search|subscribe|login|log in|sign in|sign up|register|shop|store",
    "newsletters|customer service|customer support|newsroom|feedback|press releases|newsletter|advertise",
    "archive|archives|rss|sitemap|site map|weather|markets|money|music|movies|tv|books|food|style|fashion|games",
    "gaming|cars|autos|real estate|classifieds|obituaries|horoscopes|facebook|twitter|instagram|youtube",
    "linkedin|pinterest|tiktok|resources|products|solutions|services|company|community|reviews|pricing|partners",
    "press|legal|accessibility|cookies|more|all|menu|local|national|international|us|uk|europe|asia|africa",
    "middle east|latest|trending|features|live|forum|forums|donate|membership|my account|account|cart|download",
    "downloads|startseite|politik|wirtschaft|kultur|wissen|panorama|reise|gesundheit|meinung|ausland|inland",
    "regional|karriere|ratgeber|accueil|politique|économie|société|monde|sciences|santé|opinions|vidéos|inicio",
    "política|economía|deportes|cultura|sociedad|opinión|mundo|salud|tecnología|ciencia|economia|esportes",
    "esporte|saúde|tecnologia|brasil|cronaca|esteri|spettacoli|salute|scienze|binnenland|buitenland|economie",
    "gezondheid|wetenschap|首页|新闻|国内|国际|社会|财经|体育|娱乐|科技|教育|汽车|房产|军事|健康|游戏|视频|图片",
    "博客|论坛|ホーム|トップ|ニュース|国際|政治|経済|スポーツ|エンタメ|ライフ|社説|地域|文化|天気|動画|写真",
    "정치|경제|사회|문화|국제|스포츠|연예|오피니언|политика|экономика|общество|культура|спорт|наука",
    "происшествия|мнения|в мире|видео|фото|سياسة|اقتصاد|رياضة|ثقافة|تكنولوجيا|صحة|فيديو|صور",
)

LONGEST_WORD = max(map(len, MENU_WORDS))
"""No line with more characters is one of `MENU_WORDS`."""

LONGEST_WORD_BYTES = max(len(word.encode()) for word in MENU_WORDS)
"""Nor is one with more bytes."""

_MOST_CHARS = 40
_FEWEST_LINES = 5
# Of the lines of a run, known menu words or lines that a rule cuts: at least so many, and at least this share.
FEWEST_KNOWN = 4
"""A menu has so many lines at least that are one of `MENU_WORDS`."""
_KNOWN_SHARE = 0.4


def find_menus(blocks: Blocks, prose: Callable[[int], bool], cut: Sequence[bool]) -> list[tuple[int, int]]:
    """Find menus.

    Args:
        blocks: the blocks of a text.
        prose: says of the block of an index whether it reads like prose.
        cut: of each block, whether something has cut it already; such lines count as known.

    Returns:
        Ranges of block indices (first, one past the last).
    """
    menus: list[tuple[int, int]] = []
    first = known = unlike = 0
    shapes = blocks.shapes
    for index, text in enumerate(blocks.texts):
        if len(text) <= _MOST_CHARS and text[-1] not in ".!?。！？:;," and shapes[index] in ("list", "paragraph"):
            folded = blocks.folded[index]
            # Of so short a line only one in a script without spaces can be prose.
            if not (folded.isdigit() or (not text.isascii() and prose(index))):
                if folded in MENU_WORDS:
                    known += 1
                elif not cut[index]:
                    unlike += 1
                continue
        if known >= FEWEST_KNOWN and _is_menu(index - first, known, unlike):
            menus.append((first, index))
        first, known, unlike = index + 1, 0, 0
    if _is_menu(len(blocks) - first, known, unlike):
        menus.append((first, len(blocks)))
    return menus


def _is_menu(lines: int, known: int, unlike: int) -> bool:
    return lines >= _FEWEST_LINES and known >= FEWEST_KNOWN and lines - unlike >= _KNOWN_SHARE * lines
