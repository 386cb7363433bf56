"""Make the corpus of a schema version that tests keep: `v<version>` beside this file, by the Winnow on the path.

For the version of this checkout: `python -m tests.safety.corpora.build`. For an older one, with a checkout of it in a
folder: `PYTHONPATH=<folder> python tests/safety/corpora/build.py`. `raw/` is its input, and the same for all.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Make it anew."""
    # What stands on the path decides which Winnow that is, not the folder of this file.
    sys.path[:] = [folder for folder in sys.path if Path(folder or ".").resolve() != HERE.resolve()]
    from pipeline.config import Config, RunConfig
    from pipeline.run.clean import clean_folder
    from pipeline.schemas import SCHEMA_VERSION

    clean = HERE / f"v{SCHEMA_VERSION}"
    shutil.rmtree(clean, ignore_errors=True)
    # Manifests tell by what name a source was given.
    os.chdir(HERE)
    clean_folder("raw", clean, Config(run=RunConfig(workers=1)))
    shutil.rmtree(clean / ".staging")
    # Times of change and the lock mean nothing on another machine; the card is large and beside the point.
    shutil.rmtree(clean / ".cache", ignore_errors=True)
    for name in (".lock", "README.md", "croissant.json"):
        (clean / name).unlink()


if __name__ == "__main__":
    main()
