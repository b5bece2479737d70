"""How the gallery lays pictures out: assets, rows of one format each, tiles of one locale each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from assetforge.reports.pictures import STATES, Picture

LOCALE_AXIS = "locale"

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture in all its file types: `banner.png` and `banner.webp` are one tile.

    `number` counts the tiles of the gallery from 0, in the order they are shown.
    """

    number: int
    pictures: tuple[Picture, ...]

    @property
    def shown(self) -> Picture:
        """The picture to look at: the first one that exists."""
        return next((each for each in self.pictures if each.exists), self.pictures[0])

    @property
    def state(self) -> str:
        """The worst state of its files."""
        return max((each.state for each in self.pictures), key=STATES.index)

    @property
    def reason(self) -> str:
        """Why the tile is in its state."""
        state = self.state
        return next(each.reason for each in self.pictures if each.state == state)

    @property
    def shape(self) -> str:
        """A word for its proportions, from which the page takes the width of the card."""
        width, height = self.shown.width, self.shown.height
        if not width or not height:
            return "square"
        if width >= height * 3:
            return "strip"
        if width * 5 >= height * 6:
            return "wide"
        return "square" if width * 5 >= height * 4 else "tall"


@dataclass(frozen=True, slots=True)
class Row:
    """The tiles of one asset that differ by locale only."""

    axes: Mapping[str, str]
    tiles: tuple[Tile, ...]

    @property
    def label(self) -> str:
        """The values of its axes, in the order of the matrix."""
        return " · ".join(self.axes.values())

    def of(self, locale: str) -> tuple[Tile, ...]:
        """The tiles of one locale; none when the matrix leaves it out."""
        return tuple(each for each in self.tiles if each.shown.locale == locale)


@dataclass(frozen=True, slots=True)
class Section:
    """One asset."""

    asset: str
    rows: tuple[Row, ...]

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """Its tiles in the order they are shown."""
        return tuple(tile for row in self.rows for tile in row.tiles)

    @property
    def locales(self) -> tuple[str, ...]:
        """Its locales in the order they first come."""
        return tuple(dict.fromkeys(each.shown.locale for each in self.tiles))

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags of its pictures."""
        return tuple(dict.fromkeys(tag for each in self.tiles for tag in each.shown.tags))


def sections(pictures: Iterable[Picture]) -> list[Section]:
    """Group pictures by asset, by every axis but the locale, and by locale, keeping their order."""
    number = 0
    found = []
    for asset, of_asset in _grouped((each.asset, each) for each in pictures).items():
        rows = []
        by_axes = _grouped((_axes(each), each) for each in of_asset)
        for axes, of_row in by_axes.items():
            files = _grouped((_stem(each), each) for each in of_row)
            tiles = [Tile(number + i, tuple(same)) for i, same in enumerate(files.values())]
            number += len(tiles)
            rows.append(Row(dict(axes), tuple(tiles)))
        found.append(Section(asset, tuple(rows)))
    return found


def tiles_of(found: Sequence[Section]) -> Iterator[Tile]:
    """Yield every tile by its number."""
    return (tile for section in found for tile in section.tiles)


def counts(tiles: Iterable[Tile]) -> dict[str, int]:
    """Count tiles by state, every state named."""
    states = [each.state for each in tiles]
    return {state: states.count(state) for state in STATES}


def _grouped(pairs: Iterable[tuple[K, Picture]]) -> dict[K, list[Picture]]:
    groups: dict[K, list[Picture]] = {}
    for key, picture in pairs:
        groups.setdefault(key, []).append(picture)
    return groups


def _axes(picture: Picture) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in picture.axes.items() if name != LOCALE_AXIS)


def _stem(picture: Picture) -> tuple[str, str]:
    path = PurePosixPath(picture.path)
    return picture.variant, str(path.parent / path.stem)
