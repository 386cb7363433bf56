"""Settings of all tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

FLOWS = Path(__file__).parent / "flows"

# Machines are shared and noisy: how long one example takes says nothing, and nothing is timed in a test.
settings.register_profile("winnow", deadline=None)
settings.load_profile("winnow")

# Programs that the tests start inherit an ignored Ctrl-C, which a shell gives to what it runs in the background.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Once Prefect runs in this process, its threads draw from `random` while Hypothesis watches over it.
    items.sort(key=lambda item: FLOWS in item.path.parents)
