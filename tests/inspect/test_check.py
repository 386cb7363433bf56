from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from pipeline.batch import sha256
from pipeline.errors import NotACorpus
from pipeline.inspect import check_rows, findings
from pipeline.inspect.check import check
from pipeline.inspect.findings import Finding, render_text
from pipeline.run.events import Event, Progress, StageBegun
from pipeline.store.corpus import Corpus, read_corpus
from tests.corpora import make_corpus, story
from tests.inspect.damage import Rows, copied, edit_manifest, file_of, id_of, rewrite, row_of


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("check"))


@pytest.fixture
def corpus(sound: Corpus, tmp_path: Path) -> Corpus:
    return copied(sound, tmp_path)


def found(corpus: Corpus) -> list[tuple[str, str]]:
    return [(finding.promise, finding.where) for finding in check(corpus.layout.root)]


def expect_only(corpus: Corpus, promise: str, where: str, *words: str) -> Finding:
    findings = check(corpus.layout.root)
    assert [(finding.promise, finding.where) for finding in findings] == [(promise, where)], render_text(findings)
    (finding,) = findings
    for word in words:
        assert word in finding.what
    assert finding.next
    return finding


def test_a_sound_corpus_has_no_findings(sound: Corpus) -> None:
    assert check(sound) == check(sound.layout.root) == []


def test_a_corpus_that_labels_duplicates_has_no_findings(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, keep_duplicates=True)
    assert len(corpus.table("documents")) == 10
    assert check(corpus) == []


def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotACorpus):
        check(tmp_path)


def test_progress_is_told(sound: Corpus) -> None:
    events: list[Event] = []
    check(sound, listen=events.append)
    stages = [event.stage for event in events if isinstance(event, StageBegun)]
    assert stages == ["manifests", "files", "rows", "site model", "kept set"]
    assert max(event.files for event in events if isinstance(event, Progress)) == len(
        [entry for manifest in sound.manifests for entry in manifest.files]
    )


# Manifests


def test_a_manifest_that_cannot_be_read(corpus: Corpus) -> None:
    (corpus.layout.runs / corpus.manifests[0].run_id / "manifest.json").write_bytes(b"{")
    expect_only(corpus, "manifests", str(corpus.layout.root), "is not a manifest")


def test_a_run_that_is_missing(corpus: Corpus) -> None:
    shutil.rmtree(corpus.layout.runs / corpus.manifests[0].run_id)
    expect_only(corpus, "manifests", str(corpus.layout.root), "run number 1 is missing")


def test_runs_that_do_not_follow_one_another(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest.update(previous="000001-000000000000"), run=1)
    where = f"runs/{corpus.manifests[1].run_id}/manifest.json"
    assert found(corpus) == [("manifests", where)] * 2


def test_a_run_in_another_folder(corpus: Corpus) -> None:
    runs = corpus.layout.runs
    (runs / corpus.manifests[1].run_id).rename(runs / "000002-moved")
    expect_only(corpus, "manifests", f"runs/{corpus.manifests[1].run_id}/manifest.json", "does not bear its id")


def test_settings_that_are_not_those_of_the_run(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["config"]["match"].update(jaccard=0.71))
    expect_only(corpus, "manifests", f"runs/{corpus.manifests[0].run_id}/manifest.json", "config_hash")


def test_settings_that_do_not_exist(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["config"]["match"].update(jacard=0.7), run=1)
    expect_only(corpus, "manifests", f"runs/{corpus.manifests[1].run_id}/manifest.json", "jacard")


def test_an_index_made_with_other_parameters(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["index"].update(seed=2))
    expect_only(corpus, "manifests", f"runs/{corpus.manifests[0].run_id}/manifest.json", "seed")


def test_an_input_that_was_not_read(corpus: Corpus) -> None:
    rewrite(corpus, "inputs", lambda rows: rows[0].update(sha256="0" * 64))
    expect_only(corpus, "manifests", f"inputs/run={corpus.manifests[0].run_id}", "digests")


# Balance


