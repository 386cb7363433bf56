"""Loops over the bytes and words of lines, written to be compiled as those of `pipeline.judge.loops` are.

None calls another: of loops that do, numba would not keep what it has compiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_ONE, _HALF = np.uint64(1), np.uint64(32)


def overlap(chosen: Array, line: Array, slot: Array, rarity: Array, times: Array, count: Array, weight: Array) -> None:
    """Do as `pipeline.judge.main_text.Held.overlap`: add to the count and the weight of each line."""
    for at in range(len(line)):
        times[slot[at]] += chosen[line[at]]
    for at in range(len(line)):
        here = line[at]
        # Without a branch: whether a word is found is what a processor guesses worst.
        found = np.int64(times[slot[at]] > chosen[here])
        count[here] += found
        weight[here] += found * rarity[at]


def held(
    line: Array, hashes: Array, long: Array, keys: Array, number: Array, tables: tuple[Array, Array], rarity: Array,
    out: Array, whole: Array,
) -> None:  # fmt: skip
    """Do as `pipeline.judge.main_text.Held.of`: fill in line, slot and rarity of each word that counts.

    Args:
        line, hashes, long, keys: of each word; whether it counts is told by `long`.
        number: the document of each line.
        tables: of each document, where its table begins, and its size less one.
        rarity: by key.
        out: int64[3, words that count].
        whole: noughts, of each line.
    """
    offset, fold = tables
    count = 0
    for at in range(len(line)):
        if not long[at]:
            continue
        here = line[at]
        text = number[here]
        rare = np.int64(rarity[keys[at]])
        out[0, count] = here
        out[1, count] = offset[text] + np.int64(hashes[at] & fold[text])
        out[2, count] = rare
        whole[here] += rare
        count += 1


def words(
    octets: Array,
    lead: Array,
    ends: Array,
    masks: Array,
    mix: Array,
    line: Array,
    hashes: Array,
    sizes: Array,
) -> int:
    """Do as `pipeline.judge.glyphs.words_of`: fill in line, hash and size of each word, give how many there are."""
    beyond, at, here, count = ends[-1], 0, 0, 0
    while at < beyond:
        if octets[at] == 0x20:
            at += 1
            continue
        start = at
        if lead[at]:
            at += 3
            size = 6 if lead[at] else 3
        else:
            while octets[at] != 0x20 and not lead[at]:
                at += 1
            size = at - start
        word, more = np.uint64(0), np.uint64(0)
        # As two reads of eight bytes each, which compilers know these for; what is beyond the word is masked.
        for place in range(8):
            word |= np.uint64(octets[start + place]) << np.uint64(8 * place)
        word &= masks[min(size, 8)]
        word *= mix[0]
        if size > 8:
            for place in range(8):
                more |= np.uint64(octets[start + 8 + place]) << np.uint64(8 * place)
            more &= masks[min(size - 8, 8)]
            word = (word ^ (word >> np.uint64(29)) ^ more) * mix[1]
        word = (word ^ (word >> np.uint64(32)) ^ np.uint64(size)) * mix[2]
        while ends[here] <= start:
            here += 1
        line[count], hashes[count], sizes[count] = here, word ^ (word >> np.uint64(29)), size
        count += 1
    return count


def look(
    data: Array,
    tables: tuple[Array, Array, Array, Array],
    ones: Array,
    out: Array,
    ends: Array,
    counts: Array,
    edges: Array,
) -> int:
    """Do as `pipeline.judge.glyphs.look`: fill in the plain bytes, where lines end, and counts and edges of each line.

    Args:
        data: the bytes of lines, a line feed after each.
        tables: by byte, what is read for it, whether a character that has a plain one may begin so, and its class; by
            class, whether it is passed over at the end of a line.
        ones: the plain byte of a character.
        out, ends, counts, edges: what is filled in; edges are the classes of the first, the last and the final byte.

    Returns:
        How many bytes there are.
    """
    read, leads, classes, closing = tables
    at, here, size, start = 0, 0, 0, 0
    while at < len(data):
        byte, step = read[data[at]], 1
        if leads[byte]:
            step = 3 if byte >= 0xE0 else 2
            third = data[at + 2] & 0x3F if step == 3 else 0
            one = ones[step - 2, byte & 0x1F, data[at + 1] & 0x3F, third]
            if one:
                byte = one
            else:
                step = 1
        at += step
        out[size] = byte
        size += 1
        if byte != 0x0A:
            counts[here, classes[byte]] += 1
            continue
        last = size - 2
        if last >= start:
            edges[0, here], edges[1, here] = classes[out[start]], classes[out[last]]
            for _ in range(6):
                if last > start and closing[classes[out[last]]]:
                    last -= 1
            edges[2, here] = classes[out[last]]
        ends[here] = size - 1
        here += 1
        start = size
    return size


def repeats(hashes: Array, table: Array, first: Array, times: Array) -> None:
    """Fill in where each hash stands first, and at that place how often it stands.

    Args:
        hashes: of lines.
        table: -1 throughout; its size is a power of two, and there are more places than hashes.
        first: of each hash, the first place of its like.
        times: 0 throughout.
    """
    fold = np.uint64(len(table) - 1)
    for at in range(len(hashes)):
        slot = hashes[at] & fold
        while table[slot] >= 0 and hashes[table[slot]] != hashes[at]:
            slot = (slot + _ONE) & fold
        if table[slot] < 0:
            table[slot] = at
        first[at] = table[slot]
        times[table[slot]] += 1


def say(
    line: Array,
    words: Array,
    pair_line: Array,
    pairs: Array,
    tables: tuple[Array, Array],
    weights: tuple[Array, Array],
    long: Array,
    out: Array,
) -> None:
    """Fill in what `pipeline.judge.vocabulary` sums up of the words of each line.

    Args:
        line, words, pair_line, pairs: as `pipeline.judge.vocabulary.Keys`.
        tables: what words and pairs say each by itself.
        weights: what they weigh together, in short lines and then in long ones.
        long: of each line, whether it is long.
        out: int64[5, lines], noughts: what words say, what pairs say, the least and the most that a word says, and what
            all weigh.
    """
    known, known_pairs = tables
    word_weights, pair_weights = weights
    many, many_pairs = len(known), len(known_pairs)
    for at in range(len(words)):
        here, key = line[at], words[at]
        said = np.int64(known[key])
        out[0, here] += said
        begins = at == 0 or line[at - 1] != here
        out[2, here] = said if begins else min(said, out[2, here])
        out[3, here] = said if begins else max(said, out[3, here])
        out[4, here] += word_weights[key + many * long[here]]
    for at in range(len(pairs)):
        here, key = pair_line[at], pairs[at]
        out[1, here] += known_pairs[key]
        out[4, here] += pair_weights[key + many_pairs * long[here]]


def keys(line: Array, hashes: Array, mixers: Array, shifts: Array, words: Array, pair_line: Array, pairs: Array,
         whole: Array) -> int:  # fmt: skip
    """Do as `pipeline.judge.vocabulary.keys_of`: fill in keys of words and pairs and hashes of lines, count the pairs.

    Args:
        line, hashes: of each word.
        mixers: the factors of `pipeline.judge.glyphs.mix`, then the step of a place and the factor of a line's hash.
        shifts: by which a hash of a word and one of a pair becomes a key.
        words, pair_line, pairs: what is filled in.
        whole: noughts, of each line.
    """
    count, place = 0, np.uint64(0)
    for at in range(len(hashes)):
        here, other = line[at], hashes[at]
        words[at] = other >> shifts[0]
        place = place + _ONE if at and line[at - 1] == here else np.uint64(0)
        if place:
            paired = (hashes[at - 1] * mixers[0] ^ (other + mixers[1])) * mixers[2]
            pair_line[count] = here
            pairs[count] = (paired ^ (paired >> _HALF)) >> shifts[1]
            count += 1
        placed = (other * mixers[0] ^ (place * mixers[3] + mixers[1])) * mixers[2]
        whole[here] += (placed ^ (placed >> _HALF)) * mixers[4]
    return count
