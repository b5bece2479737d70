from __future__ import annotations

import os
import sys

import pytest

from assetforge.errors import StoreProblem
from assetforge.store import cloning
from assetforge.store.cas import Cas
from assetforge.store.cloning import CLONED_FROM, clone
from assetforge.store.local import Store
from tests.store.conftest import files_below

LARGE = os.urandom(CLONED_FROM)


@pytest.fixture
def cas(store: Store) -> Cas:
    return store.cas


@pytest.fixture
def cloning_disk(monkeypatch) -> None:
    """A file system that can: what the system call does is done by copying."""
    if sys.platform != "linux":
        pytest.skip("another system's call")

    def shared(writing: int, request: int, reading: int) -> None:
        assert request == cloning.FICLONE
        os.write(writing, os.pread(reading, 10 * CLONED_FROM, 0))

    monkeypatch.setattr(cloning, "ioctl", shared)


def test_a_clone_has_the_same_bytes_or_is_not_there_at_all(tmp_path):
    (tmp_path / "one").write_bytes(LARGE)

    made = clone(tmp_path / "one", tmp_path / "two")

    assert (tmp_path / "two").exists() == made
    assert not made or (tmp_path / "two").read_bytes() == LARGE


def test_what_is_gone_has_no_clone(tmp_path):
    assert not clone(tmp_path / "one", tmp_path / "two")
    assert files_below(tmp_path) == []


def test_a_clone_takes_no_other_files_place(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(name.encode())

    with pytest.raises(FileExistsError):
        clone(tmp_path / "one", tmp_path / "two")

    assert (tmp_path / "two").read_bytes() == b"two"


def test_a_large_blob_is_delivered_as_a_clone_with_the_users_permissions(
    cas, root, tmp_path, cloning_disk
):
    digest = cas.put(LARGE, durable=False)
    target = tmp_path / "out" / "de" / "a.png"

    cas.deliver(digest, target)

    umask = os.umask(0)
    os.umask(umask)
    assert target.read_bytes() == LARGE
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask
    assert target.stat().st_ino != cas.path(digest).stat().st_ino
    assert files_below(root / "tmp") == []


@pytest.mark.parametrize("clones", [False, True])
def test_a_damaged_large_blob_is_not_delivered(cas, root, tmp_path, clones, request):
    if clones:
        request.getfixturevalue("cloning_disk")
    digest = cas.put(LARGE, durable=False)
    cas.path(digest).chmod(0o644)
    cas.path(digest).write_bytes(bytes(CLONED_FROM))

    with pytest.raises(StoreProblem, match="is damaged"):
        cas.deliver(digest, tmp_path / "a.png")

    assert not (tmp_path / "a.png").exists()
    assert files_below(root / "tmp") == []


def test_a_small_blob_is_written(cas, tmp_path, monkeypatch):
    monkeypatch.setattr(cloning, "ioctl", None, raising=False)
    digest = cas.put(b"small", durable=False)

    cas.deliver(digest, tmp_path / "a.png")

    assert (tmp_path / "a.png").read_bytes() == b"small"
