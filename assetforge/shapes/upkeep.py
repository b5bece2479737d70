"""The documents about money, stores and accounts."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import Shape, count, flag, or_null, part, record, rows, text, word
from assetforge.shapes.parts import STABLE, listed

_FIGURES: Final = {
    "calls": count("Calls that were sent; what was refused before any work is none."),
    "pictures": count("Calls that brought a picture."),
    "estimate_usd": part("cost", "What the answered calls were to cost."),
    "actual_usd": part("usd", "What they did cost."),
    "difference_percent": text(
        "By how much the actual cost is above the estimate, or below it if negative.",
        r"^-?\d+\.\d$",
    ),
    "unknown_calls": count("Calls without an answer."),
    "unknown_usd": part("usd", "What these may have cost at most."),
    "reserved_usd": part("usd", "What is set aside for calls in flight."),
    "spent_usd": part("usd", "What counts as spent: actual and unknown."),
}
_LEFT: Final = {
    "cap_usd": part("usd", "What the pipeline file allows."),
    "spent_usd": part("usd", "What was spent."),
    "reserved_usd": part("usd", "What is set aside for calls in flight."),
    "left_usd": part("usd", "What is left."),
}

COST: Final[dict[str, Shape]] = {
    "since": or_null(
        text(
            "The first day that counts for totals, groups and unknown, but for `today_usd` and "
            "`month_usd`; null: all.",
            r"^\d{4}-\d\d-\d\d$",
        )
    ),
    "totals": record(
        "Of all calls since then. Days and months are UTC, by the time of the call.",
        {
            "today_usd": part("usd", "What counts as spent today."),
            "month_usd": part("usd", "What counts as spent in this month."),
            **_FIGURES,
        },
    ),
    "groups": rows(
        "The same by asset, locale, model, day, month or run.",
        record(
            "One group.",
            {
                "by": word(
                    "What they have in common.",
                    *("asset", "locale", "model", "day", "month", "run"),
                ),
                "name": text("Empty: no locale or several, or outside of a run."),
                **_FIGURES,
            },
        ),
    ),
    "unknown": rows(
        "Calls without an answer, oldest first.",
        record(
            "A call that may have been billed.",
            {
                "key": part("digest", "The action key."),
                "action": text("The action's id."),
                "asset": text("Its asset."),
                "locale": text("Its locale; empty: none or several."),
                "model": text("The image model."),
                "at": text("When it was reserved: UTC, ISO 8601."),
                "up_to_usd": part("usd", "What it may have cost at most."),
                "why": text("Why there is no answer."),
                "answered_since": flag("Whether a later call of the same key was answered."),
            },
        ),
    ),
    "budget": record(
        "What is left, where the pipeline file states a budget.",
        {"day?": record("Of today.", _LEFT), "month?": record("Of this month.", _LEFT)},
    ),
}

DOCTOR: Final[dict[str, Shape]] = {
    "profile": text("The profile in use."),
    "checks": rows(
        "In the order they were made; those of other profiles follow.",
        record(
            "One check.",
            {
                "profile": text("The profile it is of."),
                "name": word(
                    f"What was checked. {STABLE}",
                    *("provider", "key", "address", "sdk", "settings", "access", "model"),
                    "limits",
                ),
                "status": word("What came of it.", "ok", "warning", "failed"),
                "message": text("The same, for people."),
                "advice": or_null(text("What to do; null: nothing.")),
            },
        ),
    ),
}

FSCK: Final[dict[str, Shape]] = {
    "sound": flag(
        "Whether nothing was damaged or lost. What processes leave behind that end is no damage."
    ),
    "changed": flag("Whether what can be was made good; false with `--dry-run`."),
    "totals": record(
        "What there is, and how much was found.",
        {
            "blobs": count("Blobs in the store."),
            "bytes": count("Their size."),
            "results": count("Results that are kept as files."),
            "quarantined": count("Files in quarantine."),
            "tidied": count("Findings that a process which ended had left."),
            "noted": count("Findings that are left as they are."),
            "repaired": count("Findings that are made good."),
            "lost": count("Findings that are lost."),
        },
    ),
    "findings": rows(
        "What was found.",
        record(
            "One finding.",
            {
                "kind": text(f"What it is. {STABLE}"),
                "subject": text("The file, digest or key that it is about."),
                "message": text("The same, for people."),
                "outcome": word(
                    "What became of it, or would: left by a process that ended, left as it is, "
                    "made good, or lost.",
                    *("tidied", "noted", "repaired", "lost"),
                ),
            },
        ),
    ),
}

_SOME: Final = {"blobs": count("How many."), "bytes": count("Their size.")}

GC: Final[dict[str, Shape]] = {
    "deleted": flag("Whether it was deleted, with `--delete`."),
    "keep_days": count("What is younger stays."),
    "spare": record("What goes.", {"results": count("Results."), **_SOME}),
    "paid": rows("Pictures among them that were paid for, named with `--paid`.", part("digest")),
    "stays": record(
        "What stays, and why.",
        {
            "stood_on": record("A lock or a target stands on it.", _SOME),
            "paid": record("Paid for, or what was paid for stands on it.", _SOME),
            "young": record("Younger than `--keep-days`.", _SOME),
            "uncertain": record("Perhaps of a result in quarantine.", _SOME),
        },
    ),
    "blobs": rows("The blobs that go.", part("digest")),
}

REMOTE: Final = text("The shared store, without user, password or token.")

PUSH: Final[dict[str, Shape]] = {
    "remote": REMOTE,
    "published": count("Results that are in it now and were not."),
    "there": count("Results that were in it already."),
    "kept_back": rows(
        "Results that are not published, and why.",
        record("One result.", {"key": part("digest", "The action key."), "reason": text("Why.")}),
    ),
    "bytes": count("Bytes that were sent."),
}

PULL: Final[dict[str, Shape]] = {
    "remote": REMOTE,
    "brought": count("Blobs that came from there."),
    "here": count("Actions that are hits now."),
    "absent": listed("Actions that nobody made, or that are not published."),
    "bytes": count("Size of what came."),
}

KEY: Final[dict[str, Shape]] = {
    "public": text("The public key, for `signers` of the pipeline file."),
    "private": text("The private key: a secret, which is shown this once."),
}
