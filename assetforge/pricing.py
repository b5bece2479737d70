"""What a request will cost, before it is sent. Money is whole microdollars, never a float.

Output tokens are exact where the model's formula is known. The tokens of the words are bounds, for
their tokenizer is not shipped: at least one for every word, at most about twice the rule of thumb
for each script. What a reply's `usage` says is the truth; this is the estimate that is reserved
before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters
from typing import Any, Final, TypeAlias

from assetforge.capabilities import SHIPPED, Capabilities, Models, Price, capabilities_of
from assetforge.digest import Json
from assetforge.pipeline import Size

Bounds: TypeAlias = tuple[int, int]
"""Fewest and most, both possible."""

MILLION: Final = 1_000_000

CENT: Final = 10_000
"""A US cent in microdollars."""

MOST_TOKENS: Final = 10**9
"""What no picture is: a service that counts more has miscounted."""

PATCH: Final = 32
"""Edge of the squares that input pictures are counted in, in pixels."""

PATCHES: Final = 1536
"""Most tokens that one input picture is."""

SMALLEST: Final = Size(1, 1)
DEAREST: Final = (Size(1024, 1536), Size(1024, 3072))
"""Pictures that count the fewest and the most input tokens: by squares, and by tiles."""

PLAIN: Final = f"{ascii_letters} ".encode()
FOREIGN: Final = bytes(range(128, 256))

PARTIAL: Final = 100
"""Output tokens of one preview. Source: OpenAI image generation guide, read 2026-11-21."""

FROM_WORDS: Final = r"[^\x00-@\[-`{-\x7f\s]"
"""A letter of English, or anything else that is not ASCII: letters, marks, signs."""

WORDS: Final = re.compile(
    rf"{FROM_WORDS}+(?:'(?:s|t|re|ve|m|ll|d))?[0-9]{{0,2}}|[0-9](?:[0-9]|[^\x00-\x7f\s]){{0,2}}",
    re.IGNORECASE,
)
"""What is never part of one token with its like, if there is a letter or English digit in it.

Source: the pattern by which o200k_base first cuts a text, openai/tiktoken, openai_public.py. This
one cuts less: it has to find no more than there are.
"""

LETTER: Final = re.compile(r"[^\W_]")

FRAME: Final = {False: (4, 12), True: (16, 40)}
"""Tokens that the service adds around the prompt; True: with input pictures.

