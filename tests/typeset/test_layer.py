from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest

from assetforge.errors import ActionFailed
from assetforge.typeset import Block, Box, Column, Layer, layer, script_of, typeset
from assetforge.typeset.fontset import bundle
from tests.fonts.test_fonts import SAMPLES

BOX = (40, 30, 560, 300)


def one(text: str, script: str | None = None, box: Box = BOX, **options: Any) -> Layer:
    options = {"size": (14, 80), **options}
    return typeset([Column(box, [Block("headline", text, **options)])], script)


@pytest.mark.parametrize("script", SAMPLES)
def test_every_script_is_set_inside_its_box(script):
    layer = one(SAMPLES[script], script, weight=800)

    (block,) = layer.blocks
    x, y, width, height = block.ink
    assert block.size > 14
    assert x >= BOX[0] - 2
    assert x + width <= BOX[0] + BOX[2] + 2
    assert y >= BOX[1] - 1
    assert y + height <= BOX[1] + BOX[3] + 1


def test_the_layer_is_transparent_but_for_its_words():
    layer = one("Hello", colour="#ff0000")

    solid = layer.pixels[layer.pixels[..., 3] == 255]
    assert (layer.x, layer.y) == BOX[:2]
    assert layer.pixels.shape == (BOX[3], BOX[2], 4)
    assert (solid[:, :3] == (255, 0, 0)).all()
    assert (layer.pixels[-1, :, 3] == 0).all()


def test_right_to_left_words_stand_on_the_right():
    layer = one("שלום", "Hebr", size=(14, 40))

    x, _, width, _ = layer.blocks[0].ink
    assert x + width > BOX[0] + BOX[2] - 4
    assert x > BOX[0] + BOX[2] / 2


def test_latin_words_of_a_right_to_left_locale_stand_on_the_right_too():
    assert one("K-9", "Arab", size=(14, 40)).blocks[0].ink[0] > BOX[0] + BOX[2] / 2


def test_end_and_center_are_the_other_side_and_the_middle():
    def left(align: Literal["start", "center", "end"]) -> int:
        column = Column(BOX, [Block("a", "Hi", (14, 40))], align, "bottom")
        return typeset([column]).blocks[0].box[0]

    assert left("start") == BOX[0]
    assert left("center") > BOX[0] + 200
    assert left("end") > left("center")


def test_long_copy_is_set_smaller_than_short_copy():
    short = one("Free your inbox").blocks[0]
    long = one("Free your inbox and never look back again, whatever happens to it").blocks[0]

    assert long.size < short.size
    assert long.lines > short.lines


def test_a_long_word_is_shrunk_to_its_box():
    block = one("Donaudampfschifffahrtsgesellschaft").blocks[0]

    assert block.lines == 1
    assert block.ink[2] <= BOX[2] + 1


def test_text_that_cannot_fit_is_refused_by_its_slot():
    with pytest.raises(ActionFailed) as caught:
        one("far too many words for such a small box " * 5, box=(0, 0, 90, 40))

    assert caught.value.code == "overflow"
    assert str(caught.value).startswith("headline: it is too long for its box even at 14 px")


def test_a_long_text_is_shortened_in_its_error():
    with pytest.raises(ActionFailed) as caught:
        one("far too many words " * 500, box=(0, 0, 90, 40))

    assert len(str(caught.value)) < 220
    assert "… (9499 characters)" in str(caught.value)


def test_a_word_that_cannot_fit_is_refused_as_such():
    with pytest.raises(ActionFailed, match="headline: its longest word is too wide for its box"):
        one("Donaudampfschifffahrtsgesellschaft", box=(0, 0, 90, 400))


def test_more_lines_than_allowed_is_refused():
    with pytest.raises(ActionFailed, match="headline: it is too long"):
        one("one\ntwo\nthree", lines=2)


def test_empty_texts_are_left_out():
    empty = typeset([Column(BOX, [Block("headline", " \n ", (14, 40))])])

    assert empty.blocks == ()
    assert empty.pixels.shape == (0, 0, 4)


def test_a_newline_breaks_the_line():
    assert one("one\ntwo").blocks[0].lines == 2


def test_markup_is_shown_as_it_was_written():
    """Copy is data: `#` and `*` are characters, never commands."""
    plain = one('#panic("x") *b* $y$ @z // c')

    assert plain.blocks[0].ink[2] > 200


def test_a_headline_is_broken_at_its_dash():
    layer = one("Summer Sale – up to 50% off", box=(0, 0, 560, 300))

    assert layer.blocks[0].lines == 2


