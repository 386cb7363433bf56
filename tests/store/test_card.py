from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from pipeline.schemas import TABLES
from pipeline.store.card import CROISSANT, README, TABLE_MEANINGS, render_croissant, render_readme, write_card
from pipeline.store.layout import open_layout
from tests.corpora import make_corpus

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    make_corpus(folder)
    return folder


def run(code: str, folder: Path) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def snippets() -> list[str]:
    return re.findall(r"```python\n(.*?)```", render_readme(), re.DOTALL)


def test_the_card_in_the_project_is_the_card_that_a_run_writes() -> None:
    assert (PROJECT / "clean" / README).read_text(encoding="utf-8") == render_readme()


def test_a_run_writes_both_cards(folder: Path) -> None:
    assert (folder / "clean" / README).read_text(encoding="utf-8") == render_readme()
    assert (folder / "clean" / CROISSANT).read_text(encoding="utf-8") == render_croissant()


def test_cards_are_not_rewritten_when_they_are_the_same(tmp_path: Path) -> None:
    write_card(tmp_path)
    before = [(tmp_path / name).stat().st_mtime_ns for name in (README, CROISSANT)]
    write_card(tmp_path)
    assert [(tmp_path / name).stat().st_mtime_ns for name in (README, CROISSANT)] == before
    (tmp_path / README).write_text("an older card", encoding="utf-8")
    write_card(tmp_path)
    assert (tmp_path / README).read_text(encoding="utf-8") == render_readme()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache", README, CROISSANT]
    assert not list((tmp_path / ".cache").iterdir())
    (tmp_path / "runs").mkdir()
    open_layout(tmp_path, must_exist=True)


def test_every_table_and_column_is_explained() -> None:
    assert set(TABLE_MEANINGS) == set(TABLES)
    card = render_readme()
    for name, schema in TABLES.items():
        assert f"### {name}\n" in card
        if name != "index":
            for field in schema:
                assert f"| `{field.name}` | " in card.split(f"### {name}\n")[1].split("###")[0]


@pytest.mark.parametrize("number", range(len(snippets())))
def test_python_of_the_card_runs(folder: Path, number: int) -> None:
    code = snippets()[number]
    checks = {
        "documents =": "\nlength = documents.collect().height if 'polars' in __import__('sys').modules and "
        "hasattr(documents, 'collect') else len(documents)\nassert length == 6, length",
        "ran =": "\nassert len(ran) == 10 and ran['first'].sum() == 5, ran",
        "today =": "\nassert len(today) == 5, len(today)",
        "before, taken": "\nimport hashlib\nassert before != text.text and "
        "hashlib.sha256(before.encode()).hexdigest() == text.before_sha256",
    }
    (check,) = (check for mark, check in checks.items() if mark in code)
    run(code + check, folder)


def test_sql_of_the_card_gives_the_corpus_of_today(folder: Path) -> None:
    (sql,) = re.findall(r"```sql\n(.*?)```", render_readme(), re.DOTALL)
    run(f"import duckdb\nassert len(duckdb.sql({sql!r})) == 5", folder)


def test_datasets_finds_documents_and_other_tables(folder: Path) -> None:
    run(
        "from datasets import load_dataset\n"
        "assert len(load_dataset('parquet', data_dir='clean/documents')['train']) == 6\n"
        "assert set(load_dataset('clean', 'superseded', split='train').column_names) == "
        f"{set(TABLES['superseded'].names)!r}",
        folder,
    )


def test_croissant_describes_every_column_of_the_tables() -> None:
    described = orjson.loads(render_croissant())
    sets = {one["@id"]: one for one in described["recordSet"]}
    files = {one["@id"] for one in described["distribution"]}
    assert set(sets) == set(TABLES) - {"index", "site_stories"}
    ids = [field["@id"] for one in sets.values() for field in one["field"]]
    assert len(ids) == len(set(ids))
    for name, one in sets.items():
        assert [field["name"] for field in one["field"]] == TABLES[name].names
        assert {field["source"]["fileSet"]["@id"] for field in one["field"]} <= files
        assert one.get("key", {"@id": ids[0]})["@id"] in ids
