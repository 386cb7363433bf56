"""Card numbers (ISO/IEC 7812) and bank accounts (IBAN, ISO 13616): numbers that prove themselves by a check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.mask.row import HYPHENS, LETTER, Row, Span, in_address, is_alnum, is_digit, is_upper

_CARD = re.compile(rf"(?<!{LETTER})(?<![.,+$€£#=/-])\d(?:[ {HYPHENS}]?\d){{12,}}(?!{LETTER}|[=/]|[.,-]\d)")
# Lengths by the first digits, the longest that fits counts: Visa, Mastercard, American Express, Discover, JCB, Diners,
# UnionPay, Mir, Maestro, RuPay. Thirteen digits, which Visa gave up, are mostly barcodes.
_ISSUERS: tuple[tuple[range, frozenset[int]], ...] = (
    (range(40, 50), frozenset((16, 19))),
    (range(51, 56), frozenset((16,))),
    (range(2221, 2721), frozenset((16,))),
    (range(34, 35), frozenset((15,))),
    (range(37, 38), frozenset((15,))),
    (range(6011, 6012), frozenset((16, 19))),
    (range(644, 660), frozenset((16, 19))),
    (range(3528, 3590), frozenset((16, 19))),
    (range(300, 306), frozenset((14, 16, 19))),
    (range(36, 37), frozenset((14, 16, 19))),
    (range(38, 40), frozenset((14, 16, 19))),
    (range(62, 63), frozenset((16, 17, 18, 19))),
    (range(2200, 2205), frozenset((16, 17, 18, 19))),
    (range(50, 51), frozenset((13, 15, 16, 19))),
    (range(56, 59), frozenset((13, 15, 16, 19))),
    (range(60, 61), frozenset((16,))),
    (range(63, 64), frozenset((16, 18, 19))),
    (range(67, 68), frozenset((13, 15, 16, 18, 19))),
)
_GROUPS = frozenset(((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (6, 10), (6, 13), (8, 8)))
_MOST_GROUPS = 5

# Characters of an account number by its country (the IBAN registry).
_IBAN_SIZES: dict[str, int] = {
    country: size
    for size, countries in {
        15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
        32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,29}")


def find_cards(row: Row) -> Iterator[Span]:
    """Find card numbers: grouped as cards are, of an issuer's first digits and length, and with a sound check digit."""
    for start, end in row.clusters(13):
        for found in _CARD.finditer(row.text, start, end):
            if not in_address(row.text, found.start()):
                yield from _cards_in(found[0], found.start())


def _cards_in(run: str, at: int) -> Iterator[Span]:
    groups = [(group.start(), group[0]) for group in re.finditer(r"\d+", run)]
    first = 0
    # A longer number has a sound part often enough; one that follows a card is looked at.
    while first < len(groups):
        end = _end_of_card([group for _, group in groups[first : first + _MOST_GROUPS]])
        if end == 0:
            return
        last, group = groups[first + end - 1]
        yield Span(
            at + groups[first][0],
            at + last + len(group),
            "card",
            "".join(one for _, one in groups[first : first + end]),
        )
        first += end


def _end_of_card(groups: Sequence[str]) -> int:
    """Say how many of the groups, from the first on, are a card; 0 for none."""
    for count in range(1, len(groups) + 1):
        sizes = tuple(map(len, groups[:count]))
        if (count == 1 or sizes in _GROUPS) and _is_card("".join(groups[:count])):
            return count
    return 0


def _is_card(digits: str) -> bool:
    sizes = next((sizes for issuer, sizes in _ISSUERS if int(digits[: len(str(issuer.start))]) in issuer), None)
    return sizes is not None and len(digits) in sizes and luhn(digits) and len(set(digits)) > 1


def luhn(digits: str) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812-1, annex B).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def find_ibans(row: Row) -> Iterator[Span]:
    """Find account numbers: two capitals and two digits, the length of the country, and a sound check number."""
    digits = row.digits
    begins = (
        is_upper(row.at(digits, -1))
        & is_upper(row.at(digits, -2))
        & ~is_alnum(row.at(digits, -3))
        & is_digit(row.at(digits, 1))
    )
    for place in (digits[begins] - 2).tolist():
        # Letters and digits with a space between any two, at most.
        found = _IBAN.match(row.text, place, place + 2 * 33)
        size = _IBAN_SIZES.get(row.text[place : place + 2])
        if found is None or size is None or in_address(row.text, place):
            continue
        end = _end_of(found[0], size)
        after = row.at(np.array([place + end]))
        if end and not is_alnum(after)[0]:
            canonical = found[0][:end].replace(" ", "")
            moved = canonical[4:] + canonical[:4]
            if int("".join(str(int(char, 36)) for char in moved)) % 97 == 1:
                yield Span(place, place + end, "iban", canonical)


def _end_of(run: str, size: int) -> int:
    """Say where in a run so many letters and digits end; 0 where it has fewer."""
    seen = 0
    for at, char in enumerate(run):
        seen += char != " "
        if seen == size:
            return at + 1
    return 0
