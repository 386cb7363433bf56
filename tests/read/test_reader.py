import bz2
import gzip
import hashlib
import json
import lzma
import os
import zipfile
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Transient
from pipeline.read.fields import canonical_json
from pipeline.read.listing import InputFile
from pipeline.values import QUARANTINE_REASONS
from tests.read.files import (
    ARTICLES,
    COMPRESS,
    PAGE,
    TEXTS,
    http,
    jsonl,
    page,
    parquet,
    read,
    read_input,
    table,
    tarred,
    warc_record,
    write,
    zipped,
)

WARC = warc_record(1, http(page(1))) + warc_record(2, http(page(2))) + warc_record(3, http(page(3)))
WET = b"".join(warc_record(n, text.encode(), "conversion", "text/plain") for n, text in enumerate(TEXTS))
PAGES = [page(number).decode() for number in (1, 2, 3)]

FORMATS: dict[str, tuple[bytes, str, str, list[str]]] = {
    "a.html": (PAGE.encode(), "html", "html", [PAGE]),
    "a.txt": (TEXTS[1].encode(), "text", "text", [TEXTS[1]]),
    "a.md": (b"# Title\n\nText.", "markdown", "markdown", ["# Title\n\nText."]),
    "a.jsonl": (jsonl(), "jsonl", "text", TEXTS),
    "a.ndjson": (jsonl().replace(b"\n", b"\r\n"), "jsonl", "text", TEXTS),
    "array.json": (json.dumps(ARTICLES, indent=2).encode(), "jsonl", "text", TEXTS),
    "object.json": (json.dumps(ARTICLES[0], indent=2).encode(), "jsonl", "text", TEXTS[:1]),
    "oneline.json": (json.dumps(ARTICLES).encode(), "jsonl", "text", TEXTS),
    "a.csv": (table().encode(), "csv", "text", TEXTS),
    "a.tsv": (table(delimiter="\t").encode(), "csv", "text", TEXTS),
    "a.parquet": (parquet(), "parquet", "text", TEXTS),
    "a.warc": (WARC, "warc", "html", PAGES),
    "a.warc.wet": (WET, "wet", "text", TEXTS),
}


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_in_every_compression(tmp_path: Path, name: str, ending: str) -> None:
    content, form, media, texts = FORMATS[name]
    path = write(tmp_path, name + ending, COMPRESS[ending](content))
    outcome = read(path)
    assert outcome.contents == texts
    assert outcome.quarantined == []
    assert {(one.format, one.media) for one in outcome.records} == {(form, media)}
    assert outcome.end.file_path == name + ending
    assert outcome.end.size == path.stat().st_size
    assert outcome.end.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_without_its_name(tmp_path: Path, name: str, ending: str) -> None:
    """Content tells what the name does not. Markdown is text; a pretty-printed object alone is not told from prose."""
    untold = name in ("a.md", "object.json", "array.json", "oneline.json")
    expected = ("text", "text") if untold else FORMATS[name][1:3]
    outcome = read(write(tmp_path, "noname", COMPRESS[ending](FORMATS[name][0])))
    assert {(one.format, one.media) for one in outcome.records} == {expected}


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_every_format_in_an_archive(tmp_path: Path, pack, name: str, ending: str) -> None:  # type: ignore[no-untyped-def]
    content, form, media, texts = FORMATS[name]
    members = {"first/page.html": PAGE.encode(), f"deep/er/{name}{ending}": COMPRESS[ending](content)}
    outcome = read(write(tmp_path, "all.zip" if pack is zipped else "all.tar", pack(members)))
    assert outcome.quarantined == []
    assert outcome.contents == [PAGE, *texts]
    assert {one.place.member for one in outcome.records[1:]} == {f"deep/er/{name}{ending}"}
    assert {(one.format, one.media) for one in outcome.records[1:]} == {(form, media)}


def test_tar_in_every_compression(tmp_path: Path) -> None:
    for ending, compress in COMPRESS.items():
        outcome = read(write(tmp_path, f"all.tar{ending}", compress(tarred({"a.html": PAGE.encode()}))))
        assert outcome.contents == [PAGE]
    assert read(write(tmp_path, "all.tgz", gzip.compress(tarred({"a.html": PAGE.encode()})))).contents == [PAGE]


CUTS = [".gz", ".bz2", ".xz", ".zst"]


