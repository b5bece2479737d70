"""One paid call: its turn, its reservation, the request, the bytes, the bill; again where it may.

In this order, for each try:

1. wait for a turn in the account's pool;
2. reserve the highest price in the ledger: from here on, a crash leaves the call *unknown*;
3. send, once;
4. keep the bytes and what they are for, then look at them, then settle the ledger.

What the service refused before any work is released and sent again after a wait. What was sent and
not answered is never sent again by itself: the ledger remembers it for the next build too.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from assetforge.action import Action, ActionId, ActionKey, Manifest, older_keys
from assetforge.digest import Json, digest_of
from assetforge.errors import (
    ActionFailed,
    NotStarted,
    OutcomeUnknown,
    ProviderUnavailable,
    StoreProblem,
)
from assetforge.ledger import Call, CapReached, InFlight, Ledger
from assetforge.limits import Pool, Turn
from assetforge.pricing import Cost
from assetforge.providers.base import (
    BadReply,
    ImageRequest,
    Judge,
    JudgeRequest,
    NotNow,
    Provider,
    Reply,
    Sketched,
)
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas

TRIES: Final = 4
"""How often a request is sent at most that the service fails at, without being over a limit."""

FIRST_WAIT_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 30.0

PATIENCE_SECONDS: Final = 15 * 60.0
"""How long a request waits in all for an account that is over its limits."""

MONEY_POLL_SECONDS: Final = 0.2
"""How often a call looks whether calls in flight have come to less than was reserved for them."""

MONEY_WORD_SECONDS: Final = 60.0
"""How often it says that it does."""


@dataclass(frozen=True, slots=True)
class Order:
    """A picture to be bought.

    Attributes:
        action, key, described: what the picture is kept under.
        call: what is written into the ledger.
        images, tokens: what the request counts against the account's limits.
        request: returns what is sent; called when it is this order's turn, so that pictures that go
            in are in memory only while they are sent.
        bill: returns what a reply's usage comes to, in microdollars; None: it cannot be told.
        believe: returns the digest of a reply's pixels, or raises `BadReply` unless it is the
            picture that was asked for.
    """

    action: Action
    key: ActionKey
    described: Manifest
    call: Call
    images: int
    tokens: int
    request: Callable[[], ImageRequest | JudgeRequest]
    bill: Callable[[Mapping[str, Json]], int | None]
    believe: Callable[[Reply], str]


@dataclass(frozen=True, slots=True)
class Orders:
    """What is known before of the calls of a run, by action: only of those that are sent somewhere.

    Attributes:
        prices: what each may cost.
        tokens: the tokens each counts against the account's limits, as far as known.
        locales: the locale of each that is for one locale only.
    """

    prices: Mapping[ActionId, Cost] = field(default_factory=dict)
    tokens: Mapping[ActionId, int] = field(default_factory=dict)
    locales: Mapping[ActionId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where calls are made: everything they share. Calls come from several threads at once.

    Attributes:
        emulation: whether what an emulator sends counts as a result.
        resend: send again what got no answer before and may have been billed.
        stopping: set when no further request is to be sent.
        sketched: is told of previews: the action's id, and an encoded picture.
        paused: is told that the whole pool waits: for how many seconds, and why.
    """

    provider: Provider
    pool: Pool
    ledger: Ledger
    cas: Cas
    actions: ActionCache
    emulation: bool
    resend: bool
    stopping: threading.Event
    sketched: Callable[[str, bytes], None]
    paused: Callable[[float, str], None]


def pause_before(error: NotNow, tries: int, waited: float) -> float | None:
    """Return how many seconds to wait before the next try; None: give up.

    Full jitter over a doubling wait. A refusal for the account's limits is no failed try: its
    wait is the pool's.

    Args:
        error: why the request was refused.
        tries: how often it was refused so far, limits not counted.
        waited: seconds since it was sent first.
    """
    if error.limited:
        return 0.0 if waited < PATIENCE_SECONDS else None
    if tries >= TRIES or (error.wait_seconds or 0.0) > PATIENCE_SECONDS:
        return None
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**tries)
    return max(error.wait_seconds or 0.0, random.uniform(longest / 2, longest))


def buy(desk: Desk, order: Order) -> ActionResult:
    """Return the action result of a picture, bought now; its bytes are in the store.

    The caller has the claim on its key: nobody else makes it, or waits for an answer.

    Raises:
        NotStarted: nothing was sent: the run was stopped, or a cap does not cover it.
        OutcomeUnknown: it was sent, now or in an earlier build, and no answer came.
        BadReply: the answer was no picture; its bytes are kept all the same.
        ProviderUnavailable: no further call can succeed.
        ActionFailed: the service refused it for good.
        StoreProblem: the bytes could not be kept.
    """
    if (arrived := _close_earlier(desk, order)) is not None:
        return arrived
    _refuse_resending(desk, order)
    begun, tries = time.monotonic(), 0
    while True:
        try:
            return _try_once(desk, order)
        except NotNow as error:
            tries += not error.limited
            pause = pause_before(error, tries, time.monotonic() - begun)
            if pause is None:
                raise _given_up(error) from error
            desk.stopping.wait(pause)


