"""Plan documents as `plan --format json` prints them, written by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from assetforge.reports.comment.planned import PlanDocument, read_plan_document

OLD = "0a" * 32
NEW = "1b" * 32
COMMIT = "c" * 40
FREE = {"low": "0.00", "high": "0.00"}


def action(
    step: str,
    *variants: str,
    decision: str = "run",
    reasons: Sequence[str] = ("prompt changed",),
    low: str = "0.0412",
    high: str = "0.0633",
) -> dict[str, Any]:
    return {
        "id": f"{variants[0]}/{step}",
        "asset": variants[0].partition("/")[0],
        "step": step,
        "kind": step,
        "variants": list(variants),
        "decision": decision,
        "key": None,
        "reasons": list(reasons),
        "cost_usd": {"low": low, "high": high},
        "notes": [],
        "accepted": False,
    }


def changed(
    variant: str,
    *steps: str,
    change: str = "changed",
    before: str | None = None,
    after: str | None = None,
    reasons: Sequence[str] = (),
) -> dict[str, Any]:
    path = f"out/{variant.replace('/', '-')}.png"
    both = {"before": before, "after": after, "reasons": list(reasons)}
    return {"variant": variant, "change": change, "steps": list(steps), "paths": [path], **both}


def since(*variants: dict[str, Any], ref: str = "origin/main") -> dict[str, Any]:
    return {"ref": ref, "commit": COMMIT, "variants": list(variants)}


def document(
    actions: Sequence[dict[str, Any]] = (),
    compared: dict[str, Any] | None = None,
    cost: tuple[str, str] = ("0.00", "0.00"),
    notes: Sequence[str] = (),
    lost: int = 0,
    **others: Any,
) -> dict[str, Any]:
    return {
        "schema": "assetforge.plan/1",
        "profile": "final",
        "actions": list(actions),
        "targets": [],
        "skipped": [],
        "warnings": [],
        "totals": {
            "hit": 0,
            "run": 0,
            "wait": 0,
            "lost": lost,
            "cost_usd": {"low": cost[0], "high": cost[1]},
            "cost_notes": list(notes),
        },
        "since": compared,
        "budget": None,
        "max_cost_usd": None,
        **others,
    }


def plan(*arguments: Any, **others: Any) -> PlanDocument:
    return read_plan_document(json.dumps(document(*arguments, **others)), "plan.json")


def diagnostic(message: str, severity: str = "warning", **others: Any) -> dict[str, Any]:
    place = {"file": "assetforge.yaml", "line": 9, "column": 3, "length": 4}
    fields = {"code": "x", "severity": severity, "message": message, "help": None}
    return {**fields, **place, "label": "", "related": [], **others}


LOCALES = ("ar", "de", "en", "es", "fr", "he", "it", "ja", "ko", "pt-BR")


def campaign() -> dict[str, Any]:
    """Two formats in ten locales from one scene; a card that is edited, one new, one that goes."""
    banners = [f"banner/{form}/{locale}" for form in ("wide", "tall") for locale in LOCALES]
    wait: dict[str, Any] = {"decision": "wait", "reasons": ["waits for banner/compose"]}
    actions = [action("compose", *banners, reasons=["prompt changed"], low="0.17", high="0.21")]
    actions += [action("edit", each, **wait) for each in banners]
    actions += [action("export", each, **wait, low="0.00", high="0.00") for each in banners]
    both = ["copy changed: headline", "prompt changed"]
    actions.append(action("edit", "card/de", reasons=both))
    actions.append(action("compose", "card/sv", reasons=["never built"]))
    compared = since(
        *(
            changed(each, "compose", "edit", "export", before=OLD, reasons=["prompt changed"])
            for each in banners
        ),
        changed("card/de", "edit", before=OLD, after=NEW, reasons=both),
        changed("card/sv", "compose", change="added"),
        changed("card/nl", change="removed", before=OLD),
    )
    return document(
        actions,
        compared,
        cost=("1.0764", "26.5021"),
        notes=["'toy' is not known: priced at the worst known rate"],
        warnings=[
            diagnostic("model 'gpt-image-2' may change under you", help="name a snapshot"),
            diagnostic("copy 'card.headline' is longer than the picture", severity="error"),
        ],
        skipped=[{"variant": "banner/wide/xx", "reason": "'xx' lacks 'banner.alt'"}],
        budget={
            "day": {"cap_usd": "40.00", "spent_usd": "12.50", "left_usd": "27.50"},
            "month": {"cap_usd": "100.00", "spent_usd": "99.00", "left_usd": "1.00"},
        },
        max_cost_usd="25.00",
    )
