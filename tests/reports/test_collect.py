import os

import pytest

from assetforge.decided import Options, open_store, plan_and_decide
from assetforge.project import open_project
from assetforge.reports.collect import bytes_of, collect
from assetforge.reports.pictures import Picture
from tests.cli import toy
from tests.space import Space

PICTURE = "out/de/banner-wide.png"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def pictures(space: Space) -> dict[str, Picture]:
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    store = open_store(project)
    try:
        found = collect(plan_and_decide(Options(file), store, project), store)
    finally:
        store.close()
    return {each.path: each for each in found}


def test_before_a_build_all_are_missing_and_say_why(space):
    found = pictures(space)

    assert {(each.state, each.reason, each.sha256) for each in found.values()} == {
        ("missing", "compose: never built", None)
    }


def test_after_a_build_all_are_current(space):
    space.build()

    picture = pictures(space)[PICTURE]

    assert (picture.state, picture.reason, picture.exists) == ("current", "", True)
    assert (picture.variant, picture.locale, picture.lang) == ("banner/wide/de", "de", "de")
    assert picture.copy == {"headline": "Sale de", "action": "Buy de"}
    assert [each.step for each in picture.steps] == ["compose", "edit", "export"]
    assert [each.shared_by for each in picture.steps] == [2, 1, 1]
    assert picture.steps[0].prompt == "A calm scene."


def test_a_picture_that_was_deleted_is_missing(space):
    space.build()
    (space.root / PICTURE).unlink()

    picture = pictures(space)[PICTURE]

    assert (picture.state, picture.reason) == ("missing", "the file is not there")


def test_a_picture_that_was_edited_says_so(space):
    space.build()
    space.write(PICTURE, "by hand")

    picture = pictures(space)[PICTURE]

    assert (picture.state, picture.reason) == ("edited", "not as assetforge left it")


def test_a_picture_that_nobody_made_is_not_ours(space):
    space.write(PICTURE, "by hand")

    assert pictures(space)[PICTURE].state == "edited"


def test_a_picture_that_was_only_touched_is_current(space):
    space.build()
    os.utime(space.root / PICTURE, (1, 1))

    assert pictures(space)[PICTURE].state == "current"


def test_a_picture_behind_its_words_is_stale_and_says_why(space):
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    found = pictures(space)

    assert found[PICTURE].state == "stale"
    assert found[PICTURE].reason == "edit: copy changed: headline"
    assert found["out/en/banner-wide.png"].state == "current"
    assert [each.key is None for each in found[PICTURE].steps] == [False, False, True]


def test_a_picture_behind_the_store_is_stale(space):
    """Words that were built before and come back are in the store, but not in the file."""
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    space.build()
    space.locale("de", headline="Sale de", action="Buy de", alt="Hills de")

    picture = pictures(space)[PICTURE]

    assert (picture.state, picture.reason) == ("stale", "a newer one is in the store")


def test_a_step_shows_what_it_cost_or_would_cost(space):
    space.quick(pipeline=toy.PRICED)
    with toy.installed():
        before = pictures(space)[PICTURE].steps
        space.run("build", "--yes")
        after = pictures(space)[PICTURE].steps

    assert float(before[0].cost_usd) > 0.02
    assert [each.cost_usd for each in after] == ["0.02", "0.02", "0.00"]


def test_bytes_are_those_of_the_file(space):
    space.build()
    picture = pictures(space)[PICTURE]

    assert bytes_of(space.root, picture) == (space.root / PICTURE).read_bytes()
    (space.root / PICTURE).unlink()
    assert bytes_of(space.root, picture) is None
