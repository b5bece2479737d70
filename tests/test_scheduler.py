from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

import pytest

from assetforge.action import Action, ActionId, Made, Source, VariantName, action_key, manifest
from assetforge.digest import Digest, digest_of
from assetforge.errors import (
    ActionFailed,
    AssetforgeError,
    NotStarted,
    OutcomeUnknown,
    ProviderUnavailable,
    StoreProblem,
)
from assetforge.events import Ended, Event, Outcome, Paused, Planned, Started, Waiting
from assetforge.progress import Progress
from assetforge.providers.base import BadReply, Reply
from assetforge.scheduler import POLL_SECONDS, Rules, announce, run
from assetforge.store.action_cache import ActionResult
from assetforge.store.claims import STALE_SECONDS
from assetforge.store.local import Store
from tests.rebuilders import plain


def an_action(name: str, *inputs: str, prompt: str | None = None) -> Action:
    return Action(
        id=ActionId(name),
        asset="banner",
        step=name,
        kind="compose",
        kind_version="1",
        request={"prompt": prompt or name},
        inputs=tuple(Made(ActionId(each)) for each in inputs),
        variants=(VariantName("banner"),),
    )


def a_plan(*actions: Action) -> dict[ActionId, Action]:
    return {each.id: each for each in actions}


CHAIN = a_plan(
    an_action("scene"),
    an_action("de", "scene"),
    an_action("ja", "scene"),
    an_action("de.png", "de"),
    an_action("ja.png", "ja"),
)


def costing(microdollars: int, error: AssetforgeError) -> AssetforgeError:
    error.cost_microdollars = microdollars
    return error


@dataclass
class Painter:
    """An executor whose pictures are their prompts; it notes what it was asked for.

    `does` holds what happens for an action besides: an error to raise, or something to call.
    """

    store: Store
    does: Mapping[str, AssetforgeError | Callable[[], object]] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    inputs: dict[str, list[Digest]] = field(default_factory=dict)

    def execute(self, action, key, described, inputs) -> ActionResult:
        self.asked.append(action.id)
        self.inputs[action.id] = list(inputs)
        does = self.does.get(action.id)
        if isinstance(does, Exception):
            raise does
        if does:
            does()
        artifact = self.store.cas.put(self.picture(action), durable=False)
        cost = self.costs.get(action.id, 0)
        return ActionResult(key, artifact, described, cost_microdollars=cost)

    @staticmethod
    def picture(action: Action) -> bytes:
        return str(action.request.get("picture", action.request["prompt"])).encode()


@dataclass
class Studio:
    """A store, a painter, and what was heard of the runs."""

    store: Store
    painter: Painter
    events: list[Event] = field(default_factory=list)

    def run(self, plan: Mapping[ActionId, Action], **rules) -> Progress:
        self.events.clear()
        self.painter.asked.clear()
        return run(
            plan,
            self.store,
            plain(self.store.known),
            lambda: self.painter,
            self.events.append,
            Rules(**rules),
        )

    def outcomes(self, progress: Progress) -> dict[str, str]:
        return {id: each.value for id, each in progress.outcomes.items()}


@pytest.fixture
def studio(tmp_path) -> Iterator[Studio]:
    store = Store(tmp_path / ".assetforge")
    yield Studio(store, Painter(store))
    store.close()


def test_inputs_are_made_before_what_stands_on_them(studio):
    progress = studio.run(CHAIN, jobs=2)

    place = {id: index for index, id in enumerate(studio.painter.asked)}
    assert place["scene"] == 0
    assert place["de"] < place["de.png"]
    assert place["ja"] < place["ja.png"]
    assert studio.painter.inputs["de.png"] == [digest_of(b"de")]
    assert progress.count(Outcome.MADE) == 5
    assert progress.artifacts[ActionId("ja")] == digest_of(b"ja")


def test_with_one_job_actions_start_in_the_order_of_the_plan(studio):
    studio.run(CHAIN)

    assert studio.painter.asked == ["scene", "de", "ja", "de.png", "ja.png"]


