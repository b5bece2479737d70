"""The one door to Pillow: encoded pictures in, sRGB pixels of 8 bit, encoded pictures out.

What comes in is not trusted: formats are an allow-list, the number of pixels is capped before
memory is taken, and only the first frame is read. What goes out is the same bytes on every run.

An `Image` belongs to one task and one thread; encoded bytes are what tasks share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from PIL.Image import Image

from assetforge.images.bands import pixel_digest
from assetforge.images.colour import flatten, srgb_profile
from assetforge.images.fitting import Fit, fit
from assetforge.images.masks import alpha_mask, box_mask, opacity, sendable, white_mask
from assetforge.images.placing import enlarged, framed, on_pixels, overlaid, padded
from assetforge.images.reading import (
    MAX_PIXELS,
    Examined,
    UnreadableImage,
    decode,
    examined,
    kind_of,
    note_of,
    size_of,
)
from assetforge.images.writing import (
    Format,
    encode,
    encode_noted_png,
    encode_png,
    from_raw,
    mode_of_channels,
    preview,
)

if TYPE_CHECKING:
    from assetforge.images.comparison import Difference, difference
    from assetforge.images.drifting import Drift, drift
    from assetforge.images.keying import ground_colour, keyed, removed_permille
    from assetforge.images.restoring import matched, restored
    from assetforge.images.seams import Seam, seam
    from assetforge.images.sheet import MAX_SHEET, side_by_side
    from assetforge.images.weights import Weights, box_weights, mask_weights, nothing_kept

__all__ = [
    "MAX_PIXELS",
    "MAX_SHEET",
    "Difference",
    "Drift",
    "Examined",
    "Fit",
    "Format",
    "Image",
    "Seam",
    "UnreadableImage",
    "Weights",
    "alpha_mask",
    "box_mask",
    "box_weights",
    "decode",
    "difference",
    "drift",
    "encode",
    "encode_noted_png",
    "encode_png",
    "enlarged",
    "examined",
    "fit",
    "flatten",
    "framed",
    "from_raw",
    "ground_colour",
    "keyed",
    "kind_of",
    "mask_weights",
    "matched",
    "mode_of_channels",
    "note_of",
    "nothing_kept",
    "on_pixels",
    "opacity",
    "overlaid",
    "padded",
    "pixel_digest",
    "preview",
    "removed_permille",
    "restored",
    "seam",
    "sendable",
    "side_by_side",
    "size_of",
    "srgb_profile",
    "white_mask",
]

_COMPUTED = {
    "Difference": "comparison",
    "difference": "comparison",
    "Drift": "drifting",
    "drift": "drifting",
    "ground_colour": "keying",
    "keyed": "keying",
    "removed_permille": "keying",
    "matched": "restoring",
    "restored": "restoring",
    "Seam": "seams",
    "seam": "seams",
    "MAX_SHEET": "sheet",
    "side_by_side": "sheet",
    "Weights": "weights",
    "box_weights": "weights",
    "mask_weights": "weights",
    "nothing_kept": "weights",
}
"""What stands on numpy, which takes longer to load than most pictures to draw: by module."""


def __getattr__(name: str) -> Any:
    """Return what stands on numpy, loading it if need be."""
    if name in _COMPUTED:
        return getattr(import_module(f"assetforge.images.{_COMPUTED[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
