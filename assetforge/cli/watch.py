"""`assetforge watch`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from assetforge import registry
from assetforge.build import Built, build_decided
from assetforge.cli.options import flags_again, planning_options
from assetforge.cli.output import is_live, located, printed
from assetforge.decided import Decided, Options
from assetforge.errors import AssetforgeError, InvalidSource
from assetforge.events import Event, Listener
from assetforge.incremental.build import build_changed
from assetforge.incremental.saving import is_whole
from assetforge.reports.text import Flags, build_text, totals_text
from assetforge.store.local import Store
from assetforge.trace.command import LEVELS
from assetforge.trace.look import Look, keep, look
from assetforge.trace.proof import trace_folder
from assetforge.trace.targets import Targets
from assetforge.watch import all_folders, changes, folders_of, nearest


@click.command(name="watch")
@planning_options
def command(options: Options) -> None:
    """Build again whenever a source changes; never spends money.

    With a profile that costs money it only plans, and says what a build would cost.
    """
    options = replace(options, file=options.file.absolute(), keep_going=True)
    watcher = Watcher(options, flags_again())
    for changed in changes(lambda: watcher.folders, lambda: watcher.outputs, threading.Event()):
        if changed:
            click.echo(f"changed: {named(changed)}", err=True)
        watcher.turn(quiet=not changed)


def named(changed: set[Path]) -> str:
    """Return the names of a few files; editors' short-lived ones only if there are no others."""
    names = sorted(each.name for each in changed if each.exists())
    names = names or sorted(each.name for each in changed)
    return f"{', '.join(names[:3])}{' ...' if names[3:] else ''}"


class NotBuilt(Exception):
    """What would have to be built costs something."""


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
        except NotBuilt as error:
            said = str(error)
        except AssetforgeError as error:
            said = f"assetforge: {error}"
        if said and not (quiet and said == self._said):
            click.echo(f"{said}\nwatching; Ctrl-C ends", err=True)
        self._said = said or self._said

    def _plan_and_build(self, *, quiet: bool) -> str:
        """Build what changed and return the summary; `quiet`: only of a build that did something.

        Raises:
            NotBuilt: it would cost something.
        """
        found = look_at(self.options)
        if found is not None and found.nothing:
            keep(found)
            self._watch_what_is_traced(found)
            return "" if quiet else found.proof.summary.rstrip()
        form = "live" if is_live(sys.stderr) else "plain"
        listener: Listener = registry.load(registry.LISTENERS, form)(sys.stderr)
        with listener:
            make = partial(self._make, listen=listener.on)
            built = build_changed(self.options, found, make, printed)
        if built.progress.interrupted:
            raise KeyboardInterrupt
        if quiet and not (built.failed or built.materialized.written):
            return ""
        return build_text(built, self.options, self.flags)

    def _make(
        self, options: Options, decided: Decided, store: Store, listen: Callable[[Event], None]
    ) -> Built:
        """Note what to watch, and build, unless that would cost something."""
        root = decided.project.root
        folders = folders_of(decided.project, decided.plan)
        outputs = {root / each.path for each in decided.plan.targets}
        part = options.assets is not None
        self.folders = self.folders | folders if part else folders
        self.outputs = self.outputs | outputs if part else outputs
        if words := self._price(decided):
            raise NotBuilt(words)
        return build_decided(options, decided, store, listen)

    def _watch_what_is_traced(self, found: Look) -> None:
        """Note what to watch where nothing had to be planned for it."""
        proof = found.proof
        if not self.outputs:
            paths = Targets(found.folder, proof.generation).paths(0, proof.count)
            self.outputs = {Path(each) for each in paths}
        read = {Path(each).parent for each in proof.files}
        self.folders |= {
            nearest(each) for each in read | {Path(each.path) for each in proof.folders}
        }

    def _price(self, decided: Decided) -> str:
        """Say what building would cost, if anything."""
        if not decided.cost.high:
            return ""
        return (
            f"{totals_text(decided)}; not built: watch never spends money\n"
            f"next: assetforge build{self.flags.both}, or watch with a profile that is free"
        )


def look_at(options: Options) -> Look | None:
    """Return what changed since the last whole build, where that is what is watched."""
    if not is_whole(options):
        return None
    root = options.file.resolve().parent
    folder = trace_folder(str(root), options.file.name, options.profile)
    return None if folder is None else look(folder, str(root), LEVELS[0])
