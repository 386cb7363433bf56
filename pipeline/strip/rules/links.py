"""Links to other articles, and from one page to the next."""

from __future__ import annotations

from pipeline.strip.rule import Rule, any_of

_THING = (
    "(?:articles?|stories|story|posts?|news|content|links?|topics?|videos?|reading|coverage|items|headlines|episodes?|"
    "products?|questions?|pages?)"
)

_HEADING = Rule(
    name="related-posts.heading",
    kind="related-posts",
    why="Heads a list of other articles; the list goes with it.",
    pattern=any_of(
        "(?:related|similar|recommended|suggested|popular|recent|latest|trending|more related|more|top|"
        f"other) {_THING}(?: (?:from|on|in|for you|about) .{{1,40}})?",
        "you (?:may|might)(?: also)? (?:like|be interested in|enjoy|have missed)(?: to read| these| this)?",
        "(?:read|watch) (?:also|next)|also (?:read|on .{2,30})|what to read next|up next|more like this|keep reading",
        "more (?:from|in) .{2,40}",
        "most (?:read|popular|viewed|commented|shared|recent|watched)(?: .{0,20})?|trending(?: now| today)?|"
        "recommended(?: for you| by .{2,20})?|don't miss|"
        "editors?'s? (?:picks?|choice)|related|recently viewed|explore related .{3,20}|from around the web|"
        "around the web",
        "no (?:posts|articles|stories) (?:to display|found|yet)|no posts",
        "(?:mehr|weitere) (?:zum thema|artikel|nachrichten|meldungen|themen|beiträge|aus (?:der|"
        "dem) .{2,30})(?: .{0,30})?|das könnte (?:sie|dich) auch interessieren|"
        "lesen sie auch|auch interessant|meistgelesen(?:e artikel)?|(?:ähnliche|verwandte) (?:artikel|beiträge|"
        "themen)|empfohlene artikel|lesetipps?|mehr dazu",
        "à lire (?:aussi|également|ensuite|sur le sujet)|lire aussi|sur le même (?:sujet|thème)|"
        "articles? (?:similaires?|liés|associés|recommandés|récents?)|voir aussi|"
        "les plus lus|vous (?:aimerez|pourriez) (?:peut-être )?aussi(?: aimer)?|dans la même rubrique",
        "(?:noticias|artículos|contenidos?|temas|entradas|notas) (?:relacionad[ao]s?|similares|recomendad[ao]s|"
        "recientes)|(?:también )?te (?:puede|podría) interesar|"
        "lee también|lea también|lo más (?:leído|visto)|más noticias|más leíd[ao]s",
        "(?:notícias|artigos|matérias|conteúdos?|posts) relacionad[ao]s?|leia também|veja também|mais lidas|"
        "últimas notícias",
        "leggi anche|articoli correlati|(?:potrebbe|potrebbero) interessarti(?: anche)?|"
        "ti potrebbe(?:ro)? interessare(?: anche)?|i più letti|notizie correlate",
        "lees ook|gerelateerde (?:artikelen|berichten)|meest gelezen|bekijk ook|meer nieuws",
        "相关(?:阅读|新闻|文章|推荐|链接|报道|资讯|内容|专题)|相關(?:新聞|文章|閱讀|報導)|(?:延伸|推荐|"
        "拓展)(?:阅读|閱讀)|热门(?:文章|新闻|推荐|排行|话题)|猜你喜欢|编辑推荐|最新(?:文章|新闻|资讯)|"
        "精彩推荐|大家都在看|为您推荐|热点(?:新闻|推荐)",
        "関連(?:記事|リンク|ニュース|キーワード|コンテンツ|トピックス|動画)|(?:おすすめ|人気|新着|"
        "最新)(?:の)?(?:記事|ニュース|コンテンツ)|あわせて読みたい|(?:アクセス)?ランキング|"
        "よく読まれている記事",
        "(?:관련|추천|인기|최신|주요|많이 본) ?(?:기사|뉴스|글|콘텐츠|동영상)",
        "(?:похожие|другие|последние|популярные|свежие) (?:статьи|новости|материалы|записи)|читайте также|"
        "(?:материалы|новости|ещё|еще) по теме|смотрите также|"
        "самое (?:читаемое|популярное)",
        "(?:مقالات|أخبار|مواضيع|موضوعات) (?:ذات صلة|متعلقة|مشابهة|مرتبطة)|اقر[أا] أيض.{1,3}|الأكثر (?:قراءة|"
        "مشاهدة)|قد يعجبك(?: أيضا)?|ذات صلة",
    ),
    reach="list",
    max_tokens=10,
    unless=r"\b(?:is|are|was|were|has|have|had)\b",
    drops=(
        "Related articles",
        "You may also like",
        "Most read",
        "More from World",
        "No posts to display",
        "Mehr zum Thema",
        "À lire aussi",
        "Te puede interesar",
        "Leia também",
        "Leggi anche",
        "Lees ook",
        "相关阅读",
        "関連記事",
        "관련기사",
        "Читайте также",
        "مقالات ذات صلة",
        "Related stories\n- Port strike enters third week\n- Fishermen blame the quota\n- What the new ferry costs",
    ),
    keeps=(
        "Related measures were passed in June.",
        "Most popular of all was the ferry.",
        "More from habit than hope, she is still waiting.",
        "Similar stories were told in every village.",
        "Sur le même sujet, le ministre a refusé de répondre.",
    ),
)

