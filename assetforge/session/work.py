"""What a turn does: it plans, builds what costs nothing or was asked for, and drafts the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from assetforge.action import ActionId
from assetforge.build import Built, finish, run_decided
from assetforge.decided import Decided, Options, decide_plan, plan_and_decide
from assetforge.digest import Digest
from assetforge.events import Ended, Event, Outcome, TriedAgain
from assetforge.incremental.build import build_changed
from assetforge.incremental.saving import Printed, is_whole
from assetforge.permission import caps_of
from assetforge.planner import Selection
from assetforge.pricing import Cost
from assetforge.recollection import lock_of
from assetforge.reports.collect import chain_of
from assetforge.reports.text import Flags, build_text, totals_text
from assetforge.session.board import Board
from assetforge.session.document import About, about
from assetforge.session.drafts import decide_drafts, drafts_of, drafts_to_draw, draw
from assetforge.session.rows import Row, row_id, rows_of
from assetforge.session.status import Phase
from assetforge.session.turn import Planning, Superseded, Turn
from assetforge.store.local import Store
from assetforge.trace.command import LEVELS
from assetforge.trace.look import Look, keep, look
from assetforge.trace.proof import trace_folder
from assetforge.trace.targets import Targets
from assetforge.watch.folders import folders_of, nearest
from assetforge.watch.fuse import Fuse


class NotBuilt(Exception):
    """What would have to be built costs something, and nobody agreed to it."""


class Host(Protocol):
    """What a turn needs of its session.

    Attributes:
        options: what is kept up to date.
        flags: what a next command has to repeat.
        printed: returns warnings as they are printed.
        board: what is shown.
        with_pictures: whether anybody sees rows of pictures.
        planning, finishing: held by the one turn that plans, or writes targets.
        fuse: against loops.
        listen: told of all events of builds, where somebody wants to be.
        is_free: whether the profile's pictures cost nothing; None: not known yet.
        about: what there is to say of the project.
        tried: the words that no draft could be drawn of.
    """

    options: Options
    flags: Flags
    printed: Printed
    board: Board
    with_pictures: bool
    planning: threading.Lock
    finishing: threading.Lock
    fuse: Fuse
    listen: Callable[[Event], None] | None
    is_free: bool | None
    about: About
    tried: set[Digest]

    @property
    def is_building(self) -> bool:
        """Whether a turn runs what it planned."""

    def cap_unasked(self) -> int | None:
        """Return what may count as spent unasked; None: what the profile says.

        Raises:
            StoreProblem: it cannot be counted.
        """

    def holding(self, turn: Turn) -> AbstractContextManager[None]:
        """Let no later turn take over while something is shown.

        Raises:
            Superseded: one has.
        """

    def enter(self, turn: Turn, phase: Phase, total: int) -> None:
        """Note what a turn is at, unless a later one says what there is to say."""

    def refuse_overtaken(self, turn: Turn) -> None:
        """Check that no later turn has begun meanwhile.

        Raises:
            Superseded: one has.
        """

    def take_over(self, turn: Turn, decided: Decided) -> None:
        """Let a turn run what it planned, and no other from now on.

        Raises:
            Superseded: a later turn does, or another runs the same.
        """

    def watch(self, folders: set[Path], outputs: set[Path], *, part: bool) -> None:
        """Note what is to be watched; `part`: besides what was."""

    def looked_at(self) -> frozenset[str]:
        """Return the ids of the pictures that somebody looks at."""


class Work:
    """The work of one turn."""

    def __init__(self, host: Host, turn: Turn) -> None:
        self.host = host
        self.turn = turn
        self.board = host.board

    def run(self) -> None:
        """Do it all.

        Raises:
            Superseded: a later turn does.
            AssetforgeError: it cannot be done.
        """
        found = self._look()
        if found is not None and found.nothing and self._knows_pictures:
            keep(found)
            self._watch_what_is_traced(found)
            self._say("" if self.turn.wish.quiet else found.proof.summary.rstrip())
            self.board.note(phase="watching", problems=())
            return
        try:
            with Planning(self.host.planning) as planned:
                self.host.refuse_overtaken(self.turn)
                built = build_changed(
                    self._options(), found, partial(self._make, planned), self.host.printed
                )
        except NotBuilt as error:
            self._say(str(error))
            return
        self._tell(built)

    @property
    def _knows_pictures(self) -> bool:
        return not self.host.with_pictures or bool(self.board.view.rows)

    def _look(self) -> Look | None:
        """Return what changed since the last whole build, where that is all there is to know.

        With a profile that costs something, what was not built has to be told again.
        """
        host, wish = self.host, self.turn.wish
        if wish.fresh or wish.names is not None or not is_whole(host.options):
            return None
        if not self._knows_pictures or (host.is_free is False and host.with_pictures):
            return None
        if host.is_building:  # what it writes meanwhile is not what was there
            return None
        root = host.options.file.resolve().parent
        folder = trace_folder(str(root), host.options.file.name, host.options.profile)
        return None if folder is None else look(folder, str(root), LEVELS[0])

    def _options(self) -> Options:
        """Return what is built: a cap of nothing where nobody agreed to spend.

        A price that is missed in planning is then refused where it is asked for.
        """
        wish, options = self.turn.wish, self.host.options
        if wish.names is not None:
            options = replace(options, selection=Selection(names=wish.names))
        if wish.build:
            return replace(options, keep_going=True, cap_microdollars=wish.cap, yes=True)
        return replace(options, keep_going=True, cap_microdollars=0)

    def _make(
        self, planned: Callable[[], None], options: Options, decided: Decided, store: Store
    ) -> Built:
        """Build what was decided, unless that would cost something that nobody agreed to.

        Raises:
            NotBuilt: it would.
            Superseded: a later turn does.
        """
        part = options.assets is not None or options.selection.names is not None
        self.host.take_over(self.turn, decided)
        self._note_project(decided, part)
        rows = self._show(decided, store, part)
        planned()
        if costs(decided) and not self.turn.wish.build:
            self._build_free(options, decided, store, rows)
            self._draft(decided, store)
            raise NotBuilt(self._price(decided))
        if self.turn.wish.build and self.turn.wish.cap is None and may_buy(decided):
            options = replace(options, cap_microdollars=self.host.cap_unasked())
        return self._build(options, decided, store, part)

    def _note_project(self, decided: Decided, part: bool) -> None:
        root, project = decided.project.root, decided.project
        outputs = {root / each.path for each in decided.plan.targets}
        self.host.watch(folders_of(project, decided.plan), outputs, part=part)
        self.host.is_free = project.capabilities.local
        if self.turn.wish.names is None and not part:
            cap = caps_of(self.host.options, project).run
            self.host.about = about(decided, cap)
            if self.board.status.auto:
                self.board.note(cap=cap)
        self.board.note(problems=tuple(decided.warnings))
        if self.turn.wish.names is None:
            self.board.note(cost=Cost(decided.cost.low, decided.cost.high))

    def _show(self, decided: Decided, store: Store, part: bool) -> list[Row]:
        """Show what is planned; pictures that are made now are marked."""
        if not self.host.with_pictures:
            return []
        rows = rows_of(decided, store)
        builds = self.turn.wish.build or not decided.cost.high
        shown = [replace(each, busy=builds and each.is_stale) for each in rows]
        self.board.show(shown, whole=not part)
        return rows

    def _build(self, options: Options, decided: Decided, store: Store, part: bool) -> Built:
        self.board.note(free=not costs(decided) and bool(self.board.status.cost.high))
        self.host.enter(self.turn, "building", len(decided.pending))
        self.turn.sends(decided)
        self.turn.targets = _last_actions(decided)
        progress = run_decided(options, decided, store, self._heed, stopping=self.turn.stopping)
        with self.host.finishing:
            if self.turn.superseded:
                raise Superseded
            built = finish(options, decided, progress, store)
        self._show_built(built, store, part)
        return built

    def _heed(self, event: Event) -> None:
        """Show what happens while actions run."""
        self.turn.note(event)
        self.board.news.due()
        if isinstance(event, Ended):
            self.board.add(spent=event.cost_microdollars)
        if self.turn.superseded:
            return
        if self.host.listen is not None:
            self.host.listen(event)
        match event:
            case Ended(outcome=outcome) if outcome is not Outcome.HIT:
                self.board.add(done=1)
            case TriedAgain(more=more):
                self.board.add(total=more)
            case _:
                pass
        if isinstance(event, Ended) and event.artifact is not None:
            with suppress(Superseded), self.host.holding(self.turn):
                self.board.made(self.turn.targets.get(event.action, ()), event.artifact)

    def _show_built(self, built: Built, store: Store, part: bool) -> None:
        """Show what there is after a build; what could not be made says why."""
        decided = built.decided
        failed = {
            variant: each.message
            for id, each in built.progress.failures.items()
            for variant in decided.plan.actions[id].variants
        }
        failed |= {each.target.variant.name: each.message for each in built.materialized.refused}
        if self.host.with_pictures or decided.cost.high:
            lock = lock_of(decided.project, store)
            after = decide_plan(decided.project, decided.whole, store, lock)
            rows = rows_of(after, store) if self.host.with_pictures else []
            said = [replace(each, problem=failed.get(each.variant, "")) for each in rows]
            with suppress(Superseded), self.host.holding(self.turn):
                if self.turn.wish.names is None:
                    self.board.note(cost=after.cost)
                self.board.show(said, whole=not part)
        self.host.fuse.note(work_of(built), time.monotonic())
        if why := self.host.fuse.why:
            self._say(f"paused: {why}")

    def _build_free(
        self, options: Options, decided: Decided, store: Store, rows: list[Row]
    ) -> None:
        """Build the pictures that cost nothing, beside others that would."""
        remote = {*decided.remote, *decided.lost, *decided.held}
        plan = decided.plan
        asks = {
            each.variant.name
            for each in plan.targets
            if any(one.id in remote for one in chain_of(decided, each.action))
        }
        free = frozenset(each.variant for each in rows if each.is_stale) - asks
        if not free:
            return
        chosen = replace(options, selection=Selection(names=free), assets=None)
        some = plan_and_decide(chosen, store, decided.project)
        if not some.cost.high:
            self._build(chosen, some, store, part=True)
            self.board.note(cost=decided.cost)

    def _draft(self, decided: Decided, store: Store) -> None:
        """Draw drafts of what is stale and costs something: of all of it, or what is looked at."""
        if not self.host.with_pictures:
            return
        seen = None if self.turn.wish.drafts else self.host.looked_at()
        rows = drafts_to_draw(self.board.view.rows.values(), seen, self.host.tried)
        known = {each.variant.name for each in decided.plan.targets}
        names = {each.variant for each in rows} & known
        if not names:
            return
        drafts = decide_drafts(decided.project, store, names)
        self.host.enter(self.turn, "drafting", len(drafts.pending))
        self.turn.targets = _last_actions(drafts)
        progress = draw(drafts, store, self._heed_drafts, self.turn.stopping)
        drawn = drafts_of(drafts, progress)
        with self.host.holding(self.turn):
            for id, digest in drawn.items():
                self.board.drafted([id], digest)
        self.host.tried.update(each.words for each in rows if each.id not in drawn)

    def _heed_drafts(self, event: Event) -> None:
        if self.turn.superseded or not isinstance(event, Ended):
            return
        if event.outcome is not Outcome.HIT:
            self.board.add(done=1)
        if event.artifact is not None:
            with suppress(Superseded), self.host.holding(self.turn):
                self.board.drafted(self.turn.targets.get(event.action, ()), event.artifact)

    def _tell(self, built: Built) -> None:
        """Say what a build came to, unless nothing was done and only news counts."""
        did = built.failed or built.materialized.written
        if self.turn.wish.quiet and not did:
            return
        self._say(build_text(built, self.host.options, self.host.flags))

    def _price(self, decided: Decided) -> str:
        """Say what building would cost."""
        return (
            f"{totals_text(decided)}; not built: nothing is spent unasked\n"
            f"next: assetforge build{self.host.flags.both}, or watch with a profile that is free"
        )

    def _say(self, words: str) -> None:
        """Say something; where only news counts, not twice the same."""
        if words and not (self.turn.wish.quiet and words == self.board.news.last):
            self.board.news.say(words)

    def _watch_what_is_traced(self, found: Look) -> None:
        """Note what is to be watched where nothing had to be planned for it."""
        proof = found.proof
        paths = Targets(found.folder, proof.generation).paths(0, proof.count)
        read = {Path(each).parent for each in proof.files}
        folders = read | {Path(each.path) for each in proof.folders}
        self.host.watch(
            {nearest(each) for each in folders}, {Path(each) for each in paths}, part=True
        )


def costs(decided: Decided) -> bool:
    """Tell whether building costs something."""
    return bool(decided.cost.high)


def may_buy(decided: Decided) -> bool:
    """Tell whether a service may be asked, further takes of what is not right included."""
    return bool(decided.remote or decided.repeatable)


def work_of(built: Built) -> dict[str, str]:
    """Return what a build made and wrote: name or path → the key or digest it has now."""
    progress = built.progress
    made = {
        str(id): str(progress.keys[id])
        for id, each in progress.outcomes.items()
        if each is Outcome.MADE
    }
    if built.materialized.written:
        made |= {target.path: str(digest) for target, digest in built.materialized.current}
    return made


def _last_actions(decided: Decided) -> dict[ActionId, list[str]]:
    """Return action → ids of the pictures that it is the last action of."""
    found: dict[ActionId, list[str]] = {}
    for each in decided.plan.targets:
        found.setdefault(each.action, []).append(row_id(each.path))
    return found
