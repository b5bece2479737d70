"""What the lock says of an action: asked by what the action is, not only by whose it is.

A choice is for words and inputs, wherever they stand: a new locale that shares a scene gets the
take of it that was chosen, and no way in which branches come together loses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

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
        self.any_pinned = any(each.pinned is not None for each in self.slots.values())
        self._emulation = emulation
        self._by_base: dict[ActionKey, list[tuple[Slot | None, Entry]]] = {}
        for slot, each in self.slots.items():
            self._add(slot, each)
            for past in past_of(each):
                if emulation or not past.emulated:
                    self._add(None, past)

    def _add(self, slot: Slot | None, entry: Entry) -> None:
        # A pin is of its slot alone.
        said = replace(entry, pinned=None) if entry.pinned else entry
        self._by_base.setdefault(entry.base, []).append((slot, said))

    def of(self, bases: Iterable[ActionKey], action: Action) -> Entry | None:
        """Return what was decided, or else recorded, for the first known of an action's base keys.

        An action has several where older rules gave it others. What was decided about it stands
        above what was decided about the same words elsewhere, and what is rejected nowhere returns.
        """
        for base in bases:
            if (said := self._by_base.get(base)) is not None:
                return said[0][1] if len(said) == 1 else self._chosen(said, action)
        return None

    def _chosen(self, said: Sequence[tuple[Slot | None, Entry]], action: Action) -> Entry:
        rejected = {each for slot, entry in said if slot for each in entry.rejected}
        own = {Slot(str(each), self.profile, action.step) for each in action.variants}
        decided = [each for slot, each in said if slot in own and (each.accepted or each.rejected)]
        candidates = decided or [each for _, each in said]
        return reduce(better, [e for e in candidates if e.artifact not in rejected] or candidates)

    def slot(self, variant: str, step: str) -> Entry | None:
        """Return the entry of a variant's step under this profile."""
        return self.slots.get(Slot(variant, self.profile, step))

    def any_of(self, action: Action) -> Entry | None:
        """Return the entry of the first of an action's variants that has one under this profile."""
        return next(iter(self._of(action)), None) if self.slots else None

    def pinned(self, action: Action) -> Entry | None:
        """Return what an action is pinned to; its variants agree, see `assetforge.standing`."""
        if not self.any_pinned:
            return None
        found = [each for each in self._of(action) if each.pinned is not None]
        return reduce(better, found) if found else None

    def accepted_before(self, action: Action, base: ActionKey) -> Entry | None:
        """Return what was accepted for an action's variants before its words or inputs changed.

        None also where they had different pictures: one action makes one picture.
        """
        found = {
            past.artifact: past
            for each in self._of(action)
            if (past := accepted_before(each, base)) is not None
            and (self._emulation or not past.emulated)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _of(self, action: Action) -> list[Entry]:
        found = (self.slot(str(variant), action.step) for variant in action.variants)
        return [each for each in found if each is not None]


def accepted_before(entry: Entry, base: ActionKey | None = None) -> Entry | None:
    """Return the latest accepted entry of a slot, `base` aside: of other words than those."""
    for each in (entry, *past_of(entry)):
        if each.accepted is not None and each.base != base:
            return each
    return None
