"""The pictures that assets end in, for other assets to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assetforge.action import VariantName
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.matrix import Variant, point_on, shared_axes
from assetforge.nodes import Identity
from assetforge.pipeline import Size


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture so far: the node that makes it, and its canvas in pixels."""

    node: Identity
    size: Size


class Pictures:
    """The pictures that assets' chains end in before they are exported, for other assets to use."""

    def __init__(self) -> None:
        self._known: dict[str, list[_Kept]] = {}
        self._index: dict[str, dict[tuple[str, ...], _Points]] = {}

    def keep(self, variant: Variant, picture: Picture) -> None:
        """Keep a variant's picture."""
        self._known.setdefault(variant.asset, []).append((variant, picture))
        self._index.pop(variant.asset, None)

    def of(self, asset: str, variant: Variant, place: Callable[[], Place]) -> Picture:
        """Return the picture of another asset for a variant: the one whose shared axes agree.

        Raises:
            InvalidSource: no picture of that asset agrees, or several do.
        """
        different = {each.node: each for _, each in self._agreeing(asset, variant)}
        if len(different) == 1:
            return next(iter(different.values()))
        found = "none" if not different else str(len(different))
        raise InvalidSource(
            [
                Diagnostic(
                    "ambiguous-asset" if different else "no-asset-picture",
                    f"{found} of the pictures of '{asset}' fit variant '{variant.name}'",
                    place(),
                    "",
                    f"give '{asset}' only axes that '{variant.asset}' has too",
                )
            ]
        )

    def variants(self, asset: str, variant: Variant) -> list[VariantName]:
        """Return the variants of another asset whose picture may be for a variant."""
        return [each.name for each, _ in self._agreeing(asset, variant)]

    def _agreeing(self, asset: str, variant: Variant) -> Sequence[_Kept]:
        known = self._known.get(asset, [])
        axes = shared_axes(known[0][0], variant) if known else ()
        by_axes = self._index.setdefault(asset, {})
        if axes not in by_axes:
            by_axes[axes] = _by_point(axes, known)
        return by_axes[axes].get(point_on(axes, variant), ())


_Kept: TypeAlias = tuple[Variant, Picture]

_Points: TypeAlias = dict[tuple[str, ...], list[_Kept]]
"""Values on some axes → the variants there, with their pictures."""


def _by_point(axes: tuple[str, ...], known: Sequence[_Kept]) -> _Points:
    points: _Points = {}
    for kept in known:
        points.setdefault(point_on(axes, kept[0]), []).append(kept)
    return points
