from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from assetforge.backends.base import Refused, Unreachable
from assetforge.backends.folder import FolderBackend
from tests.backends.test_contract import BLOB, DIGEST, KEY, a_result
from tests.refusing import no_file_larger_than, read_only


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "shared"


@pytest.fixture
def folder(root) -> FolderBackend:
    opened = FolderBackend(str(root))
    opened.create("blobs", DIGEST, BLOB)
    return opened


def files_in(root: Path) -> list[str]:
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())


def test_files_lie_as_in_the_store_of_one_project(folder, root):
    folder.create("results", KEY, a_result())

    assert files_in(root) == [f"actions/{KEY[:2]}/{KEY}.json", f"cas/{DIGEST[:2]}/{DIGEST}"]
    assert folder.place("results", KEY) == str(root / "actions" / KEY[:2] / f"{KEY}.json")


@pytest.mark.parametrize("form", ["path", "home", "address", "address of localhost"])
def test_it_is_named_by_a_path_or_an_address(root, folder, form, monkeypatch):
    monkeypatch.setenv("HOME", str(root.parent))
    monkeypatch.setenv("USERPROFILE", str(root.parent))
    forms = {
        "path": str(root),
        "home": f"~/{root.name}",
        "address": root.as_uri(),
        "address of localhost": root.as_uri().replace("file://", "file://localhost"),
    }

    named = FolderBackend(forms[form])

    assert named.address == str(root)
    assert named.read("blobs", DIGEST) == BLOB
    named.close()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Refused, match=r"'file://nas/x' is no store that is known: .*folder"):
        FolderBackend("file://nas/x")


