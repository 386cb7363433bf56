"""The command `winnow`: find the command that is meant, run it, and say what went wrong.

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import atexit
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from pipeline.cli import carriers, check, clean, config, explain, export, pairs, repair, sites, status, strip
from pipeline.cli.arguments import Command, WrongUsage, command_parser, did_you_mean, parse_words
from pipeline.cli.interrupts import EXIT_STATUS, Interrupted, interruptible
from pipeline.cli.terminal import prepare_streams, show, tell, tell_json
from pipeline.errors import WinnowError

COMMANDS: tuple[Command, ...] = (
    clean.COMMAND,
    strip.COMMAND,
    explain.COMMAND,
    carriers.COMMAND,
    status.COMMAND,
    sites.COMMAND,
    pairs.COMMAND,
    check.COMMAND,
    repair.COMMAND,
    export.COMMAND,
    config.COMMAND,
)
"""Every command, in the order in which help lists them."""

_DONE, _FAILED, _WRONG_USAGE = 0, 1, 2

_WHAT = "Raw news and web pages in, a clean, de-duplicated corpus with provenance out."


def program() -> NoReturn:
    """Run the command line of this process, and end it.

    Python would take its objects apart one by one: a tenth of a second after a run, all for nothing.
    """
    status = main()
    if threading.active_count() == 1:
        with suppress(OSError):
            atexit._run_exitfuncs()
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
            os._exit(status)
    sys.exit(status)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        words: what stands after `winnow`; None takes it from the process.

    Returns:
        The exit status.
    """
    prepare_streams()
    own_process = words is None
    words = sys.argv[1:] if words is None else words
    args = argparse.Namespace()
    try:
        with interruptible():
            command = _command(words)
            if command is None:
                return _DONE
            args = parse_words(command_parser(command), words[1:])
            if own_process and command.tables:
                from pipeline.lean import begin_lean

                begin_lean()
            return command.run(args)
    except SystemExit:
        return _DONE  # argparse has printed its help
    except WrongUsage as wrong:
        tell(f"winnow: {wrong}")
        return _WRONG_USAGE
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told in a way that says what to do next
        return _tell_error(error, args)
    except KeyboardInterrupt:
        _tell(args, "Interrupted", "interrupted")
        return EXIT_STATUS


def _command(words: Sequence[str]) -> Command | None:
    """Find the command that is meant; None where help or the version was, which is printed."""
    if not words:
        show(_short_help())
        return None
    word = words[0]
    if word in ("-h", "--help"):
        show(_help())
        return None
    if word in ("-V", "--version"):
        from pipeline.version import winnow_version

        show(f"winnow {winnow_version()}")
        return None
    by_name = {command.name: command for command in COMMANDS}
    if word in by_name:
        return by_name[word]
    if word.startswith("-"):
        takers = [command.name for command in COMMANDS if word in command_parser(command).options]
        hint = f"; it stands after one, as in winnow {takers[0]} … {word}" if takers else ""
        hint = hint or did_you_mean(word, ("--help", "--version"))
        raise WrongUsage(
            f"there is no option {word} before a command{hint}{'' if hint.endswith('?') else '.'} {_usage()}"
        )
    hint = did_you_mean(word, by_name)
    if not hint and Path(word).exists():
        hint = f"; did you mean `winnow clean {word}`?"
    raise WrongUsage(f"there is no command {word!r}{hint}\n{_listed()}")


def _tell_error(error: Exception, args: argparse.Namespace) -> int:
    """Say what went wrong, and what to do next; gives the exit status."""
    kind = type(error).__name__
    if isinstance(error, Interrupted):
        _tell(args, kind, str(error))
        return EXIT_STATUS
    expected = isinstance(error, WinnowError | OSError | MemoryError)
    trace = None
    if getattr(args, "verbose", False) or not expected:
        trace = "".join(traceback.format_exception(error)).rstrip("\n")
    if isinstance(error, WinnowError):
        _tell(args, kind, str(error), trace)
        return error.exit_status
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _tell(args, kind, f"{where}{error.strerror or error}. Mend that and run again.", trace)
    elif isinstance(error, MemoryError):
        text = "the memory of this machine is used up. Run again with fewer workers (--workers 1)."
        _tell(args, kind, text, trace)
    else:
        text = f"{kind}: {error}\nThis is a defect of Winnow: please report it with what stands above."
        _tell(args, kind, text, trace)
    return _FAILED


def _tell(args: argparse.Namespace, kind: str, text: str, trace: str | None = None) -> None:
    if getattr(args, "json", False):
        tell_json({"event": "error", "kind": kind, "message": text} | ({"traceback": trace} if trace else {}))
        return
    if trace:
        tell(trace)
    tell(f"winnow: {text}")


def _usage() -> str:
    return "Usage: winnow COMMAND …; `winnow --help` tells more."


def _listed() -> str:
    return "Commands:\n" + "\n".join(f"  {command.name:<8}  {command.summary}" for command in COMMANDS)


def _short_help() -> str:
    return f"{_WHAT}\n\n{_listed()}\n\nBegin with:\n  {clean.COMMAND.examples[0]}\n`winnow COMMAND --help` tells more."


def _help() -> str:
    examples = "\n".join(f"  {command.examples[0]}" for command in COMMANDS)
    return (
        f"usage: winnow COMMAND …\n\n{_WHAT}\n\n{_listed()}\n\nOptions:\n  --help     tell all this\n"
        f"  --version  tell the version\n\nExamples:\n{examples}\n\n"
        "`winnow COMMAND --help` tells what a command takes.\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."
    )
