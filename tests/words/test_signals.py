"""What is told of many texts by their bytes is what each text tells, character by character."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words.signals import Signals

_ENDS = '.!?…。！？؟।"”’»」』)'
_TEXT = st.text(alphabet=st.one_of(st.sampled_from([*_ENDS, *"a1٢³ é\n\n:»«"]), st.characters(codec="utf-8"))).map(
    lambda text: "\n".join(text.splitlines())
)


@given(st.lists(_TEXT, max_size=5))
@example(["", "\n", "One.\n\nTwo", "؟", "\n”"])
def test_signals(texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    octets = np.frombuffer(b"".join(encoded), np.uint8)
    signals = Signals(octets, np.cumsum([0, *map(len, encoded)]))
    digits, shares = signals.digits(), signals.ended_shares()
    assert len(digits) == len(shares) == len(texts)
    for text, count, share in zip(texts, digits.tolist(), shares.tolist(), strict=True):
        assert count == sum(map(str.isdigit, text))
        lines = [line for line in text.split("\n") if line]
        if lines:
            assert share == sum(line[-1] in _ENDS for line in lines) / len(lines)
        else:
            assert np.isnan(share)