def test_an_action_may_use_one_picture_twice_and_files_besides(studio):
    logo = Source("logo.png", digest_of(b"logo"))
    scene, twice = an_action("scene"), an_action("collage", "scene", "scene")
    both = replace(twice, inputs=(*twice.inputs, logo))

    studio.run(a_plan(scene, both))

    picture = digest_of(b"scene")
    assert studio.painter.inputs["collage"] == [picture, picture, logo.digest]


def test_a_second_run_only_hits_and_never_loads_an_executor(studio):
    studio.run(CHAIN)

    def never():
        raise AssertionError("nothing has to run")

    progress = run(
        CHAIN, studio.store, plain(studio.store.known), never, studio.events.append, Rules()
    )

    assert progress.count(Outcome.HIT) == 5
    assert progress.artifacts[ActionId("de.png")] == digest_of(b"de.png")


def test_only_what_is_missing_runs(studio):
    studio.run(CHAIN)
    changed = {**CHAIN, ActionId("de"): an_action("de", "scene", prompt="Jetzt kaufen")}

    progress = studio.run(changed)

    assert studio.painter.asked == ["de", "de.png"]
    assert progress.count(Outcome.HIT) == 3


def test_a_step_that_gives_the_same_bytes_again_stops_there(studio):
    """Early cutoff: other words, the same picture, and nothing behind it is paid for."""
    studio.run(CHAIN)
    request = {"prompt": "in other words", "picture": "scene"}
    repainted = replace(an_action("scene"), request=request)

    progress = studio.run({**CHAIN, ActionId("scene"): repainted})

    assert studio.painter.asked == ["scene"]
    assert progress.count(Outcome.HIT) == 4


def test_jobs_really_run_at_once(studio):
    together = threading.Barrier(3)
    actions = a_plan(*(an_action(each) for each in ("de", "fr", "ja")))
    studio.painter.does = dict.fromkeys(actions, lambda: together.wait(timeout=20))

    progress = studio.run(actions, jobs=3)

    assert progress.count(Outcome.MADE) == 3


def test_no_more_than_the_jobs_run_at_once(studio):
    busy, most = 0, 0
    lock = threading.Lock()

    def work():
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.01)
        with lock:
            busy -= 1

    actions = a_plan(*(an_action(str(number)) for number in range(12)))
    studio.painter.does = dict.fromkeys(actions, work)

    studio.run(actions, jobs=2)

    assert most == 2


def test_a_failure_stops_the_run_and_says_what_was_not_started(studio):
    studio.painter.does = {"de": ActionFailed("moderation_blocked", "openai refused the prompt")}

    progress = studio.run(CHAIN)

    assert studio.outcomes(progress) == {
        "scene": "made",
        "de": "failed",
        "ja": "blocked",
        "de.png": "blocked",
        "ja.png": "blocked",
    }
    assert progress.failures["de"].code == "moderation_blocked"
    assert progress.failures["de"].message == "openai refused the prompt"
    assert messages(studio)["ja"] == "not started: de failed"
    assert messages(studio)["de.png"] == "needs de"


def test_what_runs_beside_a_failure_is_kept(studio):
    both = threading.Barrier(2)

    def fail():
        both.wait(timeout=20)
        raise ActionFailed("refused", "no")

    def paint():
        both.wait(timeout=20)
        time.sleep(0.05)

    studio.painter.does = {"de": fail, "ja": paint}
    studio.run(a_plan(CHAIN[ActionId("scene")]))

    progress = studio.run(CHAIN, jobs=2)

    assert studio.outcomes(progress)["ja"] == "made"
    assert studio.store.known([progress.keys["ja"]])


def test_keep_going_makes_all_that_does_not_stand_on_the_failure(studio):
    studio.painter.does = {"de": ActionFailed("refused", "no")}

    progress = studio.run(CHAIN, keep_going=True)

    assert studio.outcomes(progress) == {
        "scene": "made",
        "de": "failed",
        "ja": "made",
        "de.png": "blocked",
        "ja.png": "made",
    }
    assert messages(studio)["de.png"] == "needs de"


