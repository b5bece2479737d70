"""Lists that are told a page at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.checks import whole_number

ORDERS: Final = ("asc", "desc")


def page(
    items: Sequence[Mapping[str, Any]], asked: Mapping[str, str], *, limit: int, most: int
) -> Answer:
    """Return a page of objects, newest first unless the query says otherwise.

    Args:
        items: the objects as the service shows them, oldest first, each with its `id`.
        asked: the query: `after` is the id before the page, `limit` its length, `order`.
        limit: how many are told where the query does not say.
        most: the largest it may say.
    """
    problem = _limit_problem(asked.get("limit"), most) or _order_problem(asked.get("order"))
    if problem:
        return problem.answer
    length = int(asked.get("limit", limit))
    ordered = list(items) if asked.get("order") == "asc" else list(reversed(items))
    after = asked.get("after")
    if after is not None:
        ids = [each["id"] for each in ordered]
        if after not in ids:
            message = f"Invalid 'after': there is no object '{after}'."
            return Problem(message, param="after", code="invalid_value").answer
        ordered = ordered[ids.index(after) + 1 :]
    return Answer(200, _document(ordered[:length], more=len(ordered) > length))


def _document(shown: list[Mapping[str, Any]], *, more: bool) -> dict[str, Any]:
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": more,
    }


def _limit_problem(text: str | None, most: int) -> Problem | None:
    if text is None:
        return None
    number = re.fullmatch(r"-?[0-9]{1,18}", text)
    return whole_number("limit", int(text) if number else text, 1, most)


def _order_problem(order: str | None) -> Problem | None:
    if order is None or order in ORDERS:
        return None
    message = f"Invalid value: '{order}'. Supported values are: 'asc' and 'desc'."
    return Problem(message, param="order", code="invalid_value")
