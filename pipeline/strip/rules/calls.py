"""Calls to the reader: newsletters, subscriptions, logging in, sharing and following."""

from __future__ import annotations

from pipeline.strip.rule import BEFORE, TOLD, Rule, any_of

_DO_SIGN_UP = (
    "(?:please |click here to |you can |new! |not a subscriber\\? )?(?:sign[ -]?up|subscribe|register|opt in|join)"
    "(?: now| today| here| free)?,?(?: for| to| and (?:get|receive)| our| up) .{0,90}(?:newsletters?|mailing list|"
    "email (?:updates?|alerts?|list)|inbox|daily (?:digest|briefing|email)|by e-?mail|your e-?mail).{0,120}"
)

_SIGN_UP = Rule(
    name="newsletter.sign-up",
    kind="newsletter",
    why="A call to sign up for a newsletter is an imperative, not an account of somebody signing up.",
    pattern=any_of(
        f"(?:don't miss .{{1,60}} )?{_DO_SIGN_UP}",
        "want (?:more|to) .{2,70} (?:sign up|subscribe) (?:for|to) .{0,60}newsletter.{0,100}",
        "(?:get|receive|have) .{3,100} (?:delivered |sent )?(?:straight |directly |direct |right )?(?:to|in) your "
        "(?:e-?mail |mail)?(?:inbox|e-?mail).{0,60}",
        "(?:jetzt )?(?:zum |für den |für unseren |unseren |den |kostenlosen |unserem )*newsletter (?:jetzt |hier )?"
        "(?:abonnieren|anmelden|bestellen|anmeldung).{0,40}",
        "(?:abonnieren|bestellen) sie .{0,60}newsletter.{0,80}",
        "(?:melden sie sich|melde dich) .{0,80}newsletter.{0,40}",
        "(?:abonnez-vous|inscrivez-vous|s'abonner|s'inscrire|je m'abonne|je m'inscris|recevez) .{0,80}(?:newsletters?|"
        "lettre d'information|infolettre|boîte mail).{0,80}",
        "(?:suscríbete|suscríbase|suscribirme|suscribirse|apúntate|inscríbete|regístrate|recibe|reciba) .{0,80}"
        "(?:newsletters?|bolet[ií]n(?:es)?|tu correo|su correo).{0,80}",
        "(?:inscreva-se|assine|cadastre-se|subscreva|receba) .{0,60}(?:newsletters?|boletim).{0,60}",
        "(?:iscriviti|abbonati|ricevi) .{0,60}newsletter.{0,60}",
        "(?:schrijf (?:je|u)|meld (?:je|u)|ontvang|abonneer) .{0,60}nieuwsbrie(?:f|ven).{0,60}",
        "(?:подпишитесь|подписывайтесь|подписаться) на .{0,60}(?:рассылк|телеграм|telegram|канал).{0,60}",
        "(?:立即|马上|欢迎|免费)?(?:订阅|訂閱).{0,20}(?:电子报|電子報|邮件|通讯|快讯|newsletter).{0,20}",
        "(?:無料)?(?:メールマガジン|メルマガ|ニュースレター)(?:の|を|に|へ|に無料)?(?:ご)?(?:登録|購読|申し込み|"
        "お申し込み).{0,15}",
        "뉴스레터 ?(?:구독|신청).{0,20}",
        "(?:اشترك|اشتركوا|سجل) .{0,40}(?:النشرة|نشرتنا|القائمة البريدية).{0,60}",
    ),
    # "Like what you read? Sign up for our newsletter": the question may be any.
    cue="\\? .{0,20}(?:sign[ -]?up|subscribe|register|opt in|join)",
    free=f"{BEFORE}[^.!?]{{3,50}}\\? {_DO_SIGN_UP}",
    unless=TOLD,
    max_tokens=60,
    drops=(
        "Sign up for our newsletter",
        "Subscribe to the Morning Brief newsletter and never miss a story.",
        "Like what you are reading? Sign up for our weekly newsletter here.",
        "Enjoying this story? Sign up to our newsletter and have the next one in your inbox.",
        "Get the day's top stories delivered straight to your inbox.",
        "Jetzt für den Newsletter anmelden",
        "Melden Sie sich hier für unseren Newsletter an.",
        "Inscrivez-vous à notre newsletter",
        "Suscríbete a nuestro boletín diario",
        "Iscriviti alla newsletter",
        "Schrijf je in voor onze nieuwsbrief",
        "Assine a nossa newsletter",
        "Подпишитесь на нашу рассылку",
        "メルマガに登録",
        "뉴스레터 구독하기",
        "اشترك في النشرة البريدية",
    ),
    keeps=(
        "Sign-up for the newsletter doubled after the ruling, the publisher said.",
        "More than two million people subscribe to the newsletter.",
        "Join the march on Saturday.",
        "Der Newsletter der Partei erreichte 40.000 Leser.",
        "She writes a newsletter about trade.",
        "Abonnez-vous ou non, disait-il, la presse vivra.",
    ),
    misses=("Never miss a thing. Your briefing, every morning.",),
)

