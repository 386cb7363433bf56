"""Texts that stand in bytes are those that they were made of, whichever way they came there."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sign import texts as texts_module
from pipeline.sign.texts import Strings, Texts, packed

TEXTS = st.lists(st.text(max_size=6), max_size=6)


def in_bytes(texts: list[str]) -> Strings:
    return Strings.of(packed(texts, 8))


def bytes_in(texts: Texts) -> list[str]:
    bounds = pairwise(texts.offsets)
    return [texts.data[begin:end].tobytes().decode("utf-8", "surrogatepass") for begin, end in bounds]


@given(TEXTS, st.dictionaries(st.integers(0, 5), st.text(max_size=6)), st.dictionaries(st.integers(0, 5), st.just("é")))
def test_some_of_them_may_have_changed_twice(texts: list[str], now: dict[int, str], then: dict[int, str]) -> None:
    for made in (Strings(texts), in_bytes(texts)):
        wanted, held = list(texts), made
        for changes in (now, then):
            mine = {at: text for at, text in changes.items() if at < len(texts)}
            held = held.changed(mine)
            for at, text in mine.items():
                wanted[at] = text
        assert bytes_in(held.packed) == wanted
        assert list(held) == wanted
        assert list(made) == texts
        # Eight bytes more than the texts have can be read.
        assert len(held.packed.data) >= held.packed.offsets[-1] + 8


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=4))
def test_they_may_be_put_together(parts: list[tuple[list[str], bool]]) -> None:
    together = Strings.joined([in_bytes(texts) if of_bytes else Strings(texts) for texts, of_bytes in parts])
    wanted = [text for texts, _ in parts for text in texts]
    assert bytes_in(together.packed) == wanted
    assert list(together) == wanted


@given(TEXTS)
def test_what_is_told_of_them_together(texts: list[str]) -> None:
    held = in_bytes([*texts, "a&b"])
    assert held.chars == sum(map(len, texts)) + 3
    assert held.holding(ord("&")) == [at for at, text in enumerate([*texts, "&"]) if "&" in text]


def test_bytes_are_not_lost_where_memory_does_not_suffice_to_copy_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> Texts:
        raise MemoryError

    # Without more bytes behind the last text they are copied.
    texts = Strings.of(packed(["one", "two"]))
    with monkeypatch.context() as patch:
        patch.setattr(texts_module, "_together", fails)
        with pytest.raises(MemoryError):
            _ = texts.packed
    assert bytes_in(texts.packed) == ["one", "two"]
    assert list(texts) == ["one", "two"]


def test_no_string_is_made_before_one_is_asked_for() -> None:
    texts = Strings.of(Texts(packed(["one", "two"], 8).data, packed(["one", "two"]).offsets)).changed({1: "three"})
    assert texts.packed.offsets.tolist() == [0, 3, 8]
    assert texts._texts == [None, "three"]
    assert (texts[0], texts[1], texts[-1]) == ("one", "three", "three")
