"""A session on a real project, and waiting for what it comes to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetforge.cli.output import printed
from assetforge.decided import Options
from assetforge.session.deciding import Seen
from assetforge.session.rows import Row
from assetforge.session.session import Session
from assetforge.session.status import Status
from tests.cli.schemas import assert_published
from tests.space import QUICK, Space

PATIENCE_SECONDS = 60
"""How long a test waits for what must come; only a failing test waits so long."""

PAID = QUICK.replace("{provider: blank}", "{provider: openai, quality: low}")
"""A profile that costs something: without a key, nothing could be bought by mistake."""


@dataclass
class Opened:
    """An open session."""

    space: Space
    session: Session
    said: int = 0

    @property
    def status(self) -> Status:
        return self.session.status

    @property
    def rows(self) -> dict[str, Row]:
        return dict(self.session.board.view.rows)

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, and return it."""
        changed = threading.Event()
        end = self.session.subscribe(changed.set)
        try:
            while not (found := holds()):
                assert changed.wait(PATIENCE_SECONDS), f"never so: {self.status.words}"
                changed.clear()
        finally:
            end()
        return found

    def settled(self) -> Status:
        """Wait until no turn runs any more."""
        idle = ("watching", "broken", "paused")
        self.until(lambda: self.session.at_rest and self.status.phase in idle)
        return self.status

    def news(self) -> str:
        """Return what was said since the last call."""
        self.said, lines = self.session.news_since(self.said)
        return "\n".join(lines)

    def document(self, since: int = -1) -> Any:
        document = self.session.document(since)
        assert_published(document)
        return document

    def detail(self, id: str) -> Any:
        return self.session.detail(id)

    def texts(self, locale: str) -> Any:
        return self.session.texts(locale)

    def text_locales(self) -> Any:
        return self.session.text_locales()

    def blob(self, digest: Any) -> bytes:
        """Return the bytes of a picture; empty: it cannot be had."""
        return self.session.blob(digest) or b""

    def save(self, name: str, text: str) -> None:
        """Save a file, and tell of it as watching would."""
        self.changed(self.space.write(name, text))

    def changed(self, *paths: Path) -> None:
        self.session.changed(set(paths))

    def translate(self, locale: str, headline: str) -> None:
        """Give a locale another headline, and tell of it."""
        self.space.locale(locale, headline=headline, action=f"Buy {locale}", alt=f"Hills {locale}")
        self.changed(self.space.root / f"locales/{locale}.json")

    def seen(self, id: str) -> Seen:
        """Return what somebody sees of a picture, as their decision names it."""
        digest = self.rows[id].digest
        assert digest is not None
        return Seen(id, digest)


@contextmanager
def opened(space: Space, profile: str | None = None, **options: Any) -> Iterator[Opened]:
    """Open a session, wait for its first turn, and close it in the end."""
    cap, jobs = options.pop("cap", None), options.pop("jobs", 0)
    file = space.root / "assetforge.yaml"
    asked = Options(file, profile, cap_microdollars=cap, jobs=jobs)
    session = Session(asked, printed, **options)
    session.start()
    try:
        found = Opened(space, session)
        found.settled()
        yield found
    finally:
        session.close()