@pytest.mark.parametrize("ending", CUTS)
def test_records_before_a_cut_go_through(tmp_path: Path, ending: str) -> None:
    rows = [{"text": hashlib.sha256(str(number).encode()).hexdigest() * 30} for number in range(3000)]
    content = COMPRESS[ending](jsonl(rows))
    outcome = read(write(tmp_path, "a.jsonl" + ending, content[: len(content) * 3 // 4]))
    assert outcome.reasons == ["truncated"]
    assert outcome.contents == [row["text"] for row in rows[: len(outcome.records)]]
    # bz2 and xz give nothing of a block that is not whole.
    assert len(outcome.records) > (100 if ending in (".gz", ".zst") else -1)
    assert outcome.items[-1] is outcome.quarantined[0]


@pytest.mark.parametrize("cut", range(1, 9))
def test_what_follows_the_last_newline_of_a_cut_stream_is_no_record(tmp_path: Path, cut: int) -> None:
    # gzip ends with eight bytes of sum and size: without them every byte of the last line is there, and it parses.
    content = gzip.compress(b'{"text": "one"}\n{"text": "two"}')[:-cut]
    outcome = read(write(tmp_path, "a.jsonl.gz", content))
    assert outcome.contents == ["one"]
    assert outcome.reasons == ["truncated"]
    assert outcome.quarantined[0].bytes_read == len(b'{"text": "two"}')


@pytest.mark.parametrize("ending", CUTS)
def test_a_cut_page_is_quarantined_whole(tmp_path: Path, ending: str) -> None:
    outcome = read(write(tmp_path, "a.html" + ending, COMPRESS[ending](PAGE.encode() * 50)[:-3]))
    assert outcome.records == []
    assert outcome.reasons == ["truncated"]


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz"])
def test_flipped_bits_are_told(tmp_path: Path, ending: str) -> None:
    content = bytearray(COMPRESS[ending](os.urandom(2000).hex().encode()))
    content[len(content) // 2] ^= 0xFF
    assert read(write(tmp_path, "a.txt" + ending, bytes(content))).reasons == ["corrupt"]


def test_several_members_streams_and_frames_are_one_file(tmp_path: Path) -> None:
    first, second = jsonl(ARTICLES[:1]), jsonl(ARTICLES[1:])
    for ending, compress in COMPRESS.items():
        content = compress(first) + compress(b"") + compress(second)
        assert read(write(tmp_path, "a.jsonl" + ending, content)).contents == TEXTS
    padded = gzip.compress(first) + bytes(300_000) + gzip.compress(second) + bytes(7)
    assert read(write(tmp_path, "a.jsonl.gz", padded)).contents == TEXTS
    padded = lzma.compress(first) + bytes(8) + lzma.compress(second) + bytes(4)
    assert read(write(tmp_path, "a.jsonl.xz", padded)).contents == TEXTS


def test_bytes_behind_compressed_data_are_told(tmp_path: Path) -> None:
    for compress, ending in ((gzip.compress, ".gz"), (bz2.compress, ".bz2"), (lzma.compress, ".xz")):
        outcome = read(write(tmp_path, "a.jsonl" + ending, compress(jsonl()) + b"garbage behind the data"))
        assert (outcome.contents, outcome.reasons) == (TEXTS, ["corrupt"])


def test_a_broken_member_of_a_web_archive_costs_itself_only(tmp_path: Path) -> None:
    members = [gzip.compress(warc_record(n, http(page(n) + os.urandom(300).hex().encode()))) for n in range(5)]
    broken = bytearray(members[2])
    broken[60] ^= 0xFF
    for damaged in (bytes(broken), members[2][:100], b""):
        outcome = read(write(tmp_path, "a.warc.gz", b"".join([*members[:2], damaged, *members[3:]])))
        given = [one.given.source_id for one in outcome.records]
        assert given == [f"urn:uuid:{n}" for n in (0, 1, 3, 4)]
        assert len(outcome.quarantined) == bool(damaged)


def test_zstd_bomb_is_bounded(tmp_path: Path) -> None:
    bomb = zstandard.ZstdCompressor(level=3).compress(bytes(200_000_000))
    outcome = read(write(tmp_path, "a.jsonl.zst", b'{"text": "x"}'[:0] + bomb), max_record_bytes=1024)
    assert outcome.reasons in (["too-large"], ["binary"])


@pytest.mark.parametrize("name", ["a.html", "a.txt", "a.md", "a.jsonl", "a.csv", "a.warc", "none", "a.jsonl.gz"])
def test_an_empty_file_is_an_empty_record(tmp_path: Path, name: str) -> None:
    content = gzip.compress(b"") if name.endswith(".gz") else b""
    outcome = read(write(tmp_path, name, content))
    assert [one.content for one in outcome.records] == [b""]
    assert outcome.records[0].sha256 == hashlib.sha256(b"").hexdigest()
    assert outcome.records[0].media == {"a.html": "html", "a.md": "markdown"}.get(name, "text")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.parquet", b"", "corrupt"),
        ("a.parquet", parquet()[:-20], "corrupt"),
        ("a.parquet", b"PAR1" + b"junk" * 50 + b"PAR1", "corrupt"),
        ("a.zip", b"", "corrupt"),
        ("a.zip", zipped({"a.html": PAGE.encode()})[:-30], "truncated"),
        ("a.tar", tarred({"a.html": PAGE.encode() * 100})[:3000], "truncated"),
        ("a.tar", b"not a tar file at all" * 100, "corrupt"),
        ("a.gz", b"", "truncated"),
        ("a.html.gz", bytes(range(256)), "corrupt"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "binary"),
        ("page.html", b"\x89PNG\r\n\x1a\n" + bytes(50), "binary"),
        ("none", bytes(range(256)) * 4, "binary"),
        ("a.pdf", b"%PDF-1.7 and so on", "unknown-format"),
        ("style.css", b"p { color: red }", "unknown-format"),
        ("feed.xml", b"<rss><channel/></rss>", "unknown-format"),
        ("a.docx", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "unknown-format"),
        ("a.gz", gzip.compress(gzip.compress(b"twice", mtime=0), mtime=0), "unknown-format"),
        ("a.zip", zipped({"inner.zip": zipped({"a.html": b"x"})}), "unknown-format"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    outcome = read(write(tmp_path, name, content))
    assert outcome.reasons == [reason]
    assert outcome.records == []
    told = outcome.quarantined[0].detail
    assert told.startswith(name)
    assert told.endswith(f'quarantined as "{reason}"')


def test_an_empty_zip_holds_nothing(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.zip", zipped({}))).items == []
    assert read(write(tmp_path, "b.zip", zipped({".hidden": b"x", "__MACOSX/a.html": b"x", "dir/": b""}))).items == []


@pytest.mark.parametrize(
    ("name", "content", "form", "media"),
    [
        ("page.txt", PAGE.encode(), "html", "html"),
        ("page.txt", gzip.compress(PAGE.encode(), mtime=0), "html", "html"),
        ("page.html.gz", PAGE.encode(), "html", "html"),
        ("feed.jsonl", PAGE.encode(), "html", "html"),
        ("feed.zip", PAGE.encode(), "html", "html"),
        ("feed.txt", jsonl(), "jsonl", "text"),
        ("feed.txt", WARC, "warc", "html"),
        ("feed.csv", parquet(), "parquet", "text"),
        ("article.php", PAGE.encode(), "html", "html"),
        ("table.dat", table(delimiter=";").encode(), "csv", "text"),
        ("table.dat", b"Just a text, with commas, and so on.\nAnd a second line, too.", "text", "text"),
        ("about.txt", b"How to write <p> and <div> in HTML: an article about tags.", "text", "text"),
        ("utf16.txt", b"\xff\xfe" + PAGE.encode("utf-16-le"), "html", "html"),
        ("utf16.jsonl", b"\xff\xfe" + jsonl().decode().encode("utf-16-le"), "jsonl", "text"),
        ("utf16.csv", table().encode("utf-16"), "csv", "text"),
    ],
)
def test_content_goes_before_a_wrong_name(tmp_path: Path, name: str, content: bytes, form: str, media: str) -> None:
    outcome = read(write(tmp_path, name, content))
    assert outcome.quarantined == []
    assert {(one.format, one.media) for one in outcome.records} == {(form, media)}


def test_numbers_run_through_members_and_quarantined_records(tmp_path: Path) -> None:
    members = {
        "a.jsonl": jsonl(ARTICLES[:1]) + b"not json\n" + jsonl(ARTICLES[1:2]),
        "b.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "c.html": PAGE.encode(),
    }
    outcome = read(write(tmp_path, "all.zip", zipped(members)))
    places = [(one.place.record, one.place.member, type(one).__name__) for one in outcome.items]
    assert places == [
        (0, "a.jsonl", "RawRecord"),
        (1, "a.jsonl", "Quarantined"),
        (2, "a.jsonl", "RawRecord"),
        (3, "b.png", "Quarantined"),
        (4, "c.html", "RawRecord"),
    ]
    assert outcome.quarantined[0].detail.startswith("all.zip, a.jsonl, record 1: not valid JSON")


def test_encrypted_and_broken_members_leave_the_others(tmp_path: Path) -> None:
    content = bytearray(zipped({f"{n}.html": page(n) for n in range(4)}, zipfile.ZIP_STORED))
    content[content.index(b"Page 1")] ^= 0xFF
    # The flag of an encrypted member, in its directory entry.
    entry = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1) + 1)
    content[entry + 8] |= 1
    outcome = read(write(tmp_path, "a.zip", bytes(content)))
    assert [one.place.member for one in outcome.records] == ["0.html", "3.html"]
    assert outcome.reasons == ["corrupt", "unreadable-file"]


def test_tar_with_long_names_and_links(tmp_path: Path) -> None:
    import io
    import tarfile

    name = "deep/" * 60 + "page.html"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        outcome = read(write(tmp_path, "a.tar", tarred({name: PAGE.encode(), "b.txt": b"text"}, form)))
        assert [one.place.member for one in outcome.records] == [name, "b.txt"]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    assert read(write(tmp_path, "b.tar", out.getvalue())).items == []


def test_records_over_the_limit(tmp_path: Path) -> None:
    long = "x" * 5000
    cases = {
        "a.html": long.encode(),
        "a.jsonl": jsonl([{"text": "one"}, {"text": long}, {"text": "two"}]),
        "a.json": json.dumps([{"text": "one"}, {"text": long}, {"text": "two"}]).encode(),
        "a.csv": table([{"id": "1", "text": "one"}, {"id": "2", "text": long}, {"id": "3", "text": "two"}]).encode(),
        "a.parquet": parquet([{"text": "one"}, {"text": long}, {"text": "two"}]),
        "a.warc": warc_record(1, http(page(1))) + warc_record(2, http(long.encode())) + warc_record(3, http(page(3))),
    }
    for name, content in cases.items():
        outcome = read(write(tmp_path, name, content), max_record_bytes=2000)
        assert outcome.reasons == ["too-large"], name
        assert outcome.quarantined[0].bytes_read >= 5000
        assert len(outcome.records) == (0 if name == "a.html" else 2), name
    assert (
        read(tmp_path / "a.html", max_record_bytes=2000).quarantined[0].sha256
        == hashlib.sha256(long.encode()).hexdigest()
    )


def test_digests(tmp_path: Path) -> None:
    def digests(name: str, content: bytes) -> list[str]:
        return [one.sha256 for one in read(write(tmp_path, name, content)).records]

    def sha256(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    assert digests("a.html.gz", gzip.compress(PAGE.encode())) == [sha256(PAGE.encode())]
    assert digests("a.jsonl", b'{"text":"one"}\r\n{"text":"two"}') == [
        sha256(b'{"text":"one"}'),
        sha256(b'{"text":"two"}'),
    ]
    assert digests("a.warc", warc_record(1, http(page(1)))) == [sha256(page(1))]
    rows = [{"text": "one", "id": "1"}, {"text": "two", "id": "2"}]
    assert digests("a.csv", table(rows).encode()) == [sha256(canonical_json(row)) for row in rows]
    assert digests("a.parquet", parquet([{**row, "unknown": 3} for row in rows])) == [
        sha256(b'{"id":"1","text":"one"}'),
        sha256(b'{"id":"2","text":"two"}'),
    ]


def test_byte_offsets_lead_to_the_record(tmp_path: Path) -> None:
    for name in ("a.jsonl", "array.json", "a.csv", "a.warc"):
        content = FORMATS[name][0]
        outcome = read(write(tmp_path, name, content))
        for one, text in zip(outcome.records, outcome.contents, strict=True):
            assert one.place.byte_offset is not None
            rest = content[one.place.byte_offset :].decode()
            assert rest.startswith(("{", "a1", "a2", "a3", "WARC/1.0"))
            assert json.dumps(text)[1:12] in rest or text[:12] in rest


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.html", PAGE)

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Not by its mode: tests may run as a user who may read everything.
    monkeypatch.setattr("builtins.open", refuse)
    outcome = read(path)
    assert outcome.reasons == ["unreadable-file"]
    assert "Permission denied" in outcome.quarantined[0].detail


def test_a_file_that_is_gone_or_a_folder(tmp_path: Path) -> None:
    for location in (tmp_path / "gone.html", tmp_path):
        outcome = read_input(InputFile("gone.html", str(location), 1, 1, True))
        assert outcome.reasons == ["unreadable-file"]
        assert str(tmp_path) not in outcome.quarantined[0].detail


@pytest.mark.parametrize("listed", [0, 3, 14, 15, 16, 10**6])
def test_a_file_that_has_another_size_than_was_listed_is_read_whole(tmp_path: Path, listed: int) -> None:
    (tmp_path / "a.txt").write_bytes(b"It has grown up")
    outcome = read_input(InputFile("a.txt", str(tmp_path / "a.txt"), listed, 1, True))
    assert [record.content for record in outcome.records] == [b"It has grown up"]


class _Failing:
    """A file that gives a little and then fails."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self.content, self.error = content, error

    def read(self, _size: int) -> bytes:
        content, self.content = self.content, b""
        if not content:
            raise self.error
        return content

    def seek(self, *_: int) -> int:
        raise self.error

    def tell(self) -> int:
        return 0

    def close(self) -> None: ...


@pytest.mark.parametrize("name", ["a.jsonl", "a.zip", "a.parquet", "a.tar"])
def test_errors_of_the_device_end_the_file_and_those_of_a_store_are_raised(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content = {
        "a.jsonl": jsonl(),
        "a.zip": zipped({"a.html": b"x"}),
        "a.parquet": parquet(),
        "a.tar": tarred({"a": b"b"}),
    }
    monkeypatch.setattr(
        "builtins.open", lambda *_args, **_options: _Failing(content[name], OSError(5, "Input/output error"))
    )
    outcome = read_input(InputFile(name, "/nowhere", 1, 1, True))
    assert set(outcome.reasons) == {"unreadable-file"}
    monkeypatch.undo()

    class Opened:
        def open(self) -> _Failing:
            return _Failing(content[name], TimeoutError("https://user:secret@store timed out"))

    monkeypatch.setattr("fsspec.open", lambda *_args: Opened())
    with pytest.raises(Transient) as raised:
        read_input(InputFile(name, "s3://user:secret@bucket/x", 1, None, False))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("identity", bytes),
        ("gzip", bytes),
    ],
)
def test_answers_lose_their_encoding(tmp_path: Path, encoding: str, encode) -> None:  # type: ignore[no-untyped-def]
    body = page(1) * 40
    sent = encode(body)
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (sent[:7], sent[7:])) + b"0\r\n\r\n"
    plain = warc_record(1, http(sent, Content_Encoding=encoding))
    parts = warc_record(2, http(chunked, Content_Encoding=encoding, Transfer_Encoding="chunked"))
    outcome = read(write(tmp_path, "a.warc", plain + parts))
    assert outcome.contents == [body.decode()] * 2
    assert outcome.records[0].sha256 == hashlib.sha256(sent).hexdigest()


ENDINGS = [".html", ".txt", ".md", ".jsonl", ".json", ".csv", ".tsv", ".parquet", ".warc", ".wet", ".zip", ".tar", ""]
_GOOD = [content for content, *_ in FORMATS.values()]
_GOOD += [zipped({"a.jsonl": jsonl()}), tarred({"a.jsonl": jsonl()}), *(pack(jsonl()) for pack in COMPRESS.values())]


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(_GOOD)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content) - 1))
        damage = draw(st.binary(max_size=6))
        content[at : at + draw(st.integers(0, 40))] = damage
        if not content:
            break
    return bytes(content)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(st.binary(max_size=300), _damaged()),
    st.sampled_from(ENDINGS),
    st.sampled_from(["", ".gz", ".bz2", ".xz", ".zst"]),
    st.booleans(),
)
def test_any_bytes_under_any_name_end_well(
    tmp_path: Path, content: bytes, ending: str, compression: str, really: bool
) -> None:
    path = tmp_path / f"file{ending}{compression}"
    path.write_bytes(COMPRESS[compression](content) if really else content)
    outcome = read(path, max_record_bytes=1024)
    assert outcome.end.size == path.stat().st_size
    assert outcome.end.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for one in outcome.quarantined:
        assert one.reason in QUARANTINE_REASONS
        assert one.detail.isprintable()
    again = read(path, max_record_bytes=1024)
    assert again.items == outcome.items