_NEWSLETTER_FORM = Rule(
    name="newsletter.form",
    kind="newsletter",
    why="What is left of a sign-up form: its label, its field and its answers.",
    pattern=any_of(
        "(?:our |the |free |daily |weekly |get our |email |e-mail )*newsletters?(?: sign[ -]?up)?",
        "(?:please )?enter (?:your|a valid) e-?mail(?: address)?(?: .{0,40})?",
        "thank(?:s| you) for (?:signing up|subscribing)(?: .{0,40})?",
        "your subscription (?:has been successful|could not be saved).{0,40}",
        "you(?:'re| are) now subscribed.{0,40}",
        "(?:please )?check your (?:inbox|e-?mail)(?: .{0,60})?",
        "you can unsubscribe at any time.{0,60}",
        "by (?:signing up|subscribing|submitting|providing|entering).{0,30} you(?:'re| are| agree| confirm| will|"
        " consent).{0,200}",
        "(?:ihre|deine) e-mail-adresse",
        "(?:votre|saisissez votre) adresse e-?mail",
        "(?:tu|su|introduce tu) (?:correo electrónico|email)",
        "(?:il tuo indirizzo|la tua) e-?mail",
    ),
    max_tokens=50,
    drops=(
        "Newsletter",
        "Enter your email address",
        "Thanks for subscribing!",
        "You can unsubscribe at any time.",
        "By signing up, you agree to our terms of use and privacy policy.",
        "Votre adresse e-mail",
    ),
    keeps=(
        "Newsletters are a growing source of income for local papers.",
        "Enter your email and you lose control of it, the study found.",
        "By signing up 40 clubs, the league doubled its income.",
    ),
    unless=r"study|found|lose control",
)

