"""What each model takes, as the service checks it. Sizes and qualities are from `models.json`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from assetforge.capabilities import Capabilities, families

VENDOR: Final = "openai"
DATED: Final = re.compile(r"(-\d{4}-\d{2}-\d{2})?")

NEWEST: Final = "gpt-image-2.6"

FIDELITIES: Final = {"gpt-image-1.5": ("high", "low"), "gpt-image-1": ("high", "low")}
"""Family → values of `input_fidelity`. Source: OpenAI image guide, read 2026-11-21."""

MARKUP: Final = frozenset({"gpt-image-2.5", "gpt-image-2.6"})
"""Families that take `markup`. Source: openai-python, `images.edit`, read 2026-11-21."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model, by the name it was asked for.

    Attributes:
        family: the models that share its limits and its data.
        fidelities: what `input_fidelity` may be; empty: it must be left out.
        unknown_fidelity: True where the service does not know that parameter at all.
        markup, complexity: whether it takes these parameters.
    """

    name: str
    capabilities: Capabilities
    fidelities: tuple[str, ...]
    unknown_fidelity: bool
    markup: bool
    complexity: bool

    @property
    def family(self) -> str:
        """The models that share its limits and its data."""
        return self.capabilities.family


@cache
def model_named(name: str) -> Model | None:
    """Return the model of exactly this name, dated or not; None: there is none."""
    for capabilities, patterns in families():
        if capabilities.provider == VENDOR and any(_is(name, each) for each in patterns):
            family = capabilities.family
            return Model(
                name=name,
                capabilities=capabilities,
                fidelities=FIDELITIES.get(family, ()),
                unknown_fidelity=family == "gpt-image-1-mini",
                markup=family in MARKUP,
                complexity=family == NEWEST,
            )
    return None


def _is(name: str, pattern: str) -> bool:
    """Tell whether a name is the pattern's; its `*` stands for a date only."""
    fixed = pattern.rstrip("*")
    return fnmatchcase(name, pattern) and bool(DATED.fullmatch(name.removeprefix(fixed)))
