"""A site's first stories are kept apart although its template, which nobody knows yet, is most of their texts."""

from __future__ import annotations

import json

import pytest

from pipeline import clean_folder, read_corpus
from pipeline.config import Config, MatchConfig, SitesConfig
from pipeline.inspect.check import check
from tests.match.test_guards import CHOIR, WALL, on_site


@pytest.mark.parametrize("hosts", [("courier.example", "www.courier.example"), ("courier.example", "herald.example")])
def test_two_stories_between_one_template(tmp_path, hosts):
    rows = [
        {"id": name, "text": on_site(story), "url": f"https://{host}/{name}"}
        for name, story, host in zip(("wall", "choir"), (WALL, CHOIR), hosts, strict=True)
    ]
    for number, row in enumerate(rows):
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / f"{number}.jsonl").write_text(json.dumps(row) + "\n")
        # Nothing is cut here, and each comes in a run of its own: the index tells of which site the first one is.
        config = Config(sites=SitesConfig(enabled=False), match=MatchConfig(min_tokens=10, window=5))
        clean_folder(tmp_path / "raw", tmp_path / "clean", config)
    corpus = read_corpus(tmp_path / "clean")
    documents = corpus.table("documents", ["source_id"])["source_id"].to_pylist()
    refused = corpus.table("refused").to_pylist()
    if hosts[1] == "herald.example":
        assert (documents, refused) == (["wall"], [])
    else:
        assert documents == ["wall", "choir"]
        assert [row["reason"] for row in refused] == ["site-template"]
    assert check(tmp_path / "clean") == []
