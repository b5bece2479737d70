"""When actions run: a topological loop over the plan, workers on threads, one thread deciding.

What is worked on here and what is asked of a service run on threads of their own: the former as
many as there are cores, the latter, which only wait, in hundreds.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
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
        keep_going: go on after a failure.
        stopping: set when nothing more is to be started, here or by an executor.
        heard: what executors have to tell from their threads; told to the listener in turn.
    """

    jobs: int = 1
    calls: int = CALLS
    remote: Container[ActionId] = frozenset()
    retries: Mapping[ActionId, Retry] = field(default_factory=dict)
    keep_going: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    heard: SimpleQueue[Event] = field(default_factory=SimpleQueue)


class Lane:
    """A number of threads, what waits for them, and what runs on them since when."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.threads = ThreadPoolExecutor(width, "assetforge")
        self.runnable: deque[tuple[Action, Run]] = deque()
        self.running: dict[Future[ActionResult], tuple[ActionId, float]] = {}

    @property
    def busy(self) -> bool:
        """Tell whether something waits or runs."""
        return bool(self.runnable or self.running)


def run(
    actions: Mapping[ActionId, Action],
    store: Store,
    rebuilder: Rebuilder,
    executor: Callable[[], Executor],
    listen: Callable[[Event], None],
    rules: Rules,
) -> Progress:
    """Bring every action to an end, in an order in which inputs come first.

    Ctrl-C stops starting, waits for what is in flight, keeps it, and blocks the rest.
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
        self.pending = {each.id: set(each.made_inputs) for each in actions.values()}
        self.users: dict[ActionId, list[ActionId]] = {id: [] for id in actions}
        for each in actions.values():
            for needed in each.made_inputs:
                self.users[needed].append(each.id)
        self.ready = deque(id for id, needs in self.pending.items() if not needs)
        self.lanes = (Lane(rules.jobs), Lane(rules.calls))
        self.elsewhere: dict[ActionId, Run] = {}
        self.absent: set[ActionId] = set()
        self.broke = False
        self.stopped = ""
        self.executor: Executor | None = None

    def loop(self) -> Progress:
        """Approach: decide what is ready in one go (hits end at once and may make more ready),
        start runs while there are free workers, wait for the first to end, repeat.
        """  # noqa: D205  the approach is one sentence
        with noting_interrupts(self._interrupt, self.rules.stopping), self._threads():
            while self.ready or self.elsewhere or any(each.busy for each in self.lanes):
                if not self.stopped:
                    self._start()
                self._look_elsewhere()
                self._collect()
                self._pass_on()
                self.store.claims.beat()
                if self.stopped and not self._running():
                    break
        self._block_the_rest()
        self._leave_twins_out()
        return self.progress

    def _interrupt(self) -> None:
        self.progress.interrupted = True
        self.stopped = self.stopped or "interrupted"

    @contextmanager
    def _threads(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.rules.stopping.set()
            for lane in self.lanes:
                lane.threads.shutdown(wait=True, cancel_futures=True)
            self.store.claims.release_all()

    def _start(self) -> None:
        while self.ready:
            self._decide_ready()
        for lane in self.lanes:
            while lane.runnable and len(lane.running) < lane.width and not self.stopped:
                self._begin(lane, *lane.runnable.popleft())

    def _running(self) -> list[Future[ActionResult]]:
        return [future for lane in self.lanes for future in lane.running]

    def _decide_ready(self) -> None:
        """Decide all ready actions in one look-up. Hits end here, which may make more ready."""
        batch = [self.actions[id] for id in self.ready]
        self.ready.clear()
        decisions = self.rebuilder.decide(batch, self.progress.artifacts, self.vouched)
        for action, decision in zip(batch, map(self._replayed, batch, decisions), strict=True):
            match decision:
                case Hit():
                    self._hit(action.id, decision)
                case Lost():
                    self._lose(action.id, decision)
                case Run():
                    if not self._goes_without(action.id):
                        self.lanes[self._is_remote(action.id)].runnable.append((action, decision))
                case Wait():
                    raise AssertionError(f"BUG: {action.id} is ready and waits")

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
        if self.users[action]:
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

    def _begin(self, lane: Lane, action: Action, decision: Run) -> None:
        """Start an action, unless another process makes it now or has made it meanwhile."""
        if self._goes_without(action.id):
            return
        for each in action.made_inputs:
            if each in self.absent:
                self._fail(action.id, lost_problem(each, self.progress.artifacts[each]), 0.0)
                return
        if not self.store.claims.take(decision.key):
            self.elsewhere[action.id] = decision
            self.listen(Waiting(action.id))
            return
        if made := self.store.known([decision.key]).get(decision.key):
            self.store.claims.release(decision.key)
            self._end_elsewhere(action.id, made)
            return
        if self.executor is None:
            self.executor = self.make_executor()
        inputs = [
            each.digest if isinstance(each, Source) else self.progress.artifacts[each.action]
            for each in action.inputs
        ]
        future = lane.threads.submit(
            self.executor.execute, action, decision.key, decision.described, inputs
        )
        lane.running[future] = action.id, time.monotonic()
        self.progress.keys[action.id] = decision.key
        self.listen(Started(action.id))

    def _collect(self) -> None:
        """Take in what has ended; wait a little when nothing has."""
        running = self._running()
        if not running:
            if self.elsewhere:
                time.sleep(POLL_SECONDS)
            return
        done, _ = wait(running, timeout=POLL_SECONDS * 5, return_when=FIRST_COMPLETED)
        ended = [
            (*lane.running.pop(future), future)
            for lane in self.lanes
            for future in done
            if future in lane.running
        ]
        results = [future.result() for _, _, future in ended if future.exception() is None]
        with self.store.transaction():
            self.store.actions.record(results)
            for result in results:
                self.store.claims.release(result.key)
        for action, begun, future in ended:
            self._take_in(action, future, time.monotonic() - begun)

    def _pass_on(self) -> None:
        """Tell the listener what executors have told."""
        while not self.rules.heard.empty():
            self.listen(self.rules.heard.get())

    def _take_in(self, action: ActionId, future: Future[ActionResult], seconds: float) -> None:
        error = future.exception()
        if error is None:
            result = future.result()
            cost = result.cost_microdollars + result.judged_microdollars
            self.progress.cost_microdollars += cost
            if cost:
                self.progress.costs[action] = cost
            passed = self._passed_on(action, result)
            self._end(action, Outcome.MADE, result, passed, seconds=seconds, cost=cost)
        elif isinstance(error, NotStarted):
            self._leave(action, error)
        elif isinstance(error, ActionFailed | StoreProblem):
            self._fail(action, error, seconds)
        else:
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
        if not self.elsewhere:
            return
        found = self.store.known(each.key for each in self.elsewhere.values())
        for action, decision in list(self.elsewhere.items()):
            if decision.key in found:
                del self.elsewhere[action]
                self._end_elsewhere(action, found[decision.key])
            elif self.store.claims.take(decision.key):
                self.store.claims.release(decision.key)
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
        for user in self.users[action]:
            self.pending[user].discard(action)
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
        self.users[twin.id] = []
        lacking = {id for id in twin.made_inputs if id not in self.progress.artifacts}
        self.pending[twin.id] = lacking
        for needed in lacking:
            self.users[needed].append(twin.id)
        if not lacking:
            self.ready.append(twin.id)

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
            user in attempt.instead or user not in self.planned for user in self.users[action]
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
