from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config, MatchConfig, RunConfig
from pipeline.errors import Damaged, NotACorpus, Refused
from pipeline.inspect.difference import marked
from pipeline.inspect.pairs import Pairs, Step, borderline, thresholds
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from tests.inspect.damage import copied, id_of, rewrite
from tests.run.stories import story, write_jsonl

# Of 20 sentences of 12 words so many are others in the second text -> Jaccard similarity, share contained.
#   2: 0.815, 0.898    3: 0.735, 0.847    4: 0.662, 0.797    5: 0.595, 0.746
NOTICE = (
    "The harbour office tells skippers that the north gauge stood at {} and the south gauge at {} this morning while "
    "the flow was {} and the wind {} with boats at the quay and all locks in use from the first light until the last "
    "ferry of the day has passed the bridge and the keeper has lowered the barrier and lit the lamps along the mole "
    "so that nobody who walks home late along the water falls into the basin beside the old weighing house again"
)


def record(name: str, text: str) -> dict[str, str]:
    return {"id": name, "text": text, "title": f"Of {name}", "url": f"https://gazette.example/{name}"}


def varied(chance: random.Random, name: str, others: int) -> list[dict[str, str]]:
    base = story(chance, 20)
    edition = [*base[: 20 - others], *story(chance, others)]
    return [record(f"{name}-1", " ".join(base)), record(f"{name}-2", " ".join(edition))]


def told() -> list[dict[str, str]]:
    chance = random.Random(7)
    base = story(chance, 20)
    return [
        *varied(chance, "near", 3),
        *varied(chance, "alike", 4),
        *varied(chance, "far", 5),
        record("gauge-1", NOTICE.format(101, 202, 303, 404)),
        record("gauge-2", NOTICE.format(111, 202, 313, 404)),
        record("short", " ".join(base[:15])),
        record("full", " ".join(base)),
        *varied(chance, "alone", 19)[:1],
    ]


def config(**match: Any) -> Config:
    # Altered copies are found by letters, whatever the shingles say: without them the shingles decide alone.
    return Config(run=RunConfig(workers=1), match=MatchConfig(**{"altered": False, **match}))


def cleaned(folder: Path, runs: list[list[dict[str, str]]], settings: Config) -> Corpus:
    for number, items in enumerate(runs):
        write_jsonl(folder / "raw" / f"{number}.jsonl", items)
        clean_folder(folder / "raw", folder / "clean", settings)
    return read_corpus(folder / "clean")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return cleaned(tmp_path_factory.mktemp("pairs"), [told()], config())


def names(found: Pairs) -> set[tuple[str, str, str]]:
    return {(pair.earlier.title[3:], pair.later.title[3:], pair.fate) for pair in found.pairs}


def test_pairs_of_every_fate_lie_between_the_bounds(corpus: Corpus) -> None:
    found = borderline(corpus, (0.6, 0.8))
    assert names(found) == {
        ("near-1", "near-2", "duplicate"),
        ("alike-1", "alike-2", "kept"),
        ("gauge-1", "gauge-2", "refused"),
        ("short", "full", "superseded"),
    }
    assert found.fates == {"duplicate: near": 1, "kept": 1, "refused: figures-differ": 1, "superseded: contained": 1}
    assert (found.by, found.setting, found.threshold) == ("jaccard", "match.jaccard", 0.7)
    shares = [pair.measured["jaccard"] for pair in found.pairs]
    assert shares == sorted(shares)  # type: ignore[type-var]
    near = next(pair for pair in found.pairs if pair.fate == "duplicate")
    assert (near.earlier.id, near.later.id) == (id_of(corpus, "near-1"), id_of(corpus, "near-2"))
    assert near.later.url == "https://gazette.example/near-2"
    assert (near.relation, near.guard) == ("near", None)
    row = next(row for row in corpus.table("duplicates").to_pylist() if row["id"] == near.later.id)
    assert near.measured == {name: row[name] for name in near.measured}


