"""Libraries without what they need not load, each in a process of its own: what is loaded stays."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from pipeline.batch import clean_batch
from pipeline.config import Config
from pipeline.record import raw_record
from pipeline.run.pool import Death, Limits, Pool
from tests.cli.program import REPOSITORY, environment

WITHOUT = """
import sys
import pyarrow as pa
from pipeline.lean import with_pandas, begin_lean
begin_lean()
assert pa.array(["a", None]).to_pylist() == ["a", None]
assert "pandas" not in sys.modules
"""

WITH = """
import pandas as pd
series = pd.Series([1.0, float("nan")])
moment = pa.array([1], pa.timestamp("ns"))
"""

BACK = """
with_pandas()
assert pa.array(series).null_count == 1
assert isinstance(moment.to_pylist()[0], pd.Timestamp)
"""

BY_ITSELF = """
frame = pa.table({"a": ["x"]}).to_pandas()
assert pa.Table.from_pandas(frame).to_pylist() == [{"a": "x"}]
assert pa.array(series).null_count == 1
"""

LOADED = """
import pandas as pd
import pyarrow as pa
from pipeline.lean import begin_lean
begin_lean()
assert pa.array(pd.Series([1.0, float("nan")])).null_count == 1
"""


NUMBA = """
import sys
from pipeline import compiling
from pipeline.lean import begin_lean
begin_lean()
compiling.WORTH_NS = 0
from pipeline.config import MatchConfig
from pipeline.sign.batch import sign_batch
sign_batch(["one two three four five six"], MatchConfig())
assert "numba" in sys.modules
assert not {"scipy.linalg", "yaml.reader"} & set(sys.modules)
"""


@pytest.mark.parametrize(
    "program",
    [WITHOUT, WITHOUT + WITH + BACK, WITHOUT + WITH + BY_ITSELF, LOADED, NUMBA],
    ids=["left out", "taken in", "used", "loaded before", "numba"],
)
def test_what_is_loaded(program):
    assert outcome_of(program) == (0, "")


def outcome_of(program: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def modules(texts: list[str], config: Config) -> list[str]:
    clean_batch([raw_record(text, "text", None) for text in texts], config)
    return sorted(sys.modules)


def test_a_worker_loads_nothing_that_it_has_no_use_for():
    with Pool(1, Config()) as pool:
        loaded = pool.alone(modules, ["The bridge opened on Monday."], Limits())
    assert not isinstance(loaded, Death)
    assert "pyarrow" in loaded.outcome
    assert not {"pandas", "scipy.linalg", "datasketch"} & set(loaded.outcome)


GIVEN_BACK = """
from pathlib import Path
from pipeline.lean import give_back
def held(): return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
begun = held()
many = [bytes(2000) for _ in range(50_000)]
some = many[::20]
most = held() - begun
del many
give_back()
assert most > 50_000 * 2000
assert held() - begun < most / 2, (held() - begun, most)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to give memory back")
def test_what_was_freed_between_things_that_are_held_goes_back():
    assert outcome_of(GIVEN_BACK) == (0, "")
