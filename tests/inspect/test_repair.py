"""`repair` removes what no manifest names, and makes again what follows from the tables."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.cli.main import main
from pipeline.config import Config, RunConfig, SitesConfig
from pipeline.errors import Busy, Damaged, NotACorpus
from pipeline.inspect import repair as module
from pipeline.inspect.check import check
from pipeline.inspect.remake import FOLLOWS, TAUGHT
from pipeline.inspect.repair import Repaired, repair
from pipeline.run.clean import clean_folder
from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.lock import write_lock
from tests.corpora import make_corpus
from tests.inspect.damage import copied, file_of
from tests.sites.towns import SCRIPTS, plain_frame, stories, write


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("repair"))


@pytest.fixture
def corpus(sound: Corpus, tmp_path: Path) -> Corpus:
    return copied(sound, tmp_path)


def files(clean: Path) -> dict[str, bytes]:
    return {
        path.relative_to(clean).as_posix(): path.read_bytes() for path in sorted(clean.rglob("*")) if path.is_file()
    }


def left(result: Repaired) -> list[str]:
    return [finding.where for finding in result.left]


def test_a_sound_corpus_is_left_as_it_is(corpus: Corpus) -> None:
    before = files(corpus.layout.root)
    assert repair(corpus.layout.root) == Repaired()
    assert files(corpus.layout.root) == before


@pytest.mark.parametrize("how", ["lost", "flipped", "folder"])
@pytest.mark.parametrize("run", [0, 1])
def test_the_index_is_made_again_with_the_same_bytes(corpus: Corpus, sound: Corpus, how: str, run: int) -> None:
    path = file_of(corpus, "index", run)
    if how == "lost":
        path.unlink()
    elif how == "folder":
        shutil.rmtree(path.parent.parent)
    else:
        path.write_bytes(path.read_bytes()[:-9] + b"!" + path.read_bytes()[-8:])
    result = repair(corpus.layout.root)
    assert result.left == []
    assert f"made index/run={corpus.manifests[run].run_id} again from the documents" in result.done
    assert files(corpus.layout.root) == files(sound.layout.root)
    assert not list(corpus.layout.staging.iterdir())


def test_the_index_of_a_corpus_that_labels_duplicates(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, keep_duplicates=True)
    whole = files(corpus.layout.root)
    file_of(corpus, "index").unlink()
    repair(corpus.layout.root)
    assert files(corpus.layout.root) == whole


def test_an_index_that_another_library_wrote_is_named_anew(corpus: Corpus) -> None:
    """Other versions of pyarrow write other bytes for the same rows; the manifest then names those."""
    path = file_of(corpus, "index")
    rows = pq.read_table(path, partitioning=None)
    entry = next(one for one in corpus.manifests[0].files if one.path.startswith("index/"))
    manifest = corpus.manifests[0].model_copy(
        update={
            "files": tuple(
                one.model_copy(update={"sha256": "0" * 64}) if one == entry else one
                for one in corpus.manifests[0].files
            )
        }
    )
    (corpus.layout.runs / manifest.run_id / "manifest.json").write_bytes(manifest.to_json())
    assert repair(corpus.layout.root).left == []
    assert check(corpus.layout.root, deep=True) == []
    assert pq.read_table(file_of(read_corpus(corpus.layout.root), "index"), partitioning=None) == rows


def test_a_run_can_go_on_after_a_repair(corpus: Corpus, tmp_path: Path) -> None:
    file_of(corpus, "index").unlink()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new.txt").write_text(
        "The ferry to Hallin was sold on Monday, and nobody said why it had to be."
    )
    config = Config(run=RunConfig(workers=1))
    with pytest.raises(Damaged, match=r"winnow check"):
        clean_folder(tmp_path / "more", corpus.layout.root, config)
    repair(corpus.layout.root)
    assert clean_folder(tmp_path / "more", corpus.layout.root, config).manifest is not None
    assert check(corpus.layout.root, deep=True) == []


@pytest.mark.parametrize("table", [name for name in TABLES if name not in ("refused", *FOLLOWS)])
def test_what_no_other_table_holds_is_told_and_left(corpus: Corpus, table: str) -> None:
    path = next(path for manifest in corpus.manifests for path in corpus.files_of(manifest, table))
    path.write_bytes(b"broken")
    result = repair(corpus.layout.root)
    assert left(result) == [path.relative_to(corpus.layout.root).as_posix()]
    assert "--reprocess" in result.left[0].next
    assert path.read_bytes() == b"broken"


def town(raw: Path, day: int) -> None:
    """Pages of one site, three a day; by the second day its template is learned."""
    pages = stories("left.example", SCRIPTS["latin"], 16, 3, plain_frame(SCRIPTS["latin"], 4))
    write(pages[3 * day : 3 * day + 3], raw, f"day-{day}")


ONE = Config(run=RunConfig(workers=1))
FROZEN = Config(run=RunConfig(workers=1), sites=SitesConfig(learn=False))


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("taught")
    for day in range(4):
        town(folder / "raw", day)
        clean_folder(folder / "raw", folder / "clean", ONE)
    return read_corpus(folder / "clean")


def flip(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])


@pytest.mark.parametrize("how", [Path.unlink, flip])
@pytest.mark.parametrize("tables", [*((table,) for table in TAUGHT), TAUGHT])
def test_what_was_learned_of_sites_is_made_again_with_the_same_bytes(
    taught: Corpus, tmp_path: Path, tables: tuple[str, ...], how: Callable[[Path], None]
) -> None:
    corpus = copied(taught, tmp_path)
    # Of several runs at once: what the later learned follows from the earlier. No template was learned in the third.
    damaged = [
        (run, table, path) for run in corpus.manifests for table in tables for path in corpus.files_of(run, table)
    ]
    assert len(damaged) >= 2 * len(tables)
    for _, _, path in damaged:
        how(path)
    root = corpus.layout.root
    assert any("`winnow repair` makes it anew" in finding.next for finding in check(root))
    result = repair(root)
    assert result.left == []
    assert result.done == [f"made {table}/run={run.run_id} again from the texts" for run, table, _ in damaged]
    assert files(root) == files(taught.layout.root)
    # The next run finds what it would have found.
    for clean, raw in ((root, tmp_path / "raw"), (tmp_path / "undamaged", tmp_path / "raw")):
        if clean != root:
            shutil.copytree(taught.layout.root, clean)
        for day in range(5):
            town(raw, day)
        clean_folder(raw, clean, ONE)
    assert tables_of(root) == tables_of(tmp_path / "undamaged")
    assert check(root, deep=True) == []


def tables_of(clean: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(clean).items() if name.endswith(".parquet")}


def test_what_was_learned_is_not_made_of_damaged_texts(taught: Corpus, tmp_path: Path) -> None:
    corpus = copied(taught, tmp_path)
    file_of(corpus, "documents", 1).unlink()
    for run in (1, 3):
        file_of(corpus, "site_templates", run).unlink()
    result = repair(corpus.layout.root)
    assert [place.split("/")[0] for place in left(result)] == ["documents", "site_templates", "site_templates"]
    assert "follows from documents" in result.left[1].what
    assert "earlier runs" in result.left[2].what
    assert result.done == []


def test_what_a_corpus_was_given_follows_from_nothing(taught: Corpus, tmp_path: Path) -> None:
    """Cleaned anew without learning, it keeps what it knew of pages that it does not know any more."""
    corpus = copied(taught, tmp_path)
    for day in range(4):
        town(tmp_path / "raw", day)
    clean_folder(tmp_path / "raw", corpus.layout.root, FROZEN, reprocess=True)
    anew = read_corpus(corpus.layout.root)
    file_of(anew, "site_templates").unlink()
    result = repair(corpus.layout.root)
    (finding,) = result.left
    assert "follows from nothing" in finding.what
    assert "sites.learn = true" in finding.next


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


def test_killed_at_any_rename_it_can_be_repeated(
    sound: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename
    for at in count():
        corpus = copied(sound, tmp_path / str(at))
        file_of(corpus, "index").unlink()
        renamed = []

        def killed(path: Path, target: Path, at: int = at, renamed: list[Path] = renamed) -> Path:
            renamed.append(path)
            if len(renamed) > at:
                raise Killed
            return rename(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", killed)
            patch.setattr(module, "discard", lambda _: None)
            try:
                repair(corpus.layout.root)
            except Killed:
                pass
            else:
                break
        # A reader finishes what had begun.
        assert read_corpus(corpus.layout.root).table("documents") == sound.table("documents")
        assert repair(corpus.layout.root).left == []
        assert files(corpus.layout.root) == files(sound.layout.root)
    assert at > 4


def test_an_index_is_not_made_of_damaged_documents(corpus: Corpus) -> None:
    file_of(corpus, "index").unlink()
    file_of(corpus, "documents").unlink()
    result = repair(corpus.layout.root)
    assert [place.split("/")[0] for place in left(result)] == ["documents", "index"]
    assert result.done == []


def test_reports_card_and_cache(corpus: Corpus, sound: Corpus) -> None:
    root = corpus.layout.root
    reports = sorted(root.glob("runs/*/report.html"))
    reports[0].unlink()
    reports[1].write_text("defaced")
    (root / "README.md").unlink()
    (root / "croissant.json").write_text("{}")
    corpus.layout.input_cache.write_text("broken")
    assert repair(root).left == []
    whole = files(sound.layout.root)
    del whole[".cache/inputs.jsonl"]
    assert files(root) == whole


def test_a_report_of_damaged_tables_waits(corpus: Corpus) -> None:
    report = sorted(corpus.layout.root.glob("runs/*/report.html"))[0]
    report.unlink()
    file_of(corpus, "removals").unlink()
    assert left(repair(corpus.layout.root))[1] == report.relative_to(corpus.layout.root).as_posix()


def test_an_unsealed_manifest_is_sealed(corpus: Corpus, sound: Corpus) -> None:
    path = corpus.layout.runs / corpus.manifests[0].run_id / "manifest.json"
    bare = json.loads(path.read_bytes())
    del bare["sha256"], bare["report"]
    path.write_text(json.dumps(bare))
    assert [finding.where for finding in check(corpus.layout.root, deep=True)] == [
        f"runs/{bare['run_id']}/manifest.json"
    ]
    assert repair(corpus.layout.root).left == []
    assert files(corpus.layout.root) == files(sound.layout.root)


def test_what_winnow_can_have_written_is_removed(corpus: Corpus, sound: Corpus) -> None:
    root = corpus.layout.root
    shutil.copy(file_of(corpus, "documents"), file_of(corpus, "documents").with_name("part-00007.parquet"))
    (root / ".cache" / "README.md.77.tmp").write_text("half")
    (root / ".staging" / "run-77").mkdir()
    (root / ".staging" / "run-77" / "half").write_text("staged")
    assert repair(root).left == []
    assert files(root) == files(sound.layout.root)


@pytest.mark.parametrize(
    "place", ["note.txt", "documents/x.parquet", "documents/run=1/part-00000.parquet", "runs/x", ".staging/mine", "a/b"]
)
def test_what_winnow_did_not_write_is_told_and_left(corpus: Corpus, place: str) -> None:
    extra = corpus.layout.root / place
    extra.parent.mkdir(exist_ok=True)
    extra.write_text("mine")
    assert left(repair(corpus.layout.root)) == [place]
    assert extra.read_text() == "mine"


def test_a_link_is_never_followed(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    link = file_of(corpus, "documents").with_name("part-00007.parquet")
    link.symlink_to(tmp_path / "mine")
    assert left(repair(corpus.layout.root)) == [link.relative_to(corpus.layout.root).as_posix()]
    assert link.is_symlink()


def test_a_run_whose_manifest_is_lost_is_removed_only_when_asked(corpus: Corpus) -> None:
    root, lost = corpus.layout.root, corpus.manifests[1].run_id
    shutil.rmtree(root / "runs" / lost)
    before = files(root)
    result = repair(root)
    assert {place.split("/")[1] for place in left(result)} == {f"run={lost}"}
    assert f"Restore runs/{lost}" in result.left[0].next
    assert files(root) == before
    assert repair(root, forget_lost=True).left == []
    assert check(root, deep=True) == []
    assert len(read_corpus(root).manifests) == 1


def test_a_dry_run_changes_nothing(corpus: Corpus) -> None:
    root = corpus.layout.root
    file_of(corpus, "index").unlink()
    (root / "README.md").unlink()
    (root / ".cache" / "README.md.77.tmp").write_text("half")
    before = files(root)
    told = repair(root, dry_run=True)
    assert files(root) == before
    assert repair(root) == told
    assert len(told.done) == 3


def test_a_damaged_manifest_is_refused_with_the_way_out(corpus: Corpus) -> None:
    path = corpus.layout.runs / corpus.manifests[0].run_id / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"documents": ', b'"documents": 1', 1))
    with pytest.raises(Damaged, match=r"changed since it was written.*Restore runs/ from a copy"):
        repair(corpus.layout.root)


def test_it_waits_its_turn(corpus: Corpus) -> None:
    with write_lock(corpus.layout.lock), pytest.raises(Busy):
        repair(corpus.layout.root)


def test_a_folder_that_is_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(NotACorpus):
        repair(tmp_path)
    assert os.listdir(tmp_path) == ["note.txt"]  # noqa: PTH208


def test_the_command(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    root = corpus.layout.root
    (root / "README.md").unlink()
    assert main(["repair", str(root), "--dry-run"]) == 0
    assert capsys.readouterr().out == "would have made README.md again\n"
    assert main(["repair", str(root)]) == 0
    assert capsys.readouterr().out == "made README.md again\n"
    assert main(["repair", str(root)]) == 0
    assert capsys.readouterr().out == f"{root}: nothing to repair.\n"
    (root / "note.txt").write_text("mine")
    assert main(["repair", str(root)]) == 1
    assert "left: note.txt: was not written by Winnow\n  next: Look at it" in capsys.readouterr().out
    assert main(["repair", str(root), "--json"]) == 1
    assert [one["where"] for one in json.loads(capsys.readouterr().out)["left"]] == ["note.txt"]
    assert main(["check", str(root), "--deep"]) == 1
    assert "note.txt: was not written by Winnow" in capsys.readouterr().out