def test_bounds_are_followed_and_default_to_a_tenth_around_the_threshold(corpus: Corpus) -> None:
    assert names(borderline(corpus, (0.59, 0.6))) == {("far-1", "far-2", "kept")}
    found = borderline(corpus)
    assert (found.lower, found.upper) == (0.6, 0.8)
    assert borderline(corpus, (0.6, 0.8)) == found


def test_thresholds_tell_what_comes_back_and_what_goes(corpus: Corpus) -> None:
    assert borderline(corpus, (0.6, 0.8)).steps == (
        Step(0.6, 0, 0, 0, 1),
        Step(0.65, 0, 0, 0, 1),
        Step(0.7, 0, 0, 0, 0),
        Step(0.75, 1, 0, 0, 0),
        Step(0.8, 1, 0, 0, 0),
    )


@pytest.mark.parametrize("threshold", [0.55, 0.64, 0.67, 0.74, 0.85])
def test_a_corpus_cleaned_with_another_threshold_is_as_large_as_told(
    corpus: Corpus, tmp_path: Path, threshold: float
) -> None:
    other = cleaned(tmp_path, [told()], config(jaccard=threshold))
    # The bounds may lie wholly on one side of the threshold of today: what lies between counts.
    (step,) = borderline(corpus, (threshold, threshold)).steps
    now = len(corpus.documents())
    assert len(other.documents()) == now + step.duplicates_restored + step.superseded_restored - step.dropped


@pytest.mark.parametrize("threshold", [0.72, 0.78, 0.83, 0.9])
def test_so_is_one_with_another_threshold_of_containment(corpus: Corpus, tmp_path: Path, threshold: float) -> None:
    other = cleaned(tmp_path, [told()], config(containment=threshold))
    (step,) = borderline(corpus, (threshold, threshold), "contained").steps
    now = len(corpus.documents())
    assert len(other.documents()) == now + step.duplicates_restored + step.superseded_restored - step.dropped
    if threshold == 0.78:
        assert step.dropped == 1


def test_a_duplicate_that_another_relation_joins_is_told_as_such(tmp_path: Path) -> None:
    items = varied(random.Random(3), "near", 2)
    corpus = cleaned(tmp_path, [items], config())
    assert borderline(corpus, (0.85, 0.85)).steps == (Step(0.85, 0, 1, 0, 0),)


def test_a_superseded_document_comes_back_where_the_later_one_holds_too_little_of_it(tmp_path: Path) -> None:
    chance = random.Random(4)
    base = story(chance, 15)
    # 0.93 of the first stand in the second, which is longer by a third; their Jaccard similarity is 0.66.
    items = [record("first", " ".join(base)), record("second", " ".join([*base[:14], *story(chance, 6)]))]
    corpus = cleaned(tmp_path / "now", [items], config())
    found = borderline(corpus, (0.9, 0.95), "contained")
    assert found.fates == {"superseded: contained": 1}
    assert [(step.threshold, step.superseded_restored) for step in found.steps if step.threshold in (0.9, 0.95)] == [
        (0.9, 0),
        (0.95, 1),
    ]
    assert (
        len(corpus.documents()),
        len(cleaned(tmp_path / "then", [items], config(containment=0.95)).documents()),
    ) == (
        1,
        2,
    )


def test_what_is_superseded_today_is_not_dropped_once_more(tmp_path: Path) -> None:
    chance = random.Random(9)
    first, second = varied(chance, "alike", 4)
    items = [first, second, record("full", " ".join([second["text"], *story(chance, 10)]))]
    corpus = cleaned(tmp_path / "now", [items], config())
    (step,) = borderline(corpus, (0.6, 0.6)).steps
    assert step.dropped == 0
    assert len(cleaned(tmp_path / "then", [items], config(jaccard=0.6)).documents()) == len(corpus.documents()) == 2


