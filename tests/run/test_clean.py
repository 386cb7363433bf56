"""The promises that a whole run keeps."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from pipeline.config import Config, MatchConfig, RunConfig, StripConfig
from pipeline.errors import OtherConfig, Refused, StorageFailed, Unbalanced
from pipeline.run import job as driver
from pipeline.run import workers as pool
from pipeline.run.clean import clean_folder
from pipeline.run.events import Recovered
from pipeline.store.corpus import read_corpus
from tests.run.stories import records, write_jsonl, write_raw


def parquet(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def settled(folder: Path) -> dict[str, set[tuple[object, ...]]]:
    """What became of every record, without the names of the runs."""
    corpus = read_corpus(folder)
    columns = {
        "documents": ["id", "file_path", "record", "text", "text_sha256"],
        "duplicates": ["id", "duplicate_of", "relation", "similarity", "text"],
        "superseded": ["id", "superseded_by", "similarity"],
        "removals": ["id", "rule", "start", "end", "text"],
        "rejections": ["id", "reason"],
        "quarantine": ["id", "reason", "detail"],
    }
    return {
        name: {tuple(row.values()) for row in corpus.table(name, wanted).to_pylist()}
        for name, wanted in columns.items()
    }


def test_every_record_has_one_end(tmp_path):
    raw = write_raw(tmp_path / "raw")
    with (raw / "part-1.jsonl").open("a") as file:
        file.write('{"id": "broken\n{"id": "empty", "text": "  "}\n')
    outcome = clean_folder(raw, tmp_path / "clean")
    counts = outcome.manifest.counts
    assert counts.read == 102
    assert counts.balances()
    assert (counts.rejected_by_reason, counts.quarantined_by_reason) == ({"empty": 1}, {"bad-json": 1})
    assert min(counts.documents, counts.duplicates, counts.superseded) > 5
    corpus = read_corpus(tmp_path / "clean")
    ids = [
        identity
        for name in ("documents", "duplicates", "rejections", "quarantine")
        for identity in corpus.table(name, ["id"])["id"].to_pylist()
    ]
    assert len(ids) == len(set(ids)) == 102


def test_the_sample_holds_every_relation(tmp_path):
    clean_folder(write_raw(tmp_path / "raw"), tmp_path / "clean")
    relations = set(read_corpus(tmp_path / "clean").table("duplicates")["relation"].to_pylist())
    assert relations >= {"exact", "near", "contained"}


def test_bytes_do_not_depend_on_workers_or_batches(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw")
    monkeypatch.setattr(pool, "_WORTH_A_WORKER", 1)
    clean_folder(raw, tmp_path / "one", Config(run=RunConfig(workers=1)))
    clean_folder(raw, tmp_path / "two", Config(run=RunConfig(workers=2, batch_records=3)))
    clean_folder(raw, tmp_path / "tiny", Config(run=RunConfig(workers=1, batch_bytes=1024)))
    assert parquet(tmp_path / "one") == parquet(tmp_path / "two") == parquet(tmp_path / "tiny")
    assert read_corpus(tmp_path / "two").manifests[0].workers == 2


def test_bytes_do_not_depend_on_where_the_folder_stands(tmp_path):
    raw = write_raw(tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean")
    shutil.copytree(raw, tmp_path / "else" / "where")
    clean_folder(sorted((tmp_path / "else" / "where").iterdir(), reverse=True), tmp_path / "again")
    assert parquet(tmp_path / "clean") == parquet(tmp_path / "again")


@pytest.mark.parametrize("seed", range(6))
def test_in_instalments_as_at_once(tmp_path, seed):
    files = 5
    raw = write_raw(tmp_path / "raw", seed=seed, files=files, each=14)
    clean_folder(raw, tmp_path / "once")
    for number in range(files):
        part = tmp_path / "arrived"
        part.mkdir(exist_ok=True)
        shutil.copy2(raw / f"part-{number}.jsonl", part)
        clean_folder(part, tmp_path / "parts")
    assert len(read_corpus(tmp_path / "parts").manifests) == files
    assert settled(tmp_path / "once") == settled(tmp_path / "parts")


def test_a_second_run_with_nothing_new_writes_nothing(tmp_path):
    raw = write_raw(tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean")
    before = parquet(tmp_path / "clean")
    again = clean_folder(raw, tmp_path / "clean")
    assert again.manifest is None
    assert len(again.plan.unchanged) == 4
    os.utime(raw / "part-0.jsonl", ns=(1, 1))
    touched = clean_folder(raw, tmp_path / "clean")
    assert touched.manifest is None
    assert parquet(tmp_path / "clean") == before


def test_a_new_file_is_worked_on_alone_against_the_whole_corpus(tmp_path):
    raw = write_raw(tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean")
    before = parquet(tmp_path / "clean")
    copy = json.loads((raw / "part-0.jsonl").read_text().splitlines()[0])
    write_jsonl(raw / "part-9.jsonl", [{**copy, "id": "late"}])
    outcome = clean_folder(raw, tmp_path / "clean")
    assert (outcome.manifest.counts.read, outcome.manifest.counts.duplicates) == (1, 1)
    after = parquet(tmp_path / "clean")
    assert before.items() <= after.items()
    first = read_corpus(tmp_path / "clean").table("documents").to_pylist()[0]
    late = read_corpus(tmp_path / "clean").table("duplicates").to_pylist()[-1]
    assert (late["source_id"], late["duplicate_of"]) == ("late", first["id"])


def test_a_file_that_grew_gives_its_new_records_only(tmp_path):
    items = records(3, 30)
    raw = tmp_path / "raw"
    write_jsonl(raw / "feed.jsonl", items[:20])
    clean_folder(raw, tmp_path / "clean")
    write_jsonl(raw / "feed.jsonl", items)
    outcome = clean_folder(raw, tmp_path / "clean")
    assert (outcome.manifest.counts.read, outcome.manifest.counts.seen_before) == (10, 20)
    write_jsonl(tmp_path / "whole" / "feed.jsonl", items)
    clean_folder(tmp_path / "whole", tmp_path / "once")
    assert settled(tmp_path / "once") == settled(tmp_path / "clean")


def test_another_configuration_is_refused_and_names_what_differs(tmp_path):
    raw = write_raw(tmp_path / "raw", files=1)
    clean_folder(raw, tmp_path / "clean")
    write_raw(raw, seed=2, files=2)
    with pytest.raises(OtherConfig, match=r"match\.jaccard: 0\.7 → 0\.8(?s:.*)--reprocess"):
        clean_folder(raw, tmp_path / "clean", Config(match=MatchConfig(jaccard=0.8)))
    clean_folder(raw, tmp_path / "clean", Config(run=RunConfig(workers=1, batch_records=2)))


def test_reprocessing_gives_what_a_first_run_gives(tmp_path):
    raw = write_raw(tmp_path / "raw", files=2)
    clean_folder(raw / "part-0.jsonl", tmp_path / "clean")
    clean_folder(raw, tmp_path / "clean")
    config = Config(match=MatchConfig(jaccard=0.8))
    clean_folder(raw, tmp_path / "clean", config, reprocess=True)
    clean_folder(raw, tmp_path / "fresh", config)
    assert parquet(tmp_path / "clean") == parquet(tmp_path / "fresh")
    assert len(read_corpus(tmp_path / "clean").manifests) == 1


def test_reprocessing_loses_nothing_unasked(tmp_path):
    raw = write_raw(tmp_path / "raw", files=2)
    clean_folder(raw, tmp_path / "clean")
    before = parquet(tmp_path / "clean")
    (raw / "part-0.jsonl").unlink()
    with pytest.raises(Refused, match=r"part-0\.jsonl(?s:.*)--forget-missing"):
        clean_folder(raw, tmp_path / "clean", reprocess=True)
    assert parquet(tmp_path / "clean") == before
    outcome = clean_folder(raw, tmp_path / "clean", reprocess=True, forget_missing=True)
    assert outcome.manifest.counts.read == 25


def test_a_dry_run_writes_nothing(tmp_path):
    outcome = clean_folder(write_raw(tmp_path / "raw"), tmp_path / "clean", dry_run=True)
    assert len(outcome.plan.new) == 4
    assert not (tmp_path / "clean").exists()


def test_duplicates_can_be_kept_and_labelled(tmp_path):
    raw = write_raw(tmp_path / "raw")
    dropped = clean_folder(raw, tmp_path / "dropped").manifest.counts
    config = Config(match=MatchConfig(keep_duplicates=True))
    labelled = clean_folder(raw, tmp_path / "labelled", config).manifest.counts
    assert (labelled.documents, labelled.duplicates) == (dropped.documents, dropped.duplicates)
    corpus = read_corpus(tmp_path / "labelled")
    rows = corpus.table("documents", ["id", "duplicate_of"]).to_pylist()
    assert len(rows) == 100
    named = {row["id"]: row["duplicate_of"] for row in corpus.table("duplicates").to_pylist()}
    assert {row["id"]: row["duplicate_of"] for row in rows if row["duplicate_of"]} == named
    write_jsonl(raw / "part-9.jsonl", records(1, 3))
    late = clean_folder(raw, tmp_path / "labelled", config).manifest.counts
    assert late.duplicates == 3


def test_carriers_are_counted_with_their_sites(tmp_path):
    text = records(1, 1)[0]["text"]
    items = [{"id": str(n), "text": text, "url": f"https://www.site{n % 2}.example/{n}"} for n in range(4)]
    write_jsonl(tmp_path / "raw" / "a.jsonl", items)
    clean_folder(tmp_path / "raw", tmp_path / "clean")
    row = read_corpus(tmp_path / "clean").table("documents").to_pylist()[0]
    assert (row["carriers"], row["carrier_sites"]) == (3, ["site0.example", "site1.example"])


def test_a_failure_leaves_the_corpus_as_it_was(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw", files=1)
    clean_folder(raw, tmp_path / "clean")
    before = {path: path.read_bytes() for path in (tmp_path / "clean").rglob("*") if path.is_file()}
    write_raw(raw, seed=2, files=3)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "part-00000.parquet")

    monkeypatch.setattr(driver, "write_tables", full)
    with pytest.raises(StorageFailed, match=r"part-00000\.parquet: the disk is full.*as it was.*run again"):
        clean_folder(raw, tmp_path / "clean")
    after = {path: path.read_bytes() for path in (tmp_path / "clean").rglob("*") if path.is_file()}
    assert {path: data for path, data in after.items() if path.name != ".lock"} == {
        path: data for path, data in before.items() if path.name != ".lock"
    }


def test_a_run_that_does_not_balance_fails(tmp_path, monkeypatch):
    write = driver.write_tables

    def losing(*args, **kwargs):
        tally = write(*args, **kwargs)
        tally.documents -= 1
        return tally

    monkeypatch.setattr(driver, "write_tables", losing)
    with pytest.raises(Unbalanced, match="does not add up"):
        clean_folder(write_raw(tmp_path / "raw"), tmp_path / "clean")
    assert not (tmp_path / "clean" / "documents").exists()


def test_what_a_killed_run_staged_is_removed_and_told(tmp_path):
    raw = write_raw(tmp_path / "raw")
    left = tmp_path / "clean" / ".staging" / "run-99999"
    left.mkdir(parents=True)
    told = []
    clean_folder(raw, tmp_path / "clean", listen=told.append)
    assert [event for event in told if isinstance(event, Recovered)]
    assert not left.exists()
    assert not any((tmp_path / "clean" / ".staging").iterdir())


def test_the_manifest_says_all_that_was_written(tmp_path):
    outcome = clean_folder(write_raw(tmp_path / "raw"), tmp_path / "clean", Config(strip=StripConfig(keep=("byline",))))
    manifest = outcome.manifest
    assert manifest.config["strip"]["keep"] == ["byline"]
    assert {entry.path for entry in manifest.files} == set(parquet(tmp_path / "clean"))
    assert sum(entry.rows for entry in manifest.files if entry.path.startswith("documents/")) == (
        manifest.counts.documents
    )
    assert {"plan", "clean", "match", "write"} <= set(manifest.seconds)
    assert (tmp_path / "clean" / "runs" / manifest.run_id / "report.html").exists()


def test_the_output_inside_the_input_is_not_read(tmp_path):
    raw = write_raw(tmp_path / "raw")
    clean_folder(raw, raw / "clean")
    again = clean_folder(raw, raw / "clean")
    assert again.manifest is None
    assert len(again.plan.unchanged) == 4


def test_names_that_are_no_utf8_are_remembered(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for number, name in enumerate((b"bad\xff.txt", b"bad\xfe.txt")):
        path = Path(os.fsdecode(os.fsencode(raw) + b"/" + name))
        path.write_text(f"The council met on day {number} and voted.")
        os.utime(path, (1, 1))
    outcome = clean_folder(raw, tmp_path / "clean")
    assert outcome.manifest is not None
    assert outcome.manifest.counts.documents == 2
    assert len((tmp_path / "clean/.cache/inputs.jsonl").read_bytes().splitlines()) == 1 + 2
    assert len(clean_folder(raw, tmp_path / "clean").plan.unchanged) == 2


def test_a_disk_that_fills_up_after_the_commit_is_told_so(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_raw(tmp_path / "raw", files=1)
    with monkeypatch.context() as patch:
        patch.setattr(driver, "write_card", full)
        with pytest.raises(
            StorageFailed, match=r"the disk is full\. Run 000001-\w+ is committed and whole; only the card"
        ):
            clean_folder(tmp_path / "raw", tmp_path / "clean")
    assert clean_folder(tmp_path / "raw", tmp_path / "clean").manifest is None
    assert (tmp_path / "clean/README.md").exists()
