"""The formulas against the published tables, and against the planner's own."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assetforge.capabilities import families, judge_rate, judge_rates
from assetforge.emulator.call import Call, order_of
from assetforge.emulator.rules import model_named
from assetforge.emulator.tokens import (
    chat_microdollars,
    chat_usage,
    image_tokens,
    microdollars,
    output_tokens,
    patches,
    seen_tokens,
    text_tokens,
    tiles,
    usage_of,
)
from assetforge.judge_pricing import cost_of_judging, price_of_judging
from assetforge.pipeline import Size
from assetforge.providers.base import JudgeRequest

FAMILIES = {each.family: each for each, _ in families()}
RATES = {(name, rate.quality): rate for name, each in FAMILIES.items() for rate in each.rates}

TABLE = {
    "1024x1024": (196, 1756, 7024),
    "1536x1024": (158, 1372, 5488),
    "1024x1536": (158, 1372, 5488),
    "1024x640": (107, 956, 3824),
    "1280x720": (106, 947, 3787),
    "1536x864": (120, 1078, 4312),
    "1792x1024": (139, 1243, 5063),
    "1920x1088": (148, 1325, 5300),
    "2048x1152": (157, 1413, 5650),
    "2048x2048": (397, 3568, 14272),
    "2560x1440": (205, 1843, 7370),
    "2880x2880": (659, 5930, 23719),
    "3840x2160": (371, 3336, 13342),
    "1440x480": (54, 517, 2067),
}
"""Size → low, medium, high of gpt-image-2. Source: OpenAI's cost calculator, 2026-09."""

LATER = {
    "1024x1024": (196, 439, 1756, 3122, 7024),
    "1024x640": (107, 239, 956, 1700, 3824),
    "1792x1024": (139, 323, 1243, 2271, 5063),
    "2880x2880": (659, 1483, 5930, 10542, 23719),
    "1440x480": (54, 130, 517, 905, 2067),
}
"""The same of gpt-image-2.5, which has five qualities."""


@pytest.mark.parametrize("size", TABLE)
def test_output_tokens_of_gpt_image_2(size):
    rates = [RATES["gpt-image-2", each] for each in ("low", "medium", "high")]

    assert tuple(output_tokens(rate, Size.parse(size)) for rate in rates) == TABLE[size]


@pytest.mark.parametrize("size", LATER)
def test_output_tokens_of_gpt_image_2_5(size):
    qualities = ("low", "medium", "high", "xhigh", "max")
    rates = [RATES["gpt-image-2.5", each] for each in qualities]

    assert tuple(output_tokens(rate, Size.parse(size)) for rate in rates) == LATER[size]


@pytest.mark.parametrize(
    ("size", "tokens"), [("1024x1024", 4160), ("1024x1536", 6240), ("1536x1024", 6208)]
)
def test_output_tokens_of_fixed_sizes(size, tokens):
    assert output_tokens(RATES["gpt-image-1.5", "high"], Size.parse(size)) == tokens


@given(
    st.sampled_from(["gpt-image-2", "gpt-image-2.5", "gpt-image-2.6"]),
    st.integers(1, 240),
    st.integers(1, 240),
    st.data(),
)
def test_the_planner_s_bounds_hold_what_is_counted(family, across, down, data):
    """Two formulas written apart from each other; the one is the check of the other."""
    assume(max(across, down) <= 3 * min(across, down))
    rate = data.draw(st.sampled_from([each for (name, _), each in RATES.items() if name == family]))
    size = Size(16 * across, 16 * down)

    low, high = rate.bounds(size)
    assert low <= output_tokens(rate, size) <= high
    if family != "gpt-image-2.6":
        assert low == output_tokens(rate, size) == high


@pytest.mark.parametrize(
    ("size", "tokens"),
    [((1024, 1024), 1024), ((1536, 1024), 1536), ((341, 512), 704), ((1179, 2556), 1482)],
)
def test_pictures_that_go_in_are_counted_as_users_saw(size, tokens):
    """Source: community.openai.com/t/1382940."""
    assert patches(*size) == tokens


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_no_picture_that_goes_in_is_more_than_its_budget(width, height):
    assert 1 <= patches(width, height) <= 1536


