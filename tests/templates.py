"""Templates to test with: written, rendered, and what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.prompts import AxisValue, PromptTemplate, Renderer

FORMAT = AxisValue("wide", {"size": "1200x628", "tone": "calm"})
GERMAN = AxisValue("de", {"name": "German"})
FRENCH = AxisValue("fr", {"name": "French"})


def template(text: str, name: str = "scene") -> PromptTemplate:
    return PromptTemplate(name, text, lambda line, column, length: Place("f", line, column, length))


def render(root: Path, text: str, **context: Any) -> str:
    return Renderer(root).render(template(text), context)[0]


def problem(root: Path, text: str, **context: Any) -> Diagnostic:
    """Return the first problem of a template: what `check` finds, or else what rendering does."""
    renderer, written = Renderer(root), template(text)
    found = renderer.problems(written, context)
    if not found:
        with pytest.raises(InvalidSource) as caught:
            renderer.render(written, context)
        found = list(caught.value.diagnostics)
    return found[0]


def write(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
