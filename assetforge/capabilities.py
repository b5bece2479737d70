"""What image models can do: legal canvases, qualities, tokens, prices. Data, not code.

The data are in `models.json`, which says when and where each number was read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from assetforge.errors import Diagnostic, did_you_mean
from assetforge.pipeline import Size

SHUTDOWN_NOTICE: Final = timedelta(days=60)
"""How long before a model's shutdown it is warned about."""


@dataclass(frozen=True, slots=True)
class SizeRules:
    """Which canvases a model with free sizes makes; edges and ratio as numbers of pixels.

    Source: reference/image-api.md 1.3 (OpenAI image generation guide, read 2026-11-21).
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
    """Microdollars per million tokens, and the month they were read."""

    date: str
    text_in: int
    text_cached: int
    image_in: int
    image_cached: int
    image_out: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model of one provider can do.

    Attributes:
        provider: the provider's name.
        family: what the model's data are kept under; the model itself when it is not known.
        version: goes into every manifest, raised when the provider draws otherwise; None: never.
        copy: True when the provider is told the copy apart from the prompt, which quotes it anyway.
        palette: the same of the brand colours.
        free: True when nothing is ever billed.
        known: False for a model without data: any size and quality goes, prices are the worst.
        rules, sizes: the legal canvases, as rules or as a list; any when there is neither.
        qualities: the model's words, cheapest first; empty when it takes any.
        rates: output tokens by quality, cheapest first.
        price: rates in money; None when `free` or not known.
        image_tokens: how pictures that go in are counted; `rough_inputs`: nobody has confirmed it.
        max_images: most pictures of one request.
        shutdown: ISO date of the model's end; `replacement`: what its vendor names in its place.
    """

    provider: str
    family: str
    version: str | None = None
    copy: bool = False
    palette: bool = False
    free: bool = False
    known: bool = True
    rules: SizeRules | None = None
    sizes: tuple[Size, ...] = ()
    qualities: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    price: Price | None = None
    image_tokens: Literal["patches", "tiles"] = "patches"
    rough_inputs: bool = False
    max_images: int | None = None
    shutdown: str | None = None
    replacement: str | None = None

    def rates_of(self, quality: str | None) -> tuple[Rate, ...]:
        """Return the rate of a quality; every rate when it is not stated or not known."""
        return tuple(each for each in self.rates if each.quality == quality) or self.rates


@cache
def _data() -> Any:
    return json.loads(files("assetforge").joinpath("models.json").read_text("utf-8"))


def _family_data(name: str) -> dict[str, Any]:
    own = _data()["families"][name]
    return {**_family_data(own["inherits"]), **own} if "inherits" in own else own


@cache
def families() -> tuple[tuple[Capabilities, tuple[str, ...]], ...]:
    """Return every model family that there are data for, with its name patterns."""
    found = ((name, _family_data(name)) for name in _data()["families"])
    return tuple((_capabilities(name, data), tuple(data["match"])) for name, data in found)


def _capabilities(family: str, data: dict[str, Any]) -> Capabilities:
    free = data.get("free", False)
    return Capabilities(
        provider=data["provider"],
        family=family,
        version=data.get("version"),
        copy=data.get("copy", False),
        palette=data.get("palette", False),
        free=free,
        rules=SizeRules(**data["size"]) if "size" in data else None,
        sizes=tuple(map(Size.parse, data.get("sizes", ()))),
        qualities=tuple(data["qualities"]),
        rates=_rates(data),
        price=None if free else Price(**data["price"]),
        image_tokens=data["image_tokens"],
        rough_inputs=data.get("rough_inputs", False),
        max_images=data["max_images"],
        shutdown=data.get("shutdown"),
        replacement=data.get("replacement"),
    )


def _rates(data: dict[str, Any]) -> tuple[Rate, ...]:
    rough = data.get("rough_permille", {})
    if "tokens" in data:
        return tuple(Rate(each, fixed=tuple(row)) for each, row in data["tokens"].items())
    return tuple(
        Rate(each, grid=grid, permille=tuple(rough.get(each, (1000, 1000))))
        for each, grid in data["grid"].items()
    )


def default_model(provider: str) -> str | None:
    """Return the model of a provider that is asked where a profile names none."""
    model: str | None = _data()["defaults"].get(provider)
    return model


