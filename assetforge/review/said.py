"""What people decided about pictures, as the journal and the lock tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from assetforge.digest import Digest, Json
from assetforge.lock.entry import Entry, Slot, from_json
from assetforge.store.journal import Decision

SAID: Final = {
    "accept": "accepted",
    "choose": "chosen",
    "import": "imported",
    "pin": "pinned",
    "unpin": "unpinned",
    "reject": "rejected",
}
"""A decision's name → what became of its picture."""

UNDO: Final = "undo "
"""How the name of a decision begins that takes another back."""

OF_WHAT_WAS: Final = frozenset({"reject", "unpin"})
"""Decisions about the picture that stood before; the others are about the one that stands then."""


class Said(NamedTuple):
    """What somebody decided about a picture, and when: UTC, ISO 8601; empty: not known."""

    what: str
    by: str = ""
    at: str = ""


class Turn(NamedTuple):
    """A decision about a slot: its entry before and after."""

    decision: Decision
    before: Entry | None
    after: Entry | None


def turns_of(slot: Slot, decisions: Iterable[Decision]) -> Iterator[Turn]:
    """Yield what was decided about a slot."""
    for decision in decisions:
        for each in decision.changes:
            if Slot(each.variant, each.profile, each.step) == slot:
                yield Turn(decision, _entry(each.before), _entry(each.after))


def _entry(said: Mapping[str, Json] | None) -> Entry | None:
    """Return an entry as a decision wrote it down; one that cannot be read says nothing."""
    try:
        return from_json(said) if said is not None else None
    except ValueError:
        return None


def said_of(turns: Iterable[Turn], entries: Iterable[Entry]) -> dict[Digest, list[Said]]:
    """Return what was decided about each picture: by the journal, and by the lock beyond it.

    The lock knows of decisions that were made on another machine.
    """
    found: dict[Digest, list[Said]] = {}
    for decision, before, after in turns:
        what = decision.what.removeprefix(UNDO)
        undone = what != decision.what
        # What is taken back was about the same picture, which then stood on the other side.
        about = before if (what in OF_WHAT_WAS) != undone else after
        if about is not None and about.artifact is not None:
            word = f"{'no longer ' if undone else ''}{SAID.get(what, what)}"
            found.setdefault(about.artifact, []).append(Said(word, decision.by, decision.at))
    for entry in entries:
        for artifact, said in _said_by_lock(entry):
            known = found.setdefault(artifact, [])
            if not any(_is_same(each, said) for each in known):
                known.append(said)
    return {artifact: sorted(each, key=lambda said: said.at) for artifact, each in found.items()}


def _said_by_lock(entry: Entry) -> Iterator[tuple[Digest, Said]]:
    if entry.artifact is not None:
        for what, verdict in (("accepted", entry.accepted), ("pinned", entry.pinned)):
            if verdict is not None:
                yield entry.artifact, Said(what, verdict.by, verdict.at)
    for rejected in entry.rejected:
        yield rejected, Said("rejected")


def _is_same(known: Said, said: Said) -> bool:
    """Tell whether the lock says what is known already; of a rejection it does not say when."""
    if not said.at:
        return known.what == said.what
    return (known.by, known.at) == (said.by, said.at)
