"""What several documents have in common."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import (
    Shape,
    count,
    flag,
    or_null,
    part,
    record,
    rows,
    text,
    whatever,
    word,
)

HEX: Final = "^[0-9a-f]{64}$"
MOMENT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"

KEY: Final = part("digest", "The action key.")
VARIANT: Final = text("Name of the variant, such as `banner/wide/de`.")
IMPORTED: Final = or_null(text("Name of the file it was taken in from; null: it was made."))
MADE_AT: Final = part("moment_or_empty", "When it was made; empty: not known.")
MODEL_ASKED: Final = text("The image model as it was written.")
MODEL_RESOLVED: Final = text("The image model as the service said it was.")
REQUEST_ID: Final = or_null(text("What the service calls the request; null: not known."))
STABLE: Final = "Stable: scripts may rely on it."


def listed(said: str) -> Shape:
    """A list of texts."""
    return rows(said, text())


_PLACE: Final = {
    "file": or_null(text("Below the pipeline file's folder; null: it is about none.")),
    "line": or_null(count("From 1; null: the file as a whole.", 1)),
    "column": or_null(count("From 1, in code points; null: the line as a whole.", 1)),
    "length": or_null(count("In code points; null: not known.")),
    "label": text("What there is to see at this place; may be empty."),
}

DEFINITIONS: Final[dict[str, Shape]] = {
    "usd": text("US dollars, a decimal number.", r"^\d+\.\d{2,6}$"),
    "digest": text("SHA-256, lowercase hex.", HEX),
    "moment": text("UTC, ISO 8601.", MOMENT),
    "moment_or_empty": text("UTC, ISO 8601, or empty.", f"^$|{MOMENT}"),
    "cost": record(
        "What it costs at least and at most.",
        {"low": part("usd", "At least."), "high": part("usd", "At most.")},
    ),
    "diagnostic": record(
        "An error or a warning, and its place.",
        {
            "code": text(STABLE),
            "severity": word("How bad it is.", "error", "warning"),
            "message": text("What is wrong, in one line."),
            "help": or_null(text("What to do; null: the message says it.")),
            **_PLACE,
            "related": rows(
                "Further places, such as the first of two duplicates.",
                record("A place.", _PLACE),
            ),
        },
    ),
    "skipped": record(
        "A variant that is left out.",
        {"variant": VARIANT, "reason": text("Why, such as a message that is missing.")},
    ),
    "sharing": record(
        "What sharing saves: one call where each variant would need its own. Actions that cost "
        "nothing do not count.",
        {
            "calls": count("Calls there are."),
            "calls_alone": count("How many there would be without sharing."),
            "saved_usd": part("cost", "What the others would have cost."),
        },
    ),
    "said_by": record(
        "Who decided so, and when.",
        {"by": text("Who."), "at": text("When: UTC, ISO 8601.")},
    ),
    "entry": record(
        "What the lock says of a step of a variant; what is empty is left out.",
        {
            "action_key": part("digest", "The action that it is the picture of, with its take."),
            "base_key?": part(
                "digest", "The same action's first take; left out where that is the action itself."
            ),
            "artifact?": part(
                "digest",
                "Digest of the picture's bytes; left out: another take is wanted, and not made.",
            ),
            "pixels?": part("digest", "Digest of its decoded pixels; left out: not known."),
            "take": count("Number of the take.", 1),
            "model_asked?": MODEL_ASKED,
            "model_resolved?": MODEL_RESOLVED,
            "cost_usd": text("What the call cost, in US dollars.", r"^[0-9]{1,12}(\.[0-9]{1,6})?$"),
            "components?": whatever(
                "What the key was made of; of longer values the start of their digest."
            ),
            "made_as?": part(
                "digest",
                "The key that the picture was made under, where it was accepted for other inputs.",
            ),
            "imported?": text("Name of the file that it was taken in from."),
            "accepted?": part("said_by", "Who said that the picture is right for these inputs."),
            "pinned?": part("said_by", "Who said that nothing may replace the picture."),
            "rejected?": rows(
                "Pictures of the same words that somebody said are wrong.", part("digest")
            ),
            "previous?": part("entry", "What was accepted before the words or inputs changed."),
            "emulated?": flag("Something stood in for the service."),
        },
    ),
    "checks": rows(
        "What was looked at, one by one.",
        record(
            "One thing that was looked at.",
            {
                "check": word(
                    "What was looked at.",
                    *("copy", "no-text", "contrast", "safe-area", "size", "alpha"),
                    *("palette", "drift", "seam"),
                ),
                "verdict": part("verdict"),
                "message?": text("One line for people: what was seen, and what should have been."),
                "slot?": text("The slot of the copy it is about."),
                "expected?": text("What should be there."),
                "found?": text("What is there."),
                "box?": part("box", "Where it was looked at; left out: everywhere."),
                "exhibit?": text("A `data:` URL of what was looked at.", "^data:image/png;base64,"),
                "details?": whatever("How it was compared, and what was measured."),
            },
        ),
    ),
    "verdict": word(
        "It is as it has to be; a person has to look; it is not.", "equal", "look", "differs"
    ),
    "box": rows("x, y, width and height in pixels.", {"type": "integer", "minimum": 0}, 4, 4),
    "change": record(
        "A field that differs.",
        {
            "field": text("Its name; of nested ones with dots."),
            "old": {"description": "As it was: last built, or of the first; null: not there."},
            "new": {"description": "As it would be, or of the second; null: not there."},
        },
    ),
}
"""Name → shape; a document's schema holds those that it refers to."""
