"""Puts deleted pictures back by the trace alone: nothing has to be planned for that.

Imports only what reads the store: a picture is back before what plans would be loaded.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assetforge.delivery import Refusal, bring
from assetforge.errors import StoreProblem
from assetforge.layout import STORE
from assetforge.store.cas import Cas
from assetforge.store.record import Record, Written
from assetforge.store.state import State
from assetforge.trace.look import Look
from assetforge.trace.proof import below
from assetforge.trace.settling import settle
from assetforge.trace.stamp import Stamp, changed_ns
from assetforge.trace.targets import UNREADABLE, Targets, row_of, set_stamps

MOST = 1000
"""How many are put back this way; planning what is more takes no longer."""


def put_back(found: Look) -> str | None:
    """Put back the pictures that are gone, and return what a build says that did it.

    None: something else is to be done, or these pictures cannot be had so; planning tells.
    """
    if found.changed or found.level == "hash" or not 0 < len(found.rows) <= MOST:
        return None
    root, generation = Path(found.proof.root), found.proof.generation
    try:
        targets = Targets(found.folder, generation)
        rows = {targets.paths(row, row + 1)[0]: row for row in found.rows}
        if any(map(os.path.lexists, rows)):
            return None
        names = [Path(each).relative_to(root).as_posix() for each in rows]
        with closing(State(root / STORE)) as state:
            if state.read_only:
                return None
            known = Record(state).targets_of(names)
            left = dict(zip(rows, (known[each] for each in names), strict=True))
            if any(targets.row(rows[path]) != row_of(stamp_in(left[path])) for path in rows):
                return None  # another build wrote another picture since
            back = {path: _put_back(root, each) for path, each in left.items()}
            with state.transaction():
                Record(state).set_targets(back.values())
        fresh = {rows[path]: (path, stamp_in(each), each.artifact) for path, each in back.items()}
        set_stamps(found.folder, generation, {row: stamp for row, (_, stamp, _) in fresh.items()})
        settle(found.folder, generation, fresh)
    except (OSError, Refusal, StoreProblem, *UNREADABLE):
        return None
    written = f", {len(names):,} written below '{below(found.proof)}'"
    return found.proof.summary.replace(", 0 written", written)


def stamp_in(written: Written) -> Stamp:
    """Return the stamp of a target as it was left."""
    return written.mtime_ns, written.ctime_ns, written.size, written.inode


def _put_back(root: Path, written: Written) -> Written:
    """Put a target back and return how it was left.

    Raises:
        Refusal, StoreProblem, OSError: it cannot be put back.
    """
    path, artifact = written.path, written.artifact
    cas = Cas(root / STORE)
    bring(root, path, written.variant, artifact, written, cas, force=False, known=cas.has)
    now = (root / path).stat()
    return replace(
        written,
        size=now.st_size,
        mtime_ns=now.st_mtime_ns,
        ctime_ns=changed_ns(now),
        inode=now.st_ino,
    )
