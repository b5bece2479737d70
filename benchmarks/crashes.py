"""Builds that are killed at random instants: is anything lost, or bought twice?

Real processes build small projects against an emulator that takes its time, and die by SIGKILL:
some at any instant of their life, start-up included, some just when answers arrive, some beside a
second build. What counts as arrived is what is in the store's files at a kill: a picture's blob and
the note or the result that names it. Nothing of it may ever go away, and the store's ledger has to
agree with the books of the emulator. Once a project is built its words change, on the same store.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetforge.emulator import Server, Settings, serving
from assetforge.lock.roots import read_locks, wanted_by
from assetforge.store.fsck import check_store
from benchmarks.ground import run, start, table
from benchmarks.shelf import Shelf, digest_of

LATENCY = 0.12
"""Seconds the emulator takes for a picture."""

NUMBERS = 8
"""Variants of a project; each is a picture, an edit of it, and an export."""

ROUNDS = 4
"""How often a project's words change before the next project is begun."""

KILLS = (5, 12)
"""How many times a round is killed, unless it is done before: at least, and fewer than."""

PIPELINE = """\
version: 1
profiles:
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: low
    timeout: 60
    images_per_minute: 10000
assets:
  hill:
    matrix: {{number: [{numbers}]}}
    steps:
      - compose: "Hill {{{{ number }}}} in the {words}."
        size: 1024x1024
      - edit: "Put fog on hill {{{{ number }}}} in the {words}."
    output: out/{{number}}.png
"""

BUILD = ("build", "--yes", "--no-progress", "--keep-going")


@dataclass
class Tally:
    """What was counted. The last block has to be 0 to the end.

    Attributes:
        kills: processes that died by SIGKILL.
        before, flight, after: of them, those that had sent nothing yet, those with calls in flight
            (sent, and not answered by the emulator), and the others.
        ended: processes that were done before their kill came.
        finished: builds that brought a round to its end.
        pictures: paid pictures that are in the stores at the end.
        accepted: calls that the emulator has billed.
        unknown: calls that were in flight at a kill: what happened to them nobody knows.
        resent: calls accepted twice, as `--resend` asked for those without an answer again.
        answered: calls whose answer was due, and in no store yet, when a lone build was killed:
            `window` is the longest time between the two, in milliseconds, in which the answer was
            drawn, sent, read and written.
        twice: pictures bought again though they were kept, or sent again unasked.
        lost: what was in a store and went away, or what a ledger has noted and no store has.
        forgotten: pictures that a store holds and its ledger does not own up to.
        fsck: damaged blobs, half-written files at targets, and what `assetforge fsck` minds.
        unfinished: builds that did not bring a round to its end.
        disagree: ledgers that say another sum than the emulator.
    """

    kills: int = 0
    before: int = 0
    flight: int = 0
    after: int = 0
    ended: int = 0
    finished: int = 0
    pictures: int = 0
    accepted: int = 0
    unknown: int = 0
    resent: int = 0
    answered: int = 0
    window: int = 0
    twice: int = 0
    lost: int = 0
    forgotten: int = 0
    fsck: int = 0
    unfinished: int = 0
    disagree: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing went wrong."""
        wrong = (self.twice, self.lost, self.forgotten, self.fsck, self.unfinished, self.disagree)
        return not any(wrong)

    def blame(self, what: str, count: int, why: object) -> None:
        """Count what must not be, and remember the first of it."""
        if count:
            setattr(self, what, getattr(self, what) + count)
            self.told.append(f"{what}: {why}")

    def add(self, other: Tally) -> None:
        """Take in what another has counted."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, max(mine, value) if name == "window" else mine + value)

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        return {name: value for name, value in vars(self).items() if name != "told"}


