from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assetforge import calls
from assetforge.action import Action, ActionId, VariantName, action_key, manifest
from assetforge.calls import (
    MONEY_POLL_SECONDS,
    PATIENCE_SECONDS,
    TRIES,
    Desk,
    Order,
    _try_once,
    buy,
    kept_result,
    pause_before,
)
from assetforge.digest import digest_of
from assetforge.errors import (
    ActionFailed,
    NotStarted,
    OutcomeUnknown,
    ProviderUnavailable,
    StoreProblem,
)
from assetforge.ledger import Call, Caps, Ledger
from assetforge.limits import Pool
from assetforge.providers.base import (
    Allowance,
    BadReply,
    ImageRequest,
    NotNow,
    Reply,
    Sketched,
)
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store

PICTURE = Reply(b"picture", 41_000, {"total_tokens": 213}, "req_1", "gpt-image-2")
BUSY = NotNow("server_error", "openai had an error")
LIMITED = NotNow("rate_limit_exceeded", "over the limit", wait_seconds=0.0, limited=True)


@dataclass
class Service:
    """A provider that answers from a list: replies are returned, errors raised, others called."""

    answers: list[Reply | Exception | Callable[[], object]] = field(default_factory=list)
    sent: int = 0
    account: str = "service-1"

    def make(self, request: ImageRequest, sketched: Sketched) -> Reply:
        self.sent += 1
        answer = self.answers.pop(0) if self.answers else PICTURE
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, Reply):
            answer()
            return PICTURE
        sketched(b"preview")
        return answer


@dataclass
class Shop:
    store: Store
    ledger: Ledger
    service: Service
    desk: Desk
    told: list[object]

    def buy(self, name: str = "a hill", high: int = 50_000, **changes):
        return buy(self.desk, replace(an_order(name, high), **changes))

    def states(self) -> list[tuple[str, int, str]]:
        return [(each.state, each.cost, each.why) for each in self.ledger.entries()]


