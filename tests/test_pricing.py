from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.capabilities import Capabilities, capabilities_of, models_with
from assetforge.digest import Json
from assetforge.pipeline import Model, Size
from assetforge.pricing import (
    PARTIAL,
    PATCHES,
    Cost,
    cost_of_usage,
    input_tokens,
    microdollars,
    output_tokens,
    price_of,
    text_tokens,
    usd,
)

GPT2 = capabilities_of("openai", "gpt-image-2")
GPT25 = capabilities_of("openai", "gpt-image-2.5-flare")
GPT26 = capabilities_of("openai", "gpt-image-2.6-flare")

# reference/image-api.md 2.3, every row: gpt-image-2 low medium high; 2.5 low ... max
TOKENS = """
1024x1024  196 1756 7024   196 439 1756 3122 7024
1536x1024  158 1372 5488   158 343 1372 2459 5488
1024x1536  158 1372 5488   158 343 1372 2459 5488
1024x640   107 956 3824    107 239 956 1700 3824
1280x720   106 947 3787    106 246 947 1683 3787
1536x864   120 1078 4312   120 280 1078 1917 4312
1792x1024  139 1243 5063   139 323 1243 2271 5063
1920x1088  148 1325 5300   148 344 1325 2356 5300
2048x1152  157 1413 5650   157 367 1413 2511 5650
2048x2048  397 3568 14272  397 892 3568 6343 14272
2560x1440  205 1843 7370   205 478 1843 3276 7370
2880x2880  659 5930 23719  659 1483 5930 10542 23719
3840x2160  371 3336 13342  371 865 3336 5930 13342
1440x480   54 517 2067     54 130 517 905 2067
"""
ROWS = [line.split() for line in TOKENS.strip().splitlines()]

# reference/image-api.md 2.2: the tokens of the models with fixed sizes.
FIXED = {"low": (272, 408, 400), "medium": (1056, 1584, 1568), "high": (4160, 6240, 6208)}


def request(prompt: str = "", **more: Json) -> dict[str, Json]:
    return {
        "provider": "openai",
        "model": "gpt-image-2",
        "quality": "high",
        "prompt": prompt,
        "size": [1024, 1024],
        **more,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_output_tokens_are_those_of_the_reference(row):
    size, *tokens = Size.parse(row[0]), *map(int, row[1:])

    assert [output_tokens(GPT2, each, size)[0] for each in GPT2.qualities] == tokens[:3]
    assert [output_tokens(GPT25, each, size)[1] for each in GPT25.qualities] == tokens[3:]


@pytest.mark.parametrize("quality", FIXED)
def test_output_tokens_of_fixed_sizes_go_by_orientation(quality):
    model = capabilities_of("openai", "gpt-image-1.5")
    sizes = (Size(1024, 1024), Size(1024, 1536), Size(1536, 1024))

    assert tuple(output_tokens(model, quality, each)[0] for each in sizes) == FIXED[quality]


def test_output_tokens_of_a_model_without_a_formula_are_bounds():
    low, high = output_tokens(GPT26, "low", Size(1536, 1024))

    assert low <= 664 <= high  # measured by a reseller, image-api.md 2.3
    low, high = output_tokens(GPT26, "high", Size(1536, 1024))
    assert low <= 1353 <= high


def test_output_tokens_without_a_quality_span_all_of_them():
    assert output_tokens(GPT2, None, Size(1024, 1024)) == (196, 7024)
    assert output_tokens(GPT2, "auto", Size(1024, 1024)) == (196, 7024)


@pytest.mark.parametrize(
    ("size", "tokens"),
    [("1024x1024", 1024), ("1536x1024", 1536), ("341x512", 704), ("1179x2556", 1482)],
)
def test_input_tokens_are_those_that_were_billed(size, tokens):
    """reference/image-api.md 2.4: all matched to reported usage."""
    assert input_tokens(GPT2, Size.parse(size)) == (tokens, tokens)


@given(st.integers(1, 16_384), st.integers(1, 16_384))
def test_no_input_picture_is_more_than_the_ceiling(width, height):
    low, high = input_tokens(GPT2, Size(width, height))
    assert 1 <= low == high <= PATCHES
    low, high = input_tokens(GPT25, Size(width, height))
    assert low <= high == PATCHES


def test_input_tokens_of_older_models_are_counted_in_tiles():
    old, mini = (capabilities_of("openai", f"gpt-image-1{each}") for each in (".5", "-mini"))

    assert input_tokens(mini, Size(1024, 1024)) == (194, 194)
    assert input_tokens(old, Size(1024, 1024)) == (194, 194 + 4160)
    assert input_tokens(old, Size(1536, 1024)) == (323, 323 + 6240)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A lighthouse at dawn, seen from the sea", 39 // 4),
        ("夏のセール開催中", 8),
        ("50 % off", 8 // 4),
        ("", 0),
    ],
)
def test_the_bounds_of_text_hold_the_rule_of_thumb(text, tokens):
    """reference/image-api.md 2.4: bytes / 4 in Latin, one for a Chinese sign; 6 and 22 more."""
    low, high = text_tokens(text, with_images=False)
    assert low <= tokens + 6 <= high
    low, high = text_tokens(text, with_images=True)
    assert low <= tokens + 22 <= high


