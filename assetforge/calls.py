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
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from assetforge.action import Action, ActionId, ActionKey, Manifest
from assetforge.digest import Digest, Json
from assetforge.errors import (
    ActionFailed,
    NotStarted,
    OutcomeUnknown,
    ProviderUnavailable,
    StoreProblem,
)
from assetforge.ledger import Call, CapReached, Ledger
from assetforge.limits import Pool, Turn
from assetforge.pricing import Cost, usd
from assetforge.providers.base import BadReply, ImageRequest, NotNow, Provider, Reply, Sketched
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
        believe: raises `BadReply` unless a reply is the picture that was asked for.
    """

    action: Action
    key: ActionKey
    described: Manifest
    call: Call
    images: int
    tokens: int
    request: Callable[[], ImageRequest]
    bill: Callable[[Mapping[str, Json]], int | None]
    believe: Callable[[Reply], None]


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
    if tries >= TRIES:
        return None
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**tries)
    return max(error.wait_seconds or 0.0, random.uniform(longest / 2, longest))


def buy(desk: Desk, order: Order) -> ActionResult:
    """Return the action result of a picture, bought now; its bytes are in the store.

    Raises:
        NotStarted: nothing was sent: the run was stopped, or a cap does not cover it.
        OutcomeUnknown: it was sent, now or in an earlier build, and no answer came.
        BadReply: the answer was no picture; its bytes are kept all the same.
        ProviderUnavailable: no further call can succeed.
        ActionFailed: the service refused it for good.
        StoreProblem: the bytes could not be kept.
    """
    if not desk.resend:
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


def _refuse_resending(desk: Desk, order: Order) -> None:
    """Refuse what was sent before without an answer.

    Raises:
        OutcomeUnknown: it was; nothing is spent now.
    """
    past = desk.ledger.unanswered([order.key]).get(order.key)
    if past is not None:
        raise OutcomeUnknown(
            "sent-before",
            f"sent {past.at} and not answered; up to ${usd(past.high)} may have been billed; "
            "send it again with --resend",
        )


def _try_once(desk: Desk, order: Order) -> ActionResult:
    turn = desk.pool.wait_turn(order.images, order.tokens, desk.stopping, _told_of_waits(desk))
    call = _reserve(desk, order)
    begun = time.monotonic()
    try:
        reply = _send(desk, order)
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
        desk.ledger.release(call, error.code)
        raise
    except BaseException as error:
        # A bug, here or in a plugin: the request may have been sent.
        desk.ledger.mark_unknown(call, repr(error))
        raise
    return _keep(desk, order, call, turn, reply, time.monotonic() - begun)


def _told_of_waits(desk: Desk) -> Callable[[float], None]:
    return lambda seconds: desk.paused(seconds, "the account's limits")


def _send(desk: Desk, order: Order) -> Reply:
    sketched: Sketched = lambda data: desk.sketched(order.action.id, data)  # noqa: E731
    return desk.provider.make(order.request(), sketched)


def _reserve(desk: Desk, order: Order) -> str:
    """Reserve an order's highest price; wait while calls in flight may come to less than reserved.

    Raises:
        NotStarted: a cap does not cover it, or the run was stopped.
    """
    while not desk.stopping.is_set():
        try:
            return desk.ledger.reserve(order.call)
        except CapReached as reached:
            if not reached.reserved:
                raise NotStarted("over-budget", f"not sent: {reached}") from None
        desk.stopping.wait(MONEY_POLL_SECONDS)
    raise NotStarted("stopped", "not sent: the run was stopped")


def _keep(
    desk: Desk, order: Order, call: str, turn: Turn, reply: Reply, seconds: float
) -> ActionResult:
    """Keep what came, only then look at it, and settle its bill."""
    cost = _billed(reply, order)
    try:
        artifact = desk.cas.put(reply.data, durable=True)
        result = replace(_result(order, reply, artifact, cost), call=call, seconds=round(seconds))
        desk.actions.note_arrival(result)
    except StoreProblem as error:
        with suppress(StoreProblem):  # the disk may be full for the ledger too
            _settle(desk, call, cost, reply, failed="not-kept")
        error.cost_microdollars = cost
        raise
    try:
        order.believe(reply)
    except BadReply as error:
        _settle(desk, call, cost, reply, failed=error.code)
        desk.actions.forget_arrival(result)
        error.cost_microdollars = cost
        raise
    desk.actions.keep_file(result, durable=True)
    _settle(desk, call, cost, reply)
    desk.actions.forget_arrival(result)
    desk.pool.answered(turn, _tokens(reply.usage), reply.allowance)
    return result


def kept_result(actions: ActionCache, key: ActionKey) -> ActionResult | None:
    """Return what is kept under a key, or what a call brought that was broken off just then."""
    found = actions.get(key)
    for arrived in actions.arrived(key) if found is None else ():
        actions.keep_file(arrived, durable=True)
        actions.forget_arrival(arrived)
        return arrived
    return found


def _settle(desk: Desk, call: str, cost: int, reply: Reply, *, failed: str = "") -> None:
    desk.ledger.settle(call, cost, reply.usage, reply.request_id, failed=failed)


def _keep_bad(desk: Desk, order: Order, call: str, error: BadReply) -> None:
    if error.reply.data:
        desk.cas.put(error.reply.data, durable=True)
    error.cost_microdollars = _billed(error.reply, order)
    _settle(desk, call, error.cost_microdollars, error.reply, failed=error.code)


def _billed(reply: Reply, order: Order) -> int:
    """Return what a reply cost: as it says, by its usage, or else the highest estimate."""
    if reply.cost_microdollars is not None:
        return reply.cost_microdollars
    counted = order.bill(reply.usage)
    return order.call.high if counted is None else counted


def _tokens(usage: Mapping[str, Json]) -> int | None:
    total = usage.get("total_tokens")
    return total if isinstance(total, int) else None


def _result(order: Order, reply: Reply, artifact: Digest, cost: int) -> ActionResult:
    return ActionResult(
        key=order.key,
        artifact=artifact,
        manifest=order.described,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        cost_microdollars=cost,
        usage=dict(reply.usage),
        request_id=reply.request_id,
        model=reply.model,
    )
