"""The pictures as a page sees them: rows by id, each with the version that it last changed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from assetforge.digest import Json
from assetforge.session.rows import Row, row_json


@dataclass(frozen=True, slots=True)
class View:
    """All rows in the order of the plan; never changed, only followed by another.

    Attributes:
        version: greater than that of every view before.
        rows: by id.
        changed: id → the version that the row last changed in.
        arranged: the version in which a row last came, went or moved.
    """

    version: int = 0
    rows: Mapping[str, Row] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    arranged: int = 0

    def with_rows(self, rows: Iterable[Row], *, whole: bool) -> View:
        """Return the view with some rows renewed; `whole`: those that are not among them go."""
        found = {each.id: each for each in rows}
        merged = found if whole else {**self.rows, **found}
        version = self.version + 1
        changed = {
            id: version if self.rows.get(id) != each else self.changed[id]
            for id, each in merged.items()
        }
        same = list(merged) == list(self.rows)
        if same and version not in changed.values():
            return self
        return View(version, merged, changed, self.arranged if same else version)

    def with_changes(self, change: Callable[[Row], Row], ids: Iterable[str]) -> View:
        """Return the view with some rows changed."""
        chosen = (self.rows[each] for each in ids if each in self.rows)
        return self.with_rows([change(each) for each in chosen], whole=False)

    @property
    def stale(self) -> int:
        """How many pictures have to be made or written."""
        return sum(1 for each in self.rows.values() if each.is_stale)

    def document(self, since: int) -> dict[str, Json]:
        """Return what changed after a version: all, where that is not known any more."""
        whole = since < self.arranged
        rows = [each for id, each in self.rows.items() if whole or self.changed[id] > since]
        order: dict[str, Json] = {"order": list(self.rows)} if whole else {}
        return {
            "version": self.version,
            "whole": whole,
            **order,
            "pictures": list(map(row_json, rows)),
        }


def as_before(row: Row, before: Row | None) -> Row:
    """Return a row that is planned anew, with what its words had come to before."""
    if before is None or before.words != row.words:
        return row
    if not row.is_stale:
        return row
    return replace(row, draft=before.draft, problem=row.problem or before.problem)
