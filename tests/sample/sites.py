"""The invented sites of the sample corpus and the furniture of their pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its name, and every sentence that its pages repeat round an article."""

    domain: str
    name: str
    language: str
    motto: str
    nav: tuple[str, ...]
    cookies: str
    accept: str
    advertisement: str
    newsletter: str
    subscribe: str
    related_head: str
    related: tuple[str, ...]
    comments_head: str
    comments: tuple[tuple[str, str], ...]
    reply: str
    copyright: str
    share: str
    layout: str = "magazine"

    def url(self, slug: str) -> str:
        """Give the address of an article."""
        return f"https://www.{self.domain}/{slug}"

    def furniture(self) -> tuple[str, ...]:
        """Give the sentences that must not be left in the text of a page."""
        return (
            self.cookies,
            self.advertisement,
            self.newsletter,
            self.subscribe,
            *self.related,
            *(said for _, said in self.comments),
            self.copyright,
        )


HARBOUR = Site(
    domain="harbour-gazette.example",
    name="The Harbour Gazette",
    language="en",
    motto="News from Port Alder and the sound",
    nav=("Home", "Town", "Council", "Fisheries", "Culture", "Tides", "Contact"),
    cookies="We use cookies to remember your tide station and to count our readers. You can change your choice later.",
    accept="Accept all",
    advertisement="Sail loft sale: oilskins, deck boots and rope by the metre at Pellow’s, Customs Quay.",
    newsletter="Sign up for The Slipway, our Friday newsletter, and get the week in five minutes.",
    subscribe="Subscribe today and read every story for two crowns a week.",
    related_head="You might also like",
    related=("Lifeboat crew rescues a runaway pedalo", "Where to watch the spring tides", "Quiz: knots or nots?"),
    comments_head="3 comments",
    comments=(
        ("gannet64", "About time somebody wrote about this, my uncle has been saying so for years."),
        ("Molly P.", "Can we please have the bus stop back before we spend on anything else?"),
        ("deckhand", "First!"),
    ),
    reply="Leave a reply. Your email address will not be published.",
    copyright="© 2026 The Harbour Gazette. All rights reserved.",
    share="Share this article",
)

HERALD = Site(
    domain="hill-country-herald.example",
    name="Hill Country Herald",
    language="en",
    motto="Tarnbeck, Hallin and the upper valley since 1889",
    nav=("Front page", "News", "Countryside", "Heritage", "Business", "Notices"),
    cookies="This site stores small files on your device. By reading on you agree to our privacy policy.",
    accept="I understand",
    advertisement="Cadwall Feeds: spring mineral licks now in, free delivery above the reservoir.",
    newsletter="Never miss a story: enter your email to receive our morning briefing.",
    subscribe="You have read 3 of 5 free articles this month. Become a member for unlimited access.",
    related_head="More from the Herald",
    related=("Sheepdog trials moved to Sunday", "Village shop seeks a new postmistress", "In pictures: snow in May"),
    comments_head="Readers’ comments (2)",
    comments=(
        ("Ifor of Hallin", "They said the same in 1987 and look how that turned out."),
        ("walker_above", "Lovely piece, thank you. The path by the chapel is open again by the way."),
    ),
    reply="Log in to join the conversation.",
    copyright="Copyright Hill Country Herald Ltd 2026. Reproduction without permission is forbidden.",
    share="Share on social media",
    layout="broadsheet",
)

BOTE = Site(
    domain="lindentaler-bote.example",
    name="Lindentaler Bote",
    language="de",
    motto="Die Zeitung für das Wehretal",
    nav=("Startseite", "Lokales", "Natur", "Sport", "Kleinanzeigen", "Impressum"),
    cookies="Diese Website verwendet Cookies, um Ihnen das beste Leseerlebnis zu bieten.",
    accept="Alle akzeptieren",
    advertisement="Anzeige: Gartenmöbel aus Lärche, jetzt im Sägewerk Auer.",
    newsletter="Jetzt Newsletter abonnieren und nichts mehr aus dem Tal verpassen.",
    subscribe="Weiterlesen mit BotePlus: vier Wochen für einen Euro testen.",
    related_head="Das könnte Sie auch interessieren",
    related=("Freibad öffnet eine Woche früher", "Kirchenchor sucht Bässe", "Radweg nach Oberwehr gesperrt"),
    comments_head="Kommentare (1)",
    comments=(("Wanderfreund", "Endlich einmal eine gute Nachricht aus dem Rathaus, weiter so!"),),
    reply="Bitte melden Sie sich an, um einen Kommentar zu schreiben.",
    copyright="© 2026 Lindentaler Bote. Alle Rechte vorbehalten.",
    share="Artikel teilen",
)

