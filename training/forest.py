"""From LightGBM to the forest that the pipeline reads (needs the extra `train`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.judge.forest import Forest
from pipeline.judge.masks import Trees


def from_lightgbm(
    booster: Any, *, task: str, features: Sequence[str], trained_on: str, parameters: dict[str, Any]
) -> Forest:
    """Turn a LightGBM booster (objective `binary`) into a `Forest` whose scores are the same to 1e-6.

    Args:
        booster: a `lightgbm.Booster` trained with `use_missing=False`, so that NaN counts as 0.0.
        task: what it judges.
        features: names of the features, in order.
        trained_on: digest of the training data.
        parameters: how it was trained; kept in the file.

    Raises:
        ValueError: the booster has another objective, categorical splits or rules for missing values.
    """
    dump = booster.dump_model()
    if not str(dump["objective"]).startswith("binary") or dump["num_tree_per_iteration"] != 1:
        raise ValueError(f"the objective is {dump['objective']!r}; a forest holds binary classifiers")
    nodes: list[tuple[int, float, int, int, float]] = []
    roots = []
    for tree in dump["tree_info"]:
        roots.append(len(nodes))
        _append(nodes, tree["tree_structure"])
    feature, threshold, left, right, value = zip(*nodes, strict=True)
    trees = Trees(
        roots=np.array(roots, np.int32),
        feature=np.array(feature, np.int32),
        threshold=_floor32(np.array(threshold, np.float64)),
        left=np.array(left, np.int32),
        right=np.array(right, np.int32),
        value=np.array(value, np.float32),
    )
    # LightGBM adds the mean of the labels to the leaves of its first tree.
    return Forest(task, tuple(features), trees, 0.0, trained_on, parameters)


def _append(nodes: list[tuple[int, float, int, int, float]], node: dict[str, Any]) -> tuple[float, float]:
    """Append a node and all under it, parents first -> its mean value and how many rows it stands for."""
    here = len(nodes)
    if "leaf_value" in node:
        nodes.append((0, 0.0, here, here, float(node["leaf_value"])))
        return float(node["leaf_value"]), float(node.get("leaf_count", 1))
    if node["decision_type"] != "<=" or node["missing_type"] != "None":
        raise ValueError(
            f"a split is of type {node['decision_type']!r}, missing values {node['missing_type']!r}; "
            "train on numbers, with use_missing=False"
        )
    nodes.append((0, 0.0, 0, 0, 0.0))
    left = len(nodes)
    left_value, left_rows = _append(nodes, node["left_child"])
    right = len(nodes)
    right_value, right_rows = _append(nodes, node["right_child"])
    rows = left_rows + right_rows
    value = (left_value * left_rows + right_value * right_rows) / rows
    nodes[here] = (int(node["split_feature"]), float(node["threshold"]), left, right, value)
    return value, rows


def _floor32(threshold: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Give the largest float32 that is not over each threshold: float32 features then go the same way as in double."""
    near = threshold.astype(np.float32)
    over = near.astype(np.float64) > threshold
    return np.where(over, np.nextafter(near, np.float32(-np.inf)), near)
