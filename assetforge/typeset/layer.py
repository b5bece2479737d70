"""Sets copy into boxes and returns it as a transparent picture. The one door to Typst."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import typst

from assetforge import fonts, images
from assetforge.errors import ActionFailed
from assetforge.typeset import breaks, coverage
from assetforge.typeset.script import TOP_EDGE, Setting, setting_for

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

Found = Mapping[str, Any]
"""What the template says about one block; see the end of `layer.typ`."""

TEMPLATE = Path(__file__).with_name("layer.typ")
SHOWN = 80
"""How many characters of a text an error shows."""

PPI = 72.0
"""One Typst point is then one pixel."""

BLEED = 16
"""Pixels drawn beside the columns and cut off again, to see whether words run over."""

OVERHANG = 3
"""Pixels of a letter that may stand over the edge, such as the tail of a `j`."""


@dataclass(frozen=True, slots=True)
class Block:
    r"""One slot of the copy and how it is to look. Sizes in pixels, other lengths in em.

    Attributes:
        slot: the name used in errors.
        text: the words, exactly; `\n` breaks a line. Blocks without words are left out.
        size: smallest and largest font size.
        weight: 400 to 900.
        colour: of the words, `#rrggbb` or `#rrggbbaa`.
        lines: how many lines are allowed.
        gap: space above, in em of its own size; not for the first of a column.
        ratio: at most this much of the size of the column's largest block.
        single: prefer one line to the largest size.
        fill: colour of a box behind the words, or None.
        pad: space between words and the edge of that box, across and down.
        round: corners of that box; 1 makes a pill.
        tracking: extra space between letters.
    """

    slot: str
    text: str
    size: tuple[float, float]
    weight: int = 400
    colour: str = "#000000"
    lines: int = 6
    gap: float = 0.9
    ratio: float = 100.0
    single: bool = False
    fill: str | None = None
    pad: tuple[float, float] = (0.0, 0.0)
    round: float = 1.0
    tracking: float = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """Blocks under each other in a box. `start` is left, or right in a right-to-left script."""

    box: Box
    blocks: Sequence[Block]
    align: Literal["start", "center", "end"] = "start"
    valign: Literal["top", "middle", "bottom"] = "top"


@dataclass(frozen=True, slots=True)
class Fitted:
    """How one block came out.

    Attributes:
        slot: the block's name.
        size: font size in pixels.
        lines: number of lines.
        box: its words from cap height to last baseline, with the box behind them if any.
        ink: the smallest box around all its ink.
    """

    slot: str
    size: float
    lines: int
    box: Box
    ink: Box


@dataclass(frozen=True, slots=True)
class Layer:
    """The drawn copy: straight RGBA, shape (height, width, 4), to be laid at `x`, `y`."""

    x: int
    y: int
    pixels: Pixels
    blocks: tuple[Fitted, ...]


def typeset(columns: Sequence[Column], script: str | None = None) -> Layer:
    """Set every block as large as its column allows.

    May be called from several threads; they take turns.

    Args:
        columns: where, what and how; empty texts are left out.
        script: ISO 15924 code; without one it is read off the letters.

    Raises:
        ActionFailed: `missing-glyph`, `broken-text`, or `overflow` when a text does not fit even
            at its smallest size; the message names the slot.
    """
    columns = [column for each in columns if (column := _with_words(each)).blocks]
    if not columns:
        return Layer(0, 0, np.zeros((0, 0, 4), np.uint8), ())
    for column in columns:
        for block in column.blocks:
            coverage.check(block.slot, block.text)
    setting = setting_for(script, " ".join(b.text for c in columns for b in c.blocks))
    frame = _around([column.box for column in columns])
    page = (frame[0] - BLEED, frame[1], frame[2] + 2 * BLEED, frame[3])
    job = json.dumps(_job(columns, setting, page), ensure_ascii=False)
    picture, found = _press().print(job)
    drawn = np.asarray(images.decode(picture))
    _refuse_overflow(found, columns)
    pixels = drawn[:, BLEED:-BLEED]
    blocks = tuple(_fitted(each, frame, pixels, setting) for each in found)
    _refuse_cut(blocks, drawn, frame[1])
    return Layer(frame[0], frame[1], pixels, blocks)


def _with_words(column: Column) -> Column:
    texts = [(block, breaks.normalized(block.text)) for block in column.blocks]
    blocks = [replace(block, text=text) for block, text in texts if text]
    return Column(column.box, blocks, column.align, column.valign)


def _around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of them."""
    left, top, right, bottom = zip(*((x, y, x + w, y + h) for x, y, w, h in boxes), strict=True)
    return min(left), min(top), max(right) - min(left), max(bottom) - min(top)


def _job(columns: Sequence[Column], setting: Setting, frame: Box) -> dict[str, object]:
    return {
        "width": frame[2],
        "height": frame[3],
        "rule": _rule(setting),
        "columns": [
            {
                "x": column.box[0] - frame[0],
                "y": column.box[1] - frame[1],
                "width": column.box[2],
                "height": column.box[3],
                "align": column.align,
                "valign": column.valign,
                "lead": _lead(column.blocks),
                "blocks": [_described(block, setting) for block in column.blocks],
            }
            for column in columns
        ],
    }


