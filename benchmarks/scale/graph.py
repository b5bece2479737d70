"""The graph that every tool is given: assets x formats x locales, in three staged steps.

Each asset has a prompt, each locale a catalog. A picture is composed for each asset and format
from the asset's prompt; in each locale it is edited with the locale's catalog, and exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Graph:
    """How large it is, and how its files are called in tools that have a command per file."""

    assets: int
    formats: int
    locales: int

    @property
    def outputs(self) -> int:
        """How many pictures come out at the end."""
        return self.assets * self.formats * self.locales

    @property
    def targets(self) -> int:
        """How many commands, and files made: the composed, the edited and the exported ones."""
        return self.assets * self.formats + 2 * self.outputs

    def halved(self) -> Graph:
        """Return the graph with one format."""
        return replace(self, formats=1)

    def within(self, targets: int) -> Graph:
        """Return the graph with as many assets as go into so many targets, and at least one."""
        fitting = targets // replace(self, assets=1).targets
        return replace(self, assets=max(1, min(self.assets, fitting)))

    def places(self) -> Iterator[str]:
        """Yield the locales."""
        return (f"l{number}" for number in range(self.locales))

    def pictures(self) -> Iterator[tuple[str, str]]:
        """Yield an asset and the name of its picture in one format."""
        for asset in range(self.assets):
            for format in range(self.formats):
                yield f"a{asset}", f"a{asset}-{format}"

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield a locale and the name of a picture in it."""
        for locale in self.places():
            for _, picture in self.pictures():
                yield locale, picture


@dataclass(frozen=True, slots=True)
class Made:
    """One command: it writes its sources, one after the other, to its target."""

    step: str
    name: str
    sources: tuple[str, ...]
    target: str


def commands(graph: Graph) -> Iterator[Made]:
    """Yield every command, each after those that it needs."""
    for asset, picture in graph.pictures():
        yield Made("compose", picture, (f"prompts/{asset}.txt",), f"out/compose/{picture}")
    for locale, picture in graph.cells():
        composed, edited = f"out/compose/{picture}", f"out/edit/{locale}/{picture}"
        name = f"{locale}-{picture}"
        yield Made("edit", name, (composed, catalog(locale)), edited)
        yield Made("export", name, (edited,), f"out/export/{locale}/{picture}")


def catalog(locale: str) -> str:
    """Return the path of a locale's catalog."""
    return f"catalogs/{locale}.txt"


def write_sources(graph: Graph, root: Path) -> None:
    """Write prompts and catalogs, and the folders that commands write to."""
    for name in ("prompts", "catalogs", "out/compose"):
        (root / name).mkdir(parents=True)
    for number in range(graph.assets):
        (root / f"prompts/a{number}.txt").write_text(f"a{number}\n", encoding="utf-8")
    for locale in graph.places():
        (root / catalog(locale)).write_text(f"{locale}\n", encoding="utf-8")
        for step in ("edit", "export"):
            (root / f"out/{step}/{locale}").mkdir(parents=True)


def reword(graph: Graph, root: Path, words: str) -> None:
    """Change a message of the first locale: tools that track files see its catalog change."""
    (root / catalog(next(graph.places()))).write_text(f"{words}\n", encoding="utf-8")
