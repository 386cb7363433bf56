"""Files of every format, broken in every way that we could think of: cleaned whole, none is lost and none stops a run.

    python -m tests.hostile.mutants RECORDS [--seed N] [--together 400]

Cleans so many records' worth of mutants, some hundred files to a run, and each record by itself, too. Tells what became
of the records, the slowest run, the slowest record (which may not take longer than the limit) and the peak of memory. A
run that fails is kept, and named. (A short one is part of the tests.)
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import clean_folder
from pipeline.batch import clean_batch
from pipeline.config import Config
from pipeline.inspect.check import check
from pipeline.read.listing import list_inputs
from pipeline.read.reader import read_file
from pipeline.values import FileRead, RawRecord
from tests.hostile.pages import PAGES
from tests.hostile.texts import TEXTS
from tests.read import files

Mutate = Callable[[bytes, random.Random], bytes]

SIZE = 3000
"""Characters of what is written to be slow or large."""
LARGEST = 1 << 20
"""Bytes of a file, whatever was done to it."""

# What is put where it does not belong.
POISON: tuple[bytes, ...] = (
    b"\x00" * 40,
    "\ud800\udfff\udc80".encode("utf-8", "surrogatepass"),
    "\u202e\u2066gnihton\u2069\u202c\u200b\u200d\ufeff\u00ad".encode(),
    b"\xff\xfe\xfd\x80\x81" * 8,
    "e\u0301\u0316".encode() * 200,
    b" " * 20_000,
    b"\n" * 5000,
    b"=cmd|' /C calc'!A0,@SUM(1+1),+1-1,-1\n",
    b'"""""""\r\r\n"',
    b'{"text": ' * 300,
    b"[" * 2000,
    b'{"text": 1e999, "text": NaN, "text": "\\ud800"}\n',
    b"<div>" * 2000,
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;&b;&b;</x>',
    b'<!ENTITY x SYSTEM "file:///etc/passwd">&x;',
    b"&amp;" * 3000,
    b"<script>" + b"a<" * 3000,
    b"<!--" * 2000,
    b"Content-Length: -1\r\n\r\n",
    b"WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"PAR1",
    b"PK\x05\x06" + b"\x00" * 18,
    "﷽𒐫".encode() * 300,
    b"9" * 6000,
    b"a@" * 3000,
)


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 30)) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def without_a_piece(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:begin] + data[end:]


def with_a_piece_again(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[begin:end] * chance.choice((1, 1, 9)) + data[end:]


def poisoned(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(POISON) + data[at:]


def with_other_numbers(data: bytes, chance: random.Random) -> bytes:
    """Change lengths, offsets and ids that are written as figures."""
    other = chance.choice((b"0", b"-1", b"1", b"99999999999", b"007", b"1.5", b"0x10"))
    return re.sub(rb"\d+", lambda found: other if chance.random() < 0.3 else found[0], data)


def in_another_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "cp1252", "shift_jis", "utf-32", "koi8-r")), "replace")


def doubled(data: bytes, _: random.Random) -> bytes:
    return gzip.compress(data, mtime=0)


MUTATIONS: tuple[Mutate, ...] = (
    *(truncated, flipped, without_a_piece, with_a_piece_again),
    *(poisoned, with_other_numbers, in_another_encoding, doubled),
)


VALUES: tuple[object, ...] = (None, 0, -1, 1e300, True, "", "x", [], ["a", 1], {}, {"text": {}}, "\x00", "x" * 5000)
KEYS = ("id", "url", "title", "text", "date", "authors", "language", "", "html", "\x00")


def _lines(rows: list[dict[str, object]]) -> bytes:
    # Lone surrogates stand as escapes: they have no other way into a file.
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def sound(chance: random.Random) -> dict[str, bytes]:
    """-> names and content of files of every format, some of them with odd texts, pages and types."""
    page = PAGES[chance.choice(sorted(PAGES))](SIZE)
    plain = files.jsonl()
    types: list[dict[str, object]] = [{key: chance.choice(VALUES) for key in chance.sample(KEYS, 5)} for _ in range(5)]
    texts: list[dict[str, object]] = [{"text": TEXTS[name](SIZE)} for name in chance.sample(sorted(TEXTS), 4)]
    return {
        "page.html": files.PAGE.encode(),
        "hostile.html": page.encode("utf-8", "surrogatepass") if isinstance(page, str) else page,
        "text.txt": "\n\n".join(files.TEXTS).encode(),
        "note.md": b"# Head\n\n- one\n- two\n\n```\ncode\n```\n" + files.TEXTS[1].encode(),
        "rows.jsonl": plain,
        "types.jsonl": _lines(types),
        "hostile.jsonl": _lines(texts),
        "rows.csv": files.table().encode(),
        "rows.tsv": files.table(delimiter="\t").encode(),
        "rows.parquet": files.parquet(),
        "web.warc": b"".join(files.warc_record(at, files.http(files.page(at))) for at in range(3)),
        "all.zip": files.zipped({"a.html": files.PAGE.encode(), "b.jsonl": plain}),
        "all.tar": files.tarred({"a.html": files.PAGE.encode(), "b.jsonl": plain}),
    }


def write_mutants(folder: Path, count: int, chance: random.Random) -> None:
    """Write so many files: some sound, most mutated, before they are compressed or after it, some of them misnamed."""
    names: list[str] = []
    for number in range(count):
        if not names:
            whole = sound(chance)
            names = sorted(whole)
        name = names.pop()
        suffix = chance.choice(("", "", *sorted(files.COMPRESS)))
        data = files.COMPRESS[suffix](_mutated(whole[name], chance))
        if chance.random() < 0.15:
            data = _mutated(data, chance)
        if chance.random() < 0.1:
            name = chance.choice(sorted(whole))
        (folder / f"{number:05d}-{name}{suffix}").write_bytes(data[:LARGEST])


def _mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 2, 4))):
        data = chance.choice(MUTATIONS)(data, chance)
    return data


@dataclass(slots=True)
class Told:
    """What became of mutants."""

    records: Counter[str]
    slowest: float = 0.0
    """Seconds of CPU that the slowest run took a file."""
    slowest_record: tuple[float, str] = (0.0, "")
    """Seconds of CPU that the slowest record took by itself, read and cleaned, and which it was."""


def clean_mutants(folder: Path, count: int, seed: int, told: Told) -> None:
    """Clean one folder of mutants and see that each file and record is accounted for.

    Raises:
        AssertionError: something is missing or wrong.
    """
    raw, out = folder / "raw", folder / "clean"
    raw.mkdir(parents=True)
    write_mutants(raw, count, random.Random(seed))
    began = time.process_time()
    outcome = clean_folder(raw, out)
    told.slowest = max(told.slowest, (time.process_time() - began) / count)
    counts = outcome.manifest.counts
    assert counts.read == counts.documents + counts.duplicates + counts.rejected + counts.quarantined
    assert outcome.manifest.inputs.files == count
    findings = check(out)
    assert not findings, findings[:3]
    told.slowest_record = max(told.slowest_record, *records_by_themselves(raw, seed))
    assert told.slowest_record[0] <= Config().run.record_seconds, told.slowest_record
    for name in ("read", "documents", "duplicates", "rejected", "quarantined"):
        told.records[name] += getattr(counts, name)
    told.records.update(counts.quarantined_by_reason)


def records_by_themselves(raw: Path, seed: int) -> Iterator[tuple[float, str]]:
    """Read and clean each record by itself; gives the seconds of CPU that each took, and which it was."""
    config = Config()
    for file in list_inputs([raw], None, (), ()):
        items = read_file(file, config.read)
        while True:
            began = time.process_time()
            item = next(items, None)
            if item is None:
                break
            if isinstance(item, RawRecord):
                clean_batch([item], config)
            which = f", record {item.place.record}" if not isinstance(item, FileRead) else ""
            yield time.process_time() - began, f"{file.file_path}{which} of seed {seed}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--together", type=int, default=400)
    options = parser.parse_args()
    told = Told(Counter())
    seed = options.seed
    while told.records["read"] < options.records:
        folder = Path(tempfile.mkdtemp(prefix=f"mutants-{seed}-"))
        try:
            clean_mutants(folder, options.together, seed, told)
        except BaseException:
            sys.stderr.write(f"seed {seed} failed; its files are in {folder}\n")
            raise
        shutil.rmtree(folder)
        seed += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    counted = ", ".join(f"{value:,} {name}" for name, value in told.records.most_common())
    slowest, which = told.slowest_record
    sys.stdout.write(
        f"{counted}\nslowest run {1000 * told.slowest:.1f} ms a file, peak memory {peak / 1e6:.0f} MB, "
        f"seeds {options.seed} to {seed - 1}\n"
        f"slowest record {slowest:.3f} s of CPU, of {Config().run.record_seconds:g} s that it may take: {which}\n"
    )


if __name__ == "__main__":
    main()
