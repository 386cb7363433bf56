"""Advertisements: the word that marks one, calls to buy or enrol, and labels of paid content."""

from __future__ import annotations

from pipeline.strip.rule import TOLD, Rule, any_of

_MARK = Rule(
    name="advertisement.mark",
    kind="advertisement",
    why="The label that stood over an advertisement stays behind when the advertisement does not.",
    pattern=any_of(
        "advertisements?",
        "adverts?",
        "ad",
        "ads by .{1,30}",
        "(?:advertisement )?ad feedback",
        "report (?:this )?ad",
        "why (?:am i seeing )?this ad.{0,20}",
        "(?:sponsored|promoted|paid|partner)(?: (?:content|posts?|links?|stories|message|ads?))?",
        "werbung",
        "anzeige",
        "publicité",
        "publicidad",
        "publicidade",
        "pubblicità",
        "advertentie",
        "реклама",
        "на правах рекламы",
        "广告",
        "廣告",
        "広告",
        "スポンサーリンク",
        "광고",
        "إعلان",
        "إعلانات",
    ),
    max_tokens=8,
    drops=(
        "Advertisement",
        "- Advertisement -",
        "[Ad]",
        "ANZEIGE",
        "Publicité",
        "Sponsored content",
        "広告",
        "Реклама",
    ),
    keeps=(
        "Advertising revenue fell by 12 percent in the third quarter.",
        "Advertisement spending in Nigeria doubled.",
        "Die Anzeige bei der Polizei blieb ohne Folgen.",
        "La publicidad en los medios cayó un tercio.",
        "Sponsored by three senators, the bill passed on Monday.",
    ),
)

_CONTINUES = Rule(
    name="advertisement.continues-below",
    kind="advertisement",
    why="Sites tell the reader that the story goes on after an advertisement.",
    pattern=any_of(
        "(?:advertisement[ .:-]*)?(?:continue reading|(?:article|story|content|page|"
        "this story) continues) (?:below|after).{0,40}",
        "advertisement[ -]*(?:continue reading|scroll).{0,40}",
        "scroll (?:down )?to continue(?: reading| with content)?",
        "skip (?:past )?(?:the )?(?:advertisement|ads?)(?: .{0,20})?",
        "(?:der artikel geht|weiterlesen|weiter geht es) (?:nach|unter) der (?:anzeige|werbung)(?: weiter)?",
        "(?:la suite|l'article continue|suite) après (?:la|cette) publicité",
        "(?:sigue|continúa) (?:leyendo )?(?:después|tras|debajo) de la publicidad",
        "continua (?:após|depois) (?:d?a )?publicidade",
        "continua (?:a leggere )?dopo la pubblicità",
        "(?:het )?artikel gaat verder onder de (?:advertentie|video|foto)",
        "продолжение после рекламы",
    ),
    drops=(
        "Advertisement - Continue Reading Below",
        "Story continues below advertisement",
        "Advertisement. Story continues below advertisement.",
        "SKIP ADVERTISEMENT",
        "La suite après cette publicité",
        "Continua após a publicidade",
        "Weiterlesen nach der Anzeige",
    ),
    keeps=("The story continues after the war, in a village near the border.",),
    unless=r"after the (?:war|break|election|fall)",
)

_PROMOTION = Rule(
    name="advertisement.promotion",
    kind="advertisement",
    why="House promotions (courses, funds, events) stand between paragraphs and speak to the reader in the imperative.",
    pattern=any_of(
        "(?:register|enrol+|sign up|apply|book)(?: now| today)? (?:for|in) .{3,80}(?:early[ -]bird|discounts?|"
        "half price|next edition|edition [0-9]+|"
        "begins [a-z]{3,9} [0-9]|starts [a-z]{3,9} [0-9]).{0,60}",
        "(?:register|enrol+|sign up|apply|book)(?: now| today)? (?:for|in) (?:our|the next) (?:free )?(?:online )?"
        "(?:webinar|masterclass|workshop|course|seminar|training|bootcamp|mini-mba)\\b.{0,90}",
        "join .{3,50} and (?:co-)?invest in .{3,40}",
        "join (?:our|the) .{3,50}(?:lottery|raffle|prize draw|sweepstakes?|club) and win .{3,60}",
        "(?:get|save|take)(?: up to)? [0-9]{1,2} ?% off .{3,60}(?:code|today|now|here|subscription).{0,30}",
        "(?:buy|order|shop)(?: it| yours)? (?:now|here|today|on amazon)(?: .{0,20})?",
        "(?:click|tap) here to (?:buy|order|shop|donate|download|register)\\b.{0,60}",
        "(?:jetzt|hier) (?:kaufen|bestellen|sichern)",
        "(?:compra|cómpralo|acheter|achetez|comprar|acquista|koop) (?:ahora|maintenant|aquí|ici|agora|ora|nu)",
        "立即购买",
        "今すぐ購入",
    ),
    cue="registrations?",
    free=".{3,60}(?:masterclass|mini-mba|bootcamp|webinar|workshop|course|academy|training) (?:opens registrations?|"
    "registrations? (?:is |are )?(?:now )?open).{0,30}"
    "|.{3,60} opens registrations? for (?:its|the|our) .{0,40}(?:masterclass|mini-mba|bootcamp|webinar|workshop|course|"
    "academy|training).{0,20}",
    unless=TOLD,
    drops=(
        "Register for Harbour Mini-MBA edition 4 (Feb 9 – May 2): big discounts for early bird",
        "Register for the Harbour AI Lab: From Design to Deployment (next edition begins Jan 24).",
        "Harbour AI in Business Masterclass opens registrations.",
        "Join Harbour Capital Syndicate and co-invest in great global startups.",
        "Click here to buy tickets",
        "Register now for our webinar: Insuring Small Boats (next session 14 May).",
        "Enrol in the Harbour Sailing School, spring intake (3 March): early bird places half price",
        "Harbour Business Forum opens registrations for its trade masterclass.",
        "Join the Readers' Lottery and win a weekend for two.",
    ),
    keeps=(
        "Register for the draft, the law told every man over eighteen.",
        "Voters must register for the March election before Friday.",
        "Join the euro and invest in roads, the minister said, and growth will follow.",
        "The workshop opens at nine.",
        "Join the club and win friends, the slogan went; few did.",
        "Register for the course he did, and by May he was its best pupil.",
        "Get 20 percent off the debt now, economists argue, or pay twice as much later.",
    ),
    misses=("Our MBA starts soon. Be there.",),
)

RULES: tuple[Rule, ...] = (_MARK, _CONTINUES, _PROMOTION)
"""Rules of kind advertisement."""
