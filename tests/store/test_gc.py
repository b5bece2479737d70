from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.store.action_cache import ActionResult
from assetforge.store.fsck import check_store
from assetforge.store.gc import DAY_SECONDS, HOUR_SECONDS, Spare, delete, spare_of
from assetforge.store.local import Store
from assetforge.store.quarantine import Quarantine
from tests.refusing import read_only
from tests.store.conftest import a_key, a_result, files_below
from tests.store.test_fsck import buy_in_ledger

OLD = 100


def keep(
    store: Store, name: str, *inputs: str, days: float = OLD, key: str = "", **fields
) -> ActionResult:
    """Keep a picture that was made from others so many days ago; its bytes are its name."""
    result = ActionResult(
        key=a_key(key or name),
        artifact=store.cas.put(name.encode(), durable=True),
        manifest={"prompt": name, "inputs": [digest(each) for each in inputs]},
        **fields,
    )
    if result.has_file:
        store.actions.keep_file(result, durable=True)
    store.actions.record([result])
    age(store, name, days)
    return result


def digest(name: str) -> Digest:
    return digest_of(name.encode())


def age(store: Store, name: str, days: float) -> None:
    then = time.time() - days * DAY_SECONDS - 1
    os.utime(store.cas.path(digest(name)), (then, then))


def spare(store: Store, *roots: str, named: Collection[str] = (), keep_days: int = 30) -> Spare:
    return spare_of(store, roots, keep_days=keep_days, named=[digest(each) for each in named])


def blobs(found: Spare, fate: str = "spare") -> set[Digest]:
    return set(found.blobs[fate])  # type: ignore[index]


def names(*given: str) -> set[Digest]:
    return {digest(each) for each in given}


def in_store(store: Store) -> set[Digest]:
    return set(store.cas.digests())


def test_only_what_is_free_and_nothing_stands_on_goes(store):
    keep(store, "scene", call="1")
    keep(store, "copy", "scene", call="2")
    keep(store, "out", "copy")
    keep(store, "old out", "copy")
    keep(store, "old draft", model="draft")

    found = spare(store, digest("out"))
    delete(store, found)

    assert blobs(found) == names("old out", "old draft")
    assert blobs(found, "stood_on") == names("out", "copy", "scene")
    assert in_store(store) == names("out", "copy", "scene")
    assert store.known(map(a_key, ("old out", "old draft", "out"))).keys() == {a_key("out")}
    assert len(files_below(store.root / "actions")) == 2


def test_nothing_is_deleted_before_it_is_said(store):
    keep(store, "old")

    spare(store)

    assert in_store(store) == names("old")


def test_a_key_is_as_good_a_root_as_a_digest(store):
    keep(store, "scene")
    keep(store, "copy", "scene")

    assert blobs(spare(store, a_key("copy"))) == set()
    assert blobs(spare(store, a_key("scene"))) == names("copy")


def test_what_was_paid_for_stays_and_what_it_was_made_from(store):
    """An export that is made again may give other bytes: the edit on top of it would be bought."""
    keep(store, "cut out")
    keep(store, "edit", "cut out", call="1")
    keep(store, "retouched", imported="banner.png")
    keep(store, "priced", cost_microdollars=1)

    found = spare(store)

    assert blobs(found) == set()
    assert blobs(found, "paid") == names("cut out", "edit", "retouched", "priced")


def test_what_is_young_stays(store):
    keep(store, "of yesterday", days=1)
    keep(store, "of last month", days=31)
    keep(store, "of now", days=0)

    found = spare(store)
    at_once = spare(store, keep_days=0)

    assert blobs(found) == names("of last month")
    assert blobs(found, "young") == names("of yesterday", "of now")
    assert blobs(at_once) == names("of yesterday", "of last month")


def test_a_blob_that_nothing_refers_to_stays_for_a_day(store):
    for name, days in (("new", 0.5), ("old", 1.5)):
        store.cas.put(name.encode(), durable=False)
        age(store, name, days)

    assert blobs(spare(store, keep_days=0)) == names("old")


def test_a_paid_picture_goes_when_it_is_named_and_its_recipe_stays(store, root):
    keep(store, "scene", call="1")
    keep(store, "other", call="2")

    found = spare(store, named=["scene"])
    delete(store, found)

    assert found.paid == [digest("scene")]
    assert in_store(store) == names("other")
    assert store.known([a_key("scene")]) == {}
    (left,) = (root / "actions" / a_key("scene")[:2]).iterdir()
    assert left.name.endswith(".removed")
    assert '"prompt": "scene"' in left.read_text()


