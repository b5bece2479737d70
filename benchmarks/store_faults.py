"""What a store's faults come to: what is said, what is called for afterwards, what is lost.

Each fault befalls a project that was built by real processes. Three tables: a disk that is full at
each write of a build in turn, damage and loss of the store's files, and clocks that are wrong. As
root it also fills a real file system; `--gigabytes` moves a large store to another machine, and
`--anycase DIR` builds in a folder of a file system that does not tell `a` from `A`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from assetforge.emulator import Server, Settings, serving
from benchmarks.crashes import PIPELINE
from benchmarks.ground import PROGRAM, start, table
from benchmarks.shelf import STORE, Shelf, digest_of

FAULTY: Final = (str(Path(__file__).resolve().parents[1] / "tests" / "faulty.py"),)
"""The command line in a world where something is wrong."""

BUILD: Final = "build --yes --no-progress --keep-going -j 2"

FULL_DISK: Final = re.compile(r"disk is full|no space left", re.IGNORECASE)

WRONG: Final = ("assetforge: ", "error", "lost: ", "repaired: ")
"""How lines begin that say what is wrong."""

PATHS: Final = re.compile(r"'/[^']*'")

Mode: TypeAlias = Literal["from then on", "once"]

MODES: Final[tuple[Mode, ...]] = ("from then on", "once")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: exit code, what it said on stderr, and the calls it made."""

    code: int
    said: str
    calls: int

    @property
    def line(self) -> str:
        """The line that says what is wrong, or the last one."""
        lines = [each for each in self.said.splitlines() if not each.startswith("next: ")]
        wrong = [each for each in lines if each.startswith(WRONG)]
        failed = [each for each in lines if " failed " in each or " unknown " in each]
        return (wrong or failed or lines[-1:] or [""])[0]

    @property
    def broke(self) -> bool:
        """Whether it ended in a way that nobody planned."""
        return "Traceback" in self.said or "BUG" in self.said or self.code not in range(7)


