"""The turns of a session: each change begins one, and a later one takes over from those before."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from assetforge.action import VariantName
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

LOOK: Final = Wish(quiet=True)
"""Looks whether anything is left to do."""


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
        self._again: Wish | None = None
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
            before = self._unfinished()
            if before is not None and before.plan is None and wish.waits_for(before.wish):
                self._wait(wish)
                return
            asked = wish if before is None else wish.besides(before.wish)
            turn = Turn(self.board.status.generation + 1, asked)
            self._newest = turn
            phase = "planning" if self._running is None else self.board.status.phase
            self.board.note(generation=turn.generation, phase=phase)
            self._start(turn, self._take)

    def _unfinished(self) -> Turn | None:
        """Return the newest turn, unless it has ended."""
        before = self._newest
        if before is None or before.superseded or before not in self._threads:
            return None
        return before

    def _wait(self, wish: Wish) -> None:
        """Have a wish wait until what runs has ended."""
        if self._again is None or wish.drafts:
            self._again = wish if wish.drafts else LOOK

    def look(self, *, quiet: bool = False, fresh: bool = False) -> None:
        """Begin a turn that builds what costs nothing, and what may be spent on unasked."""
        self.begin(Wish(build=self.auto, quiet=quiet, fresh=fresh))

    def agreed(self, microdollars: int | None, names: frozenset[VariantName] | None = None) -> Wish:
        """Return the wish of a build that somebody agreed to; None: it costs nothing.

        Raises:
            StoreProblem: it cannot be counted.
        """
        if microdollars is None:
            return Wish(build=True, cap=0, names=names)
        cap = self.account.agree(microdollars)
        return Wish(build=True, agreed=microdollars, cap=cap, names=names)

    def errand(self, wish: Wish, work: Callable[[Turn], None]) -> None:
        """Do something beside the turns, and look at the project after it."""
        with self._lock:
            if not self._closed:
                self._start(Turn(0, wish), lambda turn: self._run(turn, work))

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

    @property
    def is_building(self) -> bool:
        """Whether a turn runs what it planned."""
        with self._lock:
            return self._running is not None

    def cap_unasked(self) -> int | None:
        """Return what may count as spent unasked, from the beginning of the account."""
        return self.account.left_of(self.options.cap_microdollars)

    @contextmanager
    def holding(self, turn: Turn) -> Iterator[None]:
        """Let no later turn take over while something is shown."""
        with self._lock:
            if turn.superseded:
                raise Superseded
            yield

    def enter(self, turn: Turn, phase: Phase, total: int) -> None:
        """Note what a turn is at, unless a later one says what there is to say."""
        with self._lock:
            if turn is self._newest:
                self.board.note(phase=phase, done=0, total=total)

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
                asked = turn.wish if decided.cost.high else turn.wish.free
                if before.runs(decided.plan) and before.wish.covers(asked):
                    self._newest = before  # what it runs is still what there is to do
                    self._wait(turn.wish)
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
        if turn.wish.agreed is not None:
            self.account.over()
        self.board.news.due()

    def _take(self, turn: Turn) -> None:
        """Take a turn, whatever comes of it."""
        try:
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
            self._settle(turn, [_bug(error)])
        finally:
            with self._lock:  # nobody sees it at rest between a turn and what follows
                self._ended(turn)
                self._follow(turn)

    def _follow(self, turn: Turn) -> None:
        """Begin what is left to do after a turn."""
        with self._lock:
            again = self._again if self._running is None else None
            if again is not None:
                self._again = None
        if again is not None and again.drafts:
            self.begin(again)
        elif again is not None or turn.wish.names is not None or (turn.superseded and turn.brought):
            self.look(quiet=True)  # it tells what all the rest comes to
        else:
            self._draft_focus()

    def _run(self, turn: Turn, work: Callable[[Turn], None]) -> None:
        try:
            work(turn)
        except AssetforgeError as error:
            self.board.tell(f"assetforge: {error}")
        except Exception as error:
            self.board.tell(_bug(error).message)
        finally:
            with self._lock:
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
            self.board.rest()
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


def _bug(error: Exception) -> Diagnostic:
    """Return what to say of a mistake of our own, and print where it is."""
    traceback.print_exc(file=sys.stderr)
    return Diagnostic("bug", f"a bug in assetforge: {error!r}")
