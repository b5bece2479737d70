"""`text`: the copy, set on the picture so far by the tool itself, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from assetforge import fonts
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Block, Colour, Copy, Name, ProjectPath, Size, Templated, Text
from assetforge.steps.base import Box, Branch, CopyParams, Params, Problem, Scene
from assetforge.steps.boxes import Length, Region, box_on, pixels

TYPESETTER: Final = "1"
"""Goes up when the same request gives other pixels, with the same Typst and the same fonts."""

MARGIN: Final = 6
"""Percent of the shorter edge that is left free around the copy where no region is named."""

DOWN: Final = {"top": "top", "bottom": "bottom", "middle": "middle"}
ACROSS: Final = {"left": "left", "right": "right", "start": "start", "end": "end"}
CENTRE: Final = ("center", "centre")

ALIKE: Final = 0.8
"""How alike two names are, from 0 to 1, where one is taken for a slip of the other."""

LENGTH: Final = {"type": "string", "pattern": r"^\d{1,5}%?$"}


def _anchor(value: object) -> tuple[str, str]:
    """Read `top left`, `bottom`, `center`, `bottom center`: up and down, then across.

    Raises:
        ValueError: it is none of these.
    """
    parts = value if isinstance(value, list | tuple) else re.split(r"[\s,-]+", str(value).strip())
    words = [str(each) for each in parts]
    down = [DOWN[each] for each in words if each in DOWN]
    across = [ACROSS[each] for each in words if each in ACROSS]
    centred = [each for each in words if each in CENTRE]
    if not words or len(down) + len(across) + len(centred) != len(words):
        raise ValueError("an anchor is 'center', an edge or a corner such as 'bottom start'")
    if len(words) > 2 or len(down) > 1 or len(across) > 1:
        raise ValueError("an anchor names one place up and down, and one across")
    return (down or ["middle"])[0], (across or (["center"] if centred else ["start"]))[0]


def _split(value: object) -> object:
    return re.split(r"[\s,]+", value.strip("[] ")) if isinstance(value, str) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _bounds(value: object) -> object:
    value = _split(value)
    return value if isinstance(value, list | tuple) else [value, value]


def _both(value: list[str]) -> list[str]:
    return value * 2 if len(value) == 1 else value


Anchor = Annotated[
    tuple[str, str],
    BeforeValidator(_anchor),
    WithJsonSchema({"type": "string", "examples": ["bottom", "top left", "bottom end", "center"]}),
]
"""A place in a box, up and down and across: `top left`, `bottom`, `center`."""

Place = Annotated[Region, BeforeValidator(_split)]
"""A box, or a text that a template made of one: `5% 50% 90% 45%`."""

Bounds = Annotated[
    list[Length],
    Field(min_length=1, max_length=2),
    BeforeValidator(_bounds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                LENGTH,
                {"type": "array", "items": {"type": ["integer", "string"]}, "maxItems": 2},
            ]
        }
    ),
]
"""Least and most, or one size: pixels, or percent of the canvas's shorter edge."""

