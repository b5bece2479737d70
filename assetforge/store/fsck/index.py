"""The look at the index: it is made anew from the files where it is damaged, and says the same."""

from __future__ import annotations

from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import SHOWN
from assetforge.store.action_cache import ActionCache, result_of
from assetforge.store.fsck.look import Look
from assetforge.store.problems import Damaged
from assetforge.store.process import is_gone
from assetforge.store.state import FILE, State


def open_index(look: Look) -> State | None:
    """Return the index; None: it is damaged, and nothing is to be changed."""
    try:
        return _sound_state(look.root)
    except Damaged as problem:
        words = f"the index is damaged ({problem.why}): moved to quarantine and made anew"
        look.found("damaged-index", FILE, words, "repaired")
    if not look.act:
        return None
    for name in (f"{FILE}-wal", f"{FILE}-shm", FILE):
        look.quarantine.take(look.root / name, "damaged")
    return State(look.root)


def _sound_state(root: Path) -> State:
    state = State(root)
    try:
        state.check()
    except BaseException:
        state.close()
        raise
    return state


def bury(look: Look, state: State) -> None:
    """Drop the claims of processes that have ended."""
    rows = state.rows("SELECT key, process FROM inflight ORDER BY key")
    gone = [(key, process) for key, process in rows if is_gone(process)]
    for key, _ in gone:
        look.found("stale-claim", key, f"a process that ended was making {key[:SHOWN]}", "tidied")
    if look.act and gone:
        state.change_each("DELETE FROM inflight WHERE key = ? AND process = ?", gone)


def read_rows(look: Look, state: State) -> None:
    """Read the rows of results, and drop those that make no sense."""
    wrong: list[str] = []
    for key, artifact, record in state.rows("SELECT key, artifact, record FROM results"):
        try:
            result = result_of(record)
            if (result.key, result.artifact) != (key, artifact):
                raise ValueError("it is of another key")
            look.rows[ActionKey(key)] = result
        except (ValueError, TypeError):
            wrong.append(str(key))
    for key in wrong:
        look.found("damaged-row", key, f"the row of {key[:SHOWN]} made no sense", "repaired")
    if look.act and wrong:
        with state.transaction():
            for key in wrong:
                state.change("DELETE FROM results WHERE key = ?", [key])


def compare(look: Look, state: State, actions: ActionCache) -> None:
    """Have the index and the files say the same."""
    kept = [each for path, each in look.files.items() if path.suffix == ".json"]
    for key in sorted(_without_row(state, {each.key for each in kept} - look.rows.keys())):
        look.found("missing-row", key, f"{key[:SHOWN]} was not in the index", "tidied")
    in_files = {(each.key, each.artifact) for each in kept}
    alone = [
        each
        for each in look.rows.values()
        if each.has_file and (each.key, each.artifact) not in in_files
    ]
    for each in alone:
        words = f"{each.key[:SHOWN]} was in the index only, and is written to a file"
        look.found("missing-file", each.key, words, "repaired")
    if look.act:
        for each in alone:
            actions.keep_file(each, durable=True)
        with state.transaction():
            actions.record([*kept, *alone])


def _without_row(state: State, keys: set[ActionKey]) -> set[ActionKey]:
    """Return those of some keys of files that the index lacks, and that nobody is about to add.

    In this order: who makes one gives it back when its row is there.
    """
    claimed = {key for (key,) in state.rows("SELECT key FROM inflight")} if keys else set()
    there = {key for (key,) in state.rows("SELECT key FROM results")} if keys else set()
    return keys - claimed - there
