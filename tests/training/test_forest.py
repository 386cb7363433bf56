"""A booster of LightGBM and the forest made of it say the same."""

from __future__ import annotations

import numpy as np
import pytest

from training.forest import from_lightgbm

lightgbm = pytest.importorskip("lightgbm")

_CALM = {"verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": 1}


def trained(**settings):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2000, 6)).astype(np.float32)
    rows[:, 3] = rng.integers(0, 9, 2000)
    labels = (rows[:, 0] * rows[:, 1] + rows[:, 3] / 4 + rng.normal(size=2000) / 2 > 1).astype(int)
    data = lightgbm.Dataset(rows, labels, weight=rng.random(2000), params={"verbose": -1})
    return lightgbm.train({"objective": "binary", "use_missing": False, **_CALM, **settings}, data, 60), rows


def test_scores_are_the_booster_s():
    booster, rows = trained(num_leaves=15, max_bin=63)
    forest = from_lightgbm(booster, task="test", features=list("abcdef"), trained_on="", parameters={})
    fresh = np.concatenate([rows, np.random.default_rng(1).normal(size=(2000, 6)).astype(np.float32) * 3])
    assert np.abs(forest.score(fresh) - booster.predict(fresh)).max() < 1e-6
    assert np.allclose(forest.contributions(fresh).sum(axis=1) + forest.expected, forest.margins(fresh), atol=1e-3)


def test_rules_for_missing_values_are_refused():
    rows = np.where(np.arange(4000).reshape(-1, 2) % 7 == 0, np.nan, np.arange(4000).reshape(-1, 2))
    booster = lightgbm.train(
        {"objective": "binary", **_CALM}, lightgbm.Dataset(rows, (rows[:, 0] > 1500).astype(int)), 3
    )
    with pytest.raises(ValueError, match="use_missing=False"):
        from_lightgbm(booster, task="test", features=["a", "b"], trained_on="", parameters={})


def test_other_objectives_are_refused():
    booster, _ = trained(objective="regression")
    with pytest.raises(ValueError, match="the objective is 'regression"):
        from_lightgbm(booster, task="test", features=list("abcdef"), trained_on="", parameters={})
