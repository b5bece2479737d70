"""The takes of a variant's step, as a person or a script is shown them."""

from __future__ import annotations

from collections.abc import Iterable

from assetforge.digest import SHOWN, Json
from assetforge.lock.entry import Verdict
from assetforge.pricing import usd
from assetforge.review.taken import Taken
from assetforge.store.action_cache import ActionResult

DAY = len("2026-11-21")


def name_of(taken: Taken) -> str:
    """Return what a person calls a take."""
    return f"take {taken.take}" if taken.take else "of other words"


def taken_json(each: Taken) -> dict[str, Json]:
    """Return one take of `assetforge.diff/1`."""
    result = each.result
    return {
        "take": each.take or None,
        "artifact": str(result.artifact),
        "key": str(result.key),
        "made_at": result.made_at,
        "cost_usd": usd(result.cost_microdollars),
        "model_asked": model_asked(result),
        "model_resolved": result.model,
        "stands": each.stands,
        "accepted": verdict_json(each.accepted),
        "pinned": verdict_json(each.pinned),
        "rejected": each.rejected,
        "imported": result.imported or None,
    }


def verdict_json(verdict: Verdict | None) -> Json:
    """Return who decided, and when."""
    return {"by": verdict.by, "at": verdict.at} if verdict else None


def taken_line(each: Taken) -> str:
    """Return a take in one line: digest, when, cost, model, and what was said of it."""
    result = each.result
    parts = [
        name_of(each),
        result.artifact[:SHOWN],
        made_words(result),
        f"${usd(result.cost_microdollars)}",
        model_words(model_asked(result), result.model),
        ", ".join(_said(each)),
    ]
    return "  ".join(part for part in parts if part)


def _said(each: Taken) -> Iterable[str]:
    if each.stands:
        yield "stands"
    if each.accepted:
        yield f"accepted by {said_by(each.accepted)}"
    if each.pinned:
        yield f"pinned by {said_by(each.pinned)}"
    if each.rejected:
        yield "rejected"


def said_by(verdict: Verdict) -> str:
    """Return who said something, and on which day."""
    return f"{verdict.by}, {verdict.at[:DAY]}"


def made_words(result: ActionResult) -> str:
    """Return when a picture was made, or taken in from a file."""
    if result.imported:
        return f"imported from '{result.imported}' {result.made_at}".rstrip()
    return f"made {result.made_at}" if result.made_at else ""


def model_asked(result: ActionResult) -> str | None:
    """Return the model as it was asked for; None: the provider has none to choose from."""
    asked = result.manifest.get("model")
    return str(asked) if asked else None


def model_words(asked: str | None, resolved: str | None) -> str:
    """Return the model that was asked, and the one that answered where it says another name."""
    if asked and resolved and asked != resolved:
        return f"{asked} (answered by {resolved})"
    return asked or resolved or ""
