"""Web pages as content systems write them: an article among menus, banners, sign-up calls, lists and comments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape

from tests.sample.pieces import Entry
from tests.sample.sites import Site
from tests.sample.stories import Story

_ITEM = re.compile(r"^(- |\d+\. )")


def page(told: Story, site: Site, slug: str, *, charset: str = "utf-8", among: Mapping[int, str] | None = None) -> str:
    """Write a story as a page of a site.

    `charset` is what the page says of itself; `among` gives calls to readers that stand as paragraphs of the article,
    each before the block of that number, where an extractor takes them for the text.
    """
    body = list(told.blocks)
    for number, call in sorted((among or {}).items(), reverse=True):
        body.insert(number, call)
    told = replace(told, blocks=tuple(body))
    return (_broadsheet if site.layout == "broadsheet" else _magazine)(told, site, slug, charset)


def page_entry(
    name: str, told: Story, site: Site, *, encoding: str | None = None, among: Mapping[int, str] | None = None
) -> Entry:
    """Give the truth of such a page: all lines of the story stay, no furniture of the site and no call does."""
    lines = [re.sub(r"^(## |> |- |\d+\. )", "", line) for block in told.blocks for line in block.split("\n")]
    held = [cell.strip() for line in lines for cell in line.strip("|").split("|")]
    return Entry(
        name,
        cleaned=told.text(),
        title=told.title,
        date=told.date,
        authors=(told.author,) if told.author else (),
        language=told.language,
        source_domain=site.domain,
        encoding=encoding,
        holds=tuple(held),
        lacks=(*site.furniture(), *(among or {}).values()),
    )


def menu_only(site: Site) -> str:
    """Write a page that leads elsewhere and says nothing: an extractor that must give something gives its menu."""
    menu = " | ".join(f'<a href="/{n}">{escape(label)}</a>' for n, label in enumerate(site.nav))
    return f"""<!DOCTYPE html>
<html lang="{site.language}">
<head><meta charset="utf-8"><title>{escape(site.name)}</title></head>
<body>
  <nav class="navbar" role="navigation"><p>{menu}</p></nav>
  <div class="user"><p><a href="/login">Log in or create an account</a></p></div>
  <div class="pager"><p><a href="?p=1">1</a> <a href="?p=2">2</a> <a href="?p=2">Next page &raquo;</a></p></div>
  <footer id="footer"><p>{escape(site.copyright)}</p></footer>
