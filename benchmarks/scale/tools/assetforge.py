"""assetforge: a pipeline file with all assets, a prompt for each, and one catalog a locale.

A message is what an edit shows, so one of them changed is an edit and an export in each format; a
tool that tracks files runs those of all assets again, as it sees the catalog only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.localedata import locale_identifiers

from benchmarks.scale.graph import Graph
from benchmarks.scale.tool import Tool

HEAD: Final = """\
version: 1
locales:
  source: en
  targets: [{locales}]
  catalogs: locales/{{locale}}.po
profiles:
  blank: {{provider: blank}}
assets:
"""

ASSET: Final = """\
  {name}:
    matrix:
      format: {{{formats}}}
      locale: all
    steps:
      - compose: prompts/{name}.j2
      - edit: prompts/copy.j2
        copy: {{headline: {name}.headline}}
    output: out/{{locale}}/{name}-{{format}}.png
"""

PO_HEAD: Final = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'

SIZES: Final = ("64x32", "32x64", "48x48")


def locales(count: int) -> list[str]:
    """Return so many locales that CLDR knows, each a language alone; English is not among them."""
    tags = sorted(each for each in locale_identifiers() if each.isalpha() and each != "en")
    assert count <= len(tags), f"there are no more than {len(tags)} locales"
    return tags[:count]


def assets(count: int) -> list[str]:
    """Return the assets' names."""
    return [f"a{number:05}" for number in range(count)]


def write(graph: Graph, root: Path) -> None:
    """Write the pipeline file, its templates and its catalogs."""
    for name in ("prompts", "locales"):
        (root / name).mkdir(parents=True)
    for name in assets(graph.assets):
        text = f"A picture of thing {name} in the shape called {{{{ format }}}}\n"
        (root / f"prompts/{name}.j2").write_text(text, encoding="utf-8")
    copy = "Set the headline {{ copy.headline | quoted }} for {{ locale.native_name }}\n"
    (root / "prompts/copy.j2").write_text(copy, encoding="utf-8")
    (root / "assetforge.yaml").write_text("".join(_pipeline(graph)), encoding="utf-8")
    for locale in (*locales(graph.locales), "en"):
        _write_catalog(graph, root, locale)


def _pipeline(graph: Graph) -> Iterator[str]:
    yield HEAD.format(locales=", ".join(locales(graph.locales)))
    formats = ", ".join(
        f"f{number}: {{size: {SIZES[number % len(SIZES)]}}}" for number in range(graph.formats)
    )
    yield from (ASSET.format(name=name, formats=formats) for name in assets(graph.assets))


def _write_catalog(graph: Graph, root: Path, locale: str, first: str = "") -> None:
    """Write a locale's catalog; `first` is added to the words of the first asset."""
    texts = [f"Title {name} {locale}" for name in assets(graph.assets)]
    texts[0] += first
    entries = (
        f'\nmsgid "{name}.headline"\nmsgstr "{text}"\n'
        for name, text in zip(assets(graph.assets), texts, strict=True)
    )
    path = root / f"locales/{locale}.po"
    path.write_text(PO_HEAD + "".join(entries), encoding="utf-8")


def reword(graph: Graph, root: Path, words: str) -> None:
    """Change one message of the first locale."""
    _write_catalog(graph, root, locales(graph.locales)[0], f" {words}")


PROGRAM: Final = ("-m", "assetforge")
BUILD: Final = (*PROGRAM, "build")

STORE: Final = frozenset({"actions", "cas", "quarantine", "state.sqlite", "tmp", "version"})
"""What stays below `.assetforge` when all that was saved to be quick is put aside."""

TOOL: Final = Tool(
    name="assetforge",
    program="python",
    origin="here",
    package="assetforge",
    write=write,
    commands={
        "noop": BUILD,
        "noop-stat": (*BUILD, "--check", "stat"),
        "noop-hash": (*BUILD, "--check", "hash"),
        "deleted": BUILD,
        "message": BUILD,
        "plan": (*PROGRAM, "plan"),
        "replan": (*PROGRAM, "plan"),
        "full": BUILD,
    },
    output=f"out/{locales(1)[0]}/{assets(1)[0]}-f0.png",
    reword=reword,
    made_first=".assetforge/cas",
    state=(".assetforge",),
    same_actions=True,
)
