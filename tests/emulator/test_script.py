import pytest

from assetforge.emulator.script import ordered_texts


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("", {}),
        ("Read.\n[1]\n5", {}),
        ('Read.\n{"texts": [{"slot": "a", "text": "A\\nb"}]}', {"a": "A\nb"}),
        ('{"texts": [{"slot": "a", "text": "A\u2028b"}]}', {"a": "A\u2028b"}),
    ],
)
def test_the_texts_are_those_of_the_line_of_json(words, texts):
    assert ordered_texts(words) == texts
