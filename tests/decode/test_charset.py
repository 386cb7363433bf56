import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.decode import decode_bytes
from pipeline.decode.labels import CHARSETS, resolve
from pipeline.errors import Unreadable

FRENCH = (
    "Le Président a déclaré à l’Élysée que l’été serait chaud. Où étaient-ils, s’est-il demandé, après la réunion ?"
)
GERMAN = "Die Bundesregierung hat über höhere Zölle für Stahl aus Übersee beraten. Straßen, Häuser und Bäume."
POLISH = "Rząd ogłosił w środę, że zwiększy wydatki na służbę zdrowia. Źródła podają, że będzie to sześć miliardów."
CZECH = "Vláda ve středu oznámila, že zvýší výdaje na zdravotnictví. Ředitel úřadu řekl, že příští rok bude těžší."
TURKISH = "Hükümet çarşamba günü sağlık harcamalarını artıracağını açıkladı. Başbakan gazetecilere bilgi verdi."
RUSSIAN = "Правительство объявило в среду, что увеличит расходы на здравоохранение. Министр сообщил об этом."
GREEK = "Η κυβέρνηση ανακοίνωσε την Τετάρτη ότι θα αυξήσει τις δαπάνες για την υγεία."
JAPANESE = "政府は水曜日、医療費を増やすと発表した。首相は記者会見で「来年度は六千億円」と述べた。"
CHINESE = "政府周三宣布将增加医疗开支。总理在新闻发布会上表示，明年将达到六十亿元。"
KOREAN = "정부는 수요일 의료비 지출을 늘리겠다고 발표했다. 총리는 기자회견에서 이같이 말했다."
HEBREW = "הממשלה הודיעה ביום רביעי כי תגדיל את ההוצאה על הבריאות."
ARABIC = "أعلنت الحكومة يوم الأربعاء أنها ستزيد الإنفاق على الصحة."

UNDECLARED = [
    (FRENCH, "cp1252", "windows-1252"),
    (GERMAN, "cp1252", "windows-1252"),
    (POLISH, "cp1250", "windows-1250"),
    (POLISH, "iso-8859-2", "iso-8859-2"),
    (CZECH, "cp1250", "windows-1250"),
    (CZECH, "iso-8859-2", "iso-8859-2"),
    (TURKISH, "cp1254", "windows-1254"),
    (RUSSIAN, "cp1251", "windows-1251"),
    (RUSSIAN, "koi8-r", "koi8-r"),
    (RUSSIAN, "iso-8859-5", "iso-8859-5"),
    (RUSSIAN, "cp866", "ibm866"),
    (GREEK, "cp1253", "windows-1253"),
    (JAPANESE, "cp932", "shift_jis"),
    (JAPANESE, "euc-jp", "euc-jp"),
    (JAPANESE, "iso2022_jp", "iso-2022-jp"),
    (CHINESE, "gb18030", "gb18030"),
    (KOREAN, "cp949", "euc-kr"),
    (HEBREW, "cp1255", "windows-1255"),
    (ARABIC, "cp1256", "windows-1256"),
    (FRENCH, "utf-16-le", "utf-16le"),
    (FRENCH, "utf-16-be", "utf-16be"),
    (FRENCH, "utf-8", "utf-8"),
    ("caf\xe9", "latin-1", "windows-1252"),
    ("It’s “quoted”.", "cp1252", "windows-1252"),
]


@pytest.mark.parametrize(("text", "codec", "name"), UNDECLARED)
@pytest.mark.parametrize("times", [1, 5])
def test_undeclared_text_is_recognised(text: str, codec: str, name: str, times: int) -> None:
    assert decode_bytes((text * times).encode(codec), None, "text") == (text * times, name)


def test_long_text_is_judged_by_a_sample_and_decoded_whole() -> None:
    text = "<p>plain ascii</p>\n" * 3000 + f"<p>{RUSSIAN}</p>\n" * 2000
    assert decode_bytes(text.encode("cp1251"), None, "text") == (text, "windows-1251")


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"\xff\xfe", "utf-16-le", "utf-16le"),
        (b"\xfe\xff", "utf-16-be", "utf-16be"),
        (b"\xff\xfe\x00\x00", "utf-32-le", "utf-32le"),
        (b"\x00\x00\xfe\xff", "utf-32-be", "utf-32be"),
    ],
)
def test_a_byte_order_mark_goes_before_everything_and_is_not_text(mark: bytes, codec: str, name: str) -> None:
    assert decode_bytes(mark + FRENCH.encode(codec), "koi8-r", "html") == (FRENCH, name)


