"""What is told of many texts by their bytes is what each text tells, character by character."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words import signals
from pipeline.words.signals import signals_of

_ENDS = '.!?…。！？؟।"”’»」』)'
_TEXT = st.text(alphabet=st.one_of(st.sampled_from([*_ENDS, *"a1٢³ é\n\n:»«"]), st.characters(codec="utf-8"))).map(
    lambda text: "\n".join(text.splitlines())
)


@pytest.mark.parametrize("compiled", [False, True])
@given(st.lists(_TEXT, max_size=5))
@example(["", "\n", "One.\n\nTwo", "؟", "\n”"])
@example(["7" * 64 + "\n" * 63 + "۹", "é" * 31 + "a.\n" + "é." * 40])
def test_signals(compiled: bool, texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    octets = np.frombuffer(b"".join(encoded), np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signals, "worth_loading", lambda _: compiled)
        told = signals_of(octets, np.cumsum([0, *map(len, encoded)]))
    assert [len(column) for column in told] == [len(texts)] * 3
    for text, chars, digits, share in zip(texts, *(column.tolist() for column in told), strict=True):
        assert chars == len(text)
        assert digits == sum(map(str.isdigit, text))
        lines = [line for line in text.split("\n") if line]
        if lines:
            assert share == sum(line[-1] in _ENDS for line in lines) / len(lines)
        else:
            assert np.isnan(share)
