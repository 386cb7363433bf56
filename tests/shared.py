"""Where the labelled data of third parties is, which does not belong into this project (CONTRIBUTING.md)."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("WINNOW_SHARED") or Path(__file__).resolve().parents[2] / "shared")
"""The folder that holds it, whether it is there or not."""

THOROUGH = bool(os.environ.get("WINNOW_THOROUGH"))
"""Whether tests take all of the data and large inputs (`make thorough`) rather than a sample."""
