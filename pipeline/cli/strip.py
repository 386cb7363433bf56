"""`winnow strip`: one text or page without its boilerplate, and what went and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import Command
from pipeline.cli.terminal import in_colour, show, visible

if TYPE_CHECKING:
    from pipeline.values import Document

_DESCRIPTION = """\
Strip one text or page and print what is left: boilerplate, repeats and what became a column are gone. With --diff, show
all of it with what went marked, and why; with --html, write that as a page. No corpus is read or written."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a text, Markdown or HTML file; - reads standard input")
    parser.add_argument("--diff", action="store_true", help="show what went, and why, in colour on a terminal")
    parser.add_argument("--html", metavar="PAGE", help="write what went, and why, as a page")
    parser.add_argument("--url", metavar="URL", help="where a page from standard input came from")
    parser.add_argument("--config", metavar="FILE", help="configuration, as `winnow config` prints it")


def _run(args: argparse.Namespace) -> int:
    from pipeline.config import load_config
    from pipeline.inspect.stripped import diff_page, strip_bytes, strip_file
    from pipeline.run.pool import quiet_libraries

    quiet_libraries()
    config = load_config(args.config)
    if args.file == "-":
        document = strip_bytes(_standard_input(config.read.max_record_bytes), args.url, config)
    else:
        document = strip_file(args.file, config)
    if args.html:
        name = "standard input" if args.file == "-" else Path(args.file).name
        _write(Path(args.html), diff_page(document, name))
    if args.diff:
        _show_diff(document)
    elif not args.html:
        show(document.text)
    return 0


def _standard_input(limit: int) -> bytes:
    from pipeline.errors import Refused

    content = sys.stdin.buffer.read(limit + 1) if sys.stdin is not None else b""
    if len(content) > limit:
        raise Refused(f"standard input: more than {limit:,} bytes; raise read.max_record_bytes to take it.")
    return content


def _write(path: Path, content: str) -> None:
    from pipeline.errors import StorageFailed

    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"{path}: cannot be written ({error.strerror}). Name another file with --html.") from error


def _show_diff(document: Document) -> None:
    from pipeline.inspect.stripped import diff_lines

    lines = list(diff_lines(document))
    if not in_colour():
        show("\n".join(f"- {line.text}  [{line.rule}]" if line.rule else f"  {line.text}" for line in lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        words = visible(line.text)
        if line.rule:
            console.print(Text.assemble(("- " + words, "red strike"), ("  " + line.rule, "dim cyan")))
        else:
            console.print(Text("  " + words))


COMMAND = Command(
    name="strip",
    usage="FILE|- [options]",
    summary="print one text or page without its boilerplate, or what went and why",
    description=_DESCRIPTION,
    examples=(
        "winnow strip article.txt",
        "winnow strip page.html --diff",
        "winnow strip - --html stripped.html < article.txt",
    ),
    arguments=_arguments,
    run=_run,
)