def test_older_models_count_tiles():
    capabilities = FAMILIES["gpt-image-1.5"]

    assert tiles(1024, 1024) == 65 + 129
    assert tiles(1536, 1024) == 65 + 2 * 129
    assert image_tokens(capabilities, Size(1024, 1024), "high") == 65 + 129 + 4160
    assert image_tokens(capabilities, Size(1024, 1536), "high") == 65 + 2 * 129 + 6240
    assert image_tokens(FAMILIES["gpt-image-2"], Size(1024, 1024), "low") == 1024


@pytest.mark.parametrize(
    ("prompt", "tokens"), [("four", 7), ("fives", 8), ("漢字", 8), ("漢字 abcd", 10), ("é", 7)]
)
def test_words_are_counted_by_a_rule_of_thumb(prompt, tokens):
    assert text_tokens(prompt, with_images=False) == tokens
    assert text_tokens(prompt, with_images=True) == tokens + 16


def order(**fields):
    said = {"model": "gpt-image-2", "prompt": "four", "size": "1024x1024", "quality": "low"}
    return order_of(Call("generations", "json", said | fields))


def test_usage_of_one_picture():
    assert usage_of(order(), [], details=True) == {
        "input_tokens": 7,
        "output_tokens": 196,
        "total_tokens": 203,
        "input_tokens_details": {"text_tokens": 7, "image_tokens": 0},
        "output_tokens_details": {"image_tokens": 196, "text_tokens": 0},
    }


def test_what_goes_in_is_counted_for_each_picture_that_comes_out():
    usage = usage_of(order(n=3), [Size(1024, 1024), Size(341, 512)], details=False)

    assert usage["input_tokens_details"] == {"text_tokens": 21, "image_tokens": 3 * 1728}
    assert usage["output_tokens"] == 3 * 196
    assert "output_tokens_details" not in usage


def test_each_preview_is_100_tokens_and_a_stream_gives_no_details():
    usage = usage_of(order(stream=True, partial_images=2), [], details=True)

    assert usage["output_tokens"] == 196 + 200
    assert "output_tokens_details" not in usage


def test_a_cost_is_rounded_up_to_whole_microdollars_and_a_batch_is_half():
    usage = usage_of(order(), [Size(1024, 1024)], details=False)
    price = FAMILIES["gpt-image-2"].price
    assert price is not None
    exact = 7 * 5 + 1024 * 8 + 196 * 30  # microdollars, at 5, 8 and 30 dollars a million

    assert microdollars(usage, price) == exact
    assert microdollars(usage, price, batch=True) == -(-exact // 2)


def test_every_quality_of_every_model_is_counted():
    for name in {
        pattern.rstrip("*") for each, names in families() for pattern in names if each.price
    }:
        model = model_named(name)
        assert model is not None
        for quality in model.capabilities.qualities:
            assert usage_of(order(model=name, quality=quality), [], details=False)


@given(
    st.sampled_from(judge_rates()),
    st.integers(1, 2048),
    st.integers(1, 2048),
    st.text(max_size=50),
)
def test_the_planner_s_bounds_hold_what_a_judge_is_counted(rate, across, down, words):
    asked = JudgeRequest(rate.name, words, {}, 100)
    usage = chat_usage(rate, [Size(across, down)], words + "{}", "equal " * 30)
    cost = price_of_judging(asked, Size(across, down), rate)

    assert cost_of_judging(rate, usage) == chat_microdollars(usage, rate)
    assert cost.low <= chat_microdollars(usage, rate) <= cost.high


def test_pictures_that_a_judge_looks_at_are_counted_as_the_guide_says():
    """OpenAI's vision guide, read 2026-11-22: its own examples."""
    squares, tiles = judge_rate("gpt-4.1-mini"), judge_rate("gpt-4.1")

    assert seen_tokens(squares, Size(1024, 1024)) == 1659  # 1024 squares
    assert seen_tokens(squares, Size(1800, 2400)) == 2353  # 1452 squares
    assert seen_tokens(tiles, Size(1024, 1024)) == 765  # 4 tiles
    assert seen_tokens(tiles, Size(2048, 4096)) == 1105  # 6 tiles
