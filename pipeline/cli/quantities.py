"""Numbers as people read them."""

from __future__ import annotations


def size(count: float) -> str:
    """Write a number of bytes.

    >>> size(999), size(12_345_678)
    ('999 B', '12.3 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5 if unit == "B" else count < 999.95:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def duration(seconds: float) -> str:
    """Write a span of time.

    >>> duration(0.25), duration(59.7), duration(3725)
    ('0.2 s', '1 min', '1 h 2 min')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def number(count: int, noun: str) -> str:
    """Write how many there are of something.

    >>> number(1, "file"), number(12_000, "file")
    ('1 file', '12,000 files')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