class Scene:
    """A project and the emulator that its pictures come from."""

    def __init__(self, root: Path, server: Server) -> None:
        self.root = root
        self.server = server

    def write(self, count: int) -> None:
        """Let the project be of so many variants, each a picture and an edit of it."""
        numbers = ", ".join(f"n{number}" for number in range(count))
        text = PIPELINE.format(numbers=numbers, words="morning")
        (self.root / "assetforge.yaml").write_text(text, encoding="utf-8")

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that the emulator has billed."""
        calls = self.server.books()["calls"]
        return [each for each in calls if each["outcome"] == "accepted"]

    def start(self, command: str, **wrong: object) -> subprocess.Popen[str]:
        """Start a command; `wrong` is what is wrong with the world, as `FAULTY` says it."""
        program = FAULTY if wrong else PROGRAM
        faulty = {"FAULTY": json.dumps(wrong)} if wrong else {}
        return start(self.root, self.server.url, command.split(), program, **faulty)

    def run(self, command: str, **wrong: object) -> Ended:
        """Run a command to its end."""
        before = len(self.calls())
        process = self.start(command, **wrong)
        out, said = process.communicate(timeout=300)
        return Ended(process.returncode, said or out, len(self.calls()) - before)


@contextmanager
def scene(latency: float = 0.0) -> Iterator[Scene]:
    """Yield an empty project with an emulator of its own."""
    settings = Settings(pictures="flat", latency_seconds=latency)
    with (
        tempfile.TemporaryDirectory(prefix="assetforge-faults-") as name,
        serving(settings) as server,
    ):
        root = Path(name) / "project"
        root.mkdir()
        yield Scene(root, server)


@contextmanager
def copied(place: Scene) -> Iterator[Scene]:
    """Yield a copy of a scene, with the same emulator."""
    with tempfile.TemporaryDirectory(prefix="assetforge-faults-") as name:
        root = Path(name) / "project"
        shutil.copytree(place.root, root, symlinks=True)
        try:
            yield Scene(root, place.server)
        finally:
            writable(root)


@dataclass(frozen=True, slots=True)
class Full:
    """What came of a disk that was full at one write of a build.

    Attributes:
        write: the number of the write; `mode` whether there was space again after it.
        code, line: how the build ended.
        broke: it ended in a way that nobody planned, or without saying that the disk is full.
        half: what is half-written, in the store or at a target.
        arrived: pictures that the emulator sent.
        lost: of them, those that are not in the store.
        untold: of the lost, those that neither the ledger nor a call without an answer counts.
        calls: that the next build made; `again` for pictures that were in the store.
        resent: whether it took `--resend`.
        finished: whether all is there at the end.
    """

    write: int
    mode: Mode
    code: int
    line: str
    broke: bool
    half: int
    arrived: int
    lost: int
    untold: int
    calls: int
    again: int
    resent: bool
    finished: bool

    @property
    def sound(self) -> bool:
        """Whether all went as it must."""
        return self.finished and not (self.broke or self.half or self.untold or self.again)


def writes_of_a_build() -> int:
    """Return how many writes a build takes."""
    with scene() as place:
        place.write(1)
        count = place.root.parent / "writes"
        ended = place.run(BUILD, writes=str(count))
        assert ended.code == 0, ended
        return int(count.read_text())


def full(write: int, mode: Mode) -> Full:
    """Build on a disk that is full at one write, then again with space."""
    with scene() as place:
        place.write(1)
        until = {"full_until": write} if mode == "once" else {}
        count = str(place.root.parent / "writes")
        first = place.run(BUILD, writes=count, full_from=write, **until)
        return _judged(place, write, mode, first)


def _judged(place: Scene, write: int, mode: Mode, first: Ended) -> Full:
    shelf, sent = Shelf(place.root), place.calls()
    kept = shelf.names_of_answers()
    half = _half_written(place.root, shelf)
    silent = first.code != 0 and not FULL_DISK.search(first.said)
    counted = [each for each in shelf.entries if each.state != "released"]
    next_build = place.run(BUILD)
    again = _bought_again(place, sent, kept)
    resent = next_build.code == 1 and "--resend" in next_build.said
    if resent:
        again += _bought_again(place, sent, kept)
        next_build = place.run(f"{BUILD} --resend")
    return Full(
        write=write,
        mode=mode,
        code=first.code,
        line=first.line,
        broke=first.broke or silent,
        half=half,
        arrived=len(sent),
        lost=len(sent) - len(kept),
        untold=max(0, len(sent) - len(counted)),
        calls=len(place.calls()) - len(sent),
        again=again,
        resent=resent,
        finished=next_build.code == 0 and (place.root / "out/n0.png").exists(),
    )


def _half_written(root: Path, shelf: Shelf) -> int:
    targets = [each for each in root.glob("out/*.png") if digest_of(each) not in shelf.blobs]
    return len(shelf.damaged) + len(shelf.half_written) + len(targets)


def _bought_again(place: Scene, sent: list[dict[str, Any]], kept: set[str]) -> int:
    """Count the calls for pictures that were in the store already."""
    had = {each["prompt"] for each in sent if each["request_id"] in kept}
    return sum(each["prompt"] in had for each in place.calls()[len(sent) :])


def full_table(found: Iterable[Full]) -> list[dict[str, object]]:
    """Return a row for each way in which builds ended on a full disk."""
    groups: dict[tuple[str, int, str], list[Full]] = {}
    for each in found:
        line = PATHS.sub("'…'", each.line)
        groups.setdefault((each.mode, each.code, line), []).append(each)
    return [
        {
            "full": mode,
            "writes": spans(each.write for each in some),
            "exit": code,
            "says": line,
            "arrived": sum(each.arrived for each in some),
            "lost": sum(each.lost for each in some),
            "calls after": sum(each.calls for each in some),
            "bought again": sum(each.again for each in some),
            "half-written": sum(each.half for each in some),
            "untold": sum(each.untold for each in some),
            "with --resend": sum(each.resent for each in some),
            "finished": f"{sum(each.finished for each in some)} of {len(some)}",
        }
        for (mode, code, line), some in groups.items()
    ]


def spans(numbers: Iterable[int]) -> str:
    """Return numbers as spans: `1-4, 7`."""
    found: list[list[int]] = []
    for each in sorted(numbers):
        if found and found[-1][1] == each - 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


Harm: TypeAlias = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Damage to a built project, and what is done about it.

    Attributes:
        name: in the words of a person.
        harm: brings it about, below the project's folder.
        steps: commands, and what a person does in between (a function).
        wrong: what is wrong with the world meanwhile, as `FAULTY` says it.
        root: only root can bring it about.
    """

    name: str
    harm: Harm
    steps: tuple[str | Harm, ...] = (BUILD,)
    wrong: tuple[tuple[str, object], ...] = ()
    root: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one command after a fault; `lost` pictures of those that were paid for."""

    fault: str
    command: str
    code: int
    says: str
    calls: int
    lost: int
    broke: bool


def befallen(fault: Fault, built: Scene) -> list[Step]:
    """Bring a fault about in a copy of a built project, and return what came of each command."""
    with copied(built) as place:
        paid = {each.artifact for each in Shelf(place.root).kept.values()}
        fault.harm(place.root)
        steps = []
        for each in fault.steps:
            if not isinstance(each, str):
                each(place.root)
                continue
            ended = place.run(each, **dict(fault.wrong))
            blobs = Shelf(place.root).blobs
            lost = sum(blobs.get(each) != each for each in paid)
            line = ended.line.replace(str(place.root), "…")
            steps.append(Step(fault.name, each, ended.code, line, ended.calls, lost, ended.broke))
        return steps


def picture(root: Path) -> Path:
    """Return the blob of the edit that the first target is made from."""
    shelf = Shelf(root)
    for path in sorted(root.glob(f"{STORE}/actions/??/*.json")):
        found = json.loads(path.read_bytes())
        if found["manifest"].get("step", "") == "edit" or "edit" in json.dumps(found["manifest"]):
            return shelf.path(found["artifact"])
    raise AssertionError("no edit was bought")


def result(root: Path) -> Path:
    """Return the file of the result of that edit."""
    name = picture(root).name
    found = root.glob(f"{STORE}/actions/??/*.json")
    return next(each for each in found if json.loads(each.read_bytes())["artifact"] == name)


def without_targets(root: Path) -> None:
    """Remove every target and what they are copied from: a build has to read the pictures."""
    shutil.rmtree(root / "out")
    shelf = Shelf(root)
    for name in shelf.blobs.keys() - {each.artifact for each in shelf.kept.values()}:
        shelf.path(name).unlink()


def without_index(root: Path) -> None:
    """Remove the index, as the advice for a damaged one says."""
    for path in root.glob(f"{STORE}/state.sqlite*"):
        path.unlink()


def without_ledger(root: Path) -> None:
    """Move the ledger away, as the advice for a damaged one says."""
    for path in root.glob(f"{STORE}/ledger.sqlite*"):
        path.rename(root / path.name)


def changed(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the bytes of a file in its place, whatever its permissions."""
    mode, data = path.stat().st_mode, path.read_bytes()
    path.unlink()
    path.write_bytes(change(data))
    path.chmod(mode)


