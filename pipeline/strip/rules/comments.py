"""Readers' comments: the form to write one, and the section that holds them."""

from __future__ import annotations

from pipeline.strip.rule import TOLD, Rule, any_of

_FORM = Rule(
    name="comment-form.field",
    kind="comment-form",
    why="Labels, buttons and notices of the form under an article.",
    pattern=any_of(
        "(?:please )?(?:post|leave|add|write|submit|make|enter) (?:a |your |another |"
        "new )?(?:public )?(?:comment|reply|response)"
        "(?:(?: here| below| now)|,? cancel reply| to .{1,100})?",
        "cancel reply|(?:your )?comment \\*|your (?:comment|answer)|comment (?:form|policy|guidelines)",
        "(?:please )?enter your (?:comment|name|email|website)\\b.{0,40}",
        "your e-?mail address will not be (?:published|shared|made public).{0,60}",
        "(?:all |\\* ?)?required fields? (?:are )?marked.{0,20}",
        "save my name, e-?mail,? and website.{0,60}",
        "notify me (?:of|by|when|via).{0,60}",
        "this site uses akismet.{0,80}",
        "(?:all |your |reader )*comments? (?:(?:on|at|to) .{2,40} )?(?:are|is|will be|may be) (?:pre-|post-)?moderated"
        "(?: (?:and may|before|in line with|according|for|prior) .{0,80})?",
        "we (?:reserve the right to|may) (?:remove|delete|edit|moderate) .{0,60}(?:comments?|posts)\\b.{0,40}",
        "name ?\\(required\\).{0,80}",
        "you(?:'ve| have) entered an incorrect email.{0,20}",
        "(?:name|e-?mail|website|nombre|nom|correo electrónico) ?\\*(?: ?(?:name|e-?mail|website|web) ?\\*?)*",
        "you are commenting using your .{1,60}",
        "(?:please )?(?:read our|comply with our|keep comments) .{0,20}(?:comment|commenting).{0,60}",
        "be the first to (?:comment|reply|respond).{0,40}",
        "(?:join|start) the (?:conversation|discussion)(?: .{0,30})?",
        "click here to (?:comment|reply).{0,20}|link to comment|show (?:more )?comments|view (?:all |"
        "more )?comments.{0,20}",
        "(?:einen )?kommentar(?:e)? (?:schreiben|verfassen|hinterlassen|abgeben|abschicken)|"
        "schreiben? (?:sie )?einen kommentar.{0,40}|"
        "antworten? abbrechen|(?:deine|ihre) e-mail-adresse wird nicht .{0,40}|erforderliche felder sind.{0,30}|"
        "diskutieren sie mit.{0,20}",
        "(?:laisser|laissez|ajouter|poster|écrire) un commentaire.{0,40}|votre adresse (?:e-?mail|"
        "de messagerie) ne sera pas publiée.{0,60}|"
        "les champs obligatoires.{0,40}|annuler la réponse|réagir à cet article",
        "(?:deja|dejar) (?:un comentario|una respuesta).{0,40}|(?:escribe|añade|agrega|publica) (?:un|"
        "tu) comentario.{0,30}|"
        "tu dirección de correo electrónico no será publicada.{0,60}|los campos (?:obligatorios|"
        "necesarios) están.{0,30}|"
        "cancelar (?:la )?respuesta|publicar (?:el |un )?comentario",
        "deixe (?:um|seu|o seu|uma) (?:comentário|resposta).{0,40}|o seu endereço de e-?mail não será publicado.{0,60}|"
        "campos obrigatórios.{0,40}|enviar comentário",
        "lascia un commento.{0,40}|il tuo indirizzo e-?mail non sarà pubblicato.{0,60}|"
        "i campi obbligatori.{0,40}|annulla risposta",
        "(?:geef|plaats|laat|schrijf) een (?:reactie|antwoord).{0,40}|(?:je|het) e-mailadres wordt niet .{0,40}|"
        "vereiste velden.{0,40}",
        "(?:我要|发表|發表|写|发布)(?:评论|評論)|说点什么.{0,10}|我有话说|文明上网.{0,30}",
        "コメントを(?:書く|残す|投稿|する|入力|追加).{0,15}|メールアドレスが公開されることはありません.{0,40}",
        "댓글 ?(?:쓰기|달기|남기기|작성|등록)|댓글을 (?:입력|작성|남겨).{0,20}",
        "(?:добавить|оставить|написать) комментарий.{0,20}|ваш (?:e-?mail|"
        "адрес email) не будет опубликован.{0,50}|обязательные поля.{0,30}",
        "(?:اترك|أضف|اكتب) (?:تعليق|رد).{0,30}|لن يتم نشر عنوان بريدك.{0,60}|إلغاء الرد",
    ),
    unless=TOLD,
    max_tokens=30,
    drops=(
        "Post Comment",
        "Please enter your comment!",
        "Please enter your name here",
        "Leave a Reply Cancel reply",
        "Your email address will not be published. Required fields are marked *",
        "Save my name, email, and website in this browser for the next time I comment.",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "Comments on this site are moderated and may take a day to appear.",
        "We reserve the right to remove offensive comments.",
        "Kommentar schreiben",
        "Laisser un commentaire",
        "Deja un comentario",
        "Lascia un commento",
        "Deixe um comentário",
        "发表评论",
        "コメントを書く",
        "Добавить комментарий",
        "اترك تعليقا",
    ),
    keeps=(
        "Ministers were asked to comment and did not.",
        "Add a comment from the mayor and the story is complete, her editor said.",
        "Reply came there none.",
        "He left a comment under the video and was fined for it.",
        "Comments are moderated by two people, who work at night. Nobody else wants to.",
    ),
)

