"""The merge table: branches come together, by real git, and nothing is lost or bought again."""

import pytest

from assetforge.lock.folder import read_lock
from benchmarks.merges import LOCK, PURCHASES, SCENARIOS, played, purchased, row
from benchmarks.repository import SETTINGS
from tests import called


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def builds_are_called(monkeypatch):
    monkeypatch.setattr("benchmarks.merges.start", called.start)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_merge_loses_nothing(scenario, tmp_path):
    site = played(scenario, tmp_path / "project")

    assert bool(site.conflicts) == scenario.conflict
    assert site.lost == []
    assert read_lock(site.root / LOCK).repairs == ()
    assert not (site.root / ".assetforge/ledger.sqlite").exists(), "nothing was asked of a service"


@pytest.mark.parametrize("purchase", PURCHASES, ids=lambda each: each.name)
def test_what_is_merged_is_not_bought_again(purchase, tmp_path):
    site = purchased(purchase, tmp_path / "project")

    assert bool(site.conflicts) == purchase.conflict
    assert (site.lost, site.calls) == ([], 0)


def test_the_table_has_a_row_for_each_scenario(tmp_path):
    site = played(SCENARIOS[0], tmp_path / "project")

    assert row("neighbouring edits", site) == {
        "scenario": "neighbouring edits",
        "conflicts by git": "none",
        "changed on both sides": 0,
        "lost": "nothing",
        "bought after it": 0,
    }