Families = Annotated[
    list[Text],
    Field(min_length=1),
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One family, or several in the order they are asked."""


class Look(Block):
    """How words look, and where they stand in their region."""

    region: Templated[Place] | None = None
    """The box they stand in: [x, y, width, height], each in pixels or percent; by default the whole
    canvas inside a margin."""
    anchor: Templated[Anchor] | None = None
    """Where in the region: `top left`, `bottom`, `center`; `start` and `end` change sides where
    lines run from right to left. By default in the middle, at the start."""
    align: Templated[Literal["start", "center", "end"]] | None = None
    """Where lines of different lengths meet; by default on the side of the anchor."""
    colour: Templated[Colour] | None = None
    """Colour of the words; by default light or dark, whichever reads better on the picture."""
    font: Templated[Families] | None = None
    """A family of the project's fonts or of the bundle; a list is asked in its order. By default
    the project's, then the bundle's own for the script."""
    weight: Templated[Annotated[int, Field(ge=100, le=900)]] | None = None
    """From 100, thin, over 400 and 700, bold, to 900, where the font has it."""
    width: Templated[Annotated[int, Field(ge=50, le=200)]] | None = None
    """Width of the letters in percent, where the font has it: 75 is condensed."""
    size: Templated[Bounds] | None = None
    """Least and most height of the letters, `[24, 96]`, in pixels or in percent of the canvas's
    shorter edge; or one size. The largest that fits is taken."""


class SlotLook(Look):
    """What is different for one slot."""

    fill: Templated[Colour] | None = None
    """Colour of a box with round ends behind the words, as of a button."""


class TextParams(CopyParams, Look):
    """The copy, set on the picture so far."""

    copy_slots: Annotated[Copy, Field(min_length=1)] = Field(alias="copy")
    """Slot → message id: the exact text that is set, and how long it may be. The first is the
    headline."""
    slot_looks: dict[Name, SlotLook] = Field(default={}, alias="slots")
    """Slot → what is different for it; one with a `region` stands there, apart from the others."""
    mirror: bool = False
    """Whether regions change sides where lines run from right to left."""
    shade: bool = True
    """Whether a soft shade is laid behind words that cannot be read without it."""
    system_fonts: bool = False
    """Whether `font` may name a font of this machine. Another machine may then draw another
    picture."""
    template: Templated[ProjectPath] | None = None
    """A Typst template of the project, in place of the layout built in."""

    @model_validator(mode="after")
    def _names_are_no_slips(self) -> Self:
        """Refuse a slip of the pen; what the kind's defaults say of other slots is no mistake."""
        for name in self.slot_looks:
            near = get_close_matches(name, [*self.copy_slots], n=1, cutoff=ALIKE)
            if near and near[0] != name:
                raise ValueError(f"the copy has no slot '{name}'; did you mean '{near[0]}'?")
        return self

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return the designer's template, if there is one."""
        return (("template", self.template),) if self.template else ()

    def written_region(self) -> list[str] | None:
        """Return the box that all slots stand in, as it is written; None where there is none.

        A box that changes sides, or that one slot has for itself, is not all of it.
        """
        apart = self.mirror or any(each.region for each in self.slot_looks.values())
        return None if apart else self.region


class TextStep:
    """Sets the copy: in every script, in the fonts of the project or the bundled ones."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = None
    parameters: ClassVar[type[Params]] = TextParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture with its copy, as large as it is.

        Raises:
            Problem: there is no picture, or a region lies outside it.
        """
        assert isinstance(params, TextParams), "BUG: parameters of another kind"
        if scene.canvas is None:
            message = "'text' needs a picture: put a 'compose' step before it"
            raise Problem("nothing-to-letter", message)
        return [Branch(_request(params, scene, scene.canvas), scene.canvas)]


def _request(params: TextParams, scene: Scene, canvas: Size) -> dict[str, Json]:
    """Return what is asked for; only what is set, so that new options re-key nothing."""
    mirrored = params.mirror and scene.rtl
    copy = {slot: text for slot, text in (scene.copy or {}).items() if text.strip()}
    bounds = {n: s.max_lines for n, s in params.slots.items() if s.max_lines and n in copy}
    slots = {
        name: look
        for name, each in params.slot_looks.items()
        if name in copy and (look := _look(each, canvas, mirrored=mirrored))
    }
    said: dict[str, Any] = {
        "script": scene.script,
        "language": scene.language,
        "rtl": scene.rtl or None,
        "max_lines": bounds or None,
        "style": _look(params, canvas, mirrored=False, region=False) or None,
        "slots": slots or None,
        "shade": None if params.shade else False,
        "system_fonts": params.system_fonts or None,
        "template": True if params.template else None,
        "fonts": scene.fonts or None,
    }
    return {
        "typesetter": TYPESETTER,
        "typst": typst_version(),
        "bundle": fonts.VERSION,
        "copy": [[slot, text] for slot, text in copy.items()],
        "region": list(_region(params, scene, canvas, mirrored=mirrored)),
        **{name: each for name, each in said.items() if each is not None},
    }


@cache
def typst_version() -> str:
    """Return the version of the installed Typst: another may lay text out in another way."""
    return version("typst")


def _region(params: TextParams, scene: Scene, canvas: Size, *, mirrored: bool) -> Box:
    if params.region:
        box = box_on(params.region, canvas)
        return _flipped(box, canvas) if mirrored else box
    x, y, width, height = scene.visible(canvas)
    edge = (MARGIN * min(width, height) + 50) // 100
    return x + edge, y + edge, max(1, width - 2 * edge), max(1, height - 2 * edge)


def _flipped(box: Box, canvas: Size) -> Box:
    return canvas.width - box[0] - box[2], box[1], box[2], box[3]


def _look(look: Look, canvas: Size, *, mirrored: bool, region: bool = True) -> dict[str, Json]:
    """Return a look with its lengths in pixels; only what is said."""
    said: Mapping[str, Any] = {
        "anchor": list(look.anchor) if look.anchor else None,
        "align": look.align,
        "colour": look.colour.lower() if look.colour else None,
        "font": look.font,
        "weight": look.weight,
        "width": look.width,
    }
    found: dict[str, Json] = {name: each for name, each in said.items() if each is not None}
    if look.size:
        found["size"] = [*sorted(max(1, pixels(e, min(canvas))) for e in _both(look.size))]
    if isinstance(look, SlotLook) and look.fill:
        found["fill"] = look.fill.lower()
    if region and look.region:
        box = box_on(look.region, canvas)
        found["region"] = list(_flipped(box, canvas) if mirrored else box)
    return found
