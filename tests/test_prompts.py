"""Templates: what they see, what they may do, and where each mistake in one is shown."""

import time
from decimal import Decimal

import pytest

from assetforge.digest import digest_of
from assetforge.errors import InvalidSource, Place
from assetforge.prompts import (
    MAX_PROMPT_CHARACTERS,
    MAX_TEMPLATE_BYTES,
    AxisValue,
    PromptTemplate,
    Renderer,
    Variables,
    quoted,
)

FORMAT = AxisValue("wide", {"size": "1200x628", "tone": "calm"})
GERMAN = AxisValue("de", {"name": "German"})
FRENCH = AxisValue("fr", {"name": "French"})


def template(text, name="scene"):
    return PromptTemplate(name, text, lambda line, column, length: Place("f", line, column, length))


def render(root, text, **context):
    return Renderer(root).render(template(text), context)[0]


def problem(root, text, **context):
    """Return the first problem of a template: what `check` finds, or else what rendering does."""
    renderer, written = Renderer(root), template(text)
    found = renderer.problems(written, context)
    if not found:
        with pytest.raises(InvalidSource) as caught:
            renderer.render(written, context)
        found = list(caught.value.diagnostics)
    return found[0]


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


# What a template sees


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


def test_exact_numbers_and_those_of_a_template_can_be_reckoned_with(tmp_path):
    text = "{{ p * 2 }} {{ p + 0.25 }} {{ 1 - p }} {{ p / 2 }} {{ p // 1 }} {{ 7 % 4 }} {{ 2 * 3 }}"

    assert render(tmp_path, text, p=Decimal("1.50")) == "3.00 1.75 -0.50 0.75 1 3 6"


def test_an_entry_of_a_mapping_wins_over_a_method_of_its_name(tmp_path):
    assert render(
        tmp_path, "{{ copy.copy }} {{ copy.items }}", copy={"copy": "a", "items": "b"}
    ) == ("a b")
    assert render(tmp_path, "{{ vars.get('x', 'y') }}", vars={}) == "y"


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


# Names that nothing defines


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


def test_an_undefined_name_in_a_calculation_is_named(tmp_path):
    found = problem(tmp_path, "{{ vars.hight * 2 }}", vars={"height": 2})

    assert (found.code, found.message) == (
        "undefined-variable",
        "there is no 'hight' here; did you mean 'height'?",
    )


# Syntax


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


# The sandbox


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


@pytest.mark.parametrize("name", ["random", "lipsum", "escape", "safe", "xmlattr", "format"])
def test_nothing_random_and_nothing_for_html_is_there(tmp_path, name):
    assert problem(tmp_path, f"{{{{ 'a'|{name} }}}}").code == "unknown-filter"
    assert problem(tmp_path, f"{{{{ {name}() }}}}").code == "undefined-variable"


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


@pytest.mark.parametrize(("text", "word"), [("{{ '\\ud800' }}", "U+D800"), ("a\x07b", "U+0007")])
def test_a_character_that_is_no_text_is_refused(tmp_path, text, word):
    assert word in problem(tmp_path, text).message


def test_a_prompt_has_a_longest_length(tmp_path):
    assert len(render(tmp_path, "a" * MAX_PROMPT_CHARACTERS)) == MAX_PROMPT_CHARACTERS
    assert "longer than 32000" in problem(tmp_path, "a" * (MAX_PROMPT_CHARACTERS + 1)).message


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


# Filters


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


def test_text_is_not_escaped(tmp_path):
    assert render(tmp_path, "{{ a }} {{ a ~ '<' }} {{ a + '<' }}", a="<&>") == "<&> <&>< <&><"


def test_modest_use_of_the_bounded_filters_works(tmp_path):
    text = (
        "{{ 'a'|center(3) }}|{{ 'a\nb'|indent(2) }}|{{ [1, 2, 3]|batch(2)|list }}|"
        "{{ 1.25|round(1) }}|{{ 'a b'|wordwrap(1) }}|{{ 'aaa'|replace('a', 'b', 2) }}|"
        "{{ 'aa'|replace('a', 'b') }}|{{ [1] + [2] }}"
    )

    assert render(tmp_path, text) == "a |a\n  b|[[1, 2], [3]]|1.2|a\nb|bba|bb|[1, 2]"


# Files


def test_every_template_that_is_looked_for_is_recorded(tmp_path):
    write(tmp_path, "a.j2", "A{% include name %}")
    write(tmp_path, "b.j2", "B")
    write(tmp_path, "lib.j2", "{% set q = 1 %}{% macro m() %}{% include 'b.j2' %}{% endmacro %}")
    text = (
        "{% include 'a.j2' %}{% from 'lib.j2' import m %}{% import 'lib.j2' as lib %}{{ m() }}"
        "{% include ['no.j2', 'nor.j2'] ignore missing %}{% include ['gone.j2', 'b.j2'] %}"
    )

    shown, used = Renderer(tmp_path).render(template(text, "top.j2"), {"name": "b.j2"})

    assert shown == "ABBB"
    assert used.templates == {
        "top.j2": digest_of(text.encode()),
        "a.j2": digest_of(b"A{% include name %}"),
        "b.j2": digest_of(b"B"),
        "lib.j2": digest_of((tmp_path / "lib.j2").read_bytes()),
        "no.j2": None,
        "nor.j2": None,
        "gone.j2": None,
    }


def test_each_rendering_records_for_itself(tmp_path):
    write(tmp_path, "a.j2", "A")
    renderer = Renderer(tmp_path)

    first = renderer.render(template("{% include 'a.j2' %}"), {})[1]
    second = renderer.render(template("{% include 'a.j2' %}"), {})[1]
    third = renderer.render(template("x"), {})[1]

    assert list(first.templates) == list(second.templates) == ["a.j2"]
    assert third.templates == {}


