from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus
from pipeline.store.figures import StagedRows, cuts_by_kind, largest_clusters, shorten, sites
from pipeline.store.manifest import Manifest
from pipeline.store.page import escape, percent
from pipeline.store.report import render_report
from pipeline.store.tables import TableWriter
from tests.corpora import make_corpus

EVIL = "<script>alert('\"x\"')</script>\x00\u202e"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("report"))


def staged(corpus: Corpus, manifest: Manifest, folder: Path) -> Path:
    for name in TABLES:
        written = corpus.layout.table(name) / f"run={manifest.run_id}"
        if written.exists():
            shutil.copytree(written, folder / name)
    return folder


class Balanced(HTMLParser):
    """Fails on an element that is not closed, and gathers what the page shows and names."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.names.update(f"{tag}@{name}" for name, _ in attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def parse(page: str) -> Balanced:
    parser = Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_tells_of_the_run(corpus: Corpus, tmp_path: Path) -> None:
    manifest = corpus.manifests[0]
    shown = " ".join("".join(parse(render_report(manifest, staged(corpus, manifest, tmp_path))).shown).split())
    assert "9 read = 4 documents + 3 duplicates + 1 rejected + 1 quarantined" in shown
    assert "4 ×Sign up for our newsletter" in shown
    assert "Story one2 copies" in shown
    assert "a line is not valid JSON" in shown
    assert "a/wire.jsonl, record 7" in shown
    assert "alpha.example" in shown
    assert manifest.run_id in shown


def test_the_page_of_a_later_run_names_what_it_superseded_and_clusters_of_earlier_runs(
    corpus: Corpus, tmp_path: Path
) -> None:
    manifest = corpus.manifests[1]
    page = render_report(manifest, staged(corpus, manifest, tmp_path))
    shown = "".join(parse(page).shown)
    assert "Story three <in full> & more" in shown
    assert "Story three &lt;in full&gt; &amp; more" in page
    assert "A document of an earlier run" in shown
    assert corpus.table("superseded")["id"][0].as_py() in shown


def test_nothing_runs_and_nothing_is_fetched(corpus: Corpus, tmp_path: Path) -> None:
    manifest = corpus.manifests[0]
    page = render_report(manifest, staged(corpus, manifest, tmp_path))
    names = parse(page).names
    assert not names & {"script", "link", "img", "iframe", "a", "form", "object", "svg"}
    assert not {name for name in names if "@on" in name or name.endswith(("@src", "@href"))}
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#x27;none&#x27;" in page


def test_the_same_run_gives_the_same_page(corpus: Corpus, tmp_path: Path) -> None:
    manifest = corpus.manifests[0]
    tables = staged(corpus, manifest, tmp_path)
    assert render_report(manifest, tables) == render_report(manifest, tables)


def test_hostile_texts_are_shown_as_text(corpus: Corpus, tmp_path: Path) -> None:
    manifest = corpus.manifests[0]
    tables = staged(corpus, manifest, tmp_path)
    for name in ("documents", "duplicates", "removals", "rejections", "quarantine"):
        table = pa.concat_tables(pa.Table.from_batches([batch]) for batch in StagedRows(tables).batches(name))
        shutil.rmtree(tables / name)
        for column in {"title", "source_domain", "file_path", "reason", "detail", "kind", "language", "text"} & set(
            table.column_names
        ):
            at = table.column_names.index(column)
            table = table.set_column(at, table.schema.field(column), pa.array([EVIL] * len(table), pa.string()))
        with TableWriter(tables / name, TABLES[name]) as writer:
            writer.write(table)
    evil = manifest.model_copy(
        update={
            "run_id": EVIL,
            "inputs": manifest.inputs.model_copy(update={"sources": (EVIL, "raw/\udcff")}),
            "counts": manifest.counts.model_copy(
                update={"rejected_by_reason": {EVIL: 1}, "quarantined_by_reason": {EVIL: 1}}
            ),
        }
    )
    page = render_report(evil, tables)
    assert "script" not in parse(page).names
    assert not re.search("[\x00\u202e\ud800-\udfff]", page)
    page.encode("utf-8")


def test_a_run_without_rows_has_a_page(corpus: Corpus, tmp_path: Path) -> None:
    manifest = corpus.manifests[0]
    nothing = manifest.counts.model_copy(
        update=dict.fromkeys(("read", "documents", "duplicates", "rejected", "quarantined", "superseded"), 0)
        | {"duplicates_by_relation": {}, "rejected_by_reason": {}, "quarantined_by_reason": {}}
        | {"removals_by_kind": {}, "chars_before": 0, "chars_after": 0}
    )
    page = render_report(manifest.model_copy(update={"counts": nothing, "files": ()}), tmp_path)
    assert "Nothing was cut from any text." in "".join(parse(page).shown)


def test_figures_agree_with_the_manifests(corpus: Corpus) -> None:
    found = sites(corpus)
    counts = [manifest.counts for manifest in corpus.manifests]
    assert sum(site.documents for site in found) == sum(one.documents for one in counts)
    assert sum(site.duplicates for site in found) == sum(one.duplicates for one in counts)
    assert sum(site.chars_before for site in found) == sum(one.chars_before for one in counts)
    assert sum(cut.spans for cut in cuts_by_kind(corpus, 1).values()) == 5


def test_clusters_span_runs_and_show_no_more_copies_than_asked(corpus: Corpus) -> None:
    clusters = largest_clusters(corpus, 10, 1)
    assert [(cluster.size, len(cluster.copies)) for cluster in clusters] == [(2, 1), (2, 1)]
    assert {cluster.kept.title for cluster in clusters if cluster.kept} == {"Story one", "Story two"}


def test_rare_cuts_are_forgotten_before_frequent_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.figures._TEXTS_COUNTED", 10)

    texts = [text for n in range(200) for text in (f"once {n}", "often")]
    batch = pa.record_batch({"kind": ["share"] * len(texts), "text": texts})
    monkeypatch.setattr(StagedRows, "batches", lambda *_: iter([batch]))
    (cut,) = cuts_by_kind(StagedRows(Path()), 1).values()
    assert (cut.spans, cut.texts) == (400, [("often", 200)])


@given(st.text(alphabet=st.characters(), max_size=60))
def test_escaped_text_is_one_text_to_a_parser(value: str) -> None:
    parser = Balanced()
    parser.feed(f'<p title="{escape(value)}">{escape(value)}</p>')
    parser.close()
    assert parser.names == {"p", "p@title"}
    str(escape(value)).encode("utf-8")


@given(st.text(max_size=300), st.integers(2, 100))
def test_shortened_texts_are_one_line_within_the_length(value: str, most: int) -> None:
    short = shorten(value, most)
    assert len(short) <= most
    assert "\n" not in short
    assert short == shorten(short, most)


@given(st.floats(0, 1))
def test_percent_never_says_nothing_or_all_of_a_part(share: float) -> None:
    assert (percent(share) == "0.0 %") == (share == 0)
    assert (percent(share) == "100.0 %") == (share == 1)
