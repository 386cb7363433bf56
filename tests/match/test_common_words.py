"""The table of common words is read whole or refused."""

from pathlib import Path

import pytest

from pipeline.errors import BadWeights
from pipeline.match.composite import WEIGHTS, read_table


def test_the_table_that_comes_with_winnow_is_sound() -> None:
    keys, weights = read_table(WEIGHTS)
    assert len(keys) == len(weights) > 10_000


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-1], "five for each word"),
        (lambda _data: b"", "five for each word"),
        (lambda data: data[4:8] + data[:4] + data[8:], "not in order"),
        (lambda data: data[:-1] + b"\xff", "weigh more"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, damage, told: str) -> None:
    path = tmp_path / "common.words"
    path.write_bytes(damage(WEIGHTS.read_bytes()))
    with pytest.raises(BadWeights, match=f"common.words.*{told}.*training.common_words"):
        read_table(path)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match=r"cannot be read.*Install"):
        read_table(tmp_path / "common.words")
