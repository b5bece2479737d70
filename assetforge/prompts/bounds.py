"""How large a value may get that a template makes of small ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jinja2.exceptions import SecurityError

MAX_RANGE = 1_000
MAX_NUMBER = 10**30
MAX_OPTION = 100
MAX_VALUE = 100_000
"""How long a text or list may be that a template makes."""


def is_number(value: object) -> bool:
    """Tell whether a value is one that templates reckon with."""
    return isinstance(value, int | float | Decimal)


def bounded(value: Any) -> Any:
    """Return a value that is not too large.

    Raises:
        SecurityError: it is.
    """
    if is_number(value):
        if abs(value) > MAX_NUMBER:
            raise SecurityError("a number gets too large")
    elif len(value) > MAX_VALUE:
        raise SecurityError(f"a text or list gets longer than {MAX_VALUE:,}")
    return value


def bounded_range(*bounds: int) -> range:
    """Return Python's `range` of a modest length, in place of its own."""
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"a range may have up to {MAX_RANGE} numbers")
    return numbers


def refuse_large(option: object) -> None:
    """Refuse an option of a filter that is a large number or a long text.

    Raises:
        SecurityError: it is.
    """
    if isinstance(option, int) and abs(option) > MAX_RANGE:
        raise SecurityError(f"a width or number of places may be up to {MAX_RANGE:,}")
    if isinstance(option, str) and len(option) > MAX_OPTION:
        raise SecurityError(f"an option of a filter may be up to {MAX_OPTION} characters long")