def test_valid_utf8_goes_before_a_wrong_declaration() -> None:
    page = f'<meta charset="iso-8859-1"><p>{FRENCH}'
    assert decode_bytes(page.encode(), "windows-1252", "html") == (page, "utf-8")


def test_what_is_declared_goes_before_detection() -> None:
    # As windows-1252 these bytes are sound French; the header says otherwise.
    assert decode_bytes("caf\xe9".encode("cp1252"), "windows-1251", "text") == ("cafй", "windows-1251")


@pytest.mark.parametrize(
    ("head", "codec", "name"),
    [
        ('<html><head><meta charset="windows-1251">', "cp1251", "windows-1251"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r", "koi8-r"),
        ('<?xml version="1.0" encoding="ISO-8859-5"?><html>', "iso-8859-5", "iso-8859-5"),
        ("<script>var charset = 1;</script>" + " " * 2000 + "<META CHARSET=windows-1251>", "cp1251", "windows-1251"),
    ],
)
def test_a_page_declares_its_character_set(head: str, codec: str, name: str) -> None:
    page = head + "<p>Да</p>"
    assert decode_bytes(page.encode(codec), None, "html") == (page, name)


def test_only_html_declares_inside() -> None:
    said = "<meta charset=koi8-r> " + FRENCH
    assert decode_bytes(said.encode("cp1252"), None, "text") == (said, "windows-1252")


def test_an_unknown_label_is_passed_over() -> None:
    assert decode_bytes(RUSSIAN.encode("cp1251"), "x-no-such-thing", "text") == (RUSSIAN, "windows-1251")


def test_a_declaration_that_does_not_read_is_passed_over() -> None:
    assert decode_bytes(RUSSIAN.encode("cp1251"), "utf-8", "text") == (RUSSIAN, "windows-1251")
    assert decode_bytes(FRENCH.encode("cp1252"), "euc-kr", "text") == (FRENCH, "windows-1252")


@pytest.mark.parametrize(
    ("label", "text", "codec"),
    [
        ("gb2312", "镕基", "gbk"),
        ("shift_jis", "①髙", "cp932"),
        ("euc-kr", "똠방각하", "cp949"),
        ("latin-1", "“€”", "cp1252"),
    ],
)
def test_a_label_means_its_superset(label: str, text: str, codec: str) -> None:
    assert decode_bytes(text.encode(codec), label, "text")[0] == text


def test_utf8_with_a_letter_cut_in_two_stays_utf8() -> None:
    content = (FRENCH * 20).encode() + "é".encode()[:1]
    text, name = decode_bytes(content, None, "text")
    assert (text, name) == (FRENCH * 20 + "\ufffd", "utf-8")


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100),
        b"\x00",
        b"\xff\xfe" + bytes(64),
        b"A\x00\x00A" * 50,
        b"\x01a",
    ],
)
def test_binary_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        decode_bytes(content, None, "text")
    assert refused.value.reason == "binary"


def test_one_stray_control_byte_is_no_binary() -> None:
    text = FRENCH * 3 + "\x00"
    assert decode_bytes(text.encode(), None, "text") == (text, "utf-8")


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "big5", "junk"]))
@example(b"\xed\xa0\x80 lone surrogate \xed\xa0\x80", "utf-8")
@example(b"\x1b$B", None)
def test_any_bytes_give_clean_text_or_unreadable(content: bytes, declared: str | None) -> None:
    for media in ("html", "text"):
        outcome: tuple[str, str] | str
        try:
            outcome = decode_bytes(content, declared, media)  # type: ignore[arg-type]
        except Unreadable as refused:
            outcome = refused.reason
        if isinstance(outcome, str):
            assert outcome in {"binary", "undecodable"}
        else:
            outcome[0].encode("utf-8")
            assert outcome[1] in CHARSETS


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_is_read_as_it_was_written(text: str) -> None:
    assert decode_bytes(text.encode(), None, "html") == (text.removeprefix("\ufeff"), "utf-8")


@pytest.mark.parametrize("charset", CHARSETS.values(), ids=lambda charset: charset.name)
def test_every_charset_has_a_codec_and_resolves_to_itself(charset) -> None:  # type: ignore[no-untyped-def]
    assert b"plain".decode("ascii") == "plain".encode(charset.codec).decode(charset.codec)
    assert resolve(charset.name) == charset
