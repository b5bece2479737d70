"""The Thunderbird example through the real SDK: calls, tokens and dollars, shared and alone."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

from benchmarks.ground import emulating, folder, run

EXAMPLE = Path(__file__).parents[1] / "examples" / "thunderbird"


def main() -> None:
    """Plan, build with drafts as pictures, build again, and compare."""
    with emulating() as emulator, folder() as root:
        here = root / "project"
        left = shutil.ignore_patterns(".assetforge", "out", "report")
        shutil.copytree(EXAMPLE, here, ignore=left)
        _, plan, _ = run(here, emulator.url, "plan", "--profile", "final")
        code, built, said = run(
            here, emulator.url, "build", "--profile", "final", "--yes", "--no-progress"
        )
        if code:
            sys.exit(said)
        first = emulator.books()
        _, again, _ = run(here, emulator.url, "build", "--profile", "final", "--yes")
        calls_again = emulator.books()["totals"]["calls"] - first["totals"]["calls"]
        _, cost, _ = run(here, emulator.url, "cost")
    tokens: Counter[str] = Counter()
    for call in first["calls"]:
        tokens.update(
            {name: each for name, each in call["usage"].items() if name.endswith("tokens")}
        )
    json.dump(
        {
            "estimate_usd": plan["totals"]["cost_usd"],
            "sharing": plan["totals"].get("sharing"),
            "calls": first["totals"]["calls"],
            "tokens": tokens,
            "billed_usd": str(Decimal(first["totals"]["billed_microdollars"]) / 1_000_000),
            "spent_usd": built["totals"]["cost_usd"],
            "cost": cost["totals"],
            "second_build": {"made": again["totals"]["made"], "calls": calls_again},
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
