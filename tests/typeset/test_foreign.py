from typing import Any

import numpy as np
import pytest

from assetforge.errors import ActionFailed
from assetforge.typeset.blocks import Layer
from assetforge.typeset.fontset import bundle
from assetforge.typeset.foreign import drawn_by
from assetforge.typeset.script import SETTINGS

REGION = {"x": 10, "y": 20, "width": 100, "height": 40}
JOB: dict[str, Any] = {
    "width": 200, "height": 100, "region": REGION, "language": "de", "colour": "#ff0000",
    "copy": {"headline": "Haus #1"}, "slots": [],
}  # fmt: skip
PLACED = """
#place(top + left, dx: job.region.x * 1pt, dy: job.region.y * 1pt,
  text(size: 16pt, top-edge: "ascender", fill: rgb(job.colour), job.copy.headline))
"""


def by(template: str, script: str = "Latn", **job: Any) -> Layer:
    return drawn_by(template.encode(), {**JOB, **job}, SETTINGS[script], bundle())


def test_a_template_sets_the_copy_as_data_on_a_transparent_canvas():
    layer = by(PLACED)

    solid = layer.pixels[layer.pixels[..., 3] == 255]
    across = np.flatnonzero(layer.pixels[..., 3].any(axis=0))
    assert layer.pixels.shape == (100, 200, 4)
    assert (solid[:, :3] == (255, 0, 0)).all()
    assert 10 <= across[0] < across[-1] < 110


def test_a_template_is_told_the_direction_and_the_fonts():
    words = '#assert(job.rtl and job.fonts.first() == "Noto Sans Hebrew" and job.lang == "he")'

    assert by(words + PLACED, "Hebr", copy={"headline": "שלום"}).pixels.any()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("\n\n#foo()", "line 3: unknown variable: foo"),
        ('#panic("a\nb")', "line 1: panicked with: a b"),
        ('\n#read("/etc/passwd")', "line 2: file not found$"),
        ('#image("../../logo.png")', "line 1: path .* would escape the project root"),
        ("#pagebreak()", "it makes more than one page; the copy is too long"),
        ('#set text(font: "Nix")\nx', "line 1: unknown font family: nix"),
        ("", "draws nothing; the copy is in 'job.copy'"),
        ("#set page(width: 10pt)\nx", "makes a page of 10x100, the canvas has 200x100"),
    ],
)
def test_a_mistake_in_a_template_is_one_line_with_its_place(template, words):
    with pytest.raises(ActionFailed, match=words) as caught:
        by(template)

    assert caught.value.code == "template"
    assert str(caught.value).startswith("the template")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        '#import "@preview/cetz:0.2.0"',
        '#let p = "@preview/cetz:0.2.0"; #{ import p }',
        '#include "other.typ"',
        '#eval("imp" + "ort \\"@preview/cetz:0.2.0\\"")',
        '#dictionary(std).at("ev" + "al")("1")',
    ],
)
def test_a_template_cannot_reach_the_network(line):
    with pytest.raises(ActionFailed, match=r"line 2: '\w+' is not allowed: a template stands"):
        by(f"ok\n{line}")


def test_a_template_has_to_be_text():
    with pytest.raises(ActionFailed, match="no text in UTF-8"):
        drawn_by(b"\xff\xfe", JOB, SETTINGS["Latn"], bundle())


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("dx: 2pt, dy: 20pt", "over the left edge"),
        ("dx: 10pt, dy: 2pt", "over the top edge"),
        ("dx: 80pt, dy: 20pt", "over the right edge"),
        ("dx: 10pt, dy: 60pt", "over the bottom edge"),
    ],
)
def test_ink_outside_the_region_is_an_overflow(at, words):
    with pytest.raises(ActionFailed, match=words) as caught:
        by(f"#place(top + left, {at}, text(size: 16pt, job.copy.headline))")

    assert caught.value.code == "overflow"


def test_a_letter_that_no_font_has_is_named_with_slot_and_locale():
    with pytest.raises(ActionFailed, match=r"headline \(non\): no glyph for U\+16A0"):
        by(PLACED, copy={"headline": "ᚠ"}, language="non")
    with pytest.raises(ActionFailed, match=r"^headline: no glyph"):
        by(PLACED, copy={"headline": "ᚠ"}, language=None)
