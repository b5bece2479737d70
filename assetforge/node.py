"""A value of a YAML source and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Node:
    """One value and where it stands, as offsets into the text.

    `style` is the first mark of a scalar (`|`, `>`, a quote, or nothing), or `{` of a collection
    in brackets. `count` is the number of values in it, aliases expanded; `height` how deep it goes.
    """

    value: Any
    start: int
    end: int
    style: str = ""
    text: str = ""
    items: dict[str, Node] | list[Node] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    count: int = 1
    height: int = 0
