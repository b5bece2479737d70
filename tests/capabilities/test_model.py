import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.capabilities import Capabilities, Rate, capabilities_of, families, size_problem
from assetforge.pipeline import Size

MODEL = capabilities_of("openai", "gpt-image-2")


def test_qualities_and_rates_are_the_same_words_cheapest_first():
    for each in (family.capabilities for family in families()):
        tokens = [rate.tokens(Size(1024, 1024)) for rate in each.rates]
        assert tokens == sorted(tokens)
        assert each.free or tuple(rate.quality for rate in each.rates) == each.qualities


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ("1024x640", None),
        ("3840x2160", None),
        ("2880x2880", None),
        ("1440x480", None),
        ("816x816", None),
        ("1920x1080", "both edges must be multiples of 16"),
        ("3856x2160", "the longer edge must be at most 3840 pixels"),
        ("1456x480", "the edges must be at most 3:1"),
        ("800x800", "it must have from 655360 to 8294400 pixels"),
        ("2896x2880", "it must have from 655360 to 8294400 pixels"),
    ],
)
def test_the_size_rules_are_those_of_the_reference(size, reason):
    assert size_problem(MODEL, Size.parse(size)) == reason


def test_a_model_with_fixed_sizes_names_them():
    fixed = capabilities_of("openai", "gpt-image-1.5")

    assert size_problem(fixed, Size(1024, 1536)) is None
    assert size_problem(fixed, Size(1024, 1040)) == (
        "'gpt-image-1.5' makes only 1024x1024, 1024x1536, 1536x1024"
    )


@given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from([16, 24, 48, 64, 96]))
def test_tokens_are_the_same_both_ways_round_and_round_half_to_even(width, height, grid):
    rate = Rate("any", grid=grid)
    rows = round(grid * min(width, height) / max(width, height))

    assert rate.tokens(Size(width, height)) == rate.tokens(Size(height, width))
    expected = -(-grid * rows * (2_000_000 + width * height) // 4_000_000)
    assert rate.tokens(Size(width, height)) == expected


def test_a_price_is_nothing_an_amount_a_picture_or_tokens_that_can_be_counted():
    bare = Capabilities("openai", "mine")

    assert not bare.priced
    assert not Capabilities("openai", "mine", price=MODEL.price).priced
    assert not Capabilities("openai", "mine", rates=MODEL.rates).priced
    assert Capabilities("openai", "mine", free=True).priced
    assert Capabilities("openai", "mine", per_image=0).priced
    assert MODEL.priced
