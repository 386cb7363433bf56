"""A manifest bears the digest of its other bytes."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from pipeline.store.manifest import is_sealed, read_manifest, seal
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    corpus = make_corpus(tmp_path_factory.mktemp("manifest"), instalments=1)
    return (corpus.layout.runs / corpus.manifests[0].run_id / "manifest.json").read_bytes()


def test_the_digest_is_that_of_what_stands_before_it(data: bytes) -> None:
    told = orjson.loads(data)
    assert list(told)[-1] == "sha256"
    assert told["sha256"] == hashlib.sha256(data[: data.rindex(b",\n")]).hexdigest()
    assert is_sealed(data)


def test_it_is_read_as_it_was_written(data: bytes) -> None:
    assert read_manifest(data).to_json() == data


def test_no_flipped_bit_is_read(data: bytes) -> None:
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        with pytest.raises(ValueError, match=r"."):
            read_manifest(bytes(changed))


def test_one_of_before_there_were_digests_is_read(data: bytes) -> None:
    bare = {name: value for name, value in orjson.loads(data).items() if name not in ("sha256", "report")}
    manifest = read_manifest(orjson.dumps(bare, option=orjson.OPT_INDENT_2))
    assert manifest.run_id == bare["run_id"]
    assert not is_sealed(orjson.dumps(bare))


def test_sealing_again_gives_the_same(data: bytes) -> None:
    bare = orjson.loads(data)
    del bare["sha256"]
    assert seal(orjson.dumps(bare, option=orjson.OPT_INDENT_2)) == data
