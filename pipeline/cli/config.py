"""`winnow config`: the configuration, every setting described."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.terminal import show

_DESCRIPTION = """\
Print the configuration as TOML, each setting under its description: the defaults, or a file's settings with the
defaults for all that it does not name."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="file to resolve (default: none, which gives the defaults)")


def _run(args: argparse.Namespace) -> int:
    from pipeline.config import load_config, to_toml
    from pipeline.strip.reasons import check_rules

    config = load_config(args.config)
    check_rules(config.strip)
    show(to_toml(config).rstrip("\n"))
    return 0


COMMAND = Command(
    name="config",
    usage="[--config FILE]",
    summary="print the configuration, every setting described",
    description=_DESCRIPTION,
    examples=("winnow config > winnow.toml", "winnow config --config winnow.toml"),
    arguments=_arguments,
    run=_run,
    tables=False,
)
