from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words.fold import fold
from pipeline.words.tokens import _MOST_SEPARATORS, _TOKEN, tokens, tokens_of

_TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="ab1_-'.,é•…© \n\x1c\u0301\u0e01\u0e31東、ー٣²½Ⅳ\u200dः\ud83d", max_size=40),
)


@given(_TEXTS)
@example("it_s a–b•c")
@example("東京 and é")
def test_cutting_at_separators_gives_what_the_pattern_gives(text: str) -> None:
    folded = fold(text)
    assert tokens_of(folded) == _TOKEN.findall(folded)


def test_a_text_of_many_kinds_of_signs_is_cut_the_same() -> None:
    signs = [chr(0x2200 + at) for at in range(_MOST_SEPARATORS + 5)]
    text = "".join(f"word{sign}é" for sign in signs)
    assert tokens(text) == _TOKEN.findall(fold(text))
    assert len(tokens(text)) == len(signs) + 1
