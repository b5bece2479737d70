import pytest

from assetforge.quotation import quoted, show_copy


@pytest.mark.parametrize(
    ("prompt", "copy", "added"),
    [
        ('Say "Sale".', {"a": "Sale"}, []),
        ("Say «Sale» now.", {"a": "Sale"}, []),
        ("Free of clutter, start with the sky.", {"a": "Free", "b": "start"}, ["a", "b"]),
        ('Say "Sale now".', {"a": "Sale", "b": "Sale now"}, ["a"]),
        ('Say "Sale now" and "Sale".', {"a": "Sale", "b": "Sale now"}, []),
        ("「無料」と書く", {"a": "無料"}, []),
        ("今日は無料と書く", {"a": "無料"}, ["a"]),
        ("twice", {"a": "x", "b": "x"}, ["a", "b"]),
        ('"x" once', {"a": "x", "b": "x"}, ["b"]),
        ("", {"a": "x"}, ["a"]),
        ("x", {"a": ""}, []),
    ],
)
def test_a_text_is_shown_where_it_is_quoted_and_nowhere_else(prompt, copy, added):
    """Words of the prompt that happen to equal a text are no order to draw it."""
    shown = show_copy(prompt, copy)

    assert [each for each in copy if f"- {each}: " in shown] == added
    assert show_copy(shown, copy) == shown


def test_a_text_with_every_quotation_mark_in_it_is_added_once():
    text = "a \" “ « 「 ' b"

    shown = show_copy("", {"a": text})

    assert quoted(text) in shown
    assert show_copy(shown, {"a": text}) == shown
