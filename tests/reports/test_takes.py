from __future__ import annotations

from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.errors import NothingSelected
from assetforge.lock.entry import Verdict
from assetforge.reports.takes import Taken, Takes, model_words, taken_line
from assetforge.store.action_cache import ActionResult


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


def test_a_line_says_all_that_was_said_of_a_take():
    said = a_take(
        2,
        stands=True,
        accepted=Verdict("Ann", "2026-11-21T12:00:00+00:00"),
        pinned=Verdict("Bob", "2026-11-22T12:00:00+00:00"),
    )

    assert taken_line(said) == (
        "take 2  222222222222  $0.00  "
        "stands, accepted by Ann, 2026-11-21, pinned by Bob, 2026-11-22"
    )


def test_an_imported_picture_names_its_file():
    result = ActionResult(
        ActionKey("1" * 64), Digest("2" * 64), {}, made_at="2026-11-21", imported="hills.psd"
    )

    assert taken_line(Taken(0, result, rejected=True)) == (
        "of other words  222222222222  imported from 'hills.psd' 2026-11-21  $0.00  rejected"
    )


def test_the_model_that_answered_is_told_where_it_has_another_name():
    assert model_words("gpt-image-2", "gpt-image-2") == "gpt-image-2"
    assert model_words("gpt-image-2", None) == "gpt-image-2"
    assert model_words(None, "draft") == "draft"
    assert model_words("a", "b") == "a (answered by b)"
    assert model_words(None, None) == ""
