"""Several processes, and processes that die: what only shows with real ones."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetforge import registry
from assetforge.store.local import Store
from tests.space import QUICK, Space

pytestmark = pytest.mark.usefixtures("unmeasured")

SOURCE_TREE = Path(__file__).parents[1]

STUDIO = '''\
"""A provider as a plugin: blank pictures that take time and cost money, and a bill of all calls."""

import hashlib
import os
import time

from assetforge.providers.base import Reply
from assetforge.providers.blank import Blank


class Studio:
    account = "studio"

    def __init__(self, connection):
        pass

    def make(self, request, sketched):
        call = hashlib.sha256(repr(request).encode()).hexdigest()[:16]
        with open(os.environ["STUDIO_BILL"], "a") as bill:
            bill.write(call + "\\n")
        time.sleep(float(os.environ.get("STUDIO_SECONDS", "0")))
        cost = int(os.environ.get("STUDIO_COST", "0"))
        return Reply(Blank().make(request).data, cost, {"images": 1}, request_id=call)
'''

STUDIO_PIPELINE = QUICK.replace("provider: blank", "provider: studio")


def install_studio(folder: Path) -> Path:
    """Write a distribution with the provider `studio`, to be put on the path."""
    info = folder / "studio-1.dist-info"
    info.mkdir(parents=True)
    (folder / "studio.py").write_text(STUDIO)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: studio\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[assetforge.providers]\nstudio = studio:Studio\n")
    return folder


@contextlib.contextmanager
def studio_in_this_process(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the provider `studio` here, and yield the path of its bill."""
    bill = folder.parent / "bill.txt"
    patch.syspath_prepend(str(install_studio(folder)))
    patch.setenv("STUDIO_BILL", str(bill))
    forget_plugins()
    try:
        yield bill
    finally:
        patch.undo()
        forget_plugins()
        sys.modules.pop("studio", None)


def forget_plugins() -> None:
    for each in (registry._points, registry.load):
        each.cache_clear()


