"""What variants share: rendered, checked and planned once for all that show it the same."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetforge.action import ActionId
from assetforge.planner import all_variants, make_plan
from assetforge.project import open_project
from assetforge.rendering import VariantRenderer
from assetforge.steps.edit import EditParams
from tests.space import QUICK, Space

LOCALES = (
    *("en", "ar", "cs", "da", "de", "el", "es", "et", "fi", "fr"),
    *("he", "hu", "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl"),
)


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def opened(space: Space):
    return open_project(space.root / "assetforge.yaml")


def all_rendered(space: Space):
    project = opened(space)
    renderer = VariantRenderer(project)
    return [renderer.render(each) for each in all_variants(project)]


def test_a_step_that_reads_no_locale_is_rendered_once_for_twenty(space):
    space.quick(*LOCALES)

    variants = all_rendered(space)

    assert len(variants) == 40
    assert len({id(each.steps[0]) for each in variants}) == 1
    # The edit reads the locale and the copy, and nothing of the format.
    assert len({id(each.steps[1]) for each in variants}) == 20


def test_a_template_is_compiled_once_for_all_variants(space, monkeypatch):
    space.quick(*LOCALES)
    compiled, compile = [], jinja2.Environment.compile

    def counting(self, source, name=None, *arguments, **options):
        compiled.append(name)
        return compile(self, source, name, *arguments, **options)

    monkeypatch.setattr(jinja2.Environment, "compile", counting)

    make_plan(opened(space))

    assert sorted(compiled) == ["prompts/copy.j2", "prompts/scene.j2"]


def test_parameters_are_checked_once_for_each_step(space, monkeypatch):
    space.quick(*LOCALES)
    project, checked = opened(space), []
    validate = EditParams.model_validate

    def counting(raw, **options):
        checked.append(raw)
        return validate(raw, **options)

    monkeypatch.setattr(EditParams, "model_validate", counting)

    make_plan(project)

    assert len(checked) <= 1


def test_parameters_with_templates_are_checked_once_for_each_content(space):
    space.quick(*LOCALES)
    space.replace("assetforge.yaml", "- edit: ", "- model: '{{ format }}'\n        edit: ")

    params = [each.steps[1].params for each in all_rendered(space)]

    assert {each.model for each in params} == {"wide", "tall"}
    assert len({id(each) for each in params}) == 2


def test_twenty_locales_share_the_nodes_of_a_picture_without_words(space):
    space.quick(*LOCALES)

    plan = make_plan(opened(space))

    shared = {id: len(each.variants) for id, each in plan.actions.items() if "compose" in id}
    assert shared == {"banner/wide/compose": 20, "banner/tall/compose": 20}
    assert (
        plan.rendered[ActionId("banner/wide/compose")]
        is plan.rendered[ActionId("banner/tall/compose")]
    )
    assert (
        plan.rendered[ActionId("banner/wide/de/edit")]
        is plan.rendered[ActionId("banner/tall/de/edit")]
    )


PASSAGES = (
    "A {{ format }}.",
    "{{ format.size }}",
    "{{ locale.native_name }}",
    "{% if mirror %}right{% endif %}",
    "{% if format == 'wide' %}{{ locale }}{% endif %}",
    "{% if mirror %}{{ t('banner.' ~ format) }}{% endif %}",
    "{{ t('banner.wide') }}",
    "{{ 1.5 | number }}",
    "{{ copy.headline | quoted }}",
    "{{ copy.get('fixed', '') }}",
    "{% for each in vars.list %}{{ each }}{{ format if each > 1 }}{% endfor %}",
    "{% include 'prompts/' ~ format ~ '.j2' %}",
    "{% from 'lib.j2' import m with context %}{{ m() }}",
    "{% set locale = 'x' %}{{ locale }}",
    "{{ locale.tone | default('none') }} {{ vars.season }} {{ asset.tags }}",
    "{{ 1 // 0 if locale == 'he' else 1 }}",
    "{{ t('banner.lacking') if format == 'tall' }}",
)

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json", missing: mix}
profiles: {blank: {provider: blank}}
vars: {season: spring, list: [1, 2]}
assets:
  banner:
    matrix:
      format: {wide: {size: 16x32}, tall: {size: 32x16}}
      locale: {en: , de: {tone: formal}, ar: , he: }
    tags: [a]
    references: ["{{ format }}.png"]
    steps:
      - compose: prompts/one.j2
        model: "{{ 'a' if mirror else 'b' }}"
      - edit: prompts/two.j2
        copy: {headline: "banner.{format}", fixed: {text: Sale, max_words: 1}}
    output: out/{locale}/{format}.png
    alt: banner.plain
    overrides:
      he: {vars: {season: winter}}
      tall/de: {prompt: null, steps: {edit: {copy: {headline: banner.wide}}}}
"""


def written(folder: str, one: str, two: str) -> Space:
    space = Space(Path(folder))
    space.write("assetforge.yaml", PIPELINE)
    space.write("prompts/one.j2", one)
    space.write("prompts/two.j2", two)
    space.write("prompts/wide.j2", "Wide {{ locale }}.")
    space.write("prompts/tall.j2", "Tall.")
    space.write(
        "lib.j2", "{% macro m() %}{{ format }}{% if mirror %}{{ locale }}{% endif %}{% endmacro %}"
    )
    for each in ("en", "de", "ar", "he"):
        texts = {"wide": f"Wide {each} {{locale}}", "tall": f"Tall {each} now"}
        texts["plain"] = f"Plain {each} {{format}}"
        if each != "he":
            texts["lacking"] = "there"
        space.write(f"locales/{each}.json", json.dumps({"banner": texts}))
    for each in ("wide", "tall"):
        space.write(f"{each}.png", "x")
    return space


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.sampled_from(PASSAGES[:8] + PASSAGES[10:]), max_size=4).map("\n".join),
    st.lists(st.sampled_from(PASSAGES), max_size=4).map("\n".join),
    st.randoms(use_true_random=False),
)
def test_what_is_shared_is_what_each_variant_comes_to_alone(one, two, random):
    with TemporaryDirectory() as folder:
        project = opened(written(folder, one, two))
        variants = all_variants(project)
        random.shuffle(variants)
        together = VariantRenderer(project)

        for each in variants:
            assert together.render(each) == VariantRenderer(project).render(each)


def test_formats_that_ask_for_the_same_share_one_action(space):
    space.quick(
        "en",
        "de",
        pipeline=QUICK.replace("{size: 1200x628}", "{}").replace("{size: 600x900}", "{}"),
    )

    plan = make_plan(opened(space))

    assert [*plan.actions] == ["banner/compose", "banner/de/edit", "banner/en/edit"]
    assert plan.actions[ActionId("banner/de/edit")].variants == ("banner/wide/de", "banner/tall/de")
