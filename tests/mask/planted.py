"""A raw folder with secrets planted wherever a record may hold one."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.store.corpus import Corpus
from tests.run.stories import story

SECRETS: dict[str, tuple[str, ...]] = {
    "email": (
        "tip.line@courier.example",
        "Anna.Quist@courier.example",
        "reader77@post.example",
        "newsdesk.q7@courier.example",
    ),
    "phone": ("+49 30 5550 1234", "212-555-0147", "01 43 55 28 91", "020 7946 0958"),
    "card": ("4111 1111 1111 1111", "378282246310005"),
    "iban": ("DE89 3704 0044 0532 0130 00",),
    "ip": ("203.0.113.77", "2001:db8::7a3:19", "192.168.41.207"),
}
ALL = tuple(secret for secrets in SECRETS.values() for secret in secrets)
SITE = "courier.example"


def write(folder: Path) -> Path:
    """Write records of every fate, and pages whose site repeats a line of contacts."""
    chance = random.Random(11)
    folder.mkdir(parents=True)
    lines: list[object] = []
    for number, secret in enumerate(ALL):
        told = [*story(chance, 5), f"The reader wrote from {secret} on Monday.", *story(chance, 5)]
        row = {"id": f"r{number}", "url": f"https://a.example/{number}", "text": "\n\n".join(told)}
        lines += [row, row | {"id": f"copy {number}", "url": f"https://b.example/{number}"}]
        lines.append(row | {"id": f"near {number}", "text": "\n\n".join([*told, story(chance, 1)[0]])})
        lines.append({"id": f"short {number}", "text": f"Ask {secret} now"})
    for number, secret in enumerate(ALL):
        more = {"title": f"Who wrote from {secret}?", "author": f"Ed Roe, {secret}", "category": secret}
        lines.append({"id": f"m{number}", "text": " ".join(story(chance)), "site_name": f"News {secret}", **more})
    lines.append({"id": ALL[2], "text": " ".join(story(chance)), "url": f"https://c.example/?to={ALL[2]}&n=1"})
    lines.append(
        {"id": ALL[0], "text": " ".join(story(chance)), "url": "https://203.0.113.77/a?to=reader77%40post.example"}
    )
    lines.append({"id": "w", "text": {"a": ALL[0]}, "url": "x"})
    feed = "".join(json.dumps(line) + "\n" for line in lines) + '{"text": "' + f"{ALL[0]} {ALL[5]}" + "\n"
    (folder / "feed.jsonl").write_text(feed)
    (folder / "table.csv").write_text(f'text,id\n"{story(chance)[0]} {ALL[1]}",1\na,b,c,{ALL[3]}\n')
    for number in range(9):
        (folder / f"page{number}.html").write_text(_page(chance, number))
    (folder / "letter.txt").write_text(f"By Ed Roe, {ALL[1]}\n\n" + "\n\n".join([*story(chance, 6), f"Call {ALL[5]}."]))
    return folder


def _page(chance: random.Random, number: int) -> str:
    body = "".join(f"<p>{' '.join(story(chance, 3))}</p>" for _ in range(6))
    contact = f"The desk of this paper is reached at {SECRETS['email'][3]} or under {SECRETS['phone'][3]} on all days."
    return (
        f"<html><head><title>Story {number} for {SECRETS['email'][2]}</title><link rel=canonical "
        f'href="https://{SITE}/story/{number}"><meta name="author" content="{SECRETS["email"][1]}"></head><body>'
        f"<nav><a href=/>Home</a> <a href=/tel>{SECRETS['phone'][1]}</a></nav><article><h1>Story {number}</h1>{body}"
        f"<p>{contact}</p></article><footer>© Courier, {SECRETS['ip'][0]}</footer></body></html>"
    )


def leaks(corpus: Corpus, *more: bytes) -> dict[str, list[str]]:
    """-> where which secrets stand, in the bytes of all files and in the rows of all tables."""
    found: dict[str, list[str]] = {}
    held = {
        path.relative_to(corpus.layout.root).as_posix(): path
        for path in corpus.layout.root.rglob("*")
        if path.is_file()
    }
    contents = {name: path.read_bytes() for name, path in held.items()}
    contents |= {
        f"{name} (rows)": repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        for name, path in held.items()
        if name.endswith(".parquet")
    }
    contents |= {f"more {number}": content for number, content in enumerate(more)}
    for name, content in contents.items():
        there = [secret for secret in ALL if any(form in content.lower() for form in _forms(secret))]
        if there:
            found[name] = there
    return found


def _forms(secret: str) -> set[bytes]:
    bare = "".join(filter(str.isalnum, secret)) if "@" not in secret else secret
    return {one.lower().encode() for one in (secret, bare, secret.replace("@", "%40"), secret.partition("@")[0])}
