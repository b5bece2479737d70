from contextlib import closing
from dataclasses import replace

import pytest

from assetforge.action import ActionId
from assetforge.decided import Options, open_store
from assetforge.digest import Digest
from assetforge.lock.folder import Lock
from assetforge.project import open_project
from assetforge.rebuilder import Hit, Run
from assetforge.since.comparison import Side, all_of, changes
from assetforge.since.past import side_of
from tests.space import Space

EDIT = ActionId("banner/wide/de/edit")


@pytest.fixture
def built(tmp_path):
    space = Space(tmp_path).quick()
    space.build()
    return side(space)


def side(space: Space) -> Side:
    options = Options(space.root / "assetforge.yaml")
    project = open_project(options.file)
    with closing(open_store(project)) as store:
        return side_of(project, store, Lock({}), options)


def hit_of(side: Side) -> Hit:
    decision = side.decisions[EDIT]
    assert isinstance(decision, Hit)
    return decision


def changed(before: Side, after: Side) -> dict[str, tuple[str, ...]]:
    return {str(each.variant): each.steps for each in changes(before, after)}


def test_what_is_the_same_is_no_change(built):
    assert changes(built, built) == []


def test_other_bytes_under_the_same_key_are_a_change(built):
    """Somebody accepted or imported another picture for the same words."""
    hit = hit_of(built)
    other = replace(hit, result=replace(hit.result, artifact=Digest("f" * 64)))
    then = Side(built.plan, {**built.decisions, EDIT: other})

    assert changed(then, built) == {"banner/wide/de": ("edit",)}


def test_a_picture_that_was_not_right_and_is_accepted_now_is_a_change(built):
    hit = hit_of(built)
    refused = Run(hit.key, hit.result.manifest, hit.result)
    then = Side(built.plan, {**built.decisions, EDIT: refused})

    assert changed(then, built) == {"banner/wide/de": ("edit",)}
    assert changed(then, then) == {}


def test_bytes_that_only_one_side_knows_are_no_change(built):
    hit = hit_of(built)
    run = Run(hit.key, hit.result.manifest)
    then = Side(built.plan, {**built.decisions, EDIT: run})

    assert changed(then, built) == changed(built, then) == {}


def test_what_waits_is_the_same_with_the_same_words_and_inputs(tmp_path, built):
    fresh = side(Space(tmp_path / "fresh").quick())
    other = side(Space(tmp_path / "other").quick("en", "fr"))

    assert changed(fresh, built) == changed(built, fresh) == {}
    assert {each.variant: each.kind for each in changes(fresh, other)} == {
        "banner/wide/fr": "added",
        "banner/tall/fr": "added",
        "banner/wide/de": "removed",
        "banner/tall/de": "removed",
    }


def test_what_is_left_out_is_not_gone(built):
    none = Side(replace(built.plan, targets=()), built.decisions)
    names = {each.variant.name for each in built.plan.targets}

    assert [each.kind for each in changes(built, none)] == ["removed"] * 4
    assert changes(built, none, names) == []


def test_where_nobody_knows_what_was_all_of_it_counts(built):
    found = all_of(built, "changed")

    assert [(each.kind, each.steps, each.before) for each in found] == [
        ("changed", ("compose", "edit", "export"), None)
    ] * 4
    assert all(each.after for each in found)
