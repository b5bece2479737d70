"""What tells the file of a saved plan, `assetforge.saved-plan/1`, from others."""

from __future__ import annotations

import re
from typing import Final

SCHEMA: Final = "assetforge.saved-plan/1"
NAME: Final = re.compile(r"assetforge\.saved-plan/([0-9]{1,9})", re.ASCII)

MARK: Final = re.compile(rb'\s*\{\s*"schema"\s*:\s*"assetforge\.saved-plan/')
"""How every saved plan begins, of whatever version, whole or cut off."""

MAX_BYTES: Final = 256_000_000
"""Size of the largest plan that is written or read: some 100,000 actions and more."""
