"""A new ledger from a damaged one: what can be read of it, and what the store's results cost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from assetforge.store.action_cache import ActionResult
from assetforge.store.event_log import FILE, Event, EventLog, readable_events
from assetforge.store.quarantine import Quarantine


def renew_ledger(root: Path, results: Iterable[ActionResult], why: str) -> int:
    """Set a damaged ledger aside, begin a new one, and return how many calls it knows.

    Raises:
        OSError, StoreProblem: the new one cannot be written.
    """
    saved = readable_events(root / FILE) if (root / FILE).exists() else []
    events = renewed(saved, results)
    for name in (f"{FILE}-journal", FILE):
        Quarantine(root).take(root / name, why)
    with closing(EventLog(root)) as log, log.transaction():
        log.add(events)
    return len({each.call for each in events if each.call})


def renewed(saved: Sequence[Event], results: Iterable[ActionResult]) -> list[Event]:
    """Return the events of a new ledger: those saved that make sense, and a bill for each result.

    A call that was saved as open, and whose result is there, is settled by it.
    """
    sound = [each for each in saved if _makes_sense(each)]
    reserved = {each.call for each in sound if each.event == "reserved"}
    # What a call came to says nothing without what it was for.
    kept = [each for each in sound if not each.call or each.call in reserved]
    billed = {each.call for each in kept if each.event == "settled"}
    for result in results:
        if result.call and result.call not in billed:
            billed.add(result.call)
            kept += _bill(result, known=result.call in reserved)
    return kept


def _makes_sense(event: Event) -> bool:
    empty = Event("", "", "", "")
    whole = all(
        isinstance(found, type(usual))
        for found, usual in zip(event, empty, strict=True)
        if usual is not None
    )
    return whole and _is_json(event.usage) and isinstance(event.request_id, str | None)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text or "{}"), dict)
    except ValueError:
        return False


def _bill(result: ActionResult, *, known: bool) -> Iterator[Event]:
    """Yield the events that a result's call comes to; `known`: what it was for is there."""
    cost, model = result.cost_microdollars, str(result.model or result.manifest.get("model") or "")
    call = Event("reserved", result.made_at, "", "", call=result.call)
    if not known:
        yield call._replace(
            key=result.key, step=str(result.manifest.get("kind", "")), model=model, high=cost
        )
    yield call._replace(
        event="settled",
        cost=cost,
        usage=json.dumps(dict(result.usage), ensure_ascii=False, sort_keys=True),
        request_id=result.request_id,
    )
