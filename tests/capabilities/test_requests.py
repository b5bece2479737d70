from dataclasses import replace
from typing import Any

import pytest

from assetforge.capabilities import Refusal, capabilities_of, narrowed, refusals
from assetforge.services import service_of

MODEL = capabilities_of("openai", "gpt-image-2")
AZURE = narrowed(MODEL, service_of("azure"))
XAI = narrowed(capabilities_of("openai", "grok"), service_of("xai"))
GEMINI = narrowed(capabilities_of("openai", "gemini"), service_of("gemini"))


def told(capabilities=MODEL, images: int = 0, **said: Any) -> tuple[Refusal, ...]:
    asked = {"prompt": "x", "size": [1024, 1024], **said}
    return refusals(capabilities, asked, images)


def test_a_request_without_fault_is_not_refused():
    asked = {
        "quality": "high",
        "background": "transparent",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "mask": True,
        "extra": {"user": "me"},
    }

    assert told(images=16, **asked) == ()


def test_a_misspelt_quality_is_named_with_the_nearest_word():
    assert told(quality="hihg") == (
        Refusal(
            "unknown-quality",
            "'gpt-image-2' has no quality 'hihg'",
            "quality",
            "did you mean 'high'?",
        ),
    )
    assert told(quality="ultra")[0].advice == "choose one of low, medium, high"


@pytest.mark.parametrize("quality", [None, "auto"])
def test_no_quality_is_not_refused(quality):
    assert told(quality=quality) == ()


def test_a_local_provider_takes_any_quality_and_prompt():
    draft = capabilities_of("draft", None)

    assert told(draft, quality="anything", prompt="x" * 32_001) == ()


def one(capabilities=MODEL, images: int = 0, **said: Any) -> tuple[str, str | None, str]:
    (refusal,) = told(capabilities, images, **said)
    return refusal.code, refusal.parameter, refusal.message


def test_an_illegal_canvas_is_refused():
    assert one(size=[1000, 1000]) == (
        "illegal-size",
        None,
        "the canvas 1000x1000 is not legal: both edges must be multiples of 16",
    )


def test_a_prompt_is_as_long_as_the_service_takes_it():
    assert told(prompt="x" * 32_000) == ()
    assert one(prompt="x" * 32_001) == (
        "prompt-too-long",
        "prompt",
        "the prompt has 32,001 characters, the most are 32,000",
    )


def test_a_transparent_background_needs_a_format_model_and_service_that_have_it():
    assert one(background="transparent", output_format="jpeg")[:2] == (
        "transparent-jpeg",
        "background",
    )
    assert told(background="opaque", output_format="jpeg") == ()
    assert one(AZURE, background="transparent")[2] == "'azure' makes no transparent backgrounds"
    assert one(replace(MODEL, transparent="no"), background="transparent")[2].startswith(
        "'gpt-image-2'"
    )
    assert told(replace(MODEL, transparent=None), background="transparent") == ()


def test_a_format_is_one_that_the_service_sends():
    assert one(AZURE, output_format="webp") == (
        "unknown-format",
        "output_format",
        "'azure' sends no 'webp'",
    )
    assert told(replace(MODEL, formats=()), output_format="webp") == ()


@pytest.mark.parametrize("said", [{}, {"output_format": "png"}])
def test_a_png_has_no_compression(said):
    assert one(output_compression=50, **said)[:2] == ("png-compression", "output_compression")


@pytest.mark.parametrize("name", ["mask", "region"])
def test_part_of_a_picture_is_changed_only_by_who_can(name):
    asked: dict[str, Any] = {name: True}

    assert one(XAI, **asked)[:2] == ("no-mask", name)


def test_a_parameter_that_would_not_arrive_is_refused():
    assert one(AZURE, moderation="low") == (
        "unknown-parameter",
        "moderation",
        "'azure' takes no `moderation`",
    )


def test_a_quality_that_would_not_arrive_is_worth_a_word():
    """It does no harm, and steps that name one are shared by profiles that take it."""
    (found,) = told(XAI, quality="high")

    assert (found.code, found.parameter, found.severity) == ("not-sent", "quality", "warning")
    assert found.message == "'xai' takes no `quality`: it is not sent"


def test_a_background_is_refused_once_by_who_takes_none():
    assert one(XAI, background="transparent")[:2] == ("unknown-parameter", "background")


@pytest.mark.parametrize("name", ["response_format", "style", "seed", "input_fidelity"])
def test_a_parameter_that_never_was_is_refused(name):
    assert one(extra={name: "x", "user": "me"}) == (
        "unknown-parameter",
        f"extra.{name}",
        f"'gpt-image-2' has no parameter '{name}'",
    )
    assert told(XAI, extra={name: "x"}) == ()


def test_pictures_are_counted_where_any_are_taken():
    assert one(images=17) == (
        "too-many-images",
        "references",
        "'gpt-image-2' takes at most 16 pictures, not 17",
    )
    assert one(XAI, images=4)[2] == "'xai' takes at most 3 pictures, not 4"
    assert one(GEMINI, images=1)[:2] == ("no-edits", "references")


def test_all_that_would_be_refused_is_told():
    found = told(images=17, quality="x", size=[1, 1])

    assert [each.code for each in found] == ["unknown-quality", "illegal-size", "too-many-images"]
