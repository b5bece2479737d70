"""What each variant was made from, and plans of variants by their names."""

import json

import pytest

from assetforge.action import VariantName
from assetforge.errors import InvalidSource, NothingSelected
from assetforge.matrix import Variant
from assetforge.planner import Selection, make_plan
from assetforge.project import open_project
from assetforge.rendered import Needs
from tests.pictures import ramp, saved
from tests.space import Space

ALL = Selection()

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}}
fonts: [fonts]
assets:
  mascot:
    matrix: {locale: all}
    steps: [{compose: "A {{ t('name') }}.", size: 64x64}]
    output: "mascot/{locale}.png"
  banner:
    matrix: {format: {wide: {size: 64x32}, tall: {size: 32x64}}, locale: all}
    references: ["{{ format }}.png", asset:mascot]
    steps:
      - compose: prompts/scene.j2
      - edit: Set {{ copy.headline | quoted }}.
        copy: {headline: headline}
        typeset: [de]
    output: "{locale}/{format}.png"
    alt: alt
  other:
    matrix: {format: [a, b]}
    steps: [{compose: A scene.}]
    output: "other/{format}.png"
"""


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    space.write(
        "prompts/scene.j2", "{% include 'prompts/' ~ format ~ '.j2' ignore missing %}Hills."
    )
    space.write("prompts/wide.j2", "Wide ")
    space.write("fonts/a.ttf", "x")
    for name in ("wide", "tall"):
        (tmp_path / f"{name}.png").write_bytes(saved(ramp((8, 8))))
    for each in ("en", "de"):
        space.write(
            f"locales/{each}.json", json.dumps({"headline": each, "alt": each, "name": each})
        )
    return space


def named(*names: str) -> frozenset[VariantName]:
    return frozenset(map(VariantName, names))


def needs(space: Space, selection: Selection = ALL):
    found: dict[VariantName, Needs] = {}

    def note(variant: Variant, needs: Needs) -> None:
        found[variant.name] = needs

    plan = make_plan(open_project(space.root / "assetforge.yaml"), selection, note=note)
    return plan, found


def test_a_variant_tells_all_that_it_was_made_from(space):
    _, found = needs(space)

    wide, tall = found["banner/wide/de"], found["banner/tall/de"]
    assert wide.messages == {(at, id) for at in ("de", "en") for id in ("headline", "alt")}
    assert wide.templates == {"prompts/scene.j2", "prompts/wide.j2"}
    assert wide.files == {"wide.png", "fonts/a.ttf"}
    assert wide.pictures == {"mascot/de"}
    # Looked for in vain: a file of that name would change it.
    assert tall.templates == {"prompts/scene.j2", "prompts/tall.j2"}
    assert found["banner/wide/en"].files == {"wide.png"}
    assert found["mascot/de"].messages == {("de", "name"), ("en", "name")}
    assert not any(found["other/a"])


def test_every_variant_is_told_of_once_in_the_order_of_the_plan(space):
    told = []
    project = open_project(space.root / "assetforge.yaml")
    plan = make_plan(project, note=lambda variant, needs: told.append(variant))

    assert [*dict.fromkeys(target.variant.name for target in plan.targets)] == [
        each.name for each in told
    ]


@pytest.mark.parametrize("policy", ["skip", "fallback", "mix"])
def test_messages_that_were_looked_for_in_vain_are_told_too(space, policy):
    space.write("locales/de.json", json.dumps({"alt": "de", "name": "de"}))
    space.replace("assetforge.yaml", "locales: {", f"locales: {{missing: {policy}, ")
    space.replace("assetforge.yaml", "fonts: [fonts]\n", "")
    space.replace("assetforge.yaml", "        typeset: [de]\n", "")

    plan, found = needs(space)

    assert {("de", "headline"), ("en", "headline")} <= found["banner/wide/de"].messages
    assert bool(plan.skipped) == (policy == "skip")


def test_what_is_left_out_with_another_picture_tells_which(space):
    space.write("locales/de.json", json.dumps({"alt": "de", "headline": "de"}))
    space.replace("assetforge.yaml", "locales: {", "locales: {missing: skip, ")

    plan, found = needs(space)

    assert {each.variant for each in plan.skipped} == {
        "mascot/de",
        "banner/wide/de",
        "banner/tall/de",
    }
    assert found["banner/wide/de"].pictures == {"mascot/de"}


def test_variants_can_be_planned_by_their_names(space):
    names = named("banner/wide/de", "banner/tall/de")

    plan, found = needs(space, Selection(names=names))

    by_selector = make_plan(
        open_project(space.root / "assetforge.yaml"), Selection(("banner/*/de",))
    )
    assert plan == by_selector
    assert [*found] == ["mascot/de", "banner/wide/de", "banner/tall/de"]
    assert {each.variant.name for each in plan.targets} == names


def test_planning_by_names_looks_at_no_other_asset(space):
    """An asset with more variants than are allowed is wrong, but none of its business."""
    space.replace("assetforge.yaml", "format: [a, b]", "format: [a, b, c, d, e]")
    project = open_project(space.root / "assetforge.yaml")

    with pytest.raises(InvalidSource, match="'other' has 5 variants"):
        make_plan(project, Selection(max_variants=4))
    some = make_plan(project, Selection(names=named("banner/wide/en"), max_variants=4))

    assert [each.path for each in some.targets] == ["en/wide.png"]


def test_a_name_of_no_variant_is_an_error(space):
    project = open_project(space.root / "assetforge.yaml")

    with pytest.raises(NothingSelected, match="there is no variant 'banner/wide/fr'"):
        make_plan(project, Selection(names=named("banner/wide/fr", "banner/wide/de")))
