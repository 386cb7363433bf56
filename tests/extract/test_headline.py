from __future__ import annotations

import pytest

from tests.extract.pages import STORY, linked, meta, page, read


def title(head: str, body: str = "") -> str | None:
    return read(page(meta(og__site_name="The Harbour Mole") + head, body + STORY)).title


@pytest.mark.parametrize("separator", [" | ", " - ", " – ", " — ", " · ", " : ", " » ", " :: ", "|", " / "])
def test_the_name_of_the_site_is_cut_off(separator: str) -> None:
    assert title(f"<title>Tide turns at last{separator}The Harbour Mole</title>") == "Tide turns at last"
    assert title(f"<title>The Harbour Mole{separator}Tide turns at last</title>") == "Tide turns at last"


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        # The headline itself may hold a separator.
        ("<title>Ferry - a story of ropes | The Harbour Mole</title>", "", "Ferry - a story of ropes"),
        ("<title>Tide: what it wants</title>", "", "Tide: what it wants"),
        (
            "<title>Tide turns at last | Weather | harbour-mole.example</title>",
            "<h1>Tide turns at last</h1>",
            "Tide turns at last",
        ),
        # What the network is told differs from what stands on the page and in its title.
        (
            meta(og__title="You will not believe this tide") + "<title>Tide turns at last - Mole</title>",
            "<h1>Tide turns at last</h1>",
            "Tide turns at last",
        ),
        # A headline in linked data is often cut short.
        (
            linked({"@type": "Article", "headline": "Ropes and the people who love th"})
            + meta(og__title="Ropes and the people who love them"),
            "",
            "Ropes and the people who love them",
        ),
        (
            meta(og__title="Ropes and the people who…"),
            "<h1>Ropes and the people who love them</h1>",
            "Ropes and the people who love them",
        ),
        # A logo is a heading too.
        (
            meta(og__title="Tide turns at last"),
            "<h1>The Harbour Mole</h1><h1>Tide turns at last</h1>",
            "Tide turns at last",
        ),
        ("<title>Tide turns at last</title>", "<h1>Navigation</h1>", "Tide turns at last"),
        ("<title>Untitled document</title>", "<h1>Tide turns at last</h1>", "Tide turns at last"),
        ("<title>404</title>" + meta(twitter__title="Tide turns at last"), "", "Tide turns at last"),
        ('<meta name="citation_title" content="On tides">', "", "On tides"),
        ("<title>   </title>", "<h1>Tide<br>turns <b>at</b> last<script>x()</script></h1>", "Tide turns at last"),
        ("<title>The Harbour Mole</title>", "", "The Harbour Mole"),
        ("<body><svg><title>Logo</title></svg>", "<h1>Tide turns at last</h1>", "Tide turns at last"),
    ],
)
def test_headline(head: str, body: str, wanted: str) -> None:
    assert title(head, body) == wanted


def test_a_title_in_another_script() -> None:
    assert title("<title>潮がついに変わった｜港新聞</title>", "<h1>潮がついに変わった</h1>") == "潮がついに変わった"
