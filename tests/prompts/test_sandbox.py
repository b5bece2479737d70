"""What a template may compute and reach, and what stops it."""

import time
from decimal import Decimal

import pytest

from assetforge.prompts import Renderer
from assetforge.quotation import quoted
from tests.templates import FORMAT, problem, render, template, write


def test_exact_numbers_and_those_of_a_template_can_be_reckoned_with(tmp_path):
    text = "{{ p * 2 }} {{ p + 0.25 }} {{ 1 - p }} {{ p / 2 }} {{ p // 1 }} {{ 7 % 4 }} {{ 2 * 3 }}"

    assert render(tmp_path, text, p=Decimal("1.50")) == "3.00 1.75 -0.50 0.75 1 3 6"


def test_an_entry_of_a_mapping_wins_over_a_method_of_its_name(tmp_path):
    assert render(
        tmp_path, "{{ copy.copy }} {{ copy.items }}", copy={"copy": "a", "items": "b"}
    ) == ("a b")
    assert render(tmp_path, "{{ vars.get('x', 'y') }}", vars={}) == "y"


def test_an_undefined_name_in_a_calculation_is_named(tmp_path):
    found = problem(tmp_path, "{{ vars.hight * 2 }}", vars={"height": 2})

    assert (found.code, found.message) == (
        "undefined-variable",
        "there is no 'hight' here; did you mean 'height'?",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ ''.__class__.__mro__ }}", "template-forbidden"),
        ("{{ ''['__class__'] }}", "template-forbidden"),
        ("{{ x|attr('__class__') }}", "template-forbidden"),
        ("{{ format._attributes }}", "template-forbidden"),
        ("{{ t.__globals__ }}", "template-forbidden"),
        ("{{ '{0.__class__}'.format(1) }}", "template-forbidden"),
        ("{{ '{0.__class__}'|attr('format') }}", "template-forbidden"),
        ("{{ x.append(1) }}", "template-forbidden"),
        ("{{ copy.clear() }}", "template-forbidden"),
        ("{{ copy.update(a=1) }}", "template-forbidden"),
        ("{{ (5).to_bytes(1000000000, 'big') }}", "template-forbidden"),
        ("{{ 'a' * 10 ** 9 }}", "template-forbidden"),
        ("{{ 'a' * 1000000000 }}", "template-forbidden"),
        ("{{ [1] * 1000000000 }}", "template-forbidden"),
        ("{{ 10 ** 10 }}", "template-forbidden"),
        ("{{ '%1000000000d' % 1 }}", "template-forbidden"),
        ("{{ 'a'.ljust(1000000000) }}", "template-forbidden"),
        ("{{ 'a'|center(1000000000) }}", "template-forbidden"),
        ("{{ 'a'|indent(width=1000000000) }}", "template-forbidden"),
        ("{{ [1]|batch(1000000000, 1)|list }}", "template-forbidden"),
        ("{{ 1|round(1000000000, 'ceil') }}", "template-forbidden"),
        ("{{ {}|tojson(1000000000) }}", "template-forbidden"),
        ("{{ range(10000000) }}", "template-forbidden"),
        ("{{ long|replace('a', long) }}", "template-forbidden"),
        ("{% set x = long ~ long ~ (long ~ long) ~ long ~ long %}", "template-forbidden"),
        ("{% set x = long + long + long + long + long + long %}", "template-forbidden"),
        ("{% set n = 9000000000 %}" + "{% set n = n * n %}" * 3, "template-forbidden"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "template-error"),
        ("{% include 'self.j2' %}", "template-error"),
        ("{% macro f() %}{{ f }}{% endmacro %}{{ f() }}", "template-error"),
    ],
)
def test_a_template_cannot_leave_its_sandbox_or_fill_the_memory(tmp_path, text, code):
    write(tmp_path, "self.j2", "{% include 'self.j2' %}")
    context = {"x": [], "copy": {"a": 1}, "format": FORMAT, "long": "a" * 20_000, "t": quoted}

    begun = time.monotonic()
    found = problem(tmp_path, "a\n" + text, **context)

    assert found.code == code
    assert found.place is not None
    assert found.place.line > 0
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in r %}{% for b in r %}{% for c in r %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) ~ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% for a in r %}{% for b in r %}{% set x = 'y' %}"
        + "z" * 1000
        + "{% endfor %}{% endfor %}",
        "{% set q %}{% for a in r %}" + "z" * 10000 + "{% endfor %}{% endset %}",
        "{% for a in r %}{% include 'large.j2' %}{% endfor %}",
        "{% for a in r recursive %}{{ loop(r) }}{% endfor %}",
    ],
)
def test_a_template_that_never_ends_is_stopped(tmp_path, text):
    write(tmp_path, "large.j2", "{#" + "x" * 100_000 + "#}")

    begun = time.monotonic()
    found = problem(tmp_path, "{% set r = range(1000)|list %}" + text)

    assert found.code in ("template-forbidden", "template-error")
    assert time.monotonic() - begun < 5


def test_the_allowance_is_that_of_one_rendering(tmp_path):
    renderer = Renderer(tmp_path)
    text = "{% for a in range(1000) %}{% for b in range(900) %}{% endfor %}{% endfor %}x"

    assert [renderer.render(template(text), {})[0] for _ in range(3)] == ["x", "x", "x"]


def test_text_is_not_escaped(tmp_path):
    assert render(tmp_path, "{{ a }} {{ a ~ '<' }} {{ a + '<' }}", a="<&>") == "<&> <&>< <&><"


@pytest.mark.parametrize(
    "text",
    [
        "{{ range(1000)|join(long) }}",
        "{{ long|wordwrap(1, wrapstring=long) }}",
        "{{ long|indent(long) }}",
        "{% for a in [1]|_counted(-100000000) %}{% for b in range(1000) %}"
        "{% for c in range(1000) %}{% set d = c %}{% endfor %}{% endfor %}{% endfor %}",
    ],
)
def test_a_long_option_or_a_forged_count_fills_no_memory(tmp_path, text):
    found = problem(tmp_path, text, long="a" * 20_000)

    assert found.code == "template-forbidden"