def flipped(data: bytes) -> bytes:
    """Return bytes with one bit the other way round."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def halved(data: bytes) -> bytes:
    """Return the first half of some bytes."""
    return data[: len(data) // 2]


def emptied(data: bytes) -> bytes:
    """Return nothing."""
    return b""


def to(which: Callable[[Path], Path], change: Callable[[bytes], bytes]) -> Harm:
    """Return what changes a file of the store, and removes the targets so that it is needed."""

    def harm(root: Path) -> None:
        without_targets(root)
        changed(which(root), change)

    return harm


def at(name: str, change: Callable[[bytes], bytes]) -> Harm:
    """Return what changes the file of a name."""
    return lambda root: changed(root / name, change)


def both(*some: Harm) -> Harm:
    """Return what does one thing after the other."""

    def harm(root: Path) -> None:
        for each in some:
            each(root)

    return harm


def removed(which: Callable[[Path], Path]) -> Harm:
    """Return what removes a file of the store, and the targets so that it is needed."""

    def harm(root: Path) -> None:
        without_targets(root)
        which(root).unlink()

    return harm


def new_words(root: Path) -> None:
    """Let there be work: other words in the pipeline file."""
    path = root / "assetforge.yaml"
    path.write_text(path.read_text().replace("morning", "evening"))


def read_only(root: Path) -> None:
    """Take away everybody's right to write to the store."""
    for path in [root / STORE, *(root / STORE).rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)


def writable(root: Path) -> None:
    """Give that right back to the owner."""
    for path in [root, *root.rglob("*")]:
        with suppress(OSError):
            path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o200))


def of_another(root: Path) -> None:
    """Give the store to another user."""
    for path in [root / STORE, *(root / STORE).rglob("*")]:
        os.chown(path, 12_345, 12_345)


LOCK: Final = "assetforge.lock/hill.json"

