"""The judge of lines with the weights that come with Winnow: what goes, what stays, and why."""

from __future__ import annotations

import base64
import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.errors import BadWeights
from pipeline.judge import lines
from pipeline.judge.lines import WEIGHTS, LineJudge, line_judge

ENGLISH = (
    ["Home", "News", "Sport", "Weather", "Jobs", "More »"],
    [
        "The harbour bridge will close for eleven weeks from Monday, the city council decided on Tuesday night.",
        "Engineers found cracks in two of the bridge's main girders during an inspection in the first week of March.",
        "“We would rather close it for a summer than for good,” said Mayor Ines Albrecht after the vote.",
        "The ferry will run every ten minutes between six in the morning and midnight while the bridge is closed.",
        "Shopkeepers on the north bank fear for their summer. “Nobody takes a ferry for a loaf of bread,” one said.",
        "Repairs will cost about 4.2 million, most of which the region pays. Work is due to end on 12 September.",
    ],
    ["Related stories", "Ten things to do this weekend", "Share this", "Most read", "1", "2", "3", "Subscribe now"],
)


# What no rule names.
UNNAMED = [
    "Harbour Gazette Weekend Edition",
    "Photos of the week: kites over the dunes",
    "Ten cafés that locals love",
    "Watch: the parade in two minutes",
    "Why your neighbour's garden is greener",
    "14:05 | Video",
    "Quiz | Do you know the harbour?",
    "Top picks",
]


def judged(*documents, setting="balanced", gone=None):
    gone = gone or [[False] * len(document) for document in documents]
    return line_judge().judge(documents, gone, setting)


def dropped(document, setting="balanced"):
    (verdicts,) = judged(document, setting=setting)
    return [document[verdict.line] for verdict in verdicts]


def test_boilerplate_goes_and_the_text_stays():
    head, text, foot = ENGLISH
    gone = dropped([*head, *text, *foot])
    assert not set(gone) & set(text)
    assert len(gone) >= 0.7 * len(head + foot)


@pytest.mark.parametrize("document", [
    ["Fresh bread", "500 g flour", "10 g salt", "7 g yeast", "320 ml water", "Mix, knead for ten minutes, let rise.",
     "Bake at 230 °C for 40 minutes."],
    ["The tide comes in,", "the tide goes out,", "and nobody asks", "what the sea", "is about.", "",
     "It brings me glass,", "it takes my shoes,", "it never reads", "the morning news."],
    ["Harbour FC 2, Rovers 1", "United 0, Athletic 0", "Wanderers 3, Town 3", "City 1, Albion 4"],
    ["The library is closed on Friday.", "Books can be returned at the town hall."],
    ["“I never said that.”"],
    ["港の橋は月曜日から十一週間、通行止めになる。",
     "市議会が火曜日の夜に決めた。",
     "修理には約四億円かかる見込みだ。"],
    ["市议会周二晚间决定，港口大桥将从周一起关闭十一周。",
     "工程师在三月的检查中发现裂缝。",
     "市长说：“宁可关一个夏天。”"],
    ["สะพานท่าเรือจะปิดสิบเอ็ดสัปดาห์ตั้งแต่วันจันทร์", "สภาเมืองลงมติเมื่อคืนวันอังคาร", "เรือข้ามฟากจะวิ่งทุกสิบนาที"],
    ["항구 다리는 월요일부터 십일 주 동안 통행이 금지된다.",
     "시의회가 화요일 밤에 결정했다.",
     "나룻배는 십 분마다 다닌다."],
    ["Мост закроют на одиннадцать недель.", "Так решил городской совет.", "Паром будет ходить каждые десять минут."],
    ["قرر مجلس المدينة إغلاق الجسر أحد عشر أسبوعا.", "ووجد المهندسون شقوقا فيه.", "وستعمل العبارة كل عشر دقائق."],
])  # fmt: skip
def test_texts_that_look_like_none_stay(document):
    assert dropped(document) == []


def test_in_other_scripts_menus_go():
    text = [
        "港の橋は月曜日から十一週間、通行止めになると市議会が火曜日の夜に決めた。三月の点検で主桁に亀裂が見つかっていた。",
        "修理には約四億円かかる見込みで、大部分は県が負担する。その間は渡し船が十分おきに運航する。",
        "北岸の商店主たちは夏の売り上げを心配している。「パン一つのために船に乗る人はいない」と一人は話した。",
    ]
    gone = dropped(["ホーム", "ニュース", "スポーツ", "天気", *text, "関連記事", "シェア", "ランキング", "1", "2", "3"])
    assert not set(gone) & set(text)
    assert len(gone) >= 5


def test_settings_err_as_they_say():
    document = [line for part in ENGLISH for line in part]
    purer, usual, fuller = (set(dropped(document, setting)) for setting in ("precision", "balanced", "recall"))
    assert purer >= usual >= fuller


