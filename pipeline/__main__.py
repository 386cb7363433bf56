"""`python -m pipeline` is `winnow`."""

from __future__ import annotations

from pipeline.cli.main import program

if __name__ == "__main__":
    program()
