from textwrap import dedent

import pytest

from assetforge.diagnostics import as_json, count, render
from assetforge.errors import Diagnostic, Place

FILE = "assetforge.yaml"


def shown(text: str, column: int, length: int = 1, label: str = "") -> str:
    problem = Diagnostic("bad", "this is bad", Place(FILE, 1, column, length), label)
    return render([problem], {FILE: text})


def block(text: str) -> str:
    return dedent(text).strip("\n")


def test_a_diagnostic_shows_its_line_a_caret_and_advice():
    text = "assets:\n" + "\n" * 5 + '        promt: "ヒーロー画像 {{ product }}"\n'
    problem = Diagnostic(
        "unknown-key",
        "unknown key 'promt'",
        Place(FILE, 7, 9, 5),
        "not a known key here",
        "did you mean 'prompt'?",
    )

    assert render([problem], {FILE: text}) == block(
        """
        error[unknown-key]: unknown key 'promt'
         --> assetforge.yaml:7:9
          |
        7 |         promt: "ヒーロー画像 {{ product }}"
          |         ^^^^^ not a known key here
          = help: did you mean 'prompt'?

        1 error
        """
    )


def test_related_places_of_the_same_file_stand_in_the_order_of_lines():
    text = "".join(f"line{n}: 1\n" for n in range(1, 13))
    problem = Diagnostic(
        "duplicate-key",
        "duplicate key 'line1'",
        Place(FILE, 12, 1, 6),
        "second definition",
        related=((Place(FILE, 1, 1, 5), "first defined here"), (Place(FILE, 2, 1, 5), "")),
    )

    assert render([problem], {FILE: text}) == block(
        """
        error[duplicate-key]: duplicate key 'line1'
          --> assetforge.yaml:12:1
           |
         1 | line1: 1
           | ----- first defined here
         2 | line2: 1
           | -----
        ...
        12 | line12: 1
           | ^^^^^^ second definition

        1 error
        """
    )


def test_a_related_place_of_another_file_has_a_block_of_its_own():
    problem = Diagnostic(
        "bad", "bad", Place("b.po", 1, 1, 3), related=((Place("a.po", 2, 1, 3), "here"),)
    )

    assert render([problem], {"a.po": "\nxyz", "b.po": "abc"}) == block(
        """
        error[bad]: bad
         --> b.po:1:1
          |
        1 | abc
          | ^^^
          ::: a.po:2:1
          |
        2 | xyz
          | --- here

        1 error
        """
    )


@pytest.mark.parametrize(
    ("text", "column", "length", "indent", "carets"),
    [
        ("abc", 2, 1, 1, 1),
        ("日本x", 3, 1, 4, 1),
        ("日本x", 1, 2, 0, 4),
        ("e\u0301x", 3, 1, 1, 1),
        ("\tx", 2, 1, 4, 1),
        ("ab\tx", 4, 1, 4, 1),
        ("abc", 9, 4, 3, 1),
        ("abc", 2, 99, 1, 2),
        ("a\u200bx", 3, 1, 1, 1),
        ("\x1b[31mx", 6, 1, 8, 1),
    ],
)
def test_the_caret_stands_below_its_character(text, column, length, indent, carets):
    line = shown(text, column, length).split("\n")[4]

    assert line == "  | " + " " * indent + "^" * carets


def test_a_long_line_is_cut_around_the_caret():
    lines = shown("x" * 5000 + "HERE" + "y" * 5000, 5001, 4).split("\n")

    assert len(lines[3]) < 120
    start = lines[4].index("^")
    assert lines[3][start : start + 4] == "HERE"
    assert lines[3].startswith("1 | …x")
    assert lines[3].endswith("y…")


def test_terminal_codes_of_the_user_are_written_out():
    problem = Diagnostic(
        "bad", "bad '\x1b[2J\u202e\n'", Place(FILE, 1, 1), "\x07", "\x9b", severity="warning"
    )
    text = render([problem], {FILE: "a\x1b[2J\u2066"})

    assert not any(character in text for character in "\x1b\x07\x9b\u202e\u2066")
    assert "\\x1b[2J\\u202e\\n" in text


def test_what_looks_like_a_key_is_not_shown():
    key = "sk-proj-0123456789abcdefghij"
    problem = Diagnostic("bad", f"unknown model '{key}'", Place(FILE, 1, 8, len(key)))

    assert render([problem], {FILE: f"model: {key}, locale: sk-Latn"}) == block(
        """
        error[bad]: unknown model '****************************'
         --> assetforge.yaml:1:8
          |
        1 | model: ****************************, locale: sk-Latn
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        1 error
        """
    )
    assert key not in str(as_json([problem]))


def test_without_its_source_a_diagnostic_has_a_place_and_no_line():
    problem = Diagnostic("bad", "bad", Place("gone.yaml", 3, 4))

    assert render([problem], lambda file: None) == block(
        """
        error[bad]: bad
         --> gone.yaml:3:4

        1 error
        """
    )


def test_a_diagnostic_of_a_file_as_a_whole_or_of_none_has_no_line():
    problems = [
        Diagnostic("empty-file", "'a.yaml' is empty", Place("a.yaml")),
        Diagnostic("odd", "odd", severity="warning"),
    ]

    assert render(problems, {"a.yaml": ""}) == block(
        """
        warning[odd]: odd

        error[empty-file]: 'a.yaml' is empty
         --> a.yaml

        1 error, 1 warning
        """
    )


def test_diagnostics_are_sorted_by_place_and_told_once():
    late, early = (
        Diagnostic("x", name, Place(FILE, line, 1)) for name, line in [("b", 9), ("a", 2)]
    )
    text = render([late, early, late], {})

    assert text.index("error[x]: a") < text.index("error[x]: b")
    assert text.endswith("\n\n2 errors")


def test_colour_is_given_only_when_asked_for():
    problem = Diagnostic("bad", "bad", Place(FILE, 1, 1), help="do")

    plain, coloured = (render([problem], {FILE: "abc"}, colour) for colour in (False, True))

    assert "\x1b" not in plain
    assert "\x1b[1;31merror[bad]\x1b[0m" in coloured
    for code in ("\x1b[0m", "\x1b[1;31m", "\x1b[1;34m", "\x1b[1m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


def test_nothing_wrong_is_nothing_said():
    assert render([], {}) == ""
    assert count([]) == ""


def test_as_json_a_diagnostic_is_plain_data():
    problem = Diagnostic(
        "bad", "bad", Place(FILE, 2, 3, 4), "here", "do", ((Place("b", 1, 1, 1), "there"),)
    )

    assert as_json([problem, Diagnostic("odd", "odd", Place("a"))]) == [
        {
            "code": "odd",
            "severity": "error",
            "message": "odd",
            "help": None,
            "file": "a",
            "line": None,
            "column": None,
            "length": None,
            "label": "",
            "related": [],
        },
        {
            "code": "bad",
            "severity": "error",
            "message": "bad",
            "help": "do",
            "file": FILE,
            "line": 2,
            "column": 3,
            "length": 4,
            "label": "here",
            "related": [{"file": "b", "line": 1, "column": 1, "length": 1, "label": "there"}],
        },
    ]
    assert as_json([Diagnostic("odd", "odd")])[0]["file"] is None