def test_a_verdict_names_its_score_and_what_weighed_most():
    (verdicts,) = judged([*ENGLISH[0], *ENGLISH[1], *UNNAMED])
    known = set(line_judge().second.features)
    for verdict in verdicts:
        assert 0 < verdict.score <= 1
        assert 1 <= len(verdict.reasons) <= 3
        assert set(verdict.reasons) <= known - {"first judgement"}
    assert len({verdict.reasons for verdict in verdicts}) > 1


def test_what_is_cut_already_is_not_judged_again_and_something_stays():
    document = ["Home", "Log in", "Share", "1", "2"]
    (verdicts,) = judged(document, gone=[[True, True, False, False, False]])
    assert {verdict.line for verdict in verdicts} < {2, 3, 4}
    assert judged(document, gone=[[True] * 5]) == [[]]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([line for part in ENGLISH for line in part]), max_size=12), max_size=6))
def test_a_document_is_judged_the_same_in_any_company(documents):
    together = judged(*documents)
    assert together == [judged(document)[0] for document in documents]
    assert together == judged(*documents)
    for document, verdicts in zip(documents, together, strict=True):
        assert [verdict.line for verdict in verdicts] == sorted({verdict.line for verdict in verdicts})
        assert len(verdicts) < max(1, len(document))


def test_chunks_do_not_show(monkeypatch):
    documents = [[line for part in ENGLISH for line in part], ENGLISH[0], [*ENGLISH[1], *ENGLISH[2]]] * 3
    together = judged(*documents)
    monkeypatch.setattr(lines, "_LINES_AT_ONCE", 10)
    assert judged(*documents) == together


def test_a_document_of_very_many_lines_is_judged_in_parts(monkeypatch):
    document = [line for part in ENGLISH for line in part]
    gone = [number % 5 == 0 for number in range(len(document))]
    monkeypatch.setattr(lines, "_MOST_LINES", 8)
    whole, other = judged(document, ["Share", "More"], gone=[gone, [False, False]])
    parts = [
        (first, judged(document[first : first + 8], gone=[gone[first : first + 8]])[0])
        for first in range(0, len(document), 8)
    ]
    assert whole == [verdict._replace(line=first + verdict.line) for first, told in parts for verdict in told]
    assert whole
    assert [other] == judged(["Share", "More"])


def test_with_numba_and_without_it_is_the_same(monkeypatch):
    pytest.importorskip("numba")
    document = [line for part in ENGLISH for line in part]
    monkeypatch.setattr(compiling, "WORTH_NS", float("inf"))
    slow = judged(document)
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    assert judged(document) == slow


def test_a_text_of_long_sentences_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(LineJudge, "margins", None)
    assert judged(ENGLISH[1]) == [[]]
    assert judged(["word " * 2_000_000]) == [[]]


def test_time_is_linear_in_short_lines(monkeypatch):
    def seconds(count):
        document = [f"line {number % 97}" for number in range(count)]
        began = time.process_time()
        judged(document)
        return time.process_time() - began

    monkeypatch.setattr(compiling, "WORTH_NS", float("inf"))
    seconds(1000)
    assert seconds(40_000) < 25 * seconds(4_000)


def test_weights_that_do_not_belong_together_are_refused(tmp_path):
    judge = line_judge()
    path = tmp_path / "lines.forest"
    judge.first.write(tmp_path / "lines.first.forest")
    dataclasses.replace(judge.second, trained_on="other data").write(path)
    with pytest.raises(BadWeights, match="were not trained together"):
        LineJudge.read(path)


@pytest.mark.parametrize(
    ("vocabulary", "told"),
    [(None, "hold no vocabulary"), ({"words": "?"}, "hold no vocabulary"), ("short", "another size")],
)
def test_a_vocabulary_that_does_not_fit_is_refused(tmp_path, vocabulary, told):
    judge = line_judge()
    if vocabulary == "short":
        vocabulary = dict.fromkeys(judge.known._fields, base64.b64encode(np.zeros(4, np.int8)).decode())
    parameters = {**judge.first.parameters, "vocabulary": vocabulary}
    dataclasses.replace(judge.first, parameters=parameters).write(tmp_path / "lines.first.forest")
    judge.second.write(tmp_path / "lines.forest")
    with pytest.raises(BadWeights, match=told):
        LineJudge.read(tmp_path / "lines.forest")


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(BadWeights, match=r"lines\.first\.forest: the weights cannot be read"):
        LineJudge.read(tmp_path / "lines.forest")


def test_the_weights_are_small():
    files = [WEIGHTS, WEIGHTS.with_suffix(".first.forest")]
    assert sum(file.stat().st_size for file in files) < 1.5 * 2**20
    assert all(len(file.read_bytes()) > 10_000 for file in files)


def test_sentences_of_a_text_of_sentences_stay():
    assert not set(dropped([*ENGLISH[1], *UNNAMED], "precision")) & set(ENGLISH[1])
