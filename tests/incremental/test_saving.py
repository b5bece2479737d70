"""What a trace holds: what is proven, what is left to be looked into, and when there is none."""

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assetforge.decided import Options
from assetforge.digest import digest_of
from assetforge.incremental import saving
from assetforge.incremental.saving import (
    files_of,
    folders_of,
    forget,
    is_whole,
    keep_pipeline,
    links_of,
    proven,
    rows_of,
    save,
    settled_stamp,
    tells_changes,
)
from assetforge.planner import Selection
from assetforge.reads import listing, noting_reads
from assetforge.trace.look import digest_at
from assetforge.trace.proof import Folder, read_proof
from assetforge.trace.stamp import UNPROVEN, stamp_of
from tests.incremental.workplace import SMALL, Workplace

LATER = 10**12
"""Nanoseconds that no test takes."""


@pytest.mark.parametrize(
    ("changed", "whole"),
    [
        ({}, True),
        ({"force": True, "keep_going": True, "frozen": True, "jobs": 3, "profile": "x"}, True),
        ({"selection": Selection(("banner",))}, False),
        ({"selection": Selection(max_variants=99_999)}, False),
        ({"allow_unverified": True}, False),
        ({"resend": True}, False),
        ({"rebuy": True}, False),
    ],
)
def test_a_trace_is_of_a_build_that_asked_for_nothing_special(tmp_path, changed, whole):
    assert is_whole(Options(tmp_path / "assetforge.yaml", **changed)) is whole


@pytest.mark.parametrize("read_only", [True, False])
def test_without_a_store_to_write_or_a_whole_build_nothing_is_left(tmp_path, read_only):
    options = Options(tmp_path / "a", resend=not read_only)
    store: Any = SimpleNamespace(read_only=read_only)
    nothing: Any = None

    save(tmp_path / "trace", options, nothing, store, nothing, nothing, 0, nothing)

    assert not (tmp_path / "trace").exists()


def test_a_file_is_proven_if_it_is_as_it_was_and_was_not_written_just_now(tmp_path):
    path = tmp_path / "a"
    path.write_text("words")
    stamp, began = stamp_of(str(path)), time.time_ns()
    digest = digest_at(str(path))

    assert proven(str(path), stamp, began + LATER, ()) == (stamp, digest)
    assert proven(str(path), stamp, began, ()) == (UNPROVEN, ""), "too young to tell"
    assert proven(str(path), stamp, began, {str(path)}) == (stamp, digest), "by this build"
    assert proven(str(path), (1, 1, 1, 1), began, ()) == (UNPROVEN, ""), "changed since"


def test_what_was_not_there_is_proven_while_it_is_not(tmp_path):
    path = tmp_path / "a"
    assert proven(str(path), None, 0, ()) == (None, "")

    path.write_text("")
    assert proven(str(path), None, 0, ()) == (UNPROVEN, "")


def test_a_folder_that_was_not_there_is_looked_for_like_a_file(tmp_path):
    with noting_reads() as reads:
        listing(tmp_path / "gone")
        listing(tmp_path)

    assert files_of(reads) == {str(tmp_path / "gone"): None}
    assert [each.path for each in folders_of(reads, (), 0)] == [str(tmp_path)]


@pytest.mark.parametrize("began", [0, 2 * 10**18])
def test_a_folder_is_unproven_while_it_is_young(tmp_path, began):
    with noting_reads() as reads:
        listing(tmp_path)

    (found,) = folders_of(reads, (), began)

    assert found.stamp == (stamp_of(str(tmp_path)) if began else UNPROVEN)


def test_what_others_add_to_a_folder_meanwhile_leaves_no_trace(tmp_path):
    with noting_reads() as reads:
        listing(tmp_path)
    (tmp_path / "out").mkdir()

    assert [each.names for each in folders_of(reads, {"out/"}, 0)] == ["out/"]
    with pytest.raises(ValueError, match="meanwhile"):
        list(folders_of(reads, (), 0))

    with noting_reads() as reads:
        listing(tmp_path / "out")
    (tmp_path / "out").rmdir()
    with pytest.raises(ValueError, match="meanwhile"):
        list(folders_of(reads, {"out/"}, 0))


