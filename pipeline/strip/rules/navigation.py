"""Navigation: skip links, menus, breadcrumbs, the links of a footer."""

from __future__ import annotations

from pipeline.strip.rule import Rule, any_of

_CONTROL = Rule(
    name="navigation.control",
    kind="navigation",
    why="Links and buttons that move about the page or open parts of it.",
    pattern=any_of(
        "(?:skip|jump|go|back|return|scroll|top|bottom)(?: (?:to|of))(?: the)? (?:main |page |"
        "primary )?(?:content|navigation|top|footer|menu|search(?: results)?|home(?: ?page)?|"
        "main|page|article|sidebar|start)",
        "(?:toggle|open|close|show|hide|expand|collapse)(?: the| mobile| main| site)? (?:navigation|menu|search|"
        "sidebar|search bar|submenu|modal|dialog|filters?).{0,20}",
        "(?:main|mobile|site|primary|footer|user|search|navigation) (?:menu|navigation)|menu|close(?: menu)?|"
        "loading(?:\\.\\.\\.)?|breadcrumbs?|"
        "quick ?links|site ?map|you are here:?.{0,80}|search (?:this )?(?:site|form|for:?|the site)|search",
        "your browser (?:does not|doesn't|is).{0,100}|(?:please )?(?:enable|turn on) javascript.{0,80}|"
        "(?:you are using an )?out(?:dated| of date) browser.{0,80}|"
        "javascript (?:is|must|seems to be) .{0,80}|ie [0-9]+ is not supported.{0,80}",
        "zum (?:inhalt|hauptinhalt|seitenanfang|menü)(?: springen)?|nach oben|menü|suche|startseite|hauptmenü",
        "aller au (?:contenu|menu)(?: principal)?|retour (?:en haut|à l'accueil|haut de page)|accueil|"
        "menu principal|rechercher",
        "(?:ir|saltar|pasar) al contenido(?: principal)?|volver (?:arriba|al inicio)|menú|buscar|inicio",
        "(?:pular|ir) para o conteúdo|voltar ao topo|vai al contenuto|torna su|cerca|naar (?:de )?inhoud|"
        "terug naar boven|zoeken",
        "跳到(?:主要)?内容|返回(?:顶部|首页|列表)|回到顶部|首页|メインコンテンツへ.{0,10}|ページ(?:の)?(?:先頭|"
        "トップ)へ.{0,6}|トップ(?:ページ)?(?:へ(?:戻る)?)?|メニュー|検索|サイトマップ",
        "본문 ?(?:으로|바로가기|내용)?.{0,8}|메뉴|검색|перейти к (?:содержимому|содержанию|основному .{3,12})|"
        "наверх|(?:на )?главную|меню|поиск|"
        "(?:انتقل|تخطي) إلى المحتوى|القائمة|بحث",
    ),
    max_tokens=20,
    drops=(
        "Skip to main content",
        "Back to top",
        "Toggle navigation",
        "Main menu",
        "Please enable JavaScript to view this page.",
        "Zum Inhalt springen",
        "Aller au contenu principal",
        "Ir al contenido",
        "返回顶部",
        "ページの先頭へ",
        "Наверх",
    ),
    keeps=(
        "Back to the port went the ferry.",
        "Search teams found the boat on Sunday.",
        "Menu prices rose by a tenth.",
        "Top of the list stood Spain.",
    ),
)

_TRAIL = Rule(
    name="navigation.breadcrumb",
    kind="navigation",
    why="The path from the home page to this one.",
    # Folding turns the angle quotes › and » into ' and ".
    pattern="(?:home(?: ?page)?|startseite|accueil|inicio|início|главная|首页|首頁|ホーム|トップ|홈|الرئيسية)"
    "(?: ?[>\"'/|→] ?[^>\"'/|→]{1,60}){1,7}",
    where="head",
    max_tokens=40,
    drops=("Home > News > World", "Home » Politik » Ausland", "Accueil / Actualités / Monde", "首页 > 新闻 > 国际"),
    keeps=("Home was a tent by the sea.", "Home 3, Away 1"),
)

_FOOTER = Rule(
    name="navigation.site-link",
    kind="navigation",
    why="Links that every page of a site has.",
    pattern=any_of(
        "privacy(?: (?:policy|notice|statement|center|centre))?(?: (?:and|&) cookies?(?: policy)?)?|cookies? policy|"
        "terms (?:of (?:use|service|sale)|(?:and|&) conditions|(?:and|&) rules)(?: (?:and|&) privacy policy)?|"
        "(?:privacy (?:policy|notice) ?[|/•· ]? ?(?:and )?terms (?:of (?:use|service)|(?:and|&) conditions))|"
        "community (?:guidelines|standards)",
        "contact(?: us)?|about us|our (?:team|story)|advertise(?: (?:with us|here))?|careers|work (?:with|"
        "for) us|help cent(?:er|re)|"
        "sitemap|rss(?: feeds?)?|media kit|ad ?choices|about our ads|accessibility (?:statement|help)|press room|"
        "investor relations|masthead",
        "download (?:our|the) app.{0,40}|get (?:our|the) app.{0,30}|install the app|"
        "(?:download )?on the app store|get it on google play|"
        "powered by (?:wordpress|blogger|vbulletin|discourse|phpbb|disqus|shopify|drupal|wordpress.com vip|"
        "bbscloud|discuz|google)\\b.{0,20}|was this (?:page|article|information|answer|"
        "content) helpful\\??.{0,20}|thank you for (?:your feedback|rating).{0,30}",
        "impressum|datenschutz(?:erklärung)?|agb|nutzungsbedingungen|kontakt|über uns|mediadaten",
        "mentions légales|politique de confidentialité|contactez-nous|nous contacter|qui sommes-nous(?: \\?)?|"
        "plan du site|cgu|cgv",
        "aviso legal|política de privacidad(?:e)?|contacto|quiénes somos|condiciones de uso|"
        "términos y condiciones|mapa (?:del sitio|web)|fale conosco|quem somos|termos de uso",
        "chi siamo|contatti|informativa sulla privacy|note legali|over ons|privacybeleid|privacyverklaring|"
        "algemene voorwaarden",
        "关于我们|联系我们|關於我們|聯絡我們|隐私政策|網站地圖|网站地图|广告服务|招聘信息|会社概要|会社案内|"
        "運営会社|プライバシーポリシー|利用規約|お問い合わせ|採用情報|サイトポリシー",
        "회사소개|이용약관|개인정보 ?(?:처리방침|취급방침)|청소년 ?보호정책|о нас|контакты|"
        "политика конфиденциальности|пользовательское соглашение|"
        "من نحن|اتصل بنا|سياسة الخصوصية|شروط الاستخدام",
    ),
    max_tokens=12,
    drops=(
        "Privacy Policy",
        "Terms of Use",
        "Contact us",
        "About Us",
        "Impressum",
        "Mentions légales",
        "Aviso legal",
        "关于我们",
        "利用規約",
        "회사소개",
    ),
    keeps=("Privacy is a right.", "Contact between the two sides broke off.", "Careers end early in this sport."),
)

RULES: tuple[Rule, ...] = (_TRAIL, _CONTROL, _FOOTER)
"""Rules of kind navigation."""
