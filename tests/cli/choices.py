"""A project with takes, and what people decided about them, written down as commands do."""

from contextlib import closing
from dataclasses import replace
from typing import Any

from assetforge.action import ActionKey
from assetforge.lock.entry import Entry, Slot, Verdict, entry_of, to_json
from assetforge.lock.folder import folder_of, read_lock, write_changes
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Change, Decision, Journal
from assetforge.store.local import FOLDER, Store
from tests.space import QUICK, Space

TAKES = QUICK.replace("edit: prompts/copy.j2", "edit: prompts/copy.j2\n        takes: 3")
"""Three takes of each edit."""

SLOT = Slot("banner/wide/de", "blank", "edit")
ANN = "Ann <ann@example.org>"
BOB = "Bob <bob@example.org>"


def takes_of(space: Space, *variant: str) -> list[dict[str, Any]]:
    """Return the takes of a variant's edit, as `diff` tells them."""
    found: list[dict[str, Any]] = space.run(
        "diff", *(variant or (SLOT.variant,)), "--format", "json"
    ).json["takes"]
    return found


def result_of(space: Space, key: str) -> ActionResult:
    with closing(Store(space.root / FOLDER)) as store:
        found = store.actions.get(ActionKey(key))
    assert found is not None
    return found


def entry(space: Space, take: int, **changes: Any) -> Entry:
    """Return the lock's entry of a take of the slot's edit."""
    first, chosen = takes_of(space)[0], takes_of(space)[take - 1]
    made = entry_of(result_of(space, chosen["key"]), ActionKey(first["key"]))
    return replace(made, **changes)


def accepted(by: str = ANN, at: str = "2026-11-21T12:00:00+00:00") -> Verdict:
    return Verdict(by, at)


def lock(space: Space, entry: Entry | None, slot: Slot = SLOT) -> None:
    """Put an entry into the lock."""
    folder = folder_of(space.root, "assetforge.yaml")
    write_changes(folder, {slot: entry}, space.root / FOLDER / "tmp")
    assert read_lock(folder).entries.get(slot) == entry


def decide(
    space: Space, what: str, before: Entry | None, after: Entry | None, by: str, at: str
) -> None:
    """Write a decision about the slot into the journal."""
    said = [None if each is None else to_json(each) for each in (before, after)]
    change = Change(SLOT.variant, SLOT.profile, SLOT.step, said[0], said[1])
    Journal(space.root / FOLDER).add(Decision(f"{what}-{at}", at, by, what, (change,)))
