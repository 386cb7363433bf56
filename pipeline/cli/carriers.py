"""`winnow carriers`: who ran each story, when, and how like; and who was first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import Command, WrongUsage
from pipeline.cli.quantities import number
from pipeline.cli.terminal import show, show_json, show_json_list

if TYPE_CHECKING:
    from pipeline.store.corpus import Corpus

_DESCRIPTION = """\
Tell who ran each story: every record that was collapsed into a document of today over all runs, its duplicates, what it
superseded and their duplicates, with date, site, how alike, and who was first. Without ID, list the stories that most
records ran."""

_MOST = 20


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument(
        "id",
        metavar="ID",
        nargs="?",
        help="any record of the story: id or its beginning, its own id, its URL, or FILE:RECORD",
    )
    parser.add_argument(
        "--csv", metavar="FILE|-", help="write a row for each record of each story (or of this one) as CSV"
    )
    parser.add_argument("--json", action="store_true", help="print each story, or this one, as JSON")


def _run(args: argparse.Namespace) -> int:
    if args.csv and args.json:
        raise WrongUsage("carriers: --csv and --json are two forms of the same; give one of them.")

    from pipeline.inspect.carried import render_most, render_story
    from pipeline.inspect.carriers import all_stories, most_carried, story_of
    from pipeline.store.corpus import read_corpus

    corpus = read_corpus(args.clean)
    if args.csv:
        _write_csv(corpus, args.id, args.csv)
    elif args.id is not None:
        story = story_of(corpus, args.id)
        if args.json:
            show_json(story.to_dict())
        else:
            show(render_story(story))
    elif args.json:
        show_json_list(story.to_dict() for story in all_stories(corpus))
    else:
        show(render_most(most_carried(corpus, _MOST)))
    return 0


def _write_csv(corpus: Corpus, name: str | None, out: str) -> None:
    from pipeline.inspect.carriers import csv_texts, write_csv

    if out == "-":
        for text, _ in csv_texts(corpus, name):
            show(text.removesuffix("\n"))
        return
    rows = write_csv(corpus, name, Path(out))
    show(f"{out}: {number(rows, 'row')} written.")


COMMAND = Command(
    name="carriers",
    usage="CLEAN [ID] [--csv FILE|-] [--json]",
    summary="tell who ran each story, when, how like, and who was first",
    description=_DESCRIPTION,
    examples=(
        "winnow carriers clean/",
        "winnow carriers clean/ 3f2a9c",
        "winnow carriers clean/ --csv carriers.csv",
    ),
    arguments=_arguments,
    run=_run,
)
