"""Rows written as JSON in compiled code are orjson's, with the keys in order."""

from itertools import pairwise

import numpy as np
import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.read.json_loops import AS_THEY_ARE, STRINGS, TEXTS, holding, written_rows
from pipeline.sign.texts import packed

CHARS = st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\t\x00\x08\x1f\x7f aé日<')
TEXT = st.text(CHARS, max_size=40) | st.builds(
    lambda plain, text, more: "a" * plain + text + "é" * more,
    st.integers(0, 200),
    st.text(CHARS, max_size=8),
    st.integers(0, 40),
)
ROWS = st.lists(st.tuples(TEXT, TEXT | st.none(), st.integers()), min_size=1, max_size=6)
LONG = ("x" * 70_000, None, 1)


@given(ROWS)
@example([('"' * 90, "\x1b" * 200, 1), ("12345678", "1234567\n", 2), ('é"', None, 3)])
@example([LONG] * 5)
def test_they_are_what_orjson_writes(rows):
    texts, names, numbers = zip(*rows, strict=True)
    told = packed(texts)
    others = packed([*(name or "" for name in names), *map(str, numbers)])
    places = np.stack([others.offsets[: len(rows) + 1], told.offsets, others.offsets[len(rows) :]])
    missing = np.array([[name is None for name in names], [False] * len(rows), [False] * len(rows)])
    keys = np.frombuffer(b'{"a":,"b":,"c":', np.uint8)
    kinds, key_places = np.array([STRINGS, TEXTS, AS_THEY_ARE]), np.array([0, 5, 10, 15])
    written: list[bytes] = []
    out = np.empty(0, np.uint8)
    while len(written) < len(rows):
        out, ends = written_rows(*told, others.data, places, kinds, missing, keys, key_places, len(written), out)
        assert len(ends) > 1
        whole = out.tobytes()
        written += [whole[begin:end] for begin, end in pairwise(ends)]
    assert written == [
        b'{"a":%s,"b":%s,"c":%d}' % (orjson.dumps(name), orjson.dumps(text), number) for text, name, number in rows
    ]


@given(st.lists(TEXT, max_size=6))
def test_the_texts_that_hold_a_byte_are_told(texts):
    assert holding(*packed(texts), np.uint8(ord("<"))).tolist() == ["<" in text for text in texts]
