"""What changed since the lock was written, by the components of a key alone."""

from __future__ import annotations

from collections.abc import Mapping

from assetforge.action import Manifest, by_this_rule
from assetforge.digest import Json
from assetforge.lock.entry import components_of


def component_changes(
    components: Mapping[str, Json], described: Manifest
) -> list[tuple[str, Json, Json]]:
    """Return (field, old, new) for every field that is not as the lock says, sorted by field.

    Both values are as the lock holds them: of a long text the start of its digest. Nothing is
    known to have changed where the lock holds no components. A take is no change of words.
    """
    if not components:
        return []
    old, new = dict(components), components_of(by_this_rule(described))
    fields = sorted((old.keys() | new.keys()) - {"take"})
    return [
        (each, old.get(each), new.get(each)) for each in fields if old.get(each) != new.get(each)
    ]