_INLINE = Rule(
    name="related-posts.inline",
    kind="related-posts",
    why="A link to another article between two paragraphs, announced by a word and a colon.",
    pattern=any_of(
        "(?:read|also read|read also|see also|related|related (?:article|story|stories|content|news|coverage)|"
        "read next|don't miss|must read|also see|"
        "recommended reading|read (?:more|this|now)|more on this|you may also like|check out|suggested reading|"
        "further reading|watch(?: now| also)?|listen) ?[:|] ?.{8,160}",
        "(?:lesen sie auch|lesen sie (?:mehr|hier)|lies auch|mehr zum thema|auch interessant|mehr dazu|"
        "lesetipp) ?[:|] ?.{8,160}",
        "(?:à lire aussi|lire aussi|lire également|à lire|voir aussi|à voir aussi|relire) ?[:|] ?.{8,160}",
        "(?:lee también|lea también|leer también|te puede interesar|también lee|ver también|más información|"
        "lee más) ?[:|] ?.{8,160}",
        "(?:leia também|leia mais|veja também|saiba mais) ?[:|] ?.{8,160}|(?:leggi anche|leggi pure|"
        "guarda anche) ?[:|] ?.{8,160}",
        "(?:lees ook|lees meer|bekijk ook) ?[:|] ?.{8,160}|(?:читайте также|читать также|смотрите также) ?[:|"
        "] ?.{8,160}",
        "(?:延伸阅读|推荐阅读|相关阅读|相关新闻|延伸閱讀) ?[:|] ?.{4,80}|(?:関連記事|あわせて読みたい) ?[:|"
        "] ?.{4,80}|(?:관련기사|관련 기사) ?[:|] ?.{4,80}",
        "(?:اقر[أا] أيض.{1,3}|شاهد أيض.{1,3}) ?[:|] ?.{8,160}",
    ),
    max_tokens=32,
    drops=(
        "Read more: Port strike enters its third week",
        "RELATED: What the new ferry will cost",
        "Also read: Fishermen blame the quota",
        "Lesen Sie auch: Streik im Hafen geht weiter",
        "Lire aussi : La grève du port continue",
        "Lee también: La huelga del puerto continúa",
        "Leggi anche: Lo sciopero del porto continua",
        "Читайте также: Забастовка в порту продолжается",
        "関連記事:港のストライキ続く",
    ),
    keeps=(
        "Read: the government has no money left.",
        "The motto on the wall was short. It said: read more.",
        "Related costs: two million euros.",
    ),
    unless=r"^read: (?:the|a) ",
)

