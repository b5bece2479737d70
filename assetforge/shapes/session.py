"""The document that the page of `preview` is told."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import (
    Shape,
    count,
    flag,
    mapping,
    or_null,
    part,
    record,
    rows,
    text,
    word,
)
from assetforge.shapes.parts import HEX, VARIANT, listed

_PROBLEM: Final = record(
    "One problem.",
    {
        "severity": word("How bad it is.", "error", "warning"),
        "code": text("Stable: scripts may rely on it."),
        "message": text("What is wrong."),
        "place": text("Where, as `file:line:column`; empty: nowhere."),
        "help": text("What to do; may be empty."),
        "text": text("All of it, in one line."),
    },
)

_STATUS: Final = record(
    "What the session does now.",
    {
        "generation": count("How often it was planned."),
        "phase": word(
            "What it does.",
            *("planning", "drafting", "building", "watching", "broken", "paused"),
        ),
        "words": text("The same, as the terminal has it."),
        "done": count("Actions that ended."),
        "total": count("Actions that run."),
        "stale": count("Pictures that are not current."),
        "cost": or_null(part("cost", "What making them costs; null: nothing.")),
        "spent": part("usd", "What the session spent."),
        "cap": or_null(part("usd", "What it may spend; null: nobody said.")),
        "auto": flag("Whether it builds by itself."),
        "finishing": count("Calls in flight that a change overtook."),
        "polling": flag("Whether it looks for changes again and again, as nothing tells it."),
        "told": text("What came of the last thing that was asked for and not waited for."),
        "tellings": count("Counts these."),
        "failed": count("Pictures that could not be made."),
        "edited": count("Pictures that were edited by hand."),
        "free": flag("Whether its pictures cost nothing."),
        "problems": rows("What is wrong with the sources.", _PROBLEM),
    },
)

_PICTURE: Final = record(
    "One picture, in all its file types.",
    {
        "id": text("The path of its target without the suffix."),
        "variant": VARIANT,
        "asset": text("Its asset."),
        "axes": mapping("Its value on each axis, but for the locale.", text()),
        "tags": listed("Tags of its asset."),
        "locale": text("As in the pipeline file; empty: it has none."),
        "lang": text("BCP 47 tag for the `lang` attribute; may be empty."),
        "dir": text("For the `dir` attribute; may be empty."),
        "alt": text("Alt text."),
        "line": text("The first text of its copy."),
        "width": count("In pixels."),
        "height": count("In pixels."),
        "state": word("How it stands.", "current", "stale", "edited", "missing"),
        "reason": text("Why it is not current."),
        "digest": or_null(text("Digest of the bytes that are shown; null: there are none.", HEX)),
        "draft": or_null(text("Digest of the draft of today's words; null: there is none.", HEX)),
        "verdict": word("What somebody said of it.", "accepted", "pinned", ""),
        "checks": word("The worst that was found.", "equal", "look", "differs", ""),
        "cost": or_null(part("cost", "What making it costs; null: nothing.")),
        "paths": listed("Its files, relative to the project's root."),
        "step": text("The last step that a provider draws; empty: none."),
        "busy": flag("Whether it is being made."),
        "problem": text("Why the last try to make it failed; may be empty."),
    },
)

PREVIEW: Final[dict[str, Shape]] = {
    "title": text("What people call the project."),
    "profile": text("Name of the profile."),
    "free": flag("Whether its pictures cost nothing."),
    "source": text("The source locale; empty: there is none."),
    "command": text("What builds the same on the command line."),
    "flags": text("Flags that a command for this project needs."),
    "selection": text("Selectors and locales that it is limited to."),
    "writable": flag("Whether the page may decide about pictures."),
    "axes": listed("Axes of all assets, but for the locale."),
    "locales": rows(
        "Those of the pictures.",
        record(
            "One locale.",
            {
                "id": text("As in the pipeline file."),
                "lang": text("BCP 47 tag."),
                "dir": word("Where its lines go.", "ltr", "rtl"),
                "name": text("In English."),
            },
        ),
    ),
    "max_cost": or_null(part("usd", "What the profile lets one build spend; null: no limit.")),
    "status": _STATUS,
    "version": count("Of the pictures; ask for what changed after it."),
    "whole": flag("Whether all pictures are in it, and not only those that changed."),
    "pictures": rows("The pictures.", _PICTURE),
    "order?": listed("Ids of all pictures, where they are all in it."),
}