def test_links_are_those_of_every_folder_below_the_root(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "a").symlink_to("real")
    paths = [f"{tmp_path}/a/b/c.png", f"{tmp_path}/d.yaml"]

    found = links_of(tmp_path, paths, [Folder(f"{tmp_path}/fonts", UNPROVEN, "")])

    assert found == {
        f"{tmp_path}/a/b": "",
        f"{tmp_path}/a": str(tmp_path / "real"),
        f"{tmp_path}/fonts": "",
        str(tmp_path): "",
    }


def test_a_young_folder_of_the_store_is_looked_into_again(tmp_path):
    assert settled_stamp(str(tmp_path)) is None
    assert settled_stamp(str(tmp_path / "gone")) is None
    old = str(Path(os.__file__).parent)
    assert settled_stamp(old) == stamp_of(old)


def test_folders_are_tried_before_their_times_are_trusted(tmp_path, monkeypatch):
    assert tells_changes(tmp_path, str(tmp_path)) is True
    assert list(tmp_path.iterdir()) == []

    if Path("/proc/self").is_dir():
        assert tells_changes(tmp_path, "/proc/self") is False, "nothing is known of another device"
    monkeypatch.setattr("pathlib.Path.touch", lambda path: None)
    monkeypatch.setattr("pathlib.Path.unlink", lambda path: None)
    assert tells_changes(tmp_path, str(tmp_path)) is False


@pytest.fixture
def place(tmp_path, monkeypatch) -> Workplace:
    return Workplace(tmp_path / "project", monkeypatch)


def test_a_new_trace_takes_the_place_of_the_old_one(place):
    place.begin()
    before = {each.name for each in place.trace.iterdir()}
    place.locale("fr", headline="a", action="b", alt="c")
    place.settled()

    after = {each.name for each in place.trace.iterdir()}
    assert {each.partition(".")[2] for each in after} == {each.partition(".")[2] for each in before}
    assert after & before == {"proof"}


def test_a_trace_that_is_forgotten_leaves_what_is_asked_for(place):
    place.begin()
    forget(place.trace)

    assert list(place.root.glob(".assetforge/traces/*")) == []
    assert place.again().code == 0
    assert place.how == "whole"


def test_folders_whose_times_tell_nothing_are_not_believed(place, monkeypatch):
    monkeypatch.setattr(saving, "tells_changes", lambda scratch, target: False)
    place.begin()
    proof = read_proof(str(place.trace))
    assert proof is not None
    assert not proof.trusted
    path = place.root / "out/de/banner-wide.png"
    was = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    assert "was edited" in place.again("--check", "dirs").err


def test_a_project_without_a_picture_has_a_trace_too(place):
    pipeline = SMALL.replace("source: en\n", "source: en\n  missing: skip\n")
    place.quick(pipeline=pipeline)
    for each in ("en", "de"):
        place.locale(each, alt="a", headline="h")

    place.again()
    place.again()

    assert place.run("build").code == place.run("build", "--check", "hash").code


def test_a_target_that_another_build_wrote_meanwhile_is_unproven(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    target = SimpleNamespace(path="a.png", variant=SimpleNamespace(name="a"))
    built: Any = SimpleNamespace(materialized=SimpleNamespace(current=[(target, "ours")]))

    def rows(artifact: str, inode: int) -> list[Any]:
        written = SimpleNamespace(artifact=artifact, mtime_ns=1, ctime_ns=2, size=3, inode=inode)
        record = SimpleNamespace(targets_of=lambda paths: {"a.png": written})
        store: Any = SimpleNamespace(record=record)
        return [stamp for _, stamp, _, _ in rows_of(built, store, tmp_path)]

    assert rows("ours", 4) == [(1, 2, 3, 4)]
    assert rows("ours", 0) == [stamp_of(str(tmp_path / "a.png"))], "nobody noted all of it"
    assert rows("theirs", 4) == [UNPROVEN]


def test_a_pipeline_file_that_changed_meanwhile_is_not_kept(tmp_path):
    (tmp_path / "a.yaml").write_text("new")
    path = str(tmp_path / "a.yaml")
    proof: Any = SimpleNamespace(
        root=str(tmp_path), generation="g", files={path: (UNPROVEN, "old")}
    )

    keep_pipeline(tmp_path, proof, "a.yaml")
    keep_pipeline(tmp_path, proof, "read-through-a-link.yaml")
    assert not (tmp_path / "g.pipeline").exists()

    proof.files[path] = UNPROVEN, digest_of(b"new")
    keep_pipeline(tmp_path, proof, "a.yaml")
    assert (tmp_path / "g.pipeline").read_text() == "new"
