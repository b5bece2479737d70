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
        digests[name] = store.cas.put(f"the {name}".encode(), durable=False)
        result = a_result(name, digests[name], **said)
        if name == "edit":
            result = replace(result, manifest={**result.manifest, "inputs": [digests["scene"]]})
        publisher.publish(result)
    return found, digests


def spare(shared, *roots, days=30, later=40 * DAY, **said):
    return shared_spare(shared, roots, keep_days=days, now=time.time() + later, **said)[0]


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

    later = time.time() + 40 * DAY
    found = shared_spare(elsewhere, [digests["edit"]], keep_days=30, spare_paid=True, now=later)
    delete_shared(elsewhere.backend, *found)

    fresh = Elsewhere(elsewhere.backend, {})
    assert set(fresh.everything()) == {a_key("scene"), a_key("edit")}
    assert fresh.blob(digests["left"]) is None
    assert fresh.blob(digests["scene"]) == b"the scene"


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
    assert digests["left"] in found.blobs["uncertain"]
    assert "is damaged, and is not taken" in elsewhere.warnings[0]


def test_an_emulated_result_takes_no_real_one_of_its_key_with_it(shared, store):
    elsewhere, _ = shared
    emulated = a_result("left", store.cas.put(b"emulated", durable=False), emulated=True)
    Publisher(elsewhere, store.cas, None).publish(emulated)
    later = time.time() + 40 * DAY

    found, gone = shared_spare(elsewhere, [], keep_days=30, now=later)

    assert emulated.artifact in {each.result.artifact for each in found.results}
    assert a_key("left") not in gone


def test_an_old_blob_of_a_young_result_stays(shared, store):
    elsewhere, digests = shared
    old = time.time() - 90 * DAY
    os.utime(elsewhere.backend.place("blobs", digests["free"]), (old, old))

    assert names(spare(elsewhere, days=30, later=0)) == set()
