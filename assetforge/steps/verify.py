"""`verify`: what the picture shows, read back from its pixels and measured."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from assetforge.action import FIRST_TAKE
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Size, Templated, Text
from assetforge.steps.base import Box, Branch, Params, Problem, Scene
from assetforge.steps.boxes import Length, pixels
from assetforge.steps.drawing import MOST_TAKES, drawn_format
from assetforge.steps.measures import Percent, canvas_of

RECIPE: Final = "1"
"""How text is read; raised when the same picture may get another verdict."""

JUDGING: Final = "1"
"""What a judge is asked; raised when the same picture may get another answer."""

GREATEST_CONTRAST: Final = 21
"""The contrast of black and white. Source: WCAG 2.2, definition of contrast ratio."""


def _contrast(value: object) -> int:
    try:
        ratio = Decimal(str(value))
    except InvalidOperation:
        ratio = Decimal(0)
    if isinstance(value, bool) or not 1 <= ratio <= GREATEST_CONTRAST:
        raise ValueError("a contrast is a number from 1 to 21, such as 4.5")
    return int(ratio * 1000)


Contrast = Annotated[
    int,
    BeforeValidator(_contrast),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": GREATEST_CONTRAST}),
]
"""A contrast ratio, `4.5`; kept in thousandths."""


class VerifyParams(Params):
    """What is looked at, and what is done where it is not right."""

    what: Literal["copy", "no-text"] | None = None
    """`copy`: the picture shows exactly its copy; `no-text`: it shows none."""
    takes: Annotated[int, Field(ge=1, le=MOST_TAKES)] = FIRST_TAKE
    """How many pictures may be drawn until one is right."""
    otherwise: Literal["fail", "typeset"] = "fail"
    """What comes after the last take: `fail`, or the copy is `typeset` in place of drawn."""
    strict: bool = False
    """Whether case and punctuation have to be right too, and not only letters and digits."""
    contrast: Contrast | None = None
    """Least contrast of the text to what is around its letters (WCAG), such as `4.5`."""
    safe_area: Length | None = None
    """How far the text keeps from the edges of what the exports show: pixels, or percent of the
    shorter edge."""
    palette: Percent | None = None
    """How much of the picture may be of colours that are no tint or shade of the brand's."""
    transparent: bool | None = None
    """Whether the picture has to be transparent in parts, or opaque."""
    size: Templated[Size] | None = None
    """The exact size of the picture in pixels, `1200x628`."""
    judge: Text | None = None
    """A model that looks at the picture and says what it shows, in place of a reader."""
    reader: Literal["tesseract", "rapidocr"] | None = None
    """What finds the text: `tesseract`, or `rapidocr` where text stands on a busy ground."""

    @model_validator(mode="after")
    def _one_way_to_look(self) -> Self:
        if self.judge and self.reader:
            raise ValueError("give either 'judge' or 'reader'")
        if self.judge and self.what is None:
            raise ValueError("a 'judge' needs 'what': 'copy' or 'no-text'")
        measured = [each for each in ("contrast", "safe_area") if getattr(self, each) is not None]
        if measured and self.judge:
            raise ValueError(f"'{measured[0]}' needs the text read from the pixels, not a judge")
        if measured and self.what == "no-text":
            raise ValueError(f"'{measured[0]}' is of text, and 'no-text' wants none")
        if not any(
            getattr(self, each) is not None
            for each in ("what", "contrast", "safe_area", "palette", "transparent", "size")
        ):
            raise ValueError("say what to verify: 'copy', 'no-text', or a key such as 'contrast'")
        return self

    @property
    def reads(self) -> bool:
        """Whether text is looked for."""
        return bool(self.what or self.contrast or self.safe_area)

    def tries(self) -> tuple[int, bool]:
        """Return how many takes a look may ask for, and whether letters are set after the last."""
        return self.takes, self.otherwise == "typeset"


class Verify:
    """Looks at the picture so far, and passes it on as it is; free, unless a judge looks."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ("equal",)
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "what"
    parameters: ClassVar[type[Params]] = VerifyParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the picture as it was.

        Raises:
            Problem: there is no picture, or nothing in it that could be looked at.
        """
        assert isinstance(params, VerifyParams), "BUG: parameters of another kind"
        canvas = canvas_of(scene, "verify")
        asked = {**_text(params, scene, canvas), **_looks(params, scene, canvas)}
        return [Branch(asked, canvas, drawn_format(scene.profile, scene.capabilities))]


def _text(params: VerifyParams, scene: Scene, canvas: Size) -> dict[str, Json]:
    """Return what is to be read, and how.

    Raises:
        Problem: there is no copy to compare with, or there is some where none is wanted.
    """
    if not params.reads:
        return {}
    if params.what != "no-text" and not scene.shown:
        parameter = next(
            each for each in ("what", "contrast", "safe_area") if getattr(params, each) is not None
        )
        message = "no step before it puts copy into the picture, so that there is no text to verify"
        raise Problem("nothing-to-verify", message, parameter)
    if params.what == "no-text" and scene.shown:
        message = f"the picture has to show '{scene.shown[0].text[:40]}', and 'no-text' wants none"
        raise Problem("copy-shown", message, "what")
    asked: dict[str, Any] = {
        "what": params.what,
        "copy": [
            [each.slot, each.text, list(each.box) if each.box else None, each.typeset]
            for each in scene.shown
        ],
        # Where no text belongs, none is of a language: all locales share one look.
        "proven": [each.slot for each in scene.shown if each.typeset and each.last] or None,
        "script": scene.script if scene.shown else None,
        "language": scene.language if scene.shown else None,
        "visible": list(scene.visible(canvas)),
        "rtl": (scene.rtl and bool(scene.shown)) or None,
        "strict": params.strict or None,
        "reader": params.reader if params.reader != "tesseract" else None,
        "judge": {"model": params.judge, "recipe": JUDGING} if params.judge else None,
        "reading": None if params.judge else RECIPE,
    }
    return {name: each for name, each in asked.items() if each is not None}


def _looks(params: VerifyParams, scene: Scene, canvas: Size) -> dict[str, Json]:
    """Return what else is to be measured.

    Raises:
        Problem: there is nothing to measure against, or the picture has another size.
    """
    if params.size and params.size != canvas:
        message = f"the picture is {canvas} here, not {params.size}: `export` makes the final size"
        raise Problem("wrong-size", message, "size")
    asked: dict[str, Any] = {
        "contrast": params.contrast,
        "transparent": params.transparent,
        "size": list(params.size) if params.size else None,
    }
    if params.safe_area is not None:
        asked["safe_area"] = list(_safe_area(params.safe_area, scene.visible(canvas)))
    if params.palette is not None:
        if not scene.brand:
            message = "'palette' needs brand colours: give the asset a style with a 'palette'"
            raise Problem("no-palette", message, "palette")
        asked["palette"] = {"colours": list(scene.brand), "most": params.palette * 10}
    return {name: each for name, each in asked.items() if each is not None}


def _safe_area(inset: str, visible: Box) -> Box:
    """Return what is left of the visible box inside an inset.

    Raises:
        Problem: nothing is left of it.
    """
    x, y, width, height = visible
    room = pixels(inset, min(width, height))
    if 2 * room >= min(width, height):
        message = f"an inset of '{inset}' leaves nothing of what the exports show"
        raise Problem("safe-area-too-large", message, "safe_area")
    return x + room, y + room, width - 2 * room, height - 2 * room
