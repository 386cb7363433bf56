import numpy as np
import pytest

from pipeline.match.bands import band_hashes, band_shape


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("recall", [0.9, 0.99])
def test_the_shape_reaches_the_recall_and_no_more_selective_one_does(threshold, recall):
    bands, rows = band_shape(threshold, recall, 128)
    assert bands * rows <= 128
    assert 1 - (1 - threshold**rows) ** bands >= recall - 1e-9
    sharper = rows + 1
    assert 1 - (1 - threshold**sharper) ** (128 // sharper) < recall


def test_a_threshold_of_one_takes_the_whole_signature():
    assert band_shape(1.0, 0.99, 128) == (1, 128)


def test_an_unreachable_recall_takes_all_bands():
    assert band_shape(0.01, 0.99, 64) == (64, 1)


def test_recall_is_what_the_shape_promises():
    """Measured on random pairs of similarity 0.7: the share that meets in a band."""
    rng = np.random.default_rng(5)
    bands, rows = band_shape(0.7, 0.99, 128)
    one = rng.integers(0, 2**32, (4000, 128), dtype=np.uint32)
    two = np.where(rng.random(one.shape) < 0.7, one, rng.integers(0, 2**32, one.shape, dtype=np.uint32))
    met = (band_hashes(one, bands, rows) == band_hashes(two, bands, rows)).any(axis=1).mean()
    assert met >= 0.98


def test_the_same_values_in_another_band_hash_otherwise():
    row = np.tile(np.arange(4, dtype=np.uint32), 8)[None, :]
    assert len(set(band_hashes(row, 8, 4)[0].tolist())) == 8
