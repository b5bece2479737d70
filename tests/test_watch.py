"""The watcher on real folders. Every wait is bounded; none asserts how fast something is."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Self

import pytest

from assetforge.decided import Options, open_store, plan_and_decide
from assetforge.project import open_project
from assetforge.watch import MAX_FOLDERS, all_folders, changes, folders_of
from tests.space import PYTHON, QUICK, Space

PATIENCE_SECONDS = 60
"""How long a test waits for what must come; only a failing test waits so long."""

QUIET_SECONDS = 1.5
"""How long a test waits for what must not come."""


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def save_by_renaming(space: Space, name: str, text: str) -> None:
    """Save as most editors do: write beside the file, then rename over it."""
    temporary = space.write(f"{name}.tmp~", text)
    os.replace(temporary, space.root / name)  # noqa: PTH105


class Watching:
    """`assetforge watch` in a process of its own, and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr or ():
            self._lines.put(line)

    def until(self, words: str) -> str:
        """Return what was said from the last such call up to a line with some words."""
        self.said = ""
        end = time.monotonic() + PATIENCE_SECONDS
        while words not in self.said:
            try:
                self.said += self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except Empty:
                raise AssertionError(f"no '{words}' in:\n{self.said}") from None
        return self.said

    def rest(self, seconds: float = QUIET_SECONDS) -> str:
        """Return what is said within some time."""
        time.sleep(seconds)
        found = ""
        while not self._lines.empty():
            found += self._lines.get()
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def watching(space: Space, *arguments: str) -> Iterator[Watching]:
    process = subprocess.Popen(
        [PYTHON, "-m", "assetforge", "watch", *arguments],
        cwd=space.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    watch = Watching(process)
    try:
        yield watch
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)
        watch._reader.join(timeout=PATIENCE_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


READY = "watching; Ctrl-C ends"


def test_a_saved_change_builds_again(space):
    with watching(space) as watch:
        assert "10 made" in watch.until(READY)
        watch.rest()
        space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

        said = watch.until(READY)

    assert said.startswith("changed: de.json\n")
    assert "4 made, 6 hit; 4 pictures current, 2 written" in said


def test_a_save_by_renaming_builds_again_every_time(space):
    """A watched file would go deaf after the first one."""
    with watching(space) as watch:
        watch.until(READY)
        watch.rest()
        for words in ("A wild scene.", "A quiet scene."):
            save_by_renaming(space, "prompts/scene.j2", words)

            assert "10 made, 0 hit" in watch.until(READY)


def test_its_own_pictures_are_no_reason_to_build_again(space):
    """Also not where they are written beside what is watched."""
    pipeline = QUICK.replace("out/{locale}/banner-{format}.png", "art-{locale}-{format}.png")
    space.quick(pipeline=pipeline)

    with watching(space) as watch:
        watch.until(READY)
        first = watch.rest()
        space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
        watch.until(READY)
        second = watch.rest()

    assert (first, second) == ("", "")
    assert (space.root / "art-de-wide.png").is_file()


def test_a_new_locale_is_picked_up(space):
    with watching(space) as watch:
        watch.until(READY)
        watch.rest()
        space.locale("fr", headline="Soldes", action="Acheter", alt="Collines")

        said = watch.until(READY)

    assert "4 made, 10 hit; 6 pictures current" in said
    assert (space.root / "out/fr/banner-wide.png").is_file()


def test_a_broken_file_is_told_with_its_place_and_the_next_fix_recovers(space):
    with watching(space) as watch:
        watch.until(READY)
        watch.rest()
        space.replace("assetforge.yaml", "assets:", "asets:")
        broken = watch.until(READY)
        watch.rest()
        space.replace("assetforge.yaml", "asets:", "assets:")
        fixed = watch.until(READY)

    assert "error[unknown-key]: unknown key 'asets'" in broken
    assert " --> assetforge.yaml:" in broken
    assert "0 made, 10 hit" in fixed


def test_what_is_broken_from_the_start_is_built_when_it_is_fixed(space):
    """Nothing was planned yet, so nothing says which folders matter."""
    space.write("prompts/copy.j2", "{{ nope }}")

    with watching(space) as watch:
        broken = watch.until(READY)
        watch.rest()
        space.write("prompts/copy.j2", "Set {{ copy.headline|quoted }}.\n")
        fixed = watch.until(READY)

    assert "unknown variable 'nope'" in broken
    assert "10 made" in fixed


def test_with_a_profile_that_costs_money_nothing_is_built(space):
    space.quick(pipeline=QUICK.replace("provider: blank", "provider: openai, quality: low"))

    with watching(space) as watch:
        first = watch.until(READY)
        watch.rest()
        space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
        second = watch.until(READY)

    for said in (first, second):
        assert "4 pictures in 10 actions: 2 run, 8 wait, 0 hit; cost $" in said
        assert "not built: watch never spends money" in said
    assert space.outputs() == {}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_ctrl_c_ends_it(space):
    with watching(space) as watch:
        watch.until(READY)

        code = watch.stop()
        last = watch.until("interrupted")

    assert (code, last.strip()) == (130, "assetforge: interrupted")


# the parts


class Source:
    """Folders and outputs that a test may change while they are watched."""

    def __init__(self, *folders: Path) -> None:
        self.folders = set(folders)
        self.outputs: set[Path] = set()
        self.stop = threading.Event()
        self.seen: Queue[set[Path]] = Queue()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        for each in changes(lambda: set(self.folders), lambda: self.outputs, self.stop):
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


def test_the_folders_of_a_plan_are_those_it_looked_into(space):
    space.write("prompts/scene.j2", "{% include 'parts/light/x.j2' ignore missing %}A scene.\n")
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    store = open_store(project)
    try:
        plan = plan_and_decide(Options(file), store, project).plan
    finally:
        store.close()

    found = folders_of(project, plan)

    assert found >= {space.root, space.root / "prompts", space.root / "locales"}
    assert space.root / "out" not in found
    assert all(each.is_dir() for each in found)


def test_a_reference_to_a_picture_is_watched_as_well(space):
    space.build("banner/wide/en")
    (space.root / "brand").mkdir()
    logo = (space.root / "out/en/banner-wide.png").read_bytes()
    (space.root / "brand/logo.png").write_bytes(logo)
    space.replace("assetforge.yaml", "    output:", "    references: [brand/logo.png]\n    output:")
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    store = open_store(project)
    try:
        plan = plan_and_decide(Options(file), store, project).plan
    finally:
        store.close()

    assert space.root / "brand" in folders_of(project, plan)


def test_all_folders_leaves_out_hidden_ones_and_those_of_other_tools(tmp_path):
    for name in ("a/b", ".git/objects", "node_modules/x", "a/__pycache__"):
        (tmp_path / name).mkdir(parents=True)

    assert all_folders(tmp_path) == {tmp_path, tmp_path / "a", tmp_path / "a" / "b"}


def test_all_folders_are_not_more_than_can_be_watched(tmp_path):
    for number in range(MAX_FOLDERS + 10):
        (tmp_path / str(number)).mkdir()

    assert len(all_folders(tmp_path)) == MAX_FOLDERS