BRASSAC = Site(
    domain="journal-de-brassac.example",
    name="Le Journal de Brassac",
    language="fr",
    motto="Le quotidien de la baie",
    nav=("Accueil", "Patrimoine", "Économie", "Marées", "Petites annonces"),
    cookies="En poursuivant votre navigation, vous acceptez le dépôt de cookies de mesure d’audience.",
    accept="Tout accepter",
    advertisement="Publicité : la braderie du port, samedi et dimanche sous la halle.",
    newsletter="Inscrivez-vous à notre lettre d’information et recevez l’essentiel chaque matin.",
    subscribe="Abonnez-vous dès 1 € par mois pour lire tous nos articles.",
    related_head="À lire aussi",
    related=("La digue nord fermée jusqu’à lundi", "Un nouveau chef à la cantine", "Régate : les résultats"),
    comments_head="Commentaires",
    comments=(("Yvon29", "Bravo à tous, on voyait le faisceau depuis la cale !"),),
    reply="Connectez-vous pour réagir.",
    copyright="© 2026 Le Journal de Brassac. Tous droits réservés.",
    share="Partager",
    layout="broadsheet",
)

QINGHE = Site(
    domain="qinghe-daily.example",
    name="青禾日报",
    language="zh",
    motto="记录乡土",
    nav=("首页", "本地", "文化", "天气", "联系我们"),
    cookies="本网站使用Cookie来改善您的浏览体验，继续访问即表示您同意。",
    accept="同意",
    advertisement="广告：春季家具展销会，全场八折起。",
    newsletter="订阅我们的每日简报，第一时间获取最新消息。",
    subscribe="开通会员，畅读全部内容。",
    related_head="相关阅读",
    related=("县医院新楼下月启用", "老街路灯全部更换", "周末天气以多云为主"),
    comments_head="网友评论",
    comments=(("河边人", "小时候常去那里，真怀念。"),),
    reply="请登录后发表评论。",
    copyright="版权所有 © 2026 青禾日报，未经授权不得转载。",
    share="分享到",
)

NAGIHAMA = Site(
    domain="nagihama-shimpo.example",
    name="凪浜新報",
    language="ja",
    motto="海と暮らしを伝える",
    nav=("トップ", "地域", "文化", "潮見表", "お問い合わせ"),
    cookies="当サイトでは利便性向上のためクッキーを使用しています。",
    accept="同意する",
    advertisement="広告：夏物売り尽くし、凪浜商店街にて。",
    newsletter="メールマガジンに登録して、毎朝のニュースを受け取りましょう。",
    subscribe="有料会員になると全ての記事をお読みいただけます。",
    related_head="関連記事",
    related=("灯台の一般公開、来月から", "朝市に新しい屋台", "給食に地元のワカメ"),
    comments_head="コメント",
    comments=(("浜っ子", "入りに行きました、最高でした。"),),
    reply="コメントするにはログインしてください。",
    copyright="Copyright 2026 凪浜新報社 無断転載を禁じます。",
    share="シェアする",
)

MARSA = Site(
    domain="al-marsa.example",
    name="صحيفة المرسى",
    language="ar",
    motto="أخبار الساحل",
    nav=("الرئيسية", "محليات", "اقتصاد", "رياضة", "اتصل بنا"),
    cookies="يستخدم هذا الموقع ملفات تعريف الارتباط لتحسين تجربتك.",
    accept="موافق",
    advertisement="إعلان: تخفيضات الصيف في سوق الميناء.",
    newsletter="اشترك في نشرتنا البريدية لتصلك أهم الأخبار كل صباح.",
    subscribe="اشترك الآن واقرأ جميع المقالات دون حدود.",
    related_head="اقرأ أيضًا",
    related=("افتتاح ملعب جديد في الرملة", "موسم التين يبدأ مبكرًا"),
    comments_head="التعليقات",
    comments=(("ابن البحر", "خبر جميل، شكرًا لكم."),),
    reply="سجل الدخول لإضافة تعليق.",
    copyright="جميع الحقوق محفوظة © 2026 صحيفة المرسى",
    share="شارك المقال",
)

PARISH = Site(
    domain="low-maddock.example.org",
    name="Low Maddock Parish Pages",
    language="en",
    motto="By the parish, for the parish",
    nav=("Welcome", "Church", "Hall bookings", "Minutes", "Footpaths"),
    cookies="These pages set one cookie, to remember that you have seen this notice.",
    accept="Fine",
    advertisement="Hall to let: seats eighty, urn included, ask at the post office.",
    newsletter="Join our mailing list to hear of services and suppers.",
    subscribe="Support the tower fund with a monthly gift.",
    related_head="See also",
    related=("Rota for the flower arrangers", "Minutes of the annual meeting"),
    comments_head="Guest book",
    comments=(("Tony from overseas", "Greetings to all who remember the old school house!"),),
    reply="Sign the guest book.",
    copyright="Content © Low Maddock Parochial Council 2026",
    share="Tell a friend",
)
