"""The upgrade of an earlier store: nothing is lost, and nothing bought again."""

from __future__ import annotations

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from assetforge.action import ActionKey
from assetforge.ledger import Ledger
from assetforge.store.fsck import check_store
from assetforge.store.local import Store
from assetforge.store.state import LAYOUT, State
from tests.refusing import read_only
from tests.store.conftest import files_below

ARCHIVE = Path(__file__).resolve().parent.parent / "data" / "store_of_rule_1.zip"

TRUTH = ("actions/", "cas/")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of a store of layout 1: two scenes, three edits, and a call without an answer."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    root = tmp_path / ".assetforge"
    assert (root / "version").read_text() == "1\n"
    return root


def truth(root: Path) -> dict[str, bytes]:
    return {
        name: (root / name).read_bytes() for name in files_below(root) if name.startswith(TRUTH)
    }


def keys(root: Path) -> list[ActionKey]:
    return [ActionKey(path.stem) for path in sorted((root / "actions").rglob("*.json"))]


@pytest.mark.parametrize("lost", [(), ("state.sqlite",), ("state.sqlite", "ledger.sqlite")])
def test_a_store_of_the_first_layout_is_taken_over_with_all_that_is_in_it(old, lost):
    for name in lost:
        (old / name).unlink()
    before = truth(old)

    store = Store(old, emulation=True)
    known = store.known(keys(old))

    assert (old / "version").read_text() == f"{LAYOUT}\n"
    assert (old / "quarantine").is_dir()
    assert truth(old) == before
    assert len(known) == len(keys(old)) == 5
    for result in known.values():
        said = json.loads((old / "actions" / result.key[:2] / f"{result.key}.json").read_text())
        assert (result.call, result.cost_microdollars) == (said["call"], said["cost_microdollars"])
        assert store.cas.read(result.artifact)
    assert len(store.record.targets()) == (0 if lost else 3)
    assert len(store.record.stands("assetforge.yaml")) == (0 if lost else 10)
    store.close()


def test_its_ledger_is_read_as_it_is(old):
    Store(old).close()

    ledger = Ledger(old)
    entries = ledger.entries()
    unanswered = ledger.unanswered([entries[-1].key])
    ledger.close()

    assert [each.state for each in entries] == ["settled"] * 5 + ["unknown"]
    assert list(unanswered) == [entries[-1].key]
    assert sum(each.cost for each in entries[:5]) == 32_786


def test_it_is_sound(old):
    found = check_store(old, wanted={}, look=list, elsewhere=None, act=True)

    assert found.findings == []
    assert (found.blobs, found.results) == (8, 5)


def test_it_can_be_read_where_it_may_not_be_taken_over(old):
    with read_only(old):
        store = Store(old, emulation=True)
        assert len(store.known(keys(old))) == 5
        store.close()

    assert (old / "version").read_text() == "1\n"


def test_all_that_take_it_over_at_the_same_moment_get_it(old):
    together = Barrier(6)

    def take_over(_: int) -> int:
        together.wait(timeout=60)
        state = State(old)
        found = len(state.rows("SELECT key FROM results"))
        state.close()
        return found

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(take_over, range(6))) == [8] * 6

    assert (old / "version").read_text() == f"{LAYOUT}\n"
