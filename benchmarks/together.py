"""Eight processes build overlapping parts of one project at once: is anything bought twice?"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from assetforge.emulator import Server, Settings, serving
from benchmarks.ground import run, start, table
from benchmarks.shelf import Shelf

PROCESSES = 8
HILLS = tuple(f"n{number}" for number in range(6))
TONES = ("gold", "mist", "rose")

LATENCY = 0.1
"""Seconds the emulator takes for a picture."""

PIPELINE = f"""\
version: 1
profiles:
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: low
    images_per_minute: 10000
assets:
  hill:
    matrix: {{hill: [{", ".join(HILLS)}], tone: [{", ".join(TONES)}]}}
    steps:
      - compose: "Hill {{{{ hill }}}} in the morning."
        size: 1024x1024
      - edit: "Let hill {{{{ hill }}}} be seen in {{{{ tone }}}} light."
    output: out/{{hill}}-{{tone}}.png
"""
"""A scene that all tones of a hill share, and an edit of it for each."""

LATEST = (0.0, 0.3, 1.0)
"""How many seconds apart the first and the last process may be started."""

BUILD = ("build", "--yes", "--no-progress", "--format", "json")


def part(dice: random.Random) -> list[str]:
    """Return selectors of a part of the project: hills, tones, and single variants."""
    hills = [f"hill/{each}" for each in HILLS]
    every = [*hills, *(f"*/{each}" for each in TONES)]
    every += [f"{hill}/{tone}" for hill in hills for tone in TONES]
    return dice.sample(every, dice.randrange(1, 5))


def pictures_of(selectors: list[str]) -> set[str]:
    """Return the paid pictures that some selectors need, named by their actions."""
    found = set()
    for selector in selectors:
        words = selector.split("/")
        hills = [each for each in HILLS if each in words] or HILLS
        tones = [each for each in TONES if each in words] or TONES
        found |= {f"{hill}/{tone}" for hill in hills for tone in tones}
        found |= set(hills)
    return found


def together(root: Path, server: Server, dice: random.Random) -> dict[str, object]:
    """Build a new project by eight processes, and hold what they did against the bill."""
    (root / "assetforge.yaml").write_text(PIPELINE, encoding="utf-8")
    parts = [part(dice) for _ in range(PROCESSES)]
    latest = dice.choice(LATEST)
    began = time.monotonic()
    builds = [_started(root, server, dice.uniform(0, latest), each) for each in parts]
    ends = [(each.communicate(timeout=300)[1], each.returncode) for each in builds]
    seconds = time.monotonic() - began
    needed = [pictures_of(each) for each in parts]
    union = set().union(*needed)
    left = server.books()["totals"]["calls"] - len(union)
    return {
        "asked_for": sum(map(len, needed)),
        "pictures": len(union),
        "apart_seconds": latest,
        "exit_codes": " ".join(str(code) for _, code in ends),
        "calls": server.books()["totals"]["calls"],
        "calls_too_many": left,
        **_compared(root, server),
        "seconds": round(seconds, 1),
        "said": "; ".join(said.splitlines()[-1] for said, code in ends if code),
        **_after(root, server, union),
    }


def _started(
    root: Path, server: Server, pause: float, selectors: list[str]
) -> subprocess.Popen[str]:
    time.sleep(pause / PROCESSES)
    return start(root, server.url, [*BUILD, "-j", "4", *selectors])


def _compared(root: Path, server: Server) -> dict[str, object]:
    """Return what was bought twice, and whether ledger, bill and store agree."""
    books: dict[str, Any] = server.books()
    bought = Counter(each["prompt"] for each in books["calls"] if each["outcome"] == "accepted")
    shelf = Shelf(root)
    spent = sum(each.cost for each in shelf.entries)
    settled = all(each.state == "settled" for each in shelf.entries)
    kept = shelf.names_of_answers() == {each["request_id"] for each in books["calls"]}
    return {
        "twice": sum(count > 1 for count in bought.values()),
        "ledger_is_bill": settled and spent == books["totals"]["billed_microdollars"],
        "all_kept": kept and not shelf.damaged and not shelf.lost_of_ledger(),
    }


def _after(root: Path, server: Server, union: set[str]) -> dict[str, object]:
    """Build the whole project, and then frozen: only what nobody asked for is bought."""
    before = server.books()["totals"]["calls"]
    code, _, _ = run(root, server.url, "build", "--yes", "--no-progress")
    rest = server.books()["totals"]["calls"] - before
    frozen, _, _ = run(root, server.url, "build", "--frozen")
    missing = len(HILLS) * (1 + len(TONES)) - len(union)
    again = server.books()["totals"]["calls"] - before - missing
    return {"rest": code == 0 and rest == missing, "frozen": frozen == 0 and not again}


def is_sound(row: dict[str, object]) -> bool:
    """Tell whether all went as it must."""
    good = all(row[each] for each in ("ledger_is_bill", "all_kept", "rest", "frozen"))
    clean = set(str(row["exit_codes"]).split()) == {"0"}
    return good and clean and not row["twice"] and not row["calls_too_many"]


def measured(seed: int) -> dict[str, object]:
    """Return what one run came to."""
    settings = Settings(pictures="flat", latency_seconds=LATENCY)
    with (
        tempfile.TemporaryDirectory(prefix="assetforge-together-") as name,
        serving(settings) as server,
    ):
        return together(Path(name), server, random.Random(seed))


def main() -> None:
    """Do it as often as asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    given = parser.parse_args()
    rows = [{"run": seed, **measured(seed)} for seed in range(given.runs)]
    print(table(rows))
    raise SystemExit(0 if all(map(is_sound, rows)) else 1)


if __name__ == "__main__":
    main()
