from __future__ import annotations

from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.errors import NothingSelected
from assetforge.review.taken import Taken, Takes
from assetforge.store.action_cache import ActionResult
from tests.review.shop import SCENE


def a_take(number: int, **changes: Any) -> Taken:
    digit = str(number)
    result = ActionResult(ActionKey(digit * 64), Digest(digit * 64), {"kind": "edit"})
    return Taken(number, result, **changes)


def takes(*taken: Taken) -> Takes:
    return Takes("banner/de", "edit", taken)


def numbers(pair: tuple[Taken, Taken]) -> list[int]:
    return [each.take for each in pair]


def test_the_standing_take_is_compared_with_the_latest_other():
    assert numbers(takes(a_take(1, stands=True), a_take(2), a_take(5)).two) == [1, 5]
    assert numbers(takes(a_take(1), a_take(2), a_take(5, stands=True)).two) == [5, 2]
    assert numbers(takes(a_take(0, stands=True), a_take(1)).two) == [0, 1]


def test_where_none_stands_the_two_latest_are_compared():
    assert numbers(takes(a_take(1), a_take(2), a_take(3)).two) == [2, 3]


@pytest.mark.parametrize("taken", [(), (a_take(1),), (a_take(1, stands=True),)])
def test_a_take_alone_is_not_compared(taken):
    with pytest.raises(NothingSelected, match="nothing to compare; buy another with"):
        takes(*taken).two  # noqa: B018


def test_a_take_is_found_by_its_number():
    assert takes(a_take(0), a_take(1), a_take(4)).take(4).take == 4


def test_a_number_that_is_none_says_which_are():
    with pytest.raises(NothingSelected, match="no take 3 after 'edit'; there are: 1, 4"):
        takes(a_take(0), a_take(1), a_take(4)).take(3)
    with pytest.raises(NothingSelected, match="there are: none"):
        takes().take(1)


def test_takes_of_a_lost_scene_are_of_the_present_words(shop):
    """Nobody can make the scene again, but its digest is known, and so are the edits of it."""
    shop.does("reject", "banner/wide/de", "--yes")
    next(shop.root.glob(f".assetforge/cas/*/{shop.lock()[SCENE].artifact}")).unlink()

    _, edit = shop.does("log", "banner/wide/de", "--format", "json").json["variants"][0]["steps"]

    (rejected,) = edit["pictures"]
    assert (rejected["take"], rejected["present"], rejected["stands"]) == (1, True, False)
