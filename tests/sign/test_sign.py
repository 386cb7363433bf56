import numpy as np
import pytest
import xxhash
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import MatchConfig
from pipeline.sign.fingerprints import fingerprints
from pipeline.sign.minhash import minhash32, permutations, signature, to_datasketch
from pipeline.sign.shingles import shingle_sequence, shingle_set, token_hashes
from pipeline.sign.sign import exact_key, sign
from pipeline.words.tokens import tokens

hashes32 = st.lists(st.integers(0, 2**32 - 1), max_size=300).map(lambda xs: np.array(xs, np.uint32))
words = st.lists(
    st.sampled_from(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]), max_size=80
)


@given(hashes32, st.sampled_from([16, 64, 128]), st.integers(0, 5))
def test_signature_is_datasketchs_for_the_same_hashes(hashes, count, seed):
    theirs = MinHash(num_perm=count, seed=seed, scheme="affine32", hashfunc=int)
    for value in hashes.tolist():
        theirs.update(value)
    assert np.array_equal(signature(hashes, count, seed), theirs.hashvalues)


@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_permutations_are_datasketchs(count, seed):
    theirs = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    assert np.array_equal(np.array(permutations(count, seed)), theirs)


def test_more_shingles_than_a_block_change_nothing():
    hashes = np.random.default_rng(3).integers(0, 2**32, 10_000, dtype=np.uint32)
    theirs = MinHash(num_perm=64, seed=1, scheme="affine32", hashfunc=int)
    theirs.update_batch(hashes.tolist())
    assert np.array_equal(signature(hashes, 64, 1), theirs.hashvalues)


def test_signatures_load_into_datasketch_and_its_lsh_finds_them():
    config = MatchConfig()
    base = " ".join(f"word{i}" for i in range(200))
    other = " ".join(f"else{i}" for i in range(200))
    lsh = MinHashLSH(threshold=0.7, num_perm=config.permutations)
    lsh.insert("base", to_datasketch(sign(base, config).signature, config.seed))
    lsh.insert("other", to_datasketch(sign(other, config).signature, config.seed))
    found = lsh.query(to_datasketch(sign(base + " and more", config).signature, config.seed))
    assert found == ["base"]


@given(words, st.integers(1, 8))
def test_shingles_are_the_runs_of_n_tokens(text, n):
    """Two shingles are equal exactly where their tokens are."""
    sequence = shingle_sequence(token_hashes(text), n)
    n = min(n, len(text))
    runs = [tuple(text[i : i + n]) for i in range(len(text) - n + 1)] if text else []
    assert len(sequence) == len(runs)
    assert len(set(sequence.tolist())) == len(set(runs))
    assert all((sequence[i] == sequence[j]) == (runs[i] == runs[j]) for i in range(len(runs)) for j in range(i))


def test_shingle_hash_is_the_documented_polynomial():
    mask, multiplier = 2**64 - 1, 0x9E3779B97F4A7C15
    total = 0
    for token in ("a", "bridge", "opened"):
        total = (total * multiplier + xxhash.xxh64_intdigest(token.encode())) & mask
    total ^= total >> 33
    total = total * 0xFF51AFD7ED558CCD & mask
    total ^= total >> 33
    total = total * 0xC4CEB9FE1A85EC53 & mask
    total ^= total >> 33
    assert shingle_sequence(token_hashes(["a", "bridge", "opened"]), 3).tolist() == [total]


def test_order_of_tokens_matters():
    assert set(shingle_sequence(token_hashes(["a", "b"]), 2)) != set(shingle_sequence(token_hashes(["b", "a"]), 2))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=120), st.integers(1, 20), st.data())
def test_a_shared_run_of_a_window_gives_a_shared_fingerprint(values, window, data):
    run = data.draw(st.lists(st.integers(0, 2**64 - 1), min_size=window, max_size=window + 10))
    one = np.array(values + run, np.uint64)
    two = np.array(run + values[::-1], np.uint64)
    assert set(fingerprints(one, window).tolist()) & set(fingerprints(two, window).tolist())


@given(st.lists(st.integers(0, 50), max_size=200), st.integers(1, 20))
def test_fingerprints_are_the_least_of_each_window(values, window):
    sequence = np.array(values, np.uint64)
    windows = [values[i : i + window] for i in range(max(1, len(values) - window + 1))] if values else []
    assert fingerprints(sequence, window).tolist() == sorted({min(w) for w in windows})


@given(st.text(max_size=400))
def test_any_text_is_signed(text):
    signed = sign(text, MatchConfig())
    assert signed.tokens == len(tokens(text))
    assert (len(signed.shingles) == 0) == (signed.tokens == 0)
    assert len(signed.signature) == 128
    assert set(signed.fingerprints.tolist()) <= set(signed.shingles.tolist())


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The “bridge” opened.", 'the "BRIDGE"  opened.'),
        ("Ｗｉｄｅ letters", "wide letters"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a — b", "a - b"),
    ],
)
def test_folding_makes_the_same_text(one, two):
    assert exact_key(one) == exact_key(two)


@pytest.mark.parametrize(("one", "two"), [("1.5 metres", "15 metres"), ("-5 degrees", "5 degrees"), ("a b", "ab")])
def test_folding_keeps_what_differs(one, two):
    assert exact_key(one) != exact_key(two)


def test_scripts_without_spaces_are_cut_into_characters():
    assert tokens("市议会批准了 budget 2026") == ["市", "议", "会", "批", "准", "了", "budget", "2026"]
    assert tokens("ประเทศไทย")[:2] == ["ป", "ร"]
    assert tokens("대한민국 정부") == ["대한민국", "정부"]


def test_estimate_of_the_signature_is_near_the_true_similarity():
    rng = np.random.default_rng(7)
    base = rng.integers(0, 2**64, 2000, dtype=np.uint64)
    other = np.concatenate([base[:1500], rng.integers(0, 2**64, 500, dtype=np.uint64)])
    true = 1500 / 2500
    a, b = (signature(minhash32(shingle_set(x)), 1024, 1) for x in (base, other))
    assert abs((a == b).mean() - true) < 0.06
