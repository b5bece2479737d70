"""Prints pages and tells what is on them. The one door to Typst."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst

from assetforge.errors import ActionFailed

TEMPLATE = Path(__file__).with_name("layer.typ")

PPI = 72.0
"""One Typst point is then one pixel."""

Found = Mapping[str, Any]
"""What the template says about one block; see the end of `layer.typ`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One font that Typst found: its family, weight, file, and number in the file."""

    family: str
    weight: int
    stretch: int
    upright: bool
    path: Path
    index: int


class Press:
    """One Typst compiler and its lock: Typst holds the GIL, so more would gain nothing.

    Attributes:
        listed: every font of its folders.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.lock = threading.Lock()
        self.faces = typst.Fonts(False, False, [str(folder) for folder in folders])
        self.listed = _listed(self.faces)
        self.compiler = typst.Compiler(str(TEMPLATE), str(TEMPLATE.parent), font_paths=self.faces)

    def print(self, job: str) -> tuple[bytes, list[Found]]:
        """Return the page as PNG and what the template says about every block."""
        with self.lock:
            picture = self.compiler.compile(format="png", ppi=PPI, sys_inputs={"job": job})
            found = json.loads(self.compiler.query("<block>", field="value"))
        assert isinstance(picture, bytes), "BUG: the template made more than one page"
        return picture, found

    def lay_out(self, job: str) -> list[Found]:
        """Return what the template says about every block, without drawing the page."""
        with self.lock:
            # The inputs of a compiler are those of its last job.
            self.compiler = typst.Compiler(
                str(TEMPLATE), str(TEMPLATE.parent), self.faces, sys_inputs={"job": job}
            )
            found: list[Found] = json.loads(self.compiler.query("<block>", field="value"))
        return found

    def print_foreign(self, source: bytes, root: Path, job: str) -> bytes:
        """Return the page that a designer's template makes, as PNG.

        Args:
            source: the template.
            root: an empty folder: the template can read no other file.
            job: its data.

        Raises:
            ActionFailed: `template`: Typst refuses it, or it makes several pages.
        """
        try:
            with self.lock:
                compiler = typst.Compiler(source, str(root), self.faces, sys_inputs={"job": job})
                picture, warnings = compiler.compile_with_warnings(format="png", ppi=PPI)
        except typst.TypstError as error:
            raise ActionFailed("template", _located(error.message, error.diagnostic)) from None
        unknown = [each for each in warnings if each.message.startswith("unknown font family")]
        if unknown:
            raise ActionFailed("template", _located(unknown[0].message, unknown[0].diagnostic))
        if not isinstance(picture, bytes):
            raise ActionFailed("template", "it makes more than one page; the copy is too long")
        return picture


def _located(message: str, diagnostic: str) -> str:
    """Return an error of Typst as one line, with the line of the template where it is."""
    line = re.search(r"__\.typ:(\d+):\d+", diagnostic)
    words = re.sub(r" \(searched at .*\)", "", " ".join(message.replace("`", "'").split()))
    return f"line {line[1]}: {words}" if line else words


def _listed(faces: typst.Fonts) -> tuple[Listed, ...]:
    found = [
        Listed(
            each.family,
            each.weight,
            round(100 * each.stretch),
            each.style == "normal",
            Path(each.path),
            each.index,
        )
        for each in faces.fonts()
        if each.path is not None
    ]
    return tuple(sorted(found, key=lambda each: (str(each.path), each.index)))


@cache
def system_fonts() -> tuple[Listed, ...]:
    """Return the fonts that are installed on this machine, looked up once a process."""
    return _listed(typst.Fonts(True, False, []))
