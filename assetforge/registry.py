"""Step kinds, runners, providers, backends and catalog formats by name, from entry points.

Built-in ones are registered the same way as plugins. Nothing is loaded before it is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from assetforge import installed
from assetforge.backends.base import Backend, Refused
from assetforge.catalogs.base import Reader
from assetforge.catalogs.editors.base import Editor
from assetforge.errors import did_you_mean
from assetforge.providers.base import Connection, Provider
from assetforge.services import kind_of
from assetforge.steps.base import StepKind

STEPS = "assetforge.steps"
IMPLIED_STEPS = "assetforge.implied_steps"
RUNNERS = "assetforge.runners"
PROVIDERS = "assetforge.providers"
BACKENDS = "assetforge.backends"
CATALOGS = "assetforge.catalogs"
EDITORS = "assetforge.catalog_editors"
EXECUTORS = "assetforge.executors"
LISTENERS = "assetforge.listeners"


class UnknownName(LookupError):
    """No plugin of this name is installed; `known` are the names that are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = known
        super().__init__(f"unknown name '{name}'; installed: {', '.join(known) or 'none'}")


@cache
def _points(group: str) -> dict[str, installed.Point]:
    return installed.points(group)


def names(group: str) -> list[str]:
    """Return the installed names of a group, sorted."""
    return sorted(_points(group))


@cache
def load(group: str, name: str) -> Any:
    """Return what an entry point names, importing it if need be.

    Raises:
        UnknownName: no such name is installed.
    """
    point = _points(group).get(name)
    if point is None:
        raise UnknownName(name, names(group))
    return point.load()


def step_kind(name: str) -> type[StepKind]:
    """Return a step kind by the key that names it in the pipeline file; also of implied steps."""
    group = IMPLIED_STEPS if name in _points(IMPLIED_STEPS) else STEPS
    return cast("type[StepKind]", load(group, name))


def reader(suffix: str) -> Reader:
    """Return the reader of a catalog format by its file suffix, or `folder`."""
    return cast(Reader, load(CATALOGS, suffix))


def editor(suffix: str) -> type[Editor] | None:
    """Return the editor of a catalog format; None where only its author's tools can edit it."""
    known = suffix in _points(EDITORS)
    return cast("type[Editor]", load(EDITORS, suffix)) if known else None


def open_provider(connection: Connection) -> Provider:
    """Return the provider that a connection names, by itself or as one of its services."""
    opened = load(PROVIDERS, kind_of(connection.provider))
    return cast("Callable[[Connection], Provider]", opened)(connection)


def open_backend(address: str) -> Backend:
    """Return the backend of an address, or of a folder's path. Nobody is asked anything.

    Raises:
        Refused: nothing can be opened under such an address.
        UsageProblem: a package that it needs is not installed.
    """
    if wrong := unknown_scheme(address):
        raise Refused("; ".join(wrong))
    return cast("Callable[[str], Backend]", load(BACKENDS, _schemes()[_scheme(address)]))(address)


def unknown_scheme(address: str) -> tuple[str, str] | None:
    """Return that no backend is for an address, and what to do; None: there is one."""
    scheme, known = _scheme(address), _schemes()
    if scheme in known:
        return None
    ways = f"addresses begin with {', '.join(sorted(known))}, or are the path of a folder"
    advice = did_you_mean(scheme, known) or ways
    # Where there is anything else, somebody's password may be in it.
    named = f"'{scheme}://'" if SCHEME.fullmatch(scheme) else "this"
    return f"{named} is no kind of store that is known", advice


SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)
"""How an address may begin. Source: RFC 3986, 3.1."""


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower() if "://" in address else "file"


def _schemes() -> dict[str, str]:
    """Return what addresses begin with → the name of its backend."""
    return {"file" if each == "folder" else each: each for each in names(BACKENDS)}