def test_an_account_that_does_not_add_up(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["counts"].update(read=10))
    run_id = corpus.manifests[0].run_id
    assert found(corpus) == [("balance", f"runs/{run_id}/manifest.json"), ("balance", f"inputs/run={run_id}")]


def test_parts_that_do_not_add_up(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["counts"]["duplicates_by_relation"].update(exact=2))
    run_id = corpus.manifests[0].run_id
    assert found(corpus) == [("balance", f"runs/{run_id}/manifest.json"), ("balance", f"duplicates/run={run_id}")]


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (lambda counts: counts.update(documents=5, duplicates=2, duplicates_by_relation={"exact": 1, "near": 1}), None),
        (lambda counts: counts["removals_by_kind"].update(newsletter=5), "removals"),
        (lambda counts: counts["rejected_by_reason"].update({"nothing-left": 0, "empty": 1}), "rejections"),
        (lambda counts: counts["quarantined_by_reason"].update({"bad-json": 0, "binary": 1}), "quarantine"),
        (lambda counts: counts.update(superseded=1), "superseded"),
        (lambda counts: counts.update(chars_before=counts["chars_before"] + 1), "documents"),
        (lambda counts: counts.update(chars_after=counts["chars_after"] - 1), "documents"),
    ],
)
def test_counts_that_the_tables_do_not_hold(
    corpus: Corpus, change: Callable[[dict[str, Any]], None], table: str | None
) -> None:
    edit_manifest(corpus, lambda manifest: change(manifest["counts"]))
    wrong = found(corpus)
    assert {promise for promise, _ in wrong} == {"balance"}
    tables = {where.split("/")[0] for _, where in wrong}
    assert tables == ({table} if table else {"documents", "duplicates"})


# Files


def test_a_flipped_byte(corpus: Corpus) -> None:
    path = file_of(corpus, "documents")
    data = bytearray(path.read_bytes())
    # In the name of who wrote the file: nothing but the digest tells.
    data[data.rindex(b"parquet-cpp")] ^= 0x10
    path.write_bytes(bytes(data))
    expect_only(corpus, "files", path.relative_to(corpus.layout.root).as_posix(), "SHA-256")


def test_a_file_cut_short(corpus: Corpus) -> None:
    path = file_of(corpus, "removals")
    path.write_bytes(path.read_bytes()[:-20])
    expect_only(corpus, "files", path.relative_to(corpus.layout.root).as_posix(), "bytes", "cannot be read")


def test_a_file_that_is_missing(corpus: Corpus) -> None:
    path = file_of(corpus, "duplicates")
    path.unlink()
    expect_only(corpus, "files", path.relative_to(corpus.layout.root).as_posix(), "is missing")


def test_a_stray_file(corpus: Corpus) -> None:
    path = corpus.layout.table("documents") / "run=000009-0" / "part-00000.parquet"
    path.parent.mkdir()
    shutil.copy(file_of(corpus, "documents"), path)
    finding = expect_only(corpus, "files", path.relative_to(corpus.layout.root).as_posix(), "no manifest")
    assert "Remove it" in finding.next


@pytest.mark.parametrize("opened", [True, False], ids=["opened before", "not opened"])
def test_a_commit_that_was_stopped_is_finished(corpus: Corpus, opened: bool) -> None:
    run = corpus.manifests[-1].run_id
    staging = corpus.layout.staging / "run-1"
    staging.mkdir(parents=True)
    (corpus.layout.runs / run).rename(staging / "run")
    (staging / "commit.json").write_bytes(orjson.dumps([[".staging/run-1/run", f"runs/{run}"]]))
    assert check(Corpus(corpus.layout) if opened else corpus.layout.root) == []
    assert len(Corpus(corpus.layout).manifests) == len(corpus.manifests)
    assert not staging.exists()


def test_rows_that_the_manifest_does_not_count(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["files"][0].update(rows=77))
    expect_only(corpus, "files", corpus.manifests[0].files[0].path, "77")


