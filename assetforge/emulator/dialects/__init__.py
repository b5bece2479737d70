"""How each service speaks that offers the same pictures: by the names of `services.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assetforge.emulator.dialects.azure import AZURE
from assetforge.emulator.dialects.base import Dialect
from assetforge.emulator.dialects.diffusion import SGLANG, VLLM
from assetforge.emulator.dialects.gemini import GEMINI
from assetforge.emulator.dialects.ofox import OFOX
from assetforge.emulator.dialects.seedream import SEEDREAM
from assetforge.emulator.dialects.xai import XAI

DIALECTS: Final[Mapping[str, Dialect]] = {
    "openai": Dialect(),
    "azure": AZURE,
    "ofox": OFOX,
    "gemini": GEMINI,
    "xai": XAI,
    "seedream": SEEDREAM,
    "sglang": SGLANG,
    "vllm": VLLM,
}

__all__ = ["DIALECTS", "Dialect"]