@pytest.mark.parametrize(
    "address",
    [
        "file://[",
        "file://user:secret@exa\u2100mple/x",
        "file:user:secret@host",
        "file:///with%00nothing",
        "with\0nothing",
        "\ud800",
        "~nobody-has-this-name/x",
        "user:secret@host",
        "user:secret@host/x",
        "https:user:secret@host",
        "/work/HTTPS:secret",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(address):
    with pytest.raises(Refused, match=r"^the address of the store is none: write it as") as caught:
        FolderBackend(address)

    assert "secret" not in str(caught.value)


def test_whoever_has_an_account_on_another_machine_is_not_named():
    with pytest.raises(Refused, match="'file://nas/x' is no store that is known") as caught:
        FolderBackend("file://user:secret@nas/x?secret")

    assert "secret" not in str(caught.value)


def test_a_folder_of_such_a_name_is_named_by_an_address():
    assert FolderBackend("file:///x/a:b@c").root == Path("/x/a:b@c").absolute()


@pytest.mark.skipif(os.name != "posix", reason="not everybody may make such links here")
def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    for path in (tmp_path / "loop", tmp_path / ("long" * 100)):
        nowhere = FolderBackend(str(path))
        for ask in (lambda each=nowhere: each.read("blobs", DIGEST), nowhere.prepare):
            with pytest.raises(Refused, match="the other store"):
                ask()


def test_a_folder_that_may_only_be_read_is_noticed_before_anything_is_written(folder, root):
    folder.prepare()
    assert files_in(root) == [f"cas/{DIGEST[:2]}/{DIGEST}"]

    with (
        read_only(root, *(each for each in root.rglob("*") if each.is_dir())),
        pytest.raises(Refused, match="cannot write to the other store"),
    ):
        folder.prepare()


def test_a_folder_that_is_absent_or_no_store_is_no_store_without_anything_in_it(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        absent = FolderBackend(str(path))
        for ask in (
            lambda absent=absent: absent.read("blobs", DIGEST),
            lambda absent=absent: absent.holds("blobs", [DIGEST, KEY]),
            lambda absent=absent: list(absent.entries("blobs")),
            lambda absent=absent: absent.delete("blobs", [DIGEST]),
        ):
            with pytest.raises(Refused, match=r"is no store: it has no folder 'cas'; .*unset it"):
                ask()


def test_a_store_that_is_unmounted_meanwhile_is_no_miss(folder, root):
    root.rename(root.with_name("unmounted"))

    with pytest.raises(Refused, match="is no store"):
        folder.read("blobs", KEY)


@pytest.mark.parametrize("before", [[], [".keep", "lost+found"], ["cas"], ["tmp"]])
def test_a_folder_without_anything_in_it_is_laid_out(root, before):
    root.mkdir()
    for each in before:
        (root / each).mkdir()

    FolderBackend(str(root)).prepare()

    assert {"cas", "actions", "tmp"} <= {each.name for each in root.iterdir()}


def test_a_folder_with_other_files_is_not_written_to(root):
    root.mkdir()
    (root / "letter.txt").touch()

    with pytest.raises(Refused, match="is no store, and holds other files; "):
        FolderBackend(str(root)).create("blobs", DIGEST, BLOB)

    assert files_in(root) == ["letter.txt"]


def test_a_folder_is_not_made_where_the_one_above_is_missing(tmp_path):
    with pytest.raises(Refused, match="its parent folder is missing"):
        FolderBackend(str(tmp_path / "not mounted" / "store")).prepare()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions are others on this system")
def test_everybody_may_read_what_one_has_put_there_and_nobody_changes_a_blob(folder, root):
    folder.create("results", KEY, a_result())
    before = os.umask(0)
    os.umask(before)

    modes = [stat.S_IMODE((root / each).stat().st_mode) for each in files_in(root)]

    assert modes == [0o644 & ~before, 0o444 & ~before]


def test_an_empty_file_is_none_that_is_held(folder, root):
    (root / "cas" / KEY[:2]).mkdir(exist_ok=True)
    (root / "cas" / KEY[:2] / KEY).touch()

    assert folder.holds("blobs", [KEY, DIGEST]) == {DIGEST}


def test_files_that_are_none_of_ours_are_not_listed(folder, root):
    (root / "cas" / DIGEST[:2] / "README").touch()
    (root / "cas" / DIGEST[:2] / f"{DIGEST}.bak").touch()

    assert [each.name for each in folder.entries("blobs")] == [DIGEST]


def without_links(monkeypatch):
    def refused(*arguments, **options):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)


def test_where_a_file_gets_no_second_name_the_first_writer_stays_too(folder, root, monkeypatch):
    without_links(monkeypatch)
    start = threading.Barrier(8)
    won: list[int] = []

    def race(number: int) -> None:
        start.wait()
        if folder.create("results", KEY, a_result(call=str(number))):
            won.append(number)

    racers = [threading.Thread(target=race, args=(each,)) for each in range(8)]
    for each in racers:
        each.start()
    for each in racers:
        each.join()

    assert len(won) == 1
    assert folder.read("results", KEY) == a_result(call=str(won[0]))
    assert files_in(root / "tmp") == []


def test_another_refusal_of_a_second_name_is_told(folder, monkeypatch):
    def refused(*arguments, **options):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", refused)

    with pytest.raises(Unreachable, match=r"cannot write to the other store .*input/output error"):
        folder.create("results", KEY, a_result())


def test_a_disk_that_fills_up_leaves_nothing_half_written(folder, root):
    larger = b"x" * 100_000

    with no_file_larger_than(50_000), pytest.raises(Unreachable, match="file too large"):
        folder.create("blobs", KEY, larger)

    assert files_in(root) == [f"cas/{DIGEST[:2]}/{DIGEST}"]


def test_what_may_not_be_read_or_written_is_an_error_and_no_miss(folder, root):
    blob = root / "cas" / DIGEST[:2] / DIGEST
    blob.chmod(0)

    with read_only(root, *(each for each in root.rglob("*") if each.is_dir())):
        with pytest.raises(Refused, match=r"cannot read the other store '.*': permission denied"):
            folder.read("blobs", DIGEST)
        with pytest.raises(
            Refused, match=r"cannot write to the other store '.*': permission denie"
        ):
            folder.create("blobs", KEY, BLOB)
        with pytest.raises(Refused, match="cannot write to the other store"):
            folder.delete("blobs", [DIGEST])


def test_a_folder_that_may_not_be_entered_is_an_error_and_no_miss(folder, root):
    root.chmod(0)

    with read_only(root.parent), pytest.raises(Refused, match="cannot read the other store"):
        FolderBackend(str(root / "within")).read("blobs", DIGEST)

    root.chmod(0o700)


def test_what_was_left_half_written_a_day_ago_is_swept(folder, root):
    old, young = root / "tmp" / ".a.part", root / "tmp" / ".b.part"
    for each in (old, young):
        each.touch()
    day_ago = time.time() - 25 * 3600
    os.utime(old, (day_ago, day_ago))

    FolderBackend(str(root)).create("blobs", KEY, BLOB)

    assert [each.name for each in (root / "tmp").iterdir()] == [young.name]


@pytest.mark.skipif(sys.platform != "linux", reason="counts what Linux does")
def test_what_was_written_is_on_the_disk_when_it_returns(folder, root, monkeypatch):
    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    folder.create("blobs", KEY, BLOB)

    assert synced[0].startswith(str(root / "tmp"))
    assert synced[1:] == [str(root / "cas" / KEY[:2]), str(root / "cas")]


def test_a_system_that_syncs_no_folders_is_fine(folder, monkeypatch):
    real = os.fsync

    def refused(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", refused)

    assert folder.create("blobs", KEY, BLOB)


def test_a_folder_that_the_disk_could_not_sync_is_told(folder, monkeypatch):
    real = os.fsync

    def refused(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", refused)

    with pytest.raises(Unreachable, match="input/output error"):
        folder.create("blobs", KEY, BLOB)