def test_a_column_of_another_type(corpus: Corpus) -> None:
    path = file_of(corpus, "superseded", 1)
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.set_column(3, "similarity", table["similarity"].cast("float32")), path)
    wrong = check(corpus.layout.root)
    assert [finding.promise for finding in wrong] == ["files", "files"]
    assert "similarity is float, not double" in wrong[1].what


def test_a_manifest_that_names_a_place_outside(corpus: Corpus) -> None:
    edit_manifest(corpus, lambda manifest: manifest["files"][0].update(path="documents/../../secret"))
    wrong = check(corpus.layout.root)
    assert (wrong[0].promise, wrong[0].where) == ("files", "documents/../../secret")
    assert "is not a place" in wrong[0].what


# Ids


def test_an_id_given_twice(corpus: Corpus) -> None:
    other = id_of(corpus, "nothing")
    rewrite(corpus, "quarantine", lambda rows: rows[0].update(id=other))
    expect_only(corpus, "ids", f"quarantine {other}", "a row of rejections")


def test_an_id_that_is_not_the_records(corpus: Corpus) -> None:
    rewrite(corpus, "quarantine", lambda rows: rows[0].update(id="0" * 32))
    expect_only(corpus, "ids", f"quarantine {'0' * 32}", "another id")


def test_a_row_of_another_run(corpus: Corpus) -> None:
    rewrite(corpus, "quarantine", lambda rows: rows[0].update(run_id=corpus.manifests[1].run_id))
    expect_only(corpus, "ids", f"quarantine/run={corpus.manifests[0].run_id}", "1 rows have the run_id")


# Texts and removals


@pytest.mark.parametrize("table_and_id", [("documents", "one"), ("duplicates", "one-edited"), ("documents", "two")])
def test_an_edited_text(corpus: Corpus, table_and_id: tuple[str, str]) -> None:
    table, source_id = table_and_id

    def edit(rows: Rows) -> None:
        row = row_of(rows, source_id)
        row["text"] = row["text"].replace("The ", "A ", 1)

    rewrite(corpus, table, edit)
    expect_only(corpus, "texts", f"{table} {id_of(corpus, source_id)}", "SHA-256")


def test_a_text_edited_openly_is_a_finding_of_its_file_too(corpus: Corpus) -> None:
    path = rewrite(corpus, "documents", lambda rows: rows[0].update(text="Other."), tell=False)
    first, second = check(corpus.layout.root)
    assert (first.promise, first.where) == ("files", path.relative_to(corpus.layout.root).as_posix())
    assert (second.promise, second.where) == ("texts", f"documents {corpus.table('documents')['id'][0]}")


def test_a_length_that_is_not_the_texts(corpus: Corpus) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["chars_after"] += 1
        rows[1]["chars_after"] -= 1

    rewrite(corpus, "documents", edit)
    assert [promise for promise, _ in found(corpus)] == ["texts", "texts"]


def test_a_removal_that_is_missing(corpus: Corpus) -> None:
    identity = id_of(corpus, "one")
    rewrite(corpus, "removals", lambda rows: [row for row in rows if row["id"] != identity])
    edit_manifest(corpus, lambda manifest: manifest["counts"]["removals_by_kind"].update(newsletter=3))
    expect_only(corpus, "removals", f"documents {identity}", "0 removals do not give")


def test_a_removal_of_a_rejection_that_was_edited(corpus: Corpus) -> None:
    identity = id_of(corpus, "nothing")
    rewrite(corpus, "removals", lambda rows: next(row for row in rows if row["id"] == identity).update(text="Sign up"))
    expect_only(corpus, "removals", f"rejections {identity}", "do not fit")


def test_a_removal_of_no_text(corpus: Corpus) -> None:
    def stray(rows: Rows) -> None:
        rows.append(rows[0] | {"id": "f" * 32})

    rewrite(corpus, "removals", stray)
    edit_manifest(corpus, lambda manifest: manifest["counts"]["removals_by_kind"].update(newsletter=5))
    expect_only(corpus, "removals", f"removals {'f' * 32}", "no text")


