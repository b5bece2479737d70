"""What a session shows: its pictures and its status, replaced as a whole at every change."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assetforge.digest import Digest
from assetforge.session.news import News
from assetforge.session.rows import Row
from assetforge.session.status import Status
from assetforge.session.view import View, as_before


class Board:
    """The view and the status of a session. For any thread."""

    def __init__(self, status: Status) -> None:
        self._lock = threading.Lock()
        self._view = View()
        self._status = status
        self._fresh: dict[str, dict[str, Any]] = {}
        self.news = News(self.flush)

    @property
    def view(self) -> View:
        """The pictures as they are."""
        with self._lock:
            return self._view

    @property
    def status(self) -> Status:
        """What the session is at."""
        with self._lock:
            return self._status

    def note(self, **changes: Any) -> None:
        """Change fields of the status."""
        with self._lock:
            self._status = replace(self._status, **changes)
        self.news.due()

    def add(self, **more: int) -> None:
        """Add to numbers of the status."""
        with self._lock:
            now = {name: getattr(self._status, name) + by for name, by in more.items()}
            self._status = replace(self._status, **now)
        self.news.due()

    def tell(self, words: str) -> None:
        """Say what came of something that somebody asked for."""
        with self._lock:
            tellings = self._status.tellings + 1
            self._status = replace(self._status, told=words, tellings=tellings)
        self.news.say(words)

    def show(self, rows: Sequence[Row], *, whole: bool) -> None:
        """Show rows that are planned anew; `whole`: there are no others."""
        with self._lock:
            self._renew_now()
            before = self._view.rows
            fresh = [as_before(each, before.get(each.id)) for each in rows]
            self._view = self._view.with_rows(fresh, whole=whole)
            self._count()
        self.news.due()

    def rest(self) -> None:
        """Note that nothing is made any more."""
        with self._lock:
            self._renew_now()
            busy = [each.id for each in self._view.rows.values() if each.busy]
            self._view = self._view.with_changes(lambda row: replace(row, busy=False), busy)

    def made(self, ids: Iterable[str], digest: Digest) -> None:
        """Note that pictures are made, and not in their files yet; it shows soon."""
        self._renew(ids, {"digest": digest, "busy": False})

    def drafted(self, ids: Iterable[str], digest: Digest) -> None:
        """Note that drafts are drawn; it shows soon."""
        self._renew(ids, {"draft": digest})

    def _renew(self, ids: Iterable[str], fields: Mapping[str, Any]) -> None:
        with self._lock:
            for each in ids:
                self._fresh.setdefault(each, {}).update(fields)
        self.news.due()

    def flush(self) -> None:
        """Show what was made meanwhile."""
        with self._lock:
            self._renew_now()

    def _renew_now(self) -> None:
        if self._fresh:
            fresh, self._fresh = self._fresh, {}
            self._view = self._view.with_changes(partial(_renewed, fresh), fresh.keys())

    def _count(self) -> None:
        rows = self._view.rows.values()
        self._status = replace(
            self._status,
            stale=self._view.stale,
            pictures=len(rows),
            failed=sum(1 for each in rows if each.problem and each.is_stale),
            edited=sum(1 for each in rows if each.state == "edited"),
        )


def _renewed(fresh: Mapping[str, Mapping[str, Any]], row: Row) -> Row:
    return replace(row, **fresh[row.id])
