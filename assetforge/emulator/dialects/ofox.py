"""ofox: a gateway, whose models have their maker's name before their own.

Source: docs.ofox.ai, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from assetforge.capabilities import known_models
from assetforge.emulator.answers import Problem
from assetforge.emulator.call import Call
from assetforge.emulator.checks import choice, missing, no_judge
from assetforge.emulator.dialects.base import Asked, Dialect, required
from assetforge.emulator.rules import model_named
from assetforge.emulator.settings import Settings

PREFIX: Final = "openai/"
SIZES: Final = ("1024x1024", "1024x1536", "1536x1024", "auto")


def understood(call: Call, settings: Settings) -> Asked | Problem:
    """Ask for the model without the prefix; the quality has to be stated, the size is of a list."""
    problem = required(call, "model")
    if problem:
        return problem
    name = call.fields["model"]
    own = name.removeprefix(PREFIX)
    if own == name or model_named(own) is None:
        message = f"The model '{name}' does not exist or you do not have access to it."
        return Problem(message, param="model", code="model_not_found", status=404)
    if call.said("quality") is None:
        return missing("quality")
    problem = choice(call, "size", SIZES)
    return problem or Asked(replace(call, fields={**call.fields, "model": own}))


def judge_of(name: Any) -> str | Problem:
    """Return the judge without the prefix."""
    own = str(name).removeprefix(PREFIX)
    return no_judge(str(name)) if own == name else own


OFOX: Final = Dialect(
    models=tuple(f"{PREFIX}{each}" for each in known_models("openai")),
    judge=judge_of,
    understood=understood,
)
