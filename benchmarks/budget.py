"""Several processes of many threads against one cap."""

from __future__ import annotations

import json
import sys
from decimal import Decimal

from benchmarks.ground import emulating, folder, start, write_pictures

PROCESSES, THREADS, CAP = 3, 64, "1.00"


def main() -> None:
    """Let three builds with the same cap run at once, and print what was billed."""
    with emulating("--pictures", "flat", "--latency", "0.5") as emulator, folder() as root:
        write_pictures(root, 400)
        arguments = ["build", "--max-cost", CAP, "-j", str(THREADS), "--no-progress"]
        builds = [start(root, emulator.url, arguments) for _ in range(PROCESSES)]
        for each in builds:
            each.communicate()
        totals = emulator.books()["totals"]
    json.dump(
        {
            "processes": PROCESSES,
            "threads": THREADS,
            "cap_usd": CAP,
            "exit_codes": [each.returncode for each in builds],
            "billed_usd": str(Decimal(totals["billed_microdollars"]) / 1_000_000),
            "calls": totals["calls"],
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