_SUBSCRIBE = Rule(
    name="subscription.call",
    kind="subscription",
    why="Paywalls and appeals for members stand where the article breaks off.",
    pattern=any_of(
        "subscribe(?: now| today| here| for free| to continue| with .{1,20})?",
        "subscribe (?:now |today )?to (?:keep|continue) reading.{0,80}",
        "subscribe (?:now |today )?(?:for|to) (?:full|unlimited|digital|exclusive|premium) .{0,80}",
        "(?:become|be) a (?:free |paid |paying |premium )?(?:member|subscriber|supporter|patron)(?: today| now| here)?",
        "already (?:a |an )?(?:subscribers?|subscribed|member)(?: (?:to|of|with) [^.?!]{2,40})?\\??.{0,40}",
        "unlimited (?:digital |online )?access|cancel any ?time",
        "(?:this|the full) (?:article|content|story|post) is (?:only |reserved |exclusively |available )*(?:for|"
        "to) (?:our |paid |paying |"
        "registered |premium )*(?:subscribers|members).{0,60}",
        "to (?:continue|keep) reading,? .{0,60}(?:subscribe|sign|log|register).{0,60}",
        "you(?:'ve| have) (?:reached|read|used) (?:your|all|the) .{0,40}(?:free|limit).{0,20}(?:articles?|"
        "stories).{0,60}",
        "start your (?:[0-9]+[ -]day )?free trial.{0,40}",
        "(?:manage|view) (?:your |my )?subscriptions?",
        "(?:please )?support (?:our|independent|local|quality) journalism.{0,60}",
        "subscriber(?:s)?[ -]only(?: content)?",
        "(?:jetzt )?abonnieren",
        "jetzt (?:testen|weiterlesen)",
        "(?:dieser )?artikel (?:ist )?(?:nur|exklusiv) für (?:unsere )?abonnenten.{0,40}",
        "(?:bereits|schon) abonnent\\??.{0,40}",
        "(?:s'abonner|abonnez-vous|je m'abonne)(?: (?:pour|à partir|dès|maintenant).{0,50})?",
        "(?:cet |l')?article (?:est )?réservé (?:à|aux) (?:nos )?abonnés.{0,40}",
        "(?:la suite|la lecture|ce contenu) est réservée? aux abonnés.{0,40}",
        "déjà abonnée?(?: \\?)?.{0,40}",
        "(?:suscríbete|suscríbase)(?: (?:ahora|para|por|gratis|y).{0,50})?",
        "hazte (?:suscriptor|socio|socia)",
        "(?:contenido|artículo) (?:exclusivo|solo|sólo|reservado) para (?:nuestros )?(?:suscriptores|socios|"
        "abonados).{0,40}",
        "¿?ya eres suscriptor\\??.{0,40}",
        "(?:assine|assine já|assine agora)",
        "conteúdo exclusivo para assinantes.{0,40}",
        "abbonati(?: ora| subito)?",
        "(?:articolo|contenuto) riservato agli abbonati.{0,40}",
        "(?:abonneer(?: je| nu)?|word (?:nu )?(?:abonnee|lid))",
        "(?:立即|马上)?(?:订阅|訂閱)",
        "成为会员",
        "この記事は(?:有料)?会員限定.{0,20}",
        "(?:有料)?会員(?:限定|になると).{0,30}",
        "残り:? ?[0-9]+文字.{0,20}",
        "구독(?:하기|신청)?",
        "подписаться|оформить подписку",
        "اشترك(?: الآن)?",
    ),
    unless=TOLD,
    drops=(
        "Subscribe",
        "Subscribe now to keep reading and get access to the full archive.",
        "Already a subscriber? Log in",
        "Already a subscriber to the Evening Mail?",
        "Unlimited digital access.",
        "This article is for subscribers only.",
        "To continue reading, subscribe or sign in",
        "Dieser Artikel ist nur für Abonnenten.",
        "Article réservé à nos abonnés",
        "Contenido exclusivo para suscriptores",
        "Abbonati ora",
        "Подписаться",
        "구독하기",
    ),
    keeps=(
        "Subscribers to the service pay nine dollars a month.",
        "Subscriptions rose by a fifth.",
        "Become a member of the union, he told them, and nobody can touch you.",
        "Suscríbete al pacto o vete, dijo el ministro.",
    ),
    misses=("Good journalism costs money.",),
)

