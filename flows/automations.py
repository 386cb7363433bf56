"""The automation that finds dead runs: `python -m flows.automations` puts it on the server, and may be repeated.

A run whose process or machine is killed cannot say so: it stays "Running" for ever and keeps its place under the
concurrency limit, so that no later run begins. Its heartbeats stop, though, and Prefect can act on what does not come.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prefect.automations import AutomationCore, ChangeFlowRunState, EventTrigger, Posture, ResourceSpecification
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType

NAME = "winnow: a run without heartbeats has crashed"

SILENCE = 180
"""Seconds without a heartbeat after which a run is taken for dead: six heartbeats of the deployments' 30 s."""

_HEARTBEAT = "prefect.flow-run.heartbeat"

# What follows a heartbeat in a run that is well: the next one, or an end or a pause.
_SIGNS = {
    _HEARTBEAT,
    "prefect.flow-run.Completed",
    "prefect.flow-run.Failed",
    "prefect.flow-run.Cancelled",
    "prefect.flow-run.Crashed",
    "prefect.flow-run.Paused",
    "prefect.flow-run.Suspended",
}


def dead_runs(silence: int = SILENCE) -> AutomationCore:
    """Describe the automation: runs of Winnow's flows that fall silent are marked as crashed.

    Args:
        silence: seconds without a heartbeat; at least 10, Prefect's least, and more than the heartbeats are apart.
    """
    return AutomationCore(
        name=NAME,
        description=f"Marks a run of Winnow as crashed when no heartbeat has come from it for {silence} s.",
        enabled=True,
        trigger=EventTrigger(
            after={_HEARTBEAT},
            expect=_SIGNS,
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": "flow", "prefect.resource.name": ["clean-folder", "reprocess-folder"]}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=silence),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message=f"No heartbeat for {silence} s: the process or its machine was killed. The corpus is as it was "
                "before the run; the next run removes what this one had staged.",
            )
        ],
    )


def apply(silence: int = SILENCE) -> UUID:
    """Put the automation on the server that Prefect's settings name, in place of an earlier one; gives its id."""
    wanted = dead_runs(silence)
    with get_client(sync_client=True) as client:
        for old in client.read_automations_by_name(NAME):
            client.update_automation(old.id, wanted)
            return old.id
        return client.create_automation(wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    """Apply the automation; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.automations", description="Mark runs of Winnow that were killed as crashed."
    )
    parser.add_argument(
        "--silence", type=int, default=SILENCE, metavar="SECONDS", help="without a heartbeat (%(default)s)"
    )
    given = parser.parse_args(arguments)
    sys.stdout.write(f"{NAME}: {apply(given.silence)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
