"""Notices: cookies, copyright, disclaimers."""

from __future__ import annotations

from pipeline.strip.rule import Rule, any_of

# What a cookie notice speaks of beside cookies, and a recipe or a court report doesn't.
_WEB = (
    "(?:experience|web ?site|this site|our sites?|traffic|analy|personali[sz]e|privacy|browser|consent|functionality|"
    "preferences|third part|partners|your device|opt[ -]out)"
)

_COOKIES = Rule(
    name="cookie-notice.banner",
    kind="cookie-notice",
    why="Consent banners: a sentence on cookies and what they are for, and the buttons under it.",
    pattern=any_of(
        "(?:we|our partners|we and our (?:[0-9]+ )?partners|(?:this|our|the) (?:web)?site) (?:use|uses|set|sets|"
        "store|may use) "
        f"(?:[a-z -]{{0,30}} )?cookies\\b.{{0,80}}{_WEB}.{{0,400}}",
        "by (?:continuing|clicking|using|browsing|closing|scrolling).{0,120}\\b(?:cookies?|privacy policy)\\b.{0,200}",
        "(?:this|our) (?:web)?site uses cookies.{0,100}",
        "(?:accept|reject|allow|decline|refuse)(?: all)? cookies|(?:accept|reject|allow) all",
        "(?:manage|cookies?|view|change) (?:cookies?|settings|preferences|consent|policy|notice|list|options|"
        "consent preferences)",
        "(?:strictly necessary|functional|performance|targeting|analytics|advertising|third[ -]party|necessary|"
        "marketing|essential) cookies",
        "(?:your |manage |us )?privacy (?:choices|settings|preferences|options|manager)|"
        "do not sell (?:or share )?my (?:personal )?info(?:rmation)?",
        "(?:wir|diese (?:web)?seite|unsere (?:web)?seite|die webseite|"
        "auf dieser (?:web)?seite) .{0,40}(?:verwende[nt]|nutz(?:t|en)|setz(?:t|en)|"
        "benutz(?:t|en)|werden) .{0,40}cookies.{0,300}",
        "cookie-?(?:einstellungen|richtlinien?|hinweise?)|(?:alle )?(?:cookies )?(?:akzeptieren|"
        "ablehnen)(?: und .{0,20})?|datenschutzeinstellungen",
        "(?:nous|ce site|notre site|le site|nous et nos partenaires) .{0,40}utilis(?:e|ons|ent) .{0,40}cookies.{0,300}|"
        "en poursuivant votre navigation.{0,300}|tout (?:accepter|refuser)|(?:accepter|gérer|refuser|"
        "paramétrer) (?:les |tous les |mes )?"
        "cookies.{0,20}|continuer sans accepter",
        "(?:utilizamos|usamos|este sitio|esta web|nuestr[ao] (?:web|sitio)|"
        "nosotros y nuestros socios) .{0,60}cookies.{0,300}|"
        "aceptar (?:todas las |todas |las )?cookies|(?:política|configuración|ajustes) de (?:las )?cookies|"
        "configurar cookies|rechazar (?:todas|cookies)",
        "(?:este site|utilizamos|nosso site) .{0,60}cookies.{0,300}|política de cookies|aceitar (?:todos os )?cookies",
        "(?:questo sito|utilizziamo|usiamo|il nostro sito) .{0,60}cookies?\\b.{0,300}|accetta (?:tutti )?(?:i )?cookie|"
        "(?:gestisci|preferenze) (?:i )?cookie",
        "(?:wij|we|deze (?:web)?site|onze (?:web)?site) .{0,40}(?:gebruik|maakt gebruik|"
        "maken gebruik).{0,40}cookies.{0,300}|"
        "(?:alle )?cookies (?:accepteren|weigeren|toestaan)|cookie-?instellingen",
        "(?:我们|本网站|本站).{0,30}(?:cookies?).{0,100}|接受(?:所有)? ?cookies?",
        "(?:当|この|本)?(?:ウェブ)?サイト(?:で)?は.{0,30}(?:クッキー|cookie).{0,100}",
        "(?:мы|этот сайт|наш сайт|сайт) .{0,40}использу(?:ем|ет) .{0,30}(?:cookies?|куки).{0,200}",
        "(?:يستخدم|نستخدم|نحن نستخدم) .{0,40}(?:ملفات تعريف الارتباط|الكوكيز|cookies).{0,200}",
    ),
    cue="(?: uses? .{0,31}cookies|쿠키)",
    free=f"[a-z0-9.&' -]{{2,30}} uses? (?:[a-z -]{{0,30}} )?cookies\\b.{{0,80}}{_WEB}.{{0,400}}|"
    ".{0,20}사이트.{0,20}쿠키를.{0,60}",
    unless=r"\b(?:bak(?:e|es|ed|ery|ing)|flour|oven|chocolate|dough|recipe|court|lawsuit|regulator|researchers)\b",
    max_tokens=110,
    drops=(
        "We use cookies to improve your experience on our website.",
        "This website uses cookies. By continuing you agree to their use.",
        "Accept all cookies",
        "Strictly Necessary Cookies",
        "Wir verwenden Cookies, um unsere Webseite zu verbessern.",
        "Nous utilisons des cookies pour améliorer votre navigation.",
        "Utilizamos cookies propias y de terceros.",
        "Questo sito utilizza cookie tecnici.",
        "Wij gebruiken cookies om onze site te verbeteren.",
        "Utilizamos cookies para melhorar a sua experiência.",
        "当サイトではクッキーを使用しています。",
        "Мы используем файлы cookie.",
        "نستخدم ملفات تعريف الارتباط لتحسين تجربتك.",
    ),
    keeps=(
        "We use cookies baked by the church for the sale on our site in the market square.",
        "Her grandmother's cookies use browned butter.",
        "Cookies track what readers do across the web.",
        "The regulator fined the company because it set cookies without consent.",
        "Let the cookies cool for ten minutes.",
    ),
)

