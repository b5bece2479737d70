"""Size and transparency of a picture."""

from __future__ import annotations

from typing import Final

from assetforge.findings import Check
from assetforge.images import Image

SOME: Final = 10
"""Permille of the pixels that let something through, from which on a picture is transparent."""


def size_check(image: Image, width: int, height: int) -> Check:
    """Return whether a picture has exactly this size."""
    wanted, found = f"{width}x{height}", f"{image.width}x{image.height}"
    if wanted == found:
        return Check("size", "equal", expected=wanted, found=found)
    message = f"the picture is {found}, not {wanted}"
    return Check("size", "differs", message, expected=wanted, found=found)


def alpha_check(image: Image, transparent: bool) -> Check:
    """Return whether a picture is transparent in parts, or opaque all over, as it should be."""
    through, seen_through = _through(image)
    details = {"translucent_permille": through, "transparent_permille": seen_through}
    if transparent and seen_through < SOME:
        message = "the picture should be transparent in parts, and is not"
        return Check("alpha", "differs", message, details=details)
    if not transparent and through:
        message = "the picture should be opaque, and lets something through"
        return Check("alpha", "differs", message, details=details)
    return Check("alpha", "equal", details=details)


def _through(image: Image) -> tuple[int, int]:
    """Return the share of pixels that are not opaque, and of those nearly clear, in permille."""
    if image.mode != "RGBA":
        return 0, 0
    counts = image.getchannel("A").histogram()
    pixels = image.width * image.height
    # Rounded up: one pixel that is not opaque is found too.
    return -(-sum(counts[:255]) * 1000 // pixels), sum(counts[:32]) * 1000 // pixels
