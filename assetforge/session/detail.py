"""All that there is to know of one picture, for the page beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assetforge.action import Action
from assetforge.decided import Decided, last_manifests
from assetforge.digest import Json
from assetforge.ledger import entries_below
from assetforge.noting import notes_of
from assetforge.pricing import usd
from assetforge.reports.collect import collect
from assetforge.reports.gallery import step_json
from assetforge.reports.history import cost_of, models_of, prompt_of
from assetforge.reports.pictures import explain_command
from assetforge.reports.text import Flags
from assetforge.review.chosen import drawn_actions
from assetforge.review.history import Past, history_of_variant
from assetforge.session.rows import Row
from assetforge.store.journal import Journal
from assetforge.store.local import Store


def detail(decided: Decided, store: Store, row: Row, flags: Flags) -> dict[str, Json]:
    """Return all about a picture; the plan is of its variant, `flags` are those of the session."""
    variant = str(row.variant)
    pictures = [each for each in collect(decided, store) if each.path in row.paths]
    shown = next((each for each in pictures if each.exists), pictures[0])
    drawn = drawn_actions(decided, variant)
    decisions, calls = Journal(store.root).decisions(), entries_below(decided.project.root)
    history = history_of_variant(decided, store, variant, decisions, calls)
    pasts = [(each.step, one) for each in history.steps for one in each.pictures]
    return {
        "id": row.id,
        "variant": variant,
        "command": explain_command(variant, flags.project),
        "steps": [step_json(each) for each in shown.steps],
        "copy": [[slot, words] for slot, words in shown.copy.items()],
        "files": [{"path": each.path, "sha256": each.sha256} for each in pictures],
        "reasons": [f"{each.step}: {why}" for each in drawn for why in decided.reasons[each.id]],
        "prompts": list(_prompts(decided, store, drawn)),
        "takes": [_take(step, each) for step, each in pasts],
        "history": _said(pasts),
        "notes": [
            {"step": each.after, "note": each.words, "about": each.about, "place": str(each.place)}
            for each in notes_of(decided.project).get(variant, ())
        ],
        "before": _before([each for step, each in pasts if step == row.step]),
    }


def _prompts(decided: Decided, store: Store, drawn: Sequence[Action]) -> Iterator[Json]:
    """Yield the prompt of each drawn step, and the one that it was last built with."""
    last = last_manifests(decided.plan, store, decided.project.file, [each.id for each in drawn])
    for each in drawn:
        known = last.get(each.id)
        before = None if known is None else str(known.get("prompt", ""))
        yield {"step": each.step, "before": before, "after": str(each.request.get("prompt", ""))}


def _take(step: str, past: Past) -> Json:
    said = [each.what for each in past.said]
    asked, answered = models_of(past)
    return {
        "step": step,
        "take": past.take,
        "digest": past.artifact,
        "present": past.present,
        "stands": past.stands,
        "held": past.held,
        "accepted": "accepted" in said or "chosen" in said,
        "pinned": "pinned" in said and "unpinned" not in said,
        "rejected": "rejected" in said,
        "said": [{"what": each.what, "by": each.by, "at": each.at} for each in past.said],
        "cost": usd(cost_of(past)),
        "made_at": past.made_at,
        "model": answered or asked or "",
        "request": past.result.request_id if past.result else None,
        "prompt": prompt_of(past),
    }


def _said(pasts: Iterable[tuple[str, Past]]) -> list[Json]:
    """Return what people decided, the latest first."""
    found: list[Mapping[str, Json]] = [
        {"at": said.at, "by": said.by, "what": said.what, "step": step, "digest": past.artifact}
        for step, past in pasts
        for said in past.said
    ]
    return [dict(each) for each in sorted(found, key=lambda each: str(each["at"]), reverse=True)]


def _before(pasts: Sequence[Past]) -> Json:
    """Return the digest of the latest picture that there was besides the one that stands."""
    others = [each for each in pasts if not each.stands and each.held]
    latest = max(others, key=lambda each: each.made_at, default=None)
    return latest.artifact if latest else None


def digests_in(document: Mapping[str, Json]) -> set[str]:
    """Return the pictures that a detail mentions."""
    found = {document["before"]}
    for name, key in (("steps", "artifact"), ("takes", "digest"), ("files", "sha256")):
        some = document[name]
        assert isinstance(some, list), "BUG: a detail without its parts"
        found |= {each[key] for each in some if isinstance(each, dict)}
    return {each for each in found if isinstance(each, str)}
