"""`assetforge init`."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from assetforge.errors import UsageProblem
from assetforge.layout import DEFAULT_FILE

STARTER = "assetforge.starter"
IGNORED = "/.assetforge/\n/out/\n/report/\n"


@click.command(name="init")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=".", required=False
)
def command(folder: Path) -> None:
    """Start a project in FOLDER that builds at once, offline and without a key."""
    content = starter_files()
    content[".gitignore"] = IGNORED
    taken = sorted(name for name in content if (folder / name).exists())
    if taken:
        raise UsageProblem(
            f"'{folder / taken[0]}' is there already and is not overwritten; choose an empty folder"
        )
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"  {path}")
    change = f"cd {folder} && " if folder != Path() else ""
    click.echo(f"next: {change}assetforge build")


def starter_files() -> dict[str, str]:
    """Return the starter project's files: path with forward slashes → text."""
    found: dict[str, str] = {}
    _walk(files(STARTER), "", found)
    assert DEFAULT_FILE in found, "BUG: the starter project has no pipeline file"
    return found


def _walk(folder: Traversable, path: str, found: dict[str, str]) -> None:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and each.name != "__pycache__":
            _walk(each, f"{path}{each.name}/", found)
        elif each.is_file() and not each.name.endswith((".py", ".pyc")):
            found[path + each.name] = each.read_text(encoding="utf-8")
