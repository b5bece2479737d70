"""What judges cost: chat services that see pictures, by the names of `models.json`.

A pipeline file's `models:` may say it of others; its word goes first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Final, TypeAlias

from assetforge.capabilities.model import Capabilities
from assetforge.capabilities.narrowing import is_own_server
from assetforge.capabilities.table import SHIPPED, Data, Models, file_section, microdollars_of
from assetforge.pipeline import Size
from assetforge.services import Service

Bounds: TypeAlias = tuple[int, int]
"""Fewest and most, both possible."""

JUDGED_EDGE: Final = 2048
"""Longest edge of a picture that a judge is sent, in pixels: beyond it, services scale it down.

Source: OpenAI vision guide, `detail: high`, read 2026-11-22.
"""

PATCH: Final = 32
TILE: Final = 512
SHORT_EDGE: Final = 768
"""What the shorter edge is scaled to before tiles are counted. Source: the same guide."""

DEAREST: Final = (Size(JUDGED_EDGE, JUDGED_EDGE), Size(JUDGED_EDGE, SHORT_EDGE))
"""Pictures that are counted as the most tokens: by squares, and by tiles."""

ROUGHLY: Final = (100, 2460)
"""Factors of the squares of a picture, in permille, where nobody knows how it is counted."""


@dataclass(frozen=True, slots=True)
class JudgeRate:
    """What one judge costs.

    Attributes:
        name: what its data are kept under; the judge itself where it is not known.
        known: False for one without data.
        tokens_in, tokens_out: microdollars for a million tokens.
        per_call: microdollars a call, where a service charges so; 0 where nothing is billed.
        patches: most squares of 32 pixels that a picture is counted as; None: no limit is known.
        permille: lowest and highest factor of these.
        tiles: tokens of any picture and of each tile of 512 pixels, where it is counted in tiles.
    """

    name: str
    known: bool = True
    tokens_in: int = 0
    tokens_out: int = 0
    per_call: int | None = None
    patches: int | None = None
    permille: Bounds = (1000, 1000)
    tiles: tuple[int, int] | None = None

    def picture_tokens(self, size: Size | None) -> Bounds:
        """Return bounds of what a picture is counted as; None: of any picture."""
        if size is None:
            most = max(self.picture_tokens(each)[1] for each in DEAREST)
            return self.picture_tokens(Size(1, 1))[0], most
        size = judged_size(size)
        if self.tiles:
            base, each = self.tiles
            fewest, most = _tiles(size)
            return base + each * fewest, base + each * most
        whole = math.ceil(size.width / PATCH) * math.ceil(size.height / PATCH)
        most = whole if self.patches is None else min(whole, self.patches)
        # A picture of more is scaled down until it has fewer, by an unknown share of a row.
        fewest = whole if most == whole else most // 2
        return fewest * self.permille[0] // 1000, -(-most * self.permille[1] // 1000)


def judged_size(size: Size) -> Size:
    """Return the size in which a judge is sent a picture: a large one is scaled down."""
    scale = min(1.0, JUDGED_EDGE / max(size))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _tiles(size: Size) -> Bounds:
    """Return how many tiles a picture is, whether or not a small one is scaled up first."""
    scale = SHORT_EDGE / min(size)
    most = math.prod(min(4, math.ceil(edge * scale / TILE)) for edge in size)
    return math.prod(math.ceil(edge * min(1.0, scale) / TILE) for edge in size), most


@cache
def judge_rates() -> tuple[JudgeRate, ...]:
    """Return every judge that there are data for."""
    return tuple(_rate(name, data) for name, data in file_section("judges").items())


def _rate(name: str, data: Data) -> JudgeRate:
    return JudgeRate(
        name,
        tokens_in=microdollars_of(data["price"]["in"]),
        tokens_out=microdollars_of(data["price"]["out"]),
        patches=data.get("patches"),
        permille=tuple(data.get("rough_permille", (1000, 1000))),
        tiles=tuple(data["tiles"]) if "tiles" in data else None,
    )


def judge_rate(name: str, models: Models = SHIPPED, service: Service | None = None) -> JudgeRate:
    """Return what a judge costs; of one without data, that nothing is known.

    A server that its users run bills nothing, unless the pipeline file says what it costs.
    """
    for family in models.own:
        stated = _stated(family.capabilities) if family.has(name) else None
        if stated:
            return stated
    own = name.rpartition("/")[2]
    for rate in judge_rates():
        if own == rate.name or fnmatchcase(own, f"{rate.name}-20*"):
            return rate
    return JudgeRate(name, known=False, per_call=0 if service and is_own_server(service) else None)


def _stated(said: Capabilities) -> JudgeRate | None:
    """Return what a pipeline file says a judge costs: the picture's price is that of its answer."""
    if said.free or said.per_image is not None:
        return JudgeRate(said.family, per_call=said.per_image or 0)
    if said.price is None:
        return None
    tokens_in = max(said.price.text_in, said.price.image_in)
    return JudgeRate(
        said.family, tokens_in=tokens_in, tokens_out=said.price.image_out, permille=ROUGHLY
    )
