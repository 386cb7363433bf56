"""`docs/before-and-after.md`, made from the texts beside this file by cleaning them.

`python tests/before_and_after/build.py` writes it anew.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import clean_folder, clean_html, clean_text, read_corpus
from pipeline.config import Config, ExtractConfig, RunConfig
from pipeline.cuts import restore
from pipeline.values import Removal
from tests.corpora import story

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "before-and-after.md"
TEXTS = sorted((Path(__file__).parent / "texts").iterdir())
GOES = "~ "
"""Before a line of a text that is to go."""
_SITE = "upland-mercury.example"
_STORIES = 7
_LONGEST = 60

_HEAD = """\
# Before and after, by kind

What Winnow cuts, on texts that were written for this page. Struck through is what goes; below each stand the rows that
it becomes in `removals`. Putting them back gives the text before. A headline above the text goes too: it stands in the
column `title`. The page is made by cleaning the texts in `tests/before_and_after`, and a test fails where it no longer
says what comes out.
"""


@dataclass(frozen=True)
class Example:
    """A text as it was and as it came out."""

    title: str
    before: str
    after: str
    removals: tuple[Removal, ...]


def clean(path: Path) -> Example:
    """Clean one of the texts."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        document = clean_html(content, config=Config(extract=ExtractConfig(extractor="winnow")))
        return Example("Comments under a page, English (HTML)", document.before, document.text, document.removals)
    head, _, body = content.partition("\n")
    title = head.removeprefix("# ")
    text = "\n".join(line.removeprefix(GOES) for line in body.strip().split("\n"))
    if "site-template" in path.name:
        return Example(title, *_among_others(text))
    document = clean_text(text)
    return Example(title, document.before, document.text, document.removals)


def expected(path: Path) -> list[str]:
    """Give the lines of a text that are to stay."""
    lines = path.read_text(encoding="utf-8").split("\n")[1:]
    return [line for line in lines if line and not line.startswith(GOES)]


def _among_others(text: str) -> tuple[str, str, tuple[Removal, ...]]:
    """Clean a text in a run over its site, whose other stories have the same first and last lines."""
    first, *_, last = text.split("\n\n")
    texts = [text, *(f"{first}\n\n{story(seed)}\n\n{last}" for seed in range(_STORIES))]
    rows = [{"id": str(number), "url": f"https://{_SITE}/{number}", "text": text} for number, text in enumerate(texts)]
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        raw.mkdir()
        (raw / "site.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        clean_folder(raw, Path(folder) / "clean", Config(run=RunConfig(workers=1)))
        corpus = read_corpus(Path(folder) / "clean")
        (row,) = [row for row in corpus.table("documents").to_pylist() if row["source_id"] == "0"]
        removals = tuple(
            Removal(cut["rule"], cut["kind"], cut["start"], cut["end"], cut["text"], cut["score"], cut["weighed"])
            for cut in corpus.table("removals").to_pylist()
            if cut["id"] == row["id"]
        )
    return restore(row["text"], removals), row["text"], removals


def write() -> str:
    """Write the whole page."""
    examples = [clean(path) for path in TEXTS]
    return "\n".join([_HEAD, *(_section(number, one) for number, one in enumerate(examples, 1))])


def _section(number: int, example: Example) -> str:
    rows = "\n".join(f"| {cut.rule} | {cut.kind} | {_cell(cut.text)} |" for cut in example.removals)
    return (
        f"## {number}. {example.title}\n\n<table>\n<tr><th>before</th><th>after</th></tr>\n<tr><td>\n\n"
        f"{_struck(example)}\n\n</td><td>\n\n{_paragraphs(example.after)}\n\n</td></tr>\n</table>\n\n"
        f"| rule | kind | text |\n|---|---|---|\n{rows}\n"
    )


def _struck(example: Example) -> str:
    """Write the text before, line by line, with those struck through that lie in a removal."""
    lines: list[str] = []
    at = 0
    for line in example.before.split("\n"):
        if line.strip():
            gone = any(cut.start <= at and at + len(line) <= cut.end for cut in example.removals)
            lines.append(f"~~{_escaped(line.strip())}~~" if gone else _escaped(line))
        at += len(line) + 1
    return "\n\n".join(lines)


def _paragraphs(text: str) -> str:
    return "\n\n".join(_escaped(line) for line in text.split("\n") if line.strip())


def _cell(text: str) -> str:
    told = " ".join(text.split())
    return _escaped(told if len(told) <= _LONGEST else told[: _LONGEST - 2] + " …")


def _escaped(text: str) -> str:
    """Let Markdown show what stands there."""
    told = html.escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("~", "\\~")
    return f"\\{told}" if told.startswith(("-", "#", "+")) else told
