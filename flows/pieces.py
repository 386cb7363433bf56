"""Pieces: the files of a run cut into lists, one for each task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.read.listing import InputFile

FILES_PER_TASK = 10_000
"""Opening a file costs about a tenth of a millisecond and up: more of them would hide a task's progress for long."""

BYTES_PER_TASK = 256 * 2**20
"""A minute's work or so on two cores: a task's own cost (its processes start, some 2 s) is small beside it, and a retry
repeats no more than this."""


def cut(files: Iterable[InputFile], most_files: int, most_bytes: int) -> Iterator[tuple[InputFile, ...]]:
    """Cut files into pieces, in order. How they are cut changes nothing in the result.

    Args:
        files: in order of arrival.
        most_files: files in a piece, at most.
        most_bytes: bytes of a piece, at most, but for a single file that is larger.
    """
    piece: list[InputFile] = []
    size = 0
    for file in files:
        if piece and (len(piece) >= most_files or size + file.size > most_bytes):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(file)
        size += file.size
    if piece:
        yield tuple(piece)
