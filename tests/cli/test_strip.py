"""`winnow strip`: one text, and what went and why."""

from __future__ import annotations

import gzip
import io
import sys

import pytest

from pipeline.api import clean_text
from pipeline.cli.main import main
from pipeline.inspect.stripped import diff_lines, diff_page

TEXT = """\
Home | News | Sport

The bridge over the Alder opened on Monday, two years late and half a million over budget, the council said.

Sign up for our newsletter

“It holds,” said the engineer. <b>She laughed.</b>
"""
KEPT = [line for line in TEXT.splitlines() if line.startswith(("The", "“It"))]


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_it_prints_what_is_left(capsys, article):
    assert main(["strip", str(article)]) == 0
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line] == KEPT
    assert err == ""


def test_a_compressed_file_is_read_too(capsys, tmp_path):
    (tmp_path / "article.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    assert main(["strip", str(tmp_path / "article.txt.gz")]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line] == KEPT


def test_diff_marks_what_went_with_its_rule(capsys, article):
    assert main(["strip", str(article), "--diff"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "- Sign up for our newsletter  [newsletter.sign-up]" in lines
    assert [line[2:] for line in lines if line.startswith("  ") and line.strip()] == KEPT
    assert "\x1b" not in "".join(lines)


def test_diff_is_coloured_on_a_terminal_and_text_cannot_command_it(monkeypatch, capsys, article):
    article.write_text(TEXT.replace("laughed", "laughed\x9b31m \u202e"), encoding="utf-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["strip", str(article), "--diff"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[" in out
    assert "\x9b" not in out
    assert "\u202e" not in out


def test_the_page_escapes_what_it_shows(capsys, tmp_path, article):
    page = tmp_path / "page.html"
    assert main(["strip", str(article), "--html", str(page)]) == 0
    assert capsys.readouterr().out == ""
    shown = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;She laughed." in shown
    assert "<b>She laughed" not in shown
    assert "newsletter.sign-up" in shown


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (TEXT.encode(), KEPT),
        (TEXT.encode("utf-16"), KEPT),
        (b"", []),
    ],
)
def test_standard_input_is_read(monkeypatch, capsys, content, kept):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["strip", "-"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line] == kept


def test_a_page_on_standard_input_is_told_by_its_content(monkeypatch, capsys):
    body = "".join(f"<p>{KEPT[0]} Paragraph {n} says why.</p>" for n in range(6))
    page = f"<!doctype html><html><body><nav><a href='/'>Home</a></nav><article>{body}</article></body></html>"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(page.encode())))
    assert main(["strip", "-", "--url", "https://example.org/1"]) == 0
    out = capsys.readouterr().out
    assert "Paragraph 5 says why." in out
    assert "<p>" not in out


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rows.jsonl", b'{"text": "one"}\n{"text": "two"}\n', "holds records, not one text or page. `winnow clean"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "this is a PNG image"),
    ],
)
def test_what_is_not_one_text_is_refused_with_the_way_out(capsys, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert main(["strip", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err


def test_a_folder_a_missing_file_and_binary_input_are_refused(monkeypatch, capsys, tmp_path):
    assert main(["strip", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert main(["strip", str(tmp_path / "missing.txt")]) == 2
    assert "missing.txt" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(range(32)) * 40)))
    assert main(["strip", "-"]) == 2
    assert "standard input: " in capsys.readouterr().err


def test_a_page_that_cannot_be_written_says_so(capsys, tmp_path, article):
    assert main(["strip", str(article), "--html", str(tmp_path / "no" / "page.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_lines_that_are_kept_and_cut_make_up_the_text():
    document = clean_text(TEXT)
    lines = list(diff_lines(document))
    assert [line.text for line in lines if line.text] == [line for line in document.before.split("\n") if line]
    assert [line.text for line in lines if line.text and not line.kind] == KEPT
    assert "Home | News | Sport" in diff_page(document, "article")
