"""The Sallow Parish Leaf: short texts that share their first line and their foot, as only the site as a whole shows."""

from __future__ import annotations

from tests.sample.pieces import File, drop, keep, plain_entry, raw
from tests.sample.stories import Story

_FOLDER = "sallow-parish.example"

_ABOVE = "The Leaf goes from door to door on the first Friday of each month."
_BELOW = (
    "The Leaf is folded by hand in the vestry; whoever has a free evening is welcome at the long table from six.",
    "Bell ringers",
    "Allotment list",
    "Who has the key",
)

_STORIES = {
    "2026-02-06-snowdrops": (
        "The snowdrops under the lych gate opened nine days earlier than last year, by the count that Hester Voyle has "
        "kept in the back of her hymn book since her husband planted the first of them.",
        "She puts it down to the new drain, which has kept the bank dry, and not to the weather.",
    ),
    "2026-03-06-stile": (
        "The stile on the path to Upper Sallow has lost its top step for the third time, and the parish clerk believes "
        "that somebody in the village has a very good small bench.",
        "A new step of green oak will be pinned from below, where no screwdriver reaches.",
    ),
    "2026-04-03-choir": (
        "Eleven people came to the first practice of the spring choir, seven of them basses, so the Easter anthem will "
        "be sung in an arrangement that the organist finished on the bus.",
        "Sopranos are asked to bring a friend, and altos to bring two.",
    ),
    "2026-05-01-pond": (
        "Children from the infant class counted forty-one newts in the mill pond with torches and a tea strainer, and "
        "wrote the number on the wall of the pump house beside those of the last twelve springs.",
        "Only the spring after the flood had more.",
    ),
    "2026-06-05-clockweights": (
        "The weights of the church clock were lowered through the tower floor on Tuesday and turned out to be filled "
        "with cobbles from the old market street, each one wrapped in a page of a ledger.",
        "The ledger is drying on the radiators of the school, and the clock stands at ten past four until it is read.",
    ),
}


def files() -> list[File]:
    """Make the folder of the site."""
    made = []
    for name, told in _STORIES.items():
        pieces = [*drop("site-template", _ABOVE), *keep(*told), *drop("site-template", *_BELOW)]
        facts = Story(key=name, title="", date=name[:10], section="", language="en", blocks=told)
        made.append(
            File(f"{_FOLDER}/{name}.txt", raw(pieces).encode() + b"\n", [plain_entry(f"parish {name}", facts, pieces)])
        )
    return made