def test_an_unavailable_provider_stops_the_run_even_when_keeping_going(studio):
    studio.painter.does = {"de": ProviderUnavailable("quota", "no credit left")}

    progress = studio.run(CHAIN, keep_going=True)

    assert studio.painter.asked == ["scene", "de"]
    assert studio.outcomes(progress)["ja"] == "blocked"
    assert progress.failures["de"].code == "quota"


def test_a_store_that_cannot_be_written_stops_the_run(studio):
    studio.painter.does = {"scene": StoreProblem("cannot write to the store: no space left")}

    progress = studio.run(CHAIN, keep_going=True)

    assert studio.painter.asked == ["scene"]
    assert progress.failures["scene"].code == "store"


def test_an_unknown_outcome_is_counted_as_spent_and_not_repeated(studio):
    unknown = costing(165_000, OutcomeUnknown("no-answer", "no answer within 300 s"))
    studio.painter.does = {"de": unknown}

    progress = studio.run(CHAIN, keep_going=True)

    assert studio.outcomes(progress)["de"] == "unknown"
    assert studio.painter.asked.count("de") == 1
    assert progress.cost_microdollars == 165_000
    assert ended(studio)["de"].cost_microdollars == 165_000


def test_a_bad_reply_fails_but_what_it_cost_counts(studio):
    bad = costing(40_000, BadReply("openai sent no picture", Reply(b"<html>")))
    studio.painter.does = {"de": bad}

    progress = studio.run(CHAIN, keep_going=True)

    assert progress.failures["de"].code == "bad-reply"
    assert progress.cost_microdollars == 40_000


def test_a_bug_in_a_plugin_is_not_hidden_and_what_else_was_made_is_kept(studio):
    def bug():
        raise ZeroDivisionError("in a plugin")

    studio.painter.does = {"de": bug}

    with pytest.raises(ZeroDivisionError, match="in a plugin"):
        studio.run(CHAIN)

    scene = CHAIN[ActionId("scene")]
    assert studio.store.known([action_key(manifest(scene, {}))])
    assert studio.store.state.rows("SELECT * FROM inflight") == []


CALLS = a_plan(*(an_action(f"picture {number}") for number in range(10)))
FILES = a_plan(*(an_action(f"{id}.png", id) for id in CALLS))
BROKE = NotStarted("over-budget", "not sent: of the run's cap of $1.00, $0.90 is spent")


def test_over_the_cap_is_one_failure_and_nothing_more_is_asked_of_the_service(studio):
    studio.painter.does = {f"picture {number}": BROKE for number in range(2, 10)}

    progress = studio.run(CALLS, calls=1, remote=CALLS)

    assert {id: each.code for id, each in progress.failures.items()} == {"picture 2": "over-budget"}
    assert studio.painter.asked == ["picture 0", "picture 1", "picture 2"]
    assert messages(studio)["picture 9"] == "not started: the cap does not cover it"
    assert progress.count(Outcome.BLOCKED) == 8


def test_what_was_paid_for_gets_its_free_steps_though_the_cap_is_reached(studio):
    studio.painter.does = {f"picture {number}": BROKE for number in range(2, 10)}

    progress = studio.run({**CALLS, **FILES}, calls=4, remote=CALLS)

    outcomes = studio.outcomes(progress)
    assert [id for id in FILES if outcomes[id] == "made"] == ["picture 0.png", "picture 1.png"]
    assert messages(studio)["picture 2.png"] == "needs picture 2"


def test_what_stands_on_a_late_picture_is_not_asked_for_once_the_cap_is_reached(studio):
    chain = {**CALLS, **a_plan(an_action("edit", "picture 0"))}
    reached = threading.Event()
    studio.painter.does = {"picture 1": BROKE, "picture 0": lambda: reached.wait(1)}

    progress = studio.run(chain, calls=2, remote=chain)

    assert "edit" not in studio.painter.asked
    assert studio.outcomes(progress)["edit"] == "blocked"


