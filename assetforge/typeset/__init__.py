"""Sets copy in any script: the one door to Typst, HarfBuzz and BudouX."""

from __future__ import annotations

from assetforge.typeset.coverage import check, missing
from assetforge.typeset.layer import Block, Box, Column, Fitted, Layer, typeset
from assetforge.typeset.script import script_of, setting_for

__all__ = [
    "Block",
    "Box",
    "Column",
    "Fitted",
    "Layer",
    "check",
    "missing",
    "script_of",
    "setting_for",
    "typeset",
]
