"""Signing many texts at once gives what signing each alone does, with numba and without it."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHashLSH
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiling, jit
from pipeline.config import MatchConfig
from pipeline.sign import compiled
from pipeline.sign.batch import SignedBatch, shingle_sets, sign_batch
from pipeline.sign.minhash import to_datasketch
from pipeline.sign.sign import Signed, sign
from pipeline.sign.texts import TOGETHER, Texts, texts_of_arrow

CONFIG = MatchConfig()
# Shingles of two and short windows, so that short texts have many of both; 18 permutations are not a multiple of four.
SMALL = MatchConfig(shingle_tokens=2, window=4, permutations=18, min_tokens=16)

# Surrogates too: a text may hold one that stands alone.
_ANY = st.characters(exclude_categories=())
_GREEK = "ΑαΆά\u0345\u0301\u0300ῃῌᾳᾼῴΐ "
_KOREAN = "각가\u1100\u1161\u11a8ㄱㅏﾡￂ "
_INDIC = "\u0915\u093c\u0958\u093e\u09af\u09bc\u09c7\u09be\u09a1\u09dc\u0bc6\u0bbe\u0d46\u0d3e\u0dd9\u0dcf "
_UNSPACED = "กำ\u0e31\u0e38\u0e48\u0e33\u0e01 東京ーab\u1025\u102e\u0fb2\u0f71\u0f80\u0f74ༀ༠カﾞ\u3099か\u309a\u0301"
# Digits of other scripts, numbers that are no digits, marks, what is of words but no letter, what joins a figure.
_FIGURES = "a1b2é3_-/.,: ٣२𝟘²½Ⅷ①\u0301\u200d\u203f\u24b6東か가々\u0e50\u0bf0\U00020000\ud83d\u02c7\u20dd"
_TEXTS = st.one_of(
    st.text(_ANY, max_size=60),
    st.text("aé1_ -'.,\n\t\x1c\x85\u00a0\u1680\u2028\u3000`´“—…", max_size=60),
    st.text("كا\u0653\u0651¨\ufdfaİÀA\u0327\u0345\u0301\u0323 e\u034f\u200b\u0344ﬁßÉ\u00ad", max_size=30),
    *(st.text(some, max_size=20) for some in (_GREEK, _KOREAN, _INDIC, _UNSPACED)),
    st.text(st.characters(categories=["M"]), max_size=12).map("e".__add__),
    st.text(_FIGURES, max_size=60),
    # Letters enough that not all their grams are in the sketch, some over and over.
    st.builds(lambda text, times: text * times, st.text(_ANY, min_size=1, max_size=30), st.integers(1, 90)),
    st.lists(st.integers(0, 400), max_size=400).map(lambda numbers: "x".join(map(str, numbers))),
)
_WAYS = ["numba", "fallback"]


def go(way: str, patch: pytest.MonkeyPatch) -> None:
    if way == "numba":
        pytest.importorskip("numba")
    patch.setattr(compiling, "WORTH_NS", 0 if way == "numba" else float("inf"))


@pytest.fixture(params=_WAYS)
def _way(request, monkeypatch):
    go(request.param, monkeypatch)


@pytest.fixture
def _fast(monkeypatch):
    go("numba", monkeypatch)


def same(one: Signed, two: Signed) -> bool:
    return (
        (one.exact_key, one.tokens, one.repeated_share) == (two.exact_key, two.tokens, two.repeated_share)
        and one.shingles.tolist() == two.shingles.tolist()
        and one.signature.tolist() == two.signature.tolist()
        and one.fingerprints.tolist() == two.fingerprints.tolist()
        and one.letters.tolist() == two.letters.tolist()
        and one.figures.tolist() == two.figures.tolist()
    )


def check(texts: list[str], config: MatchConfig) -> SignedBatch:
    batch = sign_batch(texts, config, shingles=True)
    assert len(batch) == len(texts)
    # Without the sets their sizes are found another way.
    assert sign_batch(texts, config).shingle_counts.tolist() == batch.shingle_counts.tolist()
    for number, text in enumerate(texts):
        alone = sign(text, config)
        assert same(batch.row(number), alone), text[:200]
        assert batch.shingle_counts[number] == len(alone.shingles)
    offsets, values = shingle_sets(texts, config)
    assert (offsets.tolist(), values.tolist()) == (batch.shingle_offsets.tolist(), batch.shingles.tolist())
    return batch


@given(st.lists(_TEXTS, max_size=6))
@settings(max_examples=400)
@example(["", "a", "", " ", "¨", "\u0301", "\ud83d", "e\u0301", "x" * 40])
@example(
    ["a1b2-3/4x", "1-", "-1", "1.2", "1..2", "é1_é2", "x1/é", "1:٣-²", "may7 3rd 6-3/16 1,250.50 12:30", "1\u0301-2"]
)
@example(["eleven1 let", "twelve letters", "東京東京", "東京東a", "ab" * 60, "a" * 99 + "b" * 99, "of all 9" * 200])
@example(["\u1fc3\u0301", "É\u0323", "\ufdfa" * 60, "a" * 7 + "é", "a" * 8 + " " * 8 + "b"])
def test_any_texts_are_signed_as_each_is_alone(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        go("numba", patch)
        check(texts, SMALL)


@pytest.mark.usefixtures("_fast")
def test_every_character_among_others_is_signed_as_alone() -> None:
    # Of the ideographs and syllables, which are as each other, one in sixteen.
    plain = [*range(0x3400, 0xA000), *range(0xAC00, 0xD7A4), *range(0xE000, 0xF900), *range(0x17000, 0x18D00)]
    plain += [*range(0x20000, 0x2F800), *range(0x2FA20, 0xE0000), *range(0xE0200, 0x110000)]
    skipped = {code for code in plain if code % 16 or code > 0x30000}
    chars = [chr(code) for code in range(0x110000) if code not in skipped]
    check(
        [
            "".join(f"{char}a {char}\u0301{char} 1{char}-{char}2 " for char in chars[at : at + 32])
            for at in range(0, len(chars), 32)
        ],
        SMALL,
    )


@pytest.mark.usefixtures("_way")
def test_words_are_hashed_at_any_length() -> None:
    check(["".join(f"{'x' * size} {'é' * size}, " for size in range(first, first + 70)) for first in (1, 71)], CONFIG)


HOSTILE = {
    "one token over and over": "word " * 200_000,
    "two tokens by turns": "one two " * 100_000,
    "no letters": "?!., \n" * 100_000,
    "nothing seen": "\u200b" * 100_000,
    "only spaces": " \n\t" * 100_000,
    "a long token": "x" * 3_000_000,
    "what grows": "\ufdfa" * 30_000,
    "marks in order": "e" + "\u0301" * 200_000,
    "marks out of order": "e" + "\u0301\u0316" * 100_000,
    "characters of one token each": "東京" * 100_000,
    "tokens of one letter": "a " * 300_000 + "b-" * 300_000,
    "a long figure": "1" * 1_000_000,
    "figures of parts": "1-" * 500_000,
    "a long token before a digit": "x" * 1_000_000 + "1",
    "long tokens of digits": ("9" * 1000 + " ") * 1000,
    "figures of other scripts": "é٣-" * 100_000,
    "two grams": "ab" * 500_000,
    "blanks beside blanks": "a  b \n\n c " * 50_000,
    "blanks at all places": "".join("x" * (number % 9) + "  " for number in range(60_000)),
    "longer than goes together": "The bridge opened again. " * (TOGETHER // 20),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.usefixtures("_fast")
def test_hostile_texts_are_signed_as_alone(name: str) -> None:
    check(["before", HOSTILE[name], "after it"], CONFIG)


@pytest.mark.usefixtures("_fast")
def test_texts_in_many_parts_are_joined() -> None:
    text = " ".join(f"word{number}" for number in range(20_000))
    texts = [text[at:] for at in range(0, 3000, 100)] + [""]
    assert sum(map(len, texts)) > 3 * TOGETHER
    check(texts, CONFIG)


@pytest.mark.usefixtures("_way")
def test_no_texts() -> None:
    batch = sign_batch([], CONFIG)
    assert len(batch) == 0
    assert batch.signatures.shape == (0, CONFIG.permutations)
    assert batch.exact_keys.shape == (0, 16)
    assert batch.shingle_offsets.tolist() == batch.fingerprint_offsets.tolist() == [0]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_texts_of_arrow_are_taken_as_they_stand(kind: pa.DataType) -> None:
    texts = ["Über die Brücke", "", "市议会批准了 budget", "The “bridge” opened."]
    array = pa.array(["left out", *texts, "as well"], kind)[1:-1]
    for some in (array, pa.array(texts, kind)):
        given_texts = sign_batch(texts_of_arrow(some), CONFIG, shingles=True)
        assert all(same(given_texts.row(at), sign(text, CONFIG)) for at, text in enumerate(texts))
    assert len(sign_batch(texts_of_arrow(pa.array([], kind)), CONFIG)) == 0
    assert sign_batch(texts_of_arrow(pa.array(["", ""], kind)), CONFIG).tokens.tolist() == [0, 0]


def test_what_is_no_array_of_texts_is_refused() -> None:
    with pytest.raises(TypeError, match="combine its chunks, or cast it"):
        texts_of_arrow(pa.chunked_array([["a"]]))
    with pytest.raises(TypeError, match="int64 is not"):
        texts_of_arrow(pa.array([1]))
    with pytest.raises(ValueError, match="1 texts are null"):
        texts_of_arrow(pa.array(["a", None]))


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("wrong", [b"\xff\xbf\xbf\xbf", b"\xf0\x9f", b"a\xe2", b"\xf7\xbf\xbf\xbfaaaa"])
def test_what_is_no_utf8_is_told(wrong: bytes) -> None:
    data = b"first" + wrong
    with pytest.raises(ValueError, match="text 1: no UTF-8"):
        sign_batch(Texts(np.frombuffer(data, np.uint8), np.array([0, 5, len(data)])), CONFIG)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("offsets", [[0, 6], [3, 2], [-1, 5], []])
def test_offsets_that_lead_out_of_the_bytes_are_refused(offsets: list[int]) -> None:
    with pytest.raises(IndexError, match="to at most 5"):
        sign_batch(Texts(np.frombuffer(b"first", np.uint8), np.array(offsets, np.int64)), CONFIG)


@pytest.mark.usefixtures("_way")
def test_shingles_are_left_out_where_not_wanted() -> None:
    batch = sign_batch(["one two three four five six", "one"], CONFIG)
    assert batch.shingle_counts.tolist() == [2, 1]
    assert len(batch.shingles) == 0
    assert batch.shingle_offsets.tolist() == [0, 0, 0]


def test_without_numba_all_goes_on(monkeypatch) -> None:
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    monkeypatch.setitem(sys.modules, "numba", None)
    compiled._numba.cache_clear()
    try:
        assert compiled.compiled(1) is None
        check(["The bridge opened.", "東京"], CONFIG)
    finally:
        compiled._numba.cache_clear()


def test_without_a_folder_for_compiled_code_all_goes_on(monkeypatch) -> None:
    numba = pytest.importorskip("numba")

    def refuse(*_: object, **_more: bool) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(numba, "njit", refuse)
    monkeypatch.setattr(jit, "_kept", lambda: refuse)
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    for name in ("hashing", "kernel", "reading", "scanning"):
        monkeypatch.delitem(sys.modules, f"pipeline.sign.{name}", raising=False)
    compiled._numba.cache_clear()
    try:
        assert compiled.compiled(1) is None
        check(["The bridge opened.", "東京"], CONFIG)
    finally:
        compiled._numba.cache_clear()


def test_few_texts_do_not_load_numba(monkeypatch) -> None:
    monkeypatch.setattr(compiling, "_lost", [0])
    monkeypatch.setattr(compiled, "_numba", lambda: pytest.fail("loaded"))
    check(["The bridge opened."], CONFIG)


@pytest.mark.usefixtures("_way")
def test_datasketch_takes_the_signatures_of_a_batch_and_finds_them() -> None:
    base = " ".join(f"word{i}" for i in range(200))
    batch = sign_batch([base, " ".join(f"else{i}" for i in range(200)), base + " and more"], CONFIG)
    lsh = MinHashLSH(threshold=0.7, num_perm=CONFIG.permutations)
    for number in range(2):
        lsh.insert(number, to_datasketch(batch.signatures[number], CONFIG.seed))
    asked = to_datasketch(batch.signatures[2], CONFIG.seed)
    assert lsh.query(asked) == [0]
    assert asked.jaccard(to_datasketch(batch.signatures[0], CONFIG.seed)) > 0.9