def _lead(blocks: Sequence[Block]) -> int:
    """Return which block is the largest, the one that others' `ratio` refers to."""
    return max(range(len(blocks)), key=lambda at: blocks[at].size[1])


def _rule(setting: Setting) -> dict[str, object]:
    return {
        "fonts": _families(setting.family),
        "language": setting.language,
        "region": setting.region,
        "rtl": setting.rtl,
        "ligatures": setting.family != "Noto Sans",
        "top": TOP_EDGE,
        "leading": setting.leading,
        "over": setting.over,
        "under": setting.under,
    }


def _described(block: Block, setting: Setting) -> dict[str, object]:
    lines = breaks.lines_of(block.text, setting.language, setting.region)
    clauses = breaks.lines_of(breaks.claused(block.text), setting.language, setting.region)
    if len(clauses) > block.lines:
        clauses = lines
    return {
        "slot": block.slot,
        "lines": [[piece._asdict() for piece in line] for line in lines],
        "clauses": [[piece._asdict() for piece in line] for line in clauses],
        "words": breaks.longest_words(block.text, setting.language),
        "min": block.size[0],
        "max": block.size[1],
        "weight": block.weight,
        "colour": block.colour,
        "most": block.lines,
        "gap": block.gap,
        "ratio": block.ratio,
        "single": block.single,
        "fill": block.fill,
        "pad-x": block.pad[0],
        "pad-y": block.pad[1],
        "round": block.round,
        "tracking": block.tracking,
    }


def _refuse_overflow(found: Sequence[Found], columns: Sequence[Column]) -> None:
    """Raise for the block that takes the most room where a column's copy does not fit."""
    lost = [each for each in found if not each["fits"]]
    if not lost:
        return
    texts = {block.slot: block.text for column in columns for block in column.blocks}
    wide = [each for each in lost if each["limit"] < each["size"] - 0.01]
    worst = max(wide or lost, key=lambda each: float(each["height"]))
    shown = _shortened(texts[worst["slot"]].replace("\n", " "))
    why = "its longest word is too wide for its box" if wide else "it is too long for its box"
    raise ActionFailed(
        "overflow",
        f"{worst['slot']}: {why} even at {worst['size']:.0f} px: '{shown}'; "
        "shorten the copy or give it a larger region",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}… ({len(text)} characters)"


def _refuse_cut(blocks: Sequence[Fitted], drawn: Pixels, top: int) -> None:
    """Raise for words that were drawn into the bleed beside the columns: they would be cut.

    The template sets sizes by the widths of words; this looks at what was really drawn. `top` is
    where the first row of `drawn` lies.
    """
    beside = BLEED - OVERHANG
    over = np.concatenate((drawn[:, :beside, 3], drawn[:, -beside:, 3]), axis=1)
    for each in blocks:
        above = max(0, each.box[1] - top)
        if over[above : above + each.box[3]].any():
            raise ActionFailed(
                "overflow", f"{each.slot}: its words run over the edge; give it a larger region"
            )


def _fitted(found: Found, frame: Box, pixels: Pixels, setting: Setting) -> Fitted:
    x, y, width, height = (float(found[key]) for key in ("x", "y", "width", "height"))
    x -= BLEED
    room = float(found["size"]) * max(setting.over, setting.under, 0.2)
    left, top = max(0, int(x - room)), max(0, int(y - room))
    drawn = pixels[top : int(y + height + room) + 1, left : int(x + width + room) + 1, 3] > 0
    across, down = np.flatnonzero(drawn.any(axis=0)), np.flatnonzero(drawn.any(axis=1))
    ink = (0, 0, 0, 0)
    if across.size:
        corner = (frame[0] + left + int(across[0]), frame[1] + top + int(down[0]))
        ink = (*corner, int(across[-1] - across[0]) + 1, int(down[-1] - down[0]) + 1)
    box = (frame[0] + round(x), frame[1] + round(y), round(width), round(height))
    return Fitted(str(found["slot"]), float(found["size"]), int(found["lines"]), box, ink)


class _Press:
    """One Typst compiler and its lock: Typst holds the GIL, so more would gain nothing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        faces = typst.Fonts(False, False, [str(fonts.FOLDER)])
        self.families = faces.families()
        self.compiler = typst.Compiler(str(TEMPLATE), str(TEMPLATE.parent), font_paths=faces)

    def print(self, job: str) -> tuple[bytes, list[Found]]:
        """Return the page as PNG and what the template says about every block."""
        with self.lock:
            picture = self.compiler.compile(format="png", ppi=PPI, sys_inputs={"job": job})
            found = json.loads(self.compiler.query("<block>", field="value"))
        assert isinstance(picture, bytes), "BUG: the template made more than one page"
        return picture, found


_press_lock = threading.Lock()


@cache
def _only_press() -> _Press:
    return _Press()


def _press() -> _Press:
    with _press_lock:
        return _only_press()


def _families(first: str) -> list[str]:
    """Return every bundled family: the script's own, Noto Sans, the others, CJK, symbols."""
    known = _press().families
    later = {"Noto Sans": 0, "Noto Sans Symbols 2": 3}
    rank = {
        name: later.get(name, 2 if name[-2:] in ("JP", "SC", "TC", "KR") else 1) for name in known
    }
    return sorted(known, key=lambda name: (name != first, rank[name], name))
