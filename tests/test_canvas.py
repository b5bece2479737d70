from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetforge.canvas import (
    CROP_SLACK,
    PRICE_SLACK,
    allows_any,
    canvas_for,
    canvas_plan,
    crop_loss,
    upscale,
)
from assetforge.capabilities import (
    capabilities_of,
    families,
    models_with,
    narrowed,
    size_problem,
)
from assetforge.pipeline import Model, Size
from assetforge.services import known_services, service_of

MODEL = capabilities_of("openai", "gpt-image-2")
FIXED = capabilities_of("openai", "gpt-image-1.5")
UNKNOWN = capabilities_of("openai", "gpt-image-9")
MODELS = [*(each.capabilities for each in families()), UNKNOWN]
LEGAL = [
    Size(width, height)
    for width in range(16, 3841, 16)
    for height in range(16, 3841, 16)
    if size_problem(MODEL, Size(width, height)) is None
]

edges = st.integers(1, 3840) | st.sampled_from([64, 628, 1080, 1200, 1920, 2160, 3840])
any_edges = st.integers(1, 16_384)
qualities = st.sampled_from(["low", "medium", "high", None])


def sizes(edge: st.SearchStrategy[int]) -> st.SearchStrategy[list[Size]]:
    return st.lists(st.builds(Size, edge, edge), min_size=1, max_size=3)


def need(wanted: list[Size]) -> Size:
    return Size(max(each.width for each in wanted), max(each.height for each in wanted))


def shape(wanted: list[Size]) -> Size:
    return max(wanted, key=lambda size: size.width * size.height)


@pytest.mark.parametrize(
    ("wanted", "canvas"),
    [
        ("1024x1024", "1024x1024"),
        ("512x512", "816x816"),
        ("64x64", "816x816"),
        ("1080x1080", "1088x1088"),
        ("1920x1080", "1920x1088"),
        ("1080x1920", "1088x1920"),
        ("1200x628", "1200x640"),
        ("3840x2160", "3840x2160"),
        ("4096x4096", "2880x2880"),
        ("6000x1000", "3840x1280"),
    ],
)
@pytest.mark.parametrize("quality", ["medium", "high", None])
def test_well_known_sizes_have_the_canvas_one_would_choose_by_hand(wanted, canvas, quality):
    assert str(canvas_for([Size.parse(wanted)], MODEL, quality)) == canvas


def test_rounding_that_saves_a_tenth_is_worth_another_canvas():
    assert canvas_for([Size(1200, 628)], MODEL, "low") == Size(1216, 640)
    assert MODEL.rates_of("low")[0].tokens(Size(1200, 640)) == 100
    assert MODEL.rates_of("low")[0].tokens(Size(1216, 640)) == 89


def test_a_draft_has_the_canvas_of_the_final_picture():
    draft = capabilities_of("draft", None)

    for wanted in (Size(1200, 628), Size(1080, 1920), Size(300, 250)):
        assert canvas_for([wanted], draft) == canvas_for([wanted], MODEL, "high")


def test_nothing_wanted_is_a_square():
    assert canvas_for([], MODEL) == Size(1024, 1024)


def test_several_sizes_share_a_canvas_of_the_largest_ones_shape():
    plan = canvas_plan([Size(1200, 628), Size(1080, 1920)], MODEL, "high")

    assert plan.size == Size(1200, 2096)
    assert plan.notes == ("1200x628 cuts 70 % off the 1200x2096 canvas",)


def test_a_size_beyond_every_canvas_is_scaled_up_and_says_so():
    plan = canvas_plan([Size(4096, 4096)], MODEL)

    assert plan.upscale_permille == 1423
    assert plan.notes == (
        "no legal canvas is large enough: scaled up 1.42 times",
        "canvases above 3686400 pixels are experimental",
    )


def test_a_free_provider_is_not_warned_about_experimental_canvases():
    assert canvas_plan([Size(3840, 2160)], capabilities_of("blank", None)).notes == ()


@pytest.mark.parametrize(
    ("wanted", "canvas", "permille"),
    [
        ("64x64", "1024x1024", 1000),
        ("1200x628", "1536x1024", 1000),
        ("1080x1080", "1024x1024", 1055),
        ("100x300", "1024x1536", 1000),
    ],
)
def test_a_model_with_fixed_sizes_gives_the_one_that_fits_best(wanted, canvas, permille):
    plan = canvas_plan([Size.parse(wanted)], FIXED, "high")

    assert (str(plan.size), plan.upscale_permille) == (canvas, permille)


