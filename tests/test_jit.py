"""Compiled code is kept, and made anew once any source is another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import jit

pytest.importorskip("numba")

from pipeline import dispatching, linking

SOURCES = {
    "told.py": "import numpy as np\nSHARE = np.int64(5)\n",
    "loops.py": (
        "from pipeline.jit import njit\nfrom pipeline.told import SHARE\n"
        "def _share(n):\n    return n + SHARE\nshare = njit(_share)\n"
    ),
}


SORTED = """
import numpy as np
from pipeline.jit import njit

def _ordered(numbers, shift):
    if shift < 0:
        raise ValueError("shift")
    out = np.sort(numbers) + shift
    return out, out.sum()

ordered = njit(_ordered)
"""


CALLING = """
import numpy as np
from pipeline.jit import njit

def _halved(number, least):
    if number < least:
        raise ValueError("too little")
    return number // 2

halved = njit(_halved)

def _filled(numbers, least):
    out = np.zeros(len(numbers), np.int64)
    for n in range(len(numbers)):
        out[n : n + 1] = np.full(1, halved(numbers[n], least))
    return out

filled = njit(_filled)

def _twice(numbers):
    return filled(filled(numbers, 0), 1) + halved(6, 2)

twice = njit(_twice)
"""


def sources(folder: Path, files: dict[str, str]) -> Path:
    """Lay out a package of that name with these files, and what compiles them."""
    package = folder / "pipeline"
    package.mkdir()
    (package / "__init__.py").touch()
    for file in (jit.__file__, linking.__file__, dispatching.__file__):
        shutil.copy(file, package)
    for name, text in files.items():
        (package / name).write_text(text)
    return package


def kept(package: Path) -> list[str]:
    """-> the functions whose code is on disk."""
    return sorted(path.name.split(".")[1].split("-")[0] for path in package.glob("__pycache__/*/**/*.nbc"))


def run(program: str, folder: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    )  # fmt: skip
    return told.stdout


def ask(folder: Path) -> tuple[int, int]:
    """-> what the function gives, and how often it was taken from the disk."""
    told = run("from pipeline.loops import share; print(share(1), sum(share.stats.cache_hits.values()))", folder)
    value, hits = map(int, told.split())
    return value, hits


def test_compiled_code_is_taken_from_disk_until_a_source_changes(tmp_path):
    package = sources(tmp_path, SOURCES)
    assert ask(tmp_path) == (6, 0)
    assert ask(tmp_path) == (6, 1)
    # The file of the function is the same.
    (package / "told.py").write_text(SOURCES["told.py"].replace("5", "70"))
    assert ask(tmp_path) == (71, 0)
    assert ask(tmp_path) == (71, 1)
    assert len(list((package / "__pycache__").glob("winnow-compiled-*"))) == 1


def test_what_is_taken_from_disk_works_alone_and_in_what_is_compiled_later(tmp_path):
    sources(tmp_path, {"loops.py": SORTED})
    use = """
import sys
import numpy as np
from pipeline.loops import ordered
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


def test_a_function_that_others_call_is_compiled_with_them_and_alone_once_python_calls_it(tmp_path):
    package = sources(tmp_path, {"loops.py": CALLING})
    use = """
import numpy as np
from pipeline.loops import filled, halved, twice
print(twice(np.array([8, 21])).tolist())
try:
    twice(np.array([8, 1]))
except ValueError as error:
    print(error)
"""
    alone = "print(filled(np.array([5]), 0).tolist(), halved(9, 0), twice(np.array([40])).tolist())"
    within = "import numba\nprint(numba.njit(lambda number: halved(number, 1) + 1)(11))"
    after = f"\n{within}"
    expected = ["[5, 8]", "too little"]
    assert run(use, tmp_path).split("\n")[:2] == expected
    assert kept(package) == ["_twice"]
    assert run(f"{use}{within}", tmp_path).split("\n")[:3] == [*expected, "6"]
    assert run(f"{use}{alone}", tmp_path).split("\n")[:3] == [*expected, "[2] 4 [13]"]
    assert kept(package) == ["_filled", "_halved", "_twice"]
    # Compiled as a part first, and asked for by Python then.
    shutil.rmtree(package / "__pycache__")
    assert run(f"{use}{alone}{after}", tmp_path).split("\n")[:4] == [*expected, "[2] 4 [13]", "6"]
    assert run(f"{use}{alone}{after}", tmp_path).split("\n")[:4] == [*expected, "[2] 4 [13]", "6"]


def test_what_was_made_is_taken_from_disk_and_made_again_where_that_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "_folder", lambda _: tmp_path)
    assert jit.kept("letters", lambda: {"a": 1}) == {"a": 1}
    assert jit.kept("letters", lambda: {"b": 2}) == {"a": 1}
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:9])
    assert jit.kept("letters", lambda: {"b": 2}) == {"b": 2}
    assert jit.kept("letters", lambda: {"c": 3}) == {"b": 2}
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_folder_all_is_made_anew(monkeypatch):
    monkeypatch.setattr(jit, "_folder", lambda _: None)
    assert [jit.kept("letters", lambda made=made: made) for made in (1, 2)] == [1, 2]


def test_a_folder_that_cannot_be_made_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "_HERE", tmp_path)
    (tmp_path / "__pycache__").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = jit._folder.__wrapped__("")
    assert found is not None
    assert found.parent == tmp_path / "cache"
    assert jit._folder.__wrapped__(str(tmp_path / "chosen")).parent == tmp_path / "chosen"
