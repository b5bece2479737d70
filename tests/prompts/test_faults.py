"""Each mistake in a template is shown where it is."""

import pytest

from tests.templates import problem, write


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a\n  {% fr x in y %}", "f:2:6", "encountered unknown tag 'fr'"),
        ("a\n{{ x", "f:2:1", "unexpected end of template"),
        ("a\n\nb {% endif %}", "f:3:6", "encountered unknown tag 'endif'"),
        ("a\n {% if true %}\nb\n", "f:2:2", "'if' is opened here and not closed"),
        (
            "{% for a in b %}{% endfor %}\n{%- for c in d %}\n{% if c %}{% endif %}",
            "f:2:1",
            "'for' is opened here and not closed",
        ),
        ("{% if a %}{% else %}{% else %}{% endif %}", "f:1:14", "encountered unknown tag 'else'"),
        ("{{ a b }}", "f:1:6", "expected token 'end of print statement', got 'b'"),
        ("a {{ x }", "f:1:8", "unexpected '}'"),
        ("a\r\nb\r{{ 'x }}", "f:3:1", "unexpected char"),
        ("x\n{# a", "f:2:1", "missing end of comment tag"),
        ("{% macro m(a, a) %}{% endmacro %}", "f:1:1", "duplicate argument"),
        ("{{ " + "9" * 5000 + " }}", "f:1:1", "exceeds the limit"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "f:1:1", "nested too deeply"),
        ("{% if 1 %}" * 120 + "{% endif %}" * 120, "f:1:1", "too many levels"),
        (
            "x\n" + "{% for a in b %}" * 4 + "{% endfor %}" * 4,
            "f:2:1",
            "loops may be nested 3 deep",
        ),
        ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "f:2:10", "block 'a' defined"),
    ],
)
def test_a_syntax_error_has_its_line_and_column(tmp_path, text, place, words):
    found = problem(tmp_path, text)

    assert (str(found.place), found.code) == (place, "template-syntax")
    assert words in found.message
    assert "\n" not in found.message


def test_a_misspelt_tag_is_recognised(tmp_path):
    assert problem(tmp_path, "{% fr x in y %}").help == "did you mean 'for'?"


def test_an_error_in_an_included_file_is_shown_there(tmp_path):
    write(tmp_path, "p/a.j2", "fine\n{% include './b.j2' %}")
    write(tmp_path, "p/b.j2", "fine\n\n  {{ copy.nothing }}")
    write(tmp_path, "p/c.j2", "x\n{% endfor %}")
    write(tmp_path, "p/d.j2", "x\n{% if 1 %}\n")

    assert str(problem(tmp_path, "{% include 'p/a.j2' %}", copy={}).place) == "p/b.j2:3:11"
    assert str(problem(tmp_path, "{% include 'p/c.j2' %}").place) == "p/c.j2:2:4"
    assert str(problem(tmp_path, "{% include 'p/d.j2' %}").place) == "p/d.j2:2:1"


def test_an_error_in_a_macro_is_shown_at_its_line(tmp_path):
    write(tmp_path, "lib.j2", "{% macro m() %}\n\n{{ 1 // 0 }}{% endmacro %}")

    found = problem(tmp_path, "a\n{% from 'lib.j2' import m %}\n{{ m() }}")

    assert (str(found.place), found.message) == (
        "lib.j2:3:1",
        "integer division or modulo by zero",
    )


@pytest.mark.parametrize(
    "text",
    [
        "{% extends 5 %}",
        "{% include [] %}",
        "{% include 5 %}",
        "{{ 5() }}",
        "{% for a, b in [1] %}{% endfor %}",
        "{{ [1, 'a']|sort }}",
        "{{ 1 < 'a' }}",
        "{{ 1e400|int }}",
        "{{ 'x'|truncate(-5) }}",
        "{{ [1]|map('nofilter')|list }}",
        "{{ loop.index }}",
        "{{ self.x() }}",
        "{{ super() }}",
        "{{ [1][99999999999999999999] }}",
        "{% set a.b = 1 %}",
        "{% include '" + "x" * 300 + "' %}",
        "{% include 'a\\0b' %}",
        "{{ 1 / 0 }}",
    ],
)
def test_whatever_a_template_does_wrong_is_located(tmp_path, text):
    found = problem(tmp_path, "\n\n" + text, a={})

    assert found.place is not None
    assert (found.place.file, found.place.line) == ("f", 3)
    assert "\n" not in found.message
