"""What a template sees, what of it is recorded, and what it may show."""

from decimal import Decimal

import pytest

from assetforge.prompts import AxisValue, Renderer, Variables
from tests.templates import FORMAT, problem, render, template


def test_an_axis_value_is_its_name_and_has_its_attributes(tmp_path):
    text = (
        "{{ format }} {{ format.size }} {{ format['tone'] }} {{ format == 'wide' }} {{ [format] }}"
    )

    assert render(tmp_path, text, format=FORMAT) == "wide 1200x628 calm True ['wide']"
    assert {FORMAT: 1}[AxisValue("wide", {})] == 1


def test_a_variable_of_the_pipeline_file_may_be_a_mapping_a_list_or_an_exact_number(tmp_path):
    values = {"brand": {"name": "Nordlys", "colours": ["red", "blue"]}, "price": Decimal("1.50")}
    text = (
        "{{ vars.brand.name }} {{ vars.brand.colours|join('+') }} {{ vars.price }} {{ vars.brand }}"
    )

    shown = render(tmp_path, text, vars=values)

    assert shown == "Nordlys red+blue 1.50 {'name': 'Nordlys', 'colours': ['red', 'blue']}"


def test_variables_used_are_recorded_also_those_that_are_absent(tmp_path):
    text = (
        "{{ vars.a }}{{ vars.b.c }}{% if vars.gone is defined %}{% endif %}"
        "{{ 'x' in vars }}{{ vars.list|length }}"
    )
    values = {"a": 1, "b": {"c": 2, "d": 3}, "list": {"e": 1}}

    used = Renderer(tmp_path).render(template(text), {"vars": values})[1]

    assert used.variables == {
        "vars.a",
        "vars.b",
        "vars.b.c",
        "vars.gone",
        "vars.x",
        "vars.list",
        "vars.list.*",
    }


def test_iterating_over_variables_uses_all_of_them():
    used: set[str] = set()

    assert list(Variables({"a": 1}, used)) == ["a"]
    assert used == {"vars.*"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ ['a']|map('upper') }}", "end it with `| join(', ')`"),
        ("{{ ['a']|map('upper') ~ 'b' }}", "end it with `| join(', ')`"),
        ("{{ range }}", "a function"),
        ("{{ 'a'.upper }}", "a function"),
        ("{{ [t] }}", "a function"),
        ("{{ {'a': t} }}", "a function"),
        ("{{ t|quoted }}", "a function"),
        ("{{ vars.items() }}", "of type ItemsView"),
        ("{{ t|tojson }}", "a function"),
    ],
)
def test_what_would_be_shown_as_an_address_is_refused(tmp_path, text, words):
    """An address in a prompt would be another prompt, and another bill, at every build."""
    found = problem(tmp_path, text, t=print, vars={"a": 1})

    assert words in found.message
