"""The words before a number that say what it is."""

from __future__ import annotations

from typing import Literal

Cue = Literal["phone", "other"]

# Nouns, then verbs, in the languages of their letters.
_PHONE_WORDS = """
    phone phones telephone telephones ph tel telf telp tlf tfn fon fono fone fax telefax telefaks faks mobile mobiles
    mob cell cellphone landline hotline hotlines helpline infoline whatsapp viber sms gsm
    telefon telefonisch handy mobil rufnummer telefonnummer faxnummer durchwahl fernruf telefoon mobiel
    téléphone télécopie portable telefono telefoni cellulare teléfono teléfonos móvil movil celular
    telefone telefones telemóvel telemovel puhelin puh faksi telefonnr sími telefonas tālrunis telefonszám
    komórka komórkowy kom mobilní mobilný mobitel telefonul nomor hp thoại đt động telepon
    τηλέφωνο τηλεφωνο τηλ κινητό φαξ тел телефон телефоны телефону телефона телефоном факс моб мобильный мобільний
    טלפון טל נייד פקס هاتف تلفون جوال موبايل تلفن موبایل فاكس الهاتف फ़ोन फोन मोबाइल ফোন
    call calling dial dialling dialing phoning text texting ring ruf rufen ruft anrufen appelez appeler llame llamar
    llama llamen ligue ligar chiama chiamate chiamare bel bellen zadzwoń dzwoń zavolejte volejte звоните позвоните
    звонить набрать дзвоніть arayın
"""
# Between such a word and its number.
_FILLER_WORDS = """
    number numbers num nummer numéro número numero numer номер номеру no nr us me him her them now today free on at to
    is the toll sie uns an unter der die au le al il el la ao o è est es ist für nous pod po по or oder ou
"""
_OTHER_WORDS = """
    isbn issn doi ean gtin upc asin nr num id ids vat ust ustid idnr order invoice case cases account konto kontonummer
    blz ref reference art artikel serial sku patent docket oclc pmid siret siren cif nif nip regon krs cnpj cpf inn инн
    огрн кпп гост hrb zip plz cap postcode ticket tracking passport licence license permit
"""
_PHONE, _FILLERS, _OTHER = (frozenset(words.split()) for words in (_PHONE_WORDS, _FILLER_WORDS, _OTHER_WORDS))
_DENSE = ("电话", "電話", "手机", "手機", "传真", "傳真", "携帯", "ファックス", "ファクス", "전화", "휴대폰", "팩스",
          "โทร", "โทรศัพท์", "热线", "熱線", "致电", "致電", "拨打", "撥打")  # fmt: skip
_SIGNS = ("☎", "☏", "📞", "📱", "✆")
_DENSE_FILLERS = ("号码", "號碼", "番号", "번호")
_MOST_FILLERS = 4
_ABOUT = " .:#=-–()/°º：*|"
_MARKS_OF_A_NUMBER = ("№", "#", "号", "號", "호")


def cue(before: str) -> Cue | None:
    """Say what the words before a number call it: a phone number, some other number, or nothing.

    >>> cue("Please call us at "), cue("Invoice no. "), cue("a distance of ")
    ('phone', 'other', None)
    """
    rest = before.rstrip(_ABOUT)
    if before[len(rest) :].count("#") or rest.endswith(_MARKS_OF_A_NUMBER):
        return "other"
    if rest.endswith(_DENSE_FILLERS):
        rest = rest[:-2].rstrip(_ABOUT)
    if rest.endswith(_DENSE) or rest.rstrip("\ufe0f").endswith(_SIGNS):
        return "phone"
    other = False
    for _ in range(_MOST_FILLERS + 1):
        begin = len(rest)
        while begin and rest[begin - 1].isalpha():
            begin -= 1
        word = rest[begin:].lower()
        if word in _PHONE:
            return "phone"
        # `No. 5` is a number, `no 5` may be an answer.
        other = other or word in _OTHER or (word == "no" and before[len(rest) : len(rest) + 1] in (".", "°", "º"))
        if word not in _FILLERS:
            break
        rest = rest[:begin].rstrip(_ABOUT)
    return "other" if other else None
