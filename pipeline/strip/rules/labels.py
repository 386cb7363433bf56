"""Labels of an article: who wrote it, when, and where on the site it stands."""

from __future__ import annotations

from pipeline.strip.rule import Rule, any_of

_MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|"
    "september|october|november|december|"
    "januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|"
    "octobre|novembre|décembre|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    "janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    "gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|augustus|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)"
)
_DATE = any_of(
    "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}",
    "[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}",
    f"{_MONTH}\\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}",
    f"[0-9]{{1,2}}(?:\\.|st|nd|rd|th)?(?: de)? {_MONTH}\\.?,?(?: de)? [0-9]{{4}}",
    "[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日",
    "[0-9]{4}년 ?[0-9]{1,2}월 ?[0-9]{1,2}일",
)

_DATED = Rule(
    name="date-line.labelled",
    kind="date-line",
    why="Says when the text was published or changed; a label makes it certain that this is not a date of the story.",
    pattern=any_of(
        "(?:first |originally |last |date |article |page |story )?(?:published|updated|posted|modified|edited|"
        "revised|reviewed)"
        f"(?: on| at| by .{{2,40}})? ?:? ?(?:[a-z]{{3,9}},? )?{_DATE}.{{0,60}}",
        "(?:last |first )?(?:published|updated|edited|modified|posted|reviewed) ?:?(?: ?\\|? ?(?:updated|"
        "published) ?:?)?",
        "(?:(?:published|updated|posted) )?[0-9]+ (?:min(?:ute)?s?|hours?|days?|weeks?|months?|"
        "years?) ago(?: .{0,20})?",
        "(?:est(?:imated|\\.)? )?(?:reading time:? )?(?:about |"
        "less than )?[0-9]+ ?-?min(?:ute)?s?\\.?(?: of)? read(?:ing)?(?: time)?|reading time:? [0-9]+.{0,12}",
        "(?:veröffentlicht|aktualisiert|stand|erstellt|"
        f"zuletzt aktualisiert)(?: am)? ?:? ?(?:[a-zä]{{2,10}},? )?{_DATE}.{{0,40}}",
        f"(?:publié|mis à jour|modifié|mise à jour)(?: le)? ?:? ?(?:[a-z]{{4,8}} )?{_DATE}.{{0,60}}",
        f"(?:publicado|actualizado|atualizado)(?: el| em)? ?:? ?(?:[a-zéá]{{4,9}},? )?{_DATE}.{{0,40}}|"
        f"(?:pubblicato|aggiornato)(?: il)? ?:? ?{_DATE}.{{0,40}}",
        f"(?:gepubliceerd|bijgewerkt)(?: op)? ?:? ?{_DATE}.{{0,40}}|(?:опубликовано|обновлено|"
        f"дата публикации) ?:? ?{_DATE}.{{0,40}}",
        f"(?:发布时间|发布日期|发表时间|更新时间|日期|时间) ?:? ?{_DATE}.{{0,40}}|(?:公開日?|更新日?|掲載日?|"
        f"投稿日?|配信日?) ?:? ?{_DATE}.{{0,30}}",
        f"(?:입력|수정|등록|승인|기사입력|최종수정) ?:? ?{_DATE}.{{0,40}}|(?:نشر|تاريخ النشر|"
        "آخر تحديث)(?: في)? ?:? ?.{0,12}[0-9]{4}.{0,20}",
        "last edited: .{3,40}",
    ),
    max_tokens=25,
    drops=(
        "Published: April 25, 2025",
        "Last updated on 3 May 2024 at 10:30",
        "5 hours ago",
        "4 min read",
        "Veröffentlicht am 3. Mai 2024",
        "Publié le 3 mai 2024 à 10h30",
        "Publicado el 3 de mayo de 2024",
        "发布时间：2024-05-03",
        "更新日:2024年5月3日",
        "입력 2024.05.03 10:30",
        "Опубликовано: 3 мая 2024",
    ),
    keeps=(
        "Published in 1851, the novel sold badly.",
        "Five years ago the harbour was full.",
        "On 3 May 2024 the ferry sank.",
        "Updated figures are expected on Friday.",
    ),
)

