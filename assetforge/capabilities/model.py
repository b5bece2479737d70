"""What one image model can do and what it costs: the values, without where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assetforge.pipeline import Size


@dataclass(frozen=True, slots=True)
class SizeRules:
    """Which canvases a model with free sizes makes; edges and ratio as numbers of pixels.

    Source: OpenAI image generation guide, read 2026-11-21.
    """

    multiple: int
    max_edge: int
    max_ratio: int
    min_pixels: int
    max_pixels: int
    experimental_pixels: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How many output tokens a picture of one quality is.

    Attributes:
        quality: the model's word for it.
        grid: cells along the longer edge, for models with free sizes; 0 for the others.
        fixed: tokens of a square, a portrait and a landscape, for models with fixed sizes.
        permille: lowest and highest factor where the formula is only roughly known.
    """

    quality: str
    grid: int = 0
    fixed: tuple[int, ...] = ()
    permille: tuple[int, int] = (1000, 1000)

    def tokens(self, size: Size) -> int:
        """Return the tokens by the formula, before the factor.

        Source: OpenAI's cost calculator, community.openai.com/t/1382699; matched to real usage.
        """
        width, height = size
        if self.fixed:
            return self.fixed[2 if width > height else int(width < height)]
        long, short = max(width, height), min(width, height)
        rows, rest = divmod(self.grid * short, long)
        if 2 * rest > long or (2 * rest == long and rows % 2):
            rows += 1
        return -(-self.grid * rows * (2_000_000 + width * height) // 4_000_000)

    def bounds(self, size: Size) -> tuple[int, int]:
        """Return the fewest and the most tokens."""
        tokens = self.tokens(size)
        low, high = self.permille
        return tokens * low // 1000, -(-tokens * high // 1000)


@dataclass(frozen=True, slots=True)
class Price:
    """Microdollars per million tokens, and when they were read.

    Images have no rates for cached tokens: the service counts none for them.
    """

    date: str
    text_in: int
    image_in: int
    image_out: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model can do, where it is asked through one provider and service.

    Attributes:
        provider: name of the provider that speaks with it, as manifests hold it.
        family: what the model's data are kept under; the model itself when it is not known.
        service: the service that narrows what the model can do; empty: none does.
        version: goes into every manifest, raised when the provider draws otherwise; None: never.
        copy: True when the provider is told the copy apart from the prompt, which quotes it anyway.
        palette: the same of the brand colours.
        local: True when the provider draws on this machine and sends nothing over a network.
        free: True when nothing is ever billed.
        known: False for a model without data: any size and quality goes.
        rules, sizes: the legal canvases, as rules or as a list; any when there is neither.
        qualities: the model's words, cheapest first; empty when it takes any.
        rates: output tokens by quality, cheapest first.
        price: rates in money; None when there are none, as for a model that is `free`.
        per_image: microdollars a picture, where a service charges so; None: it does not.
        image_tokens: how pictures that go in are counted; `rough_inputs`: nobody has confirmed it.
        edits: False when no pictures go in, to change or to follow.
        max_images: most pictures that go in with one request; None: any number.
        mask: False when it cannot be told which part of a picture to change.
        formats: what can be asked for; empty: not known.
        transparent: `yes`, `no`, or `preview` where the vendor may still refuse; None: not known.
        parameters: which optional ones are sent to the service; None: all.
        refuses: names of parameters that it answers with an error.
        exact: False where pictures have the canvas's shape, and pixels that the service chooses.
        batch: whether it can be asked in batches; None: not known.
        snapshots: names that the vendor may point elsewhere some day, each with the dated name.
        shutdown: ISO date of the model's end; `replacement`: what its vendor names in its place.
    """

    provider: str
    family: str
    service: str = ""
    version: str | None = None
    copy: bool = False
    palette: bool = False
    local: bool = False
    free: bool = False
    known: bool = True
    rules: SizeRules | None = None
    sizes: tuple[Size, ...] = ()
    qualities: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    price: Price | None = None
    per_image: int | None = None
    image_tokens: Literal["patches", "tiles"] = "patches"
    rough_inputs: bool = False
    edits: bool = True
    max_images: int | None = None
    mask: bool = True
    formats: tuple[str, ...] = ()
    transparent: Literal["yes", "no", "preview"] | None = None
    parameters: frozenset[str] | None = None
    refuses: frozenset[str] = frozenset()
    exact: bool = True
    batch: bool | None = None
    snapshots: tuple[tuple[str, str], ...] = ()
    shutdown: str | None = None
    replacement: str | None = None

    @property
    def priced(self) -> bool:
        """Whether what a picture costs is known, be it nothing."""
        by_tokens = self.price is not None and bool(self.rates)
        return self.free or self.per_image is not None or by_tokens

    def rates_of(self, quality: str | None) -> tuple[Rate, ...]:
        """Return the rate of a quality; every rate when it is not stated or not known."""
        return tuple(each for each in self.rates if each.quality == quality) or self.rates


def size_problem(capabilities: Capabilities, size: Size) -> str | None:
    """Return why a canvas is not legal for a model, or None."""
    rules = capabilities.rules
    if capabilities.sizes and size not in capabilities.sizes:
        listed = ", ".join(map(str, capabilities.sizes))
        return f"'{capabilities.service or capabilities.family}' makes only {listed}"
    if rules is None:
        return None
    long, short = max(size), min(size)
    if size.width % rules.multiple or size.height % rules.multiple:
        return f"both edges must be multiples of {rules.multiple}"
    if long > rules.max_edge:
        return f"the longer edge must be at most {rules.max_edge} pixels"
    if long > rules.max_ratio * short:
        return f"the edges must be at most {rules.max_ratio}:1"
    if not rules.min_pixels <= size.width * size.height <= rules.max_pixels:
        return f"it must have from {rules.min_pixels} to {rules.max_pixels} pixels"
    return None