Source: about 6, and 16 more for edits; OpenAI community, reference/image-api.md 2.4.
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something costs at least and at most, in microdollars; `notes` say what is uncertain."""

    low: int = 0
    high: int = 0
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __add__(self, other: Cost) -> Cost:
        notes = self.notes
        if other.notes != notes:
            notes = tuple(dict.fromkeys(notes + other.notes))
        return Cost(self.low + other.low, self.high + other.high, notes)


def usd(microdollars: int) -> str:
    """Return an amount as decimal dollars: `0.0412`, `0.25`, `12.00`; exact, two places or more."""
    sign = "-" if microdollars < 0 else ""
    dollars, rest = divmod(abs(microdollars), MILLION)
    places = f"{rest:06}".rstrip("0").ljust(2, "0")
    return f"{sign}{dollars}.{places}"


def cost_text(cost: Cost) -> str:
    """Return a price as a person reads it: in cents, never too low; a range if a cent wide."""
    high = f"${usd(-(-cost.high // CENT) * CENT)}"
    if cost.high - cost.low < CENT:
        return high
    return f"${usd(cost.low // CENT * CENT)} to {high}"


def price_of(
    request: Mapping[str, Json],
    input_sizes: Sequence[Size | None] = (),
    capabilities: Capabilities | None = None,
    *,
    models: Models = SHIPPED,
    partial_images: int = 0,
) -> Cost:
    """Return the cost of one request of a `compose` or `edit` step.

    Args:
        request: as the step made it; see `assetforge.steps.drawing`.
        input_sizes: pixels of every picture that goes in, a mask left out, for it is not counted;
            of a picture still to be made, its canvas; None where they are not known.
        capabilities: of the model that is asked; by default what is known of it in general.
        models: where the worst rate is taken from for a model without a price.
        partial_images: how many previews are asked for; fewer may come.
    """
    asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
    capabilities = capabilities or capabilities_of(asked["provider"], asked.get("model"))
    if capabilities.free:
        return Cost()
    text = text_tokens(asked["prompt"], with_images=bool(input_sizes))
    size, quality = Size(*asked["size"]), _quality(capabilities, asked)
    if not capabilities.priced:
        return _worst(capabilities, models, text, size, input_sizes, partial_images)
    return _cost(capabilities, text, size, quality, input_sizes, partial_images)


def cost_of_usage(capabilities: Capabilities, usage: Mapping[str, Json]) -> int | None:
    """Return the microdollars that a service's own count comes to; None: it did not count.

    Input that it does not tell apart is taken for pictures, the dearer of the two.
    """
    if capabilities.free:
        return 0
    if capabilities.per_image is not None:
        return capabilities.per_image
    output, given = counted(usage, "output_tokens"), counted(usage, "input_tokens")
    if capabilities.price is None or output is None or given is None:
        return None
    details = usage.get("input_tokens_details")
    text = min(counted(details, "text_tokens") or 0, given)
    return microdollars(capabilities.price, text=text, image=given - text, output=output)


def counted(usage: object, name: str) -> int | None:
    """Return a count of a service; None where it is none, or none that can be true."""
    found = usage.get(name) if isinstance(usage, Mapping) else None
    return found if type(found) is int and 0 <= found <= MOST_TOKENS else None


def _cost(
    capabilities: Capabilities,
    text: Bounds,
    size: Size,
    quality: str | None,
    input_sizes: Sequence[Size | None],
    partial_images: int,
) -> Cost:
    if capabilities.per_image is not None:
        return Cost(capabilities.per_image, capabilities.per_image)
    assert capabilities.price is not None, "BUG: a model that is neither free nor priced"
    inputs = [input_tokens(capabilities, each) for each in input_sizes]
    fewest, most = output_tokens(capabilities, quality, size)
    output = fewest, most + PARTIAL * partial_images
    low, high = (
        microdollars(
            capabilities.price,
            text=text[end],
            image=sum(each[end] for each in inputs),
            output=output[end],
        )
        for end in (0, 1)
    )
    return Cost(low, high, tuple(_notes(capabilities, quality, size, bool(inputs))))


def _notes(
    capabilities: Capabilities, quality: str | None, size: Size, with_images: bool
) -> list[str]:
    family = capabilities.family
    rates = capabilities.rates_of(quality)
    found = []
    if len(rates) > 1:
        what = f"of quality '{quality}'" if quality not in (None, "auto") else "without a quality"
        found.append(f"'{family}' {what}: from '{rates[0].quality}' to the best")
    elif rates[0].permille != (1000, 1000):
        found.append(f"'{family}': how it counts its output is only roughly known")
    if with_images and capabilities.rough_inputs:
        found.append(f"'{family}': how it counts input pictures is only roughly known")
    return found


def _worst(
    capabilities: Capabilities,
    models: Models,
    text: Bounds,
    size: Size,
    input_sizes: Sequence[Size | None],
    partial_images: int,
) -> Cost:
    """Return the dearest that any known model could be, for one whose price is not known."""
    known = (each.capabilities for each in models.families())
    high = max(
        _cost(each, text, size, None, input_sizes, partial_images).high
        for each in known
        if each.priced and not each.free
    )
    lack = "has no known price" if capabilities.known else "is not known"
    note = f"'{capabilities.family}' {lack}: priced at the worst known rate"
    return Cost(high, high, (note,))


def tokens_of(
    request: Mapping[str, Json], input_sizes: Sequence[Size | None], capabilities: Capabilities
) -> int:
    """Return the most tokens that a request may count against an account's limits."""
    asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
    text = text_tokens(asked["prompt"], with_images=bool(input_sizes))[1]
    pictures = sum(input_tokens(capabilities, each)[1] for each in input_sizes)
    if not capabilities.rates:
        return text + pictures
    size, quality = Size(*asked["size"]), _quality(capabilities, asked)
    return text + pictures + output_tokens(capabilities, quality, size)[1]


