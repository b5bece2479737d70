from __future__ import annotations

import shutil

import pytest

from assetforge.action import ActionKey
from assetforge.digest import digest_of
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import write_changes
from assetforge.reports.upkeep import bytes_text
from tests.cli.old_project import WIDE_DE, WIDE_DE_TARGET, blob, flip, lock, old_project
from tests.cli.schemas import assert_valid
from tests.refusing import read_only
from tests.space import Space


@pytest.fixture
def space(tmp_path) -> Space:
    return old_project(tmp_path)


def test_a_sound_store_is_one_line(space):
    result = space.run("fsck")

    assert (result.code, result.err) == (0, "")
    assert result.out == "8 blobs (31.0 kB), 5 results: sound\n"


def test_a_project_without_a_store_is_sound_and_gets_none(tmp_path):
    space = Space(tmp_path).quick()

    assert space.run("fsck").out == "0 blobs (0 bytes), 0 results: sound\n"
    assert not (tmp_path / ".assetforge").exists()


def test_a_lost_picture_is_an_error_that_says_what_stands_on_it(space):
    lock(space, WIDE_DE)
    flip(space, WIDE_DE)

    result = space.run("fsck")

    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0] == "repaired: the blob 9922f5ca46df is damaged: moved to quarantine"
    assert lines[1] == (
        "lost: the picture 9922f5ca46df is lost, and banner/wide/de/edit (final) stands on it"
    )
    assert lines[2].endswith("5 results: repaired, but for what is lost (1 lost, 1 repaired)")
    assert lines[3] == "1 damaged file kept in '.assetforge/quarantine'"
    assert lines[4].startswith("what is lost: put the file back beside the project")


def test_a_picture_below_the_project_brings_its_blob_back(space):
    before = flip(space, WIDE_DE_TARGET)

    result = space.run("fsck")

    assert result.code == 0
    place = space.root / "out" / "de" / "banner-wide.png"
    assert f"brought back from '{place}'" in result.out
    assert blob(space, WIDE_DE_TARGET).read_bytes() == before
    assert space.run("fsck").out.startswith("8 blobs (31.0 kB), 5 results: sound\n")


def test_a_picture_that_a_person_puts_back_is_taken(space):
    before = flip(space, WIDE_DE)
    assert space.run("fsck").code == 1

    (space.root / "found again.PNG").write_bytes(before)

    assert space.run("fsck").code == 0
    assert blob(space, WIDE_DE).read_bytes() == before


def test_pictures_in_hidden_folders_are_not_looked_at(space):
    before = flip(space, WIDE_DE)
    (space.root / ".trash").mkdir()
    (space.root / ".trash" / "picture.png").write_bytes(before)

    assert space.run("fsck").code == 1


def test_another_store_brings_a_blob_back(space, tmp_path, monkeypatch):
    shutil.copytree(space.root / ".assetforge", tmp_path / "other")
    flip(space, WIDE_DE)
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(tmp_path / "other"))

    result = space.run("fsck")

    assert result.code == 0
    assert f"brought back from '{tmp_path / 'other'}'" in result.out


def test_a_damaged_copy_in_another_store_is_told(space, tmp_path, monkeypatch):
    shutil.copytree(space.root / ".assetforge", tmp_path / "other")
    flip(space, WIDE_DE)
    copy = tmp_path / "other" / "cas" / WIDE_DE[:2] / WIDE_DE
    copy.chmod(0o600)
    copy.write_bytes(b"damaged too")
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(tmp_path / "other"))

    result = space.run("fsck")

    assert result.code == 1
    assert result.err == (
        f"note: the blob '{copy}' of the other store is damaged, and is not taken\n"
    )


def test_a_dry_run_says_what_it_would_do(space):
    before = flip(space, WIDE_DE_TARGET)

    result = space.run("fsck", "--dry-run")

    assert result.code == 0
    assert result.out.startswith("would repair: the blob b3b1ed3b3c2a is damaged")
    assert "8 blobs (31.0 kB), 5 results: damaged (2 to repair)" in result.out
    assert blob(space, WIDE_DE_TARGET).read_bytes() != before


