"""Copy that cannot stand in the box that a service may change is refused before it is paid for."""

import pytest

from assetforge.action import ActionId
from assetforge.fit import unfit
from assetforge.planner import make_plan
from assetforge.project import open_project
from tests.space import Space

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "l/{locale}.json"}
profiles:
  paid: {provider: openai, model: gpt-image-2-2026-04-21, max_cost: 5}
assets:
  banner:
    matrix: {locale: all}
    steps:
      - compose: A scene.
      - edit: Set the words.
        copy: {headline: %s, action: go}
        region: [0, 80%%, 30%%, 20%%]
    output: out/{locale}.png
"""

WORDS = "A headline of quite a few words that has to stand in a narrow box "


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def project(space: Space, headline: str, slot: str = "title") -> Space:
    space.write("assetforge.yaml", PIPELINE % slot)
    space.write("l/en.json", '{"title": "Short", "go": "Go"}')
    space.write("l/ka.json", f'{{"title": "{headline}", "go": "ყიდვა"}}')
    return space


def problems(space: Space) -> list[str]:
    found = open_project(space.root / "assetforge.yaml")
    plan = make_plan(found)
    return [str(each) for each in unfit(found, plan, plan.actions)]


def test_words_that_fit_their_region_are_let_through(space):
    assert problems(project(space, "ფასდაკლება")) == []


def test_words_that_run_over_are_told_with_variant_slot_and_place(space):
    (found,) = problems(project(space, 12 * WORDS))

    assert found.startswith("assetforge.yaml:12:17: banner/ka: headline: it is too long")


def test_lines_are_counted_in_the_real_box(space):
    assert problems(project(space, WORDS, "{message: title, max_lines: 4}")) == []
    assert problems(project(space, WORDS, "{message: title, max_lines: 2}"))


def test_letters_that_the_bundled_fonts_lack_are_for_the_model_to_draw(space):
    assert problems(project(space, "𓀀")) == []


def test_a_build_refuses_it_before_it_asks_anybody(space):
    project(space, 12 * WORDS)

    result = space.run("build", "--yes")

    assert result.code == 2
    assert "does-not-fit" in result.err
    assert not list((space.root / ".assetforge/actions").rglob("*.json"))


def test_drafts_set_no_more_lines_than_the_slot_allows(space):
    project(space, WORDS, "{message: title, max_lines: 1}")
    space.replace(
        "assetforge.yaml",
        "{provider: openai, model: gpt-image-2-2026-04-21, max_cost: 5}",
        "{provider: draft}",
    )

    result = space.run("build", "banner/ka")

    assert result.code == 1
    assert "headline: it is too long for its box" in result.err
    space.replace("assetforge.yaml", "max_lines: 1", "max_lines: 4")
    assert space.run("build", "banner/ka").code == 0


def test_ids_that_have_no_region_are_not_measured(space):
    project(space, 12 * WORDS)
    found = open_project(space.root / "assetforge.yaml")

    assert not [*unfit(found, make_plan(found), [ActionId("banner/compose")])]


def test_check_measures_too(space):
    project(space, 12 * WORDS)

    result = space.run("check")

    assert result.code == 2
    assert "does-not-fit" in result.err
    assert space.run("check", "--locale", "en").code == 0


def test_who_takes_texts_that_are_too_long_is_only_warned(space):
    project(space, 12 * WORDS)
    space.replace("assetforge.yaml", 'json"}', 'json", too_long: warn}')

    result = space.run("check")

    assert result.code == 0
    assert "warning[does-not-fit]" in result.err
