"""Rendering: what a prompt may be, and where a template or a message is asked for."""

from contextlib import suppress

import pytest

from assetforge.errors import InvalidSource, Place
from assetforge.prompts import MAX_PROMPT_CHARACTERS, Renderer
from tests.templates import problem, render, template, write


@pytest.mark.parametrize(("text", "word"), [("{{ '\\ud800' }}", "U+D800"), ("a\x07b", "U+0007")])
def test_a_character_that_is_no_text_is_refused(tmp_path, text, word):
    assert word in problem(tmp_path, text).message


def test_a_prompt_has_a_longest_length(tmp_path):
    assert len(render(tmp_path, "a" * MAX_PROMPT_CHARACTERS)) == MAX_PROMPT_CHARACTERS
    assert "longer than 32000" in problem(tmp_path, "a" * (MAX_PROMPT_CHARACTERS + 1)).message


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ a }}{{ a.b }}", {"a"}),
        ("{% if a %}{{ b }}{% endif %}", {"a", "b"}),
        ("{% for each in [] %}{{ a }}{% endfor %}", set()),
        ("{% for each in [1] %}{{ a }}{% endfor %}", {"a"}),
        ("{% include a ~ '.j2' %}", {"a", "b"}),
        ("{% from 'm.j2' import m with context %}{{ m() }}", {"a"}),
        ("{{ 1.5 | number }}", {"locale"}),
        ("{% extends 'base.j2' %}{% block x %}{{ b }}{% endblock %}", {"a", "b"}),
        ("{{ a }}{{ 1 // 0 }}{% include 'one.j2' %}", {"a"}),
    ],
)
def test_the_names_that_a_template_looks_at_are_noted(tmp_path, text, names):
    write(tmp_path, "one.j2", "{{ b }}")
    write(tmp_path, "m.j2", "{% macro m() %}{{ a }}{% endmacro %}")
    write(tmp_path, "base.j2", "{{ a }}{% block x %}{% endblock %}")
    renderer = Renderer(tmp_path)
    noted: set[str] = set()

    with suppress(InvalidSource):
        renderer.render(template(text), {"a": "one", "b": 2, "c": 3, "locale": "de"}, noted.add)

    assert noted & {"a", "b", "c", "locale"} == names
    renderer.render(template("{{ c }}"), {"c": 3})
    assert "c" not in noted


def test_an_imported_module_is_made_anew_for_each_rendering(tmp_path):
    write(tmp_path, "m.j2", "{% macro m() %}{{ a }}{% endmacro %}")
    renderer = Renderer(tmp_path)
    written = template("{% from 'm.j2' import m with context %}{{ m() }}")

    shown = [renderer.render(written, {"a": each})[0] for each in "xyx"]

    assert shown == ["x", "y", "x"]
