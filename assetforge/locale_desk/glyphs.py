"""Letters that no font has: in drafts, and in what the tool typesets itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assetforge.errors import ActionFailed
from assetforge.project import Project
from assetforge.typeset import check, missing, setting_for
from assetforge.typeset.breaks import normalized
from assetforge.typeset.faces import Face
from assetforge.typeset.fontset import FontSet, fontset_of

WEIGHT = 400
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})


class Lack(NamedTuple):
    """What fonts cannot draw of a text: words for people, and the characters, if it is some."""

    words: str
    characters: frozenset[str]


class Glyphs:
    """What the fonts of a project can draw."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._fonts: FontSet | None = None

    def lacking(self, slot: str, text: str, script: str, *, typeset: bool) -> Iterator[Lack]:
        """Yield what is lacking for a text.

        Args:
            slot: what the text is called.
            text: as it is shown.
            script: ISO 15924 code.
            typeset: whether the tool sets it; else a model draws it, and drafts are set.

        Raises:
            ActionFailed: a font file of the project is damaged.
        """
        shown = normalized(text)
        faces = self._faces(shown, script) if typeset else None
        try:
            if shown:
                check(slot, shown, faces)
        except ActionFailed as error:
            lost = missing(shown, faces) if error.code == "missing-glyph" else ()
            yield Lack(str(error), frozenset(lost))

    def _faces(self, text: str, script: str) -> Sequence[Face]:
        if self._fonts is None:
            self._fonts = fontset_of(list(self._files()))
        family = setting_for(script, text).family
        return self._fonts.faces(self._fonts.in_order(family), WEIGHT)

    def _files(self) -> Iterator[bytes]:
        """Yield the project's font files; planning says what is wrong with one that is gone."""
        for written in self._project.pipeline.fonts:
            path = self._project.root / written
            some = sorted(path.iterdir()) if path.is_dir() else [path]
            for each in some:
                if each.suffix.lower() in _SUFFIXES and each.is_file():
                    yield each.read_bytes()