def test_blocks_stand_below_each_other_and_a_pill_holds_its_label():
    blocks = [
        Block("headline", "Free your inbox", (14, 60), 800),
        Block("subline", "Mail for everyone", (10, 60), ratio=0.4),
        Block("action", "Get it", (10, 24), 700, "#ffffff", fill="#3355aa", pad=(1.2, 0.7)),
    ]

    head, sub, pill = typeset([Column(BOX, blocks)]).blocks

    assert head.ink[1] + head.ink[3] < sub.ink[1]
    assert sub.ink[1] + sub.ink[3] < pill.box[1]
    assert sub.size <= 0.4 * head.size + 0.01
    assert pill.ink[2] >= pill.box[2] - 2


def test_regional_forms_of_the_same_character_differ():
    """直 is another form in Japan than in China, 骨 another in Beijing than in Taipei."""
    drawn = {script: one("直骨", script).pixels.tobytes() for script in ("Jpan", "Hans", "Hant")}

    assert len(set(drawn.values())) == 3


def test_a_heavier_weight_has_more_ink():
    light, heavy = (one("Inbox", weight=weight, size=(40, 40)) for weight in (400, 800))

    assert int(heavy.pixels[..., 3].sum()) > 1.15 * int(light.pixels[..., 3].sum())


def test_bidi_controls_and_joiners_draw_nothing_of_their_own():
    plain, controlled = one("abc", size=(40, 40)), one("\u200eabc\u200b", size=(40, 40))

    assert controlled.blocks[0].ink[2] == plain.blocks[0].ink[2]


def test_many_threads_get_the_same_bytes_as_one():
    texts = list(SAMPLES.values())
    alone = [one(text, script_of(text)).pixels for text in texts]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: one(text, script_of(text)).pixels, texts))

    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize(
    "text",
    ["Courriel\N{NO-BREAK SPACE}K-9\N{NO-BREAK SPACE}Mail", "Thunderbird: Blwch Derbyn Rhydd"],
)
def test_words_held_by_no_break_spaces_are_made_smaller_rather_than_cut(text):
    """Both are real titles, and both were once drawn over the edge of their box."""
    box = (0, 0, 300, 200)

    drawn = typeset([Column(box, [Block("headline", text, (10, 90), weight=800)])], "Latn")

    left, _, width, _ = drawn.blocks[0].ink
    assert left >= 0
    assert left + width <= 300


def test_words_that_run_over_the_edge_all_the_same_are_refused(monkeypatch):
    """The last guard: should a width ever be misjudged, no cut word is shown."""
    monkeypatch.setattr("assetforge.typeset.breaks.longest_words", lambda *_: [])
    column = Column((0, 0, 200, 200), [Block("headline", "Donaudampfschiff", (60, 90))])

    with pytest.raises(ActionFailed, match="headline: its words run over the edge"):
        typeset([column], "Latn")


def test_letters_look_as_their_language_writes_them():
    """Marathi and Hindi have another form each of one letter."""
    blocks = [Column(BOX, [Block("a", "लाल शहर", (60, 60))])]

    hindi, marathi = (
        typeset(blocks, "Deva", fonts=bundle(), language=each) for each in ("hi", "mr-IN")
    )

    assert (hindi.pixels != marathi.pixels).any()


def test_a_locale_may_run_the_other_way_than_its_script():
    block = [Column(BOX, [Block("a", "Hi", (14, 40))])]

    assert typeset(block, "Latn", rtl=True).blocks[0].box[0] > BOX[0] + BOX[2] / 2


def test_of_a_large_layer_only_the_part_with_words_is_drawn(monkeypatch):
    whole = typeset([Column(BOX, [Block("a", "Hi", (14, 40))], "end", "bottom")], fonts=bundle())
    monkeypatch.setattr(layer, "LARGE", 1000)

    part = typeset([Column(BOX, [Block("a", "Hi", (14, 40))], "end", "bottom")], fonts=bundle())

    assert part.pixels.size < whole.pixels.size / 4
    assert part.blocks[0].box == whole.blocks[0].box
    top, left = part.y - whole.y, part.x - whole.x
    height, width = part.pixels.shape[:2]
    same = whole.pixels[top : top + height, left : left + width].astype(int) - part.pixels
    assert abs(same).max() <= 1


def test_ink_above_or_below_the_box_is_an_overflow(monkeypatch):
    """A font may draw farther than its measures say; the last word is what was really drawn."""
    monkeypatch.setattr(layer, "roomy", lambda setting, runs, weight: replace(setting, over=-0.5))

    with pytest.raises(ActionFailed, match="a: its words run over the edge"):
        typeset([Column((0, 0, 300, 60), [Block("a", "Hi", (60, 60))])], fonts=bundle())
