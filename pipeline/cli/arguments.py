"""Read the words of a command line, and say of a wrong one what was meant."""

from __future__ import annotations

import argparse
import difflib
import os
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, NoReturn

from pipeline.cli.terminal import show


class WrongUsage(Exception):
    """The words of the command line make no sense. The text says which, and what was allowed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it is called, what it says of itself, what it takes and what it does."""

    name: str
    usage: str
    """What stands after the name, in short."""
    summary: str
    """A verb and what it acts on, for the list of commands."""
    description: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    """Adds the arguments to a parser."""
    run: Callable[[argparse.Namespace], int]
    """Does the work; gives the exit status."""
    tables: bool = True
    """Whether it reads or writes any."""


class Parser(argparse.ArgumentParser):
    """A parser that raises `WrongUsage`, and prints its help like all other output."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong.

        Raises:
            WrongUsage: always.
        """
        end = "" if message.endswith("?") else "."
        raise WrongUsage(f"{self.prog.removeprefix('winnow ')}: {message}{end} `{self.prog} --help` tells more.")

    def _print_message(self, message: str, file: IO[str] | None = None) -> None:  # type: ignore[override]
        del file
        show(message.rstrip("\n"))

    @property
    def options(self) -> list[str]:
        """The names of all options."""
        return [name for action in self._actions for name in action.option_strings]


def command_parser(command: Command) -> Parser:
    """Make the parser of one command."""
    parser = Parser(
        prog=f"winnow {command.name}",
        usage=f"winnow {command.name} {command.usage}",
        description=command.description,
        epilog="examples:\n" + "\n".join(f"  {example}" for example in command.examples),
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    command.arguments(parser)
    parser.add_argument("-h", "--help", action="help", help="tell all this")
    return parser


def parse_words(parser: Parser, words: Sequence[str]) -> argparse.Namespace:
    """Parse the words after a command's name; options and paths may stand in any order.

    Raises:
        WrongUsage: a word is not understood; the text suggests what was meant.
        SystemExit: help was asked for and is printed.
    """
    # argparse forgets on its second pass over mixed words what stood after --, so no word of these may look like an
    # option: each goes by a name that no argument of a process can have.
    dashes = words.index("--") if "--" in words else len(words)
    held = {f"\0{number}": word for number, word in enumerate(words[dashes + 1 :])}
    for word in words[:dashes]:
        if _is_unknown_option(word, parser.options):
            name = word.split("=")[0]
            path = f"; the path is written ./{word}" if os.path.lexists(word) else ""
            parser.error(f"there is no option {name}{path or did_you_mean(name, parser.options)}")
    known, unknown = parser.parse_known_intermixed_args([*words[:dashes], *held])
    for name, value in vars(known).items():
        if isinstance(value, list):
            setattr(known, name, [held.get(word, word) for word in value])
        elif isinstance(value, str):
            setattr(known, name, held.get(value, value))
    if unknown:
        parser.error(f"{held.get(unknown[0], unknown[0])!r} is one word too many")
    return known


def _is_unknown_option(word: str, options: Sequence[str]) -> bool:
    if word.startswith("--"):
        return word.split("=", maxsplit=1)[0] not in options
    # A number is a value, and short options may stand together.
    return len(word) > 1 and word[0] == "-" and not word[1].isdigit() and any(f"-{c}" not in options for c in word[1:])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean …?` where a known word is close, else nothing.

    >>> did_you_mean("claen", ["clean", "status"])
    '; did you mean clean?'
    >>> did_you_mean("xyz", ["clean", "status"])
    ''
    """
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def one_of(*allowed: str) -> Callable[[str], str]:
    """Make an argument type that takes one of several words."""

    def take(word: str) -> str:
        if word not in allowed:
            raise argparse.ArgumentTypeError(
                f"{word!r} is not one of {', '.join(allowed)}{did_you_mean(word, allowed)}"
            )
        return word

    return take


def number_of_workers(word: str) -> int:
    """Take a number of processes, as an argument type."""
    # As in pipeline.config.RunConfig.workers, where 0 stands for the default, which is told here by leaving it out.
    least, most = 1, 1024
    try:
        number = int(word)
    except ValueError:
        number = 0
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a number of processes; give {least} to {most}, or leave it out for one a processor"
        )
    return number


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        # Examples keep their lines; a description is fitted to the terminal.
        return text if "\n  " in text else textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