class Processes:
    """Runs the command line in processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.plugins = install_studio(folder / "plugins")
        self.bill = folder / "bill.txt"

    def start(self, space: Space, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "assetforge", *arguments],
            cwd=space.root,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(SOURCE_TREE), str(self.plugins)]),
                "STUDIO_BILL": str(self.bill),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def calls(self) -> Counter[str]:
        return Counter(self.bill.read_text().split() if self.bill.exists() else [])


@pytest.fixture
def space(tmp_path) -> Space:
    (tmp_path / "project").mkdir()
    return Space(tmp_path / "project")


@pytest.fixture
def processes(tmp_path) -> Processes:
    return Processes(tmp_path)


BUILD = ("build", "--yes", "--format", "json")
LOCALES = ("en", "de", "fr", "ja", "ar", "ko", "pt", "es")


def number_of_actions(space: Space) -> int:
    return sum(len(each) for each in space.plan().values())


def test_four_processes_that_build_at_once_make_each_picture_once(space, processes):
    space.quick(*LOCALES, pipeline=STUDIO_PIPELINE)
    started = [processes.start(space, *BUILD, "-j", "2", STUDIO_SECONDS="0.02") for _ in range(4)]

    ends = [each.communicate(timeout=180) for each in started]

    assert [each.returncode for each in started] == [0] * 4, ends
    totals = [json.loads(out)["totals"] for out, _ in ends]
    actions = totals[0]["made"] + totals[0]["hit"]
    assert actions == 2 + 16 + 16
    assert sum(each["made"] for each in totals) == actions
    assert [each["made"] + each["hit"] for each in totals] == [actions] * 4
    assert set(processes.calls().values()) == {1}
    assert sum(processes.calls().values()) == 2 + 16
    assert len(space.outputs()) == 16


def test_different_selections_share_what_they_have_in_common(space, processes):
    space.quick("en", "de", pipeline=STUDIO_PIPELINE)
    started = [
        processes.start(space, *BUILD, "--locale", locale, STUDIO_SECONDS="0.2")
        for locale in ("en", "de")
    ]

    ends = [each.communicate(timeout=180) for each in started]

    assert [each.returncode for each in started] == [0, 0], ends
    assert sum(processes.calls().values()) == 2 + 4
    assert len(space.outputs()) == 4


def kill_after_line(process: subprocess.Popen[str], count: int, pause: float) -> None:
    """Kill a process some moments after it wrote so many lines of progress, unless it ends."""
    assert process.stderr is not None
    for _ in range(count):
        process.stderr.readline()
    time.sleep(pause)
    process.kill()
    process.communicate(timeout=120)


def results_kept(space: Space) -> dict[str, tuple[int, int]]:
    """Return the files of results, with what changes when one is written again."""
    kept = (space.root / ".assetforge" / "actions").glob("??/*.json")
    return {each.name: (each.stat().st_ino, each.stat().st_mtime_ns) for each in kept}


def test_nothing_is_lost_or_bought_twice_though_builds_are_killed(space, processes, tmp_path):
    """`kill -9` at a dozen instants: what had arrived stays, and nothing is ever asked for again.

    What was in flight when a build was killed is known as unanswered: only who says `--resend`
    risks to pay for it twice.
    """
    locales = [f"{language}-{region}" for language in ("en", "de", "fr", "es", "pt")
               for region in ("US", "GB", "IE", "CA", "ZA")]  # fmt: skip
    pipeline = STUDIO_PIPELINE.replace("source: en", "source: en-US")
    space.quick(*locales, pipeline=pipeline)
    dice = random.Random(20261121)
    kept: dict[str, tuple[int, int]] = {}
    kills = 0
    build = (*BUILD, "--keep-going", "-j", "2")

    for _ in range(12):
        process = processes.start(space, *build, STUDIO_SECONDS="0.01")
        kill_after_line(process, dice.randrange(12), dice.uniform(0, 0.03))
        kills += process.returncode == -signal.SIGKILL
        now = results_kept(space)
        assert kept.items() <= now.items()
        kept = now
    assert kills >= 8
    last = processes.start(space, *build)
    out, err = last.communicate(timeout=180)

    assert "another process" not in err, "it waited for a dead one"
    assert set(processes.calls().values()) == {1}, "something was bought twice"
    lost = json.loads(out)["totals"]["unknown"]
    assert last.returncode == (1 if lost else 0), err
    assert kept.items() <= results_kept(space).items()
    assert json.loads(out)["totals"]["failed"] == 0

    again = processes.start(space, *build, "--resend")
    out, err = again.communicate(timeout=180)

    assert again.returncode == 0, err
    pictures = 2 + 2 * len(locales)
    assert len(results_kept(space)) == len(processes.calls()) == pictures
    assert sum(processes.calls().values()) <= pictures + 2 * kills, "more than was in flight"
    clean = Space(tmp_path / "clean").quick(*locales, pipeline=pipeline)
    assert processes.start(clean, *BUILD).communicate(timeout=180)
    assert space.outputs() == clean.outputs()
    assert len(space.outputs()) == 2 * len(locales)
    assert json.loads(out)["totals"]["blocked"] == 0


def test_a_build_after_a_kill_and_an_edit_still_knows_its_own_files(space, processes):
    """Killed between writing files and noting it, it must not take them for hand-made."""
    space.quick("en", "de")
    space.build()
    store = Store(space.root / ".assetforge")
    store.state.change("DELETE FROM targets")
    store.close()
    space.replace("prompts/scene.j2", "calm", "stormy")

    assert space.build()["written"] == 4


def wait_for_calls(processes: Processes, count: int) -> None:
    deadline = time.monotonic() + 60
    while sum(processes.calls().values()) < count:
        assert time.monotonic() < deadline, "no call was made"
        time.sleep(0.01)


def test_an_interrupt_waits_for_what_is_in_flight_and_keeps_it(space, processes):
    space.quick("en", "de", "fr", pipeline=STUDIO_PIPELINE)
    process = processes.start(space, *BUILD, "-j", "2", STUDIO_SECONDS="2")
    wait_for_calls(processes, 2)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    totals = json.loads(out)["totals"]
    assert totals["made"] == 2
    assert totals["blocked"] == 2 * 3 * 2
    assert len(results_kept(space)) == 2
    assert "Traceback" not in err
    again = processes.start(space, *BUILD)
    assert json.loads(again.communicate(timeout=60)[0])["totals"]["hit"] == 2
    assert set(processes.calls().values()) == {1}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system closes terminals otherwise")
@pytest.mark.parametrize("ignored", [False, True])
def test_a_closed_terminal_ends_a_build_unless_it_was_told_to_ignore_that(
    space, processes, ignored
):
    """`nohup` starts a build deaf to it."""
    space.quick("en", pipeline=STUDIO_PIPELINE)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        process = processes.start(space, *BUILD, "-j", "2", STUDIO_SECONDS="1.5")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_for_calls(processes, 2)

    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)

    assert process.returncode == (0 if ignored else 130), err
    assert json.loads(out)["totals"]["made"] == (6 if ignored else 2)


def test_an_impatient_user_loses_nothing_either(space, processes):
    space.quick("en", pipeline=STUDIO_PIPELINE)
    process = processes.start(space, *BUILD, "-j", "2", STUDIO_SECONDS="2")
    wait_for_calls(processes, 2)

    for _ in range(5):
        process.send_signal(signal.SIGINT)
        time.sleep(0.03)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert json.loads(out)["totals"]["made"] == 2
    assert "Traceback" not in err


def test_files_of_what_was_made_are_written_though_the_build_was_interrupted(space, processes):
    space.quick("en", "de", pipeline=STUDIO_PIPELINE)
    first = processes.start(space, *BUILD, "--locale", "en")
    first.communicate(timeout=60)
    (space.root / "out" / "en" / "banner-wide.png").unlink()
    process = processes.start(space, *BUILD, "-j", "1", STUDIO_SECONDS="2")
    wait_for_calls(processes, 5)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert (space.root / "out" / "en" / "banner-wide.png").exists()


def test_a_cap_is_kept_by_a_build_with_many_threads(space, processes):
    space.quick(*LOCALES, pipeline=STUDIO_PIPELINE)
    plan = space_plan(processes, space)
    highest = max(float(each["cost_usd"]["high"]) for each in plan["actions"])
    lowest = float(plan["totals"]["cost_usd"]["low"])
    process = processes.start(
        space,
        *("build", "--format", "json", "-j", "8", "--max-cost", f"{lowest:.6f}"),
        STUDIO_COST=str(int(highest * 1_000_000)),
    )
    out, err = process.communicate(timeout=120)

    assert process.returncode == 4, err
    assert 0 < float(json.loads(out)["totals"]["cost_usd"]) <= lowest
    assert sum(processes.calls().values()) == int(lowest // highest)


def space_plan(processes: Processes, space: Space) -> Any:
    out, err = processes.start(space, "plan", "--format", "json").communicate(timeout=60)
    assert out, err
    return json.loads(out)
