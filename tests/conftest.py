"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# Machines are shared and noisy: how long one example takes says nothing, and nothing is timed in a test.
settings.register_profile("winnow", deadline=None)
settings.load_profile("winnow")
