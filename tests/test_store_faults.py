"""What a store's faults come to. The whole tables are a benchmark; here each kind of fault is once.

Where something is wrong with the world, or two builds run at once, they are real processes: see
`tests/faulty.py`. What is done about a fault afterwards is called in this one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from benchmarks.shelf import STORE, Shelf
from benchmarks.store_faults import (
    BUILD,
    FAULTS,
    LOCK,
    MODES,
    Fault,
    Scene,
    befallen,
    built_scene,
    cases,
    copied,
    full,
    two_clocks,
    writes_of_a_build,
)
from tests import called

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="faults are brought about by POSIX"),
    pytest.mark.usefixtures("unmeasured"),
]

SAMPLE = 8
"""So many writes are tried, spread over a build; the benchmark tries each."""


@pytest.fixture(scope="module")
def writes() -> int:
    return writes_of_a_build()


@pytest.fixture
def called_here(monkeypatch):
    monkeypatch.setattr("benchmarks.store_faults.start", called.start)


@pytest.mark.usefixtures("called_here")
@pytest.mark.parametrize("part", range(SAMPLE))
def test_a_full_disk_is_told_of_and_loses_and_buys_again_nothing_that_was_kept(writes, part):
    write = 1 + part * writes // SAMPLE + part

    found = full(write, MODES[part % 2])

    assert found.sound, found


def test_the_last_write_of_a_build_is_not_needed_for_its_pictures(writes):
    found = full(writes + 1, "from then on")

    assert (found.code, found.calls, found.lost) == (0, 0, 0), found


@pytest.fixture(scope="module")
def built() -> Iterator[Scene]:
    with built_scene() as place:
        yield place


AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

ASIDE = (1, "quarantine", 0)

ENDS = {
    "nothing": [(0, "", 0), (0, "sound", 0)],
    "blob: one bit flipped": [(1, "damaged", 0), ASIDE, (1, "--rebuy", 0), (1, "lost", 0)],
    "blob: cut short": [(1, "damaged", 0), ASIDE, (1, "--rebuy", 0), (1, "lost", 0)],
    "blob: empty": [(1, "--rebuy", 0), ASIDE, (1, "--rebuy", 0), (1, "lost", 0)],
    "blob: gone": [(1, "--rebuy", 0), (1, "lost", 0), (1, "--rebuy", 0)],
    "blob: gone, and bought again": [(1, "--rebuy", 0), (0, "", 1), (0, "sound", 0), (0, "", 0)],
    "index: cut short": [(1, "assetforge fsck", 0), (0, "", 0), (0, "", 0), (0, "", 0)],
    "index: deleted": [(0, "", 0), (0, "sound", 0)],
    "result: cut short": [(0, "", 0), (0, "repaired", 0), (0, "", 0)],
    "result: deleted": [(0, "", 0), (0, "repaired", 0), (0, "", 0)],
    "ledger: cut short": [(0, "", 0), (1, "assetforge fsck", 0), (0, "", 0), (0, "", 0)],
    "lock folder: deleted": [(0, "", 0), (0, "", 0)],
    "lock file: cut short": [(2, "lock-damaged", 0), (2, "lock-damaged", 0)],
    "lock file: empty": [(2, "lock-damaged", 0), (2, "lock-damaged", 0)],
    "store: read-only, new words": [(1, "be written to", 0), (0, "", 4)],
    "store: another's, new words": [(1, "belongs to", 0)],
}
"""Fault → of each command: its exit code, a part of what it says, and the calls it makes."""

TRIED = [each for each in FAULTS if each.name in ENDS and (AS_ROOT or not each.root)]


@pytest.mark.usefixtures("called_here")
@pytest.mark.parametrize("fault", TRIED, ids=lambda each: each.name)
def test_a_fault_of_the_store_is_told_of_and_costs_nothing_by_itself(built: Scene, fault: Fault):
    steps = befallen(fault, built)

    expected = ENDS[fault.name]
    assert [(each.code, each.calls) for each in steps] == [(a, c) for a, _, c in expected], steps
    for step, (_, words, _) in zip(steps, expected, strict=True):
        assert words in step.says, step
        assert not step.broke, step
    assert {each.lost for each in steps} == {int(fault.name.startswith("blob"))}


def test_every_fault_is_tried():
    assert set(ENDS) <= {each.name for each in FAULTS}


@pytest.mark.usefixtures("called_here")
def test_a_lock_file_that_was_deleted_is_written_again_as_it_was(built):
    with copied(built) as place:
        before = (place.root / LOCK).read_text()
        (place.root / LOCK).unlink()

        ended = place.run(BUILD)

        assert (ended.code, ended.calls) == (0, 0), ended
        assert (place.root / LOCK).read_text() == before


@pytest.mark.usefixtures("called_here")
def test_a_build_lives_without_its_index_and_its_ledger(built):
    with copied(built) as place:
        for path in [*(place.root / STORE).glob("*.sqlite*")]:
            path.unlink()

        ended = place.run(BUILD)

        assert (ended.code, ended.calls) == (0, 0), ended
        assert len(Shelf(place.root).whole()) == 4


@pytest.mark.parametrize(("seconds", "machine"), [(3_600, ""), (-86_400, ""), (86_400, "other")])
def test_two_clocks_never_make_two_processes_buy_the_same_picture(seconds, machine):
    found = two_clocks(seconds, machine)

    assert not found["bought twice"], found
    assert found["ledger is bill"], found
    assert not found["lost"], found
    assert not found["broke"], found


@pytest.mark.usefixtures("called_here")
def test_what_differs_in_case_only_is_refused_before_anything_is_bought():
    rows = {(row["differ in case"], row["command"]): row for row in cases()}

    for what in ("assets", "targets"):
        for (each, command), row in rows.items():
            if each == what:
                assert (row["exit"], row["calls"]) == (2, 0), (command, row)
    assert rows["nothing", BUILD]["exit"] == 0
