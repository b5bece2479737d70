"""Sets copy in any script: the one door to Typst, HarfBuzz and BudouX."""

from __future__ import annotations

from assetforge.typeset.blocks import Block, Box, Column, Fitted, Layer
from assetforge.typeset.coverage import check, missing
from assetforge.typeset.layer import typeset
from assetforge.typeset.lettering import lettered, measure
from assetforge.typeset.script import script_of, setting_for

__all__ = [
    "Block",
    "Box",
    "Column",
    "Fitted",
    "Layer",
    "check",
    "lettered",
    "measure",
    "missing",
    "script_of",
    "setting_for",
    "typeset",
]
