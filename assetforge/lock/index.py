"""What the lock says of an action: asked by what the action is, not only by whose it is.

A choice is for words and inputs, wherever they stand: a new locale that shares a scene gets the
take of it that was chosen, and no way in which branches come together loses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assetforge.action import Action, ActionKey
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.merge import better, past_of


class Index:
    """The entries of a lock, for one profile where a slot is asked for, else for all."""

    def __init__(
        self, entries: Mapping[Slot, Entry], profile: str, *, emulation: bool = False
    ) -> None:
        """Take in the entries; those of an emulator only where an emulator may be asked."""
        self.profile = profile
        self.slots = {
            slot: each for slot, each in entries.items() if emulation or not each.emulated
        }
        self._by_base: dict[ActionKey, Entry] = {}
        for each in self.slots.values():
            for entry in (each, *past_of(each)):
                if emulation or not entry.emulated:
                    # A pin is of its slot alone.
                    self._add(replace(entry, pinned=None) if entry.pinned else entry)

    def _add(self, entry: Entry) -> None:
        known = self._by_base.get(entry.base)
        self._by_base[entry.base] = entry if known is None else better(known, entry)

    def of(self, bases: Iterable[ActionKey]) -> Entry | None:
        """Return what was decided, or else recorded, for the first known of an action's base keys.

        An action has several where older rules gave it others.
        """
        return next((self._by_base[each] for each in bases if each in self._by_base), None)

    def slot(self, variant: str, step: str) -> Entry | None:
        """Return the entry of a variant's step under this profile."""
        return self.slots.get(Slot(variant, self.profile, step))

    def any_of(self, action: Action) -> Entry | None:
        """Return the entry of the first of an action's variants that has one under this profile."""
        return next(iter(self._of(action)), None) if self.slots else None

    def pinned(self, action: Action) -> Entry | None:
        """Return what an action is pinned to: it is if one of its variants is."""
        if not self.slots:
            return None
        found = [each for each in self._of(action) if each.pinned is not None]
        chosen: Entry | None = None
        for each in found:
            chosen = each if chosen is None else better(chosen, each)
        return chosen

    def accepted_before(self, action: Action, base: ActionKey) -> Entry | None:
        """Return what was accepted for an action's variants before its words or inputs changed.

        None also where they had different pictures: one action makes one picture.
        """
        past = [_accepted(each, base) for each in self._of(action)]
        found = {each.artifact: each for each in past if each is not None}
        return next(iter(found.values())) if len(found) == 1 else None

    def _of(self, action: Action) -> list[Entry]:
        found = (self.slot(str(variant), action.step) for variant in action.variants)
        return [each for each in found if each is not None]


def _accepted(entry: Entry, base: ActionKey) -> Entry | None:
    """Return the latest accepted entry of a slot that is of other words than those of `base`."""
    if entry.accepted is not None and entry.base != base:
        return entry
    return next((each for each in past_of(entry) if each.accepted and each.base != base), None)
