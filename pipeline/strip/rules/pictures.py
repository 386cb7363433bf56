"""Credits of pictures."""

from __future__ import annotations

from pipeline.strip.rule import Rule, any_of

_AGENCY = (
    "(?:getty(?: images)?|afp|ap(?: photo| images)?|associated press|reuters|shutterstock|istock(?:photo)?|"
    "alamy(?: stock photo)?|epa(?:-efe)?|imago(?: images)?|dpa|"
    "picture[ -]alliance|unsplash|pixabay|pexels|xinhua|anadolu(?: agency| ajansı)?|flickr|"
    "wikimedia(?: commons)?|wikipedia|adobe stock|"
    "depositphotos|dreamstime|pa wire|pa images|pa media|zuma(?: press)?|usa today(?: sports)?|icon sportswire|"
    "freepik|keystone|ansa|efe|"
    "canva|handout|file photo|archivfoto|archivbild|symbolbild)"
)

_CREDIT = Rule(
    name="image-credit.line",
    kind="image-credit",
    why="Names the maker or the agency of a picture that the text doesn't hold.",
    pattern=any_of(
        "(?:cover |featured? |main |header |top |file |lead |hero )?(?:photos?|images?|pictures?|pics?|"
        "photographs?|illustrations?|graphics?|screenshots?)"
        "(?: credits?| sources?| copyright)? ?(?:by|courtesy(?: of)?|via|©|:|/|-|credit:?) ?.{2,70}",
        f"(?:photo|image|picture)s? from {_AGENCY}.{{0,30}}",
        "(?:photo |image |picture |photography |media |video )credits?:? .{2,90}|credits?: .{2,70}|"
        "(?:photo|image|picture) (?:source|caption|copyright):? .{0,70}|getty(?: images)?|"
        "enlarge (?:this )?image.{0,20}|image caption",
        f"{_AGENCY}(?: ?[/,|-] ?{_AGENCY})+",
        "(?:ap photo|reuters|afp|epa|xinhua)/[^.]{2,40}",
        "(?:foto|fotos|bild|bilder|bildquelle|bildnachweis|symbolfoto|titelbild|grafik|illustration) ?(?::|/|©|"
        "von) ?.{2,60}",
        "(?:crédits?(?: photos?)?|photos?|légende|visuel) ?(?::|/|©|par) ?.{2,60}",
        "(?:foto|fotos|imagen|imágenes|fotografía|crédito|créditos|fuente de la imagen|imagem|reprodução|"
        "divulgação|immagine|beeld) ?(?::|/|©) ?.{2,60}",
        "(?:图|圖)(?:片)?(?:来源|來源|源|/|:).{1,30}|(?:摄影|攝影|摄) ?[:/].{1,20}|(?:新华社|中新社).{0,10}(?:摄|发)",
        "(?:写真|画像|撮影|提供) ?(?:[:=/]|提供[:=]?).{1,30}|\\(?(?:사진|이미지) ?(?:[=:/]|제공).{1,40}",
        "фото(?:граф|графия)? ?(?::|/|©) ?.{2,50}|(?:صورة|الصورة|تصوير) ?: ?.{2,50}",
    ),
    # The credit stands at the end: an agency that is named in the middle of a line is no cue.
    cue=rf"\b{_AGENCY}(?: ?[/,|] ?.{{2,30}})?(?: via .{{3,20}})?[^a-z0-9]{{0,6}}$",
    free=f"(?:[^.!?]|\\b[a-z]\\.){{2,70}}(?: ?/{{1,2}} ?| via | ?\\| ?| - |, |©)(?:.{{2,25}}/)?{_AGENCY}(?: ?[/,|"
    "] ?.{2,30})?(?: via .{3,20})?",
    unless=r"[a-z]{3}[.!?] [a-z]{3,}|\b(?:said|says|showed|shows|told|are|were)\b",
    max_tokens=14,
    drops=(
        "Image via Shutterstock",
        "Photo by Jane Doe",
        "Photo: Jane Doe / AFP",
        "Jane Doe/Getty Images",
        "Jane Doe via Getty Images",
        "(AP Photo/Jane Doe)",
        "Image credit: Harbour Archive",
        "Foto: dpa",
        "Crédit photo : Jeanne Dupont",
        "Foto: EFE",
        "图片来源：新华社",
        "写真:共同通信",
        "Фото: РИА Новости",
    ),
    keeps=(
        "Images from the scene showed smoke over the port.",
        "Photos were taken by a passer-by.",
        "A photo by Capa hung over the desk, and she says she never liked it.",
        "The pictures came via Reuters on Monday. Nobody had seen them before.",
        "Reuters, AFP and the Associated Press were banned from the room.",
    ),
    misses=("A ferry leaves the harbour at dawn on the first day of the strike. Jane Doe/Getty Images",),
)

RULES: tuple[Rule, ...] = (_CREDIT,)
"""Rules of kind image-credit."""
