import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pipeline.words import tables
from pipeline.words.tables import BLOCK, MANY, Tables, composed


def test_no_characters_compose_but_those_that_were_looked_at() -> None:
    parts = {char: unicodedata.decomposition(char).split() for char in map(chr, range(0x110000))}
    pairs = {tuple(int(part, 16) for part in two) for two in parts.values() if len(two) == 2 and two[0][0] != "<"}
    assert composed() == {pair for pair in pairs if len(unicodedata.normalize("NFC", "".join(map(chr, pair)))) == 1}


def test_blocks_that_stay_as_they_are_have_the_same_entries_by_the_short_way() -> None:
    one, two = Tables(), Tables()
    blocks = range(0x20000 >> BLOCK)
    one.learn(blocks)
    for block in blocks:
        two._learn_each([chr(code) for code in range(block << BLOCK, (block + 1) << BLOCK)])
    # Block 0 was learned twice, so what folds to several characters has other places.
    many = (one.entries & np.uint64(MANY)) != 0
    assert np.array_equal(one.entries[~many], two.entries[~many])
    assert np.array_equal(one.first, two.first)
    assert np.array_equal(one.starter, two.starter)


def test_an_entry_holds_all_that_a_character_may_fold_to() -> None:
    known = Tables()
    known.learn(range(0x110000 >> BLOCK))
    assert known.entries.all()
    assert 0 < known._pooled < len(known.pool) // 2
    assert tables.NOTHING < 1 << 3


def test_the_tables_of_ascii_are_there_from_the_start() -> None:
    known = Tables()
    assert known.entries[:0x80].all()
    assert not known.entries[0x400:].any()


def test_threads_learn_the_same() -> None:
    blocks = range(0x10000 >> BLOCK)
    alone, shared = Tables(), Tables()
    alone.learn(blocks)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(shared.learn, [[block] for block in [*blocks, *blocks]]))
    assert shared._pooled == alone._pooled
    many = (alone.entries & np.uint64(MANY)) != 0
    assert np.array_equal(shared.entries[~many], alone.entries[~many])
    for one, two in zip(shared.entries[many].tolist(), alone.entries[many].tolist(), strict=True):
        here, there, size = one & 0xFFFF, two & 0xFFFF, two >> 16 & 0xFFFF
        assert shared.pool[here : here + size].tolist() == alone.pool[there : there + size].tolist()
