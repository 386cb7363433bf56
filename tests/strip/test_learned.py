"""The judge's cuts in a document: their kind, what they tell, what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import batch
from pipeline.config import Config, StripConfig
from pipeline.cuts import restore
from pipeline.errors import BadWeights, Unreadable
from pipeline.judge import lines
from pipeline.judge.lines import WEIGHTS, LineJudge
from pipeline.record import clean_record, clean_records, raw_record
from pipeline.run.clean import clean_folder
from pipeline.strip.blocks import split_blocks
from pipeline.strip.learned import RULE, judge_blocks
from pipeline.values import RawRecord
from tests.judge.test_lines import ENGLISH, UNNAMED

TEXT = "\n\n".join([*ENGLISH[0], *ENGLISH[1], *UNNAMED])


def cleaned(text, judge="balanced"):
    return clean_record(raw_record(text, "text", None), Config(strip=StripConfig(judge=judge)))


def test_a_cut_by_the_judge_tells_its_score_and_reasons():
    document = cleaned(TEXT)
    learned = [removal for removal in document.removals if removal.kind == "learned"]
    assert learned
    for removal in learned:
        assert removal.rule == RULE
        assert removal.score is not None
        assert removal.weighed
        assert len(removal.weighed.split("; ")) <= 3
    assert all(line in document.text for line in ENGLISH[1])
    assert restore(document.text, document.removals) == document.before


def test_off_it_is_not_asked(monkeypatch):
    monkeypatch.setattr(LineJudge, "read", None)
    assert not [removal for removal in cleaned(TEXT, "off").removals if removal.kind == "learned"]
    for config in (StripConfig(keep=("learned",)), StripConfig(disabled_rules=(RULE,))):
        assert judge_blocks([(split_blocks(TEXT), [])], config) == [[]]


def test_tables_and_code_stay():
    code = "```\nfoo\nbar\n```\n\n| a | b |\n| 1 | 2 |"
    blocks = split_blocks(f"{TEXT}\n\n{code}\n\nShare")
    (cuts,) = judge_blocks([(blocks, [])], StripConfig(judge="precision"))
    cut = {cut.start for cut in cuts}
    assert not [block for block in blocks if block.start in cut and block.shape in ("table", "code")]


def test_a_page_is_not_asked_about(monkeypatch):
    monkeypatch.setattr(LineJudge, "judge", None)
    page = f"<html><body><article>{''.join(f'<p>{line}</p>' for line in ENGLISH[1])}</article></body></html>"
    document = clean_record(raw_record(page, "html", None), Config(strip=StripConfig(judge="balanced")))
    assert not [removal for removal in document.removals if removal.rule == RULE]


PIECES = st.lists(st.sampled_from([line for part in ENGLISH for line in part]), max_size=10).map("\n".join)


@settings(max_examples=20, deadline=None)
@given(st.lists(PIECES, max_size=5))
def test_records_cleaned_together_come_out_as_alone(texts):
    config = Config(strip=StripConfig(judge="balanced"))
    records: list[RawRecord] = [raw_record(text, "text", None) for text in texts]
    together = list(clean_records(records, config))
    assert together == [clean_record(record, config) for record in records]
    for document in together:
        assert restore(document.text, document.removals) == document.before


def test_a_record_that_fails_leaves_the_others_whole():
    binary = b"GIF89a\x00\x01\x02\x03\x04\x05" * 50
    records = [raw_record(content, "text", None) for content in (TEXT, binary, TEXT)]
    config = Config(strip=StripConfig(judge="balanced"))
    first, second, third = clean_records(records, config)
    assert isinstance(second, Unreadable)
    assert first == third == clean_record(records[0], config)


def test_the_corpus_holds_score_and_reasons():
    config = Config(strip=StripConfig(judge="balanced"))
    rows = batch.clean_batch([raw_record(TEXT, "text", None)], config).tables["removals"].to_pylist()
    learned = [row for row in rows if row["kind"] == "learned"]
    assert learned
    assert all(0 < row["score"] <= 1 and row["weighed"] for row in learned)
    assert all(row["score"] is None and row["weighed"] is None for row in rows if row["kind"] != "learned")


@pytest.mark.parametrize("text", ["", "One line.", "word " * 100_000])
def test_a_text_of_one_line_or_none_is_left_alone(text):
    assert not [removal for removal in cleaned(text).removals if removal.kind == "learned"]


def test_a_run_on_damaged_weights_does_not_begin(tmp_path, monkeypatch):
    (tmp_path / "lines.first.forest").write_bytes(WEIGHTS.with_suffix(".first.forest").read_bytes()[:-100])
    monkeypatch.setattr(lines, "line_judge", lambda: LineJudge.read(tmp_path / "lines.forest"))
    (tmp_path / "raw").mkdir()
    with pytest.raises(BadWeights, match="cut short or too long"):
        clean_folder(tmp_path / "raw", tmp_path / "clean", config=Config(strip=StripConfig(judge="balanced")))
    assert not (tmp_path / "clean").exists()
