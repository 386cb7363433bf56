"""Placeholders in a document that was cut: what was cut stays cut, and putting it back gives the masked text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import PrivacyConfig
from pipeline.cuts import Cut, apply_cuts, restore
from pipeline.mask.apply import mask_documents, mask_texts
from pipeline.values import Document, Metadata

ALL = PrivacyConfig(mask=("email", "phone", "card", "iban", "ip"))
MAIL = "ann.lee@post.example"
PIECES = st.sampled_from(
    ["The ferry sails.", "\n\n", " ", "Sign up!", MAIL, "192.0.2.7", "Tel. 030 1234567", "•", "港口"]
)


def document(before: str, cuts: list[Cut]) -> Document:
    text, removals = apply_cuts(before, cuts)
    return Document(text, before, Metadata(), None, None, None, "plain text", removals)


def cut(start: int, end: int) -> Cut:
    return Cut(start, end, "newsletter.sign-up", "newsletter")


@settings(deadline=None)
@given(
    st.lists(PIECES, max_size=10).map("".join), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40)), max_size=4)
)
def test_putting_back_gives_the_masked_text_wherever_was_cut(before: str, places: list[tuple[int, int]]):
    given = document(before, [cut(start, start + size) for start, size in places])
    (masked,) = mask_documents([given], ALL)
    assert masked.before == mask_texts([before], ALL)[0]
    assert restore(masked.text, masked.removals) == masked.before
    assert [masked.before[one.start : one.end] for one in masked.masks] == [f"[{one.kind}]" for one in masked.masks]
    assert all(secret not in masked.text for secret in (MAIL, "192.0.2.7") if secret not in masked.before)
    if not masked.masks:
        assert masked == given


def test_a_cut_beside_a_secret_stays_where_it_was():
    before = f"The ferry sails. Write to {MAIL} now.\n\nSign up!\n\nMore of it."
    start = before.index("Sign up!")
    (masked,) = mask_documents([document(before, [cut(start, start + 8)])], ALL)
    assert masked.text == "The ferry sails. Write to [email] now.\n\nMore of it."
    assert [one.text.strip() for one in masked.removals] == ["Sign up!"]


def test_a_cut_that_ends_inside_a_secret_takes_all_of_it():
    before = f"Write to {MAIL} now."
    inside = before.index("@")
    (masked,) = mask_documents([document(before, [cut(0, inside)])], ALL)
    assert masked.text == "now."
    (masked,) = mask_documents([document(before, [cut(inside, len(before))])], ALL)
    assert masked.text == "Write to"


def test_what_is_told_beside_a_text_is_masked():
    known = Metadata(title=f"Ask {MAIL}", authors=("Ann", MAIL), url=f"https://192.0.2.7/?to={MAIL}", date="2026-01-02")
    given = Document("Text.", "Text.", known, None, None, None, "plain text")
    (masked,) = mask_documents([given], ALL)
    assert masked.metadata == Metadata("Ask [email]", ("Ann", "[email]"), "2026-01-02", "https://[ip]/?to=[email]")
    assert (masked.text, masked.masks) == ("Text.", ())


def test_a_document_without_a_secret_is_left_alone():
    given = document("The ferry sails. [email] stands here.", [])
    assert mask_documents([given], ALL)[0] is given
    assert mask_texts(["One", None, ""], ALL) == ["One", None, ""]
