from pathlib import Path

import pytest

from tests.read.files import TEXTS, read, table, write


def texts(tmp_path: Path, content: str | bytes, name: str = "a.csv", **settings: object) -> list[str]:
    outcome = read(write(tmp_path, name, content), **settings)
    return [one.reason if hasattr(one, "reason") else str(one.content) for one in outcome.items]  # type: ignore[union-attr]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_the_delimiter_is_told(tmp_path: Path, delimiter: str, name: str) -> None:
    assert texts(tmp_path, table(delimiter=delimiter), name) == TEXTS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert texts(tmp_path, end.join(["id,text", "1,one", "2,two", ""])) == ["one", "two"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252", "utf-8"])
def test_character_sets(tmp_path: Path, codec: str) -> None:
    rows = [{"id": str(n), "text": "Le café “naïf” a rouvert à l’été, dit-elle."} for n in range(5)]
    assert texts(tmp_path, table(rows).encode(codec)) == [row["text"] for row in rows]


def test_a_row_in_another_character_set(tmp_path: Path) -> None:
    lines = ["id,text", *(f"{n},déjà vu" for n in range(9))]
    content = b"\n".join(line.encode("cp1252" if line.startswith("5") else "utf-8") for line in lines)
    assert texts(tmp_path, content) == ["déjà vu"] * 9


def test_quoted_newlines_and_quotes(tmp_path: Path) -> None:
    assert texts(tmp_path, 'id,text\n1,"a\nb ""c"", d"\n2,5" pipe\n') == ['a\nb "c", d', '5" pipe']


def test_rows_that_do_not_fit_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    assert texts(tmp_path, "id,text\n1,one\n2,two,too many\n3\n\n4,four\n") == ["one", "bad-row", "bad-row", "four"]


def test_a_quote_that_is_never_closed_costs_its_line(tmp_path: Path) -> None:
    rows = "".join(f"{n},text {n}\n" for n in range(100))
    assert texts(tmp_path, f'id,text\n0,"never closed\n{rows}') == ["bad-row", *(f"text {n}" for n in range(100))]


def test_many_unclosed_quotes_take_no_quadratic_time(tmp_path: Path) -> None:
    outcome = read(write(tmp_path, "a.csv", "id,text\n" + 'x","y\n' * 20_001))
    assert set(outcome.reasons) == {"bad-row", "truncated"}


def test_a_file_that_ends_inside_a_quote(tmp_path: Path) -> None:
    assert texts(tmp_path, 'id,text\n1,one\n2,"two') == ["one", "truncated"]


def test_nul_and_stray_returns(tmp_path: Path) -> None:
    assert texts(tmp_path, "id,text\n1,o\x00ne\n2,t\rwo\n" + "3,three\n" * 50) == ["one", "t\u2028wo", *["three"] * 50]


def test_huge_cells(tmp_path: Path) -> None:
    long = "x" * 300_000
    assert texts(tmp_path, f'id,text\n1,{long}\n2,"{long}\n{long}"\n') == [long, f"{long}\n{long}"]
    assert texts(tmp_path, f'id,text\n1,{long}\n2,two\n3,"{long}"\n4,four', max_record_bytes=2000) == [
        "too-large",
        "two",
        "too-large",
        "four",
    ]


def test_a_table_without_a_text(tmp_path: Path) -> None:
    outcome = read(write(tmp_path, "a.csv", "name,price\nx,1\n"))
    assert outcome.reasons == ["no-text"]
    assert "fields: name, price" in outcome.quarantined[0].detail
    assert "read.text_fields" in outcome.quarantined[0].detail


def test_a_header_alone_and_one_column(tmp_path: Path) -> None:
    assert texts(tmp_path, "id,text\n") == []
    assert texts(tmp_path, "text\none\ntwo\n") == ["one", "two"]
