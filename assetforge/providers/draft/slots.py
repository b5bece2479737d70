"""What each slot of the copy is on a banner, and where it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assetforge.providers.draft.colour import Colour, written
from assetforge.typeset import Block, Box, Column

Role = Literal["headline", "body", "action", "badge", "legal"]

ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("headline", "title", "heading", "name", "header"), "headline"),
    **dict.fromkeys(("subline", "subtitle", "subheadline", "tagline", "description"), "body"),
    **dict.fromkeys(("body", "text", "subheading", "subhead"), "body"),
    **dict.fromkeys(("action", "cta", "button"), "action"),
    **dict.fromkeys(("badge", "price", "offer", "discount", "label", "tag"), "badge"),
    **dict.fromkeys(("legal", "footnote", "disclaimer", "terms", "imprint", "note"), "legal"),
}  # fmt: skip
"""A word of a slot's name → its role; the name's last known word decides."""

FLAT = 3.4
"""Areas with at least this width ÷ height set the button beside the words."""


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of the words: headline, lines below it, button, its label, badge, its label."""

    ink: Colour
    soft: Colour
    pill: Colour
    label: Colour
    badge: Colour
    badge_label: Colour


def roles_of(copy: Mapping[str, str]) -> dict[str, Role]:
    """Return each slot's role; there is a headline wherever there are words."""
    roles: dict[str, Role] = {slot: _role(slot) for slot, text in copy.items() if text.strip()}
    if roles and "headline" not in roles.values():
        roles[next(iter(roles))] = "headline"
    return roles


def _role(slot: str) -> Role:
    words = re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", slot).lower())
    return next((ROLES[word] for word in reversed(words) if word in ROLES), "body")


def columns_for(copy: Mapping[str, str], area: Box, short: int, inks: Inks) -> list[Column]:
    """Return the copy's columns in an area.

    Args:
        copy: slot → text.
        area: the box the words may fill, in pixels.
        short: the shorter edge of the canvas, which decides the smallest sizes.
        inks: their colours.
    """
    roles = roles_of(copy)
    makers = {
        "headline": _headline,
        "body": _body,
        "action": _action,
        "badge": _badge,
        "legal": _legal,
    }
    flat = area[2] > FLAT * area[3]
    cap = min((0.46 if flat else 0.34) * area[3], 0.152 * area[2])
    least = max(7.0, 0.02 * short)
    order: Sequence[Role] = ("badge", "headline", "body", "action", "legal")
    blocks = [
        (role, makers[role](slot, copy[slot], cap, least, inks))
        for wanted in order
        for slot, role in roles.items()
        if role == wanted
    ]
    return _arranged(blocks, area)


def _arranged(blocks: Sequence[tuple[Role, Block]], area: Box) -> list[Column]:
    """Stack the blocks; in a flat area the button stands beside the words, legal lines below."""
    x, y, width, height = area
    legal = [block for role, block in blocks if role == "legal"]
    rest = [(role, block) for role, block in blocks if role != "legal"]
    columns = []
    if legal and rest:
        strip = max(1, round(min(0.2 * height, 4.2 * legal[0].size[1])))
        columns.append(Column((x, y + height - strip, width, strip), legal, valign="bottom"))
        height -= round(1.15 * strip)
    main = [block for _, block in rest] or legal
    actions = [block for role, block in rest if role == "action"]
    if width > FLAT * height and actions and len(actions) < len(main):
        columns.extend(_side_by_side((x, y, width, height), main, actions))
        return columns
    return [Column((x, y, width, height), main, valign="middle"), *columns]


def _side_by_side(area: Box, main: Sequence[Block], actions: Sequence[Block]) -> list[Column]:
    """Return words over the whole width but the button's third; mirrored where they are set."""
    x, y, width, height = area
    wide = round(0.70 * width)
    words = [block for block in main if block not in actions]
    return [
        Column((x, y, wide, height), words, valign="middle"),
        Column((x + wide, y, width - wide, height), actions, "end", "middle"),
    ]


def _headline(slot: str, text: str, cap: float, least: float, inks: Inks) -> Block:
    return Block(
        slot, text, (min(cap, 1.25 * least), cap), 800, written(inks.ink), 5, tracking=-0.01
    )


def _body(slot: str, text: str, cap: float, least: float, inks: Inks) -> Block:
    size = (min(0.8 * least, 0.4 * cap), max(0.44 * cap, least))
    return Block(slot, text, size, 450, written(inks.soft), 6, gap=0.95, ratio=0.44)


def _action(slot: str, text: str, cap: float, least: float, inks: Inks) -> Block:
    return Block(
        slot, text, (min(0.8 * least, 0.22 * cap), 0.34 * cap), 700, written(inks.label), 2,
        gap=1.15, ratio=0.4, single=True, fill=written(inks.pill), pad=(1.25, 0.72),
    )  # fmt: skip


def _badge(slot: str, text: str, cap: float, least: float, inks: Inks) -> Block:
    return Block(
        slot, text, (min(0.75 * least, 0.26 * cap), 0.28 * cap), 700, written(inks.badge_label), 2,
        ratio=0.34, single=True, fill=written(inks.badge), pad=(0.8, 0.45), round=0.45,
    )  # fmt: skip


def _legal(slot: str, text: str, cap: float, least: float, inks: Inks) -> Block:
    return Block(
        slot,
        text,
        (min(0.6 * least, 0.18 * cap), max(0.18 * cap, 0.62 * least)),
        400,
        written(inks.soft),
        3,
    )
