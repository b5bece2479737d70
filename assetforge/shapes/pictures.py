"""The documents about pictures: how they came to be, what was decided, what there is to show."""

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
    whatever,
    word,
)
from assetforge.shapes.parts import (
    HEX,
    IMPORTED,
    KEY,
    MADE_AT,
    MODEL_ASKED,
    MODEL_RESOLVED,
    REQUEST_ID,
    VARIANT,
    listed,
)

PROFILE: Final = text("Name of the profile.")
SLOT: Final = {"variant": VARIANT, "profile": PROFILE, "step": text("Name of the step.")}
ARTIFACT: Final = part("digest", "Digest of the picture's bytes.")
COST: Final = part("usd", "What the call cost.")
STANDS: Final = flag("Whether the variant stands on it now.")

LOG: Final[dict[str, Shape]] = {
    "sha256": part("digest", "Digest of the picture's bytes."),
    "steps": rows(
        "From the picture down to its scene.",
        record(
            "One step.",
            {
                "depth": count("0 for the picture itself, 1 for its inputs, and so on."),
                "key": KEY,
                "artifact": ARTIFACT,
                "manifest": whatever("All that the picture depended on."),
                "made_at": MADE_AT,
                "cost_usd": COST,
                "request_id": REQUEST_ID,
                "model": or_null(text("The image model; null: none, or not known.")),
                "targets": listed("Files that hold these bytes."),
                "imported": IMPORTED,
            },
        ),
    ),
}

_PAST_PICTURE: Final = record(
    "A picture that a step has had.",
    {
        "artifact": ARTIFACT,
        "take": count("Its number.", 1),
        "key": KEY,
        "present": or_null(
            flag("Whether it is of the words that the step has now; null: nobody can tell.")
        ),
        "stands": STANDS,
        "held": flag("Whether a store holds its bytes."),
        "prompt": or_null(text("The whole prompt; null: the store does not know.")),
        "made_at": MADE_AT,
        "cost_usd": COST,
        "model_asked": or_null(MODEL_ASKED),
        "model_resolved": or_null(MODEL_RESOLVED),
        "request_id": REQUEST_ID,
        "imported": IMPORTED,
        "said": rows(
            "What was decided about it, the first first.",
            record(
                "One decision.",
                {
                    "what": text(
                        "Such as accepted, chosen, imported, pinned, unpinned, rejected or no "
                        "longer chosen."
                    ),
                    "by": text("Who; empty: not known."),
                    "at": text("When: UTC, ISO 8601; empty: not known."),
                },
            ),
        ),
    },
)

HISTORY: Final[dict[str, Shape]] = {
    "variants": rows(
        "The chosen variants.",
        record(
            "One variant.",
            {
                "variant": VARIANT,
                "profile": PROFILE,
                "steps": rows(
                    "Its drawn steps, the first first.",
                    record(
                        "One step.",
                        {
                            "step": text("Name of the step."),
                            "pictures": rows(
                                "Those of the present words by take, then the others, the latest "
                                "first.",
                                _PAST_PICTURE,
                            ),
                        },
                    ),
                ),
            },
        ),
    ),
}

DIFF: Final[dict[str, Shape]] = {
    "variant": or_null(text("Name of the variant; null: two pictures were named.")),
    "step": or_null(text("Name of the step; null: two pictures were named.")),
    "takes": rows(
        "The takes that are shown; of two pictures none.",
        record(
            "One take.",
            {
                "take": or_null(
                    count("Its number; null: accepted for these words, and no take of them.", 1)
                ),
                "artifact": ARTIFACT,
                "key": KEY,
                "made_at": MADE_AT,
                "cost_usd": COST,
                "model_asked": or_null(MODEL_ASKED),
                "model_resolved": or_null(MODEL_RESOLVED),
                "stands": STANDS,
                "accepted": or_null(part("said_by", "Who accepted it; null: nobody did.")),
                "pinned": or_null(part("said_by", "Who pinned it; null: nobody did.")),
                "rejected": flag("Whether somebody rejected it."),
                "imported": IMPORTED,
            },
        ),
    ),
    "difference": record(
        "How two of them differ.",
        {
            "between": rows("What the two are called.", text(), 2, 2),
            "pixels": rows(
                "Digests of size and decoded pixels: the same however they are packed.",
                part("digest"),
                2,
                2,
            ),
            "same_bytes": flag("Whether their bytes are the same."),
            "same_pixels": flag("Whether their pixels are the same."),
            "same_size": flag(
                "Whether they are of one size; otherwise the second was scaled to the first "
                "before they were compared."
            ),
            "changed_permille": count(
                "Share of the pixels that visibly differ, in thousandths, rounded down.", 0, 1000
            ),
            "box": or_null(
                part("box", "x, y, width, height around what differs; null: nothing does.")
            ),
            "dhash_distance": count("How far the coarse shapes are apart.", 0, 64),
        },
    ),
    "written": or_null(text("The file that shows them side by side; null: none was asked for.")),
}