def test_what_was_never_sent_is_blocked_and_can_be_made_by_the_next_run(studio):
    studio.painter.does = {"picture 3": NotStarted("stopped", "not sent: the run was stopped")}

    progress = studio.run(CALLS, remote=CALLS)
    studio.painter.does = {}

    assert studio.outcomes(progress)["picture 3"] == "blocked"
    assert not progress.failures
    assert studio.run(CALLS).count(Outcome.MADE) == 1


def test_unknown_outcomes_and_bad_replies_count_as_spent(studio):
    unknown = costing(100, OutcomeUnknown("no-answer", "no answer"))
    bad = costing(70, BadReply("no picture", Reply(b"")))
    studio.painter.does = {"picture 0": unknown, "picture 1": bad}
    studio.painter.costs = dict.fromkeys(CALLS, 10)

    progress = studio.run(CALLS, remote=CALLS, keep_going=True)

    assert progress.cost_microdollars == 100 + 70 + 8 * 10


def test_calls_wait_in_numbers_beside_the_few_jobs_that_work_here(studio):
    together = threading.Barrier(10, timeout=20)
    studio.painter.does = dict.fromkeys(CALLS, together.wait)

    progress = studio.run({**CALLS, **FILES}, jobs=1, remote=CALLS)

    assert progress.count(Outcome.MADE) == 20


def test_what_executors_tell_from_their_threads_is_heard_in_turn(studio):
    heard: SimpleQueue[Event] = SimpleQueue()
    told = Paused(3.0, "the account's limits")
    studio.painter.does = {"de": lambda: heard.put(told)}

    studio.run(CHAIN, heard=heard)

    assert told in studio.events


def test_a_failure_tells_executors_to_send_nothing_more(studio):
    stopping = threading.Event()
    studio.painter.does = {"scene": ActionFailed("broken", "it broke")}

    studio.run(CHAIN, stopping=stopping)

    assert stopping.is_set()


def test_an_interrupt_stops_starting_and_keeps_what_is_in_flight(studio):
    def interrupted():
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.05)

    studio.painter.does = {"de": interrupted}

    progress = studio.run(CHAIN)

    assert progress.interrupted
    assert studio.outcomes(progress) == {
        "scene": "made",
        "de": "made",
        "ja": "blocked",
        "de.png": "blocked",
        "ja.png": "blocked",
    }
    assert messages(studio)["ja"] == "not started: interrupted"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_in_the_middle_of_a_stop_hangs_nobody(studio):
    """A handler that waited for the lock of what it broke into would wait for ever."""
    stopping = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Started):
            with stopping._cond:  # type: ignore[attr-defined]  # as inside of `stopping.set()`
                signal.raise_signal(signal.SIGINT)

    rules = Rules(stopping=stopping)
    progress = run(
        CHAIN, studio.store, plain(studio.store.known), lambda: studio.painter, listen, rules
    )

    assert progress.interrupted
    assert stopping.is_set()
    assert studio.outcomes(progress)["ja"] == "blocked"


def test_a_thread_other_than_the_main_one_can_run_a_plan(studio, tmp_path):
    ends = []

    def build():
        store = Store(tmp_path / "other")
        ends.append(
            run(
                CHAIN,
                store,
                plain(store.known),
                lambda: Painter(store),
                lambda _: None,
                Rules(),
            )
        )
        store.close()

    thread = threading.Thread(target=build)
    thread.start()
    thread.join(timeout=60)

    assert ends[0].count(Outcome.MADE) == 5


