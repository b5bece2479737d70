from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from assetforge.store.local import Store
from benchmarks.repository import Repository
from tests.cli.old_project import WIDE_DE, WIDE_DE_TARGET, blob, lock, old_project
from tests.cli.schemas import assert_valid
from tests.space import Space

DAY = 24 * 60 * 60


@pytest.fixture
def space(tmp_path) -> Space:
    return old_project(tmp_path)


def forget_targets(space: Space) -> None:
    """Have nothing stand on anything, as when another branch was built since; all is old."""
    store = Store(space.root / ".assetforge")
    store.state.change("DELETE FROM targets")
    store.state.change("DELETE FROM stands")
    for digest in store.cas.digests():
        os.utime(store.cas.path(digest), (0, time.time() - 40 * DAY))
    store.close()


def test_what_targets_stand_on_stays(space):
    result = space.run("gc")

    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "stays: 8 blobs (31.0 kB), the lock or a target stands on them\nnothing to delete\n"
    )


def test_what_could_go_is_shown_and_goes_only_when_told(space):
    forget_targets(space)

    shown = space.run("gc")

    assert shown.out.splitlines()[-1] == (
        "would delete 3 blobs (10.8 kB) and 3 results; add --delete to do it"
    )
    assert "stays: 5 blobs (20.1 kB), paid for" in shown.out
    assert blob(space, WIDE_DE_TARGET).exists()

    deleted = space.run("gc", "--delete")

    assert deleted.out.splitlines()[-1] == "deleted 3 blobs (10.8 kB) and 3 results"
    assert not blob(space, WIDE_DE_TARGET).exists()
    assert blob(space, WIDE_DE).exists()
    assert space.run("fsck").out == "5 blobs (20.1 kB), 5 results: sound\n"


def test_what_is_younger_than_asked_stays(space):
    forget_targets(space)

    assert space.run("gc", "--keep-days", "41").out.splitlines()[-1] == "nothing to delete"


def test_what_a_lock_names_stays(space):
    forget_targets(space)
    lock(space, WIDE_DE_TARGET)

    space.run("gc", "--delete")

    assert blob(space, WIDE_DE_TARGET).exists()


def test_a_lock_in_the_middle_of_a_merge_counts_whole(space):
    forget_targets(space)
    text = f"<<<<<<< ours\n{WIDE_DE}\n=======\n{WIDE_DE_TARGET}\n>>>>>>> theirs\n"
    space.write("assetforge.lock/banner.json", text)

    space.run("gc", "--delete")

    assert blob(space, WIDE_DE_TARGET).exists()


@pytest.mark.parametrize(("flag", "ref"), [("--branches", "branch"), ("--tags", "tag")])
def test_what_the_lock_of_a_branch_or_tag_names_stays_when_asked(space, flag, ref):
    forget_targets(space)
    lock(space, WIDE_DE_TARGET)
    for command in (
        "init -q -b main",
        "add assetforge.lock",
        "-c user.name=Anna -c user.email=anna@example.com commit -q -m lock",
        f"{ref} old",
        "rm -q -r assetforge.lock",
        "-c user.name=Anna -c user.email=anna@example.com commit -q -m none",
    ):
        subprocess.run(["git", *command.split()], cwd=space.root, check=True)

    assert "would delete 3 blobs" in space.run("gc").out
    assert "would delete 2 blobs" in space.run("gc", flag).out


def test_a_lock_that_only_a_branch_has_counts_when_asked(space):
    """Another pipeline file, of which nothing is in the work tree."""
    forget_targets(space)
    repository = Repository(space.root)
    repository.git("commit", "-q", "--allow-empty", "-m", "empty")
    repository.git("switch", "-q", "-c", "posters")
    lock(space, WIDE_DE_TARGET, folder="posters.lock")
    repository.git("add", "posters.lock")
    repository.git("commit", "-q", "-m", "lock")
    repository.git("switch", "-q", "main")
    assert not (space.root / "posters.lock").exists()

    assert "would delete 3 blobs" in space.run("gc").out
    assert "would delete 2 blobs" in space.run("gc", "--branches").out


def test_a_file_of_a_lock_that_is_a_folder_is_told_and_nothing_goes(space):
    forget_targets(space)
    (space.root / "assetforge.lock" / "banner.json").mkdir(parents=True)

    result = space.run("gc", "--delete")

    assert result.code == 2
    assert "'assetforge.lock/banner.json' is no ordinary file" in result.err
    assert blob(space, WIDE_DE_TARGET).exists()


