"""An image API on this machine, as strict as the service, that costs nothing.

It checks calls in the service's order and words, draws a real picture for each, counts tokens and
money by the service's formulas, keeps to limits, and fails on request in every way that is known.
"""

from __future__ import annotations

from assetforge.emulator.server import Server, serving
from assetforge.emulator.settings import Settings

__all__ = ["Server", "Settings", "serving"]
