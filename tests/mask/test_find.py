"""What is found of each kind, in texts of many countries, and what looks like it and is left alone."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.mask.find import find_secrets
from pipeline.mask.row import Span
from pipeline.values import MASK_KINDS, MaskKind
from tests.hostile.growth import grows_linearly, scaled


def found(text: str, kinds: tuple[MaskKind, ...] = MASK_KINDS) -> list[Span]:
    return find_secrets([text], kinds).get(0, [])


def masked(text: str) -> str:
    for span in reversed(found(text)):
        text = f"{text[: span.start]}[{span.kind}]{text[span.end :]}"
    return text


EMAILS = """
Write to jane.doe+news@example.co.uk, please. | Write to [email], please.
Mail (o'brien@mail.example.com). | Mail ([email]).
请联系zhang.wei@example.com谢谢。 | 请联系[email]谢谢。
用户@例子.广告 です | [email] です
Schreiben Sie an jürgen.müller@bücher.example! | Schreiben Sie an [email]!
пишите на почта@пример.рф, ждём | пишите на [email], ждём
mailto:john@x-y.example?subject=a | mailto:[email]?subject=a
'bob@post.example' <alice@post.example> | '[email]' <[email]>
Write to john@post.example.Please answer | Write to [email].Please answer
Ask us...john@post.example | Ask us...[email]
お問い合わせは info＠example．jp まで | お問い合わせは [email] まで
https://x.example/?u=jane%40post.example&b=1 | https://x.example/?u=[email]&b=1
"""

PHONES = """
Call +49 30 12345678 today | Call [phone] today
+44 (0)20 7946 0958 | [phone]
(+1) 212 555 1234 | [phone]
+12125551234, +33 1 23 45 67 89 | [phone], [phone]
+7 (495) 123-45-67 | [phone]
+86 138 1234 5678 / +81-3-1234-5678 | [phone] / [phone]
0044 20 7946 0958 | [phone]
+91 98765 43210 and +55 11 91234-5678 | [phone] and [phone]
+44 20 7946 0958 100 people came | [phone] 100 people came
(212) 555-1234 or 212-555-1234 or 212.555.1234 | [phone] or [phone] or [phone]
1-800-555-0199 ext. 12 | [phone] ext. 12
Berlin (030) 123456-78, 030/1234567 | Berlin [phone], [phone]
0171 / 123 45 67 und 0176 12345678 | [phone] und [phone]
01 43 55 28 91, 01.43.55.28.91 | [phone], [phone]
020 7946 0958, 07700 900123 | [phone], [phone]
06-12345678 (Amsterdam) | [phone] (Amsterdam)
03-1234-5678 と 010-1234-5678 | [phone] と [phone]
0412 345 678 or 08-123 456 78 | [phone] or [phone]
(11) 91234-5678 e (011) 4123-4567 | [phone] e [phone]
8 (495) 123-45-67, 8 800 555-35-35 | [phone], [phone]
0212 555 12 34 | [phone]
0171 1234567 0172 2345678 | [phone] [phone]
Tel. 555 1234 | Tel. [phone]
Tel.: 91 123 45 67, Teléfono: 912 345 678 | Tel.: [phone], Teléfono: [phone]
Call us at 555-0199 now | Call us at [phone] now
电话13812345678联系我们 | 电话[phone]联系我们
τηλ. 2101234567 · тел. 123-45-67 | τηλ. [phone] · тел. [phone]
Fax 2125551235, phone no. 2125551236 | Fax [phone], phone no. [phone]
هاتف: ٠١٢٣٤٥٦٧٨٩ | هاتف: [phone]
電話：０３－１２３４－５６７８ | 電話：[phone]
tel:+4930123456 | tel:[phone]
The number 212‑555‑1234 is new | The number [phone] is new
Support: +1 (855) 555-0164Sales: 855-555-0165x | Support: [phone]Sales: [phone]x
"""

NUMBERS = """
Card 4111 1111 1111 1111, valid to 12/26 | Card [card], valid to 12/26
5500-0000-0000-0004 | [card]
378282246310005 and 3782 822463 10005 | [card] and [card]
6011111111111117, 3530111333300000, 30569309025904 | [card], [card], [card]
2223003122003222 6200000000000005 | [card] [card]
GB82 WEST 1234 5698 7654 32, bitte | [iban], bitte
IBAN DE89370400440532013000. | IBAN [iban].
NL91 ABNA 0417 1643 00 en FR14 2004 1010 0505 0001 3M02 606 | [iban] en [iban]
MT84 MALT 0110 0001 2345 MTLC AST0 01S | [iban]
from 192.168.1.10, 8.8.8.8:53 and 10.0.0.0/8 | from [ip], [ip]:53 and [ip]/8
http://127.0.0.1/x | http://[ip]/x
10.0.0.1-10.0.0.5 | [ip]-[ip]
ip地址192.168.0.1的 | ip地址[ip]的
[2001:db8::1]:80, fe80::1%eth0 and ::ffff:192.0.2.1 | [[ip]]:80, [ip]%eth0 and [ip]
2001:0db8:85a3:0000:0000:8a2e:0370:7334. | [ip].
"""

NEAR_MISSES = """
icon@2x.png @handle user@host pkg@1.2.3 a@b.c
https://medium.example/@user.name and meet@noon.Then
2020-03-04 10:20 04.03.2020 10:30 01.02.2023 - 03.02.2023
01/02/2023, 01-02-2023, 2023 01 02, 03.10.1990 04.11.1991
1914-1918 1939-1945 2019-2020
$1,500,000 or 1 299 000 EUR or 1 030 123 456 people or 8 900 123 456
ISBN 978-0-306-40615-7, ISBN 0-306-40615-2, ISSN 0028-0836
won 6-4 6-3 7-5 6-4 and 3-1 2-2 0-0
zip 02134-1234 02134 02135
grew +1,500 jobs, +3.5%, +10 000 000, +1 000 000 000
drawn: 05 12 23 34 45
id 20231106123456 1638360000000 12345678901234567890 1234567890 0123456789
https://example.com/2020/03/04/story-212-555-1234.html www.x.example/030-1234567
Order no. 06-1234567, invoice 030 1234567, № 030 1234567
10.1016/0012-821X(95)00123-4
call in 2019-2020, call 1 000 000 people
51.5074 -0.1278 48.858093 2.294694 12:30:45 09.30 10.45 11.15
(1998) 123-4567
1 2 3 4 5 6 7 8 9 10 100 200 300 400 500 1.234.567,89 3.141592653589793
$212-555-1234 030-123456789012
4111111111111112 4006381333931 978-3-16-148410-0 1234 5678 9012 3456 0000 0000 0000 0000
https://x.example/4111111111111111 4111 1111 11111 111
DE89 3704 0044 0532 0130 01, AB12 3456 7890 1234 5678, GB82 WEST 1234 5698 7654
version 1.2.3.4, v1.2.3.4, Chrome/91.0.4472.124, firmware 10.0.2.1, § 1.2.3.4
1.2.3.4.5 999.1.1.1 01.02.03.04 openssl-1.1.1.1 0.1.2.3
std::vector a::b dead::beef Foo::b2 :: 10:20:30 00:1B:44:11:3A:B7 1:2:3:4:5:6:7:8
1.2.3.4 Scope of this part
"""


def pairs(table: str) -> list[tuple[str, str]]:
    lines = [line.rsplit(" | ", 1) for line in table.strip().split("\n")]
    return [(text, expected) for text, expected in lines]


@pytest.mark.parametrize(("text", "expected"), [*pairs(EMAILS), *pairs(PHONES), *pairs(NUMBERS)])
def test_hits(text: str, expected: str):
    assert masked(text) == expected
    # What is masked is not found again.
    assert found(expected) == []


@pytest.mark.parametrize("text", NEAR_MISSES.strip().split("\n"))
def test_near_misses(text: str):
    assert masked(text) == text


def test_a_heading_is_no_address_and_an_address_at_the_beginning_of_a_line_is():
    assert (
        masked("Text\n1.2.3.4 Scope\n10.20.40.60 DNS\n8.8.8.8 is one") == "Text\n1.2.3.4 Scope\n[ip] DNS\n[ip] is one"
    )


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("Ann@Post.example", "ann@post.EXAMPLE"), "email"),
        (("+49 30 1234567", "0049 30 1234567", "+49 (0)30 123 45 67"), "phone"),
        (("4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111"), "card"),
        (("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"), "iban"),
        (("2001:DB8::1", "2001:db8:0:0:0:0:0:1"), "ip"),
    ],
)
def test_the_same_secret_is_the_same_however_it_is_written(texts: tuple[str, ...], kind: str):
    spans = [found(f"at {text} now") for text in texts]
    assert {(span.kind, span.canonical) for (span,) in spans} == {(kind, spans[0][0].canonical)}


def test_only_what_is_asked_for_is_found():
    text = "ann@post.example, +49 30 1234567, 192.0.2.7"
    assert [span.kind for span in found(text, ("ip",))] == ["ip"]
    assert found(text, ()) == []


def test_each_text_has_its_own_places():
    texts = ["", "an ann@post.example", "“no”", "٣٤٥ مرحبا بكم", "x 192.0.2.7 y 192.0.2.8"]
    spans = find_secrets(texts, MASK_KINDS)
    told = {number: [texts[number][one.start : one.end] for one in some] for number, some in spans.items()}
    assert told == {1: ["ann@post.example"], 4: ["192.0.2.7", "192.0.2.8"]}


def test_a_number_does_not_reach_into_the_next_text():
    assert find_secrets(["Tel. 212", "-555-1234"], MASK_KINDS) == {}


HOSTILE = {
    "at signs": "@",
    "addresses in a row": "a@",
    "dotted domains": "a@b.c.d.e.f.",
    "labels": "a.",
    "digits": "1",
    "trunk zeros": "01 ",
    "plus signs": "+4",
    "groups": "4111 ",
    "brackets": "(030) ",
    "points": "1.1.",
    "colons": "a:",
    "hex groups": "ab12:",
    "accounts": "DE89 ",
    "dashes": "1-",
    "calls": "call 1 ",
    "percent": "%40",
    "foreign digits": "٣-",
    "foreign letters": "港",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_linear_time_on_any_input(unit: str):
    def make(size: int) -> str:
        return unit * (size // len(unit))

    assert grows_linearly(partial(found, kinds=MASK_KINDS), make, scaled(40_000, 1_000_000))
