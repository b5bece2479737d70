from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.store.cas import STALE_SECONDS, Cas, is_left_over, part_name
from assetforge.store.local import Store
from tests.refusing import no_file_larger_than, read_only
from tests.store.conftest import files_below

PIXELS = b"pixels" * 1000


@pytest.fixture
def cas(store: Store) -> Cas:
    return store.cas


@pytest.mark.parametrize("durable", [False, True])
def test_bytes_come_back(cas, durable):
    digest = cas.put(PIXELS, durable=durable)

    assert digest == digest_of(PIXELS)
    assert cas.has(digest)
    assert cas.read(digest) == PIXELS
    assert list(cas.digests()) == [digest]


def test_a_blob_is_named_by_its_digest_and_cannot_be_written_to(cas, root):
    digest = cas.put(PIXELS, durable=True)

    path = root / "cas" / digest[:2] / digest
    assert cas.path(digest) == path
    assert path.stat().st_mode & 0o777 == 0o444
    assert files_below(root / "tmp") == []


def test_the_same_bytes_are_kept_once_and_not_written_again(cas):
    digest = cas.put(PIXELS, durable=False)
    before = cas.path(digest).stat()

    cas.put(PIXELS, durable=True)

    assert cas.path(digest).stat().st_ino == before.st_ino


def test_threads_that_put_the_same_bytes_at_once_all_succeed(cas):
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(lambda _: cas.put(PIXELS, durable=False), range(64)))

    assert set(digests) == {digest_of(PIXELS)}
    assert cas.read(digests[0]) == PIXELS


def test_a_blob_that_is_not_there_is_a_problem(cas):
    digest = digest_of(b"never seen")

    assert not cas.has(digest)
    with pytest.raises(StoreProblem, match=f"the store has no blob {digest}"):
        cas.read(digest)


def test_a_damaged_blob_is_noticed_and_the_user_told_which_file(cas):
    digest = cas.put(PIXELS, durable=False)
    damage(cas.path(digest), b"pixel5" * 1000)

    with pytest.raises(StoreProblem, match=r"is damaged: put back a good copy, or delete") as error:
        cas.read(digest)

    assert str(cas.path(digest)) in str(error.value)


def test_good_bytes_replace_a_damaged_blob_of_the_same_size(cas):
    digest = cas.put(PIXELS, durable=False)
    damage(cas.path(digest), b"pixel5" * 1000)

    cas.put(PIXELS, durable=True)

    assert cas.read(digest) == PIXELS


def test_an_empty_file_is_no_blob(cas):
    """A power cut leaves whole names with no content for blobs that were not durable."""
    digest = cas.put(PIXELS, durable=False)
    damage(cas.path(digest), b"")

    assert not cas.has(digest)
    cas.put(PIXELS, durable=False)
    assert cas.read(digest) == PIXELS


@pytest.mark.parametrize("durable", [False, True])
def test_a_full_disk_leaves_nothing_half_written(cas, root, durable):
    with no_file_larger_than(100), pytest.raises(StoreProblem, match="cannot write to the store"):
        cas.put(PIXELS, durable=durable)

    assert files_below(root / "cas") == files_below(root / "tmp") == []
    assert cas.read(cas.put(PIXELS, durable=durable)) == PIXELS


def test_a_read_only_store_is_one_line(cas, root):
    with read_only(root / "tmp"), pytest.raises(StoreProblem, match="cannot write to the store"):
        cas.put(PIXELS, durable=True)


def test_a_blob_that_may_not_be_read_is_one_line(cas, root):
    digest = cas.put(PIXELS, durable=True)
    cas.path(digest).chmod(0o000)

    with read_only(root / "tmp"), pytest.raises(StoreProblem, match="cannot read from the store"):
        cas.read(digest)


def test_deliver_puts_the_bytes_outside_the_store_as_a_file_of_the_user(cas, tmp_path):
    digest = cas.put(PIXELS, durable=False)

    cas.deliver(digest, tmp_path / "out" / "de" / "a.png")

    out = tmp_path / "out" / "de" / "a.png"
    umask = os.umask(0)
    os.umask(umask)
    assert out.read_bytes() == PIXELS
    assert out.stat().st_mode & 0o777 == 0o666 & ~umask
    assert out.stat().st_ino != cas.path(digest).stat().st_ino


