"""Strings of JSON written in compiled code are orjson's."""

from itertools import pairwise

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.read.escape_loops import escaped
from pipeline.sign.texts import Strings

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\t\x00\x08\x1f\x7f aé日'), max_size=40)


@given(st.lists(TEXTS, max_size=6))
@example(['"' * 9, "\x1b" * 200, "12345678", "1234567\n", 'é"'])
def test_they_are_what_orjson_writes(texts):
    data, ends = escaped(*Strings(texts).packed)
    whole = data.tobytes()
    assert [whole[begin:end] for begin, end in pairwise(ends)] == list(map(orjson.dumps, texts))
