"""Records are cleaned many at once, and come out as each would by itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.record import clean_record, clean_records, raw_record, source_domain
from pipeline.strip.rules import RULES

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
