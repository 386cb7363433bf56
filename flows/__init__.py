"""Thin Prefect flows over the library: the same steps as the command line, on a schedule and in view."""

import os

# Prefect reads these when it is first imported: a run reaches no network that the user did not name.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
# The temporary server took 6 to 10 s to start on two cores; its default limit of 20 s fails on a busy machine.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
