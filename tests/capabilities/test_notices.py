from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assetforge.capabilities import (
    capabilities_of,
    models_with,
    narrowed,
    notices,
    shutdown_of,
)
from assetforge.pipeline import Model
from assetforge.services import service_of

TODAY = date(2026, 11, 21)
MODEL = capabilities_of("openai", "gpt-image-2")
OLD = capabilities_of("openai", "gpt-image-1.5")
UNKNOWN = capabilities_of("openai", "gpt-image2")


def told(capabilities=MODEL, today=TODAY, **said: Any) -> list[tuple[str, str]]:
    asked = {"quality": "low", **said}
    found = notices(capabilities, asked, today)
    assert all(each.severity == "warning" for each in found)
    return [(each.code, str(each)) for each in found]


def test_a_snapshot_with_a_quality_needs_no_word():
    assert told(model="gpt-image-2-2026-04-21") == []


@pytest.mark.parametrize("prefix", ["", "openai/"])
def test_a_name_that_may_move_is_warned_about_with_the_one_that_stays(prefix):
    assert told(model=f"{prefix}gpt-image-2") == [
        (
            "floating-model",
            f"'{prefix}gpt-image-2' may mean another model some day; "
            f"name the snapshot: '{prefix}gpt-image-2-2026-04-21'",
        )
    ]


def test_a_name_that_a_deployment_stands_for_does_not_move():
    asked = {"model": "gpt-image-2", "quality": "low"}

    assert [each.code for each in notices(MODEL, asked, TODAY)] == ["floating-model"]
    assert notices(MODEL, asked, TODAY, pinned=True) == ()


def test_the_name_of_the_latest_model_moves():
    latest = capabilities_of("openai", "chatgpt-image-latest")

    assert "floating-model" in [code for code, _ in told(latest, model="chatgpt-image-latest")]


def test_a_model_without_a_known_snapshot_is_not_said_to_move():
    assert told(capabilities_of("openai", "gpt-image-2.6-flare"), model="gpt-image-2.6-flare") == []


@pytest.mark.parametrize("quality", [None, "auto"])
def test_no_quality_is_worth_a_word_because_the_price_is_open(quality):
    assert [code for code, _ in told(quality=quality)] == ["auto-quality"]


def test_where_nothing_is_sent_nothing_is_said():
    draft = capabilities_of("draft", None)

    assert told(draft, quality=None, background="transparent") == []


def test_what_costs_nothing_may_move_and_have_any_quality():
    assert told(replace(MODEL, free=True), model="gpt-image-2", quality=None) == []


def test_an_unknown_model_is_named_with_the_nearest_one():
    assert told(UNKNOWN) == [
        (
            "unknown-model",
            "nothing is known about model 'gpt-image2' of provider 'openai'; priced at the worst"
            " known rate; did you mean 'gpt-image-2'?",
        )
    ]
    (_, words), *_ = told(capabilities_of("mine", None))
    assert "about provider 'mine'; priced" in words
    assert words.endswith("say what you know under `models:`")


def test_an_unknown_model_of_a_service_is_named_with_the_service():
    ((_, words),) = told(narrowed(capabilities_of("openai", "grok"), service_of("xai")))

    assert words.startswith("nothing is known about model 'grok' of provider 'xai'")


def test_a_model_of_the_pipeline_file_may_be_the_one_that_was_meant():
    own = models_with({"flux-klein": Model(free=True)})

    (found,) = notices(own.of("openai", "flux-klien"), {}, TODAY, own)

    assert found.help == "did you mean 'flux-klein'?"


def test_a_known_model_may_lack_a_price():
    own = models_with({"mine": Model(max_images=2)})

    (found,) = told(own.of("openai", "mine"))

    assert found[0] == "unknown-price"
    assert found[1].startswith("no price is known of model 'mine'")


def test_an_unknown_model_of_ones_own_server_costs_nothing_and_needs_no_word():
    assert told(narrowed(UNKNOWN, service_of("vllm"))) == []


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 9, 1), []),
        (date(2026, 11, 21), ["model-shutdown-soon"]),
        (date(2026, 12, 1), ["model-shutdown"]),
    ],
)
def test_a_shutdown_is_told_before_and_after(today, codes):
    found = told(OLD, today)

    assert [code for code, _ in found] == codes
    assert all(words.endswith("; use 'gpt-image-2.5-sunburst'") for _, words in found)


def test_a_model_that_is_no_more_is_refused_to_who_has_to_ask_it():
    assert shutdown_of(OLD, date(2026, 11, 30)) is None
    assert str(shutdown_of(OLD, date(2026, 12, 1))) == (
        "'gpt-image-1.5' was shut down on 2026-12-01; use 'gpt-image-2.5-sunburst'"
    )
    assert shutdown_of(MODEL, date(2999, 1, 1)) is None
    bare = replace(OLD, replacement=None)
    assert str(shutdown_of(bare, date(2027, 1, 1))).endswith("on 2026-12-01")


def test_a_preview_is_said_to_be_one():
    assert [code for code, _ in told(background="transparent")] == ["transparency-preview"]
    assert told(OLD, date(2026, 1, 1), background="transparent") == []
