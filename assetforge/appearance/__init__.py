"""What a picture looks like, measured: contrast of its text, colours, transparency, size, margins.

Each function returns a `Check`; none raises for what it sees.
"""

from __future__ import annotations

from assetforge.appearance.contrast import contrast_check
from assetforge.appearance.margins import safe_area_check
from assetforge.appearance.palette import palette_check
from assetforge.appearance.shape import alpha_check, size_check

__all__ = ["alpha_check", "contrast_check", "palette_check", "safe_area_check", "size_check"]
