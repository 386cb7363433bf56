"""Patterns that come from the disk match as those that were translated here; each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.cli.program import REPOSITORY, environment

MATCHING = r"""
import re
from pipeline.patterns import keep_patterns
keep_patterns()
made = []
translate = re._compiler._parser.parse
re._compiler._parser.parse = lambda *args: made.append(args) or translate(*args)
dated = re.compile(r"(?P<day>[0-9]{1,2})[./](?P<month>[0-9]+)|(é+)\b", re.IGNORECASE)
found = dated.search("am 24.12")
print(found.groupdict(), found.lastgroup, dated.search("CAFÉ É")[0], dated.flags, dated.groups, dated.pattern)
print(re.compile(rb"[^\x00-\x7f]+").findall("aé".encode()), bool(re.match("É", "é")), bool(re.match("É", "é", re.I)))
print(len(made))
"""


def matched(folder: str) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-c", MATCHING], env={**environment(), "NUMBA_CACHE_DIR": folder}, cwd=REPOSITORY,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.splitlines()


def test_a_pattern_from_the_disk_matches_as_one_that_was_translated(tmp_path):
    *first, translated = matched(os.fspath(tmp_path))
    *second, left = matched(os.fspath(tmp_path))
    assert first == second
    assert first[0].startswith("{'day': '24', 'month': '12'} month É")
    assert (int(translated), int(left)) == (4, 0)
