"""Which models are known: those of `models.json`, and those a pipeline file adds or corrects.

Both are written in the same words, and families inherit from each other in both. A family stays in
the file when its model is gone: from its data follows the canvas, and so the key, of what it made.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pkgutil import get_data
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from assetforge.capabilities.model import Capabilities, Price, Rate, SizeRules
from assetforge.pipeline import MAX_EDGE, Model, Size

Data: TypeAlias = Mapping[str, Any]
"""What is said about a family, in the words of the pipeline file's `models:`."""

BILLED: Final = ("free", "per_image", "price")
"""Ways to be billed: who says one takes over no other."""

OWN: Final = ("match", "inherits", "snapshots")
"""What is about a family's names, and so not taken over by those that inherit."""

DEFAULT_MULTIPLE: Final = 16
PER_DOLLAR: Final = 1_000_000
TRANSPARENT: Final[Mapping[object, Literal["yes", "no", "preview"]]] = {
    True: "yes",
    False: "no",
    "preview": "preview",
}


class Family(NamedTuple):
    """Models with the same capabilities, and the patterns of their names."""

    capabilities: Capabilities
    match: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Tell whether a model is of this family; a vendor's prefix is not part of its name."""
        names = {name, name.rpartition("/")[2]}
        return any(fnmatchcase(one, each) for one in names for each in self.match)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The models that a project knows; `own` are those of its pipeline file."""

    own: tuple[Family, ...] = ()
    _found: dict[tuple[str, str | None], Capabilities] = field(default_factory=dict, repr=False)

    def of(self, provider: str, model: str | None) -> Capabilities:
        """Return what a model can do; for one without data, capabilities that allow anything.

        The pipeline file's word goes first, but for providers that draw on this machine.
        """
        asked = (provider, model)
        if asked not in self._found:
            self._found[asked] = self._find(provider, model or default_model(provider))
        return self._found[asked]

    def _find(self, provider: str, model: str | None) -> Capabilities:
        name = model or provider
        shipped = [each for each in families() if each.capabilities.provider == provider]
        own = () if any(each.capabilities.local for each in shipped) else self.own
        copy = not shipped
        for family in own:
            if family.has(name):
                return replace(family.capabilities, provider=provider, copy=copy)
        for family in shipped:
            if family.has(name):
                return family.capabilities
        return Capabilities(provider=provider, family=name, known=False, copy=copy)

    def families(self) -> tuple[Family, ...]:
        """Return all families, the pipeline file's first."""
        return (*self.own, *families())


SHIPPED: Final = Models()
"""The models of `models.json` alone."""


def capabilities_of(provider: str, model: str | None) -> Capabilities:
    """Return what a model can do, as far as it is known without a pipeline file."""
    return SHIPPED.of(provider, model)


@cache
def _file() -> Any:
    return json.loads(get_data("assetforge", "models.json") or b"", parse_float=Decimal)


def file_section(name: str) -> dict[str, Data]:
    """Return a section of `models.json`: name → what is said about it, numbers exact."""
    section: dict[str, Data] = _file()[name]
    return section


@cache
def _shipped() -> dict[str, Data]:
    """Return every family of the file with what it inherits."""
    found: dict[str, Data] = {}
    for name, data in file_section("families").items():
        found[name] = _merged(found[data["inherits"]], data) if "inherits" in data else data
    return found


@cache
def families() -> tuple[Family, ...]:
    """Return every model family that there are data for."""
    return tuple(
        Family(_capabilities(name, data), tuple(data["match"])) for name, data in _shipped().items()
    )


def base_names() -> list[str]:
    """Return the names of the families that a pipeline file's models may inherit from."""
    return [name for name, data in _shipped().items() if not data.get("local")]


def models_with(own: Mapping[str, Model]) -> Models:
    """Return the models that a project knows: those of its pipeline file, and all others.

    What the models inherit must exist and must not lead in a circle.
    """
    said = {name: each.model_dump(exclude_unset=True) for name, each in own.items()}
    return Models(tuple(_family(name, said) for name in said))


def _family(name: str, said: Mapping[str, Data]) -> Family:
    data = _resolved(name, said)
    known = _shipped().get(name, {}) if name in base_names() else {}
    match = said[name].get("match") or known.get("match") or [name]
    snapshots = {**known.get("snapshots", {}), **(said[name].get("snapshots") or {})}
    return Family(_capabilities(name, {**data, "snapshots": snapshots}), tuple(match))


