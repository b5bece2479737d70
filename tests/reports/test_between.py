from assetforge.action import ActionKey
from assetforge.reports.between import between_text
from assetforge.review.between import Between
from assetforge.review.recipe import Recipe


def test_where_nothing_that_is_known_differs_that_is_told():
    one = Recipe("a", ActionKey("a" * 64), None, {"kind": "edit"})
    two = Recipe("b", ActionKey("b" * 64), None, {"kind": "edit"})

    assert between_text([Between(0, one, two, ())]) == (
        "edit  a -> b\n  key: aaaaaaaaaaaa -> bbbbbbbbbbbb\n  no field that is known differs"
    )


def test_a_recipe_of_which_nothing_is_known_has_no_kind():
    unknown = Recipe("a", ActionKey("a" * 64), None)

    assert between_text([Between(0, unknown, unknown, ())]).startswith("made  a -> a\n")