class Site:
    """A project, its emulator, and what was counted there."""

    def __init__(self, root: Path, server: Server, dice: random.Random, life: float) -> None:
        self.root = root
        self.server = server
        self.dice = dice
        self.life = life
        self.tally = Tally()
        self.shelf = Shelf(root)
        self.resent: Counter[str] = Counter()

    def write(self, words: str) -> None:
        """Let the project have other words, so that there is work again."""
        numbers = ", ".join(f"n{number}" for number in range(NUMBERS))
        text = PIPELINE.format(numbers=numbers, words=words)
        (self.root / "assetforge.yaml").write_text(text, encoding="utf-8")

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that the emulator has billed."""
        calls = self.server.books()["calls"]
        return [each for each in calls if each["outcome"] == "accepted"]

    def run(self, *arguments: str) -> tuple[int, Any, str]:
        """Run the command line to its end."""
        return run(self.root, self.server.url, *arguments)

    def attempt(self) -> int:
        """Start a build, or two at once, kill each at an instant of its own, and count kills."""
        began, kills = len(self.calls()), self.tally.kills
        builds = [self._start() for _ in range(1 + (self.dice.random() < 0.2))]
        instants = [self._instant(began) for _ in builds]
        for build, wait in zip(builds, instants, strict=True):
            wait(build)
            build.kill()
            self._ended(build, began)
        now = time.time()
        self._inspect()
        if len(builds) == 1:
            self._measure_window(now, self.calls()[began:])
        return self.tally.kills - kills

    def _measure_window(self, now: float, calls: list[dict[str, Any]]) -> None:
        """Look how long ago answers were due that no store has."""
        answers = self.shelf.names_of_answers()
        late = [now - each["time"] - LATENCY for each in calls if each["request_id"] not in answers]
        due = [each for each in late if each > 0]
        self.tally.answered += len(due)
        self.tally.window = max([self.tally.window, *(round(1000 * each) for each in due)])

    def _start(self) -> subprocess.Popen[str]:
        return start(self.root, self.server.url, [*BUILD, "-j", str(self.dice.choice([1, 2, 4]))])

    def _instant(self, began: int) -> Callable[[subprocess.Popen[str]], None]:
        """Return what waits for the instant of a kill: any, or just when an answer arrives."""
        moment = time.monotonic() + self.dice.uniform(0, self.life)
        count = began + self.dice.randrange(1, 5)
        spare = LATENCY + self.dice.uniform(-0.02, 0.1)

        def any_time(build: subprocess.Popen[str]) -> None:
            time.sleep(max(0.0, moment - time.monotonic()))

        def arrival(build: subprocess.Popen[str]) -> None:
            while len(self.calls()) < count and build.poll() is None:
                time.sleep(0.004)
            time.sleep(spare)

        return self.dice.choice([any_time, arrival])

    def _ended(self, build: subprocess.Popen[str], began: int) -> None:
        now = time.time()
        _, said = build.communicate(timeout=60)
        if build.returncode >= 0:
            self.tally.ended += 1
            self.tally.blame("unfinished", "Traceback" in said or "BUG" in said, said)
            return
        self.tally.kills += 1
        calls = self.calls()[began:]
        if not calls:
            self.tally.before += 1
        elif any(each["time"] + LATENCY > now for each in calls):
            self.tally.flight += 1
        else:
            self.tally.after += 1

    def _inspect(self) -> None:
        """Hold the store against what it held before, its ledger, and the emulator's books."""
        now, tally = Shelf(self.root), self.tally
        lost = now.lost_since(self.shelf) + now.lost_of_ledger()
        tally.blame("lost", len(lost), lost)
        tally.blame("forgotten", len(now.forgotten()), now.forgotten())
        self._look_for_damage(now)
        self._count_twice()
        self.shelf = now

    def _look_for_damage(self, now: Shelf) -> None:
        """Look at every byte, and let `assetforge fsck --dry-run` do so too, in this process."""
        strange = [
            each.name
            for each in self.root.glob("out/*")
            if each.suffix == ".png" and digest_of(each) not in now.blobs
        ]
        self.tally.blame("fsck", len(now.damaged) + len(strange), (now.damaged, strange))
        if now.root.exists():
            wanted = wanted_by(read_locks(self.root, "assetforge.yaml"))
            found = check_store(now.root, wanted=wanted, look=list, elsewhere=None, act=False)
            harm = found.of("lost") + found.of("repaired")
            self.tally.blame("fsck", len(harm), harm)

    def _count_twice(self) -> None:
        bought = Counter(each["prompt"] for each in self.calls())
        again = {each for each, count in bought.items() if count > 1 + self.resent[each]}
        self.tally.blame("twice", len(again), again)

    def finish(self) -> None:
        """Build to the end; what nobody knows the end of is sent again, for it was asked for."""
        code, built, said = self.run(*BUILD)
        self._inspect()
        unknown = built["totals"]["unknown"] if built else 0
        if unknown:
            answers, before = self.shelf.names_of_answers(), self.calls()
            lacking = {each["prompt"] for each in before if each["request_id"] not in answers}
            code, built, said = self.run(*BUILD, "--resend")
            again = Counter(each["prompt"] for each in self.calls()[len(before) :])
            asked = Counter({each: 1 for each in again if each in lacking})
            self.resent.update(asked)
            self.tally.resent += asked.total()
            self._inspect()
        self.tally.finished += not code
        self.tally.blame("unfinished", code != 0, said)
        code, _, said = self.run("fsck")
        self.tally.blame("fsck", code != 0, said)

    def close(self) -> None:
        """Check that all is there, that frozen builds agree, and that the sums do."""
        tally, shelf, before = self.tally, self.shelf, self.calls()
        code, _, said = self.run("build", "--frozen")
        tally.blame("unfinished", code != 0, said)
        tally.blame("unfinished", len(list(self.root.glob("out/*.png"))) != NUMBERS, "targets")
        tally.blame("twice", len(self.calls()) != len(before), "a frozen build made calls")
        self._add_up(shelf, before)

    def _add_up(self, shelf: Shelf, calls: list[dict[str, Any]]) -> None:
        """Compare bill and ledger: call by call where an answer came, else by their number."""
        tally, answers = self.tally, shelf.names_of_answers()
        billed = {each["request_id"]: each["billed_microdollars"] for each in calls}
        settled = {each.request_id: each.cost for each in shelf.entries if each.state == "settled"}
        unknown = sum(each.state == "unknown" for each in shelf.entries)
        lacking = [each for each in billed if each not in answers]
        wrong = [each for each, cost in settled.items() if billed.get(each or "") != cost]
        tally.blame("disagree", len(wrong), wrong)
        tally.blame("lost", len(answers ^ set(settled)), "answers without a line, or lines without")
        tally.blame("disagree", max(0, len(lacking) - unknown), "calls that the ledger lacks")
        tally.accepted += len(calls)
        tally.unknown += unknown
        tally.pictures += len(answers)


