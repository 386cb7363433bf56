from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import Damaged, NotACorpus
from pipeline.inspect.status import render_text, status
from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus
from tests.corpora import make_corpus
from tests.inspect.damage import copied, file_of, id_of


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("status"))


def test_totals_are_those_of_the_runs(corpus: Corpus) -> None:
    told = status(corpus)
    assert (told.read, told.documents, told.duplicates, told.rejected, told.quarantined) == (12, 6, 4, 1, 1)
    assert (told.superseded, told.current) == (1, 5)
    assert [run.counts.read for run in told.runs] == [9, 3]
    assert told.relations == {"exact": 2, "contained": 1, "near": 1}
    assert told.kinds["newsletter"] == 4
    assert told.quarantined_by_reason == {"bad-json": 1}
    assert told.current == len(corpus.documents())


def test_tables_are_those_on_disk(corpus: Corpus) -> None:
    told = {table.table: table for table in status(corpus).tables}
    assert list(told) == list(TABLES)
    for name, table in told.items():
        files = list(corpus.layout.table(name).rglob("*.parquet"))
        assert (table.files, table.bytes) == (len(files), sum(path.stat().st_size for path in files))
        assert table.rows == len(corpus.table(name))


def test_clusters_and_sites(corpus: Corpus) -> None:
    told = status(corpus)
    assert {(cluster.id, cluster.size) for cluster in told.clusters} == {
        (id_of(corpus, "one"), 2),
        (id_of(corpus, "two"), 2),
    }
    assert told.sites == 5
    (site,) = told.most_cut
    assert site.domain == "alpha.example"
    assert 0 < site.cut_share < 0.1
    assert told.most_duplicated == ()


def test_it_reads_as_plain_text_and_as_json(corpus: Corpus) -> None:
    told = status(corpus.layout.root)
    text = render_text(told)
    for words in ("12 records read = 6 documents + 4 duplicates + 1 rejected + 1 quarantined", "Story one", "alpha.ex"):
        assert words in text
    assert not any(line != line.rstrip() for line in text.split("\n"))
    data = json.loads(json.dumps(told.to_dict()))
    assert data["current"] == 5
    assert data["most_cut"][0]["cut_share"] == told.most_cut[0].cut_share
    assert data["runs"][1]["counts"]["superseded"] == 1


def test_what_is_no_corpus_or_damaged_is_told(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(NotACorpus):
        status(tmp_path)
    damaged = copied(corpus, tmp_path)
    file_of(damaged, "documents").unlink()
    with pytest.raises(Damaged):
        status(damaged)
