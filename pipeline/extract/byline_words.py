"""The words round an author's name that are none of it: labels, posts, names of nobody. In twelve languages."""

from __future__ import annotations

import re

from pipeline.strip.rule import names


def _any_of(*lines: str) -> str:
    return "(?:" + "|".join(lines) + ")"


_DONE = _any_of(
    "story|text|words|report|article|review|reporting|analysis|opinion|photos?|video|words and photos?|written|posted",
    "published|submitted|created|compiled|edited|contributed|presented|hosted|added|uploaded|shared|texte|texto|testo",
    "tekst|geschrieben|veröffentlicht|verfasst|erstellt|eingestellt|gepostet|interview|kommentar|gastbeitrag|analyse",
    "beitrag|ein (?:artikel|beitrag|kommentar|gastbeitrag)|publié|écrit|rédigé|publicado|escrito|pubblicato|scritto",
    "geschreven|publicerad|skriven",
)
_BY = _any_of("by|von|vom|par|por|di|a cura di|door|av|af|autor|przez")
_LABEL = _any_of(
    r"authors?|author\(s\)|autor(?:in|en|es|e|a)?|auteur(?:s|e)?|autor[ei]|written by|writer|redakteur(?:in)?",
    r"journalist(?:e|in)?|text (?:und|and|&) \w+",
    "posted|name|yazar|text|foto|fotos|photo|von|by|автор|текст|составитель|作者|记者|記者|撰文|文",
    "著者|文責|編集|责任编辑|责编|编辑|来源|기자|글|بقلم|كتب|كتبت|الكاتب",
)
_POSTS_BY = (
    r"(?:view |see |read )?(?:all |more )?(?:posts|articles|stories|alle (?:beiträge|artikel)) (?:by|from|of|von)"
)

PREFIX = re.compile(
    rf"{_POSTS_BY}\s+|(?:{_DONE}\s+)?{_BY}(?:\s*:\s*|\s+)|{_LABEL}\s*[:：/／]\s*|(?:بقلم|كتب|كتبت|автор)\s+",
    re.IGNORECASE,
)
"""What a byline begins with."""

AND = r"(?:and|und|et|y|e|en|i|и|och|og|ve|sowie)"

TURN = re.compile(
    r"\s+(?:for|in|at|from|of|via|on|with|mit|avec|con|reporting|contributor|is|was|has|aus|für|im|bei|ist|dans|pour|para|"
    r"per|voor|bij|am)(?:\s.*)?$"
)
"""Where a name ends and place, paper or biography begin."""

SUFFIX = re.compile(
    r"\s+(?:\((?!['\"]).*|\[.*|[-–—―]\s.*|[|│•·»>].*)$|\s*기자$|\s+(?:says|writes|schreibt|scrive|escribe)\b.*$",
    re.IGNORECASE,
)

PARTICLES = names("von|van|de|der|den|del|della|di|da|dos|du|la|le|al|el|bin|ibn|zu|zur|ter|ten|y|e|san|st")
"""Words that stand small among the names of a person."""

DEGREE = re.compile(
    _any_of(
        r"m\.?d\.?|ph\.?\s?d\.?|d\.?o\.?|m\.?p\.?h\.?|m\.?a\.?|m\.?s\.?c?\.?|b\.?a\.?|b\.?sc?\.?|r\.?d\.?n?\.?|r\.?n\.?",
        r"jr\.?|sr\.?|esq\.?|cfa|cfp|cpa|mba|ll\.?[bm]\.?|j\.?d\.?|dds|pharm\.?d\.?|facp|faap|ii|iii|iv|cscs|ldn|cpt",
        r"c\.?s\.?|lcsw|msw",
    ),
    re.IGNORECASE,
)

MONTH = names(
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug",
    "sep|sept|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember",
)
"""What is left of a date once its figures are gone."""

COMPANY = re.compile(r"\b(?:gmbh|mbh|ag|kg|inc|llc|ltd|s\.?l|e\. ?v|corp|pty|verlag|www)\b", re.IGNORECASE)
"""A company is no person, and its name falls apart where authors are parted."""