FAULTS: Final = (
    Fault("nothing", lambda root: None, (BUILD, "fsck")),
    Fault("blob: one bit flipped", to(picture, flipped), (BUILD, "fsck", BUILD, "fsck")),
    Fault("blob: cut short", to(picture, halved), (BUILD, "fsck", BUILD, "fsck")),
    Fault("blob: empty", to(picture, emptied), (BUILD, "fsck", BUILD, "fsck")),
    Fault("blob: gone", removed(picture), (BUILD, "fsck", BUILD)),
    Fault("blob: gone, and bought again", removed(picture),
          (BUILD, f"{BUILD} --rebuy", "fsck", BUILD)),
    Fault("index: cut short", at(f"{STORE}/state.sqlite", halved),
          (BUILD, "fsck", without_index, BUILD, "fsck")),
    Fault("index: deleted", without_index, (BUILD, "fsck")),
    Fault("result: cut short", to(result, halved), (BUILD, "fsck", BUILD)),
    Fault("result: cut short, index deleted", both(to(result, halved), without_index),
          (BUILD, "fsck", BUILD)),
    Fault("result: deleted", removed(result), (BUILD, "fsck", BUILD)),
    Fault("result and index: deleted", both(removed(result), without_index),
          (BUILD, "fsck", BUILD)),
    Fault("ledger: cut short", at(f"{STORE}/ledger.sqlite", halved),
          (BUILD, "cost", "fsck", without_ledger, BUILD)),
    Fault("ledger: deleted", without_ledger, (BUILD, "cost", "fsck")),
    Fault("lock file: deleted", removed(lambda root: root / LOCK), ("build --frozen", BUILD)),
    Fault("lock folder: deleted", lambda root: shutil.rmtree(root / "assetforge.lock"),
          (BUILD, "build --frozen")),
    Fault("lock file: cut short", at(LOCK, halved), (BUILD, "plan")),
    Fault("lock file: empty", at(LOCK, emptied), (BUILD, "plan")),
    Fault("store: read-only, all built", read_only, (BUILD, "plan", "build --frozen"),
          (("humble", True),)),
    Fault("store: read-only, new words", both(read_only, new_words), (BUILD, writable, BUILD),
          (("humble", True),)),
    Fault("store: another's, all built", of_another, (BUILD, "plan"), (("humble", True),), True),
    Fault("store: another's, new words", both(of_another, new_words), (BUILD,),
          (("humble", True),), True),
)  # fmt: skip


@contextmanager
def built_scene(count: int = 2) -> Iterator[Scene]:
    """Yield a project that is built."""
    with scene() as place:
        place.write(count)
        ended = place.run(BUILD)
        assert ended.code == 0, ended
        yield place


def befall_all(faults: Iterable[Fault] = FAULTS) -> list[Step]:
    """Bring each fault about that can be here."""
    able = hasattr(os, "geteuid") and os.geteuid() == 0
    with built_scene() as place:
        return [step for each in faults if able or not each.root for step in befallen(each, place)]


CLOCKS: Final = (3_600, -3_600, 86_400, -86_400)


def two_clocks(seconds: float, machine: str) -> dict[str, object]:
    """Build at once by two processes, the clock of one being wrong; then once more."""
    elsewhere = {"machine": machine} if machine else {}
    with scene(0.3) as place:
        place.write(4)
        builds = [place.start(BUILD), place.start(BUILD, clock=seconds, **elsewhere)]
        ends = [(each.communicate(timeout=300)[1], each.returncode) for each in builds]
        before = place.calls()
        unknown = any("--resend" in said for said, _ in ends)
        after = place.run(BUILD)
        bought = Counter(each["prompt"] for each in place.calls())
        shelf = Shelf(place.root)
        return {
            "clock": f"{seconds / 3600:+.0f} h",
            "machine": "another" if machine else "the same",
            "exits": " ".join(str(code) for _, code in ends),
            "calls": len(before),
            "bought twice": sum(count > 1 for count in bought.values()),
            "unknown": unknown,
            "exit after": after.code,
            "calls after": after.calls,
            "ledger is bill": sum(each.cost for each in shelf.entries) == billed(place),
            "lost": len({each["request_id"] for each in before} - shelf.whole()),
            "broke": after.broke or any("Traceback" in said or "BUG" in said for said, _ in ends),
        }


def billed(place: Scene) -> int:
    """Return what the emulator has billed, in microdollars."""
    total: int = place.server.books()["totals"]["billed_microdollars"]
    return total


ANYCASE: Final = """\
version: 1
profiles: {{final: {{provider: openai, model: gpt-image-2-2026-04-21, quality: low}}}}
assets:
  {one}:
    steps: [{{compose: "A hill.", size: 1024x1024}}]
    output: out/{first}.png
  {other}:
    steps: [{{compose: "A lake.", size: 1024x1024}}]
    output: out/{second}.png
"""


