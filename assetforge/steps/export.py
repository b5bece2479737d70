"""`export`: the finished files, in every size and format that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from assetforge.digest import Json
from assetforge.errors import did_you_mean
from assetforge.findings import Verdict
from assetforge.pipeline import Colour, Size, Templated
from assetforge.steps.base import Box, Branch, Params, Problem, Scene, whole
from assetforge.steps.measures import bounded

QUALITIES: Final = {"jpeg": 88, "webp": 85, "avif": 70}
"""Quality of each lossy format where none is written: no visible loss in pictures with text."""

FORMATS: Final = ("png", *QUALITIES)
ALIASES: Final = {"jpg": "jpeg"}

MAX_EDGES: Final = {"webp": 16_383}
"""Longest edge a format can hold, in pixels, where it is less than any size that may be wanted.

Source: developers.google.com/speed/webp/faq, read 2026-11-21.
"""

CENTRE: Final = (50, 50)
WORDS: Final = {"left": (0, 50), "right": (100, 50), "top": (50, 0), "bottom": (50, 100)}


def _format(value: object) -> object:
    return ALIASES.get(value, value) if isinstance(value, str) else value


Format = Annotated[
    Literal["png", "jpeg", "webp", "avif"],
    BeforeValidator(_format),
    WithJsonSchema({"enum": [*FORMATS, *ALIASES]}),
]
"""A file format; `jpg` is another word for `jpeg`."""


def _focus(value: object) -> tuple[int, int]:
    """Read `top left`, or two percents.

    Raises:
        ValueError: the value is neither.
    """
    parts = value if isinstance(value, list | tuple) else re.split(r"[\s,-]+", str(value).strip())
    words = [str(each) for each in parts]
    if len(words) == 2 and all(re.fullmatch(r"\d{1,3}%", each) for each in words):
        x, y = (int(each[:-1]) for each in words)
        if max(x, y) <= 100:
            return x, y
    if words in (["center"], ["centre"]):
        return CENTRE
    across = [WORDS[each][0] for each in words if each in ("left", "right")]
    down = [WORDS[each][1] for each in words if each in ("top", "bottom")]
    if words and len(across) + len(down) == len(words) and max(len(across), len(down)) == 1:
        return (across or [50])[0], (down or [50])[0]
    raise ValueError("a focus is 'center', an edge or corner such as 'top left', or [50%, 30%]")


PERCENT: Final = {"type": "string", "pattern": r"^\d{1,3}%$"}
Focus = Annotated[
    tuple[int, int],
    BeforeValidator(_focus),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": ["center", "top", "bottom right"]},
                {"type": "array", "items": PERCENT, "minItems": 2, "maxItems": 2},
            ]
        }
    ),
]
"""A point of the picture: `top left` or `[50%, 30%]`, across and down."""


class ExportParams(Params):
    """Finished files."""

    size: Templated[Size] | None = None
    """Size in pixels, `1200x628`; by default that of the matrix, else the canvas."""
    sizes: list[Templated[Size]] = []
    """Several sizes, in place of `size`."""
    formats: list[Format] = []
    """File formats: `png`, `jpeg`, `webp`, `avif`; by default the one the output's suffix names."""
    fit: Templated[Literal["cover", "contain"]] = "cover"
    """`cover` fills the size and cuts the rest off; `contain` shows all and fills the rest."""
    focus: Templated[Focus] = CENTRE
    """The point that `cover` keeps in the picture."""
    background: Templated[Colour] | None = None
    """Colour of what `contain` fills, and behind transparent parts of a JPEG; by default
    transparent, in a JPEG white."""
    quality: Annotated[int, Field(ge=1, le=100)] | None = None
    """Quality of the lossy formats, 1 to 100; by default 88 for JPEG, 85 for WebP, 70 for AVIF."""

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if self.size is not None and self.sizes:
            raise ValueError("give either 'size' or 'sizes'")
        return self

    def wanted_sizes(self) -> tuple[Size, ...]:
        """Return the final sizes these parameters name."""
        return (self.size,) if self.size else tuple(self.sizes)

    def kept(self, canvas: Size, size: Size) -> Box:
        """Return what `cover` leaves of a canvas; `contain` leaves all of it."""
        if self.fit == "contain":
            return whole(canvas)
        width = min(canvas.width, canvas.height * size.width // size.height)
        height = min(canvas.height, canvas.width * size.height // size.width)
        x, y = ((canvas.width - width) * self.focus[0], (canvas.height - height) * self.focus[1])
        return x // 100, y // 100, width, height


class Export:
    """Scales, cuts and encodes the picture so far; free."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = True
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = None
    parameters: ClassVar[type[Params]] = ExportParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return one branch for every size and format, each once."""
        assert isinstance(params, ExportParams), "BUG: parameters of another kind"
        if scene.canvas is None:
            raise Problem("nothing-to-export", "'export' needs a picture: put a step before it")
        return [
            Branch(_request(params, size, format), size, format)
            for size in _sizes(params, scene.sizes or (scene.canvas,))
            for format in _formats(params, scene)
            if _can_be_made(size, format, params)
        ]


def _sizes(params: ExportParams, default: Iterable[Size]) -> Iterable[Size]:
    return dict.fromkeys((params.size,) if params.size else params.sizes or default)


def _formats(params: ExportParams, scene: Scene) -> Iterable[str]:
    return dict.fromkeys(params.formats or map(_known_format, scene.formats or ("png",)))


def _known_format(suffix: str) -> str:
    format = ALIASES.get(suffix.lower(), suffix.lower())
    if format not in FORMATS:
        advice = did_you_mean(suffix, FORMATS) or f"there are {', '.join(FORMATS)}"
        message = f"no pictures of format '{suffix}' can be made; {advice}"
        raise Problem("unknown-format", message, "formats")
    return format


def _can_be_made(size: Size, format: str, params: ExportParams) -> bool:
    """Return True.

    Raises:
        Problem: a picture of this size would take too much memory, or the format cannot hold it.
    """
    parameter = "size" if params.size else "sizes" if params.sizes else None
    bounded(size, parameter)
    edge = MAX_EDGES.get(format)
    if edge is not None and max(size) > edge:
        message = f"'{format}' holds edges of at most {edge} pixels, not {size}"
        raise Problem("size-too-large", message, parameter)
    return True


def _request(params: ExportParams, size: Size, format: str) -> dict[str, Json]:
    """Return only what changes the bytes, so that options of other formats re-key nothing."""
    asked: dict[str, Json] = {
        "size": [size.width, size.height],
        "format": format,
        "fit": params.fit,
    }
    if params.fit == "cover" and params.focus != CENTRE:
        asked["focus"] = list(params.focus)
    if params.background and (params.fit == "contain" or format == "jpeg"):
        asked["background"] = params.background.lower()
    if format in QUALITIES:
        asked["quality"] = params.quality or QUALITIES[format]
    return asked
