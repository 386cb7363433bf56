"""The walk over a page, over the bytes of its tree as XML, written to be compiled (`pipeline.judge.masks.compiled`).

`pipeline.extract.walk` does the same on a tree, element by element. It calls no other function: numba would not keep
what it has compiled of one that does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

HOLDS_NO_TEXT, BREAKS, HOLDS_BLOCKS, HOLDS_LINES, IS_INLINE, IS_EMPHASIS, IS_LINK = range(7)
"""What a tag does to the walk."""
LONGEST_NAME = 400
"""Characters of class, id, role and itemprop of an element that are looked at."""
SLOTS = 512
"""Places of a table of tags; see `slot_of`."""
_FACTOR, _SHIFT = 0x9E3779B97F4A7C15, 55
_LESS, _GREATER, _SLASH, _AMPERSAND, _SPACE, _QUOTE, _EQUALS = 60, 62, 47, 38, 32, 34, 61
_FEED = 10


def slot_of(first: int, second: int) -> int:
    """Give where in a table a tag is looked for first, by its first eight bytes and the eight that follow."""
    return (((first ^ (second * 31)) * _FACTOR) & (2**64 - 1)) >> _SHIFT


def walk_bytes(  # noqa: PLR0912, PLR0915 - one loop
    data: Array,
    tags: Array,
    told: Array,
    elements: Array,
    blocks: Array,
    text: Array,
    raw: Array,
    named: Array,
    named_ends: Array,
    known: Array,
    labels: Array,
    hiding: tuple[Array, Array],
    out: Array,
) -> bool:
    """Walk over a tree that is written down as XML, in linear time.

    Args:
        data: uint8, the XML and sixteen noughts.
        tags: uint64[SLOTS, 2], the bytes of known tags, each at its slot or the next that was free.
        told: int64[SLOTS], 256 times what each does to the walk and its number in `pipeline.judge.page.TAGS`; -1 none.
        elements: int32[6, n], filled: tags, parents, depths, ends, names, hidden.
        blocks: int32[7, n], filled: owners, inner, linked, links, emphasised, and where it begins and ends in `raw`.
        text: uint8, filled with the blocks, a line feed after each.
        raw: uint8, filled with what is preformatted.
        named: uint8, filled with the names, each once, a nought after each.
        named_ends: int32[n], filled with where each nought stands.
        known: int32, noughts, a power of two of them: what names stand where by their hash.
        labels: uint64[7, 2], the bytes of class, id, role, itemprop, hidden, aria-hidden and style.
        hiding: uint8, the styles that hide an element.
        out: int64[4], filled: how many elements, blocks, and names, and the bytes of text.

    Returns:
        Whether it could be read; False where it holds what is not read here, as control characters are.
    """
    size = len(data) - 16
    factor, shift, thirty_one, eight = np.uint64(_FACTOR), np.uint64(_SHIFT), np.uint64(31), np.uint64(8)
    depth = elements.shape[1] + 1
    open_elements, open_roles, open_blocks = (
        np.empty(depth, np.int32),
        np.empty(depth, np.int32),
        np.empty(depth, np.int32),
    )
    spans = np.zeros((4, 2), np.int64)
    top = blocks_open = count = held = names = written = kept = spelt = 0
    linked = links = emphasised = in_link = in_emphasis = in_verbatim = skipping = 0
    first = -1
    some = gap = False
    block_begin = raw_begin = 0
    at = 0
    while at < size:
        if data[at] != _LESS:
            # Text, up to the next tag.
            end = at
            while end < size and data[end] != _LESS:
                end += 1
            if skipping or top == 0:
                at = end
                continue
            blank = True
            chars = 0
            raw_before = kept
            while at < end:
                byte: Any = np.int64(data[at])
                length = 1
                char: Any = byte
                is_space: Any = False
                if byte < 0x80:
                    if byte == _AMPERSAND:
                        length, char = 0, 0
                        if data[at + 1] == 97 and data[at + 2] == 109 and data[at + 4] == 59:  # amp
                            length, char = 5, 38
                        elif data[at + 1] == 108 and data[at + 3] == 59:  # lt
                            length, char = 4, 60
                        elif data[at + 1] == 103 and data[at + 3] == 59:  # gt
                            length, char = 4, 62
                        elif data[at + 1] == 113 and data[at + 5] == 59:  # quot
                            length, char = 6, 34
                        elif data[at + 1] == 35 and data[at + 2] == 49 and data[at + 3] == 51 and data[at + 4] == 59:
                            length, char = 5, 13  # #13
                        if length == 0:
                            return False
                    is_space = char == 32 or 9 <= char <= 13 or 28 <= char <= 31
                else:
                    length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                    second, third = data[at + 1], data[at + 2]
                    if byte == 0xC2:
                        is_space = second in (0x85, 0xA0)
                    elif byte == 0xE1:
                        is_space = second == 0x9A and third == 0x80
                    elif byte == 0xE2:
                        if second == 0x80:
                            is_space = third <= 0x8A or third in (0xA8, 0xA9, 0xAF)
                        else:
                            is_space = second == 0x81 and third == 0x9F
                    elif byte == 0xE3:
                        is_space = second == 0x80 and third == 0x80
                chars += 1
                if not is_space:
                    if gap and written > block_begin:
                        text[written] = _SPACE
                        written += 1
                    gap = False
                    blank = False
                    some = True
                    if byte < 0x80:
                        text[written] = char
                        written += 1
                    else:
                        for byte_at in range(at, at + length):
                            text[written] = data[byte_at]
                            written += 1
                elif some:
                    gap = True
                if in_verbatim:
                    if byte < 0x80:
                        raw[kept] = char
                        kept += 1
                    else:
                        for byte_at in range(at, at + length):
                            raw[kept] = data[byte_at]
                            kept += 1
                at += length
            if blank:
                if not some:
                    kept = raw_before
                continue
            if first < 0:
                first = open_elements[top - 1]
            if in_link:
                linked += chars
            if in_emphasis:
                emphasised += chars
            continue
        begin = at + 1
        end = begin
        while end < size and data[end] != _GREATER:
            end += 1
        at = end + 1
        ends = data[begin] == _SLASH
        starts = not ends
        if starts and data[end - 1] == _SLASH:
            ends = True
            end -= 1
        if skipping:
            skipping += 1 if starts else 0
            skipping -= 1 if ends else 0
            continue
        if data[begin] in (33, 63):  # ! ?
            return False
        role: Any = HOLDS_BLOCKS
        number: Any = np.int64(0)
        place = begin
        if starts:
            one, two = np.uint64(0), np.uint64(0)
            while place < end and data[place] != _SPACE:
                place += 1
            length = place - begin
            if length <= 16:
                for byte_at in range(min(length, 8) - 1, -1, -1):
                    one = (one << eight) | np.uint64(data[begin + byte_at])
                for byte_at in range(length - 1, 7, -1):
                    two = (two << eight) | np.uint64(data[begin + byte_at])
                slot = np.int64(((one ^ (two * thirty_one)) * factor) >> shift)
                while told[slot] >= 0:
                    if tags[slot, 0] == one and tags[slot, 1] == two:
                        role, number = told[slot] >> 8, told[slot] & 255
                        break
                    slot = (slot + 1) & (SLOTS - 1)
            if role == HOLDS_NO_TEXT:
                skipping = 0 if ends else 1
                continue
            if role == BREAKS:
                if not ends:
                    return False
                if in_verbatim:
                    raw[kept] = _FEED
                    kept += 1
                    some = True
                    gap = True
                    continue
        else:
            role = open_roles[top - 1]
        if role <= HOLDS_LINES:
            if some:
                if written > block_begin:
                    text[written] = _FEED
                    written += 1
                    blocks[0, held] = open_blocks[blocks_open - 1] if blocks_open else 0
                    blocks[1, held] = max(first, 0)
                    blocks[2, held] = linked
                    blocks[3, held] = links
                    blocks[4, held] = emphasised
                    blocks[5, held] = raw_begin
                    blocks[6, held] = kept
                    held += 1
                some = gap = False
                block_begin = written
            raw_begin = kept
            linked = links = emphasised = 0
            first = -1
            if role == BREAKS:
                continue
        if starts:
            if role <= HOLDS_LINES:
                open_blocks[blocks_open] = count
                blocks_open += 1
                if role == HOLDS_LINES:
                    in_verbatim += 1
            shows: Any = 0
            naming = False
            if place < end:
                for which in range(4):
                    spans[which, 0] = spans[which, 1] = 0
            while place < end:
                while place < end and data[place] == _SPACE:
                    place += 1
                if place >= end:
                    break
                label = place
                place += 1
                while place < end and data[place] != _EQUALS:
                    place += 1
                if place >= end or data[place + 1] != _QUOTE:
                    return False
                length = place - label
                value = place + 2
                place = value
                while place < end and data[place] != _QUOTE:
                    place += 1
                value_end = place
                place += 1
                if length > 11:
                    continue
                one, two = np.uint64(0), np.uint64(0)
                for byte_at in range(min(length, 8) - 1, -1, -1):
                    one = (one << eight) | np.uint64(data[label + byte_at])
                for byte_at in range(length - 1, 7, -1):
                    two = (two << eight) | np.uint64(data[label + byte_at])
                which = 0
                while which < 7 and (labels[which, 0] != one or labels[which, 1] != two):
                    which += 1
                if which < 4:
                    if value_end > value:
                        spans[which, 0], spans[which, 1] = value, value_end
                        naming = True
                elif which == 4:
                    shows = 1
                elif which == 5:
                    if value_end - value == 4 and (data[value], data[value + 1]) == (116, 114):  # tr
                        shows = max(shows, np.int64((data[value + 2], data[value + 3]) == (117, 101)))  # ue
                elif which == 6:
                    for style in hiding:
                        for begin in range(value, value_end):
                            # Neither spaces nor capitals tell.
                            said, meant = begin, 0
                            while said < value_end and meant < len(style):
                                byte = np.int64(data[said])
                                if 65 <= byte <= 90:
                                    byte += 32
                                if byte == style[meant]:
                                    meant += 1
                                elif byte != _SPACE or meant == 0:
                                    break
                                said += 1
                            if meant == len(style):
                                shows = 1
                                break
            name = 0
            if naming:
                name_begin = spelt
                chars = 0
                for which in range(4):
                    value, value_end = spans[which, 0], spans[which, 1]
                    if value == value_end or chars >= LONGEST_NAME:
                        continue
                    if spelt > name_begin:
                        named[spelt] = _SPACE
                        spelt += 1
                        chars += 1
                    while value < value_end:
                        byte = np.int64(data[value])
                        if byte < 0x80 or byte >= 0xC0:
                            if chars == LONGEST_NAME:
                                break
                            chars += 1
                        length = 1
                        if byte == _AMPERSAND:
                            length = 0
                            if data[value + 1] == 97 and data[value + 2] == 109 and data[value + 4] == 59:
                                length = 5
                            elif data[value + 1] == 108 and data[value + 3] == 59:
                                length, byte = 4, 60
                            elif data[value + 1] == 103 and data[value + 3] == 59:
                                length, byte = 4, 62
                            elif data[value + 1] == 113 and data[value + 5] == 59:
                                length, byte = 6, 34
                            elif data[value + 1] == 35:
                                if data[value + 2] == 57 and data[value + 3] == 59:
                                    length, byte = 4, 9
                                elif data[value + 2] == 49 and data[value + 3] in (48, 51) and data[value + 4] == 59:
                                    length, byte = 5, np.int64(data[value + 3]) - 38
                            if length == 0:
                                return False
                        named[spelt] = byte
                        spelt += 1
                        value += length
                hashed = np.uint64(14695981039346656037)
                for byte_at in range(name_begin, spelt):
                    hashed = (hashed ^ np.uint64(named[byte_at])) * np.uint64(1099511628211)
                slot = np.int64((hashed ^ (hashed >> np.uint64(29))) & np.uint64(len(known) - 1))
                while known[slot]:
                    other = known[slot]
                    other_begin = named_ends[other - 2] + 1 if other > 1 else 0
                    if named_ends[other - 1] - other_begin == spelt - name_begin:
                        same = True
                        for byte_at in range(spelt - name_begin):
                            if named[other_begin + byte_at] != named[name_begin + byte_at]:
                                same = False
                                break
                        if same:
                            name = other
                            break
                    slot = (slot + 1) & (len(known) - 1)
                if name:
                    spelt = name_begin
                else:
                    named_ends[names] = spelt
                    named[spelt] = 0
                    spelt += 1
                    names += 1
                    name = names
                    known[slot] = name
            elements[0, count] = number
            elements[1, count] = open_elements[top - 1] if top else -1
            elements[2, count] = top
            elements[4, count] = name
            elements[5, count] = shows
            open_elements[top] = count
            open_roles[top] = role
            top += 1
            count += 1
            if role == IS_LINK:
                in_link += 1
                links += 1
            elif role == IS_EMPHASIS:
                in_emphasis += 1
        if ends:
            top -= 1
            elements[3, open_elements[top]] = count
            if role == IS_LINK:
                in_link -= 1
            elif role == IS_EMPHASIS:
                in_emphasis -= 1
            elif role <= HOLDS_LINES:
                blocks_open -= 1
                if role == HOLDS_LINES:
                    in_verbatim -= 1
    out[0], out[1], out[2], out[3] = count, held, names, written
    return not some
