"""Which form of a plural a PO file shows for a number: the expression in its header."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from gettext import c2py

MAX_RULE_CHARACTERS = 500


def form_number(rule: str, count: int) -> int:
    """Return the number of the form that a header's expression in C gives for a count.

    Args:
        rule: the expression, such as `(n != 1)`.
        count: a count of things; as in C, its sign is not looked at.

    Raises:
        ValueError: the expression is wrong, too long, or divides by zero.
    """
    try:
        return _compiled(rule)(abs(count))
    except ArithmeticError:
        raise ValueError(f"the plural rule '{_short(rule)}' divides by zero") from None


@lru_cache(maxsize=256)
def _compiled(rule: str) -> Callable[[int], int]:
    """Return the expression as a function; only C's operators on `n` get through `c2py`."""
    if len(rule) > MAX_RULE_CHARACTERS:
        limit = f"may have at most {MAX_RULE_CHARACTERS} characters"
        raise ValueError(f"the plural rule '{_short(rule)}' {limit}")
    try:
        # Untyped for the checker, which knows `c2py` as internal; it is what `gettext` itself uses.
        compiled: Callable[[int], int] = c2py(rule)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        advice = "write an expression in C such as '(n != 1)'"
        raise ValueError(f"cannot read the plural rule '{_short(rule)}'; {advice}") from None
    return compiled


def _short(rule: str) -> str:
    return " ".join(rule[:60].split())