def test_the_document_has_every_finding(space):
    flip(space, WIDE_DE)
    flip(space, WIDE_DE_TARGET)

    result = space.run("fsck", "--format", "json")

    assert result.code == 1
    assert_valid("fsck", result.json)
    assert not result.json["sound"]
    assert result.json["changed"]
    assert [(each["kind"], each["outcome"]) for each in result.json["findings"]] == [
        ("damaged-blob", "repaired"),
        ("damaged-blob", "repaired"),
        ("lost-picture", "lost"),
        ("restored-blob", "repaired"),
    ]
    assert result.json["totals"]["lost"] == 1
    assert result.json["totals"]["quarantined"] == 2


def test_a_lock_that_cannot_be_read_is_told_and_the_store_is_looked_through(space):
    space.write("assetforge.lock/banner.json", "{")

    result = space.run("fsck")

    assert result.code == 0
    assert result.err.startswith("note: 'assetforge.lock' is left out: ")
    assert "sound" in result.out


def test_what_any_lock_of_the_folder_names_is_wanted(space):
    slot = Slot("poster/de", "final", "edit")
    picture = digest_of(b"of another machine")
    entry = Entry(ActionKey("a" * 64), ActionKey("a" * 64), picture)
    write_changes(space.root / "posters.lock", {slot: entry}, space.root)

    result = space.run("fsck")

    assert result.code == 1
    assert f"lost: the picture {picture[:12]} is lost, and poster/de/edit (final)" in result.out


def test_two_locks_may_say_something_of_one_slot(space):
    """Both pipeline files have such a banner: neither picture may be lost."""
    lock(space, WIDE_DE)
    lock(space, WIDE_DE_TARGET, folder="other.lock")
    flip(space, WIDE_DE)
    (space.root / "out" / "de" / "banner-wide.png").unlink()
    flip(space, WIDE_DE_TARGET)

    lost = [line for line in space.run("fsck").out.splitlines() if line.startswith("lost: ")]

    assert [line.split()[3] for line in lost] == [WIDE_DE[:12], WIDE_DE_TARGET[:12]]


def test_what_a_lock_remembers_must_not_be_lost_either(space):
    before = ActionKey("b" * 64)
    lock(space, WIDE_DE, previous=Entry(before, before, digest_of(b"what was accepted before")))

    result = space.run("fsck")

    assert result.code == 1
    assert " is lost, and the past of banner/wide/de/edit (final) stands on it" in result.out


def test_many_findings_of_a_kind_are_counted(space):
    for number in range(25):
        (space.root / ".assetforge" / "cas" / f"stranger {number}").mkdir()
        (space.root / ".assetforge" / "cas" / f"stranger {number}" / "x").write_text("x")

    lines = space.run("fsck").out.splitlines()

    assert len(lines) == 22
    assert lines[20] == "noted: 5 more; see --format json"


def test_an_index_of_garbage_is_repaired(space):
    (space.root / ".assetforge" / "state.sqlite").write_bytes(b"garbage!" * 512)

    result = space.run("fsck")

    assert result.code == 0
    assert result.out.startswith("tidied: 059f60bf1b48 was not in the index\n")
    assert "repaired: the index is damaged (file is not a database)" in result.out
    assert space.run("fsck").out.startswith("8 blobs (31.0 kB), 5 results: sound")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (31_091, "31.0 kB"),
        (999_999, "999.9 kB"),
        (4_000_000_000, "4.0 GB"),
        (5 * 10**16, "50000.0 TB"),
    ],
)
def test_bytes_are_shown_as_a_person_reads_them(size, text):
    assert bytes_text(size) == text


def test_where_the_store_may_only_be_read_plan_and_log_work_and_fsck_says_what_to_do(space):
    target = "out/de/banner-wide.png"
    plan, log = space.run("plan"), space.run("log", target)
    store = space.root / ".assetforge"
    folders = [store, *(path for path in store.rglob("*") if path.is_dir())]

    with read_only(*folders):
        again = [space.run("plan"), space.run("log", target)]
        fsck = space.run("fsck")

    assert [each.code for each in again] == [0, 0]
    assert [each.out for each in again] == [plan.out, log.out]
    assert fsck.code == 1
    assert "may only be read: let it be written to, or add --dry-run" in fsck.err
