"""The page's own files, by name: what is not among them cannot be asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Final

from assetforge.reports import page as shared

MEDIA_TYPES: Final = {"js": "text/javascript", "css": "text/css"}

FOLDER: Final = files("assetforge.preview") / "page"

FOLDERS: Final = (files("assetforge.reports") / "page", FOLDER)
"""What the page shares with the static report, and what is its own."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A module or a style sheet."""

    place: Traversable
    media_type: str

    def data(self) -> bytes:
        """Return what it holds now."""
        return self.place.read_bytes()


def page_files() -> dict[str, PageFile]:
    """Return the files that the page loads, by name."""
    found = [each for folder in FOLDERS for each in folder.iterdir()]
    kinds = {each: MEDIA_TYPES.get(each.name.rpartition(".")[2]) for each in found}
    return {place.name: PageFile(place, kind) for place, kind in kinds.items() if kind}


def page(title: str, csrf: str) -> str:
    """Return the page; with it goes what its requests have to carry."""
    frame = Template((FOLDER / "index.html").read_text(encoding="utf-8"))
    return frame.substitute(title=html.escape(title), csrf=csrf, sprite=shared.part(shared.SPRITE))
