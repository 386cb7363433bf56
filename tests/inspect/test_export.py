from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.errors import Damaged, Refused
from pipeline.inspect.export import export_current
from pipeline.schemas import DOCUMENTS
from pipeline.store.corpus import Corpus
from tests.corpora import make_corpus
from tests.inspect.damage import copied, file_of


@pytest.fixture(scope="module", params=[False, True], ids=["dropped", "labelled"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("export"), keep_duplicates=request.param)


def test_parquet_is_the_corpus_of_today(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "today.parquet"
    assert export_current(corpus, out) == 5
    table = pq.read_table(out)
    assert table.schema.equals(DOCUMENTS)
    assert table["id"].to_pylist() == corpus.documents()["id"].to_list()
    assert table["text"].to_pylist() == corpus.documents()["text"].to_list()
    assert sorted(tmp_path.iterdir()) == [out]


def test_carriers_are_counted_over_all_runs(corpus: Corpus, tmp_path: Path) -> None:
    export_current(corpus, tmp_path / "today.jsonl", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "today.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {row["source_id"]: (row["carriers"], row["carrier_sites"]) for row in rows}
    assert found == {
        "one": (2, ["beta.example", "gamma.example"]),
        "two": (2, ["beta.example", "delta.example"]),
        "three-full": (0, []),
        "six": (0, []),
        None: (0, []),
    }


def test_both_formats_say_the_same(corpus: Corpus, tmp_path: Path) -> None:
    export_current(corpus, tmp_path / "a.parquet")
    export_current(corpus.layout.root, tmp_path / "a.jsonl", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == pq.read_table(tmp_path / "a.parquet").to_pylist()


def test_what_is_there_is_not_written_over(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "today.parquet"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="is there already"):
        export_current(corpus, out)
    assert out.read_text(encoding="utf-8") == "mine"


def test_places_and_formats_that_cannot_be(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="inside the corpus"):
        export_current(corpus, corpus.layout.root / "today.parquet")
    with pytest.raises(Refused, match="is not there"):
        export_current(corpus, tmp_path / "no" / "today.parquet")
    with pytest.raises(Refused, match="parquet, jsonl"):
        export_current(corpus, tmp_path / "today.csv", "csv")  # type: ignore[arg-type]


def test_nothing_is_left_of_an_export_that_fails(corpus: Corpus, tmp_path: Path) -> None:
    damaged = copied(corpus, tmp_path)
    file_of(damaged, "documents", 1).write_bytes(b"PAR1")
    with pytest.raises(Damaged, match="cannot be read"):
        export_current(damaged, tmp_path / "today.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["clean"]
