"""The pictures that assets end in, for other assets to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.matrix import Variant, point_on, shared_axes
from assetforge.pipeline import Size
from assetforge.plan import Identity


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture so far: the node that makes it, and its canvas in pixels."""

    node: Identity
    size: Size


class Pictures:
    """The pictures that assets' chains end in before they are exported, for other assets to use."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[Variant, Picture]]] = {}
        self._index: dict[str, dict[tuple[str, ...], _Points]] = {}

    def keep(self, variant: Variant, picture: Picture) -> None:
        """Keep a variant's picture."""
        self._known.setdefault(variant.asset, []).append((variant, picture))
        self._index.pop(variant.asset, None)

    def of(self, asset: str, variant: Variant, place: Place) -> Picture:
        """Return the picture of another asset for a variant: the one whose shared axes agree.

        Raises:
            InvalidSource: no picture of that asset agrees, or several do.
        """
        known = self._known.get(asset, [])
        axes = shared_axes(known[0][0], variant) if known else ()
        by_axes = self._index.setdefault(asset, {})
        if axes not in by_axes:
            by_axes[axes] = _by_point(axes, known)
        different = by_axes[axes].get(point_on(axes, variant), {})
        if len(different) == 1:
            return next(iter(different.values()))
        found = "none" if not different else str(len(different))
        raise InvalidSource(
            [
                Diagnostic(
                    "ambiguous-asset" if different else "no-asset-picture",
                    f"{found} of the pictures of '{asset}' fit variant '{variant.name}'",
                    place,
                    "",
                    f"give '{asset}' only axes that '{variant.asset}' has too",
                )
            ]
        )


_Points: TypeAlias = dict[tuple[str, ...], dict[Identity, Picture]]
"""Values on some axes → the different pictures there."""


def _by_point(axes: tuple[str, ...], known: Sequence[tuple[Variant, Picture]]) -> _Points:
    points: _Points = {}
    for variant, picture in known:
        points.setdefault(point_on(axes, variant), {})[picture.node] = picture
    return points
