"""The forest: what it scores, why, and what it refuses to read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.errors import BadWeights
from pipeline.judge import forest as module
from pipeline.judge import masks
from pipeline.judge.forest import Forest, probabilities
from pipeline.judge.masks import Trees


def grown(seed: int = 0, trees: int = 7, features: int = 5, depth: int = 4) -> Forest:
    """Grow a forest at random; node values are the plain mean of their children."""
    rng = np.random.default_rng(seed)
    nodes: list[list[float]] = []

    def grow(level: int) -> float:
        here = len(nodes)
        nodes.append([0, 0, here, here, float(rng.normal())])
        if level < depth and rng.random() < 0.9:
            left = len(nodes)
            left_value = grow(level + 1)
            right = len(nodes)
            right_value = grow(level + 1)
            nodes[here] = [
                int(rng.integers(features)),
                float(rng.normal()),
                left,
                right,
                (left_value + right_value) / 2,
            ]
        return nodes[here][4]

    roots = []
    for _ in range(trees):
        roots.append(len(nodes))
        grow(0)
    columns = np.array(nodes).T
    return Forest(
        task="test",
        features=tuple(f"feature {number}" for number in range(features)),
        trees=Trees(
            np.array(roots, np.int32),
            columns[0].astype(np.int32),
            columns[1].astype(np.float32),
            columns[2].astype(np.int32),
            columns[3].astype(np.int32),
            columns[4].astype(np.float32),
        ),
        base=0.25,
        trained_on="digest of nothing",
        parameters={"trees": trees, "strictness": {"balanced": 0.5}},
    )


def slow_margin(forest: Forest, row: np.ndarray) -> float:
    margin = forest.base
    for root in forest.trees.roots:
        at = root
        while forest.trees.left[at] != at:
            x = row[forest.trees.feature[at]]
            x = 0.0 if np.isnan(x) else x
            at = forest.trees.left[at] if x <= forest.trees.threshold[at] else forest.trees.right[at]
        margin += float(forest.trees.value[at])
    return margin


def rows_of(seed: int, count: int, features: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, features)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.05] = np.nan
    rows[rng.random(rows.shape) < 0.02] = np.inf
    return rows


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 40))
def test_a_margin_is_the_sum_along_the_paths_in_order(seed: int, count: int) -> None:
    forest, rows = grown(seed), rows_of(seed, count)
    assert forest.margins(rows).tolist() == [slow_margin(forest, row) for row in rows]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_masks_find_the_leaves_that_walks_find(seed: int, depth: int) -> None:
    forest, rows = grown(seed, depth=depth), rows_of(seed, 600)
    assert forest._masks is not None
    assert forest.margins(rows).tolist() == [slow_margin(forest, row) for row in rows]


def test_trees_of_many_leaves_are_walked():
    forest, rows = grown(0, trees=3, depth=9), rows_of(0, 400)
    assert forest._masks is None
    assert forest.margins(rows).tolist() == [slow_margin(forest, row) for row in rows]


def test_chunks_do_not_show(monkeypatch):
    forest, rows = grown(3), rows_of(3, 100)
    whole = forest.margins(rows), forest.contributions(rows)
    monkeypatch.setattr(module, "_CHUNK", 20)
    assert np.array_equal(forest.margins(rows), whole[0])
    assert np.array_equal(forest.contributions(rows), whole[1])


def test_numba_gives_the_same_to_the_bit(monkeypatch):
    pytest.importorskip("numba")
    forest, rows = grown(1, trees=50), rows_of(1, 3000)
    monkeypatch.setattr(compiling, "WORTH_NS", float("inf"))
    slow = forest.margins(rows), forest.contributions(rows)
    few = forest.margins(rows[:3]), forest.contributions(rows[:3])
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    fast = masks._numba()
    assert fast is not None
    used = []
    noting = masks.Compiled(*(lambda *told, one=one: (used.append(one), one(*told)) for one in fast))
    monkeypatch.setattr(masks, "_numba", lambda: noting)
    assert np.array_equal(forest.margins(rows), slow[0])
    assert np.array_equal(forest.contributions(rows), slow[1])
    assert np.array_equal(forest.margins(rows[:3]), few[0])
    assert np.array_equal(forest.contributions(rows[:3]), few[1])
    assert used == [fast.places, fast.margins, fast.places, fast.credit] * 2


def test_without_numba_all_goes_on(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    masks._numba.cache_clear()
    try:
        forest, rows = grown(1), rows_of(1, 600)
        assert forest.margins(rows).tolist() == [slow_margin(forest, row) for row in rows]
    finally:
        masks._numba.cache_clear()


def test_contributions_add_up_to_the_margin_and_credit_only_features_asked():
    forest, rows = grown(5), np.nan_to_num(rows_of(5, 200), posinf=3)
    told = forest.contributions(rows)
    assert told.dtype == np.float32
    assert np.allclose(told.sum(axis=1) + forest.expected, forest.margins(rows), atol=1e-4)
    asked = set(forest.trees.feature[forest.trees.left != np.arange(len(forest.trees.left))].tolist())
    assert all(not told[:, number].any() for number in set(range(5)) - asked)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_contributions_are_the_same_to_the_bit_however_they_are_found(seed: int, depth: int) -> None:
    forest, rows = grown(seed, depth=depth), rows_of(seed, 200)
    together = forest.contributions(rows)
    assert np.array_equal(together, np.concatenate([forest.contributions(rows[at : at + 1]) for at in range(200)]))


def test_a_single_split_is_credited_to_its_feature():
    roots, feature, left, right = (np.array(x, np.int32) for x in ([0], [1, 0, 0], [1, 1, 2], [2, 1, 2]))
    threshold, value = (np.array(x, np.float32) for x in ([0.5, 0, 0], [0.5, -1, 2]))
    trees = Trees(roots, feature, threshold, left, right, value)
    forest = Forest("test", ("a", "b"), trees, 0.0, "", {})
    assert forest.contributions(np.array([[9, 0.5], [9, 0.6]], np.float32)).tolist() == [[0, -1.5], [0, 1.5]]


def test_nan_counts_as_zero():
    forest, rows = grown(2), rows_of(2, 50)
    assert np.array_equal(forest.score(rows), forest.score(np.where(np.isnan(rows), np.float32(0), rows)))


def test_written_and_read_it_is_the_same(tmp_path):
    forest = grown(4)
    forest.write(tmp_path / "a.forest")
    again = Forest.read(tmp_path / "a.forest", forest.features)
    again.write(tmp_path / "b.forest")
    assert (tmp_path / "a.forest").read_bytes() == (tmp_path / "b.forest").read_bytes()
    for name in ("task", "features", "base", "trained_on", "parameters"):
        assert getattr(again, name) == getattr(forest, name)
    rows = rows_of(4, 20)
    assert np.array_equal(again.margins(rows), forest.margins(rows))


def test_probabilities_stay_finite():
    assert probabilities(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadWeights, match=r"none\.forest: the weights cannot be read"):
        Forest.read(tmp_path / "none.forest")


def test_every_cut_of_the_file_is_told():
    data = grown(0, trees=1, depth=1).to_bytes()
    for size in range(len(data)):
        with pytest.raises(BadWeights):
            Forest.from_bytes(data[:size], "cut")
    with pytest.raises(BadWeights, match="too long"):
        Forest.from_bytes(data + b"\0", "long")


def test_every_changed_byte_is_told():
    data = grown(0, trees=1, depth=1).to_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(BadWeights, match="changed: "):
            Forest.from_bytes(bytes(changed), "changed")


def test_other_features_are_named(tmp_path):
    forest = grown(0)
    forest.write(tmp_path / "a.forest")
    with pytest.raises(BadWeights, match="Only in the weights: feature 4; only computed: length"):
        Forest.read(tmp_path / "a.forest", [*forest.features[:4], "length"])
    with pytest.raises(BadWeights, match="the order"):
        Forest.read(tmp_path / "a.forest", forest.features[::-1])


def test_another_format_is_named():
    data = grown(0).to_bytes()
    at = len(b"winnow forest\n")
    size = int.from_bytes(data[at : at + 4], "little")
    header = json.loads(data[at + 4 : at + 4 + size])
    other = json.dumps(header | {"format": 99}, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(BadWeights, match="of format 99, this version reads 1"):
        Forest.from_bytes(data[:at] + len(other).to_bytes(4, "little") + other + data[at + 4 + size :], "other")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"left": [0, 1, 2]}, "nowhere or backwards|two parents"),
        ({"left": [3, 1, 2]}, "nowhere or backwards|two parents"),
        ({"feature": [2, 0, 0]}, "a feature that is not there"),
        ({"roots": [3]}, "no root"),
        ({"value": [0.5, np.nan, 2]}, "not a number"),
        ({"right": [2, 1]}, "differ in length"),
        ({"right": [1, 1, 2]}, "two parents"),
    ],
)
def test_trees_that_lead_nowhere_are_not_written(tmp_path: Path, change: dict, told: str):
    arrays = {"roots": [0], "feature": [1, 0, 0], "threshold": [0.5, 0, 0], "left": [1, 1, 2], "right": [2, 1, 2],
              "value": [0.5, -1, 2]} | change  # fmt: skip
    kinds = {"threshold": np.float32, "value": np.float32}
    trees = Trees(**{name: np.array(values, kinds.get(name, np.int32)) for name, values in arrays.items()})
    with pytest.raises(BadWeights, match=told):
        Forest("test", ("a", "b"), trees, 0.0, "", {}).write(tmp_path / "a.forest")


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 4\); expected rows of 5"):
        grown(0).score(np.zeros((3, 4), np.float32))
