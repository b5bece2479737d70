"""Numbers and days before a locale writes them: exact, and short enough for a picture."""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias, get_args

MAX_DIGITS = 30  # of a number in a picture

Day: TypeAlias = datetime.date | str
DateStyle: TypeAlias = Literal["short", "medium", "long", "full"]
DATE_STYLES: tuple[str, ...] = get_args(DateStyle)

Number: TypeAlias = int | float | Decimal | str
"""A number; text such as `19.99` is read exactly."""


def exact_number(value: Number) -> Decimal:
    """Return a number with all the decimals it is written with: `1.0` keeps its zero.

    Raises:
        ValueError: the value is no number, or too long for a picture.
    """
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a number")
    if exact and (abs(exact.adjusted()) > MAX_DIGITS or len(exact.as_tuple().digits) > MAX_DIGITS):
        raise ValueError(f"a number may have at most {MAX_DIGITS} digits")
    return exact