def cases(folder: Path | None = None) -> list[dict[str, object]]:
    """Plan and build assets and targets that differ only in their case."""
    rows: list[dict[str, object]] = []
    for what, words in (
        ("assets", {"one": "Banner", "other": "banner", "first": "a", "second": "b"}),
        ("targets", {"one": "banner", "other": "icon", "first": "Hill", "second": "hill"}),
        ("nothing", {"one": "banner", "other": "icon", "first": "Hill", "second": "lake"}),
    ):
        with scene() as place, tempfile.TemporaryDirectory(dir=folder) as name:
            here = Scene(Path(name), place.server)
            (here.root / "assetforge.yaml").write_text(ANYCASE.format(**words))
            for command in ("plan", BUILD, BUILD, "build --frozen"):
                ended = here.run(command)
                rows.append(
                    {
                        "differ in case": what,
                        "folder": "that does not tell case apart" if folder else "of this machine",
                        "command": command,
                        "exit": ended.code,
                        "says": ended.line,
                        "calls": ended.calls,
                    }
                )
    return rows


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """Yield a folder of a file system of so many kilobytes; only for root, on Linux."""
    with tempfile.TemporaryDirectory(prefix="assetforge-disk-") as name:
        options = ["-t", "tmpfs", "-o", f"size={kilobytes}k"]
        subprocess.run(["mount", *options, "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def really_full(kilobytes: int) -> Full:
    """Build on a real disk that is too small, then let it grow."""
    settings = Settings(pictures="flat")
    with small_disk(kilobytes) as root, serving(settings) as server:
        place = Scene(root, server)
        place.write(1)
        first = place.run(BUILD)
        grown = ["mount", "-o", "remount,size=64m", str(root)]
        if first.code:
            subprocess.run(grown, check=True)
        return _judged(place, kilobytes, "from then on", first)


def moved(gigabytes: float) -> list[dict[str, object]]:
    """Move a large store with an interrupted build in it to another machine, and build there."""
    rows: list[dict[str, object]] = []
    with scene(1.0) as place:
        place.write(2)
        assert place.run(BUILD).code == 0
        place.write(3)
        interrupted = place.start(BUILD)
        while len(place.calls()) < 5:
            time.sleep(0.02)
        interrupted.kill()
        interrupted.communicate()
        place.run(f"{BUILD} --resend")
        fill(place.root / STORE, gigabytes)
        other = place.root.parent / "elsewhere" / "project"
        began = time.monotonic()
        shutil.copytree(place.root, other)
        copied_in = time.monotonic() - began
        shutil.rmtree(place.root)
        size = sum(each.stat().st_size for each in (other / STORE).rglob("*") if each.is_file())
        there = Scene(other, place.server)
        for command in ("plan", BUILD, "build --frozen", "fsck"):
            began = time.monotonic()
            ended = there.run(command, machine="elsewhere")
            rows.append(
                {
                    "store": f"{size / 1e9:.2f} GB, copied in {copied_in:.0f} s",
                    "command": command,
                    "exit": ended.code,
                    "says": ended.line,
                    "calls": ended.calls,
                    "seconds": round(time.monotonic() - began, 1),
                }
            )
    return rows


def fill(store: Path, gigabytes: float, each: int = 4_000_000) -> None:
    """Put blobs of chance into a store, in all of this size."""
    for number in range(int(gigabytes * 1e9 / each)):
        data = random.Random(number).randbytes(each)
        name = sha256(data).hexdigest()
        path = store / "cas" / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o444)


def main() -> None:
    """Bring every fault about, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="of the writes, every which")
    parser.add_argument("--gigabytes", type=float, default=0.0)
    parser.add_argument("--anycase", type=Path, default=None)
    parser.add_argument("--only", default="full disk damage clocks cases moved")
    given = parser.parse_args()
    parts: dict[str, Callable[[], list[dict[str, object]]]] = {
        "full": lambda: full_table(filled(given.every)),
        "disk": lambda: full_table(map(really_full, range(32, 272, 8))),
        "damage": lambda: [asdict(each) for each in befall_all()],
        "clocks": lambda: [two_clocks(each, where) for each in CLOCKS for where in ("", "other")],
        "cases": lambda: cases() + (cases(given.anycase) if given.anycase else []),
        "moved": lambda: moved(given.gigabytes) if given.gigabytes else [],
    }
    for name in given.only.split():
        if name == "disk" and os.geteuid() != 0:
            continue
        began = time.monotonic()
        if rows := parts[name]():
            print(f"\n{name} ({time.monotonic() - began:.0f} s)\n\n{table(rows)}", flush=True)


def filled(every: int) -> list[Full]:
    """Build with a disk that is full at each write in turn, or at every so manyth."""
    tried = [(write, mode) for mode in MODES for write in range(1, writes_of_a_build() + 1, every)]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda each: full(*each), tried))


if __name__ == "__main__":
    main()
