"""Compiled code is kept, and made anew once any source is another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import jit

pytest.importorskip("numba")

SOURCES = {
    "told.py": "import numpy as np\nSHARE = np.int64(5)\n",
    "loops.py": (
        "from jit import njit\nfrom told import SHARE\ndef _share(n):\n    return n + SHARE\nshare = njit(_share)\n"
    ),
}


SORTED = """
import numpy as np
from jit import njit

def _ordered(numbers, shift):
    if shift < 0:
        raise ValueError("shift")
    out = np.sort(numbers) + shift
    return out, out.sum()

ordered = njit(_ordered)
"""


def run(program: str, folder: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    )  # fmt: skip
    return told.stdout


def ask(folder: Path) -> tuple[int, int]:
    """-> what the function gives, and how often it was taken from the disk."""
    told = run("from loops import share; print(share(1), sum(share.stats.cache_hits.values()))", folder)
    value, hits = map(int, told.split())
    return value, hits


def test_compiled_code_is_taken_from_disk_until_a_source_changes(tmp_path):
    shutil.copy(jit.__file__, tmp_path / "jit.py")
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text)
    assert ask(tmp_path) == (6, 0)
    assert ask(tmp_path) == (6, 1)
    # The file of the function is the same.
    (tmp_path / "told.py").write_text(SOURCES["told.py"].replace("5", "70"))
    assert ask(tmp_path) == (71, 0)
    assert ask(tmp_path) == (71, 1)
    assert len(list((tmp_path / "__pycache__").glob("winnow-compiled-*"))) == 1


def test_what_is_taken_from_disk_works_alone_and_in_what_is_compiled_later(tmp_path):
    shutil.copy(jit.__file__, tmp_path / "jit.py")
    (tmp_path / "loops.py").write_text(SORTED)
    use = """
import sys
import numpy as np
from loops import ordered
out, total = ordered(np.array([3, 1, 2]), 1)
try:
    ordered(np.array([3, 1, 2]), -1)
except ValueError as error:
    print(out.tolist(), out.dtype, total, error, sum(ordered.stats.cache_hits.values()))
"""
    # Whoever loads numba's algebra loads SciPy's with it.
    loaded = "print('numba.np.linalg' in sys.modules)"
    within = "import numba\nprint(numba.njit(lambda numbers: ordered(numbers, 5)[1])(np.array([1, 2])))"
    assert run(f"{use}{loaded}", tmp_path).split("\n")[:2] == ["[2, 3, 4] int64 9 shift 0", "True"]
    assert run(f"{use}{loaded}", tmp_path).split("\n")[:2] == ["[2, 3, 4] int64 9 shift 1", "False"]
    assert run(f"{use}{within}", tmp_path).split("\n")[:2] == ["[2, 3, 4] int64 9 shift 1", "13"]


def test_a_folder_that_cannot_be_made_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "_HERE", tmp_path)
    (tmp_path / "__pycache__").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = jit._folder.__wrapped__("")
    assert found is not None
    assert found.parent == tmp_path / "cache"
    assert jit._folder.__wrapped__(str(tmp_path / "chosen")).parent == tmp_path / "chosen"