def _quality(capabilities: Capabilities, asked: Mapping[str, Any]) -> str | None:
    """Return the quality that the service hears of; None: it chooses."""
    taken = capabilities.parameters
    return asked.get("quality") if taken is None or "quality" in taken else None


def microdollars(price: Price, *, text: int = 0, image: int = 0, output: int = 0) -> int:
    """Return what some tokens cost, rounded up once: words in, pictures in, picture out."""
    parts = text * price.text_in + image * price.image_in + output * price.image_out
    return -(-parts // MILLION)


def output_tokens(capabilities: Capabilities, quality: str | None, size: Size) -> Bounds:
    """Return the tokens of the picture that comes out; of every quality where none is stated."""
    bounds = [rate.bounds(size) for rate in capabilities.rates_of(quality)]
    return min(low for low, _ in bounds), max(high for _, high in bounds)


def text_tokens(text: str, *, with_images: bool) -> Bounds:
    """Return bounds of the tokens of a prompt.

    The low bound is one token for every word, and for every three digits in a row: no token holds
    letters of two words. It is true in every script, and loose in those that put no spaces between
    words. The high bound is about twice the rule of thumb of a token for 4 bytes of Latin text and
    one for a Chinese character: two Latin letters, one digit or sign, one Cyrillic or Arabic
    letter, half of a Chinese character.
    """
    data = text.encode("utf-8", "surrogatepass")
    plain = len(data) - len(data.translate(None, PLAIN))
    signs = len(data.translate(None, PLAIN + FOREIGN))
    foreign = len(data) - len(text)
    low, high = FRAME[with_images]
    words = sum(1 for each in WORDS.findall(text) if LETTER.search(each))
    return low + words, high + -(-plain // 2) + signs + foreign


def input_tokens(capabilities: Capabilities, size: Size | None) -> Bounds:
    """Return the tokens of one picture that goes in; None: of any."""
    if size is None:
        most = max(input_tokens(capabilities, each)[1] for each in DEAREST)
        return input_tokens(capabilities, SMALLEST)[0], most
    if capabilities.image_tokens == "tiles":
        # High fidelity, which a provider may choose, adds as many as a picture of that shape.
        tiles = _tiles(size)
        extra = 4160 if size.width == size.height else 6240
        return tiles, tiles + extra * capabilities.rough_inputs
    tokens = _patches(*size)
    return tokens, PATCHES if capabilities.rough_inputs else tokens


def _patches(width: float, height: float) -> int:
    """Return the tokens by squares of 32 pixels, at most `PATCHES`.

    Source: community.openai.com/t/1382940, matched to real usage; the shrink rule is that of the
    official vision guide.
    """
    width, height = min(width, 3 * height), min(height, 3 * width)
    grow = min(2.0, max(1.0, 1024 / max(width, height)))
    width, height = width * grow, height * grow
    if _cells(width, height) <= PATCHES:
        return _cells(width, height)
    shrink = math.sqrt(PATCHES * PATCH * PATCH / (width * height))
    across, down = width * shrink / PATCH, height * shrink / PATCH
    shrink *= min(math.floor(across) / across, math.floor(down) / down)
    return _cells(round(width * shrink, 6), round(height * shrink, 6))


def _cells(width: float, height: float) -> int:
    return math.ceil(width / PATCH) * math.ceil(height / PATCH)


def _tiles(size: Size) -> int:
    """Return the tokens by tiles of 512 pixels. Source: OpenAI vision guide, gpt-image-1."""
    short = min(size)
    across, down = (-(-edge // short) for edge in size)
    return 65 + 129 * across * down