@contextmanager
def site(dice: random.Random, life: float) -> Iterator[Site]:
    """Yield a new project with an emulator of its own."""
    settings = Settings(pictures="flat", latency_seconds=LATENCY)
    with (
        tempfile.TemporaryDirectory(prefix="assetforge-crashes-") as name,
        serving(settings) as server,
    ):
        yield Site(Path(name), server, dice, life)


def measured_life(dice: random.Random) -> float:
    """Return how many seconds a build takes here that nobody kills."""
    with site(dice, 0.0) as place:
        place.write("calm")
        began = time.monotonic()
        code, _, said = place.run(*BUILD, "-j", "2")
        assert code == 0, said
        return time.monotonic() - began


def crash(seed: int, wanted: Callable[[int], bool]) -> Tally:
    """Kill builds of project after project for as long as more kills are wanted."""
    dice, tally = random.Random(seed), Tally()
    life = measured_life(dice)
    while wanted(0):
        with site(dice, life) as place:
            for number in range(ROUNDS):
                place.write(f"morning {number}")
                for _ in range(dice.randrange(*KILLS)):
                    kills = place.attempt() if wanted(0) else 0
                    wanted(kills)
                    if not kills:
                        break
                place.finish()
                if not wanted(0):
                    break
            place.close()
            tally.add(place.tally)
            print(tally.row(), file=sys.stderr, flush=True)
    return tally


def quota(kills: int) -> Callable[[int], bool]:
    """Return what is told of kills, by several threads, and tells whether more are wanted."""
    lock, left = threading.Lock(), [kills]

    def wanted(done: int) -> bool:
        with lock:
            left[0] -= done
            return left[0] > 0

    return wanted


def main() -> None:
    """Kill as many builds as asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--lanes", type=int, default=3, help="projects at the same time")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began, wanted = time.monotonic(), quota(given.kills)
    with ThreadPoolExecutor(given.lanes) as threads:
        seeds = range(given.seed, given.seed + given.lanes)
        tallies = list(threads.map(lambda seed: crash(seed, wanted), seeds))
    total = Tally()
    for each in tallies:
        total.add(each)
    row = {**total.row(), "wall_seconds": round(time.monotonic() - began)}
    print(table([{"what": name, "count": value} for name, value in row.items()]))
    for line in total.told[:20]:
        print(line)
    raise SystemExit(0 if total.sound else 1)


if __name__ == "__main__":
    main()
