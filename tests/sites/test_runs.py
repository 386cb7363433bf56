"""The site model over runs: what is kept, when it counts, and that nothing but the pages decides."""

from __future__ import annotations

from pathlib import Path

import orjson
import pandas
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.config import Config, FilterConfig, RunConfig, SitesConfig, StripConfig
from pipeline.errors import Damaged
from pipeline.inspect.check import check
from pipeline.run import job
from pipeline.run.clean import clean_folder
from pipeline.schemas import SCHEMA_VERSION
from pipeline.sites.cut import RULES
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.sites import latest_pages
from tests.inspect.damage import copied, edit_manifest, rewrite
from tests.sites.towns import SCRIPTS, Page, courier, plain_frame, stories, whole, write

SITE = "left.example"
ONE = Config(run=RunConfig(workers=1))
FROZEN = Config(run=RunConfig(workers=1), sites=SitesConfig(learn=False))


def small(count: int = 16, seed: int = 3) -> list[Page]:
    return stories(SITE, SCRIPTS["latin"], count, seed, plain_frame(SCRIPTS["latin"], 4))


def parquet(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def template_cuts(corpus: Corpus) -> list[dict[str, object]]:
    return [row for row in corpus.table("removals").to_pylist() if row["rule"] in RULES]


def settled(corpus: Corpus) -> dict[str, set[tuple[object, ...]]]:
    """What became of every record, without the names of the runs."""
    columns = {
        "documents": ["id", "text", "tokens"],
        "duplicates": ["id", "duplicate_of", "relation", "similarity", "text"],
        "superseded": ["id", "superseded_by", "similarity"],
        "removals": ["id", "rule", "start", "end", "text"],
        "rejections": ["id", "reason"],
    }
    return {
        name: {tuple(row.values()) for row in corpus.table(name, wanted).to_pylist()}
        for name, wanted in columns.items()
    }


def test_later_runs_know_more_and_earlier_documents_stay(tmp_path: Path) -> None:
    pages = small()
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    before: dict[str, bytes] = {}
    cuts = []
    for day in range(4):
        write(pages[3 * day : 3 * day + 3], raw, f"day-{day}")
        clean_folder(raw, clean, ONE)
        now = parquet(clean)
        assert before.items() <= now.items()
        before = now
        cuts.append(len(template_cuts(read_corpus(clean))))
    # Three stories teach nothing; with the next three there are six.
    assert cuts == [0, 18, 36, 54]
    corpus = read_corpus(clean)
    learned = corpus.table("site_templates").to_pylist()
    assert {(row["stories"], row["stories_seen"]) for row in learned} == {(6, 6), (12, 12)}
    assert check(corpus) == []


def test_with_frozen_statistics_in_instalments_as_at_once(tmp_path: Path) -> None:
    pages = [page for page in whole(4) if page.url]
    first, rest = pages[:90], pages[90:]
    for name, days in (("once", [rest]), ("parts", [rest[:40], rest[40:41], rest[41:]])):
        raw = write(first, tmp_path / name / "raw", "a")
        clean_folder(raw, tmp_path / name / "clean", ONE)
        for day, some in enumerate(days):
            write(some, raw, f"b{day}")
            clean_folder(raw, tmp_path / name / "clean", FROZEN)
    once, parts = (read_corpus(tmp_path / name / "clean") for name in ("once", "parts"))
    ours, theirs = settled(once), settled(parts)

    def by_source(corpus: Corpus, told: dict[str, set[tuple[object, ...]]]) -> dict[str, object]:
        # Ids derive from files, which the instalments cut in other ways.
        names = {
            row["id"]: row["source_id"]
            for table in ("documents", "duplicates")
            for row in corpus.table(table, ["id", "source_id"]).to_pylist()
        }
        return {name: sorted(str([names.get(one, one) for one in row]) for row in rows) for name, rows in told.items()}

    assert by_source(once, ours) == by_source(parts, theirs)
    assert len(template_cuts(once)) > len(template_cuts(read_corpus(tmp_path / "once" / "clean"))) - 1 > 300
    assert once.files_of(once.manifests[1], "site_templates") == []
    assert once.files_of(once.manifests[1], "site_stories") == []
    assert check(parts) == []


def test_neither_workers_nor_batches_nor_shards_show(tmp_path: Path) -> None:
    raw = write(whole(2), tmp_path / "raw")
    made = []
    for name, run in {
        "a": RunConfig(workers=1),
        "b": RunConfig(workers=2, batch_records=7),
        "c": RunConfig(workers=1, batch_records=1),
    }.items():
        clean_folder(raw, tmp_path / name, Config(run=run))
        made.append(parquet(tmp_path / name))
    assert made[0] == made[1] == made[2]
    assert any("site_templates" in path for path in made[0])


def test_a_pool_of_workers_cuts_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.run import job

    raw = write(small(), tmp_path / "raw")
    clean_folder(raw, tmp_path / "a", ONE)
    monkeypatch.setattr(job, "worker_count", lambda *_: 2)
    clean_folder(raw, tmp_path / "b", Config(run=RunConfig(workers=2, batch_records=5)))
    assert parquet(tmp_path / "a") == parquet(tmp_path / "b")


def test_what_may_not_learn_knows_nothing_of_its_own(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    for name, config in (("frozen", FROZEN), ("off", Config(sites=SitesConfig(enabled=False)))):
        clean_folder(raw, tmp_path / name, config)
        corpus = read_corpus(tmp_path / name)
        assert template_cuts(corpus) == []
        assert (corpus.files("site_stories"), corpus.files("site_templates")) == ([], [])
        assert check(corpus) == []


def test_cleaned_anew_without_learning_a_corpus_keeps_what_it_knows(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean", ONE)
    known = read_corpus(tmp_path / "clean").table("site_templates").drop_columns("run_id")
    before = template_cuts(read_corpus(tmp_path / "clean"))
    clean_folder(raw, tmp_path / "clean", FROZEN, reprocess=True)
    corpus = read_corpus(tmp_path / "clean")
    assert corpus.table("site_templates").drop_columns("run_id").to_pylist() == known.to_pylist()
    assert len(template_cuts(corpus)) == len(before) > 0
    assert check(corpus) == []


@pytest.mark.parametrize("step", ["learn_sites", "cut_templates", "settle", "write_tables"])
def test_a_run_that_dies_between_its_steps_is_done_again_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    raw = write(small(), tmp_path / "raw")
    clean_folder(raw, tmp_path / "whole", ONE)
    real = getattr(job, step)

    def dies(*args: object, **options: object) -> None:
        real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(job, step, dies)
        with pytest.raises(KeyboardInterrupt):
            clean_folder(raw, tmp_path / "clean", ONE)
    assert parquet(tmp_path / "clean") == {}
    clean_folder(raw, tmp_path / "clean", ONE)
    assert parquet(tmp_path / "clean") == parquet(tmp_path / "whole")


def test_what_is_kept_of_a_site_is_bounded(tmp_path: Path) -> None:
    config = Config(run=RunConfig(workers=1), sites=SitesConfig(window=10))
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    for day in range(2):
        write(small(35, seed=day), raw, f"day-{day}")
        clean_folder(raw, clean, config)
    corpus = read_corpus(clean)
    kept = corpus.table("site_stories").to_pylist()
    assert len(kept) == 20
    names = {row["id"]: row["source_id"] for row in corpus.table("documents").to_pylist()}
    assert [names[row["id"]] for row in kept[:10]] == [f"{SITE}-{number}" for number in range(25, 35)]
    # Of all pages, though they were looked at by tens.
    assert len(template_cuts(corpus)) == 6 * 70
    assert check(corpus) == []


@pytest.mark.parametrize("window", [1, 4, 7, 100])
def test_the_latest_pages_are_those_of_the_last_rows(tmp_path: Path, window: int) -> None:
    pages = [*small(), *stories("right.example", SCRIPTS["latin"], 3, 9, plain_frame(SCRIPTS["latin"], 5))]
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    for day in range(4):
        write(pages[day::4], raw, f"day-{day}")
        clean_folder(raw, clean, ONE)
    corpus = read_corpus(clean)
    for upto in (None, 4, 2, 1):
        rows = [
            row
            for manifest in corpus.manifests[: None if upto is None else upto - 1]
            for path in corpus.files_of(manifest, "site_stories")
            for row in pq.read_table(path).to_pylist()
        ]
        of_site = {site: [row for row in rows if row["site"] == site][-window:] for site in (SITE, "right.example")}
        found = latest_pages(corpus, of_site, window, upto)
        assert {
            site: [(identity, page.blocks.tobytes()) for identity, page in mine] for site, mine in found.items()
        } == {site: [(row["id"], row["blocks"]) for row in mine] for site, mine in of_site.items() if mine}
    assert latest_pages(corpus, ["nowhere.example"], window) == {}


def test_a_text_that_gets_too_short_is_rejected_in_its_place(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    lengths = sorted(row["tokens"] for row in _cleaned(raw, tmp_path / "all", ONE).table("documents").to_pylist())
    config = Config(run=RunConfig(workers=1, batch_records=5), filter=FilterConfig(min_tokens=lengths[4]))
    corpus = _cleaned(raw, tmp_path / "some", config)
    rejected = corpus.table("rejections").to_pylist()
    assert [row["reason"] for row in rejected] == ["too-short"] * 4
    assert [row["record"] for row in rejected] == sorted(row["record"] for row in rejected)
    assert {row["id"] for row in rejected} <= {row["id"] for row in template_cuts(corpus)}
    assert check(corpus) == []


def test_the_kind_can_be_kept_and_a_rule_switched_off(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    kept = _cleaned(raw, tmp_path / "kept", Config(strip=StripConfig(keep=("site-template",))))
    assert template_cuts(kept) == []
    assert check(kept) == []
    tail = Config(strip=StripConfig(disabled_rules=("site-template.tail",)))
    assert {row["rule"] for row in template_cuts(_cleaned(raw, tmp_path / "tail", tail))} == {"site-template.head"}


def _cleaned(raw: Path, clean: Path, config: Config) -> Corpus:
    clean_folder(raw, clean, config)
    return read_corpus(clean)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("sound")
    raw = folder / "raw"
    for day, pages in enumerate((small(8, 1), [*small(8, 2), *courier(count=10)])):
        write(pages, raw, f"day-{day}")
        clean_folder(raw, folder / "clean", ONE)
    return read_corpus(folder / "clean")


CHANGES = {
    "stories": ("site_templates", lambda rows: rows[0].update(stories=5)),
    "stories_seen": ("site_templates", lambda rows: rows[0].update(stories_seen=99)),
    "text": ("site_templates", lambda rows: rows[0].update(text="other")),
    "places": ("site_templates", lambda rows: rows[0].update(places=["between"])),
    "neighbours": ("site_templates", lambda rows: rows[0].update(neighbours=[1])),
    "forgotten": ("site_templates", lambda rows: rows[1:]),
    "invented": ("site_templates", lambda rows: [*rows, rows[0] | {"site": "none.example"}]),
    "blocks": ("site_stories", lambda rows: rows[0].update(blocks=rows[1]["blocks"])),
    "anchors": ("site_stories", lambda rows: rows[0].update(anchors=b"")),
    "id": ("site_stories", lambda rows: rows[0].update(id=rows[1]["id"])),
    "order": ("site_stories", lambda rows: rows[::-1]),
    "rule": (
        "removals",
        lambda rows: next(row for row in rows if row["rule"] in RULES).update(rule="site-template.between"),
    ),
    "no template": (
        "removals",
        lambda rows: next(row for row in rows if row["rule"] in RULES).update(rule="pagination.page"),
    ),
}


@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("run", [0, 1])
def test_check_finds_what_the_pages_do_not_bear_out(sound: Corpus, tmp_path: Path, change: str, run: int) -> None:
    table, how = CHANGES[change]
    corpus = copied(sound, tmp_path)
    rewrite(corpus, table, how, run=run)
    assert "sites" in {finding.promise for finding in check(corpus.layout.root)}


def test_a_sound_corpus_has_no_findings(sound: Corpus) -> None:
    assert check(sound) == []


def test_a_corpus_of_an_older_version_says_so_and_can_be_cleaned_anew(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean", ONE)
    edit_manifest(read_corpus(tmp_path / "clean"), lambda manifest: manifest.update(schema_version=1))
    told = rf"has schema version 1; this Winnow reads version {SCHEMA_VERSION}\..*--reprocess"
    with pytest.raises(Damaged, match=told):
        clean_folder(raw, tmp_path / "clean", ONE)
    clean_folder(raw, tmp_path / "clean", ONE, reprocess=True)
    assert check(tmp_path / "clean") == []


def test_a_frame_is_cleaned_as_a_folder_is(tmp_path: Path) -> None:
    pages = small()
    corpus = _cleaned(write(pages, tmp_path / "raw"), tmp_path / "clean", ONE)
    frame = pandas.DataFrame({"id": [page.name for page in pages], "url": [page.url for page in pages]})
    frame["text"] = [page.text for page in pages]
    cleaned = pipeline.clean_frame(frame, id_column="id", config=Config(run=RunConfig(batch_records=5)))
    ours = dict(zip(cleaned.documents["source_id"], cleaned.documents["text"], strict=True))
    theirs = {row["source_id"]: row["text"] for row in corpus.table("documents").to_pylist()}
    assert ours == theirs


def test_learning_may_be_switched_between_runs_but_thresholds_may_not(tmp_path: Path) -> None:
    raw = write(small(), tmp_path / "raw")
    clean_folder(raw, tmp_path / "clean", ONE)
    manifest = orjson.loads(next((tmp_path / "clean" / "runs").glob("*/manifest.json")).read_bytes())
    assert manifest["config"]["sites"]["learn"] is True
    write(small(4, 9), raw, "more")
    with pytest.raises(job.OtherConfig, match=r"sites.min_stories: 4 → 5"):
        clean_folder(raw, tmp_path / "clean", Config(sites=SitesConfig(min_stories=5)))
    assert clean_folder(raw, tmp_path / "clean", FROZEN).manifest is not None
