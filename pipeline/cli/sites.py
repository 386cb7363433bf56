"""`winnow sites`: what sites repeat."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.terminal import show, show_json

_DESCRIPTION = """\
Tell what the corpus knows of its sites: documents, distinct stories, templates, how much was cut. Of one site, tell
each template: its text, on how many stories it stood and where, the run that learned it, and how much it cut."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument("site", metavar="SITE", nargs="?", help="a site, as the list names it")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from pipeline.inspect.sites import list_sites, render_list, render_site, tell_site
    from pipeline.store.corpus import read_corpus

    corpus = read_corpus(args.clean)
    if args.site is None:
        sites = list_sites(corpus)
        if args.json:
            show_json([asdict(site) for site in sites])
        else:
            show(render_list(sites))
        return 0
    told = tell_site(corpus, args.site)
    if args.json:
        show_json(asdict(told))
    else:
        show(render_site(told))
    return 0


COMMAND = Command(
    name="sites",
    usage="CLEAN [SITE] [--json]",
    summary="tell what each site repeats, and how much of it was cut",
    description=_DESCRIPTION,
    examples=("winnow sites clean/", "winnow sites clean/ example.org", "winnow sites clean/ example.org --json"),
    arguments=_arguments,
    run=_run,
)
