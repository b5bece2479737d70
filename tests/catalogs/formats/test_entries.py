import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import Choice


def problems(entries):
    with pytest.raises(InvalidSource) as raised:
        entries.check()
    return [str(problem) for problem in raised.value.diagnostics]


def test_a_blank_text_is_an_empty_message_whatever_its_state():
    message = Entries("x", "plain").message("a", " \n", 1, 2, 3, "fuzzy", "say hello", 30)

    assert message == Message("", 1, 2, 3, "empty", "say hello", 30)


def test_a_fault_in_a_text_is_located_where_the_file_has_it_as_it_is():
    entries = Entries("x", "printf")

    entries.message("quoted", "12%(", 1, 10, 6)
    entries.message("bare", "12%(", 2, 10, 4)
    entries.message("escaped", '"2%(', 3, 10, 7)

    assert [problem.split(" ")[0] for problem in problems(entries)] == [
        "x:1:13:",
        "x:2:12:",
        "x:3:10:",
    ]


def test_of_a_text_that_cannot_be_shown_nothing_else_is_said():
    entries = Entries("x", "icu")

    entries.message("a", "{n, \ud800}", 1, 1)

    assert problems(entries) == ["x:1:1: message 'a' holds half of a character (U+D800)"]


def test_problems_are_told_in_the_order_of_their_places():
    entries = Entries("x", "plain")
    messages: dict[str, Message] = {}

    entries.keep(messages, "b", entries.message("b", "x\x07", 2, 1))
    entries.keep(messages, "a", entries.message("\x07a", "y", 1, 5))
    entries.keep(messages, "a", entries.message("a", "y", 1, 3))

    assert problems(entries) == [
        "x:1:3: message 'a' is there twice",
        "x:1:5: message '\\x07a' holds a control character (U+0007); "
        "only line breaks are allowed; remove it",
        "x:2:1: message 'b' holds a control character (U+0007); "
        "only line breaks are allowed; remove it",
    ]


def test_an_empty_message_with_an_id_that_cannot_be_shown_is_a_problem():
    entries = Entries("x", "plain")

    entries.message("\ud800", "", 1, 1)

    assert len(problems(entries)) == 1


def test_a_plural_stands_where_its_first_form_does():
    entries = Entries("x", "plain")
    one, other = entries.message("a", "x", 1, 1), entries.message("a", "xs", 2, 1)

    message = entries.plural(one, {"one": one, "other": other})

    assert message.place("x") == one.place("x")
    assert message.value == (Choice("count", "plural", (("one", ("x",)), ("other", ("xs",)))),)


def test_what_can_be_lived_with_is_a_warning():
    entries = Entries("x", "plain")

    entries.warning("odd", "this is odd", 1, 2)

    entries.check()
    assert [(str(each), each.severity) for each in entries.warnings] == [
        ("x:1:2: this is odd", "warning")
    ]


def test_there_are_bounds_to_what_is_kept(monkeypatch):
    monkeypatch.setattr("assetforge.catalogs.formats.entries.MAX_PROBLEMS", 2)
    monkeypatch.setattr("assetforge.catalogs.formats.entries.MAX_TEXTS", 4)
    entries = Entries("x", "plain")
    messages: dict[str, Message] = {}

    for line in range(1, 5):
        entries.problem("odd", "wrong", line, 1)
        entries.warning("odd", "odd", line, 1)
        entries.keep(messages, "a", entries.message("a", "\x07", line, 1))

    assert len(entries.warnings) == len(problems(entries)) == 2
    with pytest.raises(InvalidSource, match=r"^x: holds more than 4 texts$"):
        entries.message("a", "x", 1, 1)
