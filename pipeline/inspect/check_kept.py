"""Check the kept set: made again from the texts, it must be what the corpus holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import zip_longest
from math import isclose
from typing import Any

import pyarrow.parquet as pq

from pipeline.batch import domain_key, page_key, signed_rows
from pipeline.config import MatchConfig
from pipeline.inspect.check_rows import Records
from pipeline.inspect.findings import Findings, Promise
from pipeline.match.candidates import Candidate, Candidates
from pipeline.match.marks import Marks, marks_of
from pipeline.match.verify import Likeness, Profile, likeness, profile
from pipeline.run.committed import CommittedTexts
from pipeline.run.events import Listener, Progress
from pipeline.run.rows import measured_columns
from pipeline.select.select import EXACT, Verdict, judge
from pipeline.sign.sign import Signed, exact_key, sign
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import Manifest

# A profile weighs some tens of kB, and a story's copies arrive close to one another.
_PROFILES_HELD = 512
_ROWS = 1024


def check_kept(corpus: Corpus, config: MatchConfig, records: Records, found: Findings, listen: Listener) -> None:
    """Check that no two kept documents are copies, and that duplicates and superseded ones are what is said of them.

    The kept documents are taken in order of arrival and compared by signatures made from their texts, as a run does.
    Texts that are not what was written (`records.changed`) are left out: they are findings already.
    """
    kept = _Kept(corpus, config, records, found)
    kept.take(listen)
    kept.check_superseded()
    kept.check_refused()
    listen(Progress(files=0, bytes=0, records=len(kept.ids)))
    kept.check_duplicates()
    if not found.count("duplicates"):
        # Where duplicates name the wrong documents, every count of them would be a finding as well.
        for manifest in corpus.manifests:
            kept.check_carriers(manifest)


class _Kept:
    """The kept documents taken so far."""

    def __init__(self, corpus: Corpus, config: MatchConfig, records: Records, found: Findings) -> None:
        self._corpus = corpus
        self._config = config
        self._records = records
        self._found = found
        self._pages: list[str | None] = []
        self._texts: list[CommittedTexts] = []
        self._places: list[tuple[int, int]] = []
        self._fuller: dict[int, tuple[int, Verdict]] = {}
        self._refused: dict[tuple[str, str], Likeness] = {}
        self.ids: list[str] = []
        self._numbers: dict[str, int] = {}
        self._profile = lru_cache(maxsize=_PROFILES_HELD)(self._make_profile)

    def take(self, listen: Listener) -> None:
        """Take all kept documents, in order, check the index, and compare each with those before it."""
        self._texts = [self._kept_texts(manifest) for manifest in self._corpus.manifests]
        count = sum(map(len, self._texts))
        candidates = Candidates(lambda: (), lambda: self._marks(listen), 0, count, self._config)
        while turn := candidates.next():
            if self.ids[turn.number] not in self._records.changed:
                self._compare(turn.number, turn.candidates, turn.same, candidates)
            candidates.keep()

    def _marks(self, listen: Listener) -> Iterator[Marks]:
        """Give what the kept documents are found by, made from their texts; the index must say the same."""
        gathered: list[Signed] = []
        for run, manifest in enumerate(self._corpus.manifests):
            in_order = True
            documents = self._documents(manifest)
            index = self._rows(manifest, "index", None)
            for place, (document, entry) in enumerate(zip_longest(documents, index)):
                if in_order and (document is None or entry is None or entry["id"] != document["id"]):
                    in_order = False
                    self._found.add(
                        "index",
                        f"index/run={manifest.run_id}",
                        f"row {place} is of {entry['id'] if entry else 'no document'}; document {place} is "
                        f"{document['id'] if document else 'not there'}",
                    )
                if document is None:
                    continue
                number = self._enter(document["id"], (run, place), document["url"])
                changed = document["id"] in self._records.changed
                signed = sign("" if changed else document["text"], self._config)
                if in_order and entry is not None and not changed:
                    self._check_index(document, entry, signed)
                if changed:
                    # What it was is not known: no document is found by it.
                    signed = replace(signed, exact_key=sha256(document["id"].encode()).digest()[:16])
                gathered.append(signed)
                if number % _ROWS == 0:
                    listen(Progress(files=0, bytes=0, records=number))
                if len(gathered) == _ROWS:
                    yield self._gathered(gathered)
                    gathered = []
        yield self._gathered(gathered)

    def _gathered(self, signed: list[Signed]) -> Marks:
        urls = self._pages[-len(signed) :] if signed else []
        return marks_of(signed, self._config, list(map(page_key, urls)), list(map(domain_key, urls)))

    def check_superseded(self) -> None:
        """Compare the superseded documents with those that a later one was found to contain."""
        seen: set[str] = set()
        for manifest in self._corpus.manifests:
            for row in self._rows(manifest, "superseded", None):
                where = f"superseded {row['id']}"
                if row["id"] in seen:
                    self._found.add("superseded", where, "is superseded twice")
                    continue
                seen.add(row["id"])
                self._check_superseded(row, where)
        for number, (later, verdict) in self._fuller.items():
            if self.ids[number] not in seen:
                self._found.add(
                    "superseded",
                    f"documents {self.ids[number]}",
                    f"{verdict.similarity:.3f} of it stands in the later {self.ids[later]}, but superseded lacks it",
                )

    def check_refused(self) -> None:
        """Compare the pairs that were refused with those that a guard speaks against."""
        seen: set[tuple[str, str]] = set()
        for manifest in self._corpus.manifests:
            for row in self._rows(manifest, "refused", None):
                where = f"refused {row['id']}"
                named = (row["id"], row["other"])
                if named in seen:
                    self._found.add("kept-set", where, f"is refused twice with {row['other']}")
                    continue
                seen.add(named)
                if set(named) & self._records.changed:
                    continue
                pair = self._refused.get(named)
                if pair is None:
                    self._found.add("kept-set", where, f"no guard speaks against a likeness to {row['other']}")
                elif row["reason"] != pair.refused:
                    self._found.add("kept-set", where, f"says {row['reason']}; the texts give {pair.refused}")
                else:
                    self._check_measured(row, measured_columns(pair), "kept-set", where)
        for later, earlier in self._refused.keys() - seen:
            self._found.add("kept-set", f"documents {later}", f"comes close to {earlier}, but refused lacks the pair")

    def _check_measured(
        self, row: dict[str, Any], measured: dict[str, float | None], promise: Promise, where: str
    ) -> None:
        for name, value in measured.items():
            said = row[name]
            same = said is value if said is None or value is None else isclose(said, value)
            if not same:
                self._found.add(promise, where, f"says {name} {said}; the texts give {value}")

    def check_duplicates(self) -> None:
        """Verify every duplicate against the document that stands for it."""
        columns = ["id", "duplicate_of", "relation", "similarity", "text", *measured_columns(None)]
        for manifest in self._corpus.manifests:
            for row in self._rows(manifest, "duplicates", columns):
                if row["id"] not in self._records.changed:
                    self._check_duplicate(row, f"duplicates {row['id']}")

    def check_carriers(self, manifest: Manifest) -> None:
        """Compare what a run's documents say of their copies with the duplicates of the run."""
        records: Counter[str] = Counter()
        sites: dict[str, set[str]] = {}
        for row in self._rows(manifest, "duplicates", ["duplicate_of", "source_domain"]):
            records[row["duplicate_of"]] += 1
            sites.setdefault(row["duplicate_of"], set()).update(filter(None, [row["source_domain"]]))
        for row in self._rows(manifest, "documents", ["id", "carriers", "carrier_sites"]):
            ran = sorted(sites.get(row["id"], ()))
            if (row["carriers"], row["carrier_sites"]) != (records[row["id"]], ran):
                self._found.add(
                    "duplicates",
                    f"documents {row['id']}",
                    f"counts {row['carriers']} carriers on {len(row['carrier_sites'])} sites; {records[row['id']]} "
                    f"duplicates of its run on {len(ran)} sites name it",
                )

    def _enter(self, identity: str, place: tuple[int, int], url: str | None) -> int:
        number = len(self.ids)
        self._pages.append(url)
        self.ids.append(identity)
        self._numbers.setdefault(identity, number)
        self._places.append(place)
        return number

    def _compare(self, number: int, earlier: list[Candidate], same: int | None, candidates: Candidates) -> None:
        """Compare a document with the kept ones before it."""
        if same is not None:
            self._found.add("kept-set", f"documents {self.ids[number]}", f"is the same text as {self.ids[same]}")
            return
        for other, lettered in earlier:
            kin = candidates.kin(other, number)
            pair = likeness(self._profile(other), self._profile(number), self._config, kin, lettered)
            verdict = judge(pair, self._config)
            if verdict is not None and verdict.outcome == "copy":
                self._found.add(
                    "kept-set",
                    f"documents {self.ids[number]}",
                    f"is a copy of the kept {self.ids[other]} ({verdict.relation}, {verdict.similarity:.3f})",
                )
            elif verdict is not None:
                self._fuller.setdefault(other, (number, verdict))
            elif pair.refused not in (None, "too-short"):
                self._refused[self.ids[number], self.ids[other]] = pair

    def _check_index(self, document: dict[str, Any], entry: dict[str, Any], signed: Signed) -> None:
        (made,) = signed_rows([signed], [document["url"]], self._config)
        made["row"] = document["row"]
        wrong = [name for name, value in made.items() if entry[name] != value]
        if wrong:
            self._found.add("index", f"index {document['id']}", f"the text gives another {', '.join(wrong)}")

    def _check_superseded(self, row: dict[str, Any], where: str) -> None:
        earlier, later = self._numbers.get(row["id"]), self._numbers.get(row["superseded_by"])
        if earlier is None or later is None:
            stranger = row["id"] if earlier is None else row["superseded_by"]
            self._found.add("superseded", where, f"{stranger} is not a kept document")
            return
        if {row["id"], row["superseded_by"]} & self._records.changed:
            return
        first, verdict = self._fuller.get(earlier, (None, None))
        if first is None or verdict is None:
            self._found.add("superseded", where, f"does not lie in {row['superseded_by']}")
        elif first != later:
            self._found.add(
                "superseded",
                where,
                f"is said to lie in {row['superseded_by']}; {self.ids[first]} was the first that holds it",
            )
        elif row["relation"] != verdict.relation or not isclose(row["similarity"], verdict.similarity):
            told = f"{row['relation']}, {row['similarity']:.6f}"
            self._found.add("superseded", where, f"says {told}; the texts give {_said(verdict)}")
        else:
            self._check_measured(row, measured_columns(verdict.measured, earlier=True), "superseded", where)

    def _check_duplicate(self, row: dict[str, Any], where: str) -> None:
        of = row["duplicate_of"]
        number = self._numbers.get(of)
        if number is None:
            ended = self._records.table.get(of)
            told = f"which ended in {ended}" if ended else "which is not in the corpus"
            self._found.add("duplicates", where, f"names {of}, {told}; only a kept document can stand for it")
            return
        arrival = self._records.arrival
        if row["id"] in arrival and arrival.get(of, 0) >= arrival[row["id"]]:
            self._found.add("duplicates", where, f"names {of}, which arrived after it")
            return
        if of in self._records.changed:
            return
        verdict = self._verdict(number, row["text"])
        if verdict is None or verdict.outcome != "copy":
            self._found.add("duplicates", where, f"is not a copy of {of}")
        elif row["relation"] != verdict.relation or not isclose(row["similarity"], verdict.similarity):
            told = f"{row['relation']}, {row['similarity']:.6f}"
            self._found.add("duplicates", where, f"says {told} of {of}; the texts give {_said(verdict)}")
        else:
            self._check_measured(row, measured_columns(verdict.measured), "duplicates", where)

    def _verdict(self, number: int, text: str) -> Verdict | None:
        run, place = self._places[number]
        if exact_key(self._texts[run].text(place)) == exact_key(text):
            return EXACT
        later = profile(text, self._config.shingle_tokens)
        # A duplicate is no update, so whether it is of the same page changes nothing.
        return judge(likeness(self._profile(number), later, self._config), self._config)

    def _make_profile(self, number: int) -> Profile:
        run, place = self._places[number]
        return profile(self._texts[run].text(place), self._config.shingle_tokens)

    def _kept_texts(self, manifest: Manifest) -> CommittedTexts:
        # By what documents says of itself: the index is what is being checked.
        labels = (row["duplicate_of"] for row in self._rows(manifest, "documents", ["duplicate_of"]))
        rows = [row for row, label in enumerate(labels) if label is None]
        return CommittedTexts(self._corpus.files_of(manifest, "documents"), rows)

    def _documents(self, manifest: Manifest) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(self._rows(manifest, "documents", ["id", "text", "url", "duplicate_of"])):
            if row["duplicate_of"] is None:
                yield row | {"row": number}

    def _rows(self, manifest: Manifest, table: str, columns: list[str] | None) -> Iterator[dict[str, Any]]:
        for path in self._corpus.files_of(manifest, table):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    yield from batch.to_pylist()


def _said(verdict: Verdict) -> str:
    return f"{verdict.relation}, {verdict.similarity:.6f}"
