"""The turns of a session: each change begins one, and a later one takes over from those before."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from assetforge.decided import Decided, Options
from assetforge.digest import Digest
from assetforge.errors import AssetforgeError, Diagnostic, InvalidSource
from assetforge.events import Event
from assetforge.incremental.saving import Printed
from assetforge.pricing import Cost
from assetforge.reports.text import Flags
from assetforge.session.account import Account
from assetforge.session.board import Board
from assetforge.session.document import About
from assetforge.session.drafts import drafts_to_draw
from assetforge.session.status import Phase, Status, problems_of
from assetforge.session.turn import Superseded, Turn, Wish
from assetforge.session.work import Work
from assetforge.watch.folders import all_folders
from assetforge.watch.fuse import QUIET_SECONDS, Fuse


class Turns:
    """What runs, and what it needs: a `work.Host`. For any thread.

    Attributes:
        auto: spend without asking, up to the cap of the options.
        folders: what is to be watched, absolute.
        outputs: the files that are written here, absolute.
        account: what is spent, where that is counted together.
    """

    def __init__(
        self,
        options: Options,
        printed: Printed,
        flags: Flags,
        listen: Callable[[Event], None] | None,
        *,
        auto: bool,
        with_pictures: bool,
    ) -> None:
        """Nothing runs before `begin`."""
        self.options = options
        self.printed = printed
        self.flags = flags
        self.listen = listen
        self.auto = auto
        self.with_pictures = with_pictures
        self.planning = threading.Lock()
        self.finishing = threading.Lock()
        self.fuse = Fuse()
        self.is_free: bool | None = None
        self.about = About()
        self.tried: set[Digest] = set()
        self.board = Board(Status(auto=auto, cap=options.cap_microdollars if auto else None))
        self.folders: set[Path] = {options.file.parent}
        self.outputs: set[Path] = set()
        self.account = Account(options.file.resolve().parent)
        self._lock = threading.RLock()
        self._threads: dict[Turn, threading.Thread] = {}
        self._newest: Turn | None = None
        self._running: Turn | None = None
        self._focus: frozenset[str] = frozenset()
        self._look_again = False
        self._rest: threading.Timer | None = None
        self._closed = False

    @property
    def status(self) -> Status:
        """What the session is at."""
        with self._lock:
            late = [each for each in self._threads if each.superseded]
            finishing = sum(len(each.sent) for each in late)
        return replace(self.board.status, finishing=finishing, paused=self.fuse.why)

    @property
    def at_rest(self) -> bool:
        """Whether nothing runs."""
        with self._lock:
            return not self._threads

    @property
    def in_flight(self) -> int:
        """How many calls were sent and are not answered."""
        with self._lock:
            return sum(len(each.sent) for each in self._threads)

    @property
    def in_flight_cost(self) -> Cost:
        """What those cost."""
        with self._lock:
            prices = [each.prices[one] for each in self._threads for one in list(each.sent)]
        return sum(prices, Cost(0, 0))

    def begin(self, wish: Wish) -> None:
        """Begin a turn; what the last one runs goes on until this one has planned."""
        with self._lock:
            if self._closed:
                return
            turn = Turn(self.board.status.generation + 1, wish)
            self._newest = turn
            phase = "planning" if self._running is None else self.board.status.phase
            self.board.note(generation=turn.generation, phase=phase)
            self._start(turn, self._take)

    def look(self, *, quiet: bool = False, fresh: bool = False) -> None:
        """Begin a turn that builds what costs nothing, and what may be spent on unasked."""
        cap = self.options.cap_microdollars
        self.begin(Wish(build=self.auto, cap=cap, quiet=quiet, fresh=fresh))

    def errand(self, work: Callable[[Turn], None]) -> None:
        """Do something beside the turns, and look at the project after it."""
        with self._lock:
            if not self._closed:
                self._start(Turn(0, Wish()), lambda turn: self._run(turn, work))

    def pause(self) -> None:
        """Build nothing for now; look again when it has been quiet for long enough."""
        self.board.note(phase="paused")
        with self._lock:
            if self._rest is not None:
                self._rest.cancel()
            if not self._closed:
                self._rest = threading.Timer(QUIET_SECONDS, self._rested)
                self._rest.start()

    def _rested(self) -> None:
        self.fuse.mend()
        self.look(quiet=True)

    def close(self) -> None:
        """End: what is not sent is dropped, what was sent is waited for and kept."""
        with self._lock:
            self._closed = True
            if self._rest is not None:
                self._rest.cancel()
            threads = dict(self._threads)
            for each in threads:
                each.stopping.set()
        for thread in threads.values():
            thread.join()
        self.account.close()
        self.board.news.close()

    def focus(self, ids: Collection[str]) -> None:
        """Note what somebody looks at: drafts of that are drawn by themselves."""
        with self._lock:
            self._focus = frozenset(ids)
        self._draft_focus()

    # what a turn asks for: see `work.Host`

    def refuse_overtaken(self, turn: Turn) -> None:
        """Check that no later turn has begun meanwhile."""
        with self._lock:
            if turn is not self._newest or turn.stopping.is_set():
                raise Superseded

    def take_over(self, turn: Turn, decided: Decided) -> None:
        """Let a turn run what it planned, and no other from now on."""
        with self._lock:
            self.refuse_overtaken(turn)
            before = self._running
            if before is not None and before is not turn:
                if before.runs(decided.plan) and before.wish.covers(turn.wish):
                    self._newest = before  # what it runs is still what there is to do
                    self._look_again = True
                    raise Superseded
                before.supersede()
            turn.plan = decided.plan
            self._running = turn

    def watch(self, folders: set[Path], outputs: set[Path], *, part: bool) -> None:
        """Note what is to be watched."""
        with self._lock:
            self.folders = self.folders | folders if part else folders
            self.outputs = self.outputs | outputs if part else outputs

    def looked_at(self) -> frozenset[str]:
        """Return the ids of the pictures that somebody looks at."""
        with self._lock:
            return self._focus

    # threads

    def _start(self, turn: Turn, run: Callable[[Turn], None]) -> None:
        thread = threading.Thread(target=run, args=[turn], name="assetforge-turn")
        self._threads[turn] = thread
        thread.start()

    def _ended(self, turn: Turn) -> None:
        with self._lock:
            self._threads.pop(turn, None)
            if self._running is turn:
                self._running = None
        self.board.news.due()

    def _take(self, turn: Turn) -> None:
        """Take a turn, whatever comes of it."""
        try:
            if self.auto:
                self.account.begin()
            Work(self, turn).run()
            self._settle(turn, ())
        except Superseded:
            pass
        except InvalidSource as error:
            self.watch(all_folders(self.options.file.parent), set(), part=True)
            self._settle(turn, error.diagnostics)
        except AssetforgeError as error:
            self._settle(turn, problems_of(error), f"assetforge: {error}")
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._settle(turn, [Diagnostic("bug", f"a bug in assetforge: {error!r}")])
        finally:
            self._ended(turn)
        self._follow(turn)

    def _follow(self, turn: Turn) -> None:
        """Begin what is left to do after a turn."""
        with self._lock:
            again = self._look_again and self._running is None
            if again:
                self._look_again = False
        if again or turn.wish.names is not None:  # what all the rest comes to, a look tells
            self.look(quiet=True)
        else:
            self._draft_focus()

    def _run(self, turn: Turn, work: Callable[[Turn], None]) -> None:
        try:
            work(turn)
        except AssetforgeError as error:
            self.board.news.say(f"assetforge: {error}")
            self.board.note(problems=problems_of(error))
        finally:
            self._ended(turn)
        self.look(quiet=True)

    def _settle(self, turn: Turn, problems: Sequence[Diagnostic], said: str = "") -> None:
        """Show what a turn ended with; nothing of one that a later one has overtaken."""
        with self._lock:
            if self._running is turn:
                self._running = None
            if turn is not self._newest or turn.superseded:
                return
            self.board.note(phase=self._phase_after(problems), done=0, total=0)
            if problems:
                self.board.note(problems=tuple(problems))
        words = said or self.printed(problems, False).rstrip("\n")
        if problems and words != self.board.news.last:
            self.board.news.say(words)

    def _phase_after(self, problems: Sequence[Diagnostic]) -> Phase:
        if any(each.severity == "error" for each in problems):
            return "broken"
        return "paused" if self.fuse.why else "watching"

    def _draft_focus(self) -> None:
        """Draw what somebody looks at, unless something else is done: it looks again at its end."""
        with self._lock:
            idle = not self._threads and self.board.status.phase == "watching"
            wanted = drafts_to_draw(self.board.view.rows.values(), self._focus, self.tried)
        if idle and wanted:
            self.begin(Wish(quiet=True))
