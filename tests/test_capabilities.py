import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.capabilities import (
    Rate,
    capabilities_of,
    default_model,
    families,
    known_models,
    known_providers,
    problems,
    size_problem,
)
from assetforge.pipeline import Size

MODEL = capabilities_of("openai", "gpt-image-2")


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-image-2", "gpt-image-2"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("openai/gpt-image-2", "gpt-image-2"),
        ("gpt-image-2.5-flare", "gpt-image-2.5"),
        ("gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5"),
        ("gpt-image-2.6-flare", "gpt-image-2.6"),
        ("gpt-image-1.5-2025-12-16", "gpt-image-1.5"),
        ("chatgpt-image-latest", "gpt-image-1.5"),
        ("gpt-image-1-mini", "gpt-image-1-mini"),
        ("gpt-image-1", "gpt-image-1"),
        (None, "gpt-image-2"),
    ],
)
def test_a_model_name_leads_to_its_family(model, family):
    found = capabilities_of("openai", model)

    assert found.known
    assert found.family == family


def test_a_family_takes_over_what_it_does_not_say_itself():
    newer = capabilities_of("openai", "gpt-image-2.6-flare")

    assert newer.rules == MODEL.rules
    assert newer.price == MODEL.price
    assert newer.qualities == ("low", "medium", "high", "xhigh", "max")
    assert newer.rates_of("low")[0].permille == (3000, 4300)


@pytest.mark.parametrize("provider", ["draft", "blank"])
@pytest.mark.parametrize("model", [None, "anything"])
def test_free_providers_follow_the_size_rules_of_the_real_model(provider, model):
    found = capabilities_of(provider, model)

    assert (found.free, found.price, found.rules) == (True, None, MODEL.rules)
    assert found.version
    assert found.palette == (provider == "draft")


@pytest.mark.parametrize(
    ("provider", "model", "family"),
    [("openai", "gpt-image-9", "gpt-image-9"), ("mine", None, "mine"), ("mine", "m1", "m1")],
)
def test_a_model_without_data_may_do_anything(provider, model, family):
    found = capabilities_of(provider, model)

    assert (found.known, found.family) == (False, family)
    assert size_problem(found, Size(1, 1)) is None
    assert found.rates_of("any") == ()


def test_capabilities_are_one_hashable_value_per_model():
    assert capabilities_of("openai", "gpt-image-2") is capabilities_of("openai", "gpt-image-2")
    assert len({each for each, _ in families()}) == len(families())


def test_only_services_with_models_have_a_default_one():
    assert default_model("openai") == "gpt-image-2"
    assert default_model("draft") is None


def test_known_models_are_names_without_wildcards():
    assert "gpt-image-2.5-flare" in known_models("openai")
    assert known_models("draft") == []
    assert known_providers() == ["blank", "draft", "openai"]


def test_qualities_and_rates_are_the_same_words_cheapest_first():
    for each, _ in families():
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


def told(*args: Any, **more: Any) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity, str(each)) for each in problems(*args, **more)]


def test_a_request_without_fault_has_no_problems():
    assert told(MODEL, "high", size=Size(1024, 1024), images=16, today=date(2026, 11, 21)) == []


def test_a_misspelt_quality_is_named_with_the_nearest_word():
    assert told(MODEL, "hihg") == [
        (
            "unknown-quality",
            "error",
            "'gpt-image-2' has no quality 'hihg'; did you mean 'high'?",
        )
    ]
    assert told(MODEL, "ultra")[0][2].endswith("; choose one of low, medium, high")


@pytest.mark.parametrize("quality", [None, "auto"])
def test_no_quality_is_a_warning_because_the_price_is_open(quality):
    assert [each[:2] for each in told(MODEL, quality)] == [("auto-quality", "warning")]


def test_a_free_provider_takes_any_quality():
    assert told(capabilities_of("draft", None), "anything") == []


def test_an_unknown_model_is_a_warning_with_the_nearest_name():
    assert told(capabilities_of("openai", "gpt-image2")) == [
        (
            "unknown-model",
            "warning",
            "nothing is known about model 'gpt-image2' of provider 'openai'; priced at the worst"
            " known rate; did you mean 'gpt-image-2'?",
        )
    ]
    assert "about provider 'mine';" in told(capabilities_of("mine", None))[0][2]


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 9, 1), []),
        (date(2026, 11, 21), [("model-shutdown-soon", "warning")]),
        (date(2026, 12, 1), [("model-shutdown", "error")]),
        (None, []),
    ],
)
def test_a_shutdown_is_told_before_and_refused_after(today, codes):
    old = capabilities_of("openai", "gpt-image-1.5")

    found = told(old, "low", today=today)

    assert [each[:2] for each in found] == codes
    assert all(each[2].endswith("; use 'gpt-image-2.5-sunburst'") for each in found)


def test_an_illegal_canvas_and_too_many_pictures_are_refused():
    assert told(MODEL, "low", size=Size(1000, 1000))[0][2] == (
        "the canvas 1000x1000 is not legal: both edges must be multiples of 16"
    )
    assert told(MODEL, "low", images=17)[0][0] == "too-many-images"


@given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from([16, 24, 48, 64, 96]))
def test_tokens_are_the_same_both_ways_round_and_round_half_to_even(width, height, grid):
    rate = Rate("any", grid=grid)
    rows = round(grid * min(width, height) / max(width, height))

    assert rate.tokens(Size(width, height)) == rate.tokens(Size(height, width))
    expected = -(-grid * rows * (2_000_000 + width * height) // 4_000_000)
    assert rate.tokens(Size(width, height)) == expected


def test_planning_needs_no_picture_library():
    code = (
        "import sys, assetforge.canvas, assetforge.pricing, assetforge.steps.compose,"
        "assetforge.steps.edit, assetforge.steps.export; assert 'PIL' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
