"""What is printed: results on stdout, what is said of the work on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

# Control characters (a file name or a text from outside may hold them) move the cursor, recolour or retitle the
# terminal; direction overrides show a line other than it is.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    r"""Write control characters out, so that text from outside cannot command the terminal.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def show(text: str) -> None:
    """Print a result on stdout.

    Where whoever read it has gone (`winnow status | head`), the rest is dropped: the work and its exit status stand.

    Raises:
        OSError: stdout cannot be written, its disk being full for one.
    """
    _print(visible(text), sys.stdout)


def show_json(value: Any) -> None:
    """Print a value on stdout as one JSON document.

    Raises:
        OSError: as `show`.
    """
    _print(_as_json(value, indent=2), sys.stdout)


def show_json_list(values: Iterable[Any]) -> None:
    """Print values on stdout as one JSON document, a list, one to a line; no more than one is held.

    Raises:
        OSError: as `show`.
    """
    before = "["
    for value in values:
        _print(f"{before}{_as_json(value)}", sys.stdout)
        before = ","
    _print("]" if before == "," else "[]", sys.stdout)


def _as_json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def in_colour() -> bool:
    """Say whether what is printed on stdout may be coloured: on a terminal, unless NO_COLOR is set."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def tell(text: str) -> None:
    """Print a line for people on stderr; nobody listening is no reason to stop."""
    _print(visible(text), sys.stderr)


def tell_json(value: Mapping[str, Any]) -> None:
    """Print a line for programs on stderr."""
    _print(json.dumps(value), sys.stderr)


def prepare_streams() -> None:
    """Let a character that the terminal's character set lacks be written out instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _print(text: str, stream: TextIO | None) -> None:
    # Both streams are None where the caller closed them.
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)
    except OSError:
        # Else Python fails on the unwritten rest once more, at its end.
        _silence(stream)
        raise


def _silence(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