def _resolved(name: str, said: Mapping[str, Data]) -> Data:
    """Return what is said about a model, on top of what it inherits or is already known."""
    own = said.get(name)
    if own is None:
        return _shipped()[name]
    base = own.get("inherits") or (name if name in base_names() else None)
    if base is None:
        return own
    return _merged(_shipped()[name] if base == name else _resolved(base, said), own)


def _merged(base: Data, own: Data) -> Data:
    """Return what a family says on top of another; prices and rules one by one."""
    billed = [each for each in BILLED if own.get(each) is not None]
    dropped = {*OWN, *(each for each in BILLED if billed and each not in billed)}
    kept = {name: each for name, each in base.items() if name not in dropped}
    merged = {**kept, **own}
    for name in ("price", "sizes"):
        if isinstance(own.get(name), dict) and isinstance(base.get(name), dict):
            merged[name] = {**base[name], **own[name]}
    return merged


def _capabilities(family: str, data: Data) -> Capabilities:
    sizes = data.get("sizes")
    transparent = data.get("transparent")
    per_image = data.get("per_image")
    return Capabilities(
        provider=data.get("provider", ""),
        family=family,
        version=data.get("version"),
        copy=data.get("copy", False),
        palette=data.get("palette", False),
        local=data.get("local", False),
        free=data.get("free", False),
        rules=_rules(sizes) if isinstance(sizes, dict) else None,
        sizes=tuple(map(Size.parse, sizes)) if isinstance(sizes, list) else (),
        qualities=tuple(data.get("qualities") or ()),
        rates=tuple(_rates(data)),
        price=_price(data["price"]) if data.get("price") else None,
        per_image=None if per_image is None else microdollars_of(per_image),
        image_tokens=data.get("image_tokens", "patches"),
        rough_inputs=data.get("rough_inputs", False),
        edits=data.get("edits") is not False,
        max_images=data.get("max_images"),
        mask=data.get("mask") is not False,
        formats=tuple(data.get("formats") or ()),
        transparent=None if transparent is None else TRANSPARENT[transparent],
        refuses=frozenset(data.get("refuses", ())),
        batch=data.get("batch"),
        snapshots=tuple(data.get("snapshots", {}).items()),
        shutdown=data.get("shutdown"),
        replacement=data.get("replacement"),
    )


def _rules(said: Data) -> SizeRules:
    """Return rules with what is not said left open."""
    given = {name: each for name, each in said.items() if each is not None}
    edge = given.get("max_edge", MAX_EDGE)
    most = given.get("max_pixels", edge * edge)
    return SizeRules(
        multiple=given.get("multiple", DEFAULT_MULTIPLE),
        max_edge=edge,
        max_ratio=given.get("max_ratio", MAX_EDGE),
        min_pixels=given.get("min_pixels", 1),
        max_pixels=most,
        experimental_pixels=given.get("experimental_pixels", most),
    )


def _rates(data: Data) -> Iterable[Rate]:
    rough = data.get("rough_permille", {})
    for quality, row in data.get("tokens", {}).items():
        yield Rate(quality, fixed=tuple(row))
    for quality, grid in data.get("grid", {}).items():
        yield Rate(quality, grid=grid, permille=tuple(rough.get(quality, (1000, 1000))))


def _price(said: Data) -> Price:
    names = ("text_in", "image_in", "image_out")
    amounts = {name: microdollars_of(said.get(name) or 0) for name in names}
    return Price(date=str(said.get("date") or ""), **amounts)


def microdollars_of(dollars: Decimal | int) -> int:
    """Return dollars as whole microdollars, rounded up."""
    return math.ceil(dollars * PER_DOLLAR)


def default_model(provider: str) -> str | None:
    """Return the model of a provider that is asked where a profile names none."""
    model: str | None = _file()["defaults"].get(provider)
    return model


def known_providers() -> list[str]:
    """Return the names of the providers that there are data for, sorted."""
    return sorted({each.capabilities.provider for each in families()})


def known_models(provider: str, models: Models = SHIPPED) -> list[str]:
    """Return the names of a provider's models that there are data for, without wildcards."""
    patterns = (
        pattern
        for family in models.families()
        for pattern in family.match
        if family.capabilities.provider in ("", provider)
    )
    return list(dict.fromkeys(name for each in patterns if (name := each.rstrip("*-"))))
