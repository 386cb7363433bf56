"""What is told of the blocks of many texts in a row is what each text tells by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.collapse.repeats import find_repeats, may_repeat
from pipeline.config import StripConfig
from pipeline.decode import normalise
from pipeline.extract.head import may_have_head, read_head
from pipeline.extract.titles import title_blocks
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.find import find_boilerplate, match_rows
from pipeline.strip.learned import judge_blocks, worth_judging
from pipeline.strip.rows import Rows
from pipeline.values import Metadata

TIDY = st.text(alphabet="aÉ“\u200b-•1.#>*_` \n", max_size=60).map(normalise)
SENTENCE = "The harbour board said on Monday that it would sell the old warehouse to the city. "
PIECES = st.sampled_from(
    [
        SENTENCE * 2,
        SENTENCE * 6,
        SENTENCE,
        f"Published: 2025-04-16 {SENTENCE * 2}",
        "Share",
        "© 2020 The Harbour Post. All rights reserved.",
        "Home",
        "News",
        "Sport",
        "# A",
        "By Jane Doe",
        "in the U.S.",
        "",
        "The board sells “warehouse”",
        "港口委员会星期一表示，将把旧仓库卖给市政府，并把所得用于修建新的码头和道路。",
        "\ud800",
        "« Menu »",
    ]
)
TEXTS = st.lists(st.one_of(TIDY, st.lists(PIECES, max_size=7).map("\n".join)), max_size=5)


def blocks_of(texts: list[str]) -> list[Blocks]:
    return [split_blocks(text, tidy=number % 2 == 0) for number, text in enumerate(texts)]


@settings(deadline=None)
@given(TEXTS)
def test_rows_hold_the_blocks_of_texts(texts: list[str]) -> None:
    batch = blocks_of(texts)
    rows = Rows.of(batch)
    told = [data for blocks in batch for data in blocks.data]
    assert [rows.block(at) for at in range(len(rows.starts))] == told
    assert rows.places.tolist() == [start for text in texts for start in split_blocks(text).starts]
    assert rows.chars.tolist() == [len(text) for blocks in batch for text in blocks.texts]
    assert rows.text.tolist() == [number for number, blocks in enumerate(batch) for _ in blocks.texts]
    assert rows.last.tolist() == [(data or b"\n")[-1] for data in told]


@settings(deadline=None)
@given(TEXTS)
def test_what_a_glance_passes_over_holds_nothing(texts: list[str]) -> None:
    batch = blocks_of(texts)
    rows = Rows.of(batch)
    matches, may_match = match_rows(rows)
    none = np.zeros(len(batch), bool)
    heads = may_have_head(rows, none, none)
    worth = worth_judging(rows, StripConfig())
    for blocks, match, head, judge in zip(batch, may_match, heads, worth, strict=True):
        assert match or not find_boilerplate(blocks, [], StripConfig(), matches)
        assert head or read_head(blocks, Metadata(), "text", matches) == (Metadata(), [])
        assert judge or judge_blocks([(blocks, [])], StripConfig()) == [[]]


TITLES = st.one_of(
    st.none(),
    TIDY,
    PIECES,
    st.sampled_from(
        ["THE BOARD SELLS “WAREHOUSE”", "ｔｈｅ board\tsells  «warehouse»\u200b", "Home | News - Sport", " "]
    ),
    st.builds("{} {} The Harbour Post".format, PIECES, st.sampled_from(["|", "-", "–", "—", "::"])),
)


@settings(deadline=None)
@given(TEXTS, st.lists(TITLES, min_size=5, max_size=5))
def test_where_a_title_stands_nowhere_nothing_is_made_of_it(texts: list[str], titles: list[str | None]) -> None:
    batch, titles = blocks_of(texts), titles[: len(texts)]
    rows = Rows.of(batch)
    matches, _ = match_rows(rows)
    named = title_blocks(rows, titles)
    stands = rows.some(named)
    heads = may_have_head(rows, np.array(list(map(bool, titles)), bool), stands)
    told = zip(batch, titles, stands, heads, may_repeat(rows), rows.by_text(np.flatnonzero(named)), strict=True)
    for blocks, title, stand, head, alike, titled in told:
        known = Metadata(title=title)
        cuts = read_head(blocks, known, "text", matches)[1]
        assert head or read_head(blocks, known, "text", matches) == (known, [])
        for already in ([], cuts):
            assert find_repeats(blocks, already, title, alike, titled) == find_repeats(blocks, already, title)
        assert stand or not find_repeats(blocks, [], title, []) or not title
        assert stand or find_repeats(blocks, [], title, alike) == find_repeats(blocks, [], None, alike)


def test_a_title_is_seen_with_its_site_and_without_and_of_other_titles_nothing() -> None:
    title = "The board sells its “warehouse” at last"
    texts = [f"{one}\n{SENTENCE * 2}" for one in (title, title.upper(), f"# {title}", SENTENCE, f"{title}!", title)]
    titles = [title, f"{title} | The Harbour Post", f"{title} – Post", title, title, None]
    rows = Rows.of([split_blocks(text) for text in texts])
    stands = rows.some(title_blocks(rows, titles))
    assert stands.tolist() == [True, True, True, False, False, False]