def an_order(name: str, high: int = 50_000) -> Order:
    action = Action(
        id=ActionId(f"banner/{name}"),
        asset="banner",
        step="compose",
        kind="compose",
        kind_version="1",
        request={"provider": "service", "prompt": name, "size": [64, 64]},
        inputs=(),
        variants=(VariantName("banner"),),
    )
    described = manifest(action, {})
    key = action_key(described)
    call = Call(key, action.id, "banner", "compose", "de", 1, "service", "", high // 2, high)
    return Order(
        action=action,
        key=key,
        described=described,
        call=call,
        images=1,
        tokens=100,
        request=lambda: ImageRequest(name, (64, 64)),
        bill=lambda usage: None,
        believe=lambda reply: digest_of(reply.data),
    )


def replace_wait(error: NotNow, seconds: float) -> NotNow:
    return NotNow(error.code, str(error), wait_seconds=seconds, limited=error.limited)


def reserve_and_die(root: Path) -> None:
    """Reserve a call in a process of its own, which is gone then."""
    code = (
        "import os; from pathlib import Path\n"
        "from assetforge.ledger import Call, Ledger\n"
        f"Ledger(Path({str(root)!r})).reserve("
        "Call('k', 'a', 'a', 's', '', 1, 'service', '', 0, 50_000))\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(calls, "FIRST_WAIT_SECONDS", 0.001)
    store, service = Store(tmp_path / ".assetforge"), Service()
    told: list[object] = []
    ledger = Ledger(store.root)
    pool = Pool(service.account, Allowance(10_000), folder=tmp_path / "limits")
    desk = Desk(
        provider=service,
        pool=pool,
        ledger=ledger,
        cas=store.cas,
        actions=store.actions,
        emulation=False,
        resend=False,
        stopping=threading.Event(),
        sketched=lambda action, data: told.append((action, data)),
        paused=lambda seconds, why: told.append(why),
    )
    yield Shop(store, ledger, service, desk, told)
    for each in (pool, ledger, store):
        each.close()


def test_a_picture_is_bought_once_kept_and_paid_for(shop):
    result = shop.buy()

    assert shop.store.cas.read(result.artifact) == b"picture"
    (entry,) = shop.ledger.entries()
    assert (entry.state, entry.cost, entry.request_id) == ("settled", 41_000, "req_1")
    assert dict(entry.usage) == {"total_tokens": 213}
    assert (entry.action, entry.locale, entry.low, entry.high) == (
        "banner/a hill", "de", 25_000, 50_000,
    )  # fmt: skip
    assert result.call == entry.id
    assert result.cost_microdollars == 41_000
    assert shop.store.actions.get(result.key) == result
    assert shop.told == [("banner/a hill", b"preview")]


def test_what_an_earlier_call_brought_is_not_bought_again(shop):
    """Another process died between noting what arrived and making it a result."""
    order = an_order("a hill")
    earlier = shop.ledger.reserve(order.call)
    kept = ActionResult(
        order.key, shop.store.cas.put(b"early", durable=True), order.described,
        cost_microdollars=39_000, call=earlier,
    )  # fmt: skip
    shop.store.actions.note_arrival(kept)

    assert shop.buy() == kept
    assert shop.service.sent == 0
    assert shop.states() == [("settled", 39_000, "")]
    assert shop.store.actions.get(order.key) == kept


@pytest.mark.parametrize("resend", [False, True])
def test_who_buys_knows_that_nobody_waits_for_an_earlier_call(shop, resend):
    """Its process was killed, or is of another machine and silent: its claim was given up."""
    shop.desk = replace(shop.desk, resend=resend)
    shop.ledger.reserve(an_order("a hill").call)

    if resend:
        shop.buy()
    else:
        with pytest.raises(OutcomeUnknown, match="--resend"):
            shop.buy()

    assert shop.service.sent == resend
    assert [state for state, _, _ in shop.states()] == ["unknown", "settled"][: 1 + resend]


def test_an_input_that_cannot_be_read_owes_nothing(shop):
    def unreadable() -> ImageRequest:
        raise StoreProblem("the blob is damaged")

    with pytest.raises(StoreProblem):
        shop.buy(request=unreadable)

    assert shop.service.sent == 0
    assert shop.states() == [("released", 0, "not-sent")]


def test_what_was_refused_before_any_work_is_sent_again_and_owes_nothing(shop):
    shop.service.answers = [BUSY, BUSY, PICTURE]

    shop.buy()

    assert shop.service.sent == 3
    assert shop.states() == [
        ("released", 0, "server_error"),
        ("released", 0, "server_error"),
        ("settled", 41_000, ""),
    ]


def test_after_some_tries_an_action_is_given_up(shop):
    shop.service.answers = [BUSY] * 10

    with pytest.raises(ActionFailed, match="openai had an error; gave up") as caught:
        shop.buy()

    assert caught.value.code == "server_error"
    assert shop.service.sent == TRIES
    assert shop.ledger.spent().reserved == 0


def test_a_service_that_cannot_be_reached_stops_the_run(shop):
    shop.service.answers = [NotNow("unreachable", "cannot reach the service")] * 10

    with pytest.raises(ProviderUnavailable, match="cannot reach the service; gave up"):
        shop.buy()


def test_a_refusal_for_the_limits_is_no_failed_try_and_pauses_everybody(shop):
    shop.service.answers = [LIMITED] * (TRIES + 3)

    shop.buy()

    assert shop.service.sent == TRIES + 4
    assert "over the limit" in shop.told
    assert shop.desk.pool.state().rate < 10_000


def test_an_account_that_stays_over_its_limits_is_given_up_in_the_end():
    assert pause_before(LIMITED, 99, PATIENCE_SECONDS - 1) == 0
    assert pause_before(LIMITED, 0, PATIENCE_SECONDS) is None


def test_waits_between_tries_grow_differ_and_heed_the_service():
    waits = [[pause_before(BUSY, tries, 0.0) or 0.0 for _ in range(50)] for tries in (1, 2, 3)]
    asked = NotNow("server_error", "wait", wait_seconds=20.0)

    for tries, some in zip((1, 2, 3), waits, strict=True):
        assert 2**tries / 2 <= min(some) < max(some) <= 2**tries
        assert len(set(some)) > 40
    assert pause_before(asked, 1, 0.0) == 20.0
    tomorrow = NotNow("server_error", "come tomorrow", wait_seconds=86_400)
    assert pause_before(tomorrow, 1, 0.0) is None
    assert pause_before(BUSY, TRIES, 0.0) is None


def test_what_got_no_answer_counts_as_spent_and_is_never_sent_again_by_itself(shop):
    shop.service.answers = [OutcomeUnknown("no-answer", "no answer within 600 s")]
    with pytest.raises(OutcomeUnknown) as first:
        shop.buy()

    with pytest.raises(
        OutcomeUnknown, match=r"up to \$0.05 may have been billed.*--resend"
    ) as then:
        shop.buy()

    assert shop.service.sent == 1
    assert shop.states() == [("unknown", 50_000, "no answer within 600 s")]
    assert (first.value.cost_microdollars, then.value.cost_microdollars) == (50_000, 0)


def test_who_says_so_sends_it_again(shop):
    shop.service.answers = [OutcomeUnknown("no-answer", "no answer within 600 s"), PICTURE]
    with pytest.raises(OutcomeUnknown):
        shop.buy()

    shop.desk = replace(shop.desk, resend=True)
    shop.buy()

    assert [state for state, _, _ in shop.states()] == ["unknown", "settled"]
    assert shop.ledger.unanswered([an_order("a hill").key]) == {}


def test_a_refusal_for_good_owes_nothing(shop):
    shop.service.answers = [ActionFailed("moderation_blocked", "the service refused the words")]

    with pytest.raises(ActionFailed, match="refused the words"):
        shop.buy()

    assert shop.service.sent == 1
    assert shop.states() == [("released", 0, "moderation_blocked")]


def test_a_picture_that_was_kept_back_counts_as_spent(shop):
    refused = ActionFailed("moderation_blocked", "the service drew a picture and kept it back")
    refused.may_be_billed = True
    shop.service.answers = [refused]

    with pytest.raises(ActionFailed) as caught:
        shop.buy()

    assert caught.value.cost_microdollars == 50_000
    assert shop.states() == [("settled", 50_000, "moderation_blocked")]
    assert shop.ledger.unanswered([an_order("a hill").key]) == {}, "it may be tried again"


def test_an_answer_without_a_picture_is_paid_for_and_its_bytes_are_kept(shop):
    shop.service.answers = [BadReply("the service sent no base64", Reply(b"<html>", 30_000))]

    with pytest.raises(BadReply) as caught:
        shop.buy()

    assert shop.states() == [("settled", 30_000, "bad-reply")]
    assert caught.value.cost_microdollars == 30_000
    assert [shop.store.cas.read(each) for each in shop.store.cas.digests()] == [b"<html>"]


def test_a_picture_that_is_not_as_asked_for_is_paid_for_and_no_result(shop):
    key = an_order("a hill").key

    def believe(reply: Reply) -> None:
        assert shop.store.actions.arrived(key), "it is kept before it is looked at"
        assert shop.store.actions.get(key) is None, "and nobody takes it for a result meanwhile"
        raise BadReply("the service sent 32x32 pixels, not 64x64", reply)

    with pytest.raises(BadReply) as caught:
        shop.buy(believe=believe)

    assert shop.states() == [("settled", 41_000, "bad-reply")]
    assert caught.value.cost_microdollars == 41_000
    assert shop.store.actions.get(key) is None
    assert shop.store.actions.arrived(key) == []


def test_what_arrived_when_a_process_was_killed_is_a_result_all_the_same(shop):
    class Killed(BaseException):
        """What ends everything at once."""

    def killed(reply: Reply) -> None:
        raise Killed

    key = an_order("a hill").key
    with pytest.raises(Killed):
        shop.buy(believe=killed)

    found = kept_result(shop.store.actions, key)

    assert found is not None
    assert shop.store.cas.read(found.artifact) == b"picture"
    assert found.call == shop.ledger.entries()[0].id
    assert shop.store.actions.get(key) is None, "nobody has looked at it"
    assert shop.buy() == found
    assert shop.service.sent == 1
    assert shop.store.actions.get(key) == found
    assert shop.store.actions.arrived(key) == []


def test_what_arrived_when_a_process_was_killed_may_not_be_the_picture(shop):
    class Killed(BaseException):
        """What ends everything at once."""

    def killed(reply: Reply) -> None:
        raise Killed

    def believe(reply: Reply) -> None:
        if reply.data != b"a better one":
            raise BadReply("the service sent 32x32 pixels, not 64x64", reply)

    shop.service.answers = [PICTURE, replace(PICTURE, data=b"a better one")]
    with pytest.raises(Killed):
        shop.buy(believe=killed)

    result = shop.buy(believe=believe)

    assert shop.store.cas.read(result.artifact) == b"a better one"
    assert shop.store.actions.arrived(result.key) == []
    assert shop.states() == [("settled", 41_000, "")] * 2


def test_without_a_usage_the_highest_estimate_is_taken(shop):
    shop.service.answers = [replace(PICTURE, cost_microdollars=None)]

    assert shop.buy().cost_microdollars == 50_000
    assert shop.states() == [("settled", 50_000, "")]


def test_the_bill_is_what_the_usage_comes_to(shop):
    shop.service.answers = [replace(PICTURE, cost_microdollars=None)]

    def bill(usage) -> int:
        return 100 * int(usage["total_tokens"])

    assert shop.buy(bill=bill).cost_microdollars == 21_300
    assert shop.states() == [("settled", 21_300, "")]


def test_a_full_disk_loses_the_picture_but_not_the_bill(shop, monkeypatch):
    def full(data: bytes, *, durable: bool) -> None:
        raise StoreProblem("cannot write to the store: no space left on device")

    monkeypatch.setattr(shop.store.cas, "put", full)

    with pytest.raises(StoreProblem) as caught:
        shop.buy()

    assert caught.value.cost_microdollars == 41_000
    assert shop.states() == [("settled", 41_000, "not-kept")]


@pytest.mark.parametrize("part", ["put", "keep_file"])
def test_a_disk_that_fills_up_meanwhile_says_what_was_spent(shop, monkeypatch, part):
    def full(*arguments, **options) -> None:
        raise StoreProblem("cannot write to the store: no space left on device")

    shop.service.answers = [BadReply("no base64", Reply(b"<html>", 41_000))]
    if part == "keep_file":
        shop.service.answers = []
    monkeypatch.setattr(shop.store.cas if part == "put" else shop.store.actions, part, full)

    with pytest.raises(StoreProblem) as caught:
        shop.buy()

    assert caught.value.cost_microdollars == 41_000
    monkeypatch.undo()
    again = shop.buy()
    assert shop.service.sent == (2 if part == "put" else 1), "what arrived is not bought again"
    assert shop.store.cas.read(again.artifact) == b"picture"
    assert shop.ledger.spent().reserved == 0


def test_a_pool_that_is_lost_costs_no_picture(shop, monkeypatch):
    def lost(*arguments) -> None:
        raise StoreProblem("cannot use the rate limits")

    monkeypatch.setattr(shop.desk.pool, "answered", lost)

    assert shop.store.cas.read(shop.buy().artifact) == b"picture"
    assert shop.states() == [("settled", 41_000, "")]


def test_nobody_waits_for_hours_until_a_service_takes_something_again(shop):
    shop.service.answers = [replace_wait(LIMITED, 24 * 3600.0)]

    for name in ("one", "other"):
        with pytest.raises(ProviderUnavailable, match="takes nothing from this account"):
            shop.buy(name)

    assert shop.service.sent == 1
    assert shop.ledger.spent().reserved == 0


def test_a_bug_in_a_provider_leaves_the_call_unknown(shop):
    shop.service.answers = [ZeroDivisionError("a bug")]

    with pytest.raises(ZeroDivisionError):
        shop.buy()

    assert [state for state, _, _ in shop.states()] == ["unknown"]


def test_over_the_cap_nothing_is_sent(shop):
    shop.ledger.begin(Caps(run=60_000))
    shop.buy("one")

    with pytest.raises(NotStarted, match=r"cap of \$0.06, \$0.041 is spent") as caught:
        shop.buy("other")

    assert caught.value.code == "over-budget"
    assert shop.service.sent == 1


def test_a_call_waits_for_what_calls_in_flight_come_to(shop):
    """The cap covers one estimate and both bills: the second is sent when the first is settled."""
    shop.ledger.begin(Caps(run=95_000))
    begun = threading.Event()

    def slowly() -> None:
        begun.set()
        time.sleep(0.3)

    shop.service.answers = [slowly]
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(shop.buy, "one")
        assert begun.wait(10)
        other = threads.submit(shop.buy, "other")

    assert one.result()
    assert other.result()
    assert shop.ledger.spent().run == 82_000


def test_nobody_waits_for_money_that_a_dead_process_had_reserved(shop, tmp_path):
    shop.ledger.begin(Caps(run=60_000))
    reserve_and_die(shop.store.root)

    with pytest.raises(NotStarted, match=r"\$0.05 reserved") as caught:
        shop.buy()

    assert caught.value.code == "over-budget"
    assert shop.service.sent == 0


def test_a_stop_keeps_what_waits_from_being_sent(shop):
    shop.desk.stopping.set()

    with pytest.raises(NotStarted):
        shop.buy()

    assert shop.service.sent == 0
    assert shop.ledger.entries() == []


def test_a_stop_ends_the_wait_for_money(shop):
    shop.ledger.begin(Caps(run=60_000))
    begun = threading.Event()

    def slowly() -> None:
        begun.set()
        shop.desk.stopping.wait(20)

    shop.service.answers = [slowly]
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(shop.buy, "one")
        assert begun.wait(10)
        other = threads.submit(shop.buy, "other")
        time.sleep(0.05)
        shop.desk.stopping.set()

    assert one.result()
    with pytest.raises(NotStarted, match="the run was stopped"):
        other.result()


def test_many_threads_at_one_desk_never_come_above_the_cap(shop):
    cap = 1_000_000
    shop.ledger.begin(Caps(run=cap))

    def purchase(number: int) -> int:
        try:
            return int(shop.buy(f"picture {number}").cost_microdollars)
        except NotStarted:
            return 0

    with ThreadPoolExecutor(64) as threads:
        costs: Sequence[int] = list(threads.map(purchase, range(64)))

    assert sum(costs) == shop.ledger.spent().run <= cap
    assert cap - sum(costs) < 50_000 + 41_000
    assert shop.service.sent == sum(1 for each in costs if each)


# Two who buy the same picture: claims keep that from happening, unless a clock is wrong.


@contextmanager
def somebody_else_asks(shop: Shop, name: str) -> Iterator[tuple[Order, Callable[[str], None]]]:
    """Have another process ask for a picture; what is given ends its call: bought, or lost."""
    order = an_order(name)
    with closing(Ledger(shop.store.root)) as other:
        call = other.reserve(order.call)

        def end(how: str) -> None:
            if how == "bought":
                kept = ActionResult(
                    order.key, shop.store.cas.put(b"theirs", durable=True), order.described
                )
                shop.store.actions.keep_file(replace(kept, call=call), durable=True)
                other.settle(call, 40_000, {}, None)
            else:
                other.mark_unknown(call, "no answer")

        yield order, end


def bought_later(shop: Shop, name: str, meanwhile: Callable[[], None]):
    """Buy on another thread; return what came of it after something else happened."""
    with ThreadPoolExecutor(1) as pool:
        # What nobody waits for is closed first: that another waits, only its machine knows.
        future = pool.submit(_try_once, shop.desk, an_order(name))
        time.sleep(3 * MONEY_POLL_SECONDS)
        assert not future.done()
        meanwhile()
        return future.exception(timeout=30) or future.result()


def test_a_picture_that_somebody_else_is_buying_is_waited_for_and_taken(shop):
    with somebody_else_asks(shop, "a hill") as (_, end):
        result = bought_later(shop, "a hill", lambda: end("bought"))

    assert (result.artifact, result.cost_microdollars) == (digest_of(b"theirs"), 0)
    assert shop.service.sent == 0
    assert [each[0] for each in shop.states()] == ["settled", "released"]


def test_a_picture_that_somebody_else_got_no_answer_for_is_not_sent(shop):
    with somebody_else_asks(shop, "a hill") as (_, end):
        error = bought_later(shop, "a hill", lambda: end("lost"))

    assert isinstance(error, OutcomeUnknown)
    assert "--resend" in str(error)
    assert shop.service.sent == 0


def test_a_picture_that_was_made_while_an_order_waited_is_not_bought_again(shop):
    order = an_order("a hill")
    theirs = shop.store.cas.put(b"theirs", durable=True)
    kept = ActionResult(order.key, theirs, order.described, call="1", cost_microdollars=40_000)
    shop.store.actions.keep_file(kept, durable=True)

    result = shop.buy("a hill")

    assert (result.artifact, result.cost_microdollars) == (theirs, 0)
    assert shop.service.sent == 0
    assert shop.states() == [("released", 0, "made-meanwhile")]


def test_an_emulated_picture_keeps_nobody_from_buying_the_real_one(shop):
    order = an_order("a hill")
    theirs = shop.store.cas.put(b"theirs", durable=True)
    shop.store.actions.keep_file(
        ActionResult(order.key, theirs, order.described, call="1", emulated=True), durable=True
    )

    assert shop.buy("a hill").artifact == digest_of(b"picture")
    assert shop.service.sent == 1


def test_a_picture_whose_bytes_are_gone_is_bought(shop):
    order = an_order("a hill")
    shop.store.actions.keep_file(
        ActionResult(order.key, digest_of(b"gone"), order.described, call="1"), durable=True
    )

    assert shop.buy("a hill").artifact == digest_of(b"picture")
