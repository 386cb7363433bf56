"""Coverage-guided fuzzing of the readers and of the way of a text, by Atheris (extra `fuzz`).

    python -m tests.hostile.fuzz TARGET [FOLDER] [-max_total_time=600] [other options of libFuzzer]

Targets: text, page, and a reader for each of .html, .txt, .md, .jsonl, .csv, .parquet, .warc, .zip, .tar. Inputs that
led to code that none had reached are kept in the folder, which the next run begins with; an empty one is given sound
files. An input that raises what is no error of its data is kept by libFuzzer (crash-…); what it shows becomes a test.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random

Target = Callable[[bytes], None]

READERS = (".html", ".txt", ".md", ".jsonl", ".csv", ".parquet", ".warc", ".zip", ".tar")
_FUZZED = ("pipeline.api", "pipeline.read.reader", "pipeline.batch")


def text(data: bytes) -> None:
    from pipeline import clean_text, restore

    document = clean_text(data.decode("utf-8", "surrogateescape"))
    assert restore(document.text, document.removals) == document.before


def page(data: bytes) -> None:
    from pipeline import clean_html, restore
    from pipeline.errors import Unreadable

    try:
        document = clean_html(data)
    except Unreadable:
        return
    assert restore(document.text, document.removals) == document.before


def reader(suffix: str) -> Target:
    from tests.read.files import read

    path = Path(tempfile.mkdtemp()) / f"fuzzed{suffix}"

    def work(data: bytes) -> None:
        path.write_bytes(data)
        # It holds that records are numbered and end in one account of the file.
        read(path)

    return work


def _fill(folder: Path, suffix: str) -> None:
    from tests.hostile.mutants import sound

    for name, data in sound(Random(0)).items():
        if name.endswith(suffix):
            (folder / name).write_bytes(data)


def main() -> None:
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    if named not in ("text", "page", *READERS):
        sys.exit(__doc__)
    import atheris

    with atheris.instrument_imports(include=["pipeline"]):
        for module in _FUZZED:
            import_module(module)
        # Code that counts where it comes cannot be compiled; without, the results are the same.
        import_module("pipeline.compiling").WORTH_NS = sys.maxsize  # type: ignore[attr-defined]
    for folder in map(Path, sys.argv[2:3]):
        if folder.is_dir() and not any(folder.iterdir()):
            _fill(folder, {"text": ".txt", "page": ".html"}.get(named, named))
    target: Target = {"text": text, "page": page}.get(named) or reader(named)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