def test_pairs_that_tables_name_are_there_whatever_is_found(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.inspect.survey.Candidates.next", lambda _self: None)
    found = borderline(corpus, (0.6, 0.8))
    assert found.fates == {"duplicate: near": 1, "refused: figures-differ": 1, "superseded: contained": 1}


def test_kept_documents_that_a_run_did_not_compare_are_told_as_missed(tmp_path: Path) -> None:
    corpus = cleaned(tmp_path, [varied(random.Random(8), "near", 3)], config(bands=False, fingerprints=False))
    found = borderline(corpus, (0.7, 0.8))
    assert found.fates == {"missed: near": 1}
    assert [step.dropped for step in found.steps][:2] == [1, 1]


def test_matched_letters_have_thresholds_of_their_own(tmp_path: Path, corpus: Corpus) -> None:
    items = [*varied(random.Random(5), "edited", 5), *varied(random.Random(6), "other", 8)]
    altered = cleaned(tmp_path, [items], config(altered=True))
    found = borderline(altered, (0.5, 0.9), "matched")
    assert found.fates == {"duplicate: altered": 1, "kept": 1}
    assert [(step.threshold, step.duplicates_restored, step.dropped) for step in found.steps][:2] == [
        (0.5, 0, 1),
        (0.55, 0, 1),
    ]
    assert found.steps[-1].duplicates_restored == 1
    assert all(pair.measured["matched"] is not None for pair in found.pairs)
    with pytest.raises(Refused, match=r"match\.altered = false.* Take jaccard or contained"):
        borderline(corpus, (0.5, 0.9), "matched")


def test_a_guard_that_would_speak_is_told_of_kept_pairs_and_nothing_is_dropped(tmp_path: Path) -> None:
    items = [
        record("gauge-1", NOTICE.format(101, 202, 303, 404)),
        record("gauge-2", NOTICE.format(111, 212, 313, 414)),
    ]
    found = borderline(cleaned(tmp_path, [items], config()), (0.4, 0.69))
    (pair,) = found.pairs
    assert (pair.fate, pair.relation, pair.guard) == ("kept", None, "figures-differ")
    assert [step.dropped for step in found.steps] == [0] * len(found.steps)


def test_bands_are_chosen_for_the_lower_bound(tmp_path: Path) -> None:
    chance = random.Random(11)
    items = [one for number in range(40) for one in varied(chance, f"pair{number}", 9)]
    # 11 of 20 sentences: a Jaccard similarity of 0.37, which bands for 0.7 find one time in three, and the right ones
    # 99 times in a hundred.
    found = borderline(cleaned(tmp_path, [items], config(fingerprints=False)), (0.35, 0.4), sample=0)
    assert found.fates["kept"] >= 38
    assert found.pairs == ()


def test_the_sample_is_the_same_for_a_seed_however_the_corpus_was_cut_into_runs(tmp_path: Path) -> None:
    chance = random.Random(2)
    items = [one for number in range(12) for one in varied(chance, f"p{number}", 3 + number % 2)]
    once = cleaned(tmp_path / "once", [items], config())
    found = borderline(once, (0.6, 0.8), sample=4, seed=5)
    assert found.fates == {"duplicate: near": 6, "kept": 6}
    assert len(found.pairs) == 4
    assert borderline(once, (0.6, 0.8), sample=4, seed=5) == found
    assert names(borderline(once, (0.6, 0.8), sample=4, seed=6)) != names(found)
    assert names(borderline(once, (0.6, 0.8), sample=3, seed=5)) < names(found)
    halves = tmp_path / "halves"
    write_jsonl(halves / "raw" / "0.jsonl", items)
    write_jsonl(halves / "later" / "raw" / "1.jsonl", items[:2])
    clean_folder(halves / "raw", halves / "clean", config())
    clean_folder(halves / "later" / "raw", halves / "clean", config())
    assert names(borderline(halves / "clean", (0.6, 0.8), sample=4, seed=5)) == names(found)


def test_labelled_duplicates_are_pairs_like_dropped_ones(corpus: Corpus, tmp_path: Path) -> None:
    labelled = borderline(cleaned(tmp_path, [told()], config(keep_duplicates=True)), (0.6, 0.8))
    dropped = borderline(corpus, (0.6, 0.8))
    assert (labelled.pairs, labelled.steps) == (dropped.pairs, dropped.steps)


def test_a_corpus_without_documents_has_no_pairs(tmp_path: Path) -> None:
    empty = cleaned(tmp_path, [[record("nothing", "")]], config())
    found = borderline(empty)
    assert (found.fates, found.pairs) == ({}, ())
    assert {(step.duplicates_restored, step.dropped) for step in found.steps} == {(0, 0)}


@pytest.mark.parametrize(
    ("between", "by", "told"),
    [
        ((0.6, 1.5), "jaccard", "1.5: is no bound of what is alike; shares from 0 to 1 are."),
        ((float("nan"), 0.5), "jaccard", "nan: is no bound"),
        ((0.8, 0.6), "jaccard", "0.8 0.6: the lower bound is over the upper one. Give them as 0.6 0.8."),
        ((0.6, 0.8), "cosine", "cosine: no such measure; there are jaccard, contained, matched."),
    ],
)
def test_what_cannot_be_is_refused(corpus: Corpus, between: tuple[float, float], by: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        borderline(corpus, between, by)
    assert str(refused.value).startswith(told)


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotACorpus, match="holds no corpus"):
        borderline(tmp_path, (0.6, 0.8))


def _stranger(rows: list[dict[str, Any]]) -> None:
    rows[0]["duplicate_of"] = "f" * 32


def _cut_short(corpus: Corpus) -> None:
    (path,) = corpus.files("documents")
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    "damage",
    [
        lambda corpus: rewrite(corpus, "duplicates", _stranger),
        _cut_short,
        lambda corpus: shutil.rmtree(corpus.layout.root / "documents"),
    ],
    ids=["stranger", "cut-short", "gone"],
)
def test_a_damaged_corpus_is_told_as_such(corpus: Corpus, tmp_path: Path, damage: Callable[[Corpus], object]) -> None:
    broken = copied(corpus, tmp_path)
    damage(broken)
    with pytest.raises(Damaged, match="winnow check"):
        borderline(broken, (0.6, 0.8))


