import pytest

from assetforge.review.history import is_for


@pytest.mark.parametrize(
    ("action", "is_it"),
    [
        ("banner/edit", True),
        ("banner/wide/edit", True),
        ("banner/de/edit", True),
        ("banner/wide/de/edit", True),
        ("banner/wide/de/edit/1200x640.png", True),
        ("banner/wide/de/edit@2", True),
        ("banner/fr/edit", False),
        ("banner/de/wide/edit", False),
        ("banner/wide/de/de/edit", False),
        ("poster/wide/de/edit", False),
    ],
)
def test_an_action_is_for_a_variant_that_has_all_values_of_its_name(action, is_it):
    assert is_for(action, "edit", "banner/wide/de") is is_it


def test_a_value_may_be_called_as_the_step():
    assert is_for("banner/edit/edit", "edit", "banner/edit")
