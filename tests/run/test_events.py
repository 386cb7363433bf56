"""What a run tells while it works."""

from __future__ import annotations

from pipeline.config import Config, RunConfig
from pipeline.run.clean import clean_folder
from pipeline.run.events import Event, Planned, Progress, StageBegun
from tests.run.stories import records, write_jsonl


def test_progress_goes_on_within_a_file_and_ends_at_the_whole(tmp_path):
    for number, count in enumerate((40, 3)):
        write_jsonl(tmp_path / "raw" / f"{number}.jsonl", records(seed=number, count=count))
    told: list[Event] = []
    config = Config(run=RunConfig(workers=1, batch_records=10))
    clean_folder(tmp_path / "raw", tmp_path / "clean", config, listen=told.append)

    planned = next(event for event in told if isinstance(event, Planned))
    progress = [event for event in told if isinstance(event, Progress)]
    steps = [(event.files, event.bytes, event.records) for event in progress]
    assert steps == sorted(steps)
    assert [event.records for event in progress] == [10, 20, 30, 40, 40, 43]
    assert [event.files for event in progress] == [0, 0, 0, 0, 1, 2]
    assert (progress[-1].files, progress[-1].bytes) == (planned.files, planned.bytes)
    assert [event.stage for event in told if isinstance(event, StageBegun)] == [
        *("clean", "sites", "match", "write", "commit")
    ]
