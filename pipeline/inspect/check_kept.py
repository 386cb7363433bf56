"""Check the kept set: made again from the texts, it must be what the corpus holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from math import isclose
from typing import Any

import pyarrow.parquet as pq

from pipeline.config import MatchConfig
from pipeline.inspect.check_rows import Records
from pipeline.inspect.findings import Findings
from pipeline.match.candidates import KeptIndex
from pipeline.match.verify import Profile, likeness, profile
from pipeline.run.events import Listener, Progress
from pipeline.run.texts import CommittedTexts
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
    for manifest in corpus.manifests:
        kept.take_run(manifest, listen)
    kept.check_superseded()
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
        self._index = KeptIndex(config)
        self._texts: list[CommittedTexts] = []
        self._places: list[tuple[int, int]] = []
        self._fuller: dict[int, tuple[int, Verdict]] = {}
        self.ids: list[str] = []
        self._numbers: dict[str, int] = {}
        self._profile = lru_cache(maxsize=_PROFILES_HELD)(self._make_profile)

    def take_run(self, manifest: Manifest, listen: Listener) -> None:
        """Take the kept documents of a run, in order, and check its index."""
        self._texts.append(self._kept_texts(manifest))
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
            number = self._enter(document["id"], (len(self._texts) - 1, place))
            if document["id"] not in self._records.changed:
                signed = sign(document["text"], self._config)
                if in_order and entry is not None:
                    self._check_index(document, entry, signed)
                self._compare(number, document["text"], signed)
            if number % _ROWS == 0:
                listen(Progress(files=0, bytes=0, records=number))

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

    def check_duplicates(self) -> None:
        """Verify every duplicate against the document that stands for it."""
        columns = ["id", "duplicate_of", "relation", "similarity", "text"]
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

    def _enter(self, identity: str, place: tuple[int, int]) -> int:
        number = len(self.ids)
        self.ids.append(identity)
        self._numbers.setdefault(identity, number)
        self._places.append(place)
        return number

    def _compare(self, number: int, text: str, signed: Signed) -> None:
        """Compare a document with the kept ones before it, and take it up among them."""
        same = self._index.exact(signed.exact_key)
        if same is not None:
            self._found.add("kept-set", f"documents {self.ids[number]}", f"is the same text as {self.ids[same]}")
        else:
            earlier = self._index.candidates(signed.signature, signed.fingerprints)
            mine = profile(text, self._config.shingle_tokens) if earlier else None
            for other in earlier:
                verdict = judge(likeness(self._profile(other), mine, self._config), self._config) if mine else None
                if verdict is not None and verdict.outcome == "copy":
                    self._found.add(
                        "kept-set",
                        f"documents {self.ids[number]}",
                        f"is a copy of the kept {self.ids[other]} ({verdict.relation}, {verdict.similarity:.3f})",
                    )
                elif verdict is not None:
                    self._fuller.setdefault(other, (number, verdict))
        self._index.keep(number, signed.exact_key, signed.signature, signed.fingerprints)

    def _check_index(self, document: dict[str, Any], entry: dict[str, Any], signed: Signed) -> None:
        made = {
            "row": document["row"],
            "exact_key": signed.exact_key,
            "shingles": len(signed.shingles),
            "signature": signed.signature.astype("<u4").tobytes(),
            "fingerprints": signed.fingerprints.astype("<u8").tobytes(),
        }
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

    def _verdict(self, number: int, text: str) -> Verdict | None:
        run, place = self._places[number]
        if exact_key(self._texts[run].text(place)) == exact_key(text):
            return EXACT
        later = profile(text, self._config.shingle_tokens)
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
        for number, row in enumerate(self._rows(manifest, "documents", ["id", "text", "duplicate_of"])):
            if row["duplicate_of"] is None:
                yield row | {"row": number}

    def _rows(self, manifest: Manifest, table: str, columns: list[str] | None) -> Iterator[dict[str, Any]]:
        for path in self._corpus.files_of(manifest, table):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    yield from batch.to_pylist()


def _said(verdict: Verdict) -> str:
    return f"{verdict.relation}, {verdict.similarity:.6f}"