def test_the_locks_of_other_tools_are_none(space):
    space.write("uv.lock", "version = 1\n")

    assert (space.run("gc").code, space.run("fsck").err) == (0, "")


def test_a_paid_picture_goes_only_by_its_own_name(space):
    forget_targets(space)

    result = space.run("gc", "--delete", "--paid", WIDE_DE[:12])

    assert result.code == 0
    assert "paid for, and named: 9922f5ca46df" in result.out
    assert not blob(space, WIDE_DE).exists()
    assert space.run("fsck").code == 0


def test_a_paid_picture_that_the_lock_names_does_not_go(space):
    lock(space, WIDE_DE)

    result = space.run("gc", "--delete", "--paid", WIDE_DE, "--paid", "0" * 64)

    assert result.code == 2
    assert result.err == (
        f"assetforge: no paid result has the picture '{'0' * 64}'; "
        "the lock or a target stands on the picture '9922f5ca46df': it stays\n"
    )
    assert blob(space, WIDE_DE).exists()


def test_what_is_no_picture_of_the_store_is_wrong_usage(space):
    result = space.run("gc", "--paid", "banner/wide/de")

    assert result.code == 2
    assert result.err == (
        "assetforge: the store has no picture 'banner/wide/de'; --paid takes its digest\n"
    )


def test_the_document_says_what_goes_and_what_stays(space):
    forget_targets(space)

    document = space.run("gc", "--format", "json", "--delete").json

    assert_valid("gc", document)
    assert document["deleted"]
    assert document["keep_days"] == 30
    assert document["spare"] == {"results": 3, "blobs": 3, "bytes": 10_892}
    assert WIDE_DE_TARGET in document["blobs"]
    assert document["stays"]["paid"]["blobs"] == 5


def test_a_project_without_a_store_has_nothing_to_delete_and_gets_none(tmp_path):
    space = Space(tmp_path).quick()

    result = space.run("gc", "--delete")

    assert (result.code, result.out) == (0, "deleted 0 blobs (0 bytes) and 0 results\n")
    assert not (tmp_path / ".assetforge").exists()
    assert_valid("gc", space.run("gc", "--format", "json").json)


def old(folder: Path) -> None:
    """Let all that is in a folder be a year old."""
    for path in folder.rglob("*"):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 365 * 24 * 60 * 60))


@pytest.fixture
def team(open_shop, monkeypatch, tmp_path):
    """A repository whose pictures are shared: those of `main`, and those of words of before."""
    shop = open_shop()
    repository = Repository(shop.root)
    shop.write(".gitignore", ".assetforge/\nout/\n")
    shop.buys("--profile", "final")
    shop.locale("de", headline="Neu", action="Buy", alt="Hills")
    shop.buys("--profile", "final")
    repository.commit()
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(tmp_path / "shared"))
    shop.does("push")
    old(tmp_path / "shared")
    return shop


def test_the_shared_store_is_not_looked_through_without_a_branch_that_counts(team):
    refused = team.run("gc", "--remote")
    unknown = team.run("gc", "--remote", "--branch", "nope")

    assert refused.code == 2
    assert "say whose locks count, with --branches for all branches or --branch" in refused.err
    assert unknown.code == 1
    assert "there is no branch 'nope' here" in unknown.err


def test_the_shared_store_keeps_what_a_branch_stands_on_and_what_was_paid_for(team, tmp_path):
    main = ("gc", "--remote", "--branch", "main", "--format", "json")
    free = team.does(*main).json
    paid = team.does(*main, "--paid", "all").json
    deleted = team.does(*main, "--paid", "all", "--delete").json
    again = team.does(*main, "--paid", "all").json
    shutil.rmtree(team.root / ".assetforge")
    shutil.rmtree(team.root / "out")

    assert free["paid"] == []
    assert len(paid["paid"]) == 2
    assert deleted["blobs"] == paid["blobs"]
    assert again["blobs"] == []
    assert team.buys("--profile", "final") == 0


def test_what_does_not_count_in_the_shared_store_is_told(team, tmp_path):
    path = next((tmp_path / "shared" / "actions").rglob("*.json"))
    path.chmod(0o600)
    path.write_text("{")

    result = team.does("gc", "--remote", "--branches")

    assert "is damaged, and is not taken" in result.err
