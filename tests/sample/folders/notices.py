"""Notices from one template that differ in their figures: like one another, and none a copy."""

from __future__ import annotations

LEVELS = (("3.12", "3", "+4"), ("3.47", "4", "+35"), ("2.98", "5", "-49"), ("4.06", "11", "+61"))
"""Water level in metres, day of March 2026, change in centimetres."""

# One paragraph, so that no whole block of it recurs: what a site repeats block for block may be taken for boilerplate.
_LEVEL = (
    "At Tannery Bridge the water stood at {0} m at six in the morning of {1} March 2026, a change of {2} cm. "
    "The level is read by eye from the staff on the northern pier, and is not corrected for wind. Skippers of vessels "
    "that draw more than two metres should ask the duty officer before they pass the sill, because the depth over it "
    "can differ from the reading by a hand’s breadth after rain in the hills. Small craft may use the western lock at "
    "any state of the tide, provided that both lamps show green and nobody is mooring in the chamber. The towpath "
    "below the bridge is closed to carts whenever the river covers the painted stone beside the ferryman’s hut, and to "
    "walkers when it reaches the lowest rung of the iron ladder. "
    "A second reading is taken at noon and chalked on the board outside the harbour office, where complaints about "
    "either may be left with the clerk."
)

MARKETS = (
    ("Monday", "412", "1,180", "Corran greyface", "96", "31"),
    ("Thursday", "365", "1,240", "Hallin blackfoot", "88", "27"),
    ("Saturday", "540", "1,095", "mountain cross", "103", "44"),
)

_MARKET = (
    "{0}’s sale at Tarnbeck mart drew {1} head of sheep and a top price of {2} crowns, paid for a pen of {3} ewes. "
    "Store lambs averaged {4} crowns. There were {5} calves forward, and trade for them was steady."
)


def water_levels() -> list[str]:
    """Give four notices that share most of their words, sentence for sentence."""
    return [_LEVEL.format(*figures) for figures in LEVELS]


def market_reports() -> list[str]:
    """Give three short reports that share a frame and differ throughout."""
    return [_MARKET.format(*figures) for figures in MARKETS]


POOL = "The swimming pool on Quay Street will be closed on Friday while its filters are changed."
READING_ROOM = "The reading room on Quay Street will be closed on Friday for stocktaking."
"""Two notices of fewer than twenty words that share a phrase."""
