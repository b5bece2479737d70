from typing import Any

import pytest

from assetforge.errors import ActionFailed
from assetforge.typeset.blocks import Block, Column
from assetforge.typeset.columns import columns_of
from assetforge.typeset.fontset import bundle

CANVAS = (1200, 600)
COPY = [["headline", "Free your inbox"], ["subline", "Mail"], ["action", "Get it"]]


def columns(**asked: Any) -> list[Column]:
    request = {"copy": COPY, "region": [0, 0, 800, 500], **asked}
    return columns_of(request, CANVAS, bundle(), "#ffffff")


def blocks(**asked: Any) -> dict[str, Block]:
    return {block.slot: block for column in columns(**asked) for block in column.blocks}


def test_the_first_slot_is_the_headline_and_the_others_follow_it():
    (column,) = columns()

    head, sub, action = column.blocks
    assert (column.align, column.valign, column.anchor) == ("start", "middle", "start")
    assert head.weight > sub.weight == action.weight
    assert head.size[1] > 2 * sub.size[1]
    assert sub.ratio < 0.5 < head.ratio
    assert sub.size[0] == 12  # 2 percent of the shorter edge


def test_a_filled_slot_is_a_button_and_never_the_headline():
    found = blocks(slots={"headline": {"fill": "#112233"}})

    assert (found["headline"].fill, found["headline"].colour) == ("#112233", "#ffffff")
    assert found["headline"].single
    assert found["subline"].weight == 800


def test_what_the_step_says_holds_for_all_and_what_a_slot_says_for_it_alone():
    found = blocks(
        style={"colour": "#111111", "weight": 600, "width": 75, "font": ["Noto Sans Thai"]},
        slots={"action": {"colour": "#222222", "weight": 300, "font": ["noto sans"]}},
        max_lines={"headline": 2},
    )

    head, action = found["headline"], found["action"]
    assert (head.colour, head.weight, head.stretch) == ("#111111", 600, 75)
    assert (head.fonts, head.lines) == (("Noto Sans Thai",), 2)
    assert (action.colour, action.weight, action.stretch) == ("#222222", 300, 75)
    assert action.fonts == ("Noto Sans",)


def test_sizes_of_the_step_are_the_headlines_and_bound_the_rest():
    found = blocks(style={"size": [20, 100]})

    assert [found[slot].size for slot in ("headline", "subline")] == [(20, 100), (20, 44)]


def test_one_size_of_the_step_is_the_headlines_and_the_rest_is_in_proportion():
    found = blocks(style={"size": [40, 40]}, slots={"action": {"size": [30, 30]}})

    sizes = [found[slot].size for slot in ("headline", "subline")]
    assert sizes == [(40, 40), (12, pytest.approx(17.6))]
    assert (found["action"].size, found["action"].ratio) == ((30, 30), 100)


def test_a_slot_with_a_region_stands_there_alone_and_may_be_larger():
    button = {"region": [0, 500, 400, 80], "fill": "#112233"}
    main, apart = columns(slots={"action": button}, style={"anchor": ["top", "end"]})

    assert [block.slot for block in main.blocks] == ["headline", "subline"]
    assert (main.valign, main.align) == ("top", "end")
    assert (apart.box, apart.valign, apart.align) == ((0, 500, 400, 80), "middle", "center")
    assert apart.blocks[0].size[1] > blocks()["action"].size[1] / 2


def test_where_every_slot_has_a_region_there_is_no_column_for_the_rest():
    apart = {slot: {"region": [0, 0, 100, 100], "anchor": ["bottom", "start"]} for slot, _ in COPY}

    assert [column.valign for column in columns(slots=apart)] == ["bottom"] * 3


def test_nothing_is_set_for_a_slot_without_words():
    assert columns(copy=[["headline", " "]]) == []


def test_a_font_that_is_nowhere_is_refused():
    with pytest.raises(ActionFailed, match="there is no font 'Papyrus'"):
        columns(style={"font": ["Papyrus"]})
