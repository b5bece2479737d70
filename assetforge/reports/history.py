"""The history of variants, as a person or a script is shown it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assetforge.digest import SHOWN, Json
from assetforge.pricing import usd
from assetforge.reports.takes import DAY, made_words, model_asked, model_words
from assetforge.reports.text import indented
from assetforge.review.history import Past, VariantHistory
from assetforge.review.said import Said


def history_document(histories: Iterable[VariantHistory]) -> dict[str, Json]:
    """Return `assetforge.history/1`."""
    return {
        "schema": "assetforge.history/1",
        "variants": [
            {
                "variant": each.variant,
                "profile": each.profile,
                "steps": [
                    {"step": step.step, "pictures": [_past_json(one) for one in step.pictures]}
                    for step in each.steps
                ],
            }
            for each in histories
        ],
    }


def _past_json(past: Past) -> Json:
    result, entry = past.result, past.entry
    return {
        "artifact": str(past.artifact),
        "take": past.take,
        "key": str(result.key if result else entry.key if entry else ""),
        "present": past.present,
        "stands": past.stands,
        "held": past.held,
        "prompt": prompt_of(past),
        "made_at": past.made_at,
        "cost_usd": usd(cost_of(past)),
        "model_asked": models_of(past)[0],
        "model_resolved": models_of(past)[1],
        "request_id": result.request_id if result else None,
        "imported": imported_of(past),
        "said": [{"what": each.what, "by": each.by, "at": each.at} for each in past.said],
    }


def prompt_of(past: Past) -> str | None:
    """Return the prompt that a picture was asked for with; None: the store does not know."""
    prompt = past.result.manifest.get("prompt") if past.result else None
    return str(prompt) if prompt else None


def cost_of(past: Past) -> int:
    """Return what a picture cost, in microdollars."""
    if past.result:
        return past.result.cost_microdollars
    return past.entry.cost_microdollars if past.entry else 0


def models_of(past: Past) -> tuple[str | None, str | None]:
    """Return the model that was asked, and the one that answered."""
    if past.result:
        return model_asked(past.result), past.result.model
    return (past.entry.asked or None, past.entry.resolved or None) if past.entry else (None, None)


def imported_of(past: Past) -> str | None:
    """Return the name of the file that a picture was taken in from; None: it was made."""
    known = past.result or past.entry
    return known.imported or None if known else None


def history_text(histories: Iterable[VariantHistory]) -> str:
    """Return the history of variants as a person reads it."""
    return "\n\n".join("\n".join(_variant_lines(each)) for each in histories)


def _variant_lines(history: VariantHistory) -> Iterator[str]:
    yield f"{history.variant}  (profile {history.profile})"
    for step in history.steps:
        yield f"  {step.step}"
        if not step.pictures:
            yield "    nothing was made yet"
        for each in step.pictures:
            yield from indented(_lines(each))


def _lines(past: Past) -> Iterator[str]:
    marks = ["stands"] if past.stands else []
    marks += ["of other words"] if past.present is False else []
    marks += [] if past.held else ["in no store"]
    said = f"  {', '.join(marks)}" if marks else ""
    yield f"take {past.take}  {past.artifact[:SHOWN]}{said}"
    request = past.result.request_id if past.result else None
    facts = [
        _how_made(past),
        f"cost ${usd(cost_of(past))}",
        model_words(*models_of(past)),
        f"request {request}" if request else "",
    ]
    yield f"  {', '.join(each for each in facts if each)}"
    if prompt := prompt_of(past):
        first, *more = prompt.splitlines()
        yield f"  {first}{' …' if more else ''}"
    for each in past.said:
        yield f"  {_said_words(each)}"


def _how_made(past: Past) -> str:
    if past.result:
        return made_words(past.result)
    imported = imported_of(past)
    return f"imported from '{imported}'" if imported else ""


def _said_words(said: Said) -> str:
    by = f" by {said.by}" if said.by else ""
    return f"{said.what}{by}{f', {said.at[:DAY]}' if said.at else ''}"
