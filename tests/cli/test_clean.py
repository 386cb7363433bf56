"""`winnow clean`, as a person and as a program call it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from unittest.mock import ANY

import pytest

from pipeline.cli import clean
from pipeline.cli.main import main
from pipeline.run.account import STAGES
from pipeline.store.corpus import read_corpus
from tests.run.stories import write_raw


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_raw(tmp_path / "raw", files=2, each=15)


def test_a_run_ends_with_its_summary(capsys, tmp_path, raw):
    assert main(["clean", str(raw), "--out", str(tmp_path / "clean")]) == 0
    out, err = capsys.readouterr()
    assert re.search(r"30 records read: \d+ kept", out)
    assert err.splitlines()[0].startswith("Reading 2 files, ")
    assert err.splitlines()[1:] == [
        *("Learning what sites repeat", "Comparing documents", "Writing tables", "Committing")
    ]


def test_nothing_new_says_so(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean")]
    main(words)
    capsys.readouterr()
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out == f"Nothing new: 2 files hold what was read before. The corpus in {tmp_path / 'clean'} is up to date.\n"
    assert err == ""


def test_the_corpus_goes_to_clean_unless_said(capsys, tmp_path, raw, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["clean", str(raw), "-q"]) == 0
    assert len(read_corpus(tmp_path / "clean").manifests) == 1
    assert capsys.readouterr() == ("", "")


def test_verbose_tells_the_time_of_each_stage(capsys, tmp_path, raw):
    assert main(["clean", str(raw), "--out", str(tmp_path / "clean"), "-v"]) == 0
    out = capsys.readouterr().out
    assert "Time by stage:" in out
    for stage in ("plan", "clean", "match", "write", "decode", "strip"):
        assert re.search(rf"^  {stage} +\d[\d.]* (s|min)", out, re.MULTILINE), stage


def test_json_is_the_manifest(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "--json"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    manifest = read_corpus(tmp_path / "clean").manifests[0]
    # The file bears its digest, too.
    assert {**told, "sha256": ANY} == json.loads(manifest.to_json())
    assert list(told) == list(type(manifest).model_fields)
    assert [json.loads(line)["event"] for line in err.splitlines()] == [
        *["planned", "stage", "progress"],
        *["stage"] * 4,
    ]
    assert main(words) == 0
    again = json.loads(capsys.readouterr().out)
    assert again == {"nothing_new": True, "files_unchanged": 2, "clean": str(tmp_path / "clean")}


def test_json_and_quiet_is_json_alone(capsys, tmp_path, raw):
    assert main(["clean", str(raw), "--out", str(tmp_path / "clean"), "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["counts"]["read"] == 30
    assert err == ""


def test_a_dry_run_lists_what_would_be_read_and_writes_nothing(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "--dry-run"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(
        r" *[\d.]+ kB  part-0.jsonl\n *[\d.]+ kB  part-1.jsonl\n2 files, [\d.]+ kB, would be read into .*\.\n", out
    )
    assert err == ""
    assert not (tmp_path / "clean").exists()
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [file["file_path"] for file in told["files"]] == ["part-0.jsonl", "part-1.jsonl"]
    assert told["dry_run"] is True
    assert told["bytes"] == sum(file["size"] for file in told["files"])


def test_a_dry_run_with_nothing_new_says_so(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean")]
    main([*words, "-q"])
    assert main([*words, "--dry-run"]) == 0
    assert capsys.readouterr().out == "Nothing would be read: 2 files hold what was read before.\n"


def test_options_win_over_the_file(capsys, tmp_path, raw):
    (tmp_path / "winnow.toml").write_text("[run]\nworkers = 7\n[match]\njaccard = 0.8\n")
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "--config", str(tmp_path / "winnow.toml"), "--json"]
    assert main([*words, "--workers", "1", "--keep-duplicates"]) == 0
    config = json.loads(capsys.readouterr().out)["config"]
    assert (config["run"]["workers"], config["match"]["keep_duplicates"], config["match"]["jaccard"]) == (1, True, 0.8)


def test_another_configuration_is_refused_with_what_differs(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "-q"]
    main(words)
    assert main([*words, "--keep-duplicates"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"winnow: {tmp_path / 'clean'}: was made with another configuration")
    assert "match.keep_duplicates: False → True" in err
    assert main([*words, "--keep-duplicates", "--reprocess"]) == 0


def test_gone_files_stop_a_reprocessing_unless_they_are_to_be_forgotten(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "-q"]
    main(words)
    (raw / "part-1.jsonl").unlink()
    assert main([*words, "--reprocess"]) == 2
    assert "part-1.jsonl" in (told := capsys.readouterr().err)
    assert "--forget-missing" in told
    assert main([*words, "--reprocess", "--forget-missing"]) == 0
    assert read_corpus(tmp_path / "clean").manifests[0].counts.read == 15


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_is_told_without_a_traceback(capsys, tmp_path, as_json):
    missing = tmp_path / "nowhere"
    assert main(["clean", str(missing), "--out", str(tmp_path / "clean"), *["--json"] * as_json]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    if as_json:
        told = json.loads(err)
        assert (told["event"], told["kind"]) == ("error", "SourceMissing")
        assert str(missing) in told["message"]
    else:
        assert err.startswith("winnow: ")
        assert str(missing) in err


def test_profile_tells_where_the_time_went(capsys, tmp_path, raw):
    assert main(["clean", str(raw), "--out", str(tmp_path / "clean"), "--profile"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith("Processor time"))) + 1 :]
    names = [line[:15].strip() for line in table[:-1]]
    assert names[0] == "stage"
    assert names[1] == "start"
    assert names[-2:] == ["not accounted", "in all"]
    assert table[-1].startswith("Most memory: main process ")
    rows = {name: line[15:].split() for name, line in zip(names, table[:-1], strict=True)}
    whole = float(rows["in all"][0])
    assert rows["in all"][1] == "100.0%"
    assert sum(float(rows[name][0]) for name in names[1:-1]) == pytest.approx(whole, abs=0.005 * len(STAGES))

    arguments = ["clean", str(raw), "--out", str(tmp_path / "again"), "--json", "--profile"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)["profile"]
    assert list(told["seconds"]) == list(STAGES)
    assert sum(told["seconds"].values()) + told["unaccounted"] == pytest.approx(told["total"], abs=0.02)
    assert told["records"] == 30
    assert main([*arguments[:-1], "--reprocess"]) == 0
    assert "profile" not in json.loads(capsys.readouterr().out)


def test_verbose_tells_where_an_error_came_from(capsys, tmp_path):
    assert main(["clean", str(tmp_path / "nowhere"), "--out", str(tmp_path / "clean"), "--verbose"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert "\nwinnow: " in err


def test_a_folder_that_is_no_corpus_is_not_touched(capsys, tmp_path, raw):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert main(["clean", str(raw), "--out", str(tmp_path / "mine")]) == 2
    assert "is not a corpus of Winnow (found thesis.txt), and nothing in it was touched" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ZeroDivisionError("division by zero"),
            "ZeroDivisionError: division by zero\nThis is a defect of Winnow",
        ),
        (MemoryError(), "the memory of this machine is used up. Run again with fewer workers (--workers 1)."),
        (
            PermissionError(13, "Permission denied", "clean"),
            "clean: Permission denied. Mend that and run again.",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_errors_say_whose_they_are(capsys, tmp_path, monkeypatch, error, told):
    def fail(*_):
        raise error

    monkeypatch.setattr(clean, "_configured", fail)
    assert main(["clean", "raw", "--out", str(tmp_path / "clean")]) == 1
    err = capsys.readouterr().err
    assert f"winnow: {told}" in err
    assert err.startswith("Traceback") == isinstance(error, ZeroDivisionError)


def test_a_program_is_told_of_a_defect_in_one_line(capsys, tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(clean, "_configured", fail)
    assert main(["clean", "raw", "--out", str(tmp_path / "clean"), "--json"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["kind"]) == ("error", "ZeroDivisionError")
    assert told["traceback"].startswith("Traceback")


def test_a_dry_run_of_reprocessing_lists_everything(capsys, tmp_path, raw):
    words = ["clean", str(raw), "--out", str(tmp_path / "clean"), "--reprocess"]
    main([*words, "-q"])
    assert main([*words, "--dry-run"]) == 0
    assert "2 files, " in capsys.readouterr().out


def test_the_corpus_is_never_its_own_input(capsys, tmp_path, raw):
    words = ["clean", str(tmp_path), "--out", str(tmp_path / "clean"), "--json", "-q"]
    for more in ([], ["--reprocess"], ["--reprocess"]):
        assert main([*words, *more]) == 0
        assert json.loads(capsys.readouterr().out)["inputs"]["files"] == len(list(raw.iterdir())) == 2
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["nothing_new"] is True


def test_forgetting_goes_with_reprocessing(capsys, tmp_path, raw):
    assert main(["clean", str(raw), "--out", str(tmp_path / "clean"), "--forget-missing"]) == 2
    assert capsys.readouterr().err.startswith("winnow: clean: --forget-missing goes with --reprocess")
    assert not (tmp_path / "clean").exists()
