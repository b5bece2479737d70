"""Prompt templates: sandboxed Jinja2 that records what it used. The one door to Jinja2.

The main path is `renderer`. It stands on `template`, a prompt as written; `values`, what a template
sees; `sandbox` with `bounds` and `filters`, what it may do; `compiler` and `loader`, how its text
becomes code; `checks` and `faults`, what is wrong with it and where.

Rendering must depend on nothing but the recorded inputs: no clock, no randomness, no cached text of
another locale, no memory address.
"""

from __future__ import annotations

from assetforge.prompts.renderer import MAX_PROMPT_CHARACTERS, Renderer
from assetforge.prompts.template import SUFFIX, PromptTemplate, Used
from assetforge.prompts.values import AxisValue, Variables

__all__ = [
    "MAX_PROMPT_CHARACTERS",
    "SUFFIX",
    "AxisValue",
    "PromptTemplate",
    "Renderer",
    "Used",
    "Variables",
]
