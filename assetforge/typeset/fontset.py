"""The fonts that a text is set in: the project's first, then the bundled ones."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

from assetforge import fonts
from assetforge.digest import Digest, digest_of
from assetforge.errors import ActionFailed, did_you_mean
from assetforge.typeset.faces import Face, bundled, faces_in, suffix_of
from assetforge.typeset.press import Listed, Press, system_fonts

LATER = {"Noto Sans": 0, "Noto Sans Symbols 2": 3, "Noto Sans Math": 4}
"""Family → its place behind that of the script; 1 for the others, 2 for CJK fonts."""

CJK = ("JP", "SC", "TC", "KR")
GRINNING_FACE = 0x1F600
MOST_SETS = 8
"""How many sets of fonts are kept open."""


class FontSet:
    """Fonts that a press knows: some of the project's, and the bundle."""

    def __init__(self, folder: Path | None = None) -> None:
        self.press = Press([fonts.FOLDER, *([folder] if folder else [])])
        self.own = tuple(each for each in self.press.listed if folder == each.path.parent)

    @cached_property
    def families(self) -> dict[str, list[Listed]]:
        """Return the fonts of every family; where the project has one, they are the project's."""
        found: dict[str, list[Listed]] = {}
        mine = {each.family for each in self.own}
        for each in self.press.listed:
            if each in self.own or each.family not in mine:
                found.setdefault(each.family, []).append(each)
        return found

    @cached_property
    def own_families(self) -> list[str]:
        """Return the project's families in the order of its files."""
        return list(dict.fromkeys(each.family for each in self.own))

    def _is_emoji(self, family: str) -> bool:
        return any(GRINNING_FACE in _face(each).covered for each in self.families[family])

    def named(self, wanted: Iterable[str]) -> list[str]:
        """Return families by the names that a user gave them.

        Raises:
            ActionFailed: `unknown-font`: there is no such family; the message says which there are.
        """
        known = {name.casefold(): name for name in self.families}
        found = []
        for name in wanted:
            if name.casefold() not in known:
                raise ActionFailed("unknown-font", self._unknown(name))
            found.append(known[name.casefold()])
        return found

    def _unknown(self, name: str) -> str:
        near = did_you_mean(name, self.families)
        there = ", ".join(sorted(self.own_families)) or "no font of its own"
        advice = near or "add its file to the project's 'fonts'"
        return (
            f"there is no font '{name}'; {advice}; the project has {there}, the bundle "
            "Noto Sans for many scripts"
        )

    def in_order(self, script_family: str, first: Sequence[str] = ()) -> list[str]:
        """Return all families in the order they are asked for a letter.

        Args:
            script_family: the bundled family of the text's script.
            first: families that the user wants; without any, the project's.
        """
        late = [each for each in self.own_families if self._is_emoji(each) and each not in first]
        mine = [*dict.fromkeys([*first, *(e for e in self.own_families if e not in late)])]
        rest = [each for each in self.families if each not in mine and each not in late]
        rest.sort(key=lambda name: (name != script_family, _place(name), name))
        return [*mine, *rest, *late]

    def faces(self, families: Sequence[str], weight: int) -> list[Face]:
        """Return the font that Typst takes of each family for a weight."""
        return [_face(_nearest(self.families[name], weight)) for name in families]


def _place(family: str) -> int:
    return LATER.get(family, 2 if family[-2:] in CJK else 1)


def _nearest(cuts: Sequence[Listed], weight: int) -> Listed:
    return min(cuts, key=lambda each: (not each.upright, abs(each.weight - weight)))


@cache
def _face(listed: Listed) -> Face:
    if listed.path.is_relative_to(fonts.FOLDER):
        return bundled(listed.path)
    return faces_in(listed.path.read_bytes())[listed.index]


_lock = threading.Lock()
_sets: dict[Digest, FontSet] = {}


@cache
def _bundle() -> FontSet:
    return FontSet()


def bundle() -> FontSet:
    """Return the bundled fonts alone."""
    with _lock:
        return _bundle()


def fontset_of(files: Sequence[bytes], system: Sequence[str] = ()) -> FontSet:
    """Return the fonts of these files, then of the machine's, then the bundle.

    May be called from several threads.

    Args:
        files: font files, in the order in which they are asked.
        system: families of this machine that may be used; one that it lacks is passed over.

    Raises:
        ActionFailed: `damaged-font`: a file is of no font; the message says which.
    """
    if not files and not system:
        return bundle()
    with _lock:
        every = (*files, *_of_this_machine(system))
        digest = digest_of("".join(digest_of(each) for each in every).encode())
        if digest not in _sets:
            if len(_sets) >= MOST_SETS:
                _sets.clear()
            _sets[digest] = _opened(every, _folder() / digest)
        return _sets[digest]


def _opened(files: Sequence[bytes], folder: Path) -> FontSet:
    folder.mkdir(exist_ok=True)
    paths = []
    for number, data in enumerate(files, start=1):
        with _numbered(number):
            faces_in(data)
            paths.append(folder / f"{number:04d}{suffix_of(data)}")
        _keep(paths[-1], data)
    made = FontSet(folder)
    read = {each.path for each in made.own}
    for number, path in enumerate(paths, start=1):
        if path not in read:
            with _numbered(number):
                raise ActionFailed("damaged-font", "its names cannot be read; get the file again")
    return made


def _keep(path: Path, data: bytes) -> None:
    """Write a font file, unless it is there: Typst may be reading it."""
    if not path.exists():
        half = path.with_suffix(".part")
        half.write_bytes(data)
        half.replace(path)


@contextmanager
def _numbered(number: int) -> Iterator[None]:
    """Say of what fails which of the project's font files it is about."""
    try:
        yield
    except ActionFailed as error:
        message = f"font file {number} of the project cannot be used: {error}"
        raise ActionFailed(error.code, message) from None


def _of_this_machine(names: Sequence[str]) -> list[bytes]:
    if not names:
        return []
    wanted = {name.casefold() for name in names}
    paths = dict.fromkeys(e.path for e in system_fonts() if e.family.casefold() in wanted)
    return [path.read_bytes() for path in paths]


@cache
def _folder() -> Path:
    """Return a folder of this process for font files: Typst takes fonts by folder only."""
    made = tempfile.mkdtemp(prefix="assetforge-fonts-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)
