"""The guard names what a run loses, or stops it before anything is visible."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from rich.console import Console

from pipeline.cli.main import main
from pipeline.cli.summary import render_summary, summarise, summary_markdown, summary_text
from pipeline.config import Config, GuardConfig, RunConfig, config_hash
from pipeline.errors import Aborted, TooMuchLost
from pipeline.inspect.check import check
from pipeline.inspect.status import render_text, status
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.manifest import LossesEntry
from tests.inspect.damage import copied, edit_manifest
from tests.run.stories import story, write_jsonl
from tests.run.test_clean import parquet

TIGHT = GuardConfig(source_loss=0.8, source_fewest=8, cluster_size=15)


def configured(guard: GuardConfig, **more: object) -> Config:
    return Config(run=RunConfig(workers=1), guard=guard.model_copy(update=more))


def record(name: str, site: str, text: str) -> dict[str, str]:
    return {"id": name, "url": f"https://{site}/{name}", "title": f"Title of {name}", "text": text}


def copies(raw: Path, own: int = 10, lost: int = 20) -> Path:
    """A paper of its own stories, and a mirror that runs one of them again and again, beside one of its own."""
    chance = random.Random(1)
    stories = [" ".join(story(chance)) for _ in range(own + 1)]
    write_jsonl(raw / "a-paper.jsonl", [record(f"p{n}", "paper.example", stories[n]) for n in range(own)])
    mirrored = [record(f"m{n}", "mirror.example", stories[0]) for n in range(lost)]
    write_jsonl(raw / "b-mirror.jsonl", [*mirrored, record("mine", "mirror.example", stories[own])])
    return raw


def test_a_run_flags_by_default_and_only_what_is_large(tmp_path):
    raw = copies(tmp_path / "raw", lost=60)
    losses = clean_folder(raw, tmp_path / "clean", Config(run=RunConfig(workers=1))).manifest.losses
    assert [(one.source, one.records, one.duplicates, one.lost) for one in losses.sources] == [
        ("mirror.example", 61, 60, 60)
    ]
    assert losses.clusters == ()
    small = clean_folder(copies(tmp_path / "few"), tmp_path / "small", Config(run=RunConfig(workers=1)))
    assert small.manifest.losses == LossesEntry()
    assert not small.manifest.losses


def test_what_passes_is_named_with_an_example(tmp_path):
    raw = copies(tmp_path / "raw")
    manifest = clean_folder(raw, tmp_path / "clean", configured(TIGHT)).manifest
    corpus = read_corpus(tmp_path / "clean")
    (source,), (cluster,) = manifest.losses.sources, manifest.losses.clusters
    ids = {
        row["source_id"]: row["id"] for name in ("documents", "duplicates") for row in corpus.table(name).to_pylist()
    }
    assert source.example.model_dump() == {
        "id": ids["m0"],
        "title": "Title of m0",
        "file_path": "b-mirror.jsonl",
        "record": 0,
    }
    assert (cluster.id, cluster.title, cluster.duplicates) == (ids["p0"], "Title of p0", 20)
    assert cluster.example == source.example
    assert (manifest.losses.sources_in_all, manifest.losses.clusters_in_all) == (1, 1)


def test_stop_leaves_nothing_and_running_again_works(tmp_path):
    raw, clean = copies(tmp_path / "raw"), tmp_path / "clean"
    with pytest.raises(TooMuchLost) as stopped:
        clean_folder(raw, clean, configured(TIGHT, action="stop"))
    told = str(stopped.value)
    assert isinstance(stopped.value, Aborted)
    assert stopped.value.exit_status == 1
    for wanted in (
        "mirror.example: 20 of 21 records lost (95.2 %; guard.source_loss is 0.8): 20 duplicates; such as ",
        "“Title of p0”: 20 documents of this run collapsed into it (guard.cluster_size is 15); such as ",
        "“Title of m0” (b-mirror.jsonl, record 0)",
        "Nothing is lost",
        'guard.action = "flag"',
        "winnow explain FOLDER ",
        "another folder",
    ):
        assert wanted in told
    assert parquet(clean) == {}
    assert not list((clean / ".staging").iterdir())
    clean_folder(raw, clean, configured(TIGHT, action="flag"))
    clean_folder(raw, tmp_path / "other", configured(TIGHT, action="ignore"))
    assert parquet(clean) == parquet(tmp_path / "other")


def test_a_later_run_that_is_stopped_leaves_the_corpus_as_it_was(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    text = " ".join(story(random.Random(2)))
    write_jsonl(raw / "a.jsonl", [record("first", "paper.example", text)])
    clean_folder(raw, clean, configured(TIGHT, action="stop"))
    before = parquet(clean)
    write_jsonl(raw / "b.jsonl", [record(f"again{n}", "paper.example", text) for n in range(16)])
    with pytest.raises(TooMuchLost, match=r"“Title of first”: 16 documents(.|\n)*a copy of the corpus"):
        clean_folder(raw, clean, configured(TIGHT, action="stop"))
    assert parquet(clean) == before
    losses = clean_folder(raw, clean, configured(TIGHT)).manifest.losses
    assert losses.clusters[0].id == read_corpus(clean).table("documents")["id"][0].as_py()
    assert check(clean) == []
    with pytest.raises(TooMuchLost, match=f"^{clean}: "):
        clean_folder(raw, clean, configured(TIGHT, action="stop"), reprocess=True)
    assert len(read_corpus(clean).manifests) == 2


@pytest.mark.parametrize("limit", [{"source_loss": 1.0}, {"source_fewest": 22}])
def test_limits_are_settings(tmp_path, limit):
    raw = copies(tmp_path / "raw")
    config = configured(TIGHT, action="stop", cluster_size=20, **limit)
    assert not clean_folder(raw, tmp_path / "clean", config).manifest.losses


def test_what_cannot_be_read_counts_for_its_file_and_its_folder(tmp_path):
    raw = tmp_path / "raw"
    chance = random.Random(3)
    (raw / "pages").mkdir(parents=True)
    for number in range(9):
        (raw / "pages" / f"{number}.txt").write_bytes(b"\x00\x01\x02" * 500)
    lines = ['{"id": "bro'] * 9 + [json.dumps(record("fine", "paper.example", " ".join(story(chance))))]
    (raw / "feed.jsonl").write_text("\n".join(lines) + "\n")
    manifest = clean_folder(raw, tmp_path / "clean", configured(TIGHT)).manifest
    told = {one.source: (one.records, one.quarantined, one.example.title) for one in manifest.losses.sources}
    assert told == {"feed.jsonl": (10, 9, "quarantined: bad-json"), "pages/": (9, 9, "quarantined: binary")}


def test_a_feed_of_many_small_sites_is_a_source(tmp_path):
    text = " ".join(story(random.Random(4)))
    write_jsonl(tmp_path / "raw/feed.jsonl", [record(f"r{n}", f"site{n}.example", text) for n in range(12)])
    (source,) = clean_folder(tmp_path / "raw", tmp_path / "clean", configured(TIGHT)).manifest.losses.sources
    assert (source.source, source.lost, source.records) == ("feed.jsonl", 11, 12)


def test_only_the_worst_are_named_and_all_are_counted(tmp_path):
    raw, chance = tmp_path / "raw", random.Random(5)
    for number in range(12):
        text = " ".join(story(chance))
        rows = [record(f"r{number}-{n}", f"site{number:02d}.example", text) for n in range(10 + number)]
        write_jsonl(raw / f"{number:02d}.jsonl", rows)
    outcome = clean_folder(raw, tmp_path / "clean", configured(TIGHT, cluster_size=1))
    losses = outcome.manifest.losses
    assert (losses.sources_in_all, len(losses.sources)) == (12, 10)
    assert (losses.clusters_in_all, len(losses.clusters)) == (12, 10)
    assert [one.source for one in losses.sources[:2]] == ["site11.example", "site10.example"]
    assert summarise(outcome).warnings[-1] == "and 2 more source(s) and 2 more cluster(s)"


def test_every_account_of_a_run_tells_of_it(tmp_path):
    raw, clean = copies(tmp_path / "raw"), tmp_path / "clean"
    outcome = clean_folder(raw, clean, configured(TIGHT))
    line = "mirror.example: 20 of 21 records lost (95.2 %; guard.source_loss is 0.8): 20 duplicates; such as "
    assert f"  warning: {line}" in summary_text(outcome)
    assert "; 2 warnings\n" in summary_text(outcome)
    assert f"- {line}" in summary_markdown(outcome).replace("\\", "")
    console = Console(file=io.StringIO(), width=400)
    console.print(render_summary(outcome))
    assert line in console.file.getvalue()
    page = (clean / "runs" / outcome.manifest.run_id / "report.html").read_text(encoding="utf-8")
    assert "Flagged by the guard" in page
    assert "Title of m0" in page
    told = status(clean)
    assert told.runs[0].losses == outcome.manifest.losses
    assert "Flagged by the guard\n  " + outcome.manifest.run_id + "  " + line in render_text(told)
    (run,) = json.loads(json.dumps(told.to_dict()))["runs"]
    assert run["losses"]["sources"][0]["source"] == "mirror.example"
    assert len(run["warnings"]) == 2


def test_the_command_line_chooses_what_happens(tmp_path, capsys):
    raw, clean = copies(tmp_path / "raw", lost=60), tmp_path / "clean"
    words = ["clean", str(raw), "--out", str(clean), "--workers", "1"]
    assert main([*words, "--guard", "stop"]) == 1
    assert "mirror.example: 60 of 61 records lost" in capsys.readouterr().err
    assert main([*words, "--guard", "stop", "--json"]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["kind"] == "TooMuchLost"
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["losses"]["sources"][0]["records"] == 61
    assert main([*words, "--guard", "halt"]) == 2
    assert "'halt' is not one of flag, stop, ignore" in capsys.readouterr().err


def test_it_changes_no_result_and_may_change_between_runs(tmp_path):
    assert config_hash(configured(TIGHT, action="stop")) == config_hash(Config())
    raw, clean = copies(tmp_path / "raw"), tmp_path / "clean"
    clean_folder(raw, clean, configured(TIGHT))
    copies(raw, own=12)
    clean_folder(raw, clean, configured(TIGHT, action="ignore", source_loss=0.1))
    assert check(clean) == []


def test_a_manifest_of_before_there_was_a_guard_can_be_read(tmp_path):
    clean = tmp_path / "clean"
    outcome = clean_folder(copies(tmp_path / "raw"), clean, configured(TIGHT))
    path = clean / "runs" / outcome.manifest.run_id / "manifest.json"
    data = orjson.loads(path.read_bytes())
    del data["losses"], data["config"]["guard"], data["sha256"]
    path.write_bytes(orjson.dumps(data))
    assert read_corpus(clean).manifests[0].losses == LossesEntry()
    assert status(clean).runs[0].warnings == ()
    assert clean_folder(tmp_path / "raw", clean, configured(TIGHT)).manifest is None
    assert check(clean) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda losses: losses["sources"][0].update(duplicates=19),
        lambda losses: losses["sources"][0].update(source="other.example"),
        lambda losses: losses["sources"][0]["example"].update(title="Another"),
        lambda losses: losses["clusters"][0].update(duplicates=21),
        lambda losses: losses.update(sources_in_all=2),
        lambda losses: losses.update(clusters=[], clusters_in_all=0),
        lambda losses: losses.update(sources=[], clusters=[], sources_in_all=0, clusters_in_all=0),
    ],
)
def test_check_counts_the_losses_again(lossy: Corpus, tmp_path: Path, change: Callable[[dict[str, Any]], object]):
    corpus = copied(lossy, tmp_path)
    edit_manifest(corpus, lambda manifest: change(manifest["losses"]))
    (finding,) = check(corpus.layout.root)
    assert (finding.promise, finding.where) == ("balance", f"runs/{corpus.manifests[0].run_id}/manifest.json")


@pytest.fixture(scope="module")
def lossy(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus that lost to copies, filters and broken files, in two runs, with documents that other runs kept."""
    folder = tmp_path_factory.mktemp("lossy")
    config = configured(TIGHT)
    for count in (20, 40):
        raw = copies(folder / "raw", lost=count)
        write_jsonl(raw / f"c-empty-{count}.jsonl", [record(f"e{n}", "empty.example", " ") for n in range(count)])
        (raw / f"d-broken-{count}.jsonl").write_text("{broken\n" * count)
        clean_folder(raw, folder / "clean", config)
    corpus = read_corpus(folder / "clean")
    # The mirror of the second run collapsed into what the first one kept.
    assert [len(run.losses.clusters) for run in corpus.manifests] == [1, 1]
    assert len(corpus.manifests[1].losses.sources) >= 3
    return corpus


def test_the_losses_that_were_found_are_the_losses_that_there_are(lossy: Corpus):
    assert check(lossy) == []


def test_no_losses_are_told_where_none_were_looked_for(tmp_path):
    clean_folder(copies(tmp_path / "raw"), tmp_path / "clean", configured(TIGHT, action="ignore"))
    assert check(tmp_path / "clean") == []
