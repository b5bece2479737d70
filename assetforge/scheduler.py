"""When actions run: a topological loop over the plan, workers on threads, one thread deciding.

What is worked on here and what is asked of a service run on threads of their own: the former as
many as there are cores, the latter, which only wait, in hundreds.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from queue import SimpleQueue
from typing import Protocol

from assetforge.action import (
    FIRST_TAKE,
    Action,
    ActionId,
    ActionKey,
    Manifest,
    Source,
    take_of,
)
from assetforge.attempts import Attempt, Trial, Trials
from assetforge.digest import Digest
from assetforge.errors import (
    ActionFailed,
    NotStarted,
    OutcomeUnknown,
    ProviderUnavailable,
    StoreProblem,
)
from assetforge.events import Ended, Event, Outcome, Planned, Started, TriedAgain, Waiting
from assetforge.interrupts import noting_interrupts
from assetforge.lanes import MOST_AHEAD, PAUSE_SECONDS, Done, Job, Lane
from assetforge.looks import findings_of
from assetforge.progress import Failure, Progress
from assetforge.rebuilder import (
    Decision,
    Hit,
    Lost,
    Rebuilder,
    Run,
    Wait,
    is_vouched,
    locked_result,
    passes,
    shown,
)
from assetforge.retries import Retry
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store

POLL_SECONDS = 0.1
"""How often the loop looks at what other processes make, and says that it lives."""

BATCH = 1_000
"""How many ready actions are decided at once."""

BROKE = "the cap does not cover it"

CALLS = 256
"""How many requests may be out at once: a pool's limits are what really bounds them."""


