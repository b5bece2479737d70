"""The documents that say what was done: of a build, of a reroll, and a line for each event."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import Shape, count, flag, part, record, rows, text
from assetforge.shapes.parts import KEY, STABLE, VARIANT, listed
from assetforge.shapes.planning import ACTION_ID, ASSET, SHARED_BY, SKIPPED, STEP, WARNINGS

OUTCOMES: Final = {
    "made": count("Actions that ran and whose picture is in the store."),
    "hit": count("Actions whose picture was there already."),
    "failed": count("Actions that have no picture."),
    "blocked": count("Actions that did not start: something before them failed."),
    "unknown": count("Actions that were sent and not answered: they may have been billed."),
}
FAILURE: Final = {
    "action": ACTION_ID,
    "error": text(f"What kind of failure it is. {STABLE}"),
    "message": text("What happened, in one line."),
}

BUILD: Final[dict[str, Shape]] = {
    "profile": text("Name of the profile."),
    "totals": record(
        "Actions by how they ended, and what was spent.",
        {
            **OUTCOMES,
            "cost_usd": part("usd", "What was spent."),
            "written": count("Files whose bytes changed."),
            "removed": count("Files that are no more of the project, and went."),
            "again": count("Actions that ran besides the plan's because a picture was not right."),
            "typeset": count("Pictures whose copy was typeset because no take was right."),
            "waiting": count("Pictures that are not shown before somebody accepts them."),
            "published": count("Results that are in the shared store now."),
            "sharing": part("sharing"),
        },
    ),
    "targets": rows(
        "The files that hold their picture now.",
        record(
            "One file.",
            {
                "variant": VARIANT,
                "path": text("Relative to the pipeline file's folder."),
                "sha256": part("digest", "Digest of its bytes."),
            },
        ),
    ),
    "skipped": SKIPPED,
    "warnings": WARNINGS,
    "interrupted": flag("Whether Ctrl-C ended it."),
    "unpublished": listed("What is not in the shared store, though it was to be, and why."),
    "failures": rows(
        "What is not there, and why.",
        record(
            "One failure.",
            {
                "action": FAILURE["action"],
                "variant": VARIANT,
                "error": FAILURE["error"],
                "message": FAILURE["message"],
            },
        ),
    ),
}

REROLL: Final[dict[str, Shape]] = {
    "takes": rows(
        "The takes that were made.",
        record(
            "One take.",
            {
                "action": ACTION_ID,
                "asset": ASSET,
                "step": STEP,
                "variants": SHARED_BY,
                "take": count("Its number.", 2),
                "key": KEY,
                "sha256": part("digest", "Digest of its bytes."),
                "cost_usd": part("usd", "What it cost."),
            },
        ),
    ),
    "failures": rows("What could not be made, and why.", record("One failure.", FAILURE)),
    "cost_usd": part("usd", "What was spent in all."),
    "interrupted": flag("Whether somebody ended it before its time."),
}
