"""The documents that say what would be done, and why."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import (
    Shape,
    count,
    either,
    flag,
    or_null,
    part,
    record,
    rows,
    text,
    whatever,
    word,
)
from assetforge.shapes.parts import HEX, KEY, VARIANT, listed

ACTION_ID: Final = text("The action's id, such as `banner/wide/de/edit`.")
ASSET: Final = text("The asset that it is of.")
STEP: Final = text("The step that it is of.")
SHARED_BY: Final = listed("The variants that share it.")
NEXT_KEY: Final = or_null(text("The action key; null while an input is still to be made.", HEX))
DECISION: Final = word(
    "Known; has to run; waits for its inputs to be made; or named by the lock and in no store.",
    *("hit", "run", "wait", "lost"),
)
DECISIONS: Final = {
    "hit": count("Actions whose result is known."),
    "run": count("Actions that have to run."),
    "wait": count("Actions that have no key before their inputs are made."),
    "lost": count("Actions whose picture the lock names and no store has."),
}
SKIPPED: Final = rows("Variants that are left out.", part("skipped"))
WARNINGS: Final = rows("What is worth a look.", part("diagnostic"))
CHANGES: Final = rows(
    "Fields of the manifest that differ from the last build, or from the lock where no manifest "
    "of it is there: then long texts stand as the start of their digest.",
    part("change"),
)

_LEFT: Final = record(
    "Of a day or a month, UTC.",
    {
        "cap_usd": part("usd", "What the pipeline file allows."),
        "spent_usd": part("usd", "What was spent."),
        "left_usd": part("usd", "What is left."),
    },
)
_SINCE: Final = record(
    "One variant.",
    {
        "variant": VARIANT,
        "change": word("What became of it.", "changed", "added", "removed"),
        "steps": listed("The steps whose key differs, in order."),
        "paths": listed("Its files, relative to the pipeline file's folder."),
        "before": or_null(text("Digest of its last picture then; null: nobody knows it.", HEX)),
        "after": or_null(text("Digest of its last picture today; null: not made.", HEX)),
        "reasons": listed("What is another in the first of these steps, if it is changed."),
    },
)

PLAN: Final[dict[str, Shape]] = {
    "profile": text("Name of the profile."),
    "actions": rows(
        "In an order in which inputs come first.",
        record(
            "One action.",
            {
                "id": ACTION_ID,
                "asset": ASSET,
                "step": STEP,
                "kind": text("The kind of its step."),
                "variants": SHARED_BY,
                "decision": DECISION,
                "key": NEXT_KEY,
                "reasons": listed("Why it is no hit, or what holds its picture where it is."),
                "cost_usd": part("cost", "What running it costs."),
                "notes": listed("What was chosen for it, such as its canvas."),
                "accepted": flag("Whether somebody accepted or pinned its picture."),
            },
        ),
    ),
    "targets": rows(
        "The files, relative to the pipeline file's folder.",
        record(
            "One file.",
            {
                "variant": VARIANT,
                "path": text("Where it is written."),
                "action": text("The action whose picture it holds."),
            },
        ),
    ),
    "skipped": SKIPPED,
    "warnings": WARNINGS,
    "since": or_null(
        record(
            "With `--since`: what is another picture than at that commit; else null.",
            {
                "ref": text("What was asked for, such as `origin/main`."),
                "commit": text("The commit that it was.", "^[0-9a-f]{40}([0-9a-f]{24})?$"),
                "variants": rows("The variants whose keys differ.", _SINCE),
            },
        )
    ),
    "budget": or_null(
        record(
            "What is left of what the pipeline file allows; null: it states no budget.",
            {"day": or_null(_LEFT), "month": or_null(_LEFT)},
        )
    ),
    "max_cost_usd": or_null(part("usd", "The profile's cap of one build; null: none.")),
    "totals": record(
        "The actions by their decision, and what the build costs.",
        {
            **DECISIONS,
            "cost_usd": part("cost", "What the build costs."),
            "cost_notes": listed("Why the price is not exactly known."),
            "sharing": part("sharing"),
        },
    ),
}

_RECIPE: Final = record(
    "One of the two.",
    {
        "name": text("What it is called."),
        "key": KEY,
        "manifest": or_null(whatever("All that it depended on; null: only the lock knows it.")),
        "components": whatever(
            "What the lock knows of it, long texts as the start of their digest."
        ),
    },
)

FINDINGS: Final[dict[str, Shape]] = {
    "verdict": part("verdict", "The worst of all checks: `equal`, `look`, `differs`."),
    "reader": text("Who read: `tesseract`, `rapidocr`, a judge's model; empty: nobody had to."),
    "checks": part("checks"),
}

EXPLAIN: Final[dict[str, Shape]] = {
    "actions": rows(
        "The chosen actions.",
        record(
            "One action.",
            {
                "id": ACTION_ID,
                "variants": SHARED_BY,
                "decision": DECISION,
                "key": NEXT_KEY,
                "reasons": listed("Why it is decided so."),
                "changes": CHANGES,
                "uses": listed("Templates, messages and variables that its words were made of."),
                "findings": or_null(
                    record(
                        "What was found out about its picture, without exhibits; null: nothing.",
                        {"schema": {"const": "assetforge.findings/1"}, **FINDINGS},
                    )
                ),
            },
        ),
    ),
    "between?": rows(
        "With `--between`: how two recipes differ, and those of their inputs; there are no "
        "actions then.",
        record(
            "Two results.",
            {
                "depth": count("0 for the pictures that were named, 1 for their inputs, ..."),
                "one": _RECIPE,
                "two": _RECIPE,
                "changes": rows(
                    "Fields that differ: old is the one's value, new the other's.", part("change")
                ),
            },
        ),
    ),
}

CHECK: Final[dict[str, Shape]] = {
    "diagnostics": rows("What is wrong, or worth a look, by place.", part("diagnostic")),
    "unbuilt": or_null(
        listed(
            "With `--built`: actions that would run, then files that do not hold their picture; "
            "else null."
        )
    ),
    "unlocked": or_null(
        listed(
            "With `--locked`: drawn actions of today's words of which the lock names no picture; "
            "else null."
        )
    ),
    "unaccepted": or_null(
        listed(
            "With `--accepted`: pictures of a provider that are not made, or that nobody "
            "accepted; else null."
        )
    ),
    "totals": record(
        "How many there are.",
        {"errors": count("Errors."), "warnings": count("Warnings.")},
    ),
}

RENDER: Final[dict[str, Shape]] = {
    "requests": rows(
        "The requests as they would be sent.",
        record(
            "One request.",
            {
                "action": ACTION_ID,
                "kind": text("The kind of its step."),
                "variants": SHARED_BY,
                "request": whatever("Its fields depend on the kind of step."),
                "inputs": listed("Actions and files that go in, in order."),
            },
        ),
    ),
}

GRAPH: Final[dict[str, Shape]] = {
    "nodes": rows(
        "The steps.",
        record(
            "One step, or one action with `--all`.",
            {
                "id": text("Its name."),
                "count": count("Actions that it stands for.", 1),
                "kind": text("The kind of the step."),
            },
        ),
    ),
    "edges": rows(
        "From an input to what uses it; those that follow from others are left out.",
        record("One edge.", {"from": text("The input."), "to": text("What uses it.")}),
    ),
}

_WORD: Final = {"minLength": 1}
_AMOUNT: Final = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"


def _name(said: str) -> Shape:
    return text(said) | _WORD


def _amounts(said: str) -> Shape:
    return record(
        said,
        {
            "low": text("At least: US dollars, a decimal number.", _AMOUNT),
            "high": text("At most: US dollars, a decimal number.", _AMOUNT),
        },
    )


SAVED_PLAN: Final[dict[str, Shape]] = {
    "assetforge": _name("The version that wrote it."),
    "pipeline": _name("Name of the pipeline file."),
    "profile": _name("Name of the profile."),
    "selection": record(
        "Which variants it is of.",
        {
            "selectors": rows("Selectors; none: all.", _name("")),
            "locales": rows("Locales of `--locale`.", _name("")),
            "max_variants": count("Of `--max-variants`.", 1),
            "names?": rows("The variants, where each is named, as with `--since`.", _name("")),
        },
    ),
    "flags": record(
        "The flags that decide what runs.",
        {
            "allow_unverified": flag("Of `--allow-unverified`."),
            "resend": flag("Of `--resend`."),
            "rebuy": flag("Of `--rebuy`."),
        },
    ),
    "at": _name("When it was made: UTC, ISO 8601."),
    "totals": record(
        "The actions by their decision, and what they cost.",
        {**DECISIONS, "cost_usd": _amounts("`high` is the cap of a build from it.")},
    ),
    "targets": rows(
        "The files.",
        record(
            "One file.",
            {
                "path": _name("Relative to the project's root."),
                "variant": _name("Name of the variant."),
                "action": _name("The action whose picture it holds."),
            },
        ),
    ),
    "actions": rows(
        "In an order in which inputs come first.",
        record(
            "One action.",
            {
                "id": _name("The action's id."),
                "asset": _name("The asset that it is of."),
                "step": _name("The step that it is of."),
                "variants": rows("The variants that share it.", _name(""), 1),
                "decision": DECISION,
                "key": NEXT_KEY,
                "cost_usd": _amounts("What it may cost when the plan is run."),
                "artifact": or_null(text("Digest of the picture that is there; null: none.", HEX)),
                "inputs": rows(
                    "What goes in, in order.",
                    either(
                        "",
                        record(
                            "What another action makes.",
                            {
                                "action": _name("That action."),
                                "sha256": or_null(
                                    text("Digest of its picture; null: still to be made.", HEX)
                                ),
                            },
                        ),
                        record(
                            "A file of the project.",
                            {
                                "path": _name("Relative to the project's root."),
                                "sha256": text("Digest of its bytes.", HEX),
                            },
                        ),
                    ),
                ),
                "request": whatever(
                    "The manifest without its inputs: all that the key covers besides their "
                    "digests."
                ),
            },
        ),
    ),
}
