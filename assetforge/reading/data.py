"""Where the trained models of Tesseract are on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from assetforge.errors import ActionFailed
from assetforge.reading.languages import SCRIPTS

SUFFIX: Final = ".traineddata"

LINUX: Final = ("/usr/share/tesseract-ocr", "/usr/share", "/usr/local/share")
MACOS: Final = ("/opt/homebrew/share", "/usr/local/share", "/opt/local/share")
WINDOWS: Final = ("PROGRAMFILES", "LOCALAPPDATA")


def folders() -> tuple[Path, ...]:
    """Return the folders that may hold models, the one that the user names first."""
    named = os.environ.get("TESSDATA_PREFIX")
    told = (Path(named), Path(named, "tessdata")) if named else ()
    return tuple(each for each in (*told, *_usual()) if each.is_dir())


def _usual() -> Iterable[Path]:
    if sys.platform == "win32":
        roots = [Path(os.environ[each]) for each in WINDOWS if each in os.environ]
        return [
            root / part / "tessdata"
            for root in roots
            for part in ("Tesseract-OCR", "Programs/Tesseract-OCR")
        ]
    places = [Path(each) for each in (MACOS if sys.platform == "darwin" else LINUX)]
    # Debian keeps the models below the number of the version that they are for.
    numbered = [
        each for place in places for each in sorted(place.glob("[0-9]*/tessdata"), reverse=True)
    ]
    return [*numbered, *(place / "tessdata" for place in places)]


def is_installed(model: str) -> bool:
    """Tell whether a model is on this machine."""
    return any(_name_in(folder, model) for folder in folders())


def places_of(models: Sequence[str]) -> tuple[Path, tuple[str, ...]]:
    """Return the first folder that has all of some models, and their names there.

    Raises:
        ActionFailed: one is not installed, or they are in different folders.
    """
    for folder in folders():
        names = [_name_in(folder, each) for each in models]
        if all(names):
            return folder, tuple(each for each in names if each)
    for model in models:
        if not is_installed(model):
            message = f"no model '{model}' for reading text; install {_package(model)}"
            raise ActionFailed("no-reader", message)
    named = "', '".join(models)
    message = f"the models '{named}' are in different folders; set TESSDATA_PREFIX to one with both"
    raise ActionFailed("no-reader", message)


def _name_in(folder: Path, model: str) -> str | None:
    names = (model, f"script/{model}") if model in SCRIPTS.values() else (model,)
    return next((each for each in names if (folder / f"{each}{SUFFIX}").is_file()), None)


def _package(model: str) -> str:
    if sys.platform == "darwin":
        return "it with 'brew install tesseract-lang', or set TESSDATA_PREFIX to its folder"
    if sys.platform == "win32":
        return "it with Tesseract's installer, or set TESSDATA_PREFIX to its folder"
    scripts = {name: code.lower() for code, name in SCRIPTS.items()}
    code = f"script-{scripts[model]}" if model in scripts else model.replace("_", "-")
    return f"the package 'tesseract-ocr-{code}', or set TESSDATA_PREFIX to the folder that has it"
