"""The promises of a corpus, the line that keeps each, and the test that fails without it.

`python -m tests.safety.promises` takes each line out of a copy of the project, runs its test there and sees it fail.
Exit status 1 where one passes all the same. docs/operations.md tells what each promise means for who runs Winnow.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, and what holds Winnow to it."""

    number: int
    what: str
    test: str
    file: str
    line: str
    """What keeps it; it stands in the file once."""
    instead: str
    """What is put in its place."""


PROMISES = (
    Promise(
        1,
        "everything is accounted for",
        "tests/run/test_clean.py::test_a_run_that_does_not_balance_fails",
        "pipeline/run/job.py",
        "if not counts.balances():",
        "if False:",
    ),
    Promise(
        2,
        "nothing is lost",
        "tests/test_cuts.py::test_restoring_gives_the_text_before_cutting",
        "pipeline/cuts.py",
        "Removal(cut.rule, cut.kind, a, b, before[a:b], cut.score, cut.weighed)",
        "Removal(cut.rule, cut.kind, a, b, before[a:b].strip().ljust(b - a), cut.score, cut.weighed)",
    ),
    Promise(
        3,
        "the kept set is exact",
        "tests/select/test_arrivals.py::test_it_chooses_what_comparing_all_would",
        "pipeline/select/arrivals.py",
        "        if chosen.duplicate_of is None:\n            self._candidates.keep()\n",
        "        self._candidates.keep()\n",
    ),
    Promise(
        4,
        "the same bytes, however it was run",
        "tests/run/test_clean.py::test_bytes_do_not_depend_on_workers_or_batches",
        "pipeline/store/tables.py",
        "if self._pending_rows >= GROUP_ROWS or self._pending_bytes >= GROUP_BYTES:",
        "if self._pending_rows:",
    ),
    Promise(
        5,
        "in instalments as at once",
        "tests/run/test_clean.py::test_in_instalments_as_at_once",
        "pipeline/run/settle.py",
        'old=lambda: map(packed_marks, corpus.batches("index", MARKED)),',
        "old=lambda: (),",
    ),
    Promise(
        6,
        "all or nothing: a commit that was stopped is finished",
        "tests/safety/test_faults.py::test_a_run_that_is_disturbed_at_a_call_loses_nothing",
        "pipeline/store/commit.py",
        "            _finish(layout, staging)\n            told.append(",
        "            shutil.rmtree(staging)\n            told.append(",
    ),
    Promise(
        6,
        "all or nothing: what a commit relies on lasts",
        "tests/safety/test_faults.py::test_a_run_that_is_disturbed_at_a_call_loses_nothing",
        "pipeline/store/files.py",
        "    with suppress(PermissionError):\n        sync(folder.parent)\n",
        "",
    ),
    Promise(
        6,
        "all or nothing: one writer at a time",
        "tests/store/test_lock.py::test_a_second_writer_is_refused_and_told_by_whom",
        "pipeline/store/lock.py",
        "fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))",
        "pass",
    ),
    Promise(
        6,
        "all or nothing: of two runs on one store, one is committed",
        "tests/store/test_s3_at_once.py::test_of_two_runs_at_once_the_later_one_to_commit_is_refused",
        "pipeline/store/objects.py",
        'self._filesystem.pipe_file(place, data, mode="create")',
        "self._filesystem.pipe_file(place, data)",
    ),
    Promise(
        6,
        "all or nothing: what arrived in a store is what was put",
        "tests/store/test_s3_faults.py::test_what_does_not_arrive_whole_is_put_again",
        "pipeline/store/objects.py",
        "return self._has_arrived(path, name, expected)",
        "return True",
    ),
    Promise(
        7,
        "bounded memory",
        "tests/select/test_arrivals.py::test_profiles_of_long_texts_do_not_fill_the_memory",
        "pipeline/select/arrivals.py",
        "            _, gone = self._held.popitem(last=False)",
        "            break",
    ),
    Promise(
        8,
        "data is only data: nothing outside the output is touched",
        "tests/store/test_commit.py::test_a_journal_that_names_what_is_outside_is_not_followed",
        "pipeline/store/commit.py",
        'if Path(name).is_absolute() or ".." in Path(name).parts:',
        "if False:",
    ),
    Promise(
        8,
        "data is only data: a manifest in a store leads nowhere else",
        "tests/store/test_s3_faults.py::test_a_manifest_that_leads_outside_is_not_followed",
        "pipeline/store/remote.py",
        "if strange or not _RUN.fullmatch(manifest.run_id):",
        "if False:",
    ),
    Promise(
        8,
        "data is only data: a report shows it as text",
        "tests/store/test_report.py::test_hostile_texts_are_shown_as_text",
        "pipeline/store/page.py",
        'html.escape(_UNSHOWN.sub("\\ufffd", str(value)))',
        "str(value)",
    ),
    Promise(
        8,
        "data is only data: a changed manifest is not believed",
        "tests/store/test_manifest.py::test_no_flipped_bit_is_read",
        "pipeline/store/manifest.py",
        "if end != hashlib.sha256(told).hexdigest().encode() + _END:",
        "if False:",
    ),
)


def without(promise: Promise, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the test of a promise in a copy of the project, without the line that keeps it."""
    for name in ("pipeline", "flows", "tests", "pyproject.toml"):
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder)
    file = folder / promise.file
    file.write_text(file.read_text(encoding="utf-8").replace(promise.line, promise.instead), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", promise.test]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promise", type=int, action="append", help="number of a promise (default: all)")
    args = parser.parse_args(words)
    unkept = 0
    for promise in PROMISES:
        if args.promise and promise.number not in args.promise:
            continue
        with tempfile.TemporaryDirectory() as folder:
            done = without(promise, Path(folder))
        failed = done.returncode == 1 and " failed" in done.stdout
        unkept += not failed
        told = "fails" if failed else f"does not fail ({done.stdout[-300:]})"
        print(f"{promise.number}. {promise.what}: without its line in {promise.file} {promise.test} {told}", flush=True)
    return 1 if unkept else 0


if __name__ == "__main__":
    sys.exit(main())
