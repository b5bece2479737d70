"""The watcher on real folders. Every wait is bounded; none asserts how fast something is."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue

import pytest

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

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
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
        assert "not built: nothing is spent unasked" in said
    assert space.outputs() == {}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_a_polite_kill_and_a_closed_terminal_end_it(space, how):
    with watching(space) as watch:
        watch.until(READY)

        code = watch.stop(getattr(signal, how))
        last = watch.until("interrupted")

    assert (code, last.strip()) == (130, "assetforge: interrupted")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--profile", "nope"], 2, "there is no profile 'nope'"),
        (["nope/wide"], 5, "nope"),
        (["--locale", "xx"], 5, "xx"),
    ],
)
def test_a_flag_that_is_mistyped_is_told_at_once(space, arguments, code, words):
    result = space.run("watch", *arguments)

    assert result.code == code
    assert words in result.err
