"""Axes of an asset, read from its matrix block."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assetforge.document import Spot
from assetforge.errors import did_you_mean
from assetforge.locales import is_pseudo
from assetforge.pipeline import NAME, RESERVED_AXES
from assetforge.validation import PATTERNS, Findings, shown

LOCALE = "locale"
"""The one axis whose values are locales."""

RULES = ("include", "exclude")
"""Keys of a matrix that are no axes."""

_LOCALE_WORD = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its values by name, each with what templates may read from it.

    `values` is `all` for the axis `locale` when it has every locale that is built.
    """

    name: str
    values: Mapping[str, Mapping[str, Any]] | Literal["all"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What an asset is multiplied by.

    `exclude` removes the points that agree with all pairs of an entry; `include` then adds points,
    each with a value for every axis, which may be a new one.
    """

    axes: tuple[Axis, ...] = ()
    include: tuple[Mapping[str, str], ...] = ()
    exclude: tuple[Mapping[str, str], ...] = ()


def read_matrix(asset: Spot, locales: Spot, findings: Findings) -> Matrix:
    """Return an asset's matrix as far as it can be read; what is wrong goes to `findings`."""
    block = asset["matrix"]
    before = len(findings.found)
    axes = tuple(
        _read_axis(name, spot, locales, findings)
        for name, spot in block.entries()
        if name not in RULES
    )
    matrix = Matrix(
        axes,
        tuple(_read_rules(block, "include", axes, findings)),
        tuple(_read_rules(block, "exclude", axes, findings)),
    )
    if len(findings.found) == before and (block["exclude"].value or asset["overrides"].value):
        values = _Values(matrix, locales)
        _check_excluded(block["exclude"], values, findings)
        for key, spot in asset["overrides"].entries():
            _check_override(key, spot, values, findings)
    return matrix


def _read_axis(name: str, spot: Spot, locales: Spot, findings: Findings) -> Axis:
    if name in RESERVED_AXES:
        findings.add("reserved-axis", f"an axis cannot be called '{name}'", spot.path, key=True)
    elif not name.isidentifier():
        findings.add(
            "wrong-value",
            f"'{name}' cannot be the name of an axis",
            spot.path,
            "use letters, digits and '_', so that templates can name it",
            key=True,
        )
    elif name == LOCALE and locales.value is None:
        findings.add(
            "no-locales",
            "the axis 'locale' needs a 'locales' block",
            spot.path,
            "add 'locales:' with 'source' and 'catalogs' to the file",
            key=True,
        )
    if spot.value == "all" and name == LOCALE:
        return Axis(name, "all")
    return Axis(name, _read_values(name, spot, locales, findings))


def _read_values(
    name: str, spot: Spot, locales: Spot, findings: Findings
) -> dict[str, Mapping[str, Any]]:
    if spot.value == "all":
        findings.add("wrong-value", "only the axis 'locale' can have 'all' values", spot.path)
        return {}
    if not isinstance(spot.value, list | dict):
        also = ", a mapping or 'all'" if name == LOCALE else " or a mapping"
        message = f"the axis '{name}' takes a list{also}, not {shown(spot.value)}"
        findings.add("wrong-type", message, spot.path)
        return {}
    if not spot.value:
        findings.add("empty-axis", f"the axis '{name}' has no values", spot.path)
    values = _listed(spot, findings) if isinstance(spot.value, list) else _mapped(spot, findings)
    if name == LOCALE:
        for each in values:
            if not _may_be_locale(each, locales):
                where = (*spot.path, _position(spot, each))
                findings.add("wrong-value", f"'{each}' is no locale", where, key=True)
    return values


def _may_be_locale(word: str, locales: Spot) -> bool:
    """Tell whether a word is a language tag by its looks, or a locale that the file declares."""
    return bool(_LOCALE_WORD.fullmatch(word)) or word in dict(locales["custom"].entries())


def _position(spot: Spot, value: str) -> str | int:
    """Return the last step of the path to one of an axis's values."""
    return next((each.path[-1] for each in spot.items() if each.text() == value), value)


def _listed(spot: Spot, findings: Findings) -> dict[str, Mapping[str, Any]]:
    values: dict[str, Mapping[str, Any]] = {}
    first: dict[str, Spot] = {}
    for item in spot.items():
        value = _value_name(item, findings)
        if value in first:
            place = findings.document.place(first[value].path)
            findings.add(
                "duplicate-value",
                f"duplicate value '{value}'",
                item.path,
                label="second time",
                related=[(place, "first time")],
            )
        elif value is not None:
            first[value] = item
            values[value] = {}
    return values


def _value_name(spot: Spot, findings: Findings) -> str | None:
    """Return the name of an axis value, if it can be one."""
    value = spot.text()
    if value is None:
        findings.add("wrong-type", f"an axis value is a text, not {shown(spot.value)}", spot.path)
    elif not re.fullmatch(NAME, value):
        findings.add("wrong-value", f"'{value}' is not {PATTERNS[NAME]}", spot.path)
    else:
        return value
    return None


def _mapped(spot: Spot, findings: Findings) -> dict[str, Mapping[str, Any]]:
    values: dict[str, Mapping[str, Any]] = {}
    for value, attributes in spot.entries():
        if not re.fullmatch(NAME, value):
            message = f"'{value}' is not {PATTERNS[NAME]}"
            findings.add("wrong-value", message, attributes.path, key=True)
        elif not isinstance(attributes.value, dict | None):
            findings.add(
                "wrong-type",
                f"'{value}' takes a mapping, not {shown(attributes.value)}",
                attributes.path,
                f"name what templates read from it, such as '{value}: {{size: 1200x628}}'",
            )
        else:
            values[value] = attributes.value or {}
    return values


def _read_rules(
    block: Spot, rule: str, axes: Sequence[Axis], findings: Findings
) -> list[Mapping[str, str]]:
    spot = block[rule]
    if not isinstance(spot.value, list | None) or (spot.value is None and rule in _keys(block)):
        message = f"'{rule}' takes a list, not {shown(spot.value)}"
        findings.add("wrong-type", message, spot.path)
    return [_read_rule(each, rule, axes, findings) for each in spot.items()]


def _keys(spot: Spot) -> list[str]:
    return [key for key, _ in spot.entries()]


def _read_rule(
    spot: Spot, rule: str, axes: Sequence[Axis], findings: Findings
) -> Mapping[str, str]:
    """Return one entry of `include` or `exclude` as axis → value."""
    if not isinstance(spot.value, dict) or not spot.value:
        message = f"an entry of '{rule}' is a mapping of axes to values, not {shown(spot.value)}"
        findings.add("wrong-type", message, spot.path)
        return {}
    names = [axis.name for axis in axes]
    pairs: dict[str, str] = {}
    for axis, value in spot.entries():
        name = _value_name(value, findings)
        if axis not in names:
            findings.unknown("axis", axis, names, value.path, key=True)
        elif name is not None:
            pairs[axis] = name
    lacking = [name for name in names if rule == "include" and name not in spot.value]
    if lacking:
        message = f"an included point needs a value for every axis; it lacks '{lacking[0]}'"
        findings.add("missing-key", message, spot.path)
    return pairs


class _Values:
    """Which words are values of which axis."""

    def __init__(self, matrix: Matrix, locales: Spot) -> None:
        self.axes = {
            axis.name: [] if axis.values == "all" else list(axis.values) for axis in matrix.axes
        }
        self._included = {
            name: {point[name] for point in matrix.include if name in point} for name in self.axes
        }
        self._locales = locales
        self._any_locale = False
        if any(axis.values == "all" for axis in matrix.axes):
            targets = locales["targets"]
            texts = [each.text() for each in (*targets.items(), locales["source"])]
            self.axes[LOCALE] = [each for each in texts if each]
            self._any_locale = not isinstance(targets.value, list)

    def known(self) -> list[str]:
        """Return every value that is known, of all axes."""
        words = [each for some in self.axes.values() for each in some]
        return words + [each for some in self._included.values() for each in some]

    def has(self, axis: str, word: str, *, included: bool = True) -> bool:
        """Tell whether a word is, or may be, a value of an axis."""
        if word in self.axes[axis] or (included and word in self._included[axis]):
            return True
        if axis != LOCALE:
            return False
        # A pseudo-locale is a value of every axis of locales for who asks for it by name.
        return is_pseudo(word) or (self._any_locale and _may_be_locale(word, self._locales))


def _check_excluded(rules: Spot, values: _Values, findings: Findings) -> None:
    for rule in rules.items():
        for axis, spot in rule.entries():
            word = spot.text() or ""
            if not values.has(axis, word, included=False):
                findings.unknown("value", word, values.axes[axis], spot.path)


def _check_override(key: str, spot: Spot, values: _Values, findings: Findings) -> None:
    """Report an override whose key does not name values of distinct axes."""
    taken: dict[str, str] = {}
    for word in key.split("/"):
        axes = [axis for axis in values.axes if values.has(axis, word)]
        if not axes:
            known = values.known()
            advice = did_you_mean(word, known) or "a key is axis values joined by '/'"
            message = f"the override '{key}' names '{word}', which is no value of an axis"
            findings.add("unknown-value", message, spot.path, advice, key=True)
            return
        if not _assign(word, values, taken, set()):
            message = f"the override '{key}' names two values of the axis '{axes[0]}'"
            findings.add("wrong-value", message, spot.path, key=True)
            return


def _assign(word: str, values: _Values, taken: dict[str, str], tried: set[str]) -> bool:
    """Give a word an axis of its own, moving others to another axis of theirs if need be."""
    for axis in values.axes:
        if axis in tried or not values.has(axis, word):
            continue
        tried.add(axis)
        if axis not in taken or _assign(taken[axis], values, taken, tried):
            taken[axis] = word
            return True
    return False
