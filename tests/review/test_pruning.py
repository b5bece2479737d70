"""What the lock says of what the pipeline does not have any more."""

from __future__ import annotations

import shutil

import pytest

from assetforge.lock.entry import Slot
from assetforge.lock.folder import read_lock, write_changes
from assetforge.planner import all_variants
from assetforge.project import open_project
from assetforge.review.pruning import present_lock, prune, vanished
from assetforge.store.journal import Decision, Journal
from tests.space import Space

DE = Slot("banner/wide/de", "blank", "edit")
EN = Slot("banner/wide/en", "blank", "edit")
WIDE_DE = {DE, DE._replace(step="compose")}
WIDE_EN = {EN, EN._replace(step="compose")}


@pytest.fixture
def space(tmp_path) -> Space:
    """A project where two variants were accepted, their scenes too; nothing else is in the lock."""
    made = Space(tmp_path).quick("de", "en")
    for command in (["build"], ["accept", DE.variant], ["accept", EN.variant]):
        assert made.run(*command).code == 0
    assert slots(made) == {*WIDE_DE, *WIDE_EN}
    return made


def project(space: Space):
    return open_project(space.root / "assetforge.yaml", None)


def slots(space: Space) -> set[Slot]:
    return set(read_lock(space.root / "assetforge.lock").entries)


def decisions(space: Space) -> list[Decision]:
    return Journal(space.root / ".assetforge").decisions()


def drop_wide(space: Space) -> None:
    space.replace("assetforge.yaml", "wide: {size: 1200x628}", "broad: {size: 1200x628}")


def test_a_slot_vanishes_with_its_variant_its_step_or_its_profile(space):
    found = [
        Slot("banner/broad/de", "blank", "edit"),
        Slot("banner/wide/de", "final", "edit"),
        Slot("banner/wide/de", "blank", "export"),
        Slot("poster", "blank", "edit"),
    ]

    assert vanished(project(space), [DE, *found]) == set(found)
    assert DE.variant in {str(each.name) for each in all_variants(project(space))}


def test_after_a_deleted_lock_the_status_is_what_a_build_goes_by(space):
    shutil.rmtree(space.root / "assetforge.lock")

    result = space.run("lock")

    assert result.code == 0
    assert "the lock of 'banner' is gone" in result.err
    assert result.out.splitlines()[1].split() == ["banner", "4", "4", "0", "0", "0", "0"]


def test_what_is_pruned_does_not_come_back(space):
    drop_wide(space)

    assert space.run("lock", "--prune").out.startswith("removed:")

    assert not (space.root / "assetforge.lock").exists()
    assert (space.run("build").err).count("is gone") == 0
    space.replace("assetforge.yaml", "broad: {", "wide: {")
    again = space.run("build")
    assert (again.code, "is gone" in again.err) == (0, False)
    assert not (space.root / "assetforge.lock").exists()


def test_pruning_is_a_decision_that_can_be_undone(space):
    before = (space.root / "assetforge.lock" / "banner.json").read_bytes()
    drop_wide(space)
    space.run("lock", "--prune")

    decision = decisions(space)[-1]
    assert (decision.what, decision.pipeline) == ("prune", "assetforge.yaml")
    assert {Slot(e.variant, e.profile, e.step) for e in decision.changes} == {*WIDE_DE, *WIDE_EN}
    assert all(each.before and each.after is None for each in decision.changes)
    undone = space.run("undo", "--yes")

    assert undone.code == 0
    assert "takes back 'prune'" in undone.err
    assert (space.root / "assetforge.lock" / "banner.json").read_bytes() == before


def test_what_the_lock_did_not_say_any_more_does_not_come_back_either(space):
    """A merge took an entry out; with the last other one the file goes, which is no loss."""
    write_changes(space.root / "assetforge.lock", dict.fromkeys(WIDE_EN), space.root)
    space.replace("assetforge.yaml", "locale: all", "locale: [en]")
    assert slots(space) == WIDE_DE

    before, gone = prune(project(space))

    assert (set(before.entries), gone) == (WIDE_DE, WIDE_DE)
    assert present_lock(project(space)).entries == {}
    assert present_lock(project(space)).repairs == ()
    assert space.run("undo", "--yes").code == 0
    assert slots(space) == WIDE_DE


def test_of_an_asset_that_keeps_something_only_what_vanished_is_written_down(space):
    space.replace("assetforge.yaml", "locale: all", "locale: [en]")

    prune(project(space))

    assert slots(space) == WIDE_EN
    assert [each.variant for each in decisions(space)[-1].changes] == [DE.variant, DE.variant]


def test_what_is_only_remembered_is_pruned_too(space):
    shutil.rmtree(space.root / "assetforge.lock")
    space.replace("assetforge.yaml", "locale: all", "locale: [en]")

    _, gone = prune(project(space))

    assert gone == WIDE_DE
    assert set(present_lock(project(space)).entries) == WIDE_EN


@pytest.mark.parametrize("flags", [["--prune", "--dry-run"], ["--prune"]])
def test_where_nothing_is_removed_nothing_is_written_down(space, flags):
    if "--dry-run" in flags:
        drop_wide(space)
    before = decisions(space)

    assert space.run("lock", *flags).code == 0

    assert decisions(space) == before
    assert slots(space) == {*WIDE_DE, *WIDE_EN}