DECISION: Final[dict[str, Shape]] = {
    "what": text(
        "The word for it; that of one that is taken back stands behind `undo`.",
        "^(undo )?(accept|choose|reject|pin|unpin|import)$",
    ),
    "id": or_null(text("Its own, in the journal; null: nothing was decided, or nothing changed.")),
    "by": text("Who decided."),
    "at": text("When: UTC, ISO 8601."),
    "actions": listed("The actions it is about."),
    "changes": rows(
        "What changes in the lock.",
        record(
            "One step of a variant.",
            {
                **SLOT,
                "before": or_null(part("entry", "The entry as it was; null: there was none.")),
                "after": or_null(part("entry", "The entry from now on; null: there is none.")),
            },
        ),
    ),
    "again": listed("The actions that a build makes again, or anew, because of it."),
    "cost_usd": part("cost", "What these cost."),
}

LOCK: Final[dict[str, Shape]] = {
    "variants": mapping(
        "By variant: which pictures stand there.",
        mapping("By profile.", mapping("By step.", part("entry"))),
    ),
}

_COUNTS: Final = {
    "entries": count("Entries: one for each paid step of each variant, under each profile."),
    "accepted": count("Those that somebody accepted."),
    "pinned": count("Those that somebody pinned."),
    "unaccepted": count("Those that nobody accepted."),
    "wanted": count("Those of which another take is wanted, and not made yet."),
    "vanished": count(
        "Those of which the pipeline has no such variant, step or profile; 0 with `--resolve`, "
        "which does not read it."
    ),
}
_LOCKED_PICTURE: Final = {
    "action_key": KEY,
    "artifact": or_null(text("Digest of the picture's bytes; null: another take is wanted.", HEX)),
    "take": count("Number of the take.", 1),
    "accepted_by": or_null(text("Who accepted it; null: nobody did.")),
    "pinned_by": or_null(text("Who pinned it; null: nobody did.")),
}

LOCKED: Final[dict[str, Shape]] = {
    "folder": text("The lock's folder, beside the pipeline file."),
    "assets": rows("By name.", record("One asset.", {"asset": text("Its name."), **_COUNTS})),
    "totals": record("Of all assets.", {"assets": count("Assets."), **_COUNTS}),
    "warnings": rows("What stood there twice.", part("diagnostic")),
    "resolved": or_null(
        rows(
            "With `--resolve`: the files that were in conflict; else null.",
            record(
                "One file.",
                {
                    "file": text("Its path."),
                    "clashes": rows(
                        "What both sides changed.",
                        record(
                            "One step of a variant.",
                            {
                                **SLOT,
                                "ours": or_null(
                                    record("This side; null: it was removed.", _LOCKED_PICTURE)
                                ),
                                "theirs": or_null(
                                    record("That side; null: it was removed.", _LOCKED_PICTURE)
                                ),
                                "stands": word("Which of them stands.", "ours", "theirs"),
                            },
                        ),
                    ),
                },
            ),
        )
    ),
    "removed": or_null(
        rows(
            "With `--prune`: what went, or with `--dry-run` would go; else null.",
            record("One step of a variant.", {**SLOT, **_LOCKED_PICTURE}),
        )
    ),
    "dry_run": flag("Whether nothing was written."),
}

MANIFEST: Final[dict[str, Shape]] = {
    "pictures": rows(
        "Every picture that exists, sorted by asset, variant and path.",
        record(
            "One picture.",
            {
                "asset": text("Its asset."),
                "variant": VARIANT,
                "axes": mapping("Its value on each axis of the matrix.", text()),
                "tags": listed("Tags of its asset."),
                "locale": text("As in the pipeline file; empty: the asset has none."),
                "lang": text("BCP 47 tag for the `lang` attribute; may be empty."),
                "dir": word("For the `dir` attribute; empty: no locale.", "ltr", "rtl", ""),
                "path": text("Relative to the project's root, with forward slashes."),
                "sha256": part("digest", "Digest of its bytes."),
                "width": count("In pixels."),
                "height": count("In pixels."),
                "alt": text("Alt text in the picture's language."),
            },
        ),
    ),
}
