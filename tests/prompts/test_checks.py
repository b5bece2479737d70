"""Names that nothing defines are found without rendering."""

import pytest

from assetforge.prompts import Renderer
from tests.templates import FORMAT, GERMAN, problem, render, template, write


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("{{ hedline }}", "unknown variable 'hedline'", "did you mean 'headline'?"),
        ("{{ format.sise }}", "there is no 'sise' here", "did you mean 'size'?"),
        ("{{ vars.brnd }}", "there is no 'brnd' here", "did you mean 'brand'?"),
        ("{{ copy.acton }}", "there is no 'acton' here", "did you mean 'action'?"),
        ("{{ 'text'.nothing }}", "there is no 'nothing' here", None),
        ("{{ x|qouted }}", "unknown filter 'qouted'", "did you mean 'quoted'?"),
        ("{{ 1 is evn }}", "unknown test 'evn'", "did you mean 'even'?"),
    ],
)
def test_an_undefined_name_says_what_was_meant(tmp_path, text, message, help):
    context = {
        "format": FORMAT,
        "vars": {"brand": 1},
        "copy": {"action": ""},
        "x": 1,
        "headline": 1,
    }

    found = problem(tmp_path, "\n" + text, **context)

    assert help is None or help in f"{found.message} {found.help}"
    assert found.message.startswith(message)
    assert found.place is not None
    assert (found.place.line, found.place.column > 1) == (2, True)


def test_without_a_near_name_all_names_are_listed(tmp_path):
    assert problem(tmp_path, "{{ q }}", locale=GERMAN, format=FORMAT).help == (
        "known here: format, locale"
    )


def test_undefined_names_are_found_in_branches_that_are_not_taken(tmp_path):
    text = "a\n{% if false %}\n  {{ nowhere }} {{ elsewhere|nofilter }}\n{% endif %}"

    found = Renderer(tmp_path).problems(template(text), [])

    assert [(str(each.place), each.code) for each in found] == [
        ("f:3:6", "undefined-variable"),
        ("f:3:20", "undefined-variable"),
        ("f:3:30", "unknown-filter"),
    ]


def test_names_that_a_template_sets_are_not_undefined(tmp_path):
    write(tmp_path, "lib.j2", "{% macro m(a) %}{{ a }}{% endmacro %}{% set q = 5 %}")
    text = (
        "{% import 'lib.j2' as lib %}{% from 'lib.j2' import m as n, q %}{% set x, y = 1, 2 %}"
        "{% macro own(v, w=x) %}{{ v }}{{ w }}{{ caller is defined }}{% endmacro %}"
        "{% for i in range(2) %}{{ loop.index }}{{ i }}{% endfor %}"
        "{% with z = 3 %}{{ z }}{% endwith %}{{ own(1) }}{{ lib.m(2) }}{{ n(3) }}{{ q }}{{ y }}"
    )

    assert Renderer(tmp_path).problems(template(text), []) == []
    assert render(tmp_path, text) == "1021311False2352"


def test_a_name_may_be_asked_for_with_is_defined_and_default(tmp_path):
    text = "{{ a is defined }} {{ b is undefined }} {{ c|default('d') }} {{ e.f|d('g') }}"

    assert Renderer(tmp_path).problems(template(text), ["e"]) == []
    assert render(tmp_path, text, e={}) == "False True d g"