def test_an_unknown_model_is_asked_for_exactly_what_is_wanted():
    assert canvas_for([Size(123, 45)], UNKNOWN) == Size(123, 45)
    assert canvas_for([Size(100, 50), Size(40, 80)], UNKNOWN) == Size(100, 80)


@settings(deadline=None)
@given(sizes(any_edges), qualities)
@example([Size(1, 16_384)], "low")
@example([Size(16_384, 16_384), Size(1, 1)], None)
def test_every_canvas_is_legal(wanted, quality):
    assert size_problem(MODEL, canvas_for(wanted, MODEL, quality)) is None
    assert size_problem(FIXED, canvas_for(wanted, FIXED, quality)) is None


@settings(deadline=None)
@given(sizes(edges), qualities)
def test_a_canvas_covers_every_size_or_no_legal_one_does(wanted, quality):
    plan = canvas_plan(wanted, MODEL, quality)
    least = need(wanted)

    covered = plan.size.width >= least.width and plan.size.height >= least.height
    assert covered == (plan.upscale_permille == 1000)
    assert covered == any(
        each.width >= least.width and each.height >= least.height for each in LEGAL
    )


@settings(max_examples=15, deadline=None)
@given(sizes(any_edges), qualities)
@example([Size(1024, 1024)], "medium")
@example([Size(6000, 1000)], "high")
@example([Size(1200, 628), Size(300, 600)], "low")
def test_no_legal_canvas_is_better_by_the_rule(wanted, quality):
    """The three rules of `assetforge.canvas`, followed over all legal canvases one by one."""
    largest, rate = shape(wanted), MODEL.rates_of(quality)[-1]
    factors = {each: upscale(each, [need(wanted)]) for each in LEGAL}
    smallest = min(factors.values())
    covering = [each for each in LEGAL if factors[each] == smallest]
    least = min(crop_loss(each, largest) for each in covering)
    close = [each for each in covering if crop_loss(each, largest) <= least + CROP_SLACK]
    cheapest = min(map(rate.tokens, close))
    affordable = [each for each in close if rate.tokens(each) * 100 <= cheapest * PRICE_SLACK]

    canvas = canvas_for(wanted, MODEL, quality)
    if canvas == need(wanted) == largest:
        return
    assert canvas in affordable
    assert canvas.width * canvas.height == min(each.width * each.height for each in affordable)


def test_crop_loss_is_none_for_the_same_shape_and_counts_both_directions():
    assert crop_loss(Size(1600, 900), Size(16, 9)) == 0
    assert crop_loss(Size(200, 100), Size(50, 50)) == 500_000
    assert crop_loss(Size(100, 200), Size(50, 50)) == 500_000


def test_upscale_is_that_of_the_worst_served_size():
    assert upscale(Size(100, 100), [Size(50, 50), Size(100, 150)]) == Fraction(3, 2)
    assert upscale(Size(100, 100), [Size(100, 100)]) == 1


def test_a_model_without_token_rates_has_the_smallest_canvas_that_covers():
    known = models_with(
        {
            "free": Model.model_validate({"sizes": {"max_edge": 4096}}),
            "listed": Model.model_validate({"sizes": ["2048x2048", "1024x1024", "1024x512"]}),
        }
    )

    assert canvas_for([Size(1000, 1000)], known.of("openai", "free")) == Size(1008, 1008)
    assert canvas_for([Size(1000, 1000)], known.of("openai", "listed")) == Size(1024, 1024)
    assert canvas_for([Size(4096, 4096)], known.of("openai", "listed")) == Size(2048, 2048)


EDGES = st.integers(16, 4096)
RULES = st.fixed_dictionaries(
    {"max_edge": EDGES},
    optional={
        "multiple": st.sampled_from([8, 16, 32, 64, 1000]),
        "max_ratio": st.integers(1, 5),
        "min_pixels": st.integers(1, 2_000_000),
        "max_pixels": st.integers(1, 9_000_000),
    },
)


@given(RULES, st.lists(st.builds(Size, st.integers(1, 5000), st.integers(1, 5000)), max_size=3))
@settings(max_examples=60, deadline=None)
def test_whatever_the_rules_a_canvas_is_legal_if_there_is_any(rules, wanted):
    model = models_with({"mine": Model.model_validate({"sizes": rules})}).of("openai", "mine")

    assert model.rules is not None
    if allows_any(model.rules):
        assert size_problem(model, canvas_for(wanted, model)) is None


@pytest.mark.parametrize("service", known_services())
@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.family)
def test_every_model_has_a_canvas_at_every_service(model, service):
    reached = narrowed(model, service_of(service))

    for wanted in ([], [Size(1200, 628)], [Size(90, 728), Size(5000, 5000)]):
        assert size_problem(reached, canvas_for(wanted, reached)) is None
