"""What git is doing, with real git, and how long that is waited for."""

import os

import pytest

from assetforge.watch.checkout import (
    LOCK_SECONDS,
    MOST_SECONDS,
    SETTLE_SECONDS,
    UNDER_WAY_SECONDS,
    Git,
    git_folders,
    git_now,
    is_settled,
    quiet_needed,
)
from tests.watch.repository import Repository


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "work")


def test_at_rest_git_is_waited_for_no_longer_than_any_save(repository):
    assert repository.now == Git()
    assert quiet_needed(repository.now) == SETTLE_SECONDS


@pytest.mark.parametrize("command", ["rebase", "merge", "cherry-pick", "revert"])
def test_what_stopped_at_a_conflict_takes_a_longer_quiet_time(repository, command):
    repository.branches()
    if command == "revert":
        repository.commit("later")
    repository.git(command, "HEAD~1" if command == "revert" else "main", fails=True)

    assert repository.now.under_way
    assert quiet_needed(repository.now) == UNDER_WAY_SECONDS
    repository.git(command, "--abort")
    assert repository.now == Git()


def test_a_stash_that_is_done_leaves_nothing_to_wait_for(repository):
    (repository.root / "copy.txt").write_text("half")
    repository.git("stash")

    assert repository.now == Git()


def test_a_lock_is_waited_for_but_once_only(repository):
    lock = repository.root / ".git/index.lock"
    lock.write_text("")
    now = repository.now

    assert [path for path, _ in now.locks] == [lock]
    assert quiet_needed(now) == LOCK_SECONDS
    assert quiet_needed(now, now.locks) == SETTLE_SECONDS
    os.utime(lock, (1, 1))
    assert quiet_needed(repository.now, now.locks) == LOCK_SECONDS


def test_a_worktree_has_its_own_lock(repository, tmp_path):
    repository.git("worktree", "add", "-q", "../tree")
    (repository.root / ".git/worktrees/tree/index.lock").write_text("")

    assert not repository.now.locks
    assert git_now(git_folders([tmp_path / "tree"])).locks


def test_folders_deep_in_a_repository_belong_to_it_and_others_to_none(repository, tmp_path):
    deep = repository.root / "a/b"
    deep.mkdir(parents=True)
    (tmp_path / "free").mkdir()
    (tmp_path / "free/.git").write_text("no word of where")

    assert git_folders([deep, repository.root]) == {repository.root / ".git"}
    assert git_folders([tmp_path / "free"]) == git_folders([tmp_path])


@pytest.mark.parametrize(
    ("needed", "quiet", "waited", "settled"),
    [
        (SETTLE_SECONDS, 0.1, 5.0, False),
        (SETTLE_SECONDS, 0.3, 0.3, True),
        (LOCK_SECONDS, 9.0, 9.0, False),
        (LOCK_SECONDS, 10.0, 12.0, True),
        (LOCK_SECONDS, 0.0, MOST_SECONDS, True),
    ],
)
def test_nothing_is_waited_for_without_end(needed, quiet, waited, settled):
    assert is_settled(needed, quiet, waited) is settled