def test_removals_that_overlap(corpus: Corpus) -> None:
    identity = id_of(corpus, "one")
    rewrite(corpus, "removals", lambda rows: rows + [row for row in rows if row["id"] == identity])
    edit_manifest(corpus, lambda manifest: manifest["counts"]["removals_by_kind"].update(newsletter=5))
    expect_only(corpus, "removals", f"documents {identity}", "do not fit")


def test_many_removals_are_put_back_in_parts(sound: Corpus, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_rows, "_REMOVALS_HELD", 100)
    assert check(sound) == []
    test_a_removal_that_is_missing(corpus)


# Duplicates


def point(corpus: Corpus, source_id: str, to: str, run: int = 0) -> str:
    rewrite(corpus, "duplicates", lambda rows: row_of(rows, source_id).update(duplicate_of=to), run=run)
    return f"duplicates {id_of(corpus, source_id)}"


def test_a_duplicate_of_another_document(corpus: Corpus) -> None:
    expect_only(corpus, "duplicates", point(corpus, "two-lead", id_of(corpus, "one")), "is not a copy")


def test_a_duplicate_of_nothing(corpus: Corpus) -> None:
    expect_only(corpus, "duplicates", point(corpus, "one-edited", "0" * 32), "not in the corpus")


def test_a_duplicate_of_a_duplicate(corpus: Corpus) -> None:
    expect_only(corpus, "duplicates", point(corpus, "one-edited", id_of(corpus, "one-copy")), "ended in duplicates")


def test_a_duplicate_of_a_later_document(corpus: Corpus) -> None:
    expect_only(corpus, "duplicates", point(corpus, "one-edited", id_of(corpus, "six")), "arrived after it")


def test_a_similarity_that_the_texts_do_not_have(corpus: Corpus) -> None:
    rewrite(corpus, "duplicates", lambda rows: row_of(rows, "one-edited").update(similarity=0.95))
    expect_only(corpus, "duplicates", f"duplicates {id_of(corpus, 'one-edited')}", "0.95", "the texts give near")


def test_a_relation_that_the_texts_do_not_have(corpus: Corpus) -> None:
    rewrite(corpus, "duplicates", lambda rows: row_of(rows, "two-again").update(relation="near"), run=1)
    edit_manifest(corpus, lambda manifest: manifest["counts"].update(duplicates_by_relation={"near": 1}), run=1)
    expect_only(corpus, "duplicates", f"duplicates {id_of(corpus, 'two-again')}", "the texts give exact")


def test_a_label_that_duplicates_does_not_bear_out(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, keep_duplicates=True)
    other = id_of(corpus, "two")
    rewrite(corpus, "documents", lambda rows: row_of(rows, "one-copy").update(duplicate_of=other))
    expect_only(corpus, "duplicates", f"documents {id_of(corpus, 'one-copy')}", "not the same document")


def test_carriers_that_the_duplicates_do_not_bear_out(corpus: Corpus) -> None:
    rewrite(corpus, "documents", lambda rows: row_of(rows, "one").update(carriers=3))
    expect_only(corpus, "duplicates", f"documents {id_of(corpus, 'one')}", "counts 3 carriers on 2 sites; 2 duplicates")


# Superseded and the kept set


def test_a_superseded_document_that_is_not_marked(corpus: Corpus) -> None:
    identity = id_of(corpus, "three")
    rewrite(corpus, "superseded", lambda rows: rows[:0], run=1)
    edit_manifest(corpus, lambda manifest: manifest["counts"].update(superseded=0), run=1)
    expect_only(corpus, "superseded", f"documents {identity}", id_of(corpus, "three-full"))


@pytest.mark.parametrize("later", ["six", "two-again"])
def test_a_document_superseded_by_another(corpus: Corpus, later: str) -> None:
    rewrite(corpus, "superseded", lambda rows: rows[0].update(superseded_by=id_of(corpus, later)), run=1)
    (first, *more) = check(corpus.layout.root)
    assert (first.promise, first.where) == ("superseded", f"superseded {id_of(corpus, 'three')}")
    assert more == []


