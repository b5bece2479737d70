import pytest

from assetforge.emulator.pages import page

ITEMS = [{"id": name} for name in "abcde"]


def ids(answer):
    assert answer.status == 200
    return [each["id"] for each in answer.body["data"]]


def told(**asked):
    return page(ITEMS, asked, limit=3, most=4)


def test_a_page_begins_with_the_newest():
    answer = told()

    assert ids(answer) == ["e", "d", "c"]
    assert answer.body["first_id"] == "e"
    assert answer.body["last_id"] == "c"
    assert answer.body["has_more"] is True


def test_the_next_page_follows_the_last_one():
    answer = told(after="c")

    assert ids(answer) == ["b", "a"]
    assert answer.body["has_more"] is False


def test_a_page_may_begin_with_the_oldest():
    assert ids(told(order="asc", limit="2")) == ["a", "b"]
    assert ids(told(order="asc", limit="2", after="b")) == ["c", "d"]


def test_an_empty_page_has_no_first_and_no_last():
    answer = page([], {}, limit=3, most=4)

    assert answer.body == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


@pytest.mark.parametrize(
    ("asked", "param", "code"),
    [
        ({"limit": "0"}, "limit", "integer_below_min_value"),
        ({"limit": "-1"}, "limit", "integer_below_min_value"),
        ({"limit": "5"}, "limit", "integer_above_max_value"),
        ({"limit": "many"}, "limit", "invalid_type"),
        ({"limit": "9" * 5000}, "limit", "invalid_type"),
        ({"limit": ""}, "limit", "invalid_type"),
        ({"order": "up"}, "order", "invalid_value"),
        ({"after": "z"}, "after", "invalid_value"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(asked, param, code):
    answer = told(**asked)

    assert answer.status == 400
    assert (answer.body["error"]["param"], answer.body["error"]["code"]) == (param, code)
