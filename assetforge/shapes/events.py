"""The lines that `--events` writes: one kind for each event."""

from __future__ import annotations

from typing import Final, TypeAlias

from assetforge.shapes.building import OUTCOMES
from assetforge.shapes.fields import Shape, count, number, or_null, part, record, text, word
from assetforge.shapes.parts import HEX, listed
from assetforge.shapes.planning import ACTION_ID

Line: TypeAlias = tuple[str, dict[str, Shape]]


def _line(event: str, said: str, fields: dict[str, Shape]) -> Line:
    return said, {
        "at": part("moment", "When: UTC, ISO 8601, to the millisecond."),
        "build": text("Which run of a command it is of.", "^[0-9a-f]{12}$"),
        "event": {"const": event, "description": said},
        **fields,
    }


LINES: Final = (
    _line(
        "began",
        "The command began; the first line of each.",
        {
            "command": word("Which command.", "build", "reroll"),
            "assetforge": text("The version that runs."),
            "pipeline": text("The pipeline file, as it was named."),
            "profile": or_null(text("Name of the profile that was asked for; null: the first.")),
            "selectors": listed("Selectors; none: all."),
            "locales": listed("Locales of `--locale`."),
            "since": or_null(text("Of `--since`; null: it was not said.")),
            "plan": or_null(text("The saved plan of `--plan`; null: there is none.")),
        },
    ),
    _line(
        "planned",
        "It is decided what runs.",
        {
            "hit": count("Actions whose result is known."),
            "pending": count("Actions that may have to run."),
        },
    ),
    _line("started", "An action began to run.", {"action": ACTION_ID}),
    _line(
        "ended",
        "An action ended.",
        {
            "action": ACTION_ID,
            "outcome": word("How it ended.", *OUTCOMES),
            "seconds": number("How long it took."),
            "cost_usd": part("usd", "What it cost."),
            "artifact": or_null(text("Digest of its picture; null: there is none.", HEX)),
            "message": text("Why it did not succeed; empty: it did."),
        },
    ),
    _line("waiting", "Another process makes the same picture.", {"action": ACTION_ID}),
    _line(
        "sketched",
        "A preview of a picture arrived while it is drawn.",
        {"action": ACTION_ID, "bytes": count("Size of the preview, which is not kept.")},
    ),
    _line(
        "paused",
        "No request is sent for a while.",
        {"seconds": number("How long at most."), "why": text("Why.")},
    ),
    _line(
        "tried-again",
        "A picture is not right, or could not be made: further actions run.",
        {
            "action": ACTION_ID,
            "why": text("What is not right."),
            "how": text("What is tried: `take 2`, `typeset`."),
            "more": count("How many actions run besides the plan's."),
        },
    ),
    _line(
        "finished",
        "The command ended; the last line of each, unless it was killed.",
        {
            "exit_code": count("What it exits with."),
            "totals": record(
                "Actions by how they ended, and what was spent.",
                {**OUTCOMES, "cost_usd": part("usd", "What was spent.")},
            ),
            "written": count("Files whose bytes changed."),
            "refused": count("Files that were left as they are, such as one edited by hand."),
            "message": text("Why it stopped before its end; empty: it did not."),
        },
    ),
)
