"""Broken and malicious files of every format are accounted for, each of them, and hold up nothing."""

from collections import Counter

from pipeline.config import Config
from tests.hostile.mutants import Told, clean_mutants


def test_every_mutant_is_accounted_for(tmp_path):
    told = Told(Counter())
    clean_mutants(tmp_path, 300, 20261126, told)
    # Whole ones come through, and what is broken is told by what is wrong with it.
    assert told.records["documents"] > 30
    assert {"corrupt", "truncated", "unknown-format", "bad-json", "bad-row"} <= told.records.keys()
    assert told.records["stage-failed"] == 0
    # A limit of 30 seconds; the worst of these takes some tenths of one.
    assert 0 < told.slowest_record[0] < Config().run.record_seconds
