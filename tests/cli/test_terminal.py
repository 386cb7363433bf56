"""What is printed cannot command the terminal, and nobody listening is no reason to stop."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.terminal import show, show_json, tell, visible
from tests.cli.program import REPOSITORY, arguments, environment


@given(st.text())
def test_no_control_character_reaches_the_terminal(text):
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_text_without_them_is_shown_as_it_is(text):
    assert visible(text) == text


def on(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "iso-8859-1"])
@pytest.mark.parametrize("text", ["Zürich → 東京", "bad \udcff byte", 'quote " and \\ and \x1b[31m'])
def test_json_is_json_in_any_character_set(monkeypatch, encoding, text):
    stream = on(encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    show_json({"text": text})
    assert json.loads(stream.buffer.getvalue().decode(encoding)) == {"text": text}


def test_a_closed_stream_is_borne(monkeypatch):
    open_one = on("utf-8")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", open_one)
    show("result")
    tell("progress")
    assert open_one.buffer.getvalue() == b"progress\n"
    monkeypatch.setattr(sys, "stderr", None)
    tell("progress that nobody hears")


def test_a_reader_that_has_gone_is_borne_quietly():
    process = subprocess.Popen(
        arguments("config"), env=environment(), cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), error) == (0, b"")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_a_full_disk_under_stdout_is_told():
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            arguments("config"), env=environment(), cwd=REPOSITORY, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"winnow: No space left on device. Mend that and run again.\n"
