"""The look through the store: what is damaged is set aside, what can be made good is.

It may run while builds do. A writer puts the blob in its place first, then the result's file, then
the call's bill, then the row of the index: all is read in the opposite order, so that what is seen
of a later one has its earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing, nullcontext
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.errors import StoreProblem
from assetforge.store.action_cache import ActionCache
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.findings import Checkup
from assetforge.store.fsck.blobs import read_blobs
from assetforge.store.fsck.history import billed, check_ledger, find_bills, read_journal
from assetforge.store.fsck.index import bury, compare, open_index, read_rows
from assetforge.store.fsck.look import Look
from assetforge.store.fsck.losses import find_losses
from assetforge.store.fsck.results import read_files
from assetforge.store.problems import disk_problem
from assetforge.store.search import Look as Places
from assetforge.store.search import Search
from assetforge.store.state import State, may_write

__all__ = ["check_store"]


def check_store(
    root: Path,
    *,
    wanted: Mapping[Digest, str],
    look: Places,
    elsewhere: Elsewhere | None,
    act: bool,
    locked: Mapping[ActionKey, Collection[Digest]] | None = None,
) -> Checkup:
    """Look through the store in a folder.

    Args:
        root: the folder.
        wanted: digests of pictures that must not be lost, and what stands on each.
        look: returns files that may hold a lost picture.
        elsewhere: another store that may.
        act: make good what is wrong; else only tell.
        locked: keys of which a lock names pictures, and these.

    Raises:
        StoreProblem: the store, or the other one, cannot be used at all.
    """
    if not root.exists() and not wanted:
        return Checkup(0, 0, 0, 0, [], act)
    if act and root.exists() and not may_write(root):
        raise StoreProblem(
            f"the store in '{root}' may only be read: let it be written to, or add --dry-run"
        )
    seen = Look(root, act)
    try:
        state = open_index(seen)
        with nullcontext() if state is None else closing(state):
            _look_through(seen, state, Search(elsewhere, look), wanted, locked or {})
    except OSError as error:
        raise disk_problem(error, "cannot look through the store") from error
    return seen.checkup()


def _look_through(
    look: Look,
    state: State | None,
    search: Search,
    wanted: Mapping[Digest, str],
    locked: Mapping[ActionKey, Collection[Digest]],
) -> None:
    bills, trouble = billed(look.root)
    actions = ActionCache(look.root, state, look.cas) if state else None
    if state is not None:
        bury(look, state)
        read_rows(look, state)
    read_files(look)
    read_blobs(look)
    find_losses(look, actions, search, wanted)
    if actions is not None and state is not None:
        compare(look, state, actions)
    find_bills(look, bills, locked)
    check_ledger(look, trouble)
    _sweep(look)
    read_journal(look)


def _sweep(look: Look) -> None:
    for path in look.cas.left_over():
        name = look.name(path)
        look.found("left-over", name, f"'{name}' was left half-written", "tidied")
        if look.act:
            path.unlink(missing_ok=True)