def test_a_document_that_nothing_supersedes(corpus: Corpus) -> None:
    extra = {"id": id_of(corpus, "one"), "superseded_by": id_of(corpus, "six")}
    rewrite(corpus, "superseded", lambda rows: [*rows, rows[0] | extra], run=1)
    edit_manifest(corpus, lambda manifest: manifest["counts"].update(superseded=2), run=1)
    expect_only(corpus, "superseded", f"superseded {extra['id']}", "does not lie in")


def test_a_superseded_document_marked_twice(corpus: Corpus) -> None:
    rewrite(corpus, "superseded", lambda rows: rows * 2, run=1)
    edit_manifest(corpus, lambda manifest: manifest["counts"].update(superseded=2), run=1)
    expect_only(corpus, "superseded", f"superseded {id_of(corpus, 'three')}", "twice")


def replace_text(corpus: Corpus, source_id: str, text: str, run: int) -> str:
    """Put another text in a document's place, with all that stands beside it made to fit."""
    identity = id_of(corpus, source_id)

    def edit(rows: Rows) -> None:
        row = row_of(rows, source_id)
        row |= {"text": text, "chars_before": len(text), "chars_after": len(text)}
        row |= {"text_sha256": sha256(text), "before_sha256": sha256(text)}

    rewrite(corpus, "documents", edit, run=run)
    rewrite(corpus, "removals", lambda rows: [row for row in rows if row["id"] != identity], run=run)
    return identity


@pytest.mark.parametrize(
    ("text", "told"),
    [(story(1), "is the same text as"), (story(1).replace("asked", "begged", 1), "is a copy of the kept")],
)
def test_two_kept_documents_that_are_copies(corpus: Corpus, text: str, told: str) -> None:
    identity = replace_text(corpus, "six", text, run=1)
    # What is derived from the text does not fit it any more either.
    derived = ("balance", "index", "sites")
    wrong = [finding for finding in check(corpus.layout.root) if finding.promise not in derived]
    assert [(finding.promise, finding.where) for finding in wrong] == [("kept-set", f"documents {identity}")]
    assert told in wrong[0].what
    assert id_of(corpus, "one") in wrong[0].what


# Index


@pytest.mark.parametrize(
    ("column", "value"),
    [("row", 9), ("exact_key", b"0" * 16), ("shingles", 1), ("bands", b"0" * 85), ("fingerprints", b"")],
)
def test_an_index_row_that_the_text_does_not_give(corpus: Corpus, column: str, value: object) -> None:
    rewrite(corpus, "index", lambda rows: rows[1].update({column: value}))
    expect_only(corpus, "index", f"index {corpus.table('index')['id'][1]}", f"gives another {column}")


@pytest.mark.parametrize("change", [lambda rows: rows[:-1], lambda rows: rows[::-1], lambda rows: [*rows, rows[0]]])
def test_an_index_of_other_documents(corpus: Corpus, change: Callable[[Rows], Rows]) -> None:
    rewrite(corpus, "index", change)
    expect_only(corpus, "index", f"index/run={corpus.manifests[0].run_id}", "is of")


# Findings


def test_findings_are_values_that_read_well(corpus: Corpus) -> None:
    rewrite(corpus, "quarantine", lambda rows: rows[0].update(id="0" * 32))
    findings = check(read_corpus(corpus.layout.root))
    assert set(findings[0].to_dict()) == {"promise", "where", "what", "next"}
    text = render_text(findings)
    assert text.startswith("ids: quarantine 000")
    assert "--reprocess" in text
    assert text.endswith("1 finding.\n")
    assert render_text([]) == "Every promise holds.\n"
    assert "\x1b" not in render_text([Finding("files", "a\x1b[2J", "b", "c")])


def test_a_thousand_findings_are_told_in_few(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_SHOWN", 1)
    rewrite(corpus, "documents", lambda rows: [row | {"text": "x"} for row in rows])
    first, last = check(corpus.layout.root)
    assert first.promise == last.promise == "texts"
    assert "3 more" in last.what
