"""Settings of all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import s3

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


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    """A store on loopback with no bucket that a test knows."""
    if not s3.IS_THERE:
        pytest.skip(s3.WHY_NOT)
    with s3.serving() as port:
        yield port