def test_thresholds_are_the_bounds_and_round_numbers() -> None:
    assert thresholds(0.0, 1.0, 0.7) == [0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 1.0]
    assert thresholds(0.613, 0.8, 0.7) == [0.613, 0.65, 0.7, 0.75, 0.8]
    assert thresholds(0.9, 0.9, 0.7) == [0.9]


def test_a_difference_says_who_has_what_and_shortens_the_rest() -> None:
    same = [f"w{number}" for number in range(40)]
    parts, complete = marked(" ".join(["old", *same, "end"]), " ".join(["new", *same, "end"]))
    assert complete
    assert [(part.what, part.text) for part in parts] == [
        ("gone", "old"),
        ("come", "new"),
        ("same", "w0 w1 w2 w3 w4 w5 … (35 words) …"),
    ]
    parts, complete = marked("a  b", "a b")
    assert ([(part.what, part.text) for part in parts], complete) == ([("same", "a b")], True)


def test_a_word_that_is_the_same_by_chance_does_not_cut_a_change_in_two() -> None:
    parts, _ = marked("one two the three four end", "five six the seven eight end")
    assert [(part.what, part.text) for part in parts] == [
        ("gone", "one two the three four"),
        ("come", "five six the seven eight"),
        ("same", "end"),
    ]


def test_figures_beside_a_common_word_stay_apart() -> None:
    parts, _ = marked("on 3 May 7 boats", "on 4 May 9 boats")
    assert [part.text for part in parts if part.what != "same"] == ["3", "4", "7", "9"]


def test_texts_without_spaces_differ_by_character() -> None:
    parts, _ = marked("港町の銭湯、海水を沸かして再開", "港町の食堂、海水を沸かして再開")
    assert [part.text for part in parts if part.what != "same"] == ["銭湯", "食堂"]


def test_very_different_texts_say_that_there_is_more() -> None:
    a = " ".join(f"same{number} word here a{number}" for number in range(60))
    b = " ".join(f"same{number} word here b{number}" for number in range(60))
    parts, complete = marked(a, b)
    assert not complete
    assert sum(part.what == "gone" for part in parts) == 25