_LOGIN = Rule(
    name="login.form",
    kind="login",
    why="Log-in links and forms are part of the page, not of the article.",
    pattern=any_of(
        "(?:log ?in|sign ?in|log ?on)(?:(?: ?/ ?| or | \\| ?| )(?:register|sign ?up|join|subscribe|"
        "create (?:an )?account))?",
        "(?:log|sign) ?(?:in|up|out)(?: now)? (?:with|using|via) .{1,40}",
        "log ?out|sign ?out|my account|sign ?up(?: now| here| today| for free)?",
        "(?:create|open) (?:a |an |your )?(?:free |new )?account(?: .{0,30})?",
        "(?:i )?forgot(?:ten)? (?:your |my )?(?:password|username)\\??(?: .{0,20})?",
        "remember me(?: .{0,20})?|keep me (?:logged|signed) in",
        "(?:already (?:have an account|registered|contributed)|have an account)\\? .{0,40}",
        "(?:don't|do not) have an account(?: yet)?\\?.{0,30}",
        "not (?:registered|a member)(?: yet)?\\?.{0,30}",
        "(?:you must|you need to|please|you have to|you must be)(?: be)? (?:log|logged|sign|signed|register|"
        "registered)\\b.{0,60}"
        "(?:comment|reply|post|vote|answer|conversation|continue|view).{0,40}",
        "(?:please )?(?:create an account or )?(?:sign|log) ?in (?:or (?:register|sign ?up|join) )?to .{3,60}",
        "anmelden|einloggen|registrieren|passwort vergessen\\??|jetzt registrieren|angemeldet bleiben|"
        "noch kein konto\\?.{0,30}",
        "se connecter|connexion|créer (?:un|mon|votre) compte.{0,20}|mot de passe oublié(?: \\?)?|"
        "déjà inscrit\\b.{0,30}",
        "iniciar sesión|inicia sesión(?: .{0,40})?|regístrate(?: gratis| aquí)?|¿?(?:olvidaste|"
        "has olvidado) (?:tu|la) contraseña\\??",
        "fazer login|faça (?:seu )?login.{0,30}|cadastre-se|esqueceu (?:a |sua |a sua )senha\\??",
        "accedi|registrati|password dimenticata\\??",
        "inloggen|wachtwoord vergeten\\??",
        "(?:立即|请)?(?:登录|登錄|登入)(?: ?[/|] ?(?:注册|註冊))?|(?:免费|立即)?(?:注册|註冊)|忘记密码\\??|"
        "请先登录.{0,10}",
        "ログイン|ログアウト|(?:新規)?会員登録|新規登録|パスワードを(?:お)?忘れ.{0,10}",
        "로그인|로그아웃|회원가입|비밀번호 찾기",
        "войти|зарегистрироваться|забыли пароль\\??|личный кабинет",
        "تسجيل الدخول|إنشاء حساب|نسيت كلمة (?:المرور|السر)\\??",
    ),
    unless=TOLD,
    drops=(
        "Log in",
        "Sign in / Register",
        "Forgot your password?",
        "Already have an account? Sign in here.",
        "You must be logged in to post a comment.",
        "Please log in or register to leave a comment.",
        "Passwort vergessen?",
        "Mot de passe oublié ?",
        "Iniciar sesión",
        "ログイン",
        "登录/注册",
        "로그인",
        "Войти",
    ),
    keeps=(
        "Log in to any system with that password and you are in, he said.",
        "Sign in sheets were found at the door.",
        "Register offices across the country closed on Monday.",
    ),
    misses=("Members' area",),
)

_NETWORK = (
    "(?:facebook|twitter|x|instagram|linkedin|whatsapp|reddit|pinterest|telegram|tumblr|flipboard|youtube|tiktok|"
    "snapchat|"
    "messenger|threads|bluesky|mastodon|vkontakte|weibo|wechat|xing|line|pocket|e-?mail|print|sms|copy (?:link|"
    "url)|rss|"
    "google\\+?|google plus|stumbleupon|digg|share|tweet|pin(?: it)?|save|more|link|drucken|mailen|teilen|"
    "partager|imprimer|compartir|"
    "微信|微博|qq空间|qq|페이스북|트위터|카카오톡|вконтакте|одноклассники|フェイスブック|ツイッター|はてな|note)"
)