_COUNT = Rule(
    name="comments.label",
    kind="comments",
    why="The label or count over the comments. Where comments follow it, they go with it.",
    pattern=any_of(
        "\\(?[0-9,.]* ?(?:comments?|reader comments|replies|responses)\\)?(?: ?[:(]? ?[0-9,]+ ?\\)?)?",
        "[0-9]+ (?:comments?|responses?|thoughts?|replies) (?:on|to) .{3,150}",
        "(?:no|all|recent|latest|loading|read|hide|top(?: rated)?|load(?: more)?|[0-9]+ more) comments?(?: yet)?",
        "comments are (?:closed|off|disabled|turned off).{0,40}|comments? (?:on|for) this (?:article|post|story|"
        "entry).{0,40}",
        "(?:we are no longer accepting comments|this comment has been (?:blocked|deleted|removed)).{0,40}",
        "discussion about this (?:post|article|episode)|(?:reader|user) (?:comments|opinions)",
        "[0-9]* ?kommentare?|[0-9]* ?leserkommentare?|kommentare (?:zu|anzeigen|lesen).{0,60}",
        "[0-9]* ?commentaires?|[0-9]* ?réactions?|tous les commentaires",
        "[0-9]* ?comentarios?|ver comentarios|[0-9]* ?comentários?|[0-9]* ?commenti|[0-9]* ?reacties",
        "(?:网友|全部|最新|热门)?(?:评论|評論)(?: ?\\(?[0-9]+\\)?)?(?:条)?|[0-9]+ ?条评论",
        "コメント(?: ?\\(?[0-9]+\\)?)?(?:件)?|[0-9]+件のコメント",
        "(?:전체 ?)?댓글 ?\\(?[0-9]*\\)?(?:개)?",
        "[0-9]* ?комментари(?:и|ев|й|я)(?: ?\\(?[0-9]+\\)?)?",
        "(?:[0-9]+ )?(?:تعليقات|التعليقات|تعليق)",
    ),
    reach="end",
    drops=(
        "Comments",
        "3 Comments",
        "Comments (12)",
        "Comments are closed.",
        "12 Kommentare",
        "Commentaires",
        "评论",
        "Комментарии",
        "3 Comments\n\nAnna says:\n\nI don't agree at all.\n\nReply\n\nBen says:\n\nWell written, thanks.\n\nReply",
    ),
    keeps=(
        "Comments by the minister caused an uproar on Monday.",
        "Comment is free, but facts are sacred, wrote Scott.",
        "Les commentaires du ministre ont surpris.",
    ),
)

_REPLY = Rule(
    name="comments.reply-link",
    kind="comments",
    why="Links that stand under each comment.",
    pattern=any_of(
        "(?:reply|quote|report(?: abuse| this comment)?|flag|permalink|like|likes|dislike|upvote|downvote|edit|delete)"
        "(?: ?[|/•· ] ?(?:reply|quote|report|flag|permalink|like|likes|share|edit|delete|link|[0-9]+))+",
        "reply(?: to .{1,30})?|report (?:abuse|comment|this comment)|(?:log|sign) in to reply|expand full comment",
        "[0-9]+ (?:likes?|replies|upvotes?|answers?)",
        "antworten|répondre|responder|rispondi|beantwoorden|ответить|回复|回覆|返信|답글|رد",
    ),
    where="tail",
    max_tokens=8,
    drops=("Reply", "Like · Reply · Share", "Antworten", "Répondre", "回复"),
    keeps=("Like father, like son.", "Reply from Moscow is expected on Tuesday."),
)

RULES: tuple[Rule, ...] = (_FORM, _COUNT, _REPLY)
"""Rules of kinds comment-form and comments."""
