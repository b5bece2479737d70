from pathlib import Path

from assetforge.digest import Digest
from assetforge.lock.entry import Entry
from assetforge.lock.folder import write_changes
from assetforge.lock.roots import (
    lock_folders,
    named_by_locks,
    pictures_by_key,
    read_locks,
    wanted_by,
)
from tests.lock.samples import DE, FR, digest, picture

PIPELINE = "assetforge.yaml"


def named(entry: Entry) -> Digest:
    assert entry.artifact is not None
    return entry.artifact


def test_entries_are_kept_by_lock(tmp_path):
    one, other = picture("one"), picture("other")
    write_changes(tmp_path / "assetforge.lock", {DE: one}, tmp_path)
    write_changes(tmp_path / "other.lock", {DE: other}, tmp_path)

    locks = read_locks(tmp_path, PIPELINE)

    assert locks.entries == {"assetforge.lock": {DE: one}, "other.lock": {DE: other}}
    assert wanted_by(locks).keys() == {named(one), named(other)}


def test_a_lock_that_cannot_be_read_is_left_out(tmp_path):
    write_changes(tmp_path / "other.lock", {DE: picture()}, tmp_path)
    (tmp_path / "assetforge.lock").write_text("no folder", encoding="utf-8")

    locks = read_locks(tmp_path, PIPELINE)

    assert locks.entries.keys() == {"other.lock"}
    assert {name: each.code for name, each in locks.left_out.items()} == {
        "assetforge.lock": "lock-folder"
    }


def test_only_folders_are_locks_of_other_pipeline_files(tmp_path):
    (tmp_path / "posters.lock").mkdir()
    (tmp_path / "uv.lock").write_text("version = 1\n", encoding="utf-8")

    found = [each.name for each in lock_folders(tmp_path, PIPELINE)]

    assert found == ["assetforge.lock", "posters.lock"]


def test_all_that_an_entry_remembers_is_wanted(tmp_path):
    oldest = picture("oldest")
    old = picture("old", previous=oldest)
    write_changes(tmp_path / "assetforge.lock", {DE: picture("new", previous=old)}, tmp_path)

    assert wanted_by(read_locks(tmp_path, PIPELINE)) == {
        named(picture("new")): "banner/wide/de/edit (final)",
        named(old): "the past of banner/wide/de/edit (final)",
        named(oldest): "the past of banner/wide/de/edit (final)",
    }


def test_what_stands_on_a_picture_now_is_said_before_what_did(tmp_path):
    changes = {DE: picture("new", previous=picture("old")), FR: picture("old")}
    write_changes(tmp_path / "assetforge.lock", changes, tmp_path)

    wanted = wanted_by(read_locks(tmp_path, PIPELINE))

    assert wanted[named(picture("old"))] == "banner/wide/fr/edit (final)"


def test_a_take_that_is_not_made_yet_is_no_picture(tmp_path):
    old = picture("old", artifact=None)
    entry = picture("new", artifact=None, previous=old)
    write_changes(tmp_path / "assetforge.lock", {DE: entry}, tmp_path)

    locks = read_locks(tmp_path, PIPELINE)

    assert (wanted_by(locks), pictures_by_key(locks)) == ({}, {})


def test_two_locks_may_name_other_pictures_of_one_key(tmp_path):
    one, other = picture("one"), picture("one", artifact=digest("another"))
    write_changes(tmp_path / "assetforge.lock", {DE: one}, tmp_path)
    write_changes(tmp_path / "other.lock", {DE: other}, tmp_path)

    found = pictures_by_key(read_locks(tmp_path, PIPELINE))

    assert found == {one.key: {named(one), named(other)}}


def test_what_is_named_is_found_in_every_file(tmp_path: Path):
    one, old = picture("one"), picture("old", rejected=(digest("no"),))
    write_changes(tmp_path / "assetforge.lock", {DE: picture("new", previous=old)}, tmp_path)
    write_changes(tmp_path / "other.lock", {DE: one}, tmp_path)

    found = named_by_locks(tmp_path, PIPELINE, branches=True, tags=True)

    assert found >= {named(one), one.key, named(old), old.key, digest("no")}
