"""A watch at a terminal: keys on one side, what a session says on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from assetforge.cli.browser import open_page
from assetforge.cli.keys import Keys
from assetforge.cli.lines import Lines
from assetforge.cli.serving import Serve
from assetforge.errors import AssetforgeError
from assetforge.interrupts import ending_like_ctrl_c, noting_interrupts
from assetforge.pricing import cost_text
from assetforge.reports.text import plural
from assetforge.session.errors import Agree
from assetforge.session.session import Session
from assetforge.session.watching import Watching

if TYPE_CHECKING:
    from assetforge.preview.server import Preview

HELP: Final = """\
  b  build what is stale; asks first when it costs something
  d  draw drafts of what is stale; they cost nothing
  o  open the page
  r  look at everything anew
  q  quit; so does Ctrl-C
  ?  these lines"""


class Watcher:
    """Does what keys ask for, and says what is news, until somebody ends it. Main thread only."""

    def __init__(self, session: Session, keys: Keys, lines: Lines, serve: Serve) -> None:
        """Watch for a session; `serve` serves its page, when that is wanted."""
        self._session = session
        self._keys = keys
        self._lines = lines
        self._serve = serve
        self._told = 0
        self._asked: Agree | None = None
        self._preview: Preview | None = None
        self._stack = ExitStack()
        self._presses: dict[str, Callable[[], object]] = {
            "b": session.build,
            "d": self._draft,
            "o": self.open_page,
            "r": session.refresh,
            "?": lambda: lines.say([HELP]),
        }

    def run(self, *, opens: bool = False, serves: bool = False) -> int:
        """Watch until somebody quits; return the exit code.

        `opens`: open the page first. `serves`: serve it, and leave it to others to open it.

        Raises:
            KeyboardInterrupt: Ctrl-C; all that was sent is waited for, and kept, before.
            UsageProblem: the page cannot be served.
        """
        session, keys = self._session, self._keys
        with self._stack as stack:
            stack.enter_context(ending_like_ctrl_c())
            stack.enter_context(self._ending())
            if serves:
                self.serve()
            if opens:
                self.open_page()
            stack.callback(session.subscribe(keys.wake))
            stack.enter_context(keys)
            session.start()
            watching = stack.enter_context(Watching(session, keys.wake))
            while watching.failed is None:
                self._tell()
                key = keys.next(self._show())
                if key == "q":
                    return 0
                self.press(key)
            raise watching.failed

    def press(self, key: str) -> None:
        """Do what a key asks for; a question is answered by `y`, and by any other key with no."""
        asked, self._asked = self._asked, None
        if not key:
            self._asked = asked
            return
        try:
            if asked is None:
                self._presses.get(key, int)()
            elif key == "y":
                self._session.build(cap_microdollars=asked.high)
            else:
                self._lines.say(["not built"])
        except Agree as error:
            self._asked = error
        except AssetforgeError as error:
            self._lines.say([f"assetforge: {error}"])

    def _draft(self) -> None:
        self._lines.say([f"{self._session.draft()}; o shows them"])

    def open_page(self) -> None:
        """Open the page in a browser; serve it from now on.

        Raises:
            UsageProblem: the port is taken.
        """
        url = self.serve().url
        more = "" if open_page(url) else "   (open it in a browser)"
        self._lines.say([f"page: {url}{more}"])

    def serve(self) -> Preview:
        """Serve the page from now on, unless that is done; it ends with the watch.

        Raises:
            UsageProblem: the port is taken.
        """
        if self._preview is None:
            self._preview = self._serve(self._session)
            self._stack.callback(self._preview.close)  # before: Ctrl-C may come at any time
            self._preview.start()
        return self._preview

    def _tell(self) -> None:
        self._told, news = self._session.news_since(self._told)
        self._lines.say(news)

    def _show(self) -> float:
        """Show how things are, unless the terminal is somebody else's meanwhile."""
        if not self._keys.in_front:
            return 1.0
        return self._lines.show(self._session.status, self._question())

    def _question(self) -> str:
        if self._asked is None:
            return ""
        return f"{self._asked}: y builds for that, n does not"

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Close the session in the end; say what it waits for, and what came of it."""
        try:
            yield
        finally:
            self._lines.end()
            self._tell()
            if sent := self._session.in_flight:
                calls = (
                    f"{plural(sent, 'call')} in flight, {cost_text(self._session.in_flight_cost)}"
                )
                self._lines.say([f"waiting for {calls}; what they bring is kept"])
            with noting_interrupts(lambda: None, threading.Event()):
                self._session.close()
            self._tell()
            self._lines.end()