_RESERVED = (
    "(?:all rights (?:are )?reserved|alle rechte vorbehalten|tous droits (?:de reproduction )?réservés|"
    "todos los derechos reservados|todos os direitos reservados|tutti i diritti (?:sono )?riservati|"
    "riproduzione riservata|alle rechten voorbehouden|все права защищены|جميع الحقوق محفوظة|版权所有|版權所有|"
    "icp[备证] ?[0-9]+|無断(?:転載|複製|使用)|무단 ?(?:전재|복제))"
)

_COPYRIGHT = Rule(
    name="copyright.notice",
    kind="copyright",
    why="The line that claims the rights in the page.",
    pattern=any_of(
        "(?:content |images? |text |all content |portions )?(?:copyrights?|©|\\(c\\)) ?(?:©|\\(c\\)|@|notice:?|"
        "by)? ?.{0,60}(?:19|20)[0-9]{2}\\b.{0,200}",
        "(?:copyright )?© ?[^0-9 ].{1,60}",
        "copyright (?:©|by) .{2,60}",
        "(?:this material|no part of this|the material on this site|this content) (?:may|can|"
        "is protected).{0,40}(?:published|reproduced|redistributed|"
        "distributed|copyright|copied).{0,250}",
        "reproduction (?:in whole or in part )?.{0,30}(?:prohibited|without .{0,20}permission).{0,100}",
        "(?:click here for )?(?:reprint|republication) (?:permissions?|rights)|reprints(?: (?:and|&) permissions?)?",
        "未经.{0,20}(?:授权|许可|允许|书面).{0,40}(?:转载|使用|复制|摘编).{0,30}",
        "저작권자.{0,60}",
    ),
    cue=_RESERVED,
    free=f".{{0,160}}{_RESERVED}.{{0,200}}",
    unless=r"\b(?:said|says|told|court|judge|sued|lawsuit|ruled|argued|infring\w+|edition|hardbound|softbound|"
    r"hardcover|paperback)\b",
    max_tokens=60,
    drops=(
        "© 2024 Harbour Media. All rights reserved.",
        "Copyright 2019 The Associated Press. This material may not be published, broadcast or rewritten.",
        "(c) 2021 Harbour Daily",
        "Alle Rechte vorbehalten.",
        "Tous droits réservés",
        "Todos los derechos reservados",
        "Riproduzione riservata",
        "版权所有 港口日报",
        "無断転載を禁じます",
        "무단 전재 및 재배포 금지",
        "Все права защищены",
        "جميع الحقوق محفوظة",
    ),
    keeps=(
        "Copyright law dates from 1710 in Britain and has grown ever since.",
        "Copyright protection lasts seventy years after the author's death.",
        "All rights reserved to the states are listed in the tenth article, the court said.",
        "The copyright notice was missing.",
        "(c) Share of graduates who live at home.",
        "Copyright 1954, first edition, hard cover binding.",
    ),
)

