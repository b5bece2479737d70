"""Faults of every kind over many pictures: how each action ends, and whether the money agrees."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

from benchmarks.ground import emulating, folder, run, write_pictures

FAULTS = (
    "429",
    "500",
    "503",
    "reset_after_headers",
    "truncated",
    "broken_base64",
    "html",
    "timeout",
    "moderation_input",
)

FINAL = {
    "reset_after_headers": "unknown",
    "truncated": "unknown",
    "html": "unknown",
    "timeout": "unknown",
    "broken_base64": "failed",
    "moderation_input": "failed",
    None: "made",
}
"""How an action ends whose last call had this fault; after the others it is sent again."""


def main() -> None:
    """Build once with faults, and hold the outcomes and the ledger against the emulator's books."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.05, help="of each fault")
    given = parser.parse_args()
    flags = [f"--fault={name}={given.share}" for name in FAULTS]
    with emulating("--pictures", "flat", *flags) as emulator, folder() as root:
        write_pictures(root, given.pictures, limits="timeout: 5")
        code, built, said = run(
            root, emulator.url, "build", "--yes", "--keep-going", "-j", "64", "--no-progress"
        )
        _, cost, _ = run(root, emulator.url, "cost")
        books = emulator.books()
        again = run(root, emulator.url, "plan")[1]
    if built is None:
        sys.exit(said)
    json.dump(
        {
            "exit_code": code,
            "totals": built["totals"],
            **compared(built, cost, books),
            "plan_after": again["totals"],
        },
        sys.stdout,
        indent=2,
    )
    print()


def compared(built: Any, cost: Any, books: Any) -> dict[str, Any]:
    """Return how the build and its ledger agree with what the emulator knows."""
    by_prompt: dict[str, list[Any]] = {}
    for call in books["calls"]:
        by_prompt.setdefault(call["prompt"], []).append(call)
    expected = Counter(FINAL.get(calls[-1]["fault"], "failed") for calls in by_prompt.values())
    accepted = Counter(each["prompt"] for each in books["calls"] if each["outcome"] == "accepted")
    answered = [each for each in books["calls"] if each["fault"] in (None, "broken_base64")]
    return {
        "faults_seen": Counter(each["fault"] for each in books["calls"] if each["fault"]),
        "expected_outcomes": expected,
        "accepted_twice": sum(1 for each in accepted.values() if each > 1),
        "billed_usd": dollars(books["calls"]),
        "billed_and_answered_usd": dollars(answered),
        "ledger_usd": cost["totals"],
        "unknown_listed": len(cost["unknown"]),
    }


def dollars(calls: list[Any]) -> str:
    """Return what some calls were billed."""
    return str(Decimal(sum(each["billed_microdollars"] for each in calls)) / 1_000_000)


if __name__ == "__main__":
    main()