def test_who_ignores_interrupts_goes_on_ignoring_them(studio):
    """As under `nohup`, or in a background job of a script."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    studio.painter.does = {"de": lambda: signal.raise_signal(signal.SIGINT)}
    try:
        progress = studio.run(CHAIN)
    finally:
        signal.signal(signal.SIGINT, before)

    assert not progress.interrupted
    assert progress.count(Outcome.MADE) == 5


def test_events_come_in_a_sensible_order(studio):
    studio.run(a_plan(CHAIN[ActionId("scene")]))
    studio.painter.costs = {"de": 7}

    studio.run(a_plan(*list(CHAIN.values())[:2], CHAIN[ActionId("de.png")]))

    assert [(type(each), each.action) for each in studio.events] == [
        (Ended, "scene"),
        (Started, "de"),
        (Ended, "de"),
        (Started, "de.png"),
        (Ended, "de.png"),
    ]
    assert ended(studio)["scene"].outcome is Outcome.HIT
    assert ended(studio)["de"].cost_microdollars == 7
    assert ended(studio)["de"].artifact == digest_of(b"de")


def test_every_action_ends_exactly_once(studio):
    studio.painter.does = {"ja": ActionFailed("refused", "no")}

    studio.run(CHAIN, jobs=2, keep_going=True)

    assert sorted(e.action for e in studio.events if isinstance(e, Ended)) == sorted(CHAIN)


def test_a_run_is_announced_with_its_hits(studio):
    studio.run(a_plan(CHAIN[ActionId("scene")]))
    heard: list[Event] = []

    announce(plain(studio.store.known).decide_all(CHAIN), heard.append)

    assert heard == [Planned(hits=1, pending=4)]


@pytest.fixture
def elsewhere(tmp_path, studio) -> Iterator[Store]:
    """The store as another process has it open."""
    store = Store(tmp_path / ".assetforge")
    yield store
    store.close()


SCENE = CHAIN[ActionId("scene")]
SCENE_KEY = action_key(manifest(SCENE, {}))


def test_what_another_process_makes_is_waited_for_and_taken_over(studio, elsewhere):
    elsewhere.claims.take(SCENE_KEY)

    def finish_elsewhere(event: Event) -> None:
        studio.events.append(event)
        if isinstance(event, Waiting):
            Painter(elsewhere).execute(SCENE, SCENE_KEY, manifest(SCENE, {}), [])
            made = ActionResult(SCENE_KEY, digest_of(b"scene"), manifest(SCENE, {}))
            elsewhere.actions.record([made])
            elsewhere.claims.release(SCENE_KEY)

    progress = run(
        CHAIN,
        studio.store,
        plain(studio.store.known),
        lambda: studio.painter,
        finish_elsewhere,
        Rules(),
    )

    assert "scene" not in studio.painter.asked
    assert studio.outcomes(progress)["scene"] == "hit"
    assert progress.count(Outcome.MADE) == 4
    assert [type(each) for each in studio.events[:2]] == [Waiting, Ended]


def test_other_actions_run_while_one_is_made_elsewhere(studio, elsewhere):
    elsewhere.claims.take(SCENE_KEY)
    poster = an_action("poster")

    def give_up(event: Event) -> None:
        if isinstance(event, Ended) and event.action == "poster":
            elsewhere.claims.release(SCENE_KEY)

    progress = run(
        a_plan(SCENE, poster),
        studio.store,
        plain(studio.store.known),
        lambda: studio.painter,
        give_up,
        Rules(),
    )

    assert studio.painter.asked == ["poster", "scene"]
    assert progress.count(Outcome.MADE) == 2


def test_what_another_process_gave_up_is_made_here(studio, elsewhere):
    elsewhere.claims.take(SCENE_KEY)

    def fail_elsewhere(event: Event) -> None:
        studio.events.append(event)
        if isinstance(event, Waiting):
            elsewhere.claims.release(SCENE_KEY)

    progress = run(
        a_plan(SCENE),
        studio.store,
        plain(studio.store.known),
        lambda: studio.painter,
        fail_elsewhere,
        Rules(),
    )

    assert studio.outcomes(progress) == {"scene": "made"}
    assert [type(each) for each in studio.events] == [Waiting, Started, Ended]


def test_what_a_machine_that_is_gone_has_claimed_is_made_here(studio, elsewhere):
    elsewhere.claims.take(SCENE_KEY)
    long_ago = "UPDATE inflight SET process = 'far/away 7 0', heartbeat = heartbeat - ?"
    elsewhere.state.change(long_ago, [STALE_SECONDS + 1])

    progress = studio.run(a_plan(SCENE))

    assert studio.outcomes(progress) == {"scene": "made"}


def test_what_was_made_between_the_look_and_the_claim_is_a_hit(studio, elsewhere):
    """Another process finishes `ja` while `de` is made here."""
    ja, de = an_action("ja"), an_action("de")
    described = manifest(ja, {})
    result = ActionResult(action_key(described), digest_of(b"ja"), described)

    def finish_elsewhere(event: Event) -> None:
        if isinstance(event, Started):
            elsewhere.cas.put(b"ja", durable=False)
            elsewhere.actions.record([result])

    progress = run(
        a_plan(de, ja),
        studio.store,
        plain(studio.store.known),
        lambda: studio.painter,
        finish_elsewhere,
        Rules(),
    )

    assert studio.painter.asked == ["de"]
    assert studio.outcomes(progress) == {"de": "made", "ja": "hit"}


def test_an_interrupt_ends_the_wait_for_another_process(studio, elsewhere):
    elsewhere.claims.take(SCENE_KEY)

    def interrupt(event: Event) -> None:
        if isinstance(event, Waiting):
            signal.raise_signal(signal.SIGINT)

    begun = time.monotonic()
    progress = run(
        a_plan(SCENE),
        studio.store,
        plain(studio.store.known),
        lambda: studio.painter,
        interrupt,
        Rules(),
    )

    assert studio.outcomes(progress) == {"scene": "blocked"}
    assert time.monotonic() - begun < POLL_SECONDS * 20
    assert not studio.store.claims.take(SCENE_KEY)


def test_an_empty_plan_ends_at_once(studio):
    assert studio.run({}) == Progress()


def ended(studio: Studio) -> dict[str, Ended]:
    return {each.action: each for each in studio.events if isinstance(each, Ended)}


def messages(studio: Studio) -> dict[str, str]:
    return {id: each.message for id, each in ended(studio).items()}


# Counts


def statements(studio: Studio, count: int) -> Counter[str]:
    """Return the statements of a run of so many actions, by their first words."""
    said: list[str] = []
    actions = a_plan(*(an_action(f"{count} {number}") for number in range(count)))
    studio.store.state._database.set_trace_callback(said.append)
    assert studio.run(actions).count(Outcome.MADE) == count
    studio.store.state._database.set_trace_callback(None)
    return Counter(" ".join(each.split()[:4]) for each in said)


def test_of_many_actions_many_are_claimed_and_kept_at_once(studio):
    found = statements(studio, 600)

    assert found["INSERT OR REPLACE INTO"] == 2 * 600, "a claim and a result of each"
    assert found["DELETE FROM inflight WHERE"] == 600 + 1, "each is given back, and then all"
    rows = found["INSERT OR REPLACE INTO"] + found["DELETE FROM inflight WHERE"]
    assert found.total() - rows < 600, "transactions and look-ups are for many at once"


def test_results_are_in_memory_no_more_than_a_decision_needs(studio):
    progress = studio.run(CHAIN)

    kept = progress.results[ActionId("de")]

    with pytest.raises(AttributeError):
        object.__getattribute__(kept, "manifest")
    assert kept.manifest["prompt"] == "de"


def test_with_one_job_a_picture_is_finished_before_the_next_is_begun(studio):
    """The order of the plan; so no more waits to be finished than has to."""
    names = ["one", "two", "three"]
    plan = a_plan(
        *(each for name in names for each in (an_action(name), an_action(f"{name}.png", name)))
    )

    studio.run(plan)

    assert studio.painter.asked == [
        "one", "one.png", "two", "two.png", "three", "three.png"
    ]  # fmt: skip


def test_after_a_failure_nothing_that_waits_for_a_thread_is_begun(studio):
    actions = a_plan(*(an_action(str(number)) for number in range(200)))
    studio.painter.does = {"100": ActionFailed("refused", "no")}

    progress = studio.run(actions)

    assert studio.painter.asked == [str(number) for number in range(101)]
    assert progress.count(Outcome.BLOCKED) == 99
    assert studio.store.state.rows("SELECT * FROM inflight") == []
