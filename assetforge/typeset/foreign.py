"""Sets copy by a designer's own Typst template, which sees its data and no file."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assetforge import images
from assetforge.errors import ActionFailed
from assetforge.typeset import coverage
from assetforge.typeset.blocks import Box, Layer
from assetforge.typeset.fontset import FontSet
from assetforge.typeset.layer import OVERHANG
from assetforge.typeset.script import Setting

REFUSED = re.compile(r"\b(import|include|eval|std)\b")
"""Words by which a template could reach a package of the network, in code that it makes itself."""

# One line, so that errors name the lines of the designer's own file.
PRELUDE = (
    "#let job = json(bytes(sys.inputs.job));"
    "#set page(width: job.width * 1pt, height: job.height * 1pt, margin: 0pt, fill: none);"
    "#set text(font: job.fonts, fallback: false, lang: job.lang, hyphenate: false, "
    "cjk-latin-spacing: none, dir: if job.rtl { rtl } else { ltr });"
)


def drawn_by(
    template: bytes,
    job: Mapping[str, Any],
    setting: Setting,
    fonts: FontSet,
    *,
    families: Sequence[str] = (),
    weight: int = 400,
) -> Layer:
    """Return the layer that a template draws, as large as the canvas.

    Args:
        template: the file.
        job: `width` and `height` of the canvas in pixels; `region`, with `x`, `y`, `width` and
            `height`; `copy`, slot → text; `slots`, what is asked of each; whatever else it may use.
        setting: how the script is set.
        fonts: what it may be set in.
        families: those that are asked first.
        weight: that of most of the text.

    Raises:
        ActionFailed: `missing-glyph`, `broken-text`, `unjoined-text`; `template` when Typst refuses
            the file, `overflow` when it draws outside the region.
    """
    order = fonts.in_order(setting.family, families)
    label = f" ({job['language']})" if job.get("language") else ""
    for slot, text in job["copy"].items():
        coverage.check(f"{slot}{label}", text, fonts.faces(order, weight))
    data = {**job, "fonts": order, "lang": setting.language, "rtl": setting.rtl}
    source = PRELUDE + _checked(template)
    with tempfile.TemporaryDirectory(prefix="assetforge-template-") as empty:
        written = json.dumps(data, ensure_ascii=False)
        try:
            picture = fonts.press.print_foreign(source.encode(), Path(empty), written)
        except ActionFailed as error:
            raise ActionFailed(error.code, f"the template: {error}") from None
    return _layer(picture, (job["width"], job["height"]), job["region"])


def _checked(template: bytes) -> str:
    """Return a template as text.

    Raises:
        ActionFailed: it is no text, or could reach beyond itself.
    """
    try:
        text = template.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ActionFailed("template", "the template is no text in UTF-8") from None
    if refused := REFUSED.search(text):
        line = text.count("\n", 0, refused.start()) + 1
        message = (
            f"the template: line {line}: '{refused[0]}' is not allowed: a template stands alone, "
            "without packages or other files; what Typst has built in is there, as 'calc.max'"
        )
        raise ActionFailed("template", message)
    return text


def _layer(picture: bytes, canvas: tuple[int, int], region: Mapping[str, int]) -> Layer:
    drawn = np.asarray(images.decode(picture).convert("RGBA"))
    if (drawn.shape[1], drawn.shape[0]) != canvas:
        message = (
            f"the template makes a page of {drawn.shape[1]}x{drawn.shape[0]}, the canvas has "
            f"{canvas[0]}x{canvas[1]}; leave the page as it is set"
        )
        raise ActionFailed("template", message)
    across, down = (np.flatnonzero(drawn[..., 3].any(axis=axis)) for axis in (0, 1))
    if not across.size:
        raise ActionFailed("template", "the template draws nothing; the copy is in 'job.copy'")
    ink: Box = (
        int(across[0]),
        int(down[0]),
        int(across[-1] - across[0]) + 1,
        int(down[-1] - down[0]) + 1,
    )
    _refuse_outside(ink, region)
    return Layer(0, 0, drawn, ())


def _refuse_outside(ink: Box, region: Mapping[str, int]) -> None:
    left, top = region["x"], region["y"]
    right, bottom = left + region["width"], top + region["height"]
    over = {
        "left": left - ink[0],
        "top": top - ink[1],
        "right": ink[0] + ink[2] - right,
        "bottom": ink[1] + ink[3] - bottom,
    }
    worst = max(over, key=lambda side: over[side])
    if over[worst] > OVERHANG:
        message = (
            f"the template draws {over[worst]} px over the {worst} edge of the region; "
            "shorten the copy or give it a larger region"
        )
        raise ActionFailed("overflow", message)
