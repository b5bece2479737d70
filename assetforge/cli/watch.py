"""`assetforge watch`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import click

from assetforge import registry
from assetforge.build import build_decided
from assetforge.cli.options import flags_again, planning_options
from assetforge.cli.output import is_live, located
from assetforge.decided import Decided, Options, deciding
from assetforge.errors import AssetforgeError, InvalidSource
from assetforge.events import Listener
from assetforge.reports.text import Flags, build_text, totals_text
from assetforge.store.local import Store
from assetforge.watch import all_folders, changes, folders_of


@click.command(name="watch")
@planning_options
def command(options: Options) -> None:
    """Build again whenever a source changes; never spends money.

    With a profile that costs money it only plans, and says what a build would cost.
    """
    options = replace(options, file=options.file.absolute(), keep_going=True)
    watcher = Watcher(options, flags_again())
    for changed in changes(lambda: watcher.folders, lambda: watcher.outputs, Event()):
        if changed:
            click.echo(f"changed: {named(changed)}", err=True)
        watcher.turn(quiet=not changed)


def named(changed: set[Path]) -> str:
    """Return the names of a few files; editors' short-lived ones only if there are no others."""
    names = sorted(each.name for each in changed if each.exists())
    names = names or sorted(each.name for each in changed)
    return f"{', '.join(names[:3])}{' ...' if names[3:] else ''}"


class Watcher:
    """Plans and builds on every turn; remembers what to watch, also when a source is broken."""

    def __init__(self, options: Options, flags: Flags) -> None:
        # A cap of nothing, whatever the profile's: a price that is missed here is refused there.
        self.options = replace(options, cap_microdollars=0)
        self.flags = flags
        self.folders: set[Path] = {options.file.parent}
        self.outputs: set[Path] = set()
        self._said = ""

    def turn(self, *, quiet: bool = False) -> None:
        """Build once, or say what is wrong; the next change tries again.

        `quiet`: say nothing unless it is news.
        """
        try:
            said = self._plan_and_build(quiet=quiet and bool(self._said))
        except InvalidSource as error:
            self.folders = all_folders(self.options.file.parent)
            said = located(error.diagnostics, self.options.file.parent)
        except AssetforgeError as error:
            said = f"assetforge: {error}"
        if said and not (quiet and said == self._said):
            click.echo(f"{said}\nwatching; Ctrl-C ends", err=True)
        self._said = said or self._said

    def _plan_and_build(self, *, quiet: bool) -> str:
        """Plan, note what to watch, and build, or say what building would cost."""
        with deciding(self.options) as (decided, store):
            self.folders = folders_of(decided.project, decided.plan)
            root = decided.project.root
            self.outputs = {root / each.path for each in decided.plan.targets}
            return self._price(decided) or self._build(decided, store, quiet=quiet)

    def _price(self, decided: Decided) -> str:
        """Say what building would cost, if anything."""
        if not decided.cost.high:
            return ""
        return (
            f"{totals_text(decided)}; not built: watch never spends money\n"
            f"next: assetforge build{self.flags.both}, or watch with a profile that is free"
        )

    def _build(self, decided: Decided, store: Store, *, quiet: bool) -> str:
        """Build, and return the summary; `quiet`: only of a build that did something."""
        form = "live" if is_live(sys.stderr) else "plain"
        listener: Listener = registry.load(registry.LISTENERS, form)(sys.stderr)
        with listener:
            built = build_decided(self.options, decided, store, listener.on)
        if built.progress.interrupted:
            raise KeyboardInterrupt
        if quiet and not (built.failed or built.materialized.written):
            return ""
        return build_text(built, self.options, self.flags)
