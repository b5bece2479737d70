"""How much of an account's limit a build uses, how often it is refused, and its memory."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from subprocess import Popen

from benchmarks.ground import emulating, folder, start, write_pictures

MINUTE = 60.0


def main() -> None:
    """Measure one setting and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images-per-minute", type=int, default=50)
    parser.add_argument("--latency", type=float, default=8.0, help="seconds a picture takes")
    parser.add_argument("--minutes", type=float, default=4.0, help="about how long to run")
    given = parser.parse_args()
    limit = given.images_per_minute
    count = int(limit * given.minutes)
    flags = ["--images-per-minute", str(limit), "--latency", str(given.latency)]
    with emulating(*flags, "--pictures", "flat") as emulator, folder() as root:
        write_pictures(root, count)
        build = start(root, emulator.url, ["build", "--yes", "--no-progress"])
        peak = Peak(build)
        _, said = build.communicate()
        books = emulator.books()
    if build.returncode:
        sys.exit(said)
    sent = sorted(each["time"] for each in books["calls"])
    json.dump(
        {
            "images_per_minute": limit,
            "latency_seconds": given.latency,
            "pictures": count,
            "accepted": books["totals"]["accepted"],
            "refused_429": books["totals"]["429"],
            "share_of_limit": share(sent, limit),
            "longest_gap_seconds": round(max(b - a for a, b in pairwise(sent)), 2),
            "peak_memory_mb": peak.megabytes(),
        },
        sys.stdout,
        indent=2,
    )
    print()


def share(sent: list[float], limit: int) -> float:
    """Return the part of the limit that was used, over as many whole limits as there were.

    From one request to the one that is a multiple of the limit later: as a limit lets so many go in
    a minute, that takes as many minutes. The first minute is left out, in which the account's
    limit is not known before the first answer.
    """
    later = [each for each in sent if each >= sent[0] + MINUTE]
    whole = (len(later) - 1) // limit * limit
    if not whole:
        return 0.0
    return round(whole / limit * MINUTE / (later[whole] - later[0]), 4)


class Peak:
    """Watches how much memory a process takes, on Linux."""

    def __init__(self, process: Popen[str]) -> None:
        self._path = Path(f"/proc/{process.pid}/status")
        self._most = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while self._path.exists():
            try:
                lines = self._path.read_text().splitlines()
            except OSError:
                return
            found = [each for each in lines if each.startswith("VmHWM")]
            self._most = max([self._most, *(int(each.split()[1]) for each in found)])
            time.sleep(0.5)

    def megabytes(self) -> int:
        """Return the most it took."""
        return self._most // 1024


if __name__ == "__main__":
    main()