_MORE = Rule(
    name="related-posts.more-link",
    kind="related-posts",
    why="A link to the rest of a text or list.",
    pattern=any_of(
        "(?:read|view|see|show|load)(?: the)? (?:more|all|full (?:article|story|text|bio)|less|rest|original|"
        "entire .{3,12})(?: (?:articles|stories|posts|news|comments|by .{2,30}))?",
        "continue reading|read (?:less )?read more|click here to read more.{0,40}|(?:click )?to read more.{0,30}|"
        "back to (?:all )?(?:news|blog|articles|list|results)",
        "weiterlesen|mehr lesen|mehr (?:erfahren|anzeigen)|lire la suite|en savoir plus|voir plus|leer más|"
        "ver más|seguir leyendo|saiba mais|leia mais|ler mais|"
        "leggi (?:tutto|di più)|lees (?:meer|verder)|читать (?:далее|дальше|полностью)|подробнее",
        "阅读更多|查看更多|阅读全文|展开全文|更多|もっと(?:見る|読む)|続きを読む|一覧を見る|더 ?보기|(?:اقرأ )?المزيد",
    ),
    max_tokens=10,
    drops=(
        "Read more",
        "Continue reading…",
        "View all",
        "Weiterlesen",
        "Lire la suite",
        "Leer más",
        "阅读全文",
        "続きを読む",
        "더보기",
    ),
    keeps=("Read more books, the teacher told her class.", "See all sides of it before you judge."),
)

_PAGES = Rule(
    name="pagination.links",
    kind="pagination",
    why="Links to the previous and next page, article or picture.",
    pattern=any_of(
        "(?:go to )?page [0-9]+(?: ?(?:of|/) ?[0-9]+)?|(?:image|photo|slide|picture) [0-9]+ (?:of|/) ?/? ?[0-9]+",
        "(?:previous|prev|next|older|newer)(?: (?:page|posts?|articles?|entries|story|image|comments|slide|chapter))?"
        "(?: ?[|/•· ] ?(?:previous|prev|next|older|newer|home)(?: (?:page|posts?|articles?|entries|story|image))?)*",
        "(?:first|last) page",
        "(?:previous|next) (?:article|post|story|entry) ?:? .{3,120}",
        "(?:post|posts|page|comments?|article) navigation|pages?: ?[0-9]+(?: ?[|, ] ?[0-9]+)*.{0,20}",
        "(?:prev(?:ious)? )?1 2 3(?: [0-9]+)*(?: \\.\\.\\.)?(?: [0-9]+)?(?: (?:next|weiter|suivant|siguiente|"
        "последняя|下一页|次へ|다음))?",
        "(?:[0-9]{1,3} ){2,12}(?:\\.\\.\\. ?[0-9]{1,4} )?(?:next|weiter|suivant|siguiente|下一页|次へ|다음)(?: page)?",
        "seite [0-9]+(?: ?(?:von|/) ?[0-9]+)?|(?:nächste|vorherige|vorige) seite|(?:vorheriger|"
        "nächster) (?:artikel|beitrag)(?: ?: ?.{3,100})?",
        "page (?:suivante|précédente)|article (?:suivant|précédent)|(?:siguiente|anterior)|página (?:siguiente|"
        "anterior)|(?:artículo|entrada) (?:siguiente|anterior)",
        "próxima página|página anterior|pagina (?:successiva|precedente)|volgende(?: pagina)?|vorige(?: pagina)?",
        "(?:上|下)一(?:页|頁|篇)(?: ?[::] ?.{0,60})?|前へ|次へ|(?:前|次)の(?:ページ|記事)(?:へ)?|(?:이전|"
        "다음)(?: ?글| ?페이지)?|следующая(?: страница)?|предыдущая(?: страница)?|"
        "(?:التالي|السابق|الصفحة التالية)",
    ),
    max_tokens=20,
    drops=(
        "Page 2 of 5",
        "Previous | Next",
        "1 2 Next page »",
        "Next article",
        "Post navigation",
        "Seite 1 von 3",
        "Page suivante",
        "下一篇",
        "次へ",
        "Следующая страница",
    ),
    keeps=("Next year will be harder.", "Page after page was empty.", "Last", "1 2 1 0", "Next of kin were told."),
)

RULES: tuple[Rule, ...] = (_INLINE, _HEADING, _MORE, _PAGES)
"""Rules of kinds related-posts and pagination."""
