from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge.digest import digest_of
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.signing import new_key
from assetforge.store.local import Store
from assetforge.store.remote import VARIABLE, Sharing, elsewhere_named
from tests.refusing import read_only
from tests.store.conftest import a_key, a_result, files_below
from tests.store.test_cas import damage

PICTURE = b"a picture that was paid for"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The folder of a store that has a paid picture, and a free one."""
    root = tmp_path / "other store"
    store = Store(root)
    paid = a_result("paid", store.cas.put(PICTURE, durable=True), call="1111")
    store.actions.keep_file(paid, durable=True)
    store.actions.record([paid, a_result("free", store.cas.put(b"free", durable=False))])
    store.close()
    return root


@pytest.fixture
def store(root, other, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(other))
    opened = Store(root)
    yield opened
    opened.close()


def test_a_missing_blob_is_brought_from_the_other_store(store):
    digest = digest_of(PICTURE)
    assert not store.cas.has(digest)

    assert store.holds(digest)

    assert store.cas.read(digest) == PICTURE
    assert store.warnings == []


def test_a_blob_that_neither_has_is_not_held(store):
    assert not store.holds(digest_of(b"never made"))


def test_a_result_of_the_other_store_is_known_and_kept(store, root):
    known = store.known([a_key("paid"), a_key("free"), a_key("never made")])

    assert list(known) == [a_key("paid")]
    assert known[a_key("paid")].call == "1111"
    assert store.cas.read(digest_of(PICTURE)) == PICTURE
    assert len(files_below(root / "actions")) == 1


def test_what_was_brought_stays_when_the_other_store_is_gone(store, root, monkeypatch):
    store.known([a_key("paid")])
    monkeypatch.delenv(VARIABLE)

    again = Store(root)

    assert list(again.known([a_key("paid")])) == [a_key("paid")]
    again.close()


def test_the_picture_of_a_result_that_is_known_here_is_looked_for_there(store):
    here = a_result("mine", digest_of(PICTURE), call="2222")
    drawn = a_result("drawn", digest_of(PICTURE), model="draft")
    store.actions.record([here, drawn])

    assert store.known([here.key, drawn.key]) == {here.key: here, drawn.key: drawn}


def test_a_free_picture_is_not_looked_for(store):
    free = a_result("mine", digest_of(PICTURE))
    store.actions.record([free])

    assert store.known([free.key]) == {}


def test_an_emulated_result_of_the_other_store_counts_only_where_it_may(root, other, monkeypatch):
    path = next((other / "actions").rglob("*.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "emulated": True}))
    monkeypatch.setenv(VARIABLE, str(other))

    store = Store(root)
    assert store.known([a_key("paid")]) == {}
    assert files_below(root / "cas") == []
    store.close()
    emulating = Store(root, emulation=True)
    assert list(emulating.known([a_key("paid")])) == [a_key("paid")]
    emulating.close()


def test_a_damaged_blob_there_is_not_taken_and_told_once(store, other):
    path = other / "cas" / digest_of(PICTURE)[:2] / digest_of(PICTURE)
    damage(path, PICTURE.swapcase())

    assert not store.holds(digest_of(PICTURE))
    assert not store.holds(digest_of(PICTURE))
    assert store.known([a_key("paid")]) == {}

    assert store.warnings == [f"the blob '{path}' of the other store is damaged, and is not taken"]
    assert not store.cas.has(digest_of(PICTURE))


def test_a_damaged_result_there_is_not_taken_and_told(store, other):
    next((other / "actions").rglob("*.json")).write_text("{")

    assert store.known([a_key("paid")]) == {}

    assert len(store.warnings) == 1
    assert store.warnings[0].endswith("of the other store is damaged, and is not taken")


def test_a_result_there_of_another_picture_takes_the_place_of_one_that_is_lost(store):
    lost = replace(a_result("paid", digest_of(b"lost here"), call="3333"))
    store.actions.record([lost])

    assert store.known([lost.key])[lost.key].artifact == digest_of(PICTURE)


@pytest.mark.parametrize("form", ["path", "uri"])
def test_it_is_named_by_a_path_or_an_address(other, form, monkeypatch):
    monkeypatch.chdir(other.parent)
    named = elsewhere_named(other.name if form == "path" else other.as_uri())

    assert named is not None
    assert Path(named.address) == other
    assert named.blob(digest_of(PICTURE)) == PICTURE


def test_without_a_name_there_is_none():
    assert elsewhere_named("") is None


def test_a_folder_of_another_machine_is_refused():
    with pytest.raises(StoreProblem, match=r"'file://host/x' is no store that is known: .*folder"):
        elsewhere_named("file://host/x")


def test_an_address_of_no_known_kind_is_refused():
    with pytest.raises(
        StoreProblem, match="'s4://' is no kind of store that is known; addresses begin"
    ):
        elsewhere_named("s4://bucket/store", Sharing(signers={"ci": new_key().public}))


@pytest.mark.parametrize("name", ["s3://bucket/store", "https://cache.example/x"])
def test_what_many_can_write_to_counts_only_with_signers(name):
    with pytest.raises(UsageProblem, match=f"nothing in '{name}' counts yet: .*whose results do"):
        elsewhere_named(name)


def test_a_folder_that_is_absent_or_no_store_is_an_error_at_once(root, tmp_path, monkeypatch):
    for name in (tmp_path / "nowhere", tmp_path):
        monkeypatch.setenv(VARIABLE, str(name))

        with pytest.raises(StoreProblem, match=rf"'{name}' is no store.* or unset it"):
            Store(root)


def test_a_store_that_vanishes_meanwhile_is_an_error_and_no_miss(store, other):
    """Taken for a miss, everything in it would be bought again."""
    other.rename(other.with_name("unmounted"))

    with pytest.raises(StoreProblem, match="is no store: it has no folder 'cas'"):
        store.holds(digest_of(PICTURE))
    with pytest.raises(StoreProblem, match="is no store: it has no folder 'cas'"):
        store.known([a_key("paid")])


def test_a_blob_there_that_may_not_be_read_is_an_error_and_no_miss(store, other, root):
    path = other / "cas" / digest_of(PICTURE)[:2] / digest_of(PICTURE)
    path.chmod(0o000)

    with read_only(root), pytest.raises(StoreProblem, match="cannot read the other store"):
        store.holds(digest_of(PICTURE))


def test_a_folder_there_that_may_not_be_entered_is_an_error(other, root, monkeypatch):
    other.chmod(0o000)

    denied = pytest.raises(StoreProblem, match="cannot read the other store")
    with read_only(other.parent), denied:
        elsewhere_named(str(other / "inside"))

    other.chmod(0o700)


def test_a_store_is_not_another_one_to_itself(root, monkeypatch):
    Store(root).close()
    monkeypatch.setenv(VARIABLE, str(root))

    store = Store(root)

    assert store.elsewhere is None
    store.close()


def test_a_store_that_may_only_be_read_knows_what_is_elsewhere(root, other, monkeypatch):
    Store(root).close()
    monkeypatch.setenv(VARIABLE, str(other))

    with read_only(root):
        store = Store(root)
        assert store.read_only
        assert store.holds(digest_of(PICTURE))
        assert list(store.known([a_key("paid")])) == [a_key("paid")]
        store.close()

    assert files_below(root / "cas") == []
