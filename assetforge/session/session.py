"""A session: a project kept open, brought up to date at every change, and decided about."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from assetforge.action import VariantName
from assetforge.build import run_decided
from assetforge.decided import Decided, Options, deciding
from assetforge.digest import Digest, Json
from assetforge.errors import UsageProblem
from assetforge.events import Ended, Event
from assetforge.incremental.saving import Printed
from assetforge.locale_desk import LocaleDesk, TextChanged
from assetforge.notes.writing import add, remove
from assetforge.planner import Selection
from assetforge.pricing import Cost, cost_text
from assetforge.progress import Progress
from assetforge.project import open_project
from assetforge.reports.text import Flags, plural
from assetforge.session.blobs import Blobs
from assetforge.session.deciding import Deciding, Seen
from assetforge.session.detail import detail, digests_in
from assetforge.session.document import document
from assetforge.session.errors import Agree, Outdated, UnknownPicture
from assetforge.session.memory import keep_little
from assetforge.session.rows import Row
from assetforge.session.status import Status
from assetforge.session.turn import Turn, Wish
from assetforge.session.turns import Turns
from assetforge.store.local import Store

NO_FLAGS: Final = Flags()


class Session:
    """A project kept open while somebody works at it. Its methods are for any thread, and block."""

    def __init__(
        self,
        options: Options,
        printed: Printed,
        flags: Flags = NO_FLAGS,
        *,
        auto: bool = False,
        with_pictures: bool = True,
        listen: Callable[[Event], None] | None = None,
    ) -> None:
        """Open a session; nothing happens before `start`.

        Args:
            options: what is kept up to date; its cap is what `auto` may spend in all.
            printed: returns warnings as they are printed.
            flags: what a next command has to repeat.
            auto: spend without asking, up to the cap.
            with_pictures: keep rows of all pictures, for a page.
            listen: told of all events of builds, on their threads.
        """
        self.options = replace(options, file=options.file.absolute(), keep_going=True)
        self._turns = Turns(
            self.options, printed, flags, listen, auto=auto, with_pictures=with_pictures
        )
        self.board = self._turns.board
        self._root = self.options.file.resolve().parent
        self._deciding = Deciding(self.options, self._turns.planning)
        self._blobs = Blobs(self._root)
        self._opened: tuple[int, LocaleDesk] | None = None

    def start(self) -> None:
        """Look at the project for the first time."""
        keep_little()
        self._turns.look()

    def close(self) -> None:
        """End: what is not sent is dropped, what was sent is waited for and kept."""
        self._turns.close()

    # what is seen

    @property
    def status(self) -> Status:
        """What the session is at."""
        return self._turns.status

    @property
    def at_rest(self) -> bool:
        """Whether nothing runs."""
        return self._turns.at_rest

    @property
    def in_flight(self) -> int:
        """How many calls were sent and are not answered."""
        return self._turns.in_flight

    @property
    def in_flight_cost(self) -> Cost:
        """What those cost."""
        return self._turns.in_flight_cost

    @property
    def folders(self) -> set[Path]:
        """What is to be watched, absolute."""
        return self._turns.folders

    @property
    def outputs(self) -> set[Path]:
        """The files that are written here, absolute."""
        return self._turns.outputs

    def news_since(self, number: int) -> tuple[int, Sequence[str]]:
        """Return how many lines were said in all, and those after the first `number`."""
        return self.board.news.since(number)

    def subscribe(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Have `tell` called after every change, on another thread; returns what ends that."""
        return self.board.news.subscribe(tell)

    def row(self, id: str) -> Row:
        """Return a picture's row.

        Raises:
            UnknownPicture: there is none of that id.
        """
        try:
            return self.board.view.rows[id]
        except KeyError:
            raise UnknownPicture(id) from None

    def document(self, since: int = -1) -> dict[str, Json]:
        """Return `assetforge.preview/1`: all, or what changed after a version."""
        turns = self._turns
        return document(turns.about, self.board.view, self.status, turns.flags, since)

    def detail(self, id: str) -> dict[str, Json]:
        """Return all that there is to know of a picture.

        Raises:
            UnknownPicture: there is none of that id.
            AssetforgeError: it cannot be planned now.
        """
        row = self.row(id)
        with self._turns.planning, deciding(self._only(row.variant)) as (decided, store):
            found = detail(decided, store, row, self._turns.flags)
        self._blobs.vouch(digests_in(found))
        return {**found, "version": self.board.view.version}

    def _only(self, *names: VariantName) -> Options:
        return replace(self.options, selection=Selection(names=frozenset(names)))

    def _cost_of(self, names: Collection[VariantName]) -> Cost:
        """Return what building some variants costs; what they share is counted once."""
        with self._turns.planning, deciding(self._only(*names)) as (decided, _):
            return decided.cost

    def blob(self, digest: Digest) -> bytes | None:
        """Return a picture that is shown; None: it is not, or its bytes are gone."""
        return self._blobs.read(digest, self.board.view)

    # what drives it

    def changed(self, paths: Collection[Path]) -> None:
        """Take up a settled batch of changes; an empty one says to look, and is no news."""
        if not self._turns.fuse.admits(time.monotonic()):
            self._turns.pause()
            return
        if paths:
            self.say(f"changed: {named(paths)}")
        self._turns.look(quiet=not paths)

    def polls(self, why: str) -> None:
        """Note why folders are looked at again and again; empty: the system tells of changes."""
        self.board.note(polling=bool(why))
        if why:
            self.say(f"looking for changes again and again: {why}")

    def say(self, words: str) -> None:
        """Say something to everybody who listens."""
        self.board.news.say(words)

    def refresh(self) -> None:
        """Look at everything anew."""
        self._turns.fuse.mend()
        self._turns.look(fresh=True)

    def build(
        self, ids: Collection[str] | None = None, *, cap_microdollars: int | None = None
    ) -> str:
        """Build what is stale, or some pictures.

        Raises:
            Agree: it costs something, and no cap says how much that may be.
            UnknownPicture: there is no such picture.
        """
        names = None if ids is None else frozenset(self.row(each).variant for each in ids)
        if cap_microdollars is None:
            cost = self.board.status.cost if names is None else self._cost_of(names)
            what = "all that is stale" if ids is None else plural(len(ids), "picture")
            if cost.high:
                raise Agree(f"building {what} costs {cost_text(cost)}", cost.low, cost.high)
        self._turns.fuse.mend()
        self._turns.begin(self._turns.agreed(cap_microdollars, names))
        return "building"

    def draft(self, ids: Collection[str] | None = None) -> str:
        """Draw drafts of what is stale and costs something; they cost nothing.

        Raises:
            UsageProblem: there is nothing to draw.
        """
        rows = self.board.view.rows.values()
        wanted = {
            each.id
            for each in rows
            if each.is_stale and each.cost and (ids is None or each.id in ids)
        }
        if not wanted:
            raise UsageProblem("nothing is stale that costs something: there is nothing to draft")
        if ids is not None:
            self._turns.focus(self._turns.looked_at() | wanted)
        self._turns.begin(Wish(drafts=ids is None, quiet=True))
        return f"drafting {plural(len(wanted), 'picture')}"

    def focus(self, ids: Collection[str]) -> None:
        """Note what somebody looks at: drafts of that are drawn by themselves."""
        self._turns.focus(ids)

    # what people decide

    def accept(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Say that pictures are right; see `deciding.Deciding.say`."""
        return self._decided(self._deciding.say("accept", seen, agreed=agreed))

    def reject(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Say that pictures are wrong; see `deciding.Deciding.say`."""
        return self._decided(self._deciding.say("reject", seen, agreed=agreed))

    def pin(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Keep pictures whatever changes; see `deciding.Deciding.say`."""
        return self._decided(self._deciding.say("pin", seen, agreed=agreed))

    def unpin(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Let pictures change again; see `deciding.Deciding.say`."""
        return self._decided(self._deciding.say("unpin", seen, agreed=agreed))

    def choose(self, seen: Seen, take: int, *, agreed: bool = False) -> str:
        """Say that a take is the right one; `seen.digest` is that take's."""
        return self._decided(self._deciding.choose(seen, take, agreed=agreed))

    def undo(self, *, agreed: bool = False) -> str:
        """Take the last decision back."""
        return self._decided(self._deciding.undo(agreed=agreed))

    def reroll(
        self, seen: Sequence[Seen], takes: int, *, cap_microdollars: int | None = None
    ) -> str:
        """Make further takes of pictures, beside whatever else is made.

        Raises:
            Agree: it costs something, and no cap says how much that may be.
            Outdated, UnknownPicture, UsageProblem: as `Deciding.price_of_takes`.
        """
        cost = self._deciding.price_of_takes(seen, takes)
        words = f"{plural(takes, 'take')} of {plural(len(seen), 'picture')}"
        if cost.high and cap_microdollars is None:
            raise Agree(f"{words} cost {cost_text(cost)}", cost.low, cost.high)
        wish = self._turns.agreed(cap_microdollars)
        self._turns.errand(wish, partial(self._make_takes, seen, takes, wish.cap))
        return f"making {words}"

    def _make_takes(self, seen: Sequence[Seen], takes: int, cap: int | None, turn: Turn) -> None:
        options = replace(self.options, cap_microdollars=cap, yes=True)

        def heed(event: Event) -> None:
            turn.note(event)
            if isinstance(event, Ended):
                self.board.add(spent=event.cost_microdollars)

        def run(decided: Decided, store: Store) -> Progress:
            turn.sends(decided)
            return run_decided(options, decided, store, heed, stopping=turn.stopping)

        self.board.tell(self._deciding.make_takes(seen, takes, run))

    def note(self, seen: Seen, text: str) -> str:
        """Write down what should change in a picture: the next build edits it so.

        Raises:
            Outdated, UnknownPicture: these bytes are not what is shown now.
            UsageProblem, InvalidSource, StoreProblem: it cannot be written down.
        """
        row = self.row(seen.id)
        step = self._deciding.step_to_note(seen)
        file = self.options.file.name
        return self._decided(add(self._root, file, row.variant, step, text, seen.digest))

    def unnote(self, id: str, step: str, text: str) -> str:
        """Strike a note out.

        Raises:
            UnknownPicture: there is no such picture.
            UsageProblem, InvalidSource, StoreProblem: there is no such note, or it has to stay.
        """
        row = self.row(id)
        return self._decided(remove(self._root, self.options.file.name, row.variant, step, text))

    def _decided(self, words: str) -> str:
        self.say(words)
        self._turns.look(quiet=True)
        return words

    # the texts of a locale

    def texts(self, locale: str) -> dict[str, Json]:
        """Return the texts of a locale, as `locale_desk` shows them.

        Raises:
            UsageProblem: there is no such locale.
            InvalidSource: the project cannot be opened.
        """
        pictures: dict[str, list[str]] = {}
        for id, each in self.board.view.rows.items():
            pictures.setdefault(each.variant, []).append(id)
        found = self._desk().texts(locale, pictures)
        if not found["messages"] and locale not in self._turns.about.ids:
            raise UsageProblem(f"no picture is made in the locale '{locale}'")
        return found

    def text_locales(self) -> dict[str, Json]:
        """Return the locales of the pictures, and how many texts of each want work.

        Raises:
            InvalidSource: the project cannot be opened.
        """
        return self._desk().locales()

    def check_text(
        self, locale: str, message: str, form: int, text: str, asset: str = ""
    ) -> dict[str, Json]:
        """Return what is wrong with a text while it is typed.

        `asset` tells which text is meant where assets have catalogs of their own.

        Raises:
            UsageProblem, InvalidSource: as `texts`, or there is no such message.
        """
        return self._desk().check(locale, message, form, text, asset)

    def save_text(
        self, locale: str, message: str, form: int, text: str, was: str | None, asset: str = ""
    ) -> str:
        """Save a text in its catalog; `asset` is as for `check_text`.

        Raises:
            Outdated: it is not what somebody saw.
            UsageProblem, InvalidSource: as `check_text`, or it cannot be saved.
        """
        try:
            return self._decided(self._desk().save(locale, message, form, text, was, asset))
        except TextChanged as error:
            raise Outdated(str(error)) from error

    def _desk(self) -> LocaleDesk:
        """Return the desk of the project as it was at the last change."""
        generation = self.board.status.generation
        with self._turns.planning:
            if self._opened is None or self._opened[0] != generation:
                project = open_project(self.options.file, self.options.profile)
                self._opened = generation, LocaleDesk(project)
            return self._opened[1]


def named(changed: Collection[Path]) -> str:
    """Return the names of a few files; editors' short-lived ones only if there are no others."""
    # `Path.exists` raises where a folder above must not be read.
    names = sorted(each.name for each in changed if os.path.exists(each))  # noqa: PTH110
    names = names or sorted(each.name for each in changed)
    return f"{', '.join(names[:3])}{' ...' if names[3:] else ''}"