@given(st.text())
def test_text_has_bounds_in_every_script(text):
    low, high = text_tokens(text, with_images=False)

    assert 0 < low <= high <= len(text.encode()) + 12


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("international responsibility", 2),
        ("don't, it's don’t", 3),
        ("HeLLo_World", 2),
        ("mp3 12345 1 234", 1 + 2 + 1 + 1),
        ("नमस्ते दुनिया", 2),
        ("夏のセール開催中！", 1),
        ("سلام، دنیا", 2),
        ("1²2 ²2", 2),
        ('”."» — ... 🎉 🎉', 0),
        ("a\u00a0b\u3000c\nd", 4),
    ],
)
def test_a_text_has_a_token_for_every_word_at_least(text, words):
    assert text_tokens(text, with_images=False)[0] == 4 + words


SPACES = st.text(" .,-:;!?\n", min_size=1, max_size=3)
WORD = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Mc"]), min_size=1, max_size=9)


@given(st.lists(st.tuples(WORD, SPACES)))
def test_no_text_has_more_tokens_at_least_than_it_has_words(pairs):
    """What stands between spaces is one piece or more for the tokenizer, whatever the script."""
    text = "".join(word + space for word, space in pairs)

    low, _ = text_tokens(text, with_images=False)

    assert low - 4 <= len(pairs)


def test_a_prompt_with_a_broken_surrogate_still_has_a_price():
    assert price_of(request("\ud800")).high > 0


def test_the_price_is_the_official_one_plus_the_words():
    """reference/image-api.md 2.2: $0.211, of which 7,024 tokens are the picture."""
    cost = price_of(request())

    assert cost == Cost(210_720 + 4 * 5, 210_720 + 12 * 5)
    assert cost.notes == ()


def test_input_pictures_are_paid_each():
    assert (
        price_of(request(), [Size(1024, 1024)] * 2).low - price_of(request()).low
        == 2 * 1024 * 8 + (16 - 4) * 5
    )


@pytest.mark.parametrize("provider", ["draft", "blank"])
def test_free_providers_cost_nothing(provider):
    assert price_of({"provider": provider, "prompt": "x", "size": [1024, 1024]}) == Cost(0, 0)


def test_an_unknown_model_has_the_worst_known_price_and_says_so():
    known = [price_of(request(model=each)) for each in ("gpt-image-2", "gpt-image-1")]
    unknown = price_of(request(model="gpt-image-9", quality="low"))

    assert unknown.low == unknown.high >= max(each.high for each in known)
    assert unknown.notes == ("'gpt-image-9' is not known: priced at the worst known rate",)
    assert price_of({"provider": "mine", "prompt": "", "size": [64, 64]}).high > 0


def test_the_worst_known_rate_may_be_that_of_the_pipeline_file():
    dear = models_with({"dear": Model(per_image=Decimal(7)), "gift": Model(free=True)})

    assert price_of(request(model="gpt-image-9"), models=dear).high == 7_000_000


def test_a_picture_may_have_a_price_of_its_own():
    own = models_with({"mine": Model(per_image=Decimal("0.02"))}).of("openai", "mine")

    assert price_of(request("x" * 999), [Size(64, 64)], own) == Cost(20_000, 20_000)


