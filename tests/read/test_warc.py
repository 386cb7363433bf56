import io
from pathlib import Path

import pytest
from fastwarc.warc import WarcRecord, WarcRecordType

from tests.read.files import http, page, read, warc_record, write

GOOD = [warc_record(number, http(page(number))) for number in range(5)]


def ids(outcome) -> list[str]:  # type: ignore[no-untyped-def]
    return [one.given.source_id.removeprefix("urn:uuid:") for one in outcome.records]


@pytest.mark.parametrize("length", [0, 30, 60, 200, 450, 10**9, 10**17, -5, "abc", "", "9" * 30])
def test_a_wrong_length_costs_its_own_record_only(tmp_path: Path, length: object) -> None:
    wrong = warc_record(2, http(page(2)), length=length)
    outcome = read(write(tmp_path, "a.warc", b"".join([*GOOD[:2], wrong, *GOOD[3:]])), max_record_bytes=2000)
    assert ids(outcome) == ["0", "1", "3", "4"]
    assert outcome.reasons == ["corrupt"]
    assert outcome.items[2] is outcome.quarantined[0]
    assert outcome.quarantined[0].bytes_read > 0


def test_bytes_between_records_are_told_and_passed(tmp_path: Path) -> None:
    outcome = read(write(tmp_path, "a.warc", GOOD[0] + b"garbage\nWARC/ not a record\r\n\r\n" + GOOD[1] + b"\xff" * 9))
    assert ids(outcome) == ["0", "1"]
    assert outcome.reasons == ["corrupt", "corrupt"]


def test_a_cut_archive(tmp_path: Path) -> None:
    whole = b"".join(GOOD)
    for cut in (5, 30, 100, 150, 300):
        outcome = read(write(tmp_path, "a.warc", whole[:-cut]))
        assert ids(outcome)[:4] == ["0", "1", "2", "3"][: len(outcome.records)]
        assert outcome.reasons == ["truncated"] or (outcome.reasons == ["corrupt"] and cut > 100)
        assert len(outcome.items) == (5 if cut < 330 else 4)


def test_a_page_about_archives_is_not_cut(tmp_path: Path) -> None:
    body = page(1) + b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n"
    outcome = read(write(tmp_path, "a.warc", warc_record(1, http(body)) + GOOD[2]))
    assert outcome.contents == [body.decode(), page(2).decode()]


def test_what_is_no_document_is_not_counted(tmp_path: Path) -> None:
    records = [
        warc_record(1, b"software: x\r\n", "warcinfo", "application/warc-fields"),
        warc_record(2, b"GET / HTTP/1.1\r\n\r\n", "request", "application/http; msgtype=request"),
        warc_record(3, b"", "revisit"),
        warc_record(4, b"a: b\r\n", "metadata", "application/warc-fields"),
        warc_record(5, http(b"\x89PNG", "image/png")),
        warc_record(6, http(page(6), status="404 Not Found")),
        warc_record(7, http(page(7), status="301 Moved")),
        warc_record(8, http(b"{}", "application/json")),
        warc_record(9, http(b"no type and no page", None)),
        warc_record(10, b"\x00" * 5000, "resource", "video/mp4"),
    ]
    assert read(write(tmp_path, "a.warc", b"".join(records)), max_record_bytes=2000).items == []


def test_what_is_a_document(tmp_path: Path) -> None:
    records = [
        warc_record(1, http(page(1), "TEXT/HTML;charset=Windows-1251")),
        warc_record(2, http(page(2), "application/xhtml+xml")),
        warc_record(3, http(b"plain", "text/plain; charset='koi8-r'")),
        warc_record(4, http(page(4), None)),
        warc_record(5, page(5), "resource", "text/html"),
        warc_record(6, "Größe".encode(), "conversion", "text/plain"),
        warc_record(7, http(page(7), status="203 Non-Authoritative")),
    ]
    outcome = read(write(tmp_path, "a.warc", b"".join(records)))
    assert [(one.media, one.charset, one.format) for one in outcome.records] == [
        ("html", "Windows-1251", "warc"),
        ("html", None, "warc"),
        ("text", "koi8-r", "warc"),
        ("html", None, "warc"),
        ("html", None, "warc"),
        ("text", None, "wet"),
        ("html", "utf-8", "warc"),
    ]
    first = outcome.records[0].given
    assert (first.url, first.source_id, first.date) == ("https://news.example/1", "urn:uuid:1", None)


def test_an_archive_that_another_tool_wrote(tmp_path: Path) -> None:
    out = io.BytesIO()
    for number in range(3):
        record = WarcRecord()
        record.init_headers(record_type=WarcRecordType.response, record_urn=f"urn:uuid:{number}".encode())
        record.headers["WARC-Target-URI"] = f"https://news.example/{number}"
        record.set_bytes_content(http(page(number)))
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.write(out)
    outcome = read(write(tmp_path, "a.warc", out.getvalue()))
    assert outcome.contents == [page(number).decode() for number in range(3)]
    assert outcome.quarantined == []


def test_an_encoding_that_cannot_be_undone(tmp_path: Path) -> None:
    sent = http(b"\x1f\x8b\x08\x00" + bytes(range(200)), Content_Encoding="gzip")
    unknown = http(bytes(range(200)), Content_Encoding="zip")
    outcome = read(write(tmp_path, "a.warc", warc_record(1, sent) + warc_record(2, unknown) + GOOD[3]))
    assert outcome.reasons == ["corrupt", "corrupt"]
    assert ids(outcome) == ["3"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_bounded(tmp_path: Path, encoding: str) -> None:
    import gzip
    import zlib

    import brotli
    import zstandard

    encode = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.ZstdCompressor().compress,
    }[encoding]
    bomb = http(encode(bytes(3_000_000)), Content_Encoding=encoding)
    outcome = read(write(tmp_path, "a.warc", warc_record(1, bomb) + GOOD[2]), max_record_bytes=1_000_000)
    assert outcome.reasons == ["too-large"]
    assert ids(outcome) == ["2"]
