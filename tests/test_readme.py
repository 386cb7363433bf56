"""What the README says is so: its commands run as written, and its example is what comes out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import read_corpus

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
FERRY = "harbour-gazette.example/2026-04-14-ferry.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "raw", folder / "raw")
    return folder


def test_there_are_commands_to_run():
    assert len([language for language, _ in BLOCKS if language == "sh"]) >= 5
    assert len([language for language, _ in BLOCKS if language == "python"]) >= 4


# One test for all, since a later command reads what an earlier one wrote.
def test_commands_run_as_written(folder):
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
    }
    for language, block in BLOCKS:
        command = ["bash", "-euo", "pipefail", "-c", block] if language == "sh" else [sys.executable, "-c", block]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


def test_the_example_is_what_comes_out(tmp_path):
    clean_folder(ROOT / "raw", tmp_path / "clean")
    corpus = read_corpus(tmp_path / "clean")
    (row,) = [row for row in corpus.table("documents").to_pylist() if row["file_path"] == FERRY]
    cells = [row["id"][:8] + "…", row["title"], row["language"], row["chars_before"], row["chars_after"]]
    line = next(line for line in README.splitlines() if line.startswith(f"| `{cells[0]}` "))
    assert [cell for cell in map(str, cells[1:]) if cell not in line] == []
    removals = [cut for cut in corpus.table("removals").to_pylist() if cut["id"] == row["id"]]
    for cut in removals:
        assert f"| {cut['rule']} | {cut['kind']} | {cut['start']} | {cut['end']} |" in README
        assert f"~~{cut['text'].strip()}~~" in README
    assert README.count("~~") == 2 * len(removals)


def test_the_pairs_are_what_comes_out(tmp_path, monkeypatch, capsys):
    clean_folder(ROOT / "raw", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^winnow (pairs .*)$", README, re.MULTILINE)
    assert main(command.split()) == 0
    assert f"```\n{capsys.readouterr().out}```\n" in README


def test_what_it_links_to_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
