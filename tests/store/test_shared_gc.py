from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge import registry
from assetforge.errors import UsageProblem
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.publishing import Publisher
from assetforge.store.shared_gc import delete_shared, shared_spare
from tests.store.conftest import a_key, a_result

DAY = 24 * 60 * 60


@pytest.fixture
def shared(tmp_path: Path, store):
    """A shared folder with a scene, an edit of it, a free picture, and a paid one of no branch."""
    found = Elsewhere(registry.open_backend(str(tmp_path / "shared")), {})
    found.backend.prepare()
    publisher = Publisher(found, store.cas, None)
    digests = {}
    for name, said in {
        "scene": {"call": "1"},
        "edit": {"call": "2"},
        "free": {},
        "left": {"call": "3"},
    }.items():
        digests[name] = store.cas.put(name.encode(), durable=False)
        result = a_result(name, digests[name], **said)
        if name == "edit":
            result = replace(result, manifest={**result.manifest, "inputs": [digests["scene"]]})
        publisher.publish(result)
    return found, digests


def spare(shared, *roots, days=30, later=40 * DAY, **said):
    return shared_spare(shared, roots, keep_days=days, now=time.time() + later, **said)


def names(found):
    return {each.result.key for each in found.results}


def test_what_a_lock_names_stays_with_all_it_was_made_from(shared):
    elsewhere, digests = shared

    found = spare(elsewhere, digests["edit"], spare_paid=True)

    assert names(found) == {a_key("free"), a_key("left")}
    assert set(found.blobs["stood_on"]) == {digests["edit"], digests["scene"]}


def test_what_was_paid_for_stays_unless_somebody_says_otherwise(shared):
    elsewhere, digests = shared

    assert names(spare(elsewhere, digests["edit"])) == {a_key("free")}
    assert names(spare(elsewhere, digests["edit"], named=[digests["left"]])) == {
        a_key("free"),
        a_key("left"),
    }


def test_what_is_young_stays(shared):
    elsewhere, digests = shared

    assert names(spare(elsewhere, spare_paid=True, later=5 * DAY)) == set()
    assert names(spare(elsewhere, spare_paid=True, later=5 * DAY, days=2)) == {
        a_key(each) for each in digests
    }


def test_what_something_stands_on_cannot_be_named(shared):
    elsewhere, digests = shared

    with pytest.raises(UsageProblem, match="the lock or a target stands on the picture"):
        spare(elsewhere, digests["edit"], named=[digests["scene"]])


def test_results_go_with_their_blobs_and_the_rest_is_as_it_was(shared):
    elsewhere, digests = shared

    delete_shared(elsewhere.backend, spare(elsewhere, digests["edit"], spare_paid=True))

    fresh = Elsewhere(elsewhere.backend, {})
    left = {each.key for each in fresh.everything()}
    assert left == {a_key("scene"), a_key("edit")}
    assert fresh.blob(digests["left"]) is None
    assert fresh.blob(digests["scene"]) == b"scene"


def test_a_blob_that_no_result_names_stays_for_a_day(shared):
    elsewhere, _ = shared
    elsewhere.backend.create("blobs", "f" * 64, b"of somebody who publishes right now")

    young = spare(elsewhere, days=0, later=0.5 * DAY)
    old = spare(elsewhere, days=0, later=2 * DAY)

    assert "f" * 64 in young.blobs["young"]
    assert "f" * 64 in old.blobs["spare"]


def test_a_result_that_does_not_count_is_told_and_left_alone(shared):
    elsewhere, digests = shared
    place = Path(elsewhere.backend.place("results", a_key("left")))
    place.chmod(0o600)
    place.write_text("{")
    os.utime(place)

    found = spare(elsewhere, digests["edit"], spare_paid=True)

    assert names(found) == {a_key("free")}
    assert "is damaged, and is not taken" in elsewhere.warnings[0]
