"""What the command line says of itself, and what that costs."""

from __future__ import annotations

import re
import resource
import subprocess
import sys

import pytest

from pipeline.cli.arguments import command_parser
from pipeline.cli.main import COMMANDS, main
from tests.cli.program import REPOSITORY, arguments, environment, winnow

README = REPOSITORY / "README.md"

# A person waits for what takes longer than this; what costs is importing, so none of these may be loaded.
CPU_SECONDS = 0.15
HEAVY = ("pydantic", "pyarrow", "numpy", "pandas", "rich", "trafilatura", "numba", "prefect", "fsspec")


def cpu_seconds(words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=environment(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("words", [["--help"], ["clean", "--help"], ["--version"], []])
def test_help_is_cheap(words):
    assert min(cpu_seconds(arguments(*words)) for _ in range(4)) <= CPU_SECONDS


@pytest.mark.parametrize("words", [["--help"], ["clean", "--help"], ["clean", "--workers", "0", "raw"]])
def test_help_and_usage_import_nothing_heavy(words):
    told = f"import sys; from pipeline.cli.main import main; main({words!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told], env=environment(), capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    modules = set(done.stderr.split())
    assert "pipeline.cli.clean" in modules
    assert not modules & set(HEAVY)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_every_command_is_listed(capsys, words):
    assert main(words) == 0
    told = capsys.readouterr()
    assert told.err == ""
    for command in COMMANDS:
        assert f"  {command.name}" in told.out
        assert command.summary in told.out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_has_a_description_and_working_examples(capsys, command):
    assert main([command.name, "--help"]) == 0
    told = capsys.readouterr().out
    assert " ".join(command.description.split()) in " ".join(told.split())
    assert f"usage: winnow {command.name} {command.usage}" in told
    assert command.examples
    for example in command.examples:
        assert example.startswith(f"winnow {command.name}")
        assert f"  {example}\n" in told + "\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_summaries_begin_with_a_verb_in_lower_case_and_are_one_line(command):
    assert re.fullmatch(r"[a-z]+ [^\n]{5,80}", command.summary)
    assert not command.summary.endswith(".")


@pytest.mark.skipif(not README.exists(), reason="an installed package has no README beside it")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_is_in_the_readme_with_all_its_options(command):
    found = re.search(rf"^#+ `?winnow {command.name}`?$(.*?)(?=^#|\Z)", readme(), re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no heading `winnow {command.name}`"
    parser = command_parser(command)
    told = set(re.findall(r"--[a-z-]+", parser.format_help().split("examples:")[0]))
    assert [name for name in told - {"--help"} if name not in found[1]] == []


@pytest.mark.skipif(not README.exists(), reason="an installed package has no README beside it")
def test_the_readme_has_no_command_that_is_not_there():
    told = set(re.findall(r"^#+ `?winnow ([a-z]+)`?$", readme(), re.MULTILINE))
    assert told == {command.name for command in COMMANDS}


def readme() -> str:
    return README.read_text(encoding="utf-8")


def test_version():
    done = winnow("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"winnow \d\S*\n", done.stdout)
