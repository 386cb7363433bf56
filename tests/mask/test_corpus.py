"""Masks over a whole corpus: no secret is left in it, and what can be verified without one still is."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas
import pytest

from pipeline.api import clean_text
from pipeline.batch import record_id
from pipeline.cli.main import main
from pipeline.config import Config, FilterConfig, PrivacyConfig, RunConfig, config_hash, load_config, result_settings
from pipeline.cuts import read_removals, restore
from pipeline.errors import ConfigError, OtherConfig
from pipeline.frames import clean_frame
from pipeline.inspect.check import check
from pipeline.inspect.explain import explain, render_text
from pipeline.record import Opened
from pipeline.run.clean import clean_folder
from pipeline.run.events import Event, WorkerLost
from pipeline.run.pool import Pool
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.values import MASK_KINDS, Place
from tests.inspect.damage import copied, rewrite
from tests.mask.planted import ALL, SECRETS, SITE, leaks, write
from tests.run import killers
from tests.run.stories import records, write_jsonl

KEY = "a key of the tests, long enough"
VARIABLE = "WINNOW_PRIVACY_KEY"


def config(told: str = "length", **more: object) -> Config:
    return Config.model_validate(
        {
            "privacy": {"mask": MASK_KINDS, "told": told},
            "run": {"workers": 1},
            "filter": {"min_tokens": 6},
            **more,
        }
    )


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("planted") / "raw")


@pytest.fixture(scope="module")
def corpus(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    clean = tmp_path_factory.mktemp("masked") / "clean"
    clean_folder(raw, clean, config())
    return read_corpus(clean)


def rows(corpus: Corpus, table: str) -> list[dict[str, object]]:
    return list(corpus.table(table).to_pylist())


def test_without_masks_the_secrets_are_all_there(raw: Path, tmp_path: Path):
    # So that a search that finds nothing says something.
    clean_folder(raw, tmp_path / "clean", Config(run=RunConfig(workers=1), filter=FilterConfig(min_tokens=6)))
    found = leaks(read_corpus(tmp_path / "clean"))
    for table in ("documents", "duplicates", "removals", "rejections", "site_templates"):
        assert any(name.startswith(table) for name in found), table
    assert {secret for secrets in found.values() for secret in secrets} == set(ALL)


def test_no_secret_is_left_anywhere(corpus: Corpus):
    assert leaks(corpus) == {}
    counts = Counter(row["kind"] for row in rows(corpus, "removals"))
    assert all(counts[kind] >= 4 for kind in MASK_KINDS), counts
    assert all(rows(corpus, table) for table in ("duplicates", "rejections", "quarantine", "site_templates"))


def test_nor_in_what_a_run_says(
    raw: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    settings = tmp_path / "winnow.toml"
    settings.write_text('[privacy]\nmask = ["email", "phone", "card", "iban", "ip"]\n[filter]\nmin_tokens = 6\n')
    caplog.set_level(logging.DEBUG)
    clean = str(tmp_path / "clean")
    assert main(["clean", str(raw), "--out", clean, "--config", str(settings), "--verbose", "--profile"]) == 0
    assert main(["status", clean]) == 0
    # What a repair makes again is made of masked tables.
    for lost in (*Path(clean).glob("index/*/*.parquet"), *Path(clean).glob("runs/*/report.html")):
        lost.unlink()
    assert main(["repair", clean]) == 0
    assert main(["check", clean]) == 0
    assert main(["strip", str(raw / "page1.html"), "--config", str(settings), "--diff"]) == 0
    assert (
        main(["strip", str(raw / "letter.txt"), "--config", str(settings), "--html", str(tmp_path / "page.html")]) == 0
    )
    said = capfd.readouterr()
    more = (said.out, said.err, caplog.text, (tmp_path / "page.html").read_text())
    assert leaks(read_corpus(clean), *(one.encode() for one in more)) == {}
    assert "[email]" in said.out
    assert all(told in said.out for told in ("\n  mask ", "index/run=", "report.html again"))


def test_nor_in_what_is_told_of_a_record_that_no_stage_can_use(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def failing(opened: Sequence[Opened], *_: object) -> None:
        raise ValueError(f"cannot use {' '.join(one.content for one in opened)}")

    monkeypatch.setattr("pipeline.record.ready", failing)
    clean_folder(raw, tmp_path / "clean", config())
    broken = read_corpus(tmp_path / "clean")
    told = " ".join(str(row["detail"]) for row in rows(broken, "quarantine") if row["reason"] == "stage-failed")
    assert all(f"[{kind}]" in told for kind in MASK_KINDS)
    assert leaks(broken) == {}


def test_nor_of_one_that_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.setattr("pipeline.run.workers.clean_batch", killers.kill_or_clean)
    monkeypatch.setattr("pipeline.run.job.worth_apart", lambda _: True)
    text = f"Mail {SECRETS['email'][0]}. {killers.CRASHES}"
    raw = write_jsonl(tmp_path / "feed.jsonl", [{"id": SECRETS["email"][1], "text": text}, *records(1, 5)])
    told: list[Event] = []
    clean_folder(raw, tmp_path / "clean", config("hash"), listen=told.append)
    corpus = read_corpus(tmp_path / "clean")
    assert [row["reason"] for row in rows(corpus, "quarantine")] == ["crashed"]
    assert any(isinstance(event, WorkerLost) for event in told)
    assert leaks(corpus, repr(told).encode()) == {}
    assert check(corpus) == []


def test_check_verifies_what_can_be_verified(corpus: Corpus):
    assert check(corpus) == []


def test_putting_back_gives_the_masked_text(corpus: Corpus):
    cut: dict[object, list[dict[str, object]]] = {}
    for row in rows(corpus, "removals"):
        cut.setdefault(row["id"], []).append(row)
    masked = 0
    for row in (*rows(corpus, "documents"), *rows(corpus, "duplicates"), *rows(corpus, "rejections")):
        removals, masks = read_removals(cut.get(row["id"], []))
        before = restore(str(row["text"]), removals)
        assert hashlib.sha256(before.encode()).hexdigest() == row["before_sha256"]
        assert all(before[mask.start : mask.end] == f"[{mask.kind}]" for mask in masks)
        masked += len(masks)
    assert masked > len(ALL)


def test_the_length_is_told(corpus: Corpus):
    told = {row["text"] for row in rows(corpus, "removals") if row["kind"] == "card"}
    assert told == {"•" * len(secret) for secret in SECRETS["card"]}


def test_check_sees_a_mask_that_stands_elsewhere(corpus: Corpus, tmp_path: Path):
    damaged = copied(corpus, tmp_path)

    def moved(found: list[dict[str, object]]) -> None:
        mask = next(row for row in found if row["rule"] == "privacy.email")
        mask["start"] = int(str(mask["start"])) - 1

    rewrite(damaged, "removals", moved)
    (finding,) = check(damaged.layout.root)
    assert "where one was masked" in finding.what


def test_a_site_is_known_by_its_masked_lines(corpus: Corpus):
    texts = [str(row["text"]) for row in rows(corpus, "site_templates") if row["site"] == SITE]
    assert any("[email] or under [phone]" in text for text in texts)
    assert any(
        row["rule"] == "site-template.tail" and "[phone]" in str(row["text"]) for row in rows(corpus, "removals")
    )


def test_explain_shows_what_is_masked(corpus: Corpus):
    told = explain(corpus, "feed.jsonl:0")
    assert [mask.kind for mask in told.masks] == ["email"]
    assert "1 span is masked" in render_text(told)
    assert "wrote from [email] on Monday" in render_text(told)


def test_hashes_join_the_same_secret(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, KEY)
    clean_folder(raw, tmp_path / "clean", config("hash"))
    hashed = read_corpus(tmp_path / "clean")
    told = {row["text"] for row in rows(hashed, "removals") if row["kind"] == "email"}
    expected = {
        "hmac-sha256:" + hmac.digest(KEY.encode(), f"email:{secret.lower()}".encode(), "sha256").hex()
        for secret in SECRETS["email"]
    }
    assert told == expected
    assert leaks(hashed) == {}
    assert not any(KEY.encode() in path.read_bytes() for path in (tmp_path / "clean").rglob("*") if path.is_file())
    assert check(hashed) == []


def test_under_a_key_no_digest_can_be_tried_out(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, KEY)
    clean_folder(raw, tmp_path / "clean", config("hash"))
    hashed = read_corpus(tmp_path / "clean")
    letter = (raw / "letter.txt").read_bytes()
    digest = hashlib.sha256(letter).hexdigest()
    plain_id = record_id(Place("letter.txt", 0), digest)
    held = b"".join(path.read_bytes() for path in (tmp_path / "clean").rglob("*") if path.is_file())
    held += repr([rows(hashed, table) for table in ("documents", "inputs", "removals")]).encode()
    assert b"letter.txt" in held
    assert digest.encode() not in held
    assert plain_id.encode() not in held
    # The files are known again, touched or not.
    (raw / "letter.txt").touch()
    assert clean_folder(raw, tmp_path / "clean", config("hash")).manifest is None


def test_frames_are_masked_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, KEY)
    frame = pandas.DataFrame({"text": [f"The harbour master wrote from {SECRETS['email'][0]} on Monday."], "id": ["a"]})
    cleaned = clean_frame(frame, id_column="id", config=config("hash"))
    (row,) = cleaned.documents.to_dict("records")
    assert row["text"] == "The harbour master wrote from [email] on Monday."
    assert list(cleaned.removals["rule"]) == ["privacy.email"]
    assert clean_text("Write to a.b@c.example", config=config()).text == "Write to [email]"


def test_several_workers_have_the_key_and_give_the_same(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # The server of processes is started at the latest here, so this variable is not in its environment.
    with Pool(1, Config()):
        pass
    monkeypatch.setenv("WINNOW_KEY_SET_LATER", KEY)
    privacy = {"mask": MASK_KINDS, "told": "hash", "key_variable": "WINNOW_KEY_SET_LATER"}
    tables = []
    for workers in (2, 1):
        monkeypatch.setattr("pipeline.run.workers._WORTH_A_WORKER", 1)
        clean = tmp_path / f"clean{workers}"
        clean_folder(raw, clean, config(privacy=privacy, run={"workers": workers, "batch_records": 16}))
        tables.append(
            {path.name + path.parent.parent.name: path.read_bytes() for path in sorted(clean.rglob("*.parquet"))}
        )
    assert tables[0] == tables[1]


def test_text_is_told_where_asked_for(raw: Path, tmp_path: Path):
    clean_folder(raw, tmp_path / "clean", config("text"))
    kept = read_corpus(tmp_path / "clean")
    assert {name.split("/")[0] for name in leaks(kept)} == {"removals"}
    told = {row["text"] for row in rows(kept, "removals") if row["kind"] == "iban"}
    assert told == set(SECRETS["iban"])


def test_in_instalments_as_at_once(raw: Path, tmp_path: Path):
    frozen = config(sites={"learn": False})
    clean_folder(raw, tmp_path / "once", frozen)
    parts = tmp_path / "parts"
    for path in sorted(raw.iterdir()):
        clean_folder(path, parts, frozen, root=raw)
    texts = [
        {(row["id"], row["text"]) for table in ("documents", "duplicates") for row in rows(read_corpus(clean), table)}
        for clean in (tmp_path / "once", parts)
    ]
    assert texts[0] == texts[1]


def test_another_key_is_another_configuration(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, KEY)
    clean_folder(raw / "letter.txt", tmp_path / "clean", config("hash"))
    made = read_corpus(tmp_path / "clean").manifests[0].config["privacy"]["key_fingerprint"]
    monkeypatch.setenv("OTHER", KEY)
    elsewhere = {"mask": MASK_KINDS, "told": "hash", "key_variable": "OTHER", "key_fingerprint": made}
    assert clean_folder(raw / "letter.txt", tmp_path / "clean", config("hash", privacy=elsewhere)).manifest is None
    monkeypatch.setenv(VARIABLE, KEY + "!")
    with pytest.raises(OtherConfig, match="key_fingerprint"):
        clean_folder(raw, tmp_path / "clean", config("hash"))
    with pytest.raises(ConfigError, match="two keys"):
        clean_folder(raw, tmp_path / "new", config("hash", privacy=elsewhere | {"key_variable": VARIABLE}))


@pytest.mark.parametrize(("key", "told"), [(None, "is not set"), ("", "is not set"), ("short", "5 bytes")])
def test_a_missing_key_is_refused_before_the_run(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, told: str
):
    monkeypatch.delenv(VARIABLE, raising=False)
    if key is not None:
        monkeypatch.setenv(VARIABLE, key)
    with pytest.raises(ConfigError, match=told):
        clean_folder(raw, tmp_path / "clean", config("hash"))
    assert not (tmp_path / "clean").exists()


def test_off_means_that_nothing_is_told_of_it(tmp_path: Path):
    settings = tmp_path / "winnow.toml"
    settings.write_text('[privacy]\nmask = []\ntold = "hash"\n')
    assert config_hash(load_config(settings)) == config_hash(Config())
    # A corpus made before there was such a section is not another one's for it.
    assert "privacy" not in result_settings(Config())


def test_the_order_of_kinds_is_no_setting():
    one, other = (Config(privacy=PrivacyConfig(mask=mask)) for mask in (("ip", "email"), ("email", "ip", "ip")))
    assert config_hash(one) == config_hash(other) != config_hash(Config())