def _given_up(error: NotNow) -> ActionFailed:
    """Return what a refusal comes to that went on for too long."""
    kind = ProviderUnavailable if error.code == "unreachable" else ActionFailed
    return kind(error.code, f"{error}; gave up")


def _close_earlier(desk: Desk, order: Order) -> ActionResult | None:
    """Close calls that somebody else made for the same key and did not live to close.

    Returns what one of them brought, if it came that far: it need not be bought.
    """
    for key in (order.key, *older_keys(order.described)):
        for arrived in desk.actions.arrived(key):
            desk.ledger.recover({key: arrived}.get, key)
            if (desk.emulation or not arrived.emulated) and _is_believed(desk, order, arrived):
                result = replace(arrived, key=order.key, manifest=order.described)
                desk.actions.keep_file(result, durable=True)
                desk.actions.forget_arrival(arrived)
                return result
            desk.actions.forget_arrival(arrived)
        desk.ledger.recover(lambda key: None, key)
    return None


def _is_believed(desk: Desk, order: Order, arrived: ActionResult) -> bool:
    """Tell whether what arrived is the picture that was asked for: nobody has looked at it yet."""
    if not desk.cas.has(arrived.artifact):
        return False
    try:
        order.believe(Reply(desk.cas.read(arrived.artifact)))
    except BadReply:
        return False
    return True


def _refuse_resending(desk: Desk, order: Order, call: str = "") -> None:
    """Refuse what was sent before without an answer, and release the call that would send it again.

    Raises:
        OutcomeUnknown: it was; nothing is spent now.
    """
    if desk.resend:
        return
    keys = (order.key, *older_keys(order.described))
    past = desk.ledger.unanswered(keys, but=call)
    for key in keys:
        if key in past:
            if call:
                desk.ledger.release(call, "sent-before")
            said = f"{past[key].no_answer}; send it again with --resend"
            raise OutcomeUnknown("sent-before", said)


def _try_once(desk: Desk, order: Order) -> ActionResult:
    turn = desk.pool.wait_turn(order.images, order.tokens, desk.stopping, _told_of_waits(desk))
    call = _reserve(desk, order)
    if (made := _made_meanwhile(desk, order)) is not None:
        desk.ledger.release(call, "made-meanwhile")
        return made
    request = _packed(desk, order, call)
    begun = time.monotonic()
    try:
        reply = _send(desk, order, request)
    except NotNow as error:
        desk.ledger.release(call, error.code)
        if error.limited:
            pause = desk.pool.refused(
                error.wait_seconds, error.allowance, limited=not error.overloaded
            )
            desk.paused(pause, str(error))
        raise
    except OutcomeUnknown as error:
        desk.ledger.mark_unknown(call, str(error))
        error.cost_microdollars = order.call.high
        raise
    except BadReply as error:
        _keep_bad(desk, order, call, error)
        raise
    except ActionFailed as error:
        _close_refused(desk, order, call, error)
        raise
    except BaseException as error:
        # A bug, here or in a plugin: the request may have been sent.
        desk.ledger.mark_unknown(call, repr(error))
        raise
    with _spending(_billed(reply, order)) as cost:
        result = _received(order, call, reply, cost, time.monotonic() - begun)
        return _keep(desk, order, turn, reply, result)


def _made_meanwhile(desk: Desk, order: Order) -> ActionResult | None:
    """Return the picture if somebody else has made it since this order was placed.

    Claims keep that from happening, but a machine whose clock is wrong may take a claim for an
    old one.
    """
    made = desk.actions.filed(order.key)
    if made is None or (made.emulated and not desk.emulation):
        return None
    return replace(made, cost_microdollars=0) if desk.cas.has(made.artifact) else None


def _told_of_waits(desk: Desk) -> Callable[[float], None]:
    """Return what tells of waits for a turn, and refuses to wait for hours.

    The minute that limits speak of is over soon: what takes longer, the service asked for.
    """

    def tell(seconds: float) -> None:
        if seconds > PATIENCE_SECONDS:
            raise ProviderUnavailable(
                "over-limit",
                f"the service takes nothing from this account for {seconds / 60:.0f} minutes more; "
                "build again then",
            )
        desk.paused(seconds, "the account's limits")

    return tell


def _packed(desk: Desk, order: Order, call: str) -> ImageRequest | JudgeRequest:
    """Return what is sent; where an input cannot be read, nothing is, and nothing is owed."""
    try:
        return order.request()
    except BaseException:
        desk.ledger.release(call, "not-sent")
        raise


