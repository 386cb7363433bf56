"""The summary tells the manifest's counts, in every form, and shows nothing as markup."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.cli.summary import one_line, print_summary, render_summary, summarise, summary_markdown, summary_text
from pipeline.read.listing import InputFile, InputFiles
from pipeline.run.job import Outcome
from pipeline.run.plan import Plan, SeenIds
from pipeline.store.manifest import CountsEntry, InputsEntry, Manifest

COUNTS = CountsEntry(
    read=1240,
    documents=1000,
    duplicates=200,
    rejected=30,
    quarantined=10,
    seen_before=0,
    superseded=0,
    duplicates_by_relation={"contained": 20, "exact": 150, "near": 30},
    rejected_by_reason={"empty": 30},
    quarantined_by_reason={"bad-json": 10},
    removals_by_kind={"byline": 3, "newsletter": 700},
    chars_before=2_000_000,
    chars_after=1_500_000,
)


def outcome(counts: CountsEntry = COUNTS, clean: Path = Path("corpora/clean")) -> Outcome:
    manifest = Manifest(
        run_id="000001-abc",
        sequence=1,
        previous=None,
        schema_version=1,
        versions={},
        config_hash="",
        config={},
        index={},
        inputs=InputsEntry(sources=("raw",), files=7, bytes=4_200_000, digest="", files_unchanged=0),
        counts=counts,
        files=(),
        started="2024-05-01T10:00:00+00:00",
        finished="2024-05-01T10:01:05+00:00",
        workers=2,
        seconds={},
    )
    return Outcome(manifest, Plan(files([]), files([]), SeenIds()), clean)


def files(paths: Iterable[str]) -> InputFiles:
    return InputFiles((InputFile(path, path, 2_500_000, None, is_local=True), "") for path in paths)


def shown(of: Outcome, width: int = 100) -> str:
    stream = io.StringIO()
    Console(file=stream, force_terminal=True, color_system=None, width=width).print(render_summary(of))
    return stream.getvalue()


def test_one_line():
    assert one_line(outcome()) == "1,240 records read: 1,000 kept, 200 duplicates, 30 rejected, 10 quarantined"


@pytest.mark.parametrize("form", [summary_text, summary_markdown, shown])
def test_every_form_tells_the_account_and_where_to_look_next(form):
    told = form(outcome()).replace("\\", "")
    for wanted in (
        "1,240",
        "7 files, 4.2 MB",
        "80.6% of the records",
        "150 exact, 30 near, 20 contained",
        "30 empty",
        "10 bad-json",
        "500,000",
        "25.0% of 2,000,000",
        "2 workers; run 000001-abc",
        "703 in all",
        "newsletter",
        "corpora/clean/runs/000001-abc/report.html",
        "corpora/clean/quarantine",
        "winnow explain corpora/clean ID",
    ):
        assert wanted in told
    assert told.index("newsletter") < told.index("byline")
    assert "superseded" not in told


@pytest.mark.parametrize(("name", "table"), [("duplicates", "duplicates"), ("rejected", "rejections")])
def test_nothing_leads_to_a_table_that_is_not_there(name, table):
    of = outcome(COUNTS.model_copy(update={name: 0}))
    assert f"corpora/clean/{table}" not in summary_text(of)
    assert f"corpora/clean/{table}" in summary_text(outcome())


def test_what_only_some_runs_have():
    told = summary_text(outcome(COUNTS.model_copy(update={"superseded": 4, "seen_before": 5})))
    assert re.search(r"superseded +4 ", told)
    assert re.search(r"seen before +5 ", told)


@pytest.mark.parametrize(
    ("new", "unchanged", "dry_run", "told"),
    [
        ((), ("a", "b"), False, "nothing new: 2 files unchanged"),
        (("a",), (), False, "nothing new: 1 changed file held only records seen before"),
        (("a", "b"), ("c",), True, "2 files would be read (5.0 MB), 1 file unchanged; nothing was written"),
    ],
)
def test_a_run_that_wrote_nothing(new, unchanged, dry_run, told):
    plan = Plan(files(new), files(unchanged), SeenIds())
    of = Outcome(None, plan, Path("clean"))
    assert summary_text(of, dry_run=dry_run) == told
    assert one_line(of, dry_run=dry_run) == told


def test_names_are_never_markup():
    of = outcome(COUNTS.model_copy(update={"quarantined_by_reason": {"[red]|*x*<b>": 10}}), Path("a [bold] folder"))
    assert "[red]|*x*<b>" in shown(of)
    assert "winnow explain 'a [bold] folder' ID" in shown(of)
    assert r"\[red\]\|\*x\*\<b\>" in summary_markdown(of)


def test_long_paths_are_whole_on_a_narrow_terminal():
    clean = Path("corpora") / ("deep-" * 20)
    assert f"{clean}/documents" in re.sub(r"\s+", "", shown(outcome(clean=clean), width=60))


def test_print_summary_is_plain_where_no_terminal_reads_it(capsys, monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    print_summary(outcome())
    assert capsys.readouterr().out == summary_text(outcome()) + "\n"


def test_print_summary_draws_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_summary(outcome())
    assert "▇" in capsys.readouterr().out


NUMBERS = st.integers(0, 10**9)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.dictionaries(st.sampled_from(["title", "share", "login"]), NUMBERS))
def test_the_account_is_the_manifests(documents, duplicates, rejected, quarantined, removals):
    counts = COUNTS.model_copy(
        update={
            "read": documents + duplicates + rejected + quarantined,
            "documents": documents,
            "duplicates": duplicates,
            "rejected": rejected,
            "quarantined": quarantined,
            "removals_by_kind": removals,
        }
    )
    lines = {line.name: line.number for line in summarise(outcome(counts)).lines}
    assert lines["read"] == sum(lines[name] for name in ("kept", "duplicates", "rejected", "quarantined"))
    assert {line.name: line.number for line in summarise(outcome(counts)).removals} == {
        kind: spans for kind, spans in removals.items() if spans
    }
    summary_text(outcome(counts))
    shown(outcome(counts))
