"""Records are cleaned many at once, and come out as each would by itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.record import clean_record, clean_records, raw_record, source_domain
from pipeline.records import Records
from pipeline.sign.texts import Strings
from pipeline.strip.rules import RULES
from pipeline.values import Given, Place, RawRecord

SENTENCE = "The harbour master said on Monday that the ferry would not sail before the storm had passed the island."
LINES = st.one_of(
    st.sampled_from([example for rule in RULES for example in (*rule.drops, *rule.keeps)]),
    st.sampled_from([SENTENCE, f"{SENTENCE} {SENTENCE}", "", "Home", "- News", "# Heading", "```", "Reply", "港口"]),
    st.text(max_size=20),
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@settings(deadline=None, max_examples=50)
@given(st.lists(TEXTS, max_size=6))
def test_a_record_comes_out_the_same_whatever_stands_beside_it(texts: list[str]) -> None:
    records = [raw_record(text, "text", None) for text in texts]
    assert list(clean_records(records, Config())) == [clean_record(record, Config()) for record in records]


_URLS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="htps:/.wWxN0-9?#@[]%é \n\t\\", max_size=30).map("http".__add__),
    st.text(alphabet="wWxN.0-:/?#@é\n", max_size=20).map("https://www.".__add__),
)


@given(_URLS)
@example("https://WWW.Example.org:8080/news?id=1")
@example("http://a.example\n/x")
@example("https://user:pass@www.a.example/")
@example("https://a.example:port/")
def test_the_host_of_a_url_is_what_urlsplit_says(url: str) -> None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    assert source_domain(url) == (host.removeprefix("www.") or None)


def test_records_in_columns_come_out_as_those_of_a_list() -> None:
    said = Given(
        url="https://a.example/1", title="A  Ã©tÃ©", authors=("Jane  Doe", " "), date="May 3, 2024", language="DE-at"
    )
    records = [
        RawRecord(Place("a.jsonl", at), "jsonl", "text", text, "00", None, given)
        for at, (text, given) in enumerate([("One.\n\nShare this", said), (" Two \x00", Given()), ("", said)])
    ]
    columns = Records.of(records)
    columns = replace(columns, contents=Strings(columns.contents))
    assert list(columns) == records
    assert list(clean_records(columns, Config())) == list(clean_records(records, Config()))
    together = Records.joined([columns, columns])
    assert list(together) == records * 2
