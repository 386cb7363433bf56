"""Bytes become text: the right character set, mojibake repaired, white space settled."""

from pipeline.decode.charset import decode_bytes
from pipeline.decode.mojibake import repair
from pipeline.decode.spaces import normalise

__all__ = ["decode_bytes", "normalise", "repair"]
