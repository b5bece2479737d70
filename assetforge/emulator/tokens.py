"""What a call is counted as, and what that costs, by formulas of this module's own.

It is the other side of `assetforge.pricing`: it shares the figures with it and no code, so that
the one can be checked against the other.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from assetforge.capabilities import Capabilities, JudgeRate, Price, Rate
from assetforge.emulator.call import Order
from assetforge.pipeline import Size

PARTIAL_IMAGE: Final = 100
"""Output tokens of each preview. Source: OpenAI image guide, read 2026-11-21."""

PROMPT_TOKENS: Final = 6
EDIT_TOKENS: Final = 16
"""What the service adds to the words of any prompt, and to those that come with pictures."""

PATCH_BUDGET: Final = 1536
FIDELITY_TOKENS: Final = (4160, 6240)
"""What `input_fidelity: high` adds to a square and to any other picture."""


def text_tokens(prompt: str, with_images: bool) -> int:
    """Return about how many tokens a prompt is: 4 bytes are one, and so is each CJK character."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in prompt)
    narrow = sum(
        len(each.encode("utf-8", "surrogatepass"))
        for each in prompt
        if unicodedata.east_asian_width(each) not in "WF"
    )
    return wide + math.ceil(narrow / 4) + PROMPT_TOKENS + (EDIT_TOKENS if with_images else 0)


def image_tokens(capabilities: Capabilities, size: Size, fidelity: str = "low") -> int:
    """Return what a picture that goes in is counted as."""
    if capabilities.image_tokens == "patches":
        return patches(*size)
    return tiles(*size, fidelity=fidelity)


def patches(width: float, height: float) -> int:
    """Return the 32-pixel cells of a picture, after it is scaled to fit 1536 of them.

    Source: community.openai.com/t/1382940, matched to reported usage.
    """
    width, height = min(width, 3 * height), min(height, 3 * width)
    scale = max(1.0, min(2.0, 1024 / max(width, height)))
    width, height = width * scale, height * scale
    if _cells(width, height) <= PATCH_BUDGET:
        return _cells(width, height)
    scale = math.sqrt(PATCH_BUDGET * 32 * 32 / (width * height))
    across, down = width * scale / 32, height * scale / 32
    scale *= min(math.floor(across) / across, math.floor(down) / down)
    return _cells(round(width * scale, 6), round(height * scale, 6))


def _cells(width: float, height: float) -> int:
    return math.ceil(width / 32) * math.ceil(height / 32)


def tiles(width: int, height: int, *, fidelity: str = "low") -> int:
    """Return the same for older models: 65, and 129 for each tile of 512 pixels.

    Source: OpenAI vision guide, read 2026-11-21: the shorter edge is scaled to 512.
    """
    short = min(width, height)
    across, down = math.ceil(Fraction(width, short)), math.ceil(Fraction(height, short))
    extra = FIDELITY_TOKENS[width != height] if fidelity == "high" else 0
    return 65 + 129 * across * down + extra


def output_tokens(rate: Rate, size: Size) -> int:
    """Return what one finished picture is counted as.

    Source: OpenAI's cost calculator, community.openai.com/t/1382699; of gpt-image-2.6, which has
    no known formula, the middle of what users saw.
    """
    if rate.fixed:
        square, portrait, landscape = rate.fixed
        return square if size[0] == size[1] else landscape if size[0] > size[1] else portrait
    rows = round(Fraction(rate.grid * min(size), max(size)))  # halves to even
    exact = Fraction(rate.grid * rows * (2_000_000 + size[0] * size[1]), 4_000_000)
    return math.ceil(math.ceil(exact) * Fraction(sum(rate.permille), 2000))


def usage_of(order: Order, sizes: Sequence[Size], *, details: bool) -> dict[str, Any]:
    """Return the `usage` of a call.

    Args:
        order: the call.
        sizes: of the pictures that go in; they are counted again for each picture that comes out.
        details: whether to say apart what the output is.
    """
    capabilities = order.model.capabilities
    (rate,) = (each for each in capabilities.rates if each.quality == order.quality)
    text = order.n * text_tokens(order.prompt, bool(order.images))
    seen = order.n * sum(image_tokens(capabilities, size, order.fidelity) for size in sizes)
    made = order.n * (output_tokens(rate, order.size) + PARTIAL_IMAGE * order.partial_images)
    usage: dict[str, Any] = {
        "input_tokens": text + seen,
        "output_tokens": made,
        "total_tokens": text + seen + made,
        "input_tokens_details": {"text_tokens": text, "image_tokens": seen},
    }
    if details and not order.stream:
        usage["output_tokens_details"] = {"image_tokens": made, "text_tokens": 0}
    return usage


def microdollars(usage: dict[str, Any], price: Price, *, batch: bool = False) -> int:
    """Return what a usage costs, rounded up to whole microdollars; a batch is half of it."""
    inputs = usage["input_tokens_details"]
    exact = Fraction(
        inputs["text_tokens"] * price.text_in
        + inputs["image_tokens"] * price.image_in
        + usage["output_tokens"] * price.image_out,
        1_000_000 * (2 if batch else 1),
    )
    return math.ceil(exact)


def chat_tokens(words: str) -> int:
    """Return about how many tokens the words of a chat are, as those of a prompt."""
    return text_tokens(words, with_images=False) - PROMPT_TOKENS


def seen_tokens(rate: JudgeRate, size: Size) -> int:
    """Return what a picture is counted as that a judge looks at.

    Source: OpenAI vision guide, read 2026-11-22. Of a factor that is roughly known, the lowest.
    """
    if rate.tiles:
        scale = min(1.0, 2048 / max(size), 768 / min(size))
        across, down = (math.ceil(edge * scale / 512) for edge in size)
        return rate.tiles[0] + rate.tiles[1] * across * down
    width, height = map(float, size)
    if rate.patches is not None and _cells(width, height) > rate.patches:
        scale = math.sqrt(rate.patches * 32 * 32 / (width * height))
        across_, down_ = width * scale / 32, height * scale / 32
        scale *= min(math.floor(across_) / across_, math.floor(down_) / down_)
        width, height = round(width * scale, 6), round(height * scale, 6)
    return math.ceil(_cells(width, height) * Fraction(rate.permille[0], 1000))


def chat_usage(rate: JudgeRate, sizes: Sequence[Size], words: str, said: str) -> dict[str, Any]:
    """Return the `usage` of a chat: the pictures and words that go in, and the words that come."""
    given = chat_tokens(words) + sum(seen_tokens(rate, size) for size in sizes)
    answer = chat_tokens(said)
    return {
        "prompt_tokens": given,
        "completion_tokens": answer,
        "total_tokens": given + answer,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def chat_microdollars(usage: dict[str, Any], rate: JudgeRate) -> int:
    """Return what a chat's usage costs, rounded up to whole microdollars."""
    exact = usage["prompt_tokens"] * rate.tokens_in + usage["completion_tokens"] * rate.tokens_out
    return math.ceil(Fraction(exact, 1_000_000))