def test_a_model_without_a_price_is_as_dear_as_the_worst():
    bare = Capabilities("openai", "mine", max_images=3)

    cost = price_of(request(), (), bare)

    assert cost == price_of(request(model="gpt-image-9"))
    assert cost.notes == ("'mine' has no known price: priced at the worst known rate",)


def test_each_preview_may_come_and_be_paid():
    """OpenAI image generation guide: 100 output tokens each; fewer than asked for may arrive."""
    without, more = price_of(request()), price_of(request(), partial_images=3)

    assert more == Cost(without.low, without.high + 3 * PARTIAL * 30)


def test_a_quality_that_a_service_does_not_hear_of_decides_no_price():
    deaf = replace(GPT2, parameters=frozenset({"size"}))

    assert price_of(request(quality="low"), (), deaf) == price_of(request(quality=None), (), GPT2)


def test_a_mask_adds_nothing_and_takes_nothing_away():
    picture = Size(1024, 1024)

    assert price_of(request(mask=True), [picture]) == price_of(request(), [picture])


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1-mini"])
@given(width=st.integers(1, 4000), height=st.integers(1, 4000))
def test_a_picture_of_unknown_size_counts_as_any(model, width, height):
    capabilities = capabilities_of("openai", model)
    size = Size(width, min(max(height, width // 3 + 1), 3 * width))
    low, high = input_tokens(capabilities, None)

    fewest, most = input_tokens(capabilities, size)

    assert low <= fewest <= most <= high


USAGE: dict[str, Json] = {
    "input_tokens": 1041,
    "output_tokens": 196,
    "input_tokens_details": {"text_tokens": 17, "image_tokens": 1024},
}


def test_what_a_service_counted_is_what_is_paid():
    assert cost_of_usage(GPT2, USAGE) == 17 * 5 + 1024 * 8 + 196 * 30


def test_what_is_not_told_apart_is_taken_for_pictures():
    assert cost_of_usage(GPT2, {"input_tokens": 10, "output_tokens": 1}) == 10 * 8 + 30


@pytest.mark.parametrize(
    "usage",
    [
        {},
        {"output_tokens": 196},
        {"input_tokens": 1, "output_tokens": "many"},
        {"input_tokens": -1, "output_tokens": 196},
        {"input_tokens": True, "output_tokens": 196},
    ],
)
def test_who_does_not_count_does_not_tell_the_price(usage):
    assert cost_of_usage(GPT2, usage) is None


def test_what_is_not_billed_by_tokens_needs_no_count():
    own = models_with({"mine": Model(per_image=Decimal("0.02"))}).of("openai", "mine")

    assert cost_of_usage(own, {}) == 20_000
    assert cost_of_usage(capabilities_of("draft", None), {}) == 0
    assert cost_of_usage(capabilities_of("openai", "gpt-image-9"), USAGE) is None


def test_what_is_uncertain_is_noted():
    assert price_of(request(quality=None)).notes == (
        "'gpt-image-2' without a quality: from 'low' to the best",
    )
    assert price_of(request(quality="ultra")).notes == (
        "'gpt-image-2' of quality 'ultra': from 'low' to the best",
    )
    assert price_of(request(model="gpt-image-2.6-flare"), [Size(64, 64)]).notes == (
        "'gpt-image-2.6': how it counts its output is only roughly known",
        "'gpt-image-2.6': how it counts input pictures is only roughly known",
    )


def test_costs_add_up_and_keep_each_note_once():
    one, two = Cost(1, 2, ("a",)), Cost(10, 20, ("b", "a"))

    assert one + two == Cost(11, 22)
    assert (one + two).notes == ("a", "b")
    assert sum([one, one], Cost()).notes == ("a",)
    assert (one + one).notes == ("a",)


def test_tokens_are_rounded_up_once_for_the_whole_request():
    price = capabilities_of("openai", "gpt-image-1-mini").price

    assert price is not None
    assert microdollars(price, image=1) == 3
    assert microdollars(price, image=2) == 5
    assert microdollars(price, text=1, image=1, output=1) == 13
    assert microdollars(price) == 0


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (1, "0.000001"),
        (41_200, "0.0412"),
        (250_000, "0.25"),
        (12_000_000, "12.00"),
        (1_234_500_000, "1234.50"),
        (-1_500_000, "-1.50"),
    ],
)
def test_money_is_exact_decimal_text(amount, text):
    assert usd(amount) == text