def test_the_top_level_of_an_imported_file_is_computed_anew_for_each_locale(tmp_path):
    """Jinja2 caches an imported module on its template, with the first locale's text."""
    write(tmp_path, "lib.j2", "{% set T = t('hi') %}{% macro m() %}{{ T }}{% endmacro %}")
    text = "{% import 'lib.j2' as lib with context %}{{ lib.T }} {{ lib.m() }}"
    renderer = Renderer(tmp_path)

    shown = [
        renderer.render(template(text), {"t": lambda id, to=each: f"{to}:{id}"})[0]
        for each in ("de", "fr")
    ]

    assert shown == ["de:hi de:hi", "fr:hi fr:hi"]


def test_a_byte_order_mark_and_windows_line_ends_do_not_reach_the_prompt(tmp_path):
    write(tmp_path, "a.j2", b"\xef\xbb\xbfone\r\ntwo {{ 1 }}\r\n")
    renderer = Renderer(tmp_path)
    written = renderer.file_template("a.j2", Place("x"))

    assert renderer.render(written, {})[0] == "one\ntwo 1"


def test_a_problem_in_a_file_is_shown_in_the_file(tmp_path):
    write(tmp_path, "p/a.j2", b"\xef\xbb\xbfone\r\ntwo {{ nothing }}\r\n")
    renderer = Renderer(tmp_path)
    written = renderer.file_template("p/a.j2", Place("x"))

    assert str(renderer.problems(written, [])[0].place) == "p/a.j2:2:8"


def test_an_absent_file_is_located_where_it_is_asked_for(tmp_path):
    write(tmp_path, "prompts/scene.j2", "x")

    with pytest.raises(InvalidSource) as caught:
        Renderer(tmp_path).file_template("prompts/scen.j2", Place("f", 3, 4))

    assert str(caught.value) == (
        "f:3:4: there is no template 'prompts/scen.j2' in the project; "
        "did you mean 'prompts/scene.j2'?"
    )


@pytest.mark.parametrize(
    "name", ["../out.j2", "/etc/out.j2", "link.j2", "folder/out.j2", "dir.j2", "gone/x.j2"]
)
def test_a_template_outside_the_project_is_not_there(tmp_path, name):
    root = tmp_path / "project"
    write(tmp_path, "out.j2", "secret")
    (root / "dir.j2").mkdir(parents=True)
    (root / "link.j2").symlink_to(tmp_path / "out.j2")
    (root / "folder").symlink_to(tmp_path)

    with pytest.raises(InvalidSource) as caught:
        Renderer(root).file_template(name, Place("f", 1, 1))

    assert "there is no template" in str(caught.value)
    assert problem(root, f"{{% include '{name}' %}}").code == "missing-template"


def test_a_link_within_the_project_is_followed(tmp_path):
    write(tmp_path, "a.j2", "A")
    (tmp_path / "b.j2").symlink_to(tmp_path / "a.j2")

    assert render(tmp_path, "{% include 'b.j2' %}") == "A"


def test_a_name_beside_the_including_file_starts_with_a_dot(tmp_path):
    write(tmp_path, "p/q/a.j2", "A{% include './../b.j2' %}{% include 'c.j2' %}")
    write(tmp_path, "p/b.j2", "B")
    write(tmp_path, "c.j2", "C")

    shown, used = Renderer(tmp_path).render(template("{% include './p/q/a.j2' %}", "f:x"), {})

    assert shown == "ABC"
    assert list(used.templates) == ["p/q/a.j2", "p/b.j2", "c.j2"]


def test_a_file_that_is_not_utf_8_is_located(tmp_path):
    write(tmp_path, "a.j2", b"one\ntwo \xe9")

    assert str(problem(tmp_path, "{% include 'a.j2' %}")) == (
        "a.j2:2:5: the byte 0xe9 is no UTF-8; save the file as UTF-8"
    )
    with pytest.raises(InvalidSource, match=r"a\.j2:2:5"):
        Renderer(tmp_path).file_template("a.j2", Place("f"))


def test_a_file_that_is_too_large_is_refused(tmp_path):
    write(tmp_path, "a.j2", "x" * (MAX_TEMPLATE_BYTES + 1))

    with pytest.raises(InvalidSource, match="larger than 200,000 bytes"):
        Renderer(tmp_path).file_template("a.j2", Place("f"))


@pytest.mark.parametrize("name", ["a\0.j2", "x" * 300 + ".j2"])
def test_a_name_that_no_file_can_have_is_located(tmp_path, name):
    with pytest.raises(InvalidSource) as caught:
        Renderer(tmp_path).file_template(name, Place("f", 2, 3))

    assert str(caught.value).startswith("f:2:3: the template ")


def test_where_a_message_is_asked_for_is_known_while_rendering(tmp_path):
    write(tmp_path, "a.j2", "x\n\n{{ t('x') }}")
    renderer = Renderer(tmp_path)
    seen = []

    def ask(id):
        seen.append(renderer.line_in_progress())
        return id

    renderer.render(template("a\n{{ t('y') }}{% include 'a.j2' %}"), {"t": ask})

    assert seen == [("scene", 2), ("a.j2", 3)]
    assert renderer.line_in_progress() == ("", 0)
    assert str(renderer.place_in(None, "a.j2", 3, "x")) == "a.j2:3:7"
    assert str(renderer.place_in(None, "gone.j2", 3, "x")) == "gone.j2:3:1"
    assert str(renderer.place_in(template("\n  x"), "scene", 2, "x")) == "f:2:3"