_BYLINE = Rule(
    name="byline.credit",
    kind="byline",
    why="Who reported, edited or translated; agencies put it at the end.",
    pattern=any_of(
        "\\(?(?:additional |with )?(?:reporting|writing|compiled|edited|editing|translated|written and edited)"
        "(?: and (?:writing|editing))? by [^.!?]{3,60}(?:[;,] ?(?:additional |writing |reporting |"
        "editing ).{3,100})?\\)?",
        "with (?:inputs?|files|reporting|additional reporting) (?:from|by) [^.]{2,50}",
        "about the authors?|written by|author|by|posted by|view all posts by .{2,40}|(?:more|see all|"
        "all) (?:articles|posts|stories) by .{2,40}",
        "\\(?(?:责任)?(?:编辑|編輯)[::] ?.{1,20}|(?:来源|來源|文章来源|稿源|校对|审核|编审) ?[::] ?.{1,30}",
        "(?:redaktion|autor|autorin|von unserem korrespondenten) ?:? ?[^.]{0,30}",
        "à propos de l'auteur|sobre (?:el|la|o) autor[a]?|über den autor|informazioni sull'autore|over de auteur|"
        "об авторе|作者简介.{0,60}|この記事を書いた人|عن الكاتب",
    ),
    cue="기자",
    free=".{2,5} ?기자(?: ?[a-z0-9._]+@[a-z0-9.-]+)?",
    max_tokens=25,
    unless=r"\b(?:redaktion|autor|autorin) [a-z]{4,} [a-z]{4,}",
    drops=(
        "Reporting by Jane Doe; Editing by John Roe",
        "(Reporting by Jane Doe; Editing by John Roe)",
        "With inputs from agencies",
        "About the author",
        "责任编辑：张三",
        "Sobre el autor",
        "Over de auteur",
    ),
    keeps=(
        "Reporting by state media was thin. Nobody knew the number of the dead.",
        "Edited by hand, the film took two years. It shows.",
        "The author of the report declined to comment.",
    ),
)

_CATEGORY = Rule(
    name="category.tags",
    kind="category",
    why="Tags and section names under an article.",
    pattern=any_of(
        "(?:filed under|filed in|posted in|tagged(?: with| as| in)?|tags?|in this topic|article tags|categor(?:y|"
        "ies)|topics?|related topics) ?:(?: ?.{2,150})?",
        "(?:filed under|posted in|tagged(?: with)?|tags?|related topics)(?: ?[:|] .{0,150})?",
        "(?:schlagw[oö]rter|schlagworte|kategorien?|themen) ?:(?: .{2,150})?|(?:rubriques?|mots-clés|catégories?|"
        "étiquettes) ?:(?: .{2,150})?",
        "(?:etiquetas|categorías?|categorie|categorias?|temas|tag|trefwoorden|onderwerpen) ?:(?: .{2,150})?",
        "(?:标签|關鍵字|标籤|分类|栏目) ?[:](?: ?.{1,60})?|(?:タグ|カテゴリー?|キーワード) ?:?(?: ?.{1,60})?|"
        "(?:카테고리|태그) ?:?(?: ?.{1,60})?",
        "(?:метки|теги|рубрики?|категории) ?:(?: .{2,100})?|(?:الوسوم|التصنيف|التصنيفات|"
        "كلمات دلالية) ?:?(?: .{2,100})?",
    ),
    where="tail",
    drops=(
        "Filed under: Politics, Trade",
        "Tags: ferry, port, strike",
        "Kategorien: Politik",
        "Mots-clés : port, grève",
        "Etiquetas: puerto, huelga",
        "标签：港口",
        "タグ: 港",
        "Метки: порт, забастовка",
    ),
    keeps=("Tags on the crates showed where they came from.", "Topics ranged from fishing to ferries."),
)

RULES: tuple[Rule, ...] = (_DATED, _BYLINE, _CATEGORY)
"""Rules of kinds date-line, byline and category."""
