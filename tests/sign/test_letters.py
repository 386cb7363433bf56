from pipeline.sign.letters import letters_of


def test_letters_are_the_same_with_few_kinds_of_other_characters_and_with_many() -> None:
    many = "".join(map(chr, range(0x250))) + "東京"
    expected = [ord(char) for char in many if char.isalnum() for _ in range(3 if char in "東京" else 1)]
    assert letters_of(many).tolist() == expected


def test_symbols_of_every_kind_are_left_out() -> None:
    text = "é " + "".join(map(chr, range(0x2190, 0x2200))) + "b\U0001f600c"
    assert letters_of(text).tolist() == [ord("é"), ord("b"), ord("c")]
