"""What a file or a text is: by its name first, by its content where that is unmistakable."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Literal

import orjson

from pipeline.decode.detect import is_binary, utf16_shape
from pipeline.errors import Unreadable
from pipeline.read.compress import SUFFIXES

Shape = Literal["html", "text", "markdown", "jsonl", "csv", "warc", "parquet", "zip", "tar"]
"""What a file is, once its compression is off."""

HEAD_BYTES = 64 * 1024
"""What is looked at to tell a shape."""

_BY_SUFFIX: dict[str, Shape] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
}
# Text of another kind than articles: what belongs to a page or a program.
# fmt: off
_FOREIGN = frozenset({
    ".css", ".js", ".mjs", ".ts", ".map", ".svg", ".xml", ".rss", ".atom", ".xsl", ".xsd", ".dtd", ".yaml", ".yml",
    ".toml", ".ini", ".cfg", ".py", ".sh", ".sql", ".tex", ".bib", ".log",
})
# fmt: on
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office document"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ORC", "an ORC table"),
    (b"Obj\x01", "an Avro file"),
)
_MAGIC_STARTS = tuple(magic for magic, _ in _MAGIC)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_MAGIC_AT = 257
_HTML_START = re.compile(
    r"\s{0,256}(?:<!--.{0,2000}?-->\s{0,64}){0,4}(?:<\?xml[^>]{0,200}\?>\s{0,64})?<(?:!doctype\s{1,16}html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = "p|div|article|section|h[1-6]|figure|table|ul|ol|body|head"
_TAG = re.compile(rf"</?(?:{_BLOCKS}|br|span|a|li|tr|td|img|strong|em)\b[^<>]{{0,400}}>", re.IGNORECASE)
_BLOCK_START = re.compile(rf"\s{{0,64}}<(?:{_BLOCKS})\b[^<>]{{0,400}}>", re.IGNORECASE)
_TAGS_SAMPLE = 16 * 1024  # characters
_TAGS_PER_1000 = 5
_TAGS_LEAST = 4


def looks_like_html(content: str | bytes) -> bool:
    """Say whether a text is a page or a part of one rather than a text that mentions tags.

    It begins as a page, or begins with a block's tag and ends with a tag, or is dense with tags.
    """
    if isinstance(content, bytes):
        content = content[: 4 * _TAGS_SAMPLE].decode("utf-8", errors="replace")
    if "<" not in content:
        return False
    if _HTML_START.match(content.removeprefix("\ufeff")):
        return True
    if _BLOCK_START.match(content) and content.rstrip().endswith(">"):
        return True
    sample = content[:_TAGS_SAMPLE]
    tags = sum(1 for _ in _TAG.finditer(sample))
    return tags >= _TAGS_LEAST and tags * 1000 >= _TAGS_PER_1000 * len(sample)


def without_compression(name: str) -> str:
    """Give a file's name without the ending that means compression.

    >>> without_compression("feed.warc.gz"), without_compression("feed.tgz")
    ('feed.warc', 'feed.tar')
    """
    suffix = suffix_of(name)
    if suffix == ".tgz":
        return str(PurePosixPath(name).with_suffix(".tar"))
    return str(PurePosixPath(name).with_suffix("")) if suffix in SUFFIXES else name


def suffix_of(name: str) -> str:
    """Give the ending of a name in lower case, as `pathlib` has it, which takes longer than to open the file.

    >>> suffix_of("a.b/page.HTM"), suffix_of("a.b/.html"), suffix_of("README.")
    ('.htm', '', '')
    """
    last = name.rstrip("/").rpartition("/")[2]
    dot = last.rfind(".")
    return last[dot:].lower() if 0 < dot < len(last) - 1 else ""


def named_shape(name: str) -> Shape | None:
    """Tell what a file is from its name alone, the ending of a compression included; None where that says nothing.

    >>> named_shape("feed.jsonl.gz"), named_shape("a/page.HTM"), named_shape("README")
    ('jsonl', 'html', None)
    """
    return _BY_SUFFIX.get(suffix_of(without_compression(name)))


def tell_shape(name: str, head: bytes, holds_content: Callable[[dict[str, Any]], bool]) -> Shape:
    """Tell what a file is from its name (without the ending of a compression) and its first `HEAD_BYTES`.

    Args:
        name: the file's name; only its ending counts.
        head: the first bytes, decompressed.
        holds_content: says of a JSON object, or of a table's first row as an object, whether a text may be in it.

    Raises:
        Unreadable: "binary" for what is no text, "unknown-format" for a text that is no article and no table of them.
    """
    suffix = suffix_of(name)
    named = _BY_SUFFIX.get(suffix)
    sure = _unmistakable(head)
    if sure is not None:
        return sure
    for magic, what in _MAGIC if head.startswith(_MAGIC_STARTS) else ():
        if head.startswith(magic):
            raise Unreadable("unknown-format" if "document" in what else "binary", f"this is {what}; {_TAKEN}")
    if named == "tar" and head:
        return "tar"  # archives of before 1988 have no magic number; the reader checks the header's sum
    text = head_as_text(head)
    # A server's error page is saved under the name of what was asked for.
    if text is not None and named != "markdown" and _HTML_START.match(text):
        return "html"
    if named in ("parquet", "zip", "tar"):
        raise Unreadable("corrupt", f"named {suffix}, but it does not begin as such a file does; fetch it again")
    if text is None:
        raise Unreadable("binary", f"control bytes throughout: not a text; {_TAKEN}")
    if named is None and suffix in _FOREIGN:
        raise Unreadable("unknown-format", f"{suffix} files hold no articles; {_TAKEN}")
    return named if named not in (None, "text") else _shape_of_text(text, named is None, holds_content)


def _shape_of_text(text: str, nameless: bool, holds_content: Callable[[dict[str, Any]], bool]) -> Shape:
    if _is_json_lines(text, holds_content):
        return "jsonl"
    if nameless and looks_like_html(text):
        return "html"
    return "csv" if nameless and _is_table(text, holds_content) else "text"


_TAKEN = "expected HTML, text, Markdown, JSON lines, CSV, Parquet, WARC or WET, compressed or in zip or tar"


def _unmistakable(head: bytes) -> Shape | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_ZIP_MAGIC):
        return "zip"
    if re.match(rb"\s{0,8}WARC/[01]\.", head):
        return "warc"
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return "tar"
    return None


def head_as_text(head: bytes) -> str | None:
    """Read the first bytes as text, roughly, for a look at its shape; None for what is no text."""
    wide = wide_codec(head)
    if wide is not None:
        return head.decode(wide, errors="replace").removeprefix("\ufeff")
    if is_binary(head):
        return None
    return head.decode("utf-8", errors="replace").removeprefix("\ufeff")


def wide_codec(head: bytes) -> str | None:
    """Tell UTF-16 and UTF-32, in which a line end is more than a byte; gives Python's codec."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    shape = utf16_shape(head) if 0 in head else None
    return shape.codec if shape else None


def _is_json_lines(text: str, holds_content: Callable[[dict[str, Any]], bool]) -> bool:
    line = text.lstrip().partition("\n")[0].strip()
    if not line.startswith("{"):
        return False
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(row, dict) and holds_content(row)


def _is_table(text: str, holds_content: Callable[[dict[str, Any]], bool]) -> bool:
    """A first line of names that hold a text, and a second with as many cells."""
    first, _, rest = text.partition("\n")
    for delimiter in ",;\t":
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        if len(names) > 1 and holds_content(dict.fromkeys(names)) and rest.count(delimiter) >= len(names) - 1:
            return True
    return False
