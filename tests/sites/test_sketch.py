"""Sketches and cuts of single texts."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.config import SitesConfig
from pipeline.cuts import Cut, apply_cuts
from pipeline.sites import hashing
from pipeline.sites.cut import template_cuts
from pipeline.sites.learn import learn
from pipeline.sites.pages import page_of, pages_of
from pipeline.sites.sketch import (
    BREAK,
    FIGURES_SHIFT,
    KEY_SHIFT,
    TELLING,
    block_at,
    key_of_text,
    left_of,
    sketch,
    sketches,
)
from pipeline.sites.template import Evidence, Place, Template, join
from pipeline.strip.blocks import Block, split_blocks
from pipeline.strip.rows import Rows
from pipeline.values import Sketch

PROSE = "The ferry to the island ran again on Monday, after eleven years in which nobody had crossed the sound by boat."
OTHER = "Two of the crew had served on the last boat, and one of them kept its bell in a shed behind the bakery there."


def sketched(text: str) -> Sketch:
    return sketch(split_blocks(text), ())


def template(text: str, evidence: set[Evidence], places: set[Place], beside: tuple[str, ...] = ()) -> Template:
    neighbours = frozenset(map(key_of_text, beside))
    return Template(key_of_text(text), 9, 10, frozenset(places), frozenset(evidence), neighbours)


def cut_of(text: str, *templates: Template) -> list[str]:
    made = sketched(text)
    cuts = template_cuts(made.blocks, made.spans, {one.key: one for one in templates})
    return [text[cut.start : cut.end] for cut in cuts]


@given(
    st.lists(st.sampled_from([PROSE, "Menu", "# Head", "- one\n- two", "```\ncode\n```", "", "7", "a 1 b", "\ud800x"]))
)
def test_spans_are_those_of_the_blocks_and_the_arrays_fit(lines: list[str]) -> None:
    text = "\n\n".join(lines)
    made = sketched(text)
    blocks = split_blocks(text)
    spans = np.frombuffer(made.spans, "<u4").reshape(-1, 2).tolist()
    assert spans == [[block.start, block.end] for block in blocks]
    assert len(page_of(made.blocks, made.anchors).blocks) == len(blocks)


@given(
    st.lists(
        st.tuples(
            st.text("ab \n", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
        ),
        max_size=4,
    )
)
def test_what_is_left_is_what_removals_do_not_cover(told: list[tuple[str, list[tuple[int, int]]]]) -> None:
    removals = [
        apply_cuts(text, [Cut(min(one), max(one), "pagination.page", "pagination") for one in claims])[1]
        for text, claims in told
    ]
    batch = [split_blocks(text) for text, _ in told]
    expected = []
    for blocks, cut in zip(batch, removals, strict=True):
        gone = {at for one in cut for at in range(one.start, one.end)}
        expected += [not gone.issuperset(range(block.start, block.end)) for block in blocks]
    assert left_of(Rows.of(batch), removals).tolist() == expected


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=300) | st.builds(bytes.__mul__, st.binary(min_size=1, max_size=9), st.integers(1, 999)))
)
def test_compiled_hashes_are_those_of_xxhash(parts: list[bytes]) -> None:
    data, at = np.frombuffer(b"".join([*parts, bytes(8)]), np.uint8), 0
    room = np.empty(8, np.uint64)
    for one in parts:
        place, size = np.uint64(at), np.uint64(len(one))
        assert hashing.xxh3(data, place, size, hashing.SECRET, room) == xxhash.xxh3_64_intdigest(one)
        assert hashing.xxh32(data, place, size) == xxhash.xxh32_intdigest(one)
        at += len(one)


def test_compiled_hashes_of_every_length_are_those_of_xxhash() -> None:
    data = np.random.default_rng(1).integers(0, 256, 5000).astype(np.uint8)
    room = np.empty(8, np.uint64)
    for size in range(4200):
        one = data[7 : 7 + size].tobytes()
        told = hashing.xxh3(data, np.uint64(7), np.uint64(size), hashing.SECRET, room)
        assert (size, told) == (size, xxhash.xxh3_64_intdigest(one))
        assert (size, hashing.xxh32(data, np.uint64(7), np.uint64(size))) == (size, xxhash.xxh32_intdigest(one))


def test_figures_are_left_out_of_a_banner_but_not_of_data() -> None:
    one, other = (np.frombuffer(sketched(f"{n} neighbours read this today").blocks, "<u8")[0] for n in (14, 950))
    assert one >> KEY_SHIFT == other >> KEY_SHIFT
    assert one >> FIGURES_SHIFT != other >> FIGURES_SHIFT
    assert key_of_text("2 : 1") != key_of_text("3 : 1")
    assert key_of_text(f"{PROSE} {PROSE} 12") != key_of_text(f"{PROSE} {PROSE} 13")


def test_a_long_text_is_sketched_at_its_ends_and_in_linear_time() -> None:
    text = "\n".join(f"line {'x' * (number % 50)} {number}" for number in range(100_000))
    blocks = split_blocks(text)
    few = split_blocks(text[: len(text) // 8])

    def price(of: Sequence[Block]) -> float:
        began = time.process_time()
        sketch(of, ())
        return time.process_time() - began

    made = sketch(blocks, ())
    assert min(price(blocks) for _ in range(5)) < 40 * min(price(few) for _ in range(5))
    assert len(made.blocks) == 8 * 401
    assert len(made.spans) == 8 * 401


def test_a_block_is_cut_where_it_was_learned_and_nowhere_else() -> None:
    foot = template("Letters are shortened.", {"alone"}, {"tail"})
    assert cut_of(f"{PROSE}\n\n{OTHER}\n\nLetters are shortened.", foot) == ["Letters are shortened."]
    assert cut_of(f"{PROSE}\n\nLetters are shortened.\n\n{OTHER}", foot) == []


def test_ends_of_the_text_count_only_in_an_unbroken_run() -> None:
    name, day = template("The Courier", {"start"}, {"head"}), template("Late edition", {"start"}, {"head"})
    assert cut_of(f"The Courier\n\nLate edition\n\n{PROSE}", name, day) == ["The Courier", "Late edition"]
    assert cut_of(f"A headline\n\nThe Courier\n\n{PROSE}", name) == []


def test_a_neighbour_must_be_the_one_it_was_learned_with() -> None:
    one = template("Sport", {"neighbour"}, {"tail"}, ("Weather",))
    two = template("Weather", {"neighbour"}, {"tail"}, ("Sport",))
    three = template("Letters", {"neighbour"}, {"tail"}, ("Puzzles",))
    assert cut_of(f"{PROSE}\n\nSport\n\nWeather", one, two, three) == ["Sport", "Weather"]
    assert cut_of(f"{PROSE}\n\nSport\n\nLetters", one, two, three) == []


def test_a_text_that_is_template_altogether_is_left_alone() -> None:
    assert cut_of("The Courier", template("The Courier", {"alone", "start"}, {"head", "tail"})) == []


def test_too_few_pages_and_pages_without_blocks_teach_nothing() -> None:
    config = SitesConfig()
    assert learn([], config) == (0, [])
    pages = [sketched(text) for text in ("", "", "", "", "")]
    assert learn([page_of(one.blocks, one.anchors) for one in pages], config) == (0, [])


def test_what_is_learned_again_widens_what_is_known() -> None:
    old = template("Sport", {"start"}, {"head"})
    known, news = join({}, [old])
    assert (known, news) == ({old.key: old}, [old])
    assert join(known, [old]) == (known, [])
    wider, news = join(known, [template("Sport", {"end"}, {"tail"})])
    assert wider[old.key] == template("Sport", {"start", "end"}, {"head", "tail"}) == news[0]


@given(
    st.lists(st.lists(st.sampled_from([PROSE, OTHER, "Menu", "Foot", "| a | b |", "12", "", "x " * 40])), max_size=12)
)
def test_no_pages_break_it_and_their_order_changes_no_template(pages: list[list[str]]) -> None:
    config = SitesConfig(min_stories=2, min_stories_between=2)
    made = [sketched("\n\n".join(lines)) for lines in pages]
    forth = learn([page_of(one.blocks, one.anchors) for one in made], config)
    back = learn([page_of(one.blocks, one.anchors) for one in reversed(made)], config)
    assert forth == back


ENDS = st.sampled_from(["", ".", "。", "؟", "”", "…", "1", "é"])
LINES = st.builds(
    lambda mark, body, times, end: f"{mark}{body * times}{end}",
    st.sampled_from(["", "# ", "- ", "```", "| "]),
    st.sampled_from(["a word ", "7 of 9 ", "1234", "港口", "Über "]),
    st.integers(1, 60),
    ENDS,
)


def by_hand(line: Block) -> int:
    """-> the number of a block, straight from what `pipeline.sites.sketch` says of it."""
    data = line.folded.encode()
    bare = bytes(byte for byte in data if byte not in b"0123456789")
    counts = len(data) <= 200 and len(data) > len(bare) >= 0.8 * len(data)
    prose = len(data) >= 360 or (len(data) >= 90 and line.folded[-1] in ".!?。！？؟।:;\"')]…")
    label = line.shape == "heading" or (len(data) < 64 and line.folded[-1:] not in (".", "!", "。", "।"))
    flags = (prose and line.shape != "heading") | 2 * (len(data) >= 40) | 8 * label
    flags |= 4 * (not data or line.shape in ("code", "table"))
    figures = xxhash.xxh32_intdigest(data) % 255 + 1 if counts else 0
    key = xxhash.xxh3_64_intdigest(bare if counts else data) % 2**48
    return key << 16 | figures << 8 | len(data).bit_length() << 4 | flags


def anchor_by_hand(line: Block) -> int:
    """-> the anchor of a block."""
    data = line.folded.encode()
    if by_hand(line) >> FIGURES_SHIFT & 0xFF:
        data = bytes(byte for byte in data if byte not in b"0123456789")
    return xxhash.xxh32_intdigest(data[-40:])


@pytest.mark.parametrize("worth", [0, float("inf")], ids=["compiled", "plain"])
@settings(deadline=None)
@given(st.lists(st.lists(LINES, max_size=8).map("\n".join), max_size=4))
def test_many_texts_are_sketched_as_each_by_hand(worth: float, texts: list[str]) -> None:
    batch = [split_blocks(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", worth)
        made = sketches(Rows.of(batch), [()] * len(batch))
    for blocks, told in zip(batch, made, strict=True):
        assert np.frombuffer(told.blocks, "<u8").tolist() == [by_hand(line) for line in blocks]
        assert np.frombuffer(told.spans, "<u4").tolist() == [end for line in blocks for end in (line.start, line.end)]
        tell = [line for line in blocks if by_hand(line) & TELLING]
        assert np.frombuffer(told.anchors, "<u4").tolist() == list(map(anchor_by_hand, tell))


@settings(deadline=None)
@given(st.lists(st.lists(LINES, max_size=8).map("\n".join), max_size=6), st.integers(0, 5))
def test_many_sketches_are_read_as_each_alone(texts: list[str], odd: int) -> None:
    batch = [split_blocks(text) for text in texts]
    made = list(sketches(Rows.of(batch), [()] * len(batch)))
    blocks, anchors = [one.blocks for one in made], [one.anchors for one in made]
    for page, one in zip(pages_of(blocks, anchors), made, strict=True):
        alone = page_of(one.blocks, one.anchors)
        assert page.blocks.tolist() == alone.blocks.tolist()
        assert page.anchors.tolist() == alone.anchors.tolist()
    for broken in (b"\0\0\0\0", b"\0"):
        if odd < len(anchors):
            with pytest.raises(ValueError, match="a sketch"):
                pages_of(blocks, [*anchors[:odd], anchors[odd] + broken, *anchors[odd + 1 :]])


def test_the_gap_in_a_long_text_stays_its_own() -> None:
    texts = ["\n".join(f"line {number} of {count}" for number in range(count)) for count in (3, 500, 401)]
    batch = [split_blocks(text) for text in texts]
    rows, nothing = Rows.of(batch), [()] * len(batch)
    assert list(sketches(rows, nothing)) == [sketch(one, ()) for one in batch]
    numbers = [np.frombuffer(told.blocks, "<u8") for told in sketches(rows, nothing)]
    assert [len(one) for one in numbers] == [3, 401, 401]
    assert [np.flatnonzero(one == BREAK).tolist() for one in numbers] == [[], [200], [200]]
    assert [block_at(*told[::2], BREAK >> KEY_SHIFT) for told in sketches(rows, nothing)][1:] == [(0, 0)] * 2