def test_what_was_removed_by_its_name_is_not_lost(store, root):
    keep(store, "scene", call="1")
    buy_in_ledger(root, "scene")

    delete(store, spare(store, named=["scene"]))

    found = check_store(root, wanted={}, look=list, elsewhere=None, act=True)
    assert found.findings == []


def test_a_picture_that_is_lost_can_be_given_up(store, root):
    keep(store, "scene", call="1")
    store.cas.path(digest("scene")).unlink()

    delete(store, spare(store, named=["scene"]))

    assert check_store(root, wanted={}, look=list, elsewhere=None, act=True).is_sound


def test_of_two_pictures_bought_under_one_key_the_other_is_known_then(store):
    keep(store, "first", key="banner", call="1")
    keep(store, "second", key="banner", call="2")

    delete(store, spare(store, named=["first"]))

    known = store.known([a_key("banner")])
    assert known[a_key("banner")].artifact == digest("second")
    assert in_store(store) == names("second")


def test_a_picture_that_something_stands_on_does_not_go_also_when_named(store):
    keep(store, "scene", call="1")
    keep(store, "copy", "scene", call="2")
    keep(store, "free")

    with pytest.raises(UsageProblem) as error:
        spare(store, a_key("copy"), named=["scene", "free", "never made"])

    assert str(error.value).split("; ") == [
        f"no paid result has the picture '{digest('free')}'",
        f"no paid result has the picture '{digest('never made')}'",
        f"the lock or a target stands on the picture '{digest('scene')[:12]}': it stays",
    ]


def test_a_picture_that_another_paid_one_was_made_from_goes_only_with_it(store):
    keep(store, "scene", call="1")
    keep(store, "copy", "scene", call="2")

    with pytest.raises(UsageProblem, match="another paid picture stands on"):
        spare(store, named=["scene"])
    delete(store, spare(store, named=["scene", "copy"]))

    assert in_store(store) == set()


def test_a_result_whose_free_picture_is_gone_goes_too(store):
    gone = keep(store, "gone")
    store.cas.path(gone.artifact).unlink()

    found = spare(store)
    delete(store, found)

    assert found.keys == {gone.key}
    assert store.actions.is_empty()


def test_what_has_arrived_and_was_not_looked_at_stays(store):
    picture = store.cas.put(b"arrived", durable=True)
    age(store, "arrived", OLD)
    store.actions.note_arrival(a_result("arrived", picture, call="1"))

    assert blobs(spare(store)) == set()


def test_blobs_stay_while_a_result_is_in_quarantine_whose_picture_they_may_be(store, root):
    result = keep(store, "paid", call="1")
    path = root / "actions" / result.key[:2] / f"{result.key}.json"
    path.write_text("{")
    with pytest.raises(StoreProblem, match="run `assetforge fsck`"):
        spare(store)
    Quarantine(root).take(path, "it is damaged")
    store.actions.drop([result.key])

    found = spare(store)

    assert blobs(found) == set()
    assert blobs(found, "uncertain") == names("paid")


def test_bytes_that_were_put_again_meanwhile_stay(store):
    keep(store, "old")
    found = spare(store)

    store.cas.put(b"old", durable=True)
    delete(store, found)

    assert in_store(store) == names("old")


def test_what_others_deleted_meanwhile_is_no_error(store):
    keep(store, "old")
    keep(store, "drawn", model="draft")
    found = spare(store)
    delete(store, found)

    delete(store, found)

    assert in_store(store) == set()


def test_a_store_that_cannot_be_written_is_one_line(store, root):
    keep(store, "old", model="draft")
    found = spare(store)
    folder = root / "actions" / a_key("old")[:2]

    with read_only(folder), pytest.raises(StoreProblem, match="cannot delete from the store"):
        delete(store, found)


def test_an_hour_always_stays(store):
    keep(store, "just made", days=(HOUR_SECONDS - 60) / DAY_SECONDS)

    assert blobs(spare(store, keep_days=0)) == set()
    assert ActionKey(a_key("just made")) in store.known([a_key("just made")])


def test_the_folder_of_blobs_that_went_can_be_used_again(store):
    keep(store, "old")
    delete(store, spare(store))

    again = keep(store, "old")

    assert Path(store.cas.path(again.artifact)).exists()
