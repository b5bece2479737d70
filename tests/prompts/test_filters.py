"""Filters: those there are, those of a locale, those with bounds."""

from decimal import Decimal

import pytest

from assetforge.prompts import Renderer
from assetforge.quotation import quoted
from tests.templates import FORMAT, FRENCH, GERMAN, problem, render, template


@pytest.mark.parametrize("name", ["random", "lipsum", "escape", "safe", "xmlattr", "format"])
def test_nothing_random_and_nothing_for_html_is_there(tmp_path, name):
    assert problem(tmp_path, f"{{{{ 'a'|{name} }}}}").code == "unknown-filter"
    assert problem(tmp_path, f"{{{{ {name}() }}}}").code == "undefined-variable"


def test_filters_of_a_locale_are_not_computed_when_a_template_is_compiled(tmp_path):
    """Jinja2 folds constants: a plain filter would keep the first locale's text for all."""
    text = (
        "{{ 'x'|quoted }} {{ 1234.5|number }} {{ 0.25|percent }} "
        "{{ 9.9|currency('EUR') }} {{ '2026-11-21'|date('long') }} {{ 'a' ~ 'b' }}"
    )
    renderer = Renderer(tmp_path)

    shown = [renderer.render(template(text), {"locale": each})[0] for each in (GERMAN, FRENCH)]

    assert shown == [
        '"x" 1.234,5 25 % 9,90 € 21. November 2026 ab',
        '"x" 1 234,5 25 % 9,90 € 21 novembre 2026 ab',
    ]


def test_without_a_locale_numbers_are_written_as_in_the_source_locale(tmp_path):
    rendered = Renderer(tmp_path, "de").render(template("{{ 1.5|number }}"), {})

    assert rendered[0] == "1,5"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ 'abc'|number }}", "'abc' is not a number"),
        ("{{ none|percent }}", "none is not a number"),
        ("{{ 5|currency }}", "'currency' takes a currency such as 'EUR' in parentheses"),
        ("{{ 5|number('x') }}", "'number' takes nothing in parentheses"),
        ("{{ 5|currency('EUX') }}", "unknown currency 'EUX'"),
        ("{{ 'x'|date('long') }}", "'x' is not a day; write it as 2026-11-21"),
        ("{{ '2026-11-21'|date('loud') }}", "unknown date style 'loud'"),
        (
            "{{ '2026-11-21'|date }}",
            "'date' takes one of 'short', 'medium', 'long', 'full' in parentheses",
        ),
    ],
)
def test_wrong_use_of_a_filter_is_located(tmp_path, text, message):
    found = problem(tmp_path, f"a\nb {text}")

    assert found.message.startswith(message)
    assert str(found.place).startswith("f:2:")


def test_quotes_are_chosen_so_that_they_do_not_occur_in_the_text():
    assert [quoted(each) for each in ("a", 'a"', 'a"“', 'a"“»', 'a"”«「')] == [
        '"a"',
        '“a"”',
        '«a"“»',
        '「a"“»」',
        "'a\"”«「'",
    ]
    assert quoted("a\"”«「'") == '"a””«「\'"'


def test_tojson_is_plain_and_knows_variables(tmp_path):
    values = {"a": {"b": Decimal("1.5"), "c": ["<&'>"]}, "f": FORMAT}

    assert render(tmp_path, "{{ vars|tojson }}", vars=values) == (
        '{"a": {"b": 1.5, "c": ["<&\'>"]}, "f": "wide"}'
    )
    assert render(tmp_path, "{{ [1]|tojson(2) }}") == "[\n  1\n]"


def test_modest_use_of_the_bounded_filters_works(tmp_path):
    text = (
        "{{ 'a'|center(3) }}|{{ 'a\nb'|indent(2) }}|{{ [1, 2, 3]|batch(2)|list }}|"
        "{{ 1.25|round(1) }}|{{ 'a b'|wordwrap(1) }}|{{ 'aaa'|replace('a', 'b', 2) }}|"
        "{{ 'aa'|replace('a', 'b') }}|{{ [1] + [2] }}"
    )

    assert render(tmp_path, text) == "a |a\n  b|[[1, 2], [3]]|1.2|a\nb|bba|bb|[1, 2]"
