"""Frozen classes of named values: what `dataclass(frozen=True, slots=True)` makes, made later.

A dataclass writes six functions and compiles each when its class is defined: half a millisecond on
Python 3.11, for each of two hundred classes, most of which a process never makes one of. Here what
all classes can share is shared, and the one function that differs, `__init__`, is made when the
first one is. `dataclasses.replace`, `fields` and `asdict` take these as any dataclass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeAlias, TypeVar, dataclass_transform

Class = TypeVar("Class")
Key: TypeAlias = Callable[[Any], tuple[Any, ...]]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Class]) -> type[Class]:
    """Make a class of its annotated names: equal when they are, and never changed.

    What the class defines itself stays. Classes that are made from it have to be `frozen` too.
    """
    own = frozenset(vars(cls))
    made: type[Any] = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = [each.name for each in fields(made)]
    methods = {
        "__init__": _init_at_first(made),
        "__repr__": _repr_of([each.name for each in fields(made) if each.repr]),
        **_comparison(_key_of([each.name for each in fields(made) if each.compare])),
        **_pickling(names),
        "__setattr__": _refuse_assignment,
        "__delattr__": _refuse_deletion,
    }
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _init_at_first(cls: type[Any]) -> Callable[..., None]:
    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        init = _init(cls)
        setattr(cls, "__init__", init)  # noqa: B010  mypy takes no assignment to a method
        init(self, *arguments, **named)

    return __init__


def _init(cls: type[Any]) -> Callable[..., None]:
    """Write and compile what sets the fields of a new one, by their slots."""
    said = [each for each in fields(cls) if each.init]
    known: dict[str, Any] = {"MISSING": MISSING}
    for each in fields(cls):
        known |= {
            f"set_{each.name}": getattr(cls, each.name).__set__,
            f"default_{each.name}": each.default,
            f"make_{each.name}": each.default_factory,
        }
    positional = [_parameter(each) for each in said if not each.kw_only]
    by_name = [_parameter(each) for each in said if each.kw_only]
    parameters = ["self", *positional, *(["*", *by_name] if by_name else [])]
    lines = [f"def __init__({', '.join(parameters)}):", *map("    {}".format, _setting(cls)), ""]
    exec("\n".join(lines), known)
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _parameter(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return f"{one.name}=default_{one.name}"
    return f"{one.name}=MISSING" if one.default_factory is not MISSING else one.name


def _setting(cls: type[Any]) -> Iterator[str]:
    for each in fields(cls):
        made = f"make_{each.name}()"
        if each.default_factory is MISSING:
            made = each.name if each.init else f"default_{each.name}"
        elif each.init:
            made = f"{made} if {each.name} is MISSING else {each.name}"
        yield f"set_{each.name}(self, {made})"
    if hasattr(cls, "__post_init__"):
        yield "self.__post_init__()"
    yield "return None"


def _key_of(names: list[str]) -> Key:
    """Return what reads the fields that two are compared by, as one value."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple([getattr(one, name) for name in names])


def _comparison(key: Key) -> dict[str, Callable[..., Any]]:
    def __eq__(self: Any, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _repr_of(names: list[str]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: Any) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({said})"

    return __repr__


def _pickling(names: list[str]) -> dict[str, Callable[..., Any]]:
    """Return what copies and sends to other processes: the usual way assigns."""

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}


def _refuse_assignment(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
