"""The files of templates: which may be read, and what is recorded of them."""

import pytest

from assetforge.digest import digest_of
from assetforge.errors import InvalidSource, Place
from assetforge.prompts import Renderer
from assetforge.prompts.loader import MAX_TEMPLATE_BYTES
from tests.templates import problem, render, template, write


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
