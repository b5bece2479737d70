"""The Thunderbird example from a service that draws one picture in ten with a wrong letter.

What is shipped, what was drawn wrong in it, how many takes and dollars that took, what was typeset
in the end. Only the locales whose texts can be read on this machine are built.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from assetforge.decided import Decided, Options, plan_and_decide
from assetforge.evidence import evidence
from assetforge.findings import Findings
from assetforge.planner import Selection
from assetforge.project import open_project
from assetforge.reading import readers_for
from assetforge.reading.data import is_installed
from assetforge.rebuilder import Hit
from assetforge.store.local import FOLDER, Store
from benchmarks.ground import emulating, folder, run, surroundings

EXAMPLE = Path(__file__).parents[1] / "examples" / "thunderbird"

WRONG_PERCENT = 10
TAKES = 3

VERIFY = f"""\
        region: [4%, 4%, 92%, 92%]
      - verify: copy
        takes: {TAKES}
        otherwise: typeset
"""


def main() -> None:
    """Build the example, then look at what every picture stands on."""
    arguments = sys.argv[1:]
    with emulating("--wrong-text", str(WRONG_PERCENT), "--redraw") as emulator, folder() as root:
        here = root / "project"
        left = shutil.ignore_patterns(".assetforge", "out", "report")
        shutil.copytree(EXAMPLE, here, ignore=left)
        prepare(here / "assetforge.yaml")
        locales = arguments or list(readable(here))
        chosen = [word for each in locales for word in ("--locale", each)]
        code, built, said = run(
            here,
            emulator.url,
            *("build", "--profile", "final", "--yes", "--no-progress", "--keep-going", *chosen),
        )
        if built is None:
            sys.exit(said)
        books = emulator.books()
        found = shipped(here, emulator.url, locales, books)
    json.dump(
        {
            "locales": locales,
            "pictures": len(built["targets"]) + len(built["failures"]),
            "shipped": len(built["targets"]),
            "failed": [each["message"] for each in built["failures"]],
            "exit_code": code,
            "drawn": books["totals"]["calls"],
            "drawn_wrong": books["totals"]["wrong_text"],
            "again": built["totals"]["again"],
            "spent_usd": built["totals"]["cost_usd"],
            "billed_usd": str(Decimal(books["totals"]["billed_microdollars"]) / 1_000_000),
            **found,
        },
        sys.stdout,
        indent=2,
    )
    print()


def prepare(pipeline: Path) -> None:
    """Let the example look at its pictures."""
    text = pipeline.read_text(encoding="utf-8")
    copy = "        copy: {headline: title, subline: short_description}\n"
    assert copy in text, "BUG: the example has changed"
    pipeline.write_text(text.replace(copy, copy + VERIFY), encoding="utf-8")


def readable(root: Path) -> Iterator[str]:
    """Yield the locales of the example whose texts can be read here."""
    project = open_project(root / "assetforge.yaml", "final")
    for id in project.locales_of("k9"):
        locale = project.locales.parse(id)
        if is_installed(readers_for(locale.tag, locale.script).own):
            yield id


def shipped(
    root: Path, url: str, locales: list[str], books: Mapping[str, Any]
) -> dict[str, object]:
    """Return what the pictures that passed show, by how they were made and what was drawn wrong."""
    os.environ.update(surroundings(root, url))  # what an emulator drew counts where it is asked
    wrong = {each["request_id"]: each["wrong_text"] for each in books["calls"]}
    options = Options(root / "assetforge.yaml", "final", Selection(locales=tuple(locales)))
    project = open_project(options.file, "final")
    with closing(Store(root / FOLDER, emulation=True)) as store:
        decided = plan_and_decide(options, store, project)
        seen = evidence(decided, store)
    ways: Counter[str] = Counter()
    escaped = []
    for look, retry in decided.plan.retries.items():
        decision = decided.decisions[look]
        if not isinstance(decision, Hit):
            continue
        if is_typeset(seen[look]):
            ways["typeset"] += 1
            continue
        drawn = hit_of(decided, retry.drawn)
        ways[decision.how or f"take {drawn.result.manifest.get('take', 1)}"] += 1
        if slips := wrong.get(drawn.result.request_id):
            checks = [(each.slot, each.verdict, each.found) for each in seen[look].checks]
            escaped.append({"look": look, "drawn": slips, "seen": checks})
    return {"passed_by": dict(sorted(ways.items())), "passed_with_wrong_text": escaped}


def is_typeset(found: Findings) -> bool:
    """Tell whether the letters were set by the tool."""
    return any(each.details.get("by") == "typeset" for each in found.checks)


def hit_of(decided: Decided, id: Any) -> Hit:
    """Return the decision of a picture that is there."""
    found = decided.decisions[id]
    assert isinstance(found, Hit), f"BUG: {id} is not there"
    return found


if __name__ == "__main__":
    main()
