"""Invented articles for judgement, and what carriers and scanners make of them."""

from __future__ import annotations

import random

FERRY = """\
The ferry between Alder and the island of Skerry will not run for the rest of the winter after engineers found cracks in
the hull, the harbour board said on Monday. Passengers who hold a season ticket can claim their money back at the
office on the quay, or keep it for the spring.
The cracks came to light when the boat was lifted out of the water for its yearly inspection. They run along both sides
of the keel and are too deep to be welded, according to the yard that examined them. A new section of steel has to be
ordered from the north, and the mill there is busy with orders of its own.
Islanders said they had heard nothing of the trouble until the notice went up. Many of them work on the mainland and
cross every day. A farmer who sells milk in Alder said that he would have to hire a fishing boat, which costs more than
he earns with a crossing.
The board has asked the neighbouring county to lend its reserve ferry, a smaller boat that carries no cars. An answer is
expected before the end of the month. Until then the mail will come by helicopter when the weather allows it, and the
school on the island will teach its older pupils by radio.
It is the second time in ten years that the boat is out of service for so long. After the last accident the council had
promised to buy a replacement, but the plan was dropped when the price of oil fell, and with it the income of the
port."""

MUSEUM = """\
A painting that hung in a dentist's waiting room for half a century has turned out to be a lost work by the landscape
painter Ilse Varga. The town museum, to which it was left by the dentist's widow, presented it to reporters yesterday.
The canvas shows a line of poplars behind a flooded meadow. Restorers who cleaned it uncovered a signature below layers
of varnish and tobacco smoke, and a date that fits a journey which Varga described in letters to her sister.
Experts compared the pigments with those of two portraits in the national collection and found the same rare green. The
frame, however, is younger, and nobody knows how the picture came into the practice. Patients remembered it mostly for a
fly that had died between glass and paint.
The director said that the museum would not sell, although an auction house has already telephoned. She wants to hang
the picture beside the sketches that the artist made for it, which have been in the cellar since the last exhibition.
Visitors can see it from Thursday. Admission is free for everybody who can prove that they once had a tooth pulled
there; the receptionist has kept the old appointment books and will look up each name."""

STRIKE = """\
Bakers across the valley laid down their work at midnight after talks about night shifts had failed. Shops sold
yesterday's bread in the morning and were empty by ten. The union wants an extra day of rest for everybody who starts
before four; employers offer a bonus instead.
A mediator from the labour ministry met both sides in a hotel near the station. She left without a word. The head of the
guild called the demands unreasonable because supermarkets, which bake by machine, would be the only ones to profit.
In the villages volunteers fired up the communal ovens. A retired miller gave lessons in kneading to forty people, most
of whom had never touched dough. Schools told parents to pack fruit.
Hospitals and old people's homes have been exempted from the strike and receive their loaves from three bakeries that
work with reduced crews. The union said it would decide on Sunday whether it goes on."""

OTHER_FERRY = """\
People on Skerry must do without their boat until spring. The harbour board in Alder withdrew it from the timetable at
the beginning of the week because its hull is damaged.
Shipyard workers discovered long fractures in the steel while they prepared the vessel for inspection, a spokeswoman
told this newspaper. Repairing them would take months: the plates are rolled by a single factory, and that factory has
no free capacity.
On the island, anger is mixed with resignation. Commuters complain that they learned of the decision from a sheet of
paper pinned to the ticket window. Dairy farmers fear for their contracts with shops in the town.
Talks about a substitute are under way with officials of the county next door, who own a spare passenger boat. Letters
are to be flown over, and lessons for teenagers will be broadcast.
Critics recall that a successor for the ageing ferry was approved and then cancelled when port revenues shrank."""

_SIMILAR = {"e": "c", "c": "e", "i": "l", "l": "1", "o": "0", "n": "u", "u": "n", "h": "b", "m": "rn", "a": "o"}


def scanned(text: str, share: float, seed: int = 1) -> str:
    """Make a text as a scanner reads it: so large a share of its letters is another one, gone, or doubled."""
    chance = random.Random(seed)
    out = []
    for char in text:
        if not char.isalpha() or chance.random() >= share:
            out.append(char)
        else:
            out.append(chance.choice([_SIMILAR.get(char, "x"), chance.choice("etaoinsr"), "", f"{char}{char}"]))
    return "".join(out)


def replaced(text: str, share: float, seed: int = 1) -> str:
    """Replace so large a share of the words."""
    chance = random.Random(seed)
    words = ("rather", "moreover", "plainly", "nearby", "quietly", "perhaps", "lately", "indeed", "seldom", "hardly")
    return "\n".join(
        " ".join(chance.choice(words) if chance.random() < share else word for word in line.split(" "))
        for line in text.split("\n")
    )


def sentences(text: str) -> list[str]:
    return [f"{one.strip().rstrip('.')}." for one in text.replace("\n", " ").split(". ")]