def test_deliver_works_across_file_systems(cas, tmp_path):
    other = next((p for p in (Path("/dev/shm"), Path("/run")) if differs(p, tmp_path)), None)
    if other is None:
        pytest.skip("there is no second file system to write to")
    digest = cas.put(PIXELS, durable=False)
    target = other / f"assetforge-test-{os.getpid()}" / "a.png"
    try:
        cas.deliver(digest, target)

        assert target.read_bytes() == PIXELS
        assert files_below(target.parent) == ["a.png"]
    finally:
        target.unlink(missing_ok=True)
        target.parent.rmdir()


def test_deliver_to_a_place_that_cannot_be_written_leaves_nothing_behind(cas, root, tmp_path):
    digest = cas.put(PIXELS, durable=False)
    (tmp_path / "out").write_text("a file")

    with pytest.raises(OSError, match="out"):
        cas.deliver(digest, tmp_path / "out" / "a.png")

    assert files_below(root / "tmp") == []


def test_files_half_written_long_ago_are_swept_and_new_ones_left(root):
    Store(root).close()
    old, new = root / "tmp" / ".old.part", root / "tmp" / ".new.part"
    for each in (old, new):
        each.write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(old, (long_ago, long_ago))

    Store(root).close()

    assert files_below(root / "tmp") == [".new.part"]


def test_an_unknown_digest_has_a_path_but_no_blob(cas):
    assert not cas.has(Digest("ab" + "0" * 62))


def damage(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def differs(path: Path, other: Path) -> bool:
    return path.is_dir() and os.access(path, os.W_OK) and path.stat().st_dev != other.stat().st_dev


def test_a_file_being_written_says_who_writes_it(cas, root):
    name = part_name()

    assert name != part_name()
    assert len(name.encode()) < 255
    assert not is_left_over(root / "tmp" / name)


@pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="elsewhere nothing is known")
def test_what_a_process_left_that_ended_is_swept_at_once(cas, root):
    write = "import os, sys; from assetforge.store.cas import part_name;"
    write += "open(os.path.join(sys.argv[1], part_name()), 'w').close()"
    subprocess.run([sys.executable, "-c", write, str(root / "tmp")], check=True)
    mine = root / "tmp" / part_name()
    mine.write_bytes(b"")

    cas.sweep()

    assert list((root / "tmp").iterdir()) == [mine]


def test_what_cannot_be_told_of_is_left_over_after_a_day(cas, root):
    path = root / "tmp" / ".0123456789abcdef.part"
    assert not is_left_over(path), "it is gone"
    path.write_bytes(b"half")
    assert not is_left_over(path)

    os.utime(path, (0, time.time() - STALE_SECONDS - 1))

    assert is_left_over(path)


def test_a_blob_that_is_put_again_is_as_good_as_new(cas, root):
    """Its bytes may not have been on the disk yet, and `gc` goes by its age."""
    digest = cas.put(PIXELS, durable=False)
    os.utime(cas.path(digest), (0, 0))

    cas.put(PIXELS, durable=True)

    assert cas.path(digest).stat().st_mtime > 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="nothing tells what is synced")
def test_what_is_paid_is_synced_before_it_counts(root, tmp_path):
    """File, then its name, then its folder, then the folder's own name; also what was there."""
    script = (
        "import sys, pathlib; from assetforge.store.cas import Cas;"
        "cas = Cas(pathlib.Path(sys.argv[1]));"
        "cas.put(b'new', durable=True); cas.put(b'new', durable=True)"
    )
    Store(root).close()
    log = tmp_path / "strace.txt"
    command = ["strace", "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o", str(log)]
    done = subprocess.run([*command, sys.executable, "-c", script, str(root)], check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody look")

    digest = digest_of(b"new")
    steps = [
        "rename" if "rename" in line else line.split("<", 1)[1].split(">")[0].split("/")[-1]
        for line in log.read_text().splitlines()
        if "fsync" in line or digest in line
    ]
    assert steps[0].endswith(".part")
    assert steps[1:] == ["rename", digest[:2], "cas", digest, digest[:2], "cas"]
