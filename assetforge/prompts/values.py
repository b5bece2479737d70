"""What a template sees: axis values, variables that note their use, undefined names.

And what it may show: only what says the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.utils import missing

from assetforge.errors import did_you_mean


class Variables(Mapping[str, Any]):
    """A mapping that notes which of its entries a template reads."""

    def __init__(self, values: Mapping[str, Any], used: set[str], path: str = "vars") -> None:
        self._values = values
        self._used = used
        self._path = path

    def __getitem__(self, key: str) -> Any:
        self._used.add(f"{self._path}.{key}")
        value = self._values[key]
        if isinstance(value, Mapping):
            return Variables(value, self._used, f"{self._path}.{key}")
        return value

    def __iter__(self) -> Iterator[str]:
        self._used.add(f"{self._path}.*")
        return iter(self._values)

    def __len__(self) -> int:
        self._used.add(f"{self._path}.*")
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


class AxisValue:
    """One value of an axis: prints as its name and has the attributes of the pipeline file."""

    __slots__ = ("_attributes", "_name")

    def __init__(self, name: str, attributes: Mapping[str, Any]) -> None:
        self._name = name
        self._attributes = attributes

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return repr(self._name)

    def __eq__(self, other: object) -> bool:
        return self._name == str(other)

    def __hash__(self) -> int:
        return hash(self._name)

    def __getitem__(self, key: str) -> Any:
        return self._attributes[key]


def attribute(value: AxisValue, name: str, otherwise: Any) -> Any:
    """Return what a value of an axis has under a name; a method would be seen by templates."""
    return value._attributes.get(name, otherwise)


class Missing(StrictUndefined):
    """An undefined value whose error names what is there instead."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return str(self._undefined_hint)
        owner = self._undefined_obj
        if owner is missing:
            return f"unknown variable '{name}'"
        there = owner._attributes if isinstance(owner, AxisValue) else owner
        advice = did_you_mean(name, there) if isinstance(there, Mapping) else None
        return f"there is no '{name}' here" + (f"; {advice}" if advice else "")


_SHOWN_AS_TEXT = (str, int, float, Decimal, type(None), AxisValue, Undefined)


def printable(value: Any) -> Any:
    """Return a value that says the same in every run.

    Raises:
        TypeError: it would be shown as an address in memory.
    """
    if isinstance(value, list | tuple):
        for each in value:
            printable(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            printable(each)
    elif isinstance(value, Iterator):
        raise TypeError("this is a series of values, not a text: end it with `| join(', ')`")
    elif not isinstance(value, _SHOWN_AS_TEXT):
        kind = "a function" if callable(value) else f"of type {type(value).__name__}"
        raise TypeError(f"this is {kind} and cannot be shown as a text")
    return value