def _send(desk: Desk, order: Order, request: ImageRequest | JudgeRequest) -> Reply:
    if isinstance(request, JudgeRequest):
        if not isinstance(desk.provider, Judge):
            raise ActionFailed("no-judge", "the profile's provider cannot be asked to look")
        return desk.provider.judge(request)
    sketched: Sketched = lambda data: desk.sketched(order.action.id, data)  # noqa: E731
    return desk.provider.make(request, sketched)


def _close_refused(desk: Desk, order: Order, call: str, error: ActionFailed) -> None:
    """Close a call that was refused for good: nothing is owed, unless a picture was made."""
    if not error.may_be_billed:
        desk.ledger.release(call, error.code)
        return
    desk.ledger.settle(call, order.call.high, {}, None, failed=error.code)
    error.cost_microdollars = order.call.high


def _reserve(desk: Desk, order: Order) -> str:
    """Reserve an order's highest price; wait while calls in flight may come to less than reserved,
    and while somebody else asks for the same picture.

    Raises:
        NotStarted: a cap does not cover it, or the run was stopped.
        OutcomeUnknown: who asked for the same picture got no answer.
    """  # noqa: D205  what is waited for is one sentence
    told = time.monotonic()
    why = ""
    while not desk.stopping.is_set():
        try:
            call = desk.ledger.reserve(order.call)
            _refuse_resending(desk, order, call)
            return call
        except InFlight:
            why = "another process asks for the same picture"
            desk.ledger.recover(desk.actions.filed)
        except CapReached as reached:
            if not (reached.reserved and reached.waits):
                raise NotStarted("over-budget", f"not sent: {reached}") from None
            why = "the cap is reserved for calls in flight"
        if time.monotonic() - told > MONEY_WORD_SECONDS:
            told = time.monotonic()
            desk.paused(MONEY_WORD_SECONDS, why)
        desk.stopping.wait(MONEY_POLL_SECONDS)
    raise NotStarted("stopped", "not sent: the run was stopped")


def _keep(desk: Desk, order: Order, turn: Turn, reply: Reply, result: ActionResult) -> ActionResult:
    """Keep what came, only then look at it, and settle its bill."""
    try:
        desk.cas.put(reply.data, durable=True)
        desk.actions.note_arrival(result)
    except StoreProblem:
        with suppress(StoreProblem):  # the disk may be full for the ledger too
            _settle(desk, result, reply, failed="not-kept")
        raise
    try:
        pixels = order.believe(reply)
    except BadReply as error:
        # In this order: what is noted as arrived may be taken for a result.
        desk.actions.forget_arrival(result)
        _settle(desk, result, reply, failed=error.code)
        raise
    result = replace(result, pixels=pixels)
    desk.actions.keep_file(result, durable=True)
    _settle(desk, result, reply)
    desk.actions.forget_arrival(result)
    with suppress(StoreProblem):  # the pool may be lost, the picture is here
        desk.pool.answered(turn, _tokens(reply.usage), reply.allowance)
    return result


@contextmanager
def _spending(microdollars: int) -> Iterator[int]:
    """Let what goes wrong after an answer say what the answer cost."""
    try:
        yield microdollars
    except (BadReply, StoreProblem) as error:
        error.cost_microdollars = microdollars
        raise


def kept_result(actions: ActionCache, key: ActionKey) -> ActionResult | None:
    """Return what is kept under a key, or what a call brought that was broken off just then.

    The latter is paid for, and no result before `buy` has looked at it.
    """
    return actions.get(key) or next(iter(actions.arrived(key)), None)


def _settle(desk: Desk, result: ActionResult, reply: Reply, *, failed: str = "") -> None:
    cost, usage = result.cost_microdollars, reply.usage
    desk.ledger.settle(result.call, cost, usage, reply.request_id, failed=failed)


def _keep_bad(desk: Desk, order: Order, call: str, error: BadReply) -> None:
    """Keep what came in place of a picture, and settle its bill."""
    reply = error.reply
    with _spending(_billed(reply, order)) as cost:
        error.cost_microdollars = cost
        try:
            if reply.data:
                desk.cas.put(reply.data, durable=True)
        finally:
            desk.ledger.settle(call, cost, reply.usage, reply.request_id, failed=error.code)


def _billed(reply: Reply, order: Order) -> int:
    """Return what a reply cost: as it says, by its usage, or else the highest estimate."""
    if reply.cost_microdollars is not None:
        return reply.cost_microdollars
    counted = order.bill(reply.usage)
    return order.call.high if counted is None else counted


def _tokens(usage: Mapping[str, Json]) -> int | None:
    total = usage.get("total_tokens")
    return total if isinstance(total, int) else None


def _received(order: Order, call: str, reply: Reply, cost: int, seconds: float) -> ActionResult:
    return ActionResult(
        key=order.key,
        artifact=digest_of(reply.data),
        manifest=order.described,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds),
        cost_microdollars=cost,
        usage=dict(reply.usage),
        request_id=reply.request_id,
        model=reply.model,
        call=call,
        emulated=reply.emulated,
    )
