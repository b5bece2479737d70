"""The sandbox that templates run in: what they may reach, and how much they may compute.

The sandbox of Jinja2 bounds neither time nor memory. Here every loop, call and `include` draws on
an allowance, and what can make a large value from small ones is bounded or gone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import BaseLoader, Undefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assetforge.prompts.bounds import bounded, bounded_range, is_number
from assetforge.prompts.filters import make_filters
from assetforge.prompts.template import SUFFIX
from assetforge.prompts.values import AxisValue, Missing, printable

ALLOWANCE = 1_000_000
"""What one rendering may use up: a loop's turn takes 1 and the length of the text in it, a call
`CALL`, an `include` the length of the file: a second or so, and some megabytes."""

CALL = 20

COUNTED, JOINED = "_counted", "_joined"
"""Filters that only the compiler puts into a template."""

GROWING_METHODS = frozenset(
    {"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust"}
    | {"translate", "zfill"}
)
"""Methods of a text that make a large value of small ones; the filters are bounded."""


def unnoted(name: str) -> None:
    """Note nothing."""


class NotingContext(Context):
    """The names that a template sees; those that it looks at are noted.

    An included template, and an imported one that sees the same names, has a context of its own.
    """

    environment: Sandbox

    def resolve_or_missing(self, key: str) -> Any:
        """Return what stands under a name."""
        self.environment.note(key)
        return super().resolve_or_missing(key)


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of Jinja2, with bounds on what a template may compute.

    `left` is what remains of the allowance of the rendering in progress, `note` is told the names
    that it looks at.
    """

    context_class = NotingContext

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, loader: BaseLoader, locale: str) -> None:
        super().__init__(
            loader=loader,
            undefined=Missing,
            autoescape=False,
            cache_size=0,
            auto_reload=False,
            finalize=printable,
        )
        self.left = ALLOWANCE
        self.note: Callable[[str], None] = unnoted
        self.globals = {"dict": dict, "range": bounded_range}
        self.filters = {
            **make_filters(self.filters, locale),
            COUNTED: self._counted,
            JOINED: _joined,
        }

    def spend(self, amount: int) -> None:
        """Take an amount off the allowance.

        Raises:
            SecurityError: nothing is left of it.
        """
        self.left -= amount
        if self.left < 0:
            raise SecurityError("the template computes too much: too many loops, calls or includes")

    @pass_context
    def _counted(self, context: Context, values: Iterable[Any], turn: int) -> Iterator[Any]:
        for value in values:
            self.spend(max(1, turn))
            yield value

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute with numbers, join texts and lists; refuse what can fill the memory.

        A number of the pipeline file is exact, so what meets it becomes exact too.
        """
        for each in (left, right):
            if isinstance(each, Undefined):
                str(each)  # raises the error that names it
        numbers = is_number(left) and is_number(right)
        if operator == "**" or (operator in "*%" and not numbers):
            raise SecurityError(f"'{operator}' works on numbers only here")
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = (Decimal(str(x)) if isinstance(x, float) else x for x in (left, right))
        return bounded(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function or macro; each call counts."""
        __self.spend(CALL)
        return super().call(__context, __obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute; of a mapping its entry, also where a method has the same name."""
        if type(obj) is AxisValue and attribute[:1] != "_":  # it has nothing else to show
            try:
                return obj[attribute]
            except LookupError:
                return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse also methods of numbers and bytes, and those that make large texts."""
        if isinstance(obj, int | float | Decimal | bytes):
            return False
        if isinstance(obj, str) and attr in GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Leave `str.format` to `is_safe_attribute`: a width in it can fill the memory."""

    def join_path(self, template: str, parent: str) -> str:
        """Take `./name` as beside the including template, any other name from the root."""
        if not isinstance(template, str):
            raise TypeError("a template's name is a text")
        if not template.startswith("./"):
            return template
        folder = posixpath.dirname(parent) if parent.endswith(SUFFIX) else ""
        return posixpath.normpath(posixpath.join(folder, template))


@pass_context
def _joined(context: Context, parts: Iterable[Any]) -> Any:
    return bounded("".join(str(printable(each)) for each in parts))