_DISCLAIMER = Rule(
    name="disclaimer.notice",
    kind="disclaimer",
    why="What the publisher says of the text: no advice, not its view, made by machine, paid links.",
    pattern=any_of(
        "(?:disclaimer|disclosure|advertis(?:er|ing) disclosure|affiliate disclosure|editorial disclosure|"
        "risk warning)(?: ?:.{5,600})?",
        "this (?:article|content|story|report|post|piece) (?:was|has been|is) (?:partially |partly |originally |"
        "also )?(?:produced|generated|created|written|"
        "translated)? ?(?:with|by|using) .{0,60}(?:\\bai\\b|artificial intelligence|automat).{0,200}",
        "(?:the |any |all )?(?:views?|opinions?|statements?|thoughts)(?: (?:and|or) (?:opinions?|views?|"
        "conclusions|thoughts))? (?:expressed|stated|contained|presented) .{0,60}"
        "(?:author|own|not|necessarily|those of).{0,300}",
        "(?:this|our|the|some) (?:article|story|post|page|site|website|links?) .{0,60}affiliate (?:links?|"
        "program|partner|commission).{0,250}",
        "(?:we|the publisher|the site) (?:may|might|can|could) (?:earn|receive|get|"
        "be compensated) .{0,60}(?:commission|compensation|affiliate|"
        "purchases|links on).{0,250}",
        "(?:this (?:article|post|content|information|material|report)|the (?:information|content|material)|"
        "nothing|information).{0,160}"
        "(?:constitute|intended (?:as|to be)|considered|substitute for|purposes only|be construed as).{0,200}",
        "(?:except for the headline, )?this story has not been edited by.{0,100}",
        "prices (?:are )?(?:accurate|correct) (?:at|as of).{0,80}",
        "haftungsausschluss.{0,400}|transparenzhinweis.{0,300}|(?:die )?(?:hier |"
        "in diesem artikel )?geäusserten meinungen .{0,200}",
        "avertissement ?:.{5,300}|clause de non-responsabilité.{0,300}|les (?:opinions|propos) exprimé(?:e)?s .{0,200}",
        "descargo de responsabilidad.{0,300}|las opiniones (?:expresadas|vertidas) .{0,200}",
        "as opiniões expressas .{0,200}|le opinioni espresse .{0,200}|"
        "de meningen .{0,40}zijn .{0,20}van de auteur.{0,60}",
        "免责声明.{0,300}|(?:郑重)?(?:声明|聲明):.{0,60}(?:本文|本站|转载|版权|投资).{0,200}|本文(?:仅|"
        "不)代表.{0,100}|(?:以上内容|文章内容).{0,30}(?:仅供参考|不构成).{0,60}|"
        "投资有风险.{0,30}|(?:特别)?(?:声明|提示):以上.{0,150}",
        "免責事項.{0,200}|※?本記事は.{0,40}(?:個人の見解|情報提供).{0,60}",
        "мнение (?:автора|редакции) .{0,40}(?:не|может).{0,60}|не является .{0,40}рекомендацией.{0,60}",
        "إخلاء المسؤولية.{0,200}|الآراء (?:الواردة|المنشورة) .{0,120}",
    ),
    cue="책임은|affiliate",
    free=".{0,60}투자.{0,30}책임은.{0,40}|.{2,30} (?:may|might|can) (?:earn|receive) .{0,60}affiliate.{0,250}",
    unless=r"\b(?:said|told|court|judge|lawsuit)\b",
    max_tokens=110,
    drops=(
        "Disclaimer: This content was partially produced with the help of AI tools and was reviewed by our editors.",
        "The views expressed in this article are the author's own and do not necessarily reflect our editorial stance.",
        "This article is for informational purposes only and does not constitute financial advice.",
        "We may earn a commission if you buy through links on our site.",
        "Haftungsausschluss: Alle Angaben ohne Gewähr.",
        "Las opiniones expresadas en este artículo son responsabilidad de su autor.",
        "Les opinions exprimées n'engagent que leur auteur.",
        "免责声明:本文仅供参考。",
        "Мнение автора может не совпадать с мнением редакции.",
    ),
    keeps=(
        "A disclaimer on the box told buyers to keep it dry.",
        "The views expressed by voters in the poll were mixed.",
        "This article of the treaty was written by lawyers in a week.",
        "Opinions expressed in the street were harsher still.",
        "Brokers may earn a bonus of ten percent.",
    ),
)

RULES: tuple[Rule, ...] = (_COOKIES, _COPYRIGHT, _DISCLAIMER)
"""Rules of kinds cookie-notice, copyright and disclaimer."""