class Executor(Protocol):
    """Does one action; may be called from several threads at once."""

    def execute(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return the result of an action, whose bytes are in the store by then."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How to run.

    Attributes:
        jobs: actions worked on here at once.
        calls: actions asked of a service at once.
        remote: the actions that are asked of a service.
        retries: what is tried when a picture is not right, by the action that looks at it.
        decided: what was decided before the run: what was a plain hit then is one.
        keep_going: go on after a failure.
        rebuy: buy what the shared store has, and has damaged.
        stopping: set when nothing more is to be started, here or by an executor; anybody may.
        heard: what executors have to tell from their threads; told to the listener in turn.
    """

    jobs: int = 1
    calls: int = CALLS
    remote: Container[ActionId] = frozenset()
    retries: Mapping[ActionId, Retry] = field(default_factory=dict)
    decided: Mapping[ActionId, Decision] = field(default_factory=dict)
    keep_going: bool = False
    rebuy: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    heard: SimpleQueue[Event] = field(default_factory=SimpleQueue)


class Track:
    """A lane, and the actions that wait for room in it, in the order of the plan."""

    def __init__(self, lane: Lane[ActionResult]) -> None:
        self.lane = lane
        self._runnable: list[tuple[int, ActionId, Run]] = []

    @property
    def busy(self) -> bool:
        """Tell whether something waits or runs."""
        return bool(self._runnable or self.lane.inside)

    @property
    def has_next(self) -> bool:
        """Tell whether something waits that there is room for."""
        return bool(self._runnable) and self.lane.room > 0

    def push(self, place: int, action: ActionId, decision: Run) -> None:
        """Have an action wait; `place` is its place in the plan."""
        heappush(self._runnable, (place, action, decision))

    def pop(self) -> tuple[ActionId, Run]:
        """Return what comes next."""
        _, action, decision = heappop(self._runnable)
        return action, decision


def run(
    actions: Mapping[ActionId, Action],
    store: Store,
    rebuilder: Rebuilder,
    executor: Callable[[], Executor],
    listen: Callable[[Event], None],
    rules: Rules,
) -> Progress:
    """Bring every action to an end, in an order in which inputs come first.

    Ctrl-C, and setting `rules.stopping`, stop starting, wait for what is in flight, keep it, and
    block the rest.
    """
    return _Run(actions, store, rebuilder, executor, listen, rules).loop()


class _Run:
    """One run. All of it happens on the calling thread, but for `Executor.execute`."""

    def __init__(
        self,
        actions: Mapping[ActionId, Action],
        store: Store,
        rebuilder: Rebuilder,
        executor: Callable[[], Executor],
        listen: Callable[[Event], None],
        rules: Rules,
    ) -> None:
        self.actions = dict(actions)
        self.planned = actions.keys()
        self.trials = Trials(rules.retries)
        self.vouched: set[ActionId] = set()
        self.dead: dict[ActionId, ActionFailed | StoreProblem] = {}
        self.store = store
        self.rebuilder = rebuilder
        self.make_executor = executor
        self.listen = listen
        self.rules = rules
        self.progress = Progress()
        self.places = dict(zip(actions, count(), strict=False))
        self.pending: dict[ActionId, int] = {}
        self.users: dict[ActionId, list[ActionId]] = {}
        self.ready: deque[ActionId] = deque()
        for each in actions.values():
            self._await(each.id, set(each.made_inputs))
        self.due = threading.Event()
        self.here = Track(Lane(rules.jobs, MOST_AHEAD, self.due))
        self.away = Track(Lane(rules.calls, 0, self.due))
        self.tracks = (self.here, self.away)
        self.elsewhere: dict[ActionId, Run] = {}
        self.looked = 0.0
        self.absent: set[ActionId] = set()
        self.broke = False
        self.stopped = ""
        self.executor: Executor | None = None

    def loop(self) -> Progress:
        """Approach: decide what is ready in one go (hits end at once and may make more ready),
        start runs while there is room, take in what has ended in one go, repeat.
        """  # noqa: D205  the approach is one sentence
        with noting_interrupts(self._interrupt, self.rules.stopping), self._threads():
            while self.ready or self.elsewhere or any(each.busy for each in self.tracks):
                if self.rules.stopping.is_set() and not self.stopped:
                    self._stop("stopped")
                if not self.stopped:
                    self._start()
                if self.stopped:
                    self._withdraw()
                self._look_elsewhere()
                self._collect()
                self._pass_on()
                self.store.claims.beat()
                if self.stopped and not self._is_running():
                    break
        self._block_the_rest()
        self._leave_twins_out()
        return self.progress

    def _interrupt(self) -> None:
        self.progress.interrupted = True
        self.stopped = self.stopped or "interrupted"
        self._close_lanes()

    def _close_lanes(self) -> None:
        for each in self.tracks:
            each.lane.closed = True

    @contextmanager
    def _threads(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.rules.stopping.set()
            for each in self.tracks:
                each.lane.close()
            self.store.claims.release_all()

    def _start(self) -> None:
        while self.ready:
            self._decide_ready()
        for track in self.tracks:
            while track.has_next and not self.stopped:
                self._begin(track)
            self._tell_started(track.lane.started())

    def _is_running(self) -> bool:
        return any(each.lane.inside for each in self.tracks)

    def _withdraw(self) -> None:
        """Take back what no thread has begun."""
        names = [ActionId(name) for each in self.tracks for name in each.lane.withdraw()]
        self.store.claims.release_each([self.progress.keys.pop(each) for each in names])

    def _await(self, action: ActionId, needs: set[ActionId]) -> None:
        """Have an action wait for others, which are still to be made."""
        self.pending[action] = len(needs)
        for needed in needs:
            self.users.setdefault(needed, []).append(action)
        if not needs:
            self.ready.append(action)

    def _decide_ready(self) -> None:
        """Decide many ready actions in one look-up. Hits end here, which may make more ready."""
        ready = [self.ready.popleft() for _ in range(min(BATCH, len(self.ready)))]
        batch = [self.actions[id] for id in ready if not self._was_hit(id)]
        decisions = self.rebuilder.decide(batch, self.progress.artifacts, self.vouched)
        for action, decision in zip(batch, map(self._replayed, batch, decisions), strict=True):
            match decision:
                case Hit():
                    self._hit(action.id, decision)
                case Lost():
                    self._lose(action.id, decision)
                case Run():
                    if not self._goes_without(action.id):
                        track = self.away if self._is_remote(action.id) else self.here
                        track.push(self.places[action.id], action.id, decision)
                case Wait():
                    raise AssertionError(f"BUG: {action.id} is ready and waits")

    def _was_hit(self, action: ActionId) -> bool:
        """End an action that was a plain hit before the run; False: it has to be decided."""
        before = self.rules.decided.get(action)
        if not isinstance(before, Hit) or before.entry is not None or before.kept is not None:
            return False
        self._hit(action, before)
        return True

    def _replayed(self, action: Action, decision: Decision) -> Decision:
        """Return what an earlier run tried for a picture that was not right, if it is known."""
        retry = self.rules.retries.get(action.id)
        if retry is None or not isinstance(decision, Run) or decision.refused is None:
            return decision
        drawn = self.progress.results.get(retry.drawn)
        return self.rebuilder.replayed(
            retry, self.actions, decision, self.progress.artifacts, drawn
        )

    def _hit(self, action: ActionId, hit: Hit) -> None:
        if hit.how:
            self.progress.instead[action] = hit.how
        if hit.older:
            self.store.actions.adopt(hit.result)
        if hit.accepted:
            self.progress.accepted.add(action)
        if is_vouched(hit):
            self.vouched.add(action)
        self._end(action, Outcome.HIT, hit.result, hit.artifact, hit.key)

    def _lose(self, action: ActionId, lost: Lost) -> None:
        """End an action whose picture is in no store: it is not bought again silently.

        What stands on it may be there, and then nobody needs its bytes: the same rule as
        `assetforge.decided.without_idle_losses` has for a plan.
        """
        if self.users.get(action):
            self.absent.add(action)
            result = locked_result(lost.entry, None)
            if lost.accepted:
                self.progress.accepted.add(action)
                self.vouched.add(action)
            self._end(action, Outcome.HIT, result, lost.artifact, lost.key)
            return
        self._fail(action, lost_problem(action, lost.artifact), 0.0)

    def _goes_without(self, action: ActionId) -> bool:
        """Tell whether an action costs something after the cap was reached.

        What is free goes on, so that what was paid for gets its files.
        """
        return self.broke and self._is_remote(action)

    def _is_remote(self, action: ActionId) -> bool:
        """Tell whether an action is asked of a service, a twin like what it is the twin of."""
        if action in self.planned:
            return action in self.rules.remote
        return self.rebuilder.remote(self.actions[action])

    def _begin(self, track: Track) -> None:
        """Start what there is room for, but for what another process makes now or has made."""
        chosen = list(self._chosen(track))
        if self.stopped or not chosen:
            return
        free = self.store.claims.take_each(run.key for _, run in chosen)
        try:
            made = self.store.known(free, sure=track is self.away and not self.rules.rebuy)
        except StoreProblem as problem:
            self.store.claims.release_each(free)
            for action, _ in chosen:
                self._fail(action, problem, 0.0)
            return
        self.store.claims.release_each(made)
        jobs = []
        for action, decision in chosen:
            if result := made.get(decision.key):
                self._end_elsewhere(action, result)
            elif decision.key in free:
                free.remove(decision.key)  # of two equal requests one is made
                jobs.append(self._job(action, decision))
            else:
                self.elsewhere[action] = decision
                self.listen(Waiting(action))
        track.lane.put(jobs)

    def _chosen(self, track: Track) -> Iterator[tuple[ActionId, Run]]:
        """Yield as many actions as there is room for; fail those whose input is lost."""
        for _ in range(track.lane.room):
            if not track.has_next or self.stopped:
                return
            action, decision = track.pop()
            if self._goes_without(action):
                continue
            lost = [each for each in self.actions[action].made_inputs if each in self.absent]
            if lost:
                problem = lost_problem(lost[0], self.progress.artifacts[lost[0]])
                self._fail(action, problem, 0.0)
            else:
                yield action, decision

    def _job(self, id: ActionId, decision: Run) -> Job[ActionResult]:
        if self.executor is None:
            self.executor = self.make_executor()
        action = self.actions[id]
        inputs = [
            each.digest if isinstance(each, Source) else self.progress.artifacts[each.action]
            for each in action.inputs
        ]
        self.progress.keys[id] = decision.key
        work = partial(self.executor.execute, action, decision.key, decision.described, inputs)
        return Job(id, work)

    def _tell_started(self, names: Iterator[str]) -> None:
        for name in names:
            self.listen(Started(ActionId(name)))

    def _collect(self) -> None:
        """Take in what has ended; wait a little when nothing has."""
        if not self._is_running():
            if self.elsewhere:
                time.sleep(POLL_SECONDS)
            return
        # While threads have enough to do, what they end is kept together.
        well_fed = self.here.lane.is_well_fed
        self.due.wait(PAUSE_SECONDS if well_fed else POLL_SECONDS * 5)
        self.due.clear()
        ended = [(track.lane, track.lane.ended()) for track in self.tracks]
        self._keep([each.result for _, some in ended for each in some if each.result])
        for lane, some in ended:
            for each in some:
                self._tell_started(lane.started(each.name))
                self._take_in(each)
            if not self.stopped:
                lane.go_on()

    def _keep(self, results: Sequence[ActionResult]) -> None:
        if results:
            with self.store.transaction():
                self.store.actions.record(results)
                self.store.claims.release_each(each.key for each in results)
            self.store.publish(results)

    def _pass_on(self) -> None:
        """Tell the listener what executors have told."""
        while not self.rules.heard.empty():
            self.listen(self.rules.heard.get())

    def _take_in(self, done: Done[ActionResult]) -> None:
        action, error, result = ActionId(done.name), done.error, done.result
        if result is not None:
            cost = result.cost_microdollars + result.judged_microdollars
            self.progress.cost_microdollars += cost
            if cost:
                self.progress.costs[action] = cost
            passed = self._passed_on(action, result)
            kept = self.store.actions.set_down(result)
            self._end(action, Outcome.MADE, kept, passed, seconds=done.seconds, cost=cost)
        elif isinstance(error, NotStarted):
            self._leave(action, error)
        elif isinstance(error, ActionFailed | StoreProblem):
            self._fail(action, error, done.seconds)
        else:
            assert error is not None, "BUG: an executor that returned nothing"
            raise error

    def _leave(self, action: ActionId, error: NotStarted) -> None:
        """Leave out what was never sent; over the cap, the first such is the one that is told."""
        self.store.claims.release(self.progress.keys.pop(action))
        if error.code == "over-budget" and not self.broke:
            self.broke = True
            if action in self.planned:
                self.progress.failures[action] = Failure(error.code, str(error))
        if action not in self.planned:
            self._refuse(action, error)

    def _passed_on(self, action: ActionId, result: ActionResult) -> Digest:
        """Return the bytes that others get; those of an accepted picture need no look."""
        passed = self.rebuilder.passed_on(self.actions[action], result)
        if passed != result.artifact:
            self.vouched.add(action)
        return passed

    def _end_elsewhere(self, action: ActionId, result: ActionResult) -> None:
        passed = self._passed_on(action, result)
        self._end(action, Outcome.HIT, result, passed)

    def _fail(self, action: ActionId, error: ActionFailed | StoreProblem, seconds: float) -> None:
        if action in self.progress.keys:
            self.store.claims.release(self.progress.keys[action])
        self.progress.cost_microdollars += error.cost_microdollars
        self._fail_each(action, error, seconds, error.cost_microdollars)
        for id in [id for id, each in self.elsewhere.items() if each.key == self._key_of(action)]:
            # The same request, which this process asked for once.
            del self.elsewhere[id]
            self._fail_each(id, error, 0.0)
        patient = self.rules.keep_going or self.actions[action].is_extra
        if isinstance(error, ProviderUnavailable | StoreProblem) or not patient:
            self._stop(f"{action} failed")

    def _fail_each(
        self, action: ActionId, error: ActionFailed | StoreProblem, seconds: float, cost: int = 0
    ) -> None:
        if action in self.planned:
            self._end_failed(action, error, seconds, cost)
        else:
            self.listen(Ended(action, Outcome.FAILED, seconds, cost, message=str(error)))
            self._refuse(action, error)

    def _end_failed(
        self, action: ActionId, error: ActionFailed | StoreProblem, seconds: float, cost: int = 0
    ) -> None:
        outcome = Outcome.UNKNOWN if isinstance(error, OutcomeUnknown) else Outcome.FAILED
        code = error.code if isinstance(error, ActionFailed) else "store"
        self.progress.failures[action] = Failure(code, str(error))
        self.progress.outcomes[action] = outcome
        self.listen(Ended(action, outcome, seconds, cost, message=str(error)))

    def _key_of(self, action: ActionId) -> ActionKey | None:
        return self.progress.keys.get(action)

    def _look_elsewhere(self) -> None:
        """Take over what other processes have made, and what they gave up."""
        now = time.monotonic()
        if not self.elsewhere or now - self.looked < POLL_SECONDS:
            return
        self.looked = now
        found = self.store.known(each.key for each in self.elsewhere.values())
        open = {each.key for each in self.elsewhere.values()} - found.keys()
        given_up = self.store.claims.take_each(open)
        self.store.claims.release_each(given_up)
        for action, decision in list(self.elsewhere.items()):
            if decision.key in found:
                del self.elsewhere[action]
                self._end_elsewhere(action, found[decision.key])
            elif decision.key in given_up:
                del self.elsewhere[action]
                self.ready.append(action)

    def _end(
        self,
        action: ActionId,
        outcome: Outcome,
        result: ActionResult,
        artifact: Digest,
        key: ActionKey | None = None,
        *,
        seconds: float = 0.0,
        cost: int = 0,
    ) -> None:
        if self._is_wrong(action, result):
            self.progress.keys[action] = key or result.key
            self._refuse(action, self._not_right(result))
            return
        self.progress.outcomes[action] = outcome
        self.progress.artifacts[action] = artifact
        self.progress.results[action] = result
        self.progress.keys[action] = key or result.key
        self.listen(Ended(action, outcome, seconds, cost, artifact))
        self._release(action)
        for attempt in self.trials.attempts_of(action):
            if attempt.look == action:
                self._stand_in(attempt)

    def _release(self, action: ActionId) -> None:
        """Let what waited for an action go on."""
        for user in self.users.get(action, ()):
            self.pending[user] -= 1
            if not self.pending[user]:
                self.ready.append(user)

    def _is_wrong(self, action: ActionId, result: ActionResult) -> bool:
        """Tell whether a picture may not go on: it was looked at, or a person did not want it."""
        asked = self.actions[action]
        if action not in self.planned and self.rebuilder.rejected(asked, result):
            return True
        return not passes(asked, result) and asked.judged not in self.vouched

    def _not_right(self, result: ActionResult) -> ActionFailed:
        """Return what was found that is not right."""
        if not result.verdict:
            return ActionFailed("rejected", "this take was rejected before")
        found = findings_of(result, self.store.cas)
        return ActionFailed("not-right", (found and found.message) or "the picture is not right")

    def _refuse(self, action: ActionId, error: ActionFailed | StoreProblem) -> None:
        """Try what may be tried after a picture was not right; fail where there is nothing more.

        What could not be asked, or got no answer, ends the trial: it says nothing of the picture.
        """
        drawn = self.trials.drawn_of(action)
        standing = self.progress.results.get(drawn) if drawn is not None else None
        take = take_of(standing.manifest) if standing else FIRST_TAKE
        if action not in self.planned:
            self.dead[action] = error
        trials = self.trials.refuse(action, str(error), take)
        for trial in trials:
            attempt = (
                None if self.stopped or not is_answer(error) else trial.following(self.actions)
            )
            if attempt is None:
                self._end_trial(trial, error)
            else:
                self._begin_attempt(attempt, action, trial.said[-1])
        if not trials:
            self._give_up(action, error)

    def _end_trial(self, trial: Trial, error: ActionFailed | StoreProblem) -> None:
        """Fail what a trial is for: nothing was right, or nothing more can be tried."""
        code = error.code if isinstance(error, ActionFailed) else "store"
        kind = OutcomeUnknown if isinstance(error, OutcomeUnknown) else ActionFailed
        self._give_up(trial.refused[0], kind(code, trial.message))
        if isinstance(error, ProviderUnavailable | StoreProblem):
            self._stop(f"{trial.refused[0]} failed")

    def _begin_attempt(self, attempt: Attempt, refused: ActionId, why: str) -> None:
        """Have the actions of an attempt run; another look may have asked for some of them."""
        self.trials.begin(attempt)
        self.listen(TriedAgain(refused, why, attempt.how, len(attempt.actions)))
        for each in attempt.actions:
            if each.id not in self.actions:
                self._add(each)
        failed = next((each.id for each in attempt.actions if each.id in self.dead), None)
        if failed is not None:
            self._refuse(attempt.look, self.dead[failed])

    def _add(self, twin: Action) -> None:
        """Have an action run that is not of the plan."""
        self.actions[twin.id] = twin
        self.places[twin.id] = len(self.places)
        self._await(twin.id, {id for id in twin.made_inputs if id not in self.progress.artifacts})

    def _stand_in(self, attempt: Attempt) -> None:
        """Let what an attempt made stand for what the plan has."""
        progress = self.progress
        if attempt.of in progress.outcomes:
            return
        for id, twin in attempt.instead.items():
            if id != attempt.of and self._is_only_for(id, attempt):
                progress.take_over(id, twin)
        key = progress.keys.get(attempt.of)
        progress.take_over(attempt.of, attempt.look)
        progress.keys[attempt.of] = key or progress.keys[attempt.look]
        progress.instead[attempt.of] = attempt.how
        self._release(attempt.of)

    def _is_only_for(self, action: ActionId, attempt: Attempt) -> bool:
        """Tell whether nothing else of the plan stands on an action."""
        return all(
            user in attempt.instead or user not in self.planned
            for user in self.users.get(action, ())
        )

    def _give_up(self, action: ActionId, error: ActionFailed | StoreProblem) -> None:
        self._end_failed(action, error, 0.0)
        if not self.rules.keep_going:
            self._stop(f"{action} failed")

    def _leave_twins_out(self) -> None:
        """Leave only the plan's own actions in what the run came to."""
        twins = [id for id in self.actions if id not in self.planned]
        self.progress.again = sum(1 for id in twins if id in self.progress.results)
        self.progress.forget(twins)

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why
        self._close_lanes()
        self.rules.stopping.set()

    def _block_the_rest(self) -> None:
        """Give every action that has not ended its outcome, and say what it waited for."""
        for id, action in self.actions.items():
            if id in self.progress.outcomes:
                continue
            without = [each for each in action.made_inputs if each not in self.progress.artifacts]
            why = f"needs {without[0]}" if without else f"not started: {self.stopped or BROKE}"
            self.progress.outcomes[id] = Outcome.BLOCKED
            self.listen(Ended(id, Outcome.BLOCKED, message=why))


def is_answer(error: ActionFailed | StoreProblem) -> bool:
    """Tell whether an error says something of a picture, or of a request that was answered."""
    silent = (NotStarted, OutcomeUnknown, ProviderUnavailable, StoreProblem)
    return not isinstance(error, silent)


def lost_problem(action: ActionId, artifact: Digest) -> ActionFailed:
    """Return what to say of a picture that is in no store."""
    message = f"the picture {shown(artifact)} of {action} is in no store; --rebuy buys it again"
    return ActionFailed("lost", message)


def announce(decisions: Mapping[ActionId, Decision], listen: Callable[[Event], None]) -> None:
    """Tell a listener how many actions are hits before the run, and how many may run."""
    hits = sum(1 for each in decisions.values() if isinstance(each, Hit))
    listen(Planned(hits, len(decisions) - hits))
