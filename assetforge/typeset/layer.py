"""Sets copy into boxes and returns it as a transparent picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assetforge import images
from assetforge.errors import ActionFailed
from assetforge.typeset import breaks, coverage
from assetforge.typeset.blocks import Block, Box, Column, Fitted, Layer, Pixels, around
from assetforge.typeset.fontset import FontSet, bundle
from assetforge.typeset.press import Found
from assetforge.typeset.room import roomy
from assetforge.typeset.script import TOP_EDGE, Setting, setting_for, spoken

SHOWN = 80
"""How many characters of a text an error shows."""

BLEED = 16
"""Pixels drawn beside the columns and cut off again, to see whether words run over."""

LARGE = 12_000_000
"""Pixels of a layer above which only the part with words is drawn."""

OVERHANG = 3
"""Pixels of a letter that may stand over the edge, such as the tail of a `j`."""


def typeset(
    columns: Sequence[Column],
    script: str | None = None,
    *,
    fonts: FontSet | None = None,
    language: str | None = None,
    rtl: bool | None = None,
) -> Layer:
    """Set every block as large as its column allows.

    May be called from several threads; they take turns.

    Args:
        columns: where, what and how; empty texts are left out.
        script: ISO 15924 code; without one it is read off the letters.
        fonts: what it is set in; without it the bundled fonts, whose room is known.
        language: the language tag, for letters that look different in some; named in errors.
        rtl: whether lines run from right to left, where that is not as the script says.

    Raises:
        ActionFailed: `missing-glyph`, `broken-text`, `unjoined-text`, or `overflow` when a text
            does not fit even at its smallest size; the message names the slot.
    """
    columns = [column for each in columns if (column := _with_words(each)).blocks]
    if not columns:
        return Layer(0, 0, np.zeros((0, 0, 4), np.uint8), ())
    setting = setting_for(script, " ".join(b.text for c in columns for b in c.blocks))
    setting = spoken(setting, language, rtl)
    sheet = _Sheet(columns, setting, fonts, language)
    sheet.check()
    frame = around([column.box for column in columns])
    if frame[2] * frame[3] > LARGE:
        frame = sheet.needed(frame)
    return sheet.drawn(frame)


def _with_words(column: Column) -> Column:
    texts = [(block, breaks.normalized(block.text)) for block in column.blocks]
    return replace(column, blocks=[replace(block, text=text) for block, text in texts if text])


class _Sheet:
    """What one call of `typeset` sets, and in which fonts."""

    def __init__(
        self,
        columns: Sequence[Column],
        setting: Setting,
        fonts: FontSet | None,
        language: str | None,
    ) -> None:
        self.columns = columns
        self.fonts = fonts or bundle()
        self.foreign = fonts is not None
        self.setting = setting
        self.language = language
        self.bleed = (BLEED, BLEED if self.foreign else 0)

    def called(self, slot: str) -> str:
        """Return what a slot is called in an error."""
        return f"{slot} ({self.language})" if self.language else slot

    def check(self) -> None:
        """Make sure that the fonts can draw every text, and see how much room they need."""
        for block in [block for column in self.columns for block in column.blocks]:
            if not self.foreign:
                coverage.check(self.called(block.slot), block.text)
                continue
            faces = self.fonts.faces(self._families(block), block.weight)
            coverage.check(self.called(block.slot), block.text, faces)
            self.setting = roomy(self.setting, coverage.runs(block.text, faces), block.weight)

    def _families(self, block: Block) -> list[str]:
        return self.fonts.in_order(self.setting.family, block.fonts)

    def needed(self, frame: Box) -> Box:
        """Return the part of a frame that the words take."""
        found = self.fonts.press.lay_out(self._job(frame))
        rooms = [round(float(each["size"])) for each in found]
        spots = [
            (int(e["x"]) - room, int(e["y"]) - room, int(e["width"]) + 2 * room,
             int(e["height"]) + 2 * room)
            for e, room in zip(found, rooms, strict=True)
        ]  # fmt: skip
        x, y, width, height = around(spots)
        left, top = max(0, x), max(0, y)
        right, bottom = min(frame[2], x + width), min(frame[3], y + height)
        return frame[0] + left, frame[1] + top, max(1, right - left), max(1, bottom - top)

    def drawn(self, frame: Box) -> Layer:
        """Return the layer of a frame.

        Raises:
            ActionFailed: `overflow`.
        """
        across, down = self.bleed
        page = (frame[0] - across, frame[1] - down, frame[2] + 2 * across, frame[3] + 2 * down)
        picture, found = self.fonts.press.print(self._job(page))
        drawn = np.asarray(images.decode(picture))
        found = [{**e, "x": float(e["x"]) - across, "y": float(e["y"]) - down} for e in found]
        self._refuse_overflow(found)
        pixels = drawn[down : drawn.shape[0] - down, across:-across]
        blocks = tuple(_fitted(each, frame, pixels, self.setting) for each in found)
        self._refuse_cut(blocks, drawn, frame[1])
        return Layer(frame[0], frame[1], pixels, blocks)

    def _job(self, page: Box) -> str:
        job = {
            "width": page[2],
            "height": page[3],
            "rule": _rule(self.setting),
            "columns": [
                {
                    "x": column.box[0] - page[0],
                    "y": column.box[1] - page[1],
                    "width": column.box[2],
                    "height": column.box[3],
                    "align": column.align,
                    "valign": column.valign,
                    "anchor": column.anchor or column.align,
                    "lead": _lead(column.blocks),
                    "blocks": [
                        {**_described(block, self.setting), "fonts": self._families(block)}
                        for block in column.blocks
                    ],
                }
                for column in self.columns
            ],
        }
        return json.dumps(job, ensure_ascii=False)

    def _refuse_overflow(self, found: Sequence[Found]) -> None:
        """Raise for the block that takes the most room where a column's copy does not fit."""
        lost = [each for each in found if not each["fits"]]
        if not lost:
            return
        texts = {block.slot: block.text for column in self.columns for block in column.blocks}
        wide = [each for each in lost if each["limit"] < each["size"] - 0.01]
        worst = max(wide or lost, key=lambda each: float(each["height"]))
        shown = _shortened(texts[worst["slot"]].replace("\n", " "))
        why = "its longest word is too wide for its box" if wide else "it is too long for its box"
        raise ActionFailed(
            "overflow",
            f"{self.called(worst['slot'])}: {why} even at {worst['size']:.0f} px: '{shown}'; "
            "shorten the copy or give it a larger region",
        )

    def _refuse_cut(self, blocks: Sequence[Fitted], drawn: Pixels, top: int) -> None:
        """Raise for words that were drawn into the bleed around the columns: they would be cut.

        The template sets sizes by the widths of words; this looks at what was really drawn. `top`
        is where the first row of the frame lies.
        """
        beside, down = BLEED - OVERHANG, self.bleed[1]
        alpha = drawn[..., 3]
        over = np.concatenate((alpha[:, :beside], alpha[:, -beside:]), axis=1)
        above = max(0, down - OVERHANG)
        cut = above and (alpha[:above].any() or alpha[-above:].any())
        for each in blocks:
            start = max(0, each.box[1] - top + down)
            if cut or over[start : start + each.box[3]].any():
                raise ActionFailed(
                    "overflow",
                    f"{self.called(each.slot)}: its words run over the edge; "
                    "give it a larger region",
                )


def _lead(blocks: Sequence[Block]) -> int:
    """Return which block is the largest, the one that others' `ratio` refers to."""
    return max(range(len(blocks)), key=lambda at: blocks[at].size[1])


def _rule(setting: Setting) -> dict[str, object]:
    return {
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
        "stretch": block.stretch,
    }


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}… ({len(text)} characters)"


def _fitted(found: Found, frame: Box, pixels: Pixels, setting: Setting) -> Fitted:
    x, y, width, height = (float(found[key]) for key in ("x", "y", "width", "height"))
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
