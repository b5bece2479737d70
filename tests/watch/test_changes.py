"""Real folders, watched. Every wait is bounded; none asserts how fast something is."""

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from queue import Queue
from typing import Self

import pytest

from assetforge.watch import checkout, mounts
from assetforge.watch.changes import changes
from tests.space import PYTHON
from tests.watch.repository import Repository

PATIENCE_SECONDS = 60
"""How long a test waits for what must come; only a failing test waits so long."""

QUIET_SECONDS = 1.5
"""How long a test waits for what must not come."""


class Source:
    """Folders and outputs that a test may change while they are watched."""

    def __init__(self, *folders: Path) -> None:
        self.folders = set(folders)
        self.outputs: set[Path] = set()
        self.stop = threading.Event()
        self.seen: Queue[set[Path]] = Queue()
        self.said: list[str] = []
        self.polled: list[str] = []
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        for each in changes(
            lambda: set(self.folders),
            lambda: self.outputs,
            self.stop,
            self.said.append,
            self.polled.append,
        ):
            self.seen.put(each)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self._thread.join(timeout=PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def next(self) -> set[Path]:
        return self.seen.get(timeout=PATIENCE_SECONDS)

    def until(self, path: Path) -> bool:
        """Wait for a path, or for a call to look that comes after it changed."""
        while True:
            found = self.next()
            if path in found or (not found and path.exists()):
                return True

    def is_quiet(self) -> bool:
        time.sleep(QUIET_SECONDS)
        return self.seen.empty()


def test_the_first_that_comes_is_a_call_to_look(tmp_path):
    with Source(tmp_path) as source:
        assert source.next() == set()
        assert source.is_quiet()


def test_saves_that_follow_each_other_closely_are_one_change(tmp_path):
    names = [tmp_path / f"{number}.txt" for number in range(5)]
    with Source(tmp_path) as source:
        source.next()
        for each in names:
            each.write_text("new")
            time.sleep(0.06)

        assert source.next() == set(names)
        assert source.is_quiet()


def test_outputs_half_written_ones_and_the_store_are_nobodys_change(tmp_path):
    store = tmp_path / ".assetforge"
    store.mkdir()
    with Source(tmp_path, store) as source:
        source.outputs = {tmp_path / "out.png"}
        source.next()
        (tmp_path / "out.png").write_text("new")
        (tmp_path / ".out.png.12.part").write_text("half")
        (store / "state.sqlite").write_text("new")

        assert source.is_quiet()


def test_what_changes_while_the_caller_is_busy_comes_next(tmp_path):
    stop = threading.Event()
    found = changes(lambda: {tmp_path}, set, stop)
    next(found)
    (tmp_path / "while-busy.txt").write_text("new")
    time.sleep(QUIET_SECONDS)

    assert next(found) == {tmp_path / "while-busy.txt"}
    stop.set()
    assert list(found) == []


def test_new_folders_are_watched_from_then_on(tmp_path):
    below = tmp_path / "below"
    below.mkdir()
    with Source(tmp_path) as source:
        source.next()
        source.folders.add(below)
        (tmp_path / "note.txt").write_text("new")
        first, look = source.next(), source.next()
        (below / "note.txt").write_text("new")

        assert (first, look) == ({tmp_path / "note.txt"}, set())
        assert source.next() == {below / "note.txt"}


def test_a_folder_that_was_made_anew_is_watched_again(tmp_path):
    """As git does when it changes branches."""
    below = tmp_path / "below"
    below.mkdir()
    with Source(tmp_path, below) as source:
        source.next()
        below.rmdir()
        below.mkdir()
        assert below in source.next()
        assert source.next() == set()
        (below / "note.txt").write_text("new")

        assert source.next() == {below / "note.txt"}


def write(path: Path, words: str = "new") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


def test_a_folder_that_is_not_there_is_waited_for_and_its_neighbours_are_nobodys(tmp_path):
    root = tmp_path / "far" / "project"
    with Source(root) as source:
        source.next()
        write(tmp_path / "other.txt")
        assert source.is_quiet()
        write(root / "prompts.txt")
        assert source.until(root / "prompts.txt")


def test_a_deleted_root_is_survived_and_found_again(tmp_path):
    root = tmp_path / "project"
    write(root / "a.txt")
    with Source(root) as source:
        source.next()
        shutil.rmtree(root)
        assert root in source.next()
        assert source.next() == set()
        write(root / "b.txt")

        assert source.until(root / "b.txt")


@pytest.mark.skipif(os.name == "nt", reason="a watched folder cannot be moved there")
def test_a_folder_that_another_one_took_the_place_of_is_noticed_without_an_event(tmp_path):
    """Nobody watches the folder above, and a move is no change in the folder itself."""
    root = tmp_path / "project"
    root.mkdir()
    with Source(root) as source:
        source.next()
        root.rename(tmp_path / "old")
        root.mkdir()
        source.next()

        assert source.until(write(root / "new.txt"))


def test_editors_short_lived_files_and_those_of_other_tools_are_no_change(tmp_path):
    with Source(tmp_path) as source:
        source.next()
        for name in ("copy.j2~", ".copy.j2.swp", ".#copy.j2", ".git/x", "__pycache__/x"):
            write(tmp_path / name)

        assert source.is_quiet()


def test_the_folder_of_outputs_is_no_change_unless_it_vanishes(tmp_path):
    with Source(tmp_path) as source:
        source.outputs = {tmp_path / "out/de/banner.png"}
        source.next()
        write(tmp_path / "out/de/banner.png")
        assert source.is_quiet()
        shutil.rmtree(tmp_path / "out")

        assert source.next() == {tmp_path / "out"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_outputs_are_known_whichever_links_lead_to_them(tmp_path):
    (tmp_path / "art").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "art")
    with Source(tmp_path / "art") as source:
        source.outputs = {tmp_path / "link/banner.png"}
        source.next()
        write(tmp_path / "art/banner.png")
        assert source.is_quiet()
        write(tmp_path / "art/logo.png")

        assert source.next() == {tmp_path / "art/logo.png"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_changes_behind_a_link_come_by_the_name_that_was_asked_for(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with Source(tmp_path / "link") as source:
        source.next()
        write(tmp_path / "real/a.txt")

        assert source.next() == {tmp_path / "link/a.txt"}


@pytest.mark.parametrize("command", ["checkout", "rebase", "merge", "stash"])
def test_what_git_does_at_once_is_one_change(tmp_path, command):
    repository = Repository(tmp_path / "work")
    repository.git("branch", "side")
    names = [repository.root / f"{number}.txt" for number in range(20)]
    for each in names:
        write(each)
    repository.git("add", ".")
    if command != "stash":
        repository.git("commit", "-q", "-m", "many")
        repository.git("checkout", "-q", "side")
    with Source(repository.root) as source:
        source.next()
        repository.git(*([command] if command == "stash" else [command, "-q", "main"]))

        assert source.next() == set(names)
        assert source.is_quiet()


def test_while_git_holds_its_lock_nothing_is_settled(tmp_path):
    lock = write(tmp_path / ".git/index.lock")
    with Source(tmp_path) as source:
        source.next()
        write(tmp_path / "a.txt")
        assert source.is_quiet()
        write(tmp_path / "b.txt")
        assert source.is_quiet()
        lock.unlink()

        assert source.next() == {tmp_path / "a.txt", tmp_path / "b.txt"}


def test_a_lock_that_stays_is_told_and_waited_for_once(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "LOCK_SECONDS", 2.0)
    write(tmp_path / ".git/index.lock")
    with Source(tmp_path) as source:
        source.next()
        write(tmp_path / "a.txt")
        assert source.next() == {tmp_path / "a.txt"}
        write(tmp_path / "b.txt")
        assert source.next() == {tmp_path / "b.txt"}

        (said,) = source.said
    assert "index.lock' stays; not waiting for it; delete it when no git is at work" in said


def test_what_changes_all_the_time_is_looked_at_in_between(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "MOST_SECONDS", 1.0)
    with Source(tmp_path) as source:
        source.next()
        end = time.monotonic() + PATIENCE_SECONDS
        while source.seen.empty() and time.monotonic() < end:
            write(tmp_path / "log.txt", str(time.monotonic()))
            time.sleep(0.02)

        assert source.next() == {tmp_path / "log.txt"}


@pytest.fixture
def without_events(monkeypatch):
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")


@pytest.mark.usefixtures("without_events")
def test_without_events_changes_come_as_well_and_it_is_told_why(tmp_path):
    below = tmp_path / "below"
    below.mkdir()
    with Source(tmp_path, below) as source:
        source.outputs = {tmp_path / "out.png"}
        source.next()
        write(tmp_path / "out.png")
        assert source.is_quiet()
        write(below / "a.txt")
        assert source.next() == {below / "a.txt"}
        write(below / "a.txt", "longer")
        assert source.next() == {below / "a.txt"}
        shutil.rmtree(below)
        assert below in source.next()

    assert source.polled == ["WATCHFILES_FORCE_POLLING is set"]


def test_the_way_of_watching_follows_the_folders(tmp_path, monkeypatch):
    share = tmp_path / "share"
    share.mkdir()
    table = write(tmp_path / "mounts", f"nas:/ {share} nfs4 rw 0 0\n")
    monkeypatch.setattr(mounts, "MOUNTS", table)
    with Source(share, tmp_path) as source:
        source.next()
        source.folders.discard(share)
        source.next()
        write(tmp_path / "a.txt")
        source.until(tmp_path / "a.txt")

    assert source.polled == [f"'{share}' is on nfs4, which tells of no changes", ""]


LIMITED = """
import sys, threading
from pathlib import Path
from assetforge.watch.changes import changes
folder = Path(sys.argv[1])
stop = threading.Event()
found = changes(lambda: {folder}, set, stop, print, print)
assert next(found) == set()
(folder / "a.txt").write_text("new")
assert next(found) == {folder / "a.txt"}
"""


@pytest.mark.parametrize("limit", ["watches", "instances"])
def test_where_the_system_has_no_events_left_changes_come_late(tmp_path, limit):
    """In a name space of its own, whose limits nobody else feels."""
    enter = f'echo 0 > /proc/sys/user/max_inotify_{limit} && exec "$0" "$@"'
    command = ["unshare", "-Ur", "sh", "-c"]
    try:
        subprocess.run([*command, enter, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs Linux, and the right to make a name space")

    done = subprocess.run(
        [*command, enter, PYTHON, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("the system gives no more events (")
