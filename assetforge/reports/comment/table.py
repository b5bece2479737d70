"""The table of a comment: what changes, why, and what it costs, a row for what changes alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from assetforge.pricing import cost_text
from assetforge.reports.comment.changes import Row, grouped
from assetforge.reports.comment.fitting import Section
from assetforge.reports.comment.quoted import LINE, folded, left_out, said, table
from assetforge.reports.markup import Html, element, text
from assetforge.reports.text import plural

HEADS: Final = {"pictures": "left", "steps, and why": "left", "cost": "right"}
"""Three columns, and no more: a phone shows them side by side."""

SHOWN_AT_ONCE: Final = 10
"""How many rows stand there before the rest is folded."""

MOST_VALUES: Final = 8
"""How many values of an axis, steps or reasons are named in one place."""

MOST_PRODUCTS: Final = 4
"""How many groups of variants are named in a row."""

COUNTED: Final = {"changed": "changed", "added": "new", "removed": "gone", "pending": "to make"}
"""What stands behind the number of variants of a row."""


def change_table(rows: Sequence[Row]) -> Section:
    """Return the table; what is beyond a screen is folded."""
    return Section([_row(each) for each in rows], _shown)


def _shown(rows: Sequence[Html], left: int) -> Html:
    blocks = [table(HEADS, rows[:SHOWN_AT_ONCE])] if rows else []
    if more := rows[SHOWN_AT_ONCE:]:
        blocks.append(folded(plural(len(more), "more row"), table(HEADS, more)))
    return Html(LINE.join(blocks) + left_out(left, "row"))


def _row(row: Row) -> Html:
    count = text(f" {len(row.variants):,} {COUNTED[row.change]}")
    which = Html("<br>".join([said(row.asset) + count, *_products(row.variants)]))
    why = Html("<br>".join(filter(None, [_some(row.steps), _some(row.why, "<br>")])))
    cost = text(cost_text(row.cost) if row.cost.high else "–")
    cells = (element("td", None, which), element("td", None, why))
    return element("tr", None, *cells, element("td", {"align": "right"}, cost))


def _products(variants: Iterable[tuple[str, ...]]) -> list[Html]:
    """Return a line for each group of variants, such as `wide`, `tall` × `de`, `fr`."""
    products = [each for each in grouped(variants) if any(each)]
    lines = [
        Html(" × ".join(_some(values) for values in each if values))
        for each in products[:MOST_PRODUCTS]
    ]
    if more := sum(len(each[0] or [""]) * len(each[1]) for each in products[MOST_PRODUCTS:]):
        lines.append(text(f"and {more:,} more"))
    return lines


def _some(values: Sequence[str], between: str = ", ") -> Html:
    """Return the first of some values, and how many there are besides."""
    shown = between.join(said(each) for each in values[:MOST_VALUES])
    more = len(values) - MOST_VALUES
    return Html(f"{shown} and {more:,} more" if more > 0 else shown)
