import numpy as np

from pipeline.sign import letters
from pipeline.sign.letters import letters_of


def test_letters_are_the_same_with_few_kinds_of_other_characters_and_with_many() -> None:
    many = "".join(map(chr, range(0x250))) + "東京"
    expected = [ord(char) for char in many if char.isalnum() for _ in range(3 if char in "東京" else 1)]
    assert letters_of(many).tolist() == expected


def test_so_many_kinds_take_the_other_way(monkeypatch) -> None:
    text = "é " + "".join(map(chr, range(0x2190, 0x2200))) + "b"
    both = []
    for most in (0, 1000):
        monkeypatch.setattr(letters, "_MOST_KINDS", most)
        both.append(letters_of(text))
    assert np.array_equal(*both)
    assert both[0].tolist() == [ord("é"), ord("b")]