@cache
def capabilities_of(provider: str, model: str | None) -> Capabilities:
    """Return what a model can do; for a model without data, capabilities that allow anything.

    A vendor's prefix (`openai/`) is not part of the model's name.
    """
    name = (model or default_model(provider) or "").removeprefix(f"{provider}/")
    for capabilities, patterns in families():
        if capabilities.provider == provider and any(fnmatchcase(name, each) for each in patterns):
            return capabilities
    foreign = provider not in known_providers()
    return Capabilities(provider=provider, family=name or provider, known=False, copy=foreign)


def known_providers() -> list[str]:
    """Return the names of the providers that there are data for, sorted."""
    return sorted({capabilities.provider for capabilities, _ in families()})


def known_models(provider: str) -> list[str]:
    """Return the names of a provider's models that there are data for, without wildcards."""
    return [
        pattern.rstrip("*")
        for capabilities, patterns in families()
        for pattern in patterns
        if capabilities.provider == provider and pattern != "*"
    ]


def size_problem(capabilities: Capabilities, size: Size) -> str | None:
    """Return why a canvas is not legal for a model, or None."""
    rules = capabilities.rules
    if capabilities.sizes and size not in capabilities.sizes:
        return f"'{capabilities.family}' makes only {', '.join(map(str, capabilities.sizes))}"
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


def problems(
    capabilities: Capabilities,
    quality: str | None = None,
    *,
    size: Size | None = None,
    images: int = 0,
    today: date | None = None,
) -> tuple[Diagnostic, ...]:
    """Return what would make the provider refuse a request, or a price be off, before it is sent.

    Args:
        capabilities: of the model that is asked.
        quality: the quality word, if one is written.
        size: the canvas, if it was not chosen by `assetforge.canvas`.
        images: how many pictures go in.
        today: the date the shutdown is measured against; None: it is not looked at.
    """
    found = (
        _unknown(capabilities),
        _quality_problem(capabilities, quality),
        _shutdown(capabilities, today) if today else None,
        _refused(capabilities, size, images),
    )
    return tuple(each for each in found if each)


def _unknown(capabilities: Capabilities) -> Diagnostic | None:
    if capabilities.known:
        return None
    provider, family = capabilities.provider, capabilities.family
    name = f"model '{family}' of provider" if family != provider else "provider"
    return Diagnostic(
        "unknown-model",
        f"nothing is known about {name} '{provider}'; priced at the worst known rate",
        help=did_you_mean(family, known_models(provider)),
        severity="warning",
    )


def _quality_problem(capabilities: Capabilities, quality: str | None) -> Diagnostic | None:
    known = capabilities.qualities
    if not known or quality in known:
        return None
    if quality in (None, "auto"):
        return Diagnostic(
            "auto-quality",
            f"without a quality the price is anywhere from that of '{known[0]}' to '{known[-1]}'",
            help=f"choose one of {', '.join(known)}",
            severity="warning",
        )
    return Diagnostic(
        "unknown-quality",
        f"'{capabilities.family}' has no quality '{quality}'",
        help=did_you_mean(str(quality), known) or f"choose one of {', '.join(known)}",
    )


def _shutdown(capabilities: Capabilities, today: date) -> Diagnostic | None:
    end = date.fromisoformat(capabilities.shutdown or "9999-12-31")
    advice = f"use '{capabilities.replacement}'" if capabilities.replacement else None
    if today >= end:
        message = f"'{capabilities.family}' was shut down on {end}"
        return Diagnostic("model-shutdown", message, help=advice)
    if today + SHUTDOWN_NOTICE >= end:
        message = f"'{capabilities.family}' will be shut down on {end}"
        return Diagnostic("model-shutdown-soon", message, help=advice, severity="warning")
    return None


def _refused(capabilities: Capabilities, size: Size | None, images: int) -> Diagnostic | None:
    reason = size_problem(capabilities, size) if size else None
    if reason:
        return Diagnostic("illegal-size", f"the canvas {size} is not legal: {reason}")
    most = capabilities.max_images
    if most is not None and images > most:
        message = f"'{capabilities.family}' takes at most {most} pictures, not {images}"
        return Diagnostic("too-many-images", message)
    return None