</body>
</html>
"""


def _blocks(told: Story) -> str:
    return "\n".join(f"        {_block(block)}" for block in told.blocks)


def _block(block: str) -> str:
    rows = block.split("\n")
    if block.startswith("## "):
        return f"<h2>{escape(block[3:])}</h2>"
    if block.startswith("> "):
        return f"<blockquote><p>{escape(block[2:])}</p></blockquote>"
    if block.startswith("|"):
        cells = [[escape(cell.strip()) for cell in row.strip("|").split("|")] for row in rows]
        head = "".join(f"<th>{cell}</th>" for cell in cells[0])
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells[1:])
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if _ITEM.match(block):
        tag = "ul" if block.startswith("- ") else "ol"
        return f"<{tag}>" + "".join(f"<li>{escape(_ITEM.sub('', row))}</li>" for row in rows) + f"</{tag}>"
    return f"<p>{escape(block)}</p>"


def _head(told: Story, site: Site, slug: str, charset: str) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": told.title,
        "datePublished": f"{told.date}T06:30:00Z",
        "author": [{"@type": "Person", "name": told.author}] if told.author else [],
        "publisher": {"@type": "Organization", "name": site.name},
        "articleSection": told.section,
        "inLanguage": told.language,
        "mainEntityOfPage": site.url(slug),
    }
    author = f'<meta name="author" content="{escape(told.author)}">\n  ' if told.author else ""
    # Not escaped to ASCII: a page in another character set holds it in its own.
    told_json = json.dumps(about, ensure_ascii=False).replace("</", "<\\/")
    return f"""<head>
  <meta charset="{charset}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{escape(told.title)} | {escape(site.name)}</title>
  <link rel="canonical" href="{site.url(slug)}">
  {author}<meta property="og:type" content="article">
  <meta property="og:title" content="{escape(told.title)}">
  <meta property="og:site_name" content="{escape(site.name)}">
  <meta property="og:url" content="{site.url(slug)}">
  <meta property="article:published_time" content="{told.date}T06:30:00Z">
  <meta property="article:section" content="{escape(told.section)}">
  <script type="application/ld+json">{told_json}</script>
  <style>.ad{{border:1px solid #ccc}} .hidden{{display:none}}</style>
</head>"""


def _links(labels: tuple[str, ...], indent: str) -> str:
    return "\n".join(f'{indent}<li><a href="/link/{n}">{escape(label)}</a></li>' for n, label in enumerate(labels))


def _said(site: Site, indent: str) -> str:
    return "\n".join(
        f'{indent}<li class="comment"><cite class="comment-author">{escape(who)}</cite>'
        f'<div class="comment-body"><p>{escape(said)}</p></div></li>'
        for who, said in site.comments
    )


def _byline(told: Story) -> str:
    author = f'<a rel="author" href="/staff">{escape(told.author)}</a> &middot; ' if told.author else ""
    return f'{author}<time datetime="{told.date}">{told.date}</time>'


def _magazine(told: Story, site: Site, slug: str, charset: str) -> str:
    direction = ' dir="rtl"' if site.language == "ar" else ""
    return f"""<!DOCTYPE html>
<html lang="{site.language}"{direction}>
{_head(told, site, slug, charset)}
<body class="single-post">
  <div id="cookie-banner" class="cookie-notice" role="dialog"><p>{escape(site.cookies)}</p>
    <button>{escape(site.accept)}</button></div>
  <header class="site-header"><a class="logo" href="/">{escape(site.name)}</a>
    <p class="tagline">{escape(site.motto)}</p>
    <nav class="main-nav"><ul>
{_links(site.nav, "      ")}
    </ul></nav>
  </header>
  <main>
    <div class="breadcrumbs"><a href="/">{escape(site.nav[0])}</a> &raquo; <a href="/s">{escape(told.section)}</a></div>
    <article class="post">
      <header class="entry-header"><h1 class="entry-title">{escape(told.title)}</h1>
        <p class="entry-meta">{_byline(told)}</p></header>
      <div class="entry-content">
{_blocks(told)}
      </div>
      <div class="share-buttons"><span>{escape(site.share)}</span> <a href="#f">f</a> <a href="#x">x</a></div>
    </article>
    <div class="ad advertisement"><p>{escape(site.advertisement)}</p></div>
    <div class="newsletter-signup"><p>{escape(site.newsletter)}</p>
      <form><input type="email"><button>OK</button></form></div>
    <section id="comments" class="comments-area"><h2>{escape(site.comments_head)}</h2>
      <ol class="comment-list">
{_said(site, "        ")}
      </ol>
      <form id="commentform"><p>{escape(site.reply)}</p><textarea></textarea></form>
    </section>
  </main>
  <aside class="sidebar">
    <div class="related-posts"><h3>{escape(site.related_head)}</h3><ul>
{_links(site.related, "      ")}
    </ul></div>
    <div class="subscribe-box"><p>{escape(site.subscribe)}</p></div>
  </aside>
  <footer class="site-footer"><p>{escape(site.copyright)}</p></footer>
  <script>window.dataLayer = window.dataLayer || [];</script>
</body>
</html>
"""


def _broadsheet(told: Story, site: Site, slug: str, charset: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="{site.language}">
{_head(told, site, slug, charset)}
<body>
<div class="topbar"><a href="/login">{escape(site.reply)}</a></div>
<nav id="menu"><ul>
{_links(site.nav, "  ")}
</ul></nav>
<div class="paywall-meter subscribe-banner"><p>{escape(site.subscribe)}</p></div>
<div id="wrapper">
  <div class="article" itemscope itemtype="https://schema.org/NewsArticle">
    <h1 itemprop="headline">{escape(told.title)}</h1>
    <div class="byline">{_byline(told)}</div>
    <div class="article-body" itemprop="articleBody">
{_blocks(told)}
    </div>
  </div>
  <div class="social-share">{escape(site.share)}: <a href="#m">mail</a> <a href="#p">print</a></div>
  <div class="banner-ad"><span>{escape(site.advertisement)}</span></div>
  <div class="related"><h4>{escape(site.related_head)}</h4><ul>
{_links(site.related, "    ")}
  </ul></div>
  <div id="comments"><h4>{escape(site.comments_head)}</h4><ol class="comment-list">
{_said(site, "    ")}
  </ol></div>
  <div class="newsletter"><p>{escape(site.newsletter)}</p></div>
</div>
<div class="footer"><p>{escape(site.copyright)}</p></div>
<div class="cookie-consent"><p>{escape(site.cookies)}</p><button>{escape(site.accept)}</button></div>
</body>
</html>
"""
