"""What is said of a command line that makes no sense: what is wrong, what was allowed, what next."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.arguments import WrongUsage, command_parser, did_you_mean, parse_words
from pipeline.cli.main import COMMANDS, main
from tests.cli.program import environment


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("claen raw", "winnow: there is no command 'claen'; did you mean clean?\nCommands:\n  clean  "),
        ("frobnicate", "winnow: there is no command 'frobnicate'\nCommands:\n  clean  "),
        ("--hlep", "winnow: there is no option --hlep before a command; did you mean --help? Usage: winnow COMMAND"),
        (
            "--json status clean",
            "winnow: there is no option --json before a command; it stands after one, as in winnow clean … --json.",
        ),
        ("clean raw --otu x", "winnow: clean: there is no option --otu; did you mean --out? `winnow clean --help`"),
        ("clean raw --otu=x", "winnow: clean: there is no option --otu; did you mean --out? `winnow clean --help`"),
        ("clean raw --zzzzzz", "winnow: clean: there is no option --zzzzzz. `winnow clean --help` tells more."),
        ("clean raw --keep", "winnow: clean: there is no option --keep"),
        ("clean", "winnow: clean: the following arguments are required: RAW. `winnow clean --help` tells more."),
        ("clean raw --out", "winnow: clean: argument --out: expected one argument."),
        ("clean raw -q -v", "winnow: clean: argument -v/--verbose: not allowed with argument -q/--quiet."),
        ("explain clean", "winnow: explain: the following arguments are required: ID."),
        ("status", "winnow: status: the following arguments are required: CLEAN."),
        ("status a b", "winnow: status: 'b' is one word too many."),
        ("export clean", "winnow: export: the following arguments are required: --out."),
        (
            "export clean --out x --format jsn",
            "winnow: export: argument --format: 'jsn' is not one of parquet, jsonl; did you mean jsonl?",
        ),
        *[
            (
                f"clean raw --workers {wrong}",
                f"winnow: clean: argument --workers: {wrong!r} is not a number of processes; give 1 to 1024, or leave "
                "it out for one a processor.",
            )
            for wrong in ("0", "-3", "many", "1.5", "99999", "²")
        ],
    ],
)
def test_a_wrong_word_is_named_with_what_was_meant(capsys, words, told):
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert "Traceback" not in err


def test_a_path_given_as_a_command_is_offered_to_clean(capsys, tmp_path):
    assert main([str(tmp_path)]) == 2
    assert f"did you mean `winnow clean {tmp_path}`?" in capsys.readouterr().err


def test_a_path_that_looks_like_an_option_is_told_how_to_be_written(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-odd").mkdir()
    assert main(["clean", "-odd"]) == 2
    assert "there is no option -odd; the path is written ./-odd." in capsys.readouterr().err


def parsed(line: str) -> Namespace:
    name, *words = line.split()
    return parse_words(command_parser(next(command for command in COMMANDS if command.name == name)), words)


def test_options_and_paths_stand_in_any_order():
    assert parsed("clean a b --out c --dry-run") == parsed("clean --dry-run a --out c b")
    assert parsed("clean a --out=c") == parsed("clean --out c a")
    assert parsed("explain --json clean 3f") == parsed("explain clean 3f --json")


def test_after_two_dashes_all_are_paths():
    assert parsed("clean -- -a --out").raw == ["-a", "--out"]


def test_the_corpus_is_clean_unless_said():
    assert parsed("clean raw").out == "clean"


WORDS = st.lists(
    st.one_of(
        st.sampled_from(["--out", "--json", "-q", "-v", "--workers", "3", "raw", "--", "-", "", "--format", "jsonl"]),
        st.text(max_size=8),
        st.text(max_size=6).map("--{}".format),
    ),
    max_size=6,
).filter(lambda words: not {"-h", "--help"} & set(words))


@given(st.sampled_from(COMMANDS), WORDS)
def test_any_words_are_understood_or_named_wrong(command, words):
    try:
        parse_words(command_parser(command), words)
    except WrongUsage as error:
        wrong: str | None = str(error)
    else:
        wrong = None
    if wrong is not None:
        assert wrong.startswith(f"{command.name}: ")
        assert wrong.endswith(f"`winnow {command.name} --help` tells more.")


@given(st.text(), st.lists(st.text()))
def test_only_known_words_are_suggested(word, known):
    hint = did_you_mean(word, known)
    assert hint == "" or hint.removeprefix("; did you mean ").removesuffix("?") in known


@pytest.mark.parametrize(("words", "status"), [(["--version"], 0), (["status", "nowhere"], 2)])
def test_the_process_ends_with_the_status_and_all_that_is_to_be_done_at_its_end(tmp_path, words, status):
    program = (
        "import atexit, sys; from pipeline.cli.main import program\n"
        "atexit.register(print, 'the end'); sys.stdout.write('first\\n'); program()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status
    assert done.stdout.startswith("first\n")
    assert done.stdout.endswith("the end\n")