_SHARE = Rule(
    name="share.buttons",
    kind="share",
    why="The captions of sharing buttons, and calls to follow on social networks.",
    pattern=any_of(
        "share|tweet|pin it|copy link|print this(?: page| article)?",
        f"{_NETWORK}(?:(?: ?[,|/•·&+] ?| | and )(?:via |on |by )?{_NETWORK})+",
        "(?:please )?(?:share|tweet|post|pin|send|email|save)(?: this| it)?(?: article| story| post| page| photo|"
        " video| link| news)?"
        " (?:on|via|to|with|by|using) (?:your )?(?:friends|social media|other sites|"
        f"{_NETWORK}).{{0,60}}",
        "(?:share|email|tweet|print|save|like)(?: (?:this|the))(?: (?:article|story|post|page|photo|video|entry|"
        "content|news|link|recipe))?"
        "(?: (?:on|with|via|by|now).{0,60}| ?:.{0,60})?",
        "(?:(?:share|like) this ?:? ?)?click (?:here )?to (?:share|e-?mail|print|tweet|pin|save)\\b.{0,60}",
        "(?:follow|like|find|join|connect with|add) (?:us|me|@[a-z0-9_]+)(?: (?:on|at|in|via) .{0,80})?",
        "(?:follow|like) .{2,60} on (?:twitter|facebook|instagram|linkedin|youtube|tiktok|telegram|social media|"
        "whatsapp|x)\\b.{0,60}",
        "(?:stay|let's|get) connected|social(?: media)?|connect(?: with us)?",
        "(?:artikel |beitrag )?(?:teilen|drucken|merken|weiterempfehlen)|auf (?:facebook|twitter|x|whatsapp|"
        "linkedin|xing) teilen|"
        "per (?:e-?mail|whatsapp) (?:teilen|versenden|weiterleiten)|link kopieren|teilen (?:auf|sie) .{1,40}|"
        "folgen sie uns.{0,40}",
        "partager|partager (?:sur|cet|l'article|par|via|la page).{0,40}|suivez-nous.{0,40}|copier le lien|"
        "imprimer(?: l'article)?",
        "compartir|compartir (?:en|por|esta|este|el|la) .{0,40}|comparte (?:esta|este|en) .{0,40}|"
        "síguenos.{0,40}|copiar enlace",
        "compartilhar|compartilhe.{0,40}|partilhar|siga-nos.{0,40}",
        "condividi(?: (?:su|questo|l'articolo|via|con).{0,40})?|seguici.{0,40}",
        "(?:deel|delen)(?: (?:dit|deze|op|via|artikel).{0,40})?|volg ons.{0,40}",
        "分享(?:到|至)?.{0,12}|扫一扫.{0,20}|扫码.{0,20}|复制链接|转发|点赞|收藏|举报",
        "(?:(?:facebook|twitter|x|line|フェイスブック|ツイッター)で)?シェア(?:する)?|ツイート(?:する)?|"
        "ポスト(?:する)?|lineで送る|フォロー(?:する|してください)?|印刷",
        "(?:기사 ?)?공유(?:하기)?|url ?복사|스크랩|프린트",
        "поделиться(?: (?:в|на|с|ссылкой|статьей|новостью).{0,30})?|мы в соцсетях",
        "شارك(?: (?:هذا|المقال|على|الخبر).{0,40})?|مشاركة|تابعنا.{0,40}|تابعونا.{0,40}",
    ),
    unless=TOLD,
    drops=(
        "Share",
        "Share on Facebook",
        "Facebook Twitter WhatsApp Email",
        "Share this article",
        "Share this: Facebook Twitter Email",
        "Share this: Click to share on Facebook (Opens in new window)",
        "Follow us on Twitter",
        "Follow Jane Doe on Instagram",
        "Artikel teilen",
        "Partager sur Facebook",
        "Síguenos en Facebook",
        "Condividi su Facebook",
        "分享到微信",
        "シェアする",
        "공유하기",
        "Поделиться",
    ),
    keeps=(
        "Share prices fell on Monday.",
        "Share this burden, she urged Europe.",
        "Facebook said on Monday that it had removed the posts.",
        "Follow me, he shouted, and ran.",
        "Partager le pouvoir reste difficile.",
        "Twitter and Facebook were both fined by the regulator.",
        "X",
        "1. Facebook",
    ),
)

_NETWORKS = Rule(
    name="share.network",
    kind="share",
    why="The name of a network alone is a button under the article; further up it may be a sub-heading.",
    pattern="facebook|twitter|instagram|linkedin|whatsapp|reddit|pinterest|tumblr|flipboard|youtube|tiktok|"
    "telegram|bluesky|"
    "微信|微博|페이스북|트위터|카카오톡|вконтакте|одноклассники|フェイスブック|ツイッター",
    where="tail",
    max_tokens=6,
    drops=("Facebook", "WhatsApp", "ВКонтакте"),
    keeps=("WhatsApp was down for three hours.", "1. Instagram"),
)

RULES: tuple[Rule, ...] = (_SIGN_UP, _NEWSLETTER_FORM, _SUBSCRIBE, _LOGIN, _SHARE, _NETWORKS)
"""Rules of kinds newsletter, subscription, login and share."""
