"""Brings a whole project up to date, planning only what may have changed where a trace tells."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from assetforge.build import Built, Carried
from assetforge.decided import Decided, Options, deciding
from assetforge.errors import InvalidSource, NothingSelected
from assetforge.incremental.needs import SUFFIX, Collected, NeedsFile
from assetforge.incremental.part import Part
from assetforge.incremental.saving import Printed, left_nothing, save
from assetforge.incremental.updating import update
from assetforge.reads import noting_reads
from assetforge.store.local import Store
from assetforge.trace.look import Look
from assetforge.trace.proof import below, trace_folder
from assetforge.trace.stamp import stamp_of

Make: TypeAlias = Callable[[Options, Decided, Store], Built]
"""Brings the targets of a decided plan up to date."""


def build_changed(options: Options, found: Look | None, make: Make, printed: Printed) -> Built:
    """Bring the targets up to date, and leave a trace of a whole build.

    Args:
        options: what is asked for.
        found: what changed since the last whole build with the same options, if that is known.
        make: does it, once it is decided what has to be done.
        printed: returns warnings as they are printed.

    Raises:
        InvalidSource, NothingSelected, UsageProblem: there is nothing that could be built.
        StoreProblem: the store cannot be used.
    """
    built = build_part(options, found, make) if found is not None else None
    return built or build_all(options, make, printed)


def build_all(options: Options, make: Make, printed: Printed) -> Built:
    """Build all that is asked for; leave a trace if that is the whole project.

    Raises:
        InvalidSource, NothingSelected, UsageProblem, StoreProblem: as `build_changed`.
    """
    began, collected = time.time_ns(), Collected()
    with noting_reads() as reads, deciding(options, collected.note) as (decided, store):
        built = make(options, decided, store)
        project = decided.project
        folder = trace_folder(str(project.root), project.file, options.profile)
        if folder is not None:
            save(Path(folder), options, built, store, reads, collected, began, printed)
    return built


def build_part(options: Options, found: Look, make: Make) -> Built | None:
    """Build what changed since the trace was left; None: planning all tells what that is.

    Raises:
        UsageProblem, StoreProblem: as `build_changed`.
    """
    path = Path(found.folder) / f"{found.proof.generation}{SUFFIX}"
    if found.level == "hash" or stamp_of(str(path)) != found.proof.needs or not path.is_file():
        return None
    began, collected = time.time_ns(), Collected()
    try:
        with closing(NeedsFile(path)) as needs, noting_reads() as reads:
            part = Part(options, found, needs)
            names = part.names()
            if names is None:
                return None
            chosen = part.options_for(names)
            with deciding(chosen, collected.note) as (decided, store):
                if not part.fits(decided, names):
                    return None
                before = part.distinct(store, decided.project.file, names)
                built = make(chosen, decided, store)
                more = part.distinct(store, decided.project.file, names) - before
                total = found.proof.actions + more
                if left_nothing(built):
                    update(part, built, store, reads, collected, total, began)
    except (InvalidSource, NothingSelected, sqlite3.Error):
        return None  # planned with all the rest, it is told with all the rest
    hits = total - len(decided.plan.actions)
    current = found.proof.count - len(decided.plan.targets)
    return replace(built, carried=Carried(hits, current, below(found.proof)))
