"""The Harbour Gazette: plain texts with every kind of boilerplate that news sites leave in them, and two pages."""

from __future__ import annotations

from tests.sample.packing import xz
from tests.sample.pages import page, page_entry
from tests.sample.pieces import File, drop, keep, plain_entry, raw
from tests.sample.sites import HARBOUR
from tests.sample.stories import story

_ADS = (
    "Enrol in the Gazette Sailing School, spring intake (3 March – 30 May 2026): early bird places half price",
    "Port Alder Business Forum opens registrations for its coastal trade masterclass.",
    "Join the Gazette Readers’ Lottery and win a weekend for two on Ostrey.",
    "Register now for our webinar: Insuring Small Boats, from Survey to Claim (next session 14 May 2026).",
)


def files() -> list[File]:
    """Make the folder of the site."""
    made = [_barrier(), _vote(), _ferry(), _lighthouse(), _cannery(), _masterplan(), _oyster(), _bakery(), _kelp()]
    return [File(f"{HARBOUR.domain}/{file.path}", file.data, file.entries) for file in [*made, _choir(), _clock()]]


def _barrier() -> File:
    told = story("barrier")
    return File(
        "2026-04-21-storm-barrier.html",
        page(told, HARBOUR, "2026/04/21/storm-barrier").encode(),
        [page_entry("barrier", told, HARBOUR)],
    )


def _vote() -> File:
    told = story("vote")
    calls = {
        3: "Advertisement",
        5: "Enjoying this story? Sign up to our newsletter and have the next one in your inbox.",
    }
    return File(
        "2026-05-06-night-market.html",
        page(told, HARBOUR, "2026/05/06/night-market", among=calls).encode(),
        [page_entry("vote", told, HARBOUR, among=calls)],
    )


def _ferry() -> File:
    """Breadcrumb with the headline, headline, advertising lines amid the article, an empty comment form as its end."""
    told = story("ferry")
    text = told.plain()
    pieces = [
        *drop("navigation", f"Home Latest News | Transport {told.title}"),
        *drop("title", told.title),
        *keep(*text[:3]),
        *drop("advertisement", *_ADS),
        *keep(*text[3:]),
        *drop("related-posts", "No posts to display"),
        *drop("comment-form", "Post Comment"),
        *drop("comment-form", "Please enter your comment!", "Please enter your name here", after="\n"),
    ]
    return File("2026-04-14-ferry.txt", raw(pieces).encode(), [plain_entry("ferry", told, pieces)])


def _lighthouse() -> File:
    """A lead, then the headline in bold, twice; a run of three paragraphs told twice."""
    told = story("lighthouse")
    text = told.plain()
    bold = f"**{told.title}**"
    pieces = [
        *keep(text[0], after="\n"),
        *drop("title", bold),
        *drop("repeated-headline", bold, after="\n"),
        *keep(*text[1:], after="\n"),
        *drop("repeated-paragraph", *text[2:5], after="\n"),
    ]
    return File("2026-03-02-logbooks.txt", raw(pieces).encode(), [plain_entry("lighthouse", told, pieces)])


def _cannery() -> File:
    told = story("cannery")
    pieces = [
        *keep(*told.plain()),
        *drop("image-credit", "Image via Harbour Picture Library"),
        *drop(
            "disclaimer",
            "Disclaimer: This article was partly produced with the help of AI tools and was reviewed and published by "
            "the editors of the Harbour Gazette.",
        ),
    ]
    return File("2026-02-11-cannery.txt", raw(pieces).encode(), [plain_entry("cannery", told, pieces)])


def _masterplan() -> File:
    """Section label, headline twice, headings and an indented numbered list."""
    told = story("masterplan")
    pieces = [
        *drop("category", told.section),
        *drop("title", told.title),
        *drop("repeated-headline", told.title),
        *keep(*told.indented()),
    ]
    return File("2026-01-22-harbour-plan.txt", raw(pieces).encode(), [plain_entry("masterplan", told, pieces)])


def _oyster() -> File:
    told = story("oyster")
    pieces = [*drop("date-prefix", f" date {told.date}", after=" "), *keep(*told.plain())]
    return File("2026-04-16-oysters.txt", raw(pieces).encode(), [plain_entry("oyster", told, pieces)])


def _bakery() -> File:
    """A page saved as text with all that stood round the article, which itself speaks of cookies and newsletters."""
    told = story("bakery")
    text = told.plain()
    pieces = [
        *drop(
            "cookie-notice",
            "We use cookies to improve your experience. By continuing to browse you accept our use of cookies.",
        ),
        *drop("navigation", "Home | Town | Council | Fisheries | Culture | Tides | Contact"),
        *drop("login", "Log in or create an account"),
        *drop("title", told.title),
        *drop("byline", f"By {told.author}", after="\n"),
        *drop("date-line", "Published 19 March 2026"),
        *drop("share", "Share on Facebook | Share on X | Share via email"),
        *keep(*text[:4]),
        *drop(
            "newsletter", "Sign up for our free newsletter and get the best of the Gazette in your inbox every morning."
        ),
        *keep(*text[4:]),
        *drop("subscription", "Subscribe now for unlimited access to all our stories. Cancel anytime."),
        *drop("pagination", "1 2 3 Next page »"),
        *drop("related-posts", "Related posts", after="\n"),
        *drop("related-posts", "Lifeboat crew rescues a runaway pedalo", "Where to watch the spring tides", after="\n"),
        *drop("related-posts", "Quiz: knots or nots?"),
        *drop("comments", "3 Comments", after="\n"),
        *drop("comments", "gannet64 says: Best rolls on the coast, get there before eight.", after="\n"),
        *drop("comments", "Molly P. says: My bedroom smells of cardamom and I love it.", after="\n"),
        *drop("comments", "deckhand says: First!"),
        *drop("comment-form", "Leave a reply", after="\n"),
        *drop("comment-form", "Your email address will not be published. Required fields are marked *"),
        *drop("copyright", "© 2026 The Harbour Gazette. All rights reserved."),
    ]
    return File("2026-03-19-bakery.txt", raw(pieces).encode(), [plain_entry("bakery", told, pieces)])


def _kelp() -> File:
    """The full story whose first two paragraphs a feed brought earlier: it supersedes them."""
    told = story("kelp")
    pieces = [
        *drop("title", told.title),
        *drop("byline", f"By {told.author}"),
        *keep(*told.plain()),
        *drop("copyright", "Copyright 2026 The Harbour Gazette. All rights reserved."),
    ]
    return File("2026-05-12-kelp.txt", raw(pieces).encode(), [plain_entry("kelp", told, pieces)])


def _choir() -> File:
    """A refrain that recurs on purpose and stays each time."""
    told = story("choir")
    pieces = [*drop("title", told.title), *drop("byline", f"By {told.author}"), *keep(*told.plain())]
    return File("2026-02-28-tide-songs.txt", raw(pieces).encode(), [plain_entry("choir", told, pieces)])


def _clock() -> File:
    told = story("clock")
    pieces = [*drop("title", told.title), *keep(*told.plain())]
    return File("2026-04-02-clock.txt.xz", xz(raw(pieces).encode()), [plain_entry("clock", told, pieces)])