POST = re.compile(
    r"\b"
    + _any_of(
        "writers?|editors?|editor-in-chief|correspondents?|reporters?|staff|chief|redakteur(?:in)?",
        r"redaktions?\w*|redazione|rédact\w+|redacci[oó]n|redac\w+|journalists?|columnists?|contributors?",
        r"photographers?|producers?|managers?|directors?|professor of|fellow|analysts?|administrators?|authors?",
        r"autor(?:in)?|guest|team|desk|newsletter|correspondant\w*",
        "korrespondent(?:in)?|experts?|specialists?|officer|founder|co-founder|president|ceo|blogger|posts?|articles?",
        "comments?|kommentare?|follow|share|read|more|view|views|about|all|updated|published|posted|minutes?|ago|photo",
        "image|images|getty|video|source|copyright|subscribe|sign|log ?in|login|reply|website|contact|email|print",
        "profile|biography|bio|see|the author|replies|member|moderator|joined|location|click|by|written|monday|tuesday",
        "wednesday|thursday|friday|saturday|sunday|this|that|our|your|you|we|are|here|bild|bilder|foto|fotos|grafik",
        "quelle|fotograf|download|pdf|dank|offline|online|mehr|uhr|zum|zur|alle|artikel|beitrag|seite|teilen|tweet",
    )
    + r"\b",
    re.IGNORECASE,
)
"""Words that no name of a person holds."""

HOUSE = re.compile(
    r"\b"
    + _any_of(
        "news|press|bureau|agency|agencies|magazine|media|society|association|university|institute|department|ministry",
        "customs|guide|guides|reviews?|foundation|council|committee",
    )
    + r"\b",
    re.IGNORECASE,
)
"""Words of the names of houses: good in a field for authors, not in a line that may be anything."""

ORGANISATION = re.compile(
    r"\b"
    + _any_of(
        "the|die|der|das|la|le|el|clinic|university|institute?|college|school|times|post|group|blog|association|society",
        "foundation|stiftung|company|usa|uk|shop|store|solutions?|services?|online|world|club|home|health|design|travel",
        "kitchen|forum|community|network|radio|tv|today|daily|journal|review|report|guide|digital|studios?|partners",
        "systems|technologies|labs?|bank|center|centre|zentrum|verein|verband|amt|portal|org|com|and|und|&|of|for",
    )
    + r"\b",
    re.IGNORECASE,
)
"""Words of the names of sites."""

JUNK = names(
    "admin|administrator|super user|superuser|webmaster|root|user|users|guest|test|author|authors|unknown|anonymous",
    "anonym|anonyme|undefined|null|none|n/a|na|nan|false|true|default|editor|editors|editorial|editorial staff",
    "editorial team|editorial board|staff|staff writer|staff writers|staff reporter|newsroom|news desk|newsdesk",
    "web desk|online desk|team|redaktion|die redaktion|onlineredaktion|webredaktion|redaktionsteam|redazione",
    "la redazione|redaccion|redacción|redacao|redação|la rédaction|rédaction|redactie|redacteur|redakcja|редакция",
    "редактор|админ|администратор|编辑|小编|管理员|匿名|发布于|編集部|관리자|편집부|press release|press releases",
    "pressemitteilung|contributor|contributors|correspondent|reporter|facebook|twitter|x|instagram|linkedin|youtube",
    "pinterest|tumblr|telegram|whatsapp|vk|google|google+|rss|email|e-mail|mail|home|news|blog|share|print|posted",
    "published|updated|by|von|par|por|follow|follow us|subscribe|wordpress|joomla|drupal|wpengine|view all posts",
    "more posts|no author|not available|your name|name|website|site|company|admin admin|system|publisher|content",
    "marketing|support|moderator|service|info|contact|login|sign in|menu|search|the author|about the author|dpa|owner",
    "staff report|staff reports|from staff reports|new|de|en|published by|written by|posted by|posted in|offline",
    "online|help|condé nast|read more|learn more|comments|comment|no comments|leave a comment|leave a reply|biography",
)
"""Folded names that are nobody's."""
