"""`assetforge watch`."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event

import click

from assetforge import registry
from assetforge.build import Built, Options, build, open_store, plan_and_decide
from assetforge.cli.options import project_options, selection_of, selection_options
from assetforge.cli.output import is_live, located
from assetforge.errors import AssetforgeError, InvalidSource
from assetforge.events import Listener
from assetforge.project import open_project
from assetforge.reports.text import build_text, totals_text
from assetforge.watch import changes, folders_of


@click.command(name="watch")
@selection_options
@project_options
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    file: Path,
    profile: str | None,
) -> None:
    """Build again whenever a source changes; never spends money.

    With a profile that costs money it only plans, and says what a build would cost.
    """
    selection = selection_of(selectors, locales, max_variants)
    watcher = Watcher(Options(file.absolute(), profile, selection, keep_going=True))
    watcher.turn()
    for changed in changes(lambda: watcher.folders, lambda: watcher.outputs, Event()):
        names = sorted(each.name for each in changed)
        click.echo(f"changed: {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}", err=True)
        watcher.turn()


class Watcher:
    """Plans and builds on every turn; remembers what to watch, also when a source is broken."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folders: set[Path] = {options.file.parent}
        self.outputs: set[Path] = set()

    def turn(self) -> None:
        """Build once, or say what is wrong; the next change tries again."""
        try:
            if self._costs():
                return
            built = self._build()
            click.echo(build_text(built, self.options), err=True)
        except InvalidSource as error:
            click.echo(located(error.diagnostics, self.options.file.parent), err=True)
        except AssetforgeError as error:
            click.echo(f"assetforge: {error}", err=True)
        click.echo("watching; Ctrl-C ends", err=True)

    def _costs(self) -> bool:
        """Plan, note what to watch, and tell whether building would cost money."""
        project = open_project(self.options.file, self.options.profile)
        store = open_store(project)
        try:
            decided = plan_and_decide(self.options, store, project)
        finally:
            store.close()
        self.folders = folders_of(project, decided.plan)
        self.outputs = {project.root / each.path for each in decided.plan.targets}
        if not decided.cost.high:
            return False
        click.echo(f"{totals_text(decided)}; not built: watch never spends money", err=True)
        return True

    def _build(self) -> Built:
        form = "live" if is_live(sys.stderr) else "plain"
        listener: Listener = registry.load(registry.LISTENERS, form)(sys.stderr)
        with listener:
            return build(self.options, listener.on)
