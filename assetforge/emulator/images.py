"""The two endpoints: a call is checked, booked, and only then drawn.

What a call comes to (refused, billed, lost on its way) is settled before anything is drawn, so the
books have it however the call ends.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar, cast

from assetforge import images
from assetforge.digest import digest_of
from assetforge.emulator.answers import Answer, Problem, Wire
from assetforge.emulator.books import Entry
from assetforge.emulator.call import Call, Endpoint, Order, order_of
from assetforge.emulator.checks import problem_of
from assetforge.emulator.faults import FOREIGN, PAGE, REFUSALS, WIRES, Struck, blocked, fault_of
from assetforge.emulator.limits import Demand
from assetforge.emulator.models import over
from assetforge.emulator.pictures import Rendered, render, seed_of
from assetforge.emulator.reading import json_call
from assetforge.emulator.shelf import PICTURES
from assetforge.emulator.tokens import microdollars, usage_of
from assetforge.emulator.world import World

Given = ParamSpec("Given")
Result = TypeVar("Result")

ENDPOINTS: Final[tuple[Endpoint, ...]] = ("generations", "edits")

LATE: Final = frozenset({"moderation_output"})
"""Faults that a stream tells of in a frame, since it has begun by then."""

ADDRESSES: Final = frozenset({"url", "url_gone"})
"""Faults that send an address in the place of a picture."""


WRONG_TEXT: Final = "x-emulator-wrong-text"
"""Header that tells, as JSON, what was drawn wrong on purpose, and in which picture of the call."""


@dataclass(frozen=True, slots=True)
class Job:
    """One call that is being answered.

    Attributes:
        number: of the call, 1 for the first.
        request_id: the service's name for it.
        began: by the world's clock.
        fault: what befalls it, or None.
        batch: True for a line of a batch.
        address: what the emulator is called at; empty where the call does not say.
    """

    number: int
    request_id: str
    began: float
    fault: str | None = None
    batch: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in frames of server-sent events.

    Attributes:
        frames: each one whole.
        headers: in addition to those every answer has.
        wire: how much of it arrives.
    """

    frames: AsyncIterator[bytes]
    headers: Mapping[str, str]
    wire: Wire = "whole"


def new_request_id() -> str:
    """Return the service's name for a call."""
    return f"req_{secrets.token_hex(16)}"


async def answer(
    world: World,
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    batch: bool = False,
) -> Answer:
    """Answer one call in JSON, such as a line of a batch.

    Args:
        world: the state of the emulator.
        path: `/v1/images/generations` or `/v1/images/edits`.
        body: the JSON object; it asks for no stream.
        headers: of the call, names in lower case.
        batch: True bills half, and counts against no limit.
    """
    endpoint = cast(Endpoint, path.rpartition("/")[2])
    assert endpoint in ENDPOINTS, f"BUG: no endpoint '{path}'"
    answered = await reply(world, json_call(endpoint, body, world.files), headers, batch=batch)
    assert isinstance(answered, Answer), "BUG: a batch that streams"
    return answered


async def reply(
    world: World, call: Call | Problem, headers: Mapping[str, str], *, batch: bool = False
) -> Answer | Stream:
    """Check a call, write it down, draw what it asks for, and return the answer."""
    address = f"http://{headers['host']}" if "host" in headers else ""
    job = Job(world.next_call(), new_request_id(), world.clock(), None, batch, address)
    if isinstance(call, Problem):
        return _refused(world, job, call, call.answer)
    if gone := over(world, call.said("model")):
        return _refused(world, job, call, gone.answer)
    # Pictures take a while to decode; words are looked at at once, however busy the threads are.
    slow = call.images is not None
    problem = await _in_thread(world, problem_of, call) if slow else problem_of(call)
    if problem:
        return _refused(world, job, call, problem.answer)
    order = order_of(call)
    fault = fault_of(world, headers, order.prompt)
    if isinstance(fault, Problem):
        return _refused(world, job, call, fault.answer)
    job = replace(job, fault=fault)
    return _struck(world, job, call, order) or await _admitted(world, job, call, order)


def _refused(
    world: World, job: Job, call: Call | Problem, refusal: Answer, family: str | None = None
) -> Answer:
    """Book a call that is refused, and return the answer."""
    world.books.add(_entry(world, job, call, refusal.status))
    return replace(refusal, headers={**_headers(world, job, family), **refusal.headers})


def _struck(world: World, job: Job, call: Call, order: Order) -> Answer | None:
    """Return the answer of a fault that keeps the service from doing any work."""
    fault, family = job.fault, order.model.family
    if fault is None or (fault in LATE and order.stream):
        return None
    if fault in REFUSALS:
        limit = world.account.images_per_minute
        problem = REFUSALS[fault](Struck(order.model.name, job.request_id, order.n, limit))
        return _refused(world, job, call, problem.answer, family)
    if fault in FOREIGN:
        return _refused(world, job, call, FOREIGN[fault])
    return None


async def _admitted(world: World, job: Job, call: Call, order: Order) -> Answer | Stream:
    """Hold a call against the limits, book what it costs, and draw."""
    sizes = [images.size_of(each) for each in order.images]
    usage = usage_of(order, sizes, details=world.settings.usage_details)
    limited = None if job.batch else world.account.admit(_demand(world, order, usage))
    if limited:
        return _refused(world, job, call, limited.answer, order.model.family)
    world.books.add(_accepted(world, job, call, order, usage))
    shown = {} if job.fault == "no_usage" else {"usage": usage}
    if order.stream:
        frames = _frames(world, job, order, shown)
        return Stream(frames, _headers(world, job, order.model.family), _wire(job))
    return await _drawn(world, job, order, shown)


def _demand(world: World, order: Order, usage: Mapping[str, Any]) -> Demand:
    references = len(order.images) if world.settings.count_references else 0
    return Demand(order.model.family, order.model.name, order.n + references, usage["total_tokens"])


def _accepted(world: World, job: Job, call: Call, order: Order, usage: dict[str, Any]) -> Entry:
    entry = replace(
        _entry(world, job, call, 200),
        outcome="accepted",
        size=str(order.size),
        quality=order.quality,
        n=order.n,
    )
    if job.fault in LATE:
        return entry
    price = order.model.capabilities.price
    assert price is not None, "BUG: a model of the service without a price"
    billed = microdollars(usage, price, batch=job.batch)
    return replace(entry, usage=usage, billed_microdollars=billed)


def _entry(world: World, job: Job, call: Call | Problem, status: int) -> Entry:
    """Return what the books say of a call that nothing was done for."""
    fields = call.fields if isinstance(call, Call) else {}
    model, prompt = fields.get("model"), fields.get("prompt")
    return Entry(
        number=job.number,
        time=world.wall(),
        endpoint=call.endpoint if isinstance(call, Call) else "",
        outcome="refused",
        status=status,
        request_id=job.request_id,
        model=model[:100] if isinstance(model, str) else None,
        references=len(call.images or ()) if isinstance(call, Call) else 0,
        fault=job.fault,
        prompt=_digest(prompt) if isinstance(prompt, str) else "",
        batch=job.batch,
    )


def _digest(text: str) -> str:
    return digest_of(text.encode("utf-8", "surrogatepass"))


def _headers(world: World, job: Job, family: str | None = None) -> dict[str, str]:
    milliseconds = round((world.clock() - job.began) * 1000)
    limits = world.account.headers(family) if family and not job.batch else {}
    return {
        "x-request-id": job.request_id,
        "openai-processing-ms": str(milliseconds),
        **limits,
    }


def _wire(job: Job) -> Wire:
    return WIRES.get(job.fault or "", "whole")


async def _drawn(world: World, job: Job, order: Order, shown: dict[str, Any]) -> Answer:
    """Draw all pictures of a call and return the answer that holds them."""
    # Drawn after the wait: pictures of all the calls that wait would be a lot of memory.
    await world.pause(world.settings.seconds(order.quality))
    made = await _rendered(world, job, order)
    texts = await _texts(world, job, [each.data for each in made])
    headers = {**_headers(world, job, order.model.family), **_wrong(made)}
    if job.fault == "html_200":
        return Answer(200, headers=headers, html=PAGE)
    data = [{_key(job): text} for text in texts]
    return Answer(200, {**_facts(world, order), "data": data, **shown}, headers, wire=_wire(job))


def _wrong(made: list[Rendered]) -> dict[str, str]:
    """Return the header that tells what was drawn wrong; none where nothing was."""
    told = [{"picture": at, **asdict(each.slip)} for at, each in enumerate(made) if each.slip]
    return {WRONG_TEXT: json.dumps(told)} if told else {}


def _key(job: Job) -> str:
    return "url" if job.fault in ADDRESSES else "b64_json"


async def _texts(world: World, job: Job, made: list[bytes]) -> list[str]:
    """Return how each picture is written in JSON."""
    if job.fault in ADDRESSES:
        kept = job.fault == "url"
        names = [world.shelf.put(each) if kept else digest_of(each) for each in made]
        return [f"{job.address}{PICTURES}{each}" for each in names]
    return await _in_thread(world, _encoded, made, job.fault)


def _encoded(made: list[bytes], fault: str | None) -> list[str]:
    written = [base64.b64encode(each).decode() for each in made]
    if fault == "broken_base64":
        return [f"{each[: len(each) // 2]}!" for each in written]
    return written


def _facts(world: World, order: Order) -> dict[str, Any]:
    """Return what an answer says beside the pictures, `auto` resolved."""
    return {
        "created": int(world.wall()),
        "background": order.background,
        "output_format": order.output_format,
        "quality": order.quality,
        "size": str(order.size),
    }


async def _rendered(world: World, job: Job, order: Order) -> list[Rendered]:
    """Draw each picture of a call in a thread."""
    salts = () if world.settings.repeatable else (job.number,)
    made = await asyncio.gather(
        *(
            _in_thread(world, _one, world, job, order, seed_of(order, place, *salts))
            for place in range(order.n)
        )
    )
    world.books.drawn_wrong(job.number, [each.slip for each in made if each.slip])
    return made


def _one(world: World, job: Job, order: Order, seed: bytes) -> Rendered:
    return render(order, world.settings, seed, odd=job.fault)


async def _in_thread(
    world: World, work: Callable[Given, Result], *arguments: Given.args, **named: Given.kwargs
) -> Result:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(world.renderers, partial(work, *arguments, **named))


async def _frames(
    world: World, job: Job, order: Order, shown: dict[str, Any]
) -> AsyncIterator[bytes]:
    """Yield the frames of a stream: previews over the time it takes, then the finished pictures.

    Source: openai-python, `ImageGenStreamEvent` and `ImageEditStreamEvent`, read 2026-11-21. The
    frame of an error is ours; the client library raises for whatever has `error`.
    """
    pace = world.settings.seconds(order.quality) / (order.partial_images + 1)
    await world.pause(pace)
    made = await _rendered(world, job, order)
    for place in range(order.partial_images):
        for picture in made:
            event = await _event(world, job, order, picture.previews[place], "partial_image")
            yield frame({**event, "partial_image_index": place})
        await world.pause(pace)
    if job.fault in LATE:
        yield frame({"type": "error", **(blocked(job.request_id, "output").answer.body or {})})
        return
    for picture in made:
        event = await _event(world, job, order, picture.data, "completed")
        yield frame({**event, **shown})


async def _event(world: World, job: Job, order: Order, data: bytes, kind: str) -> dict[str, Any]:
    facts = _facts(world, order)
    created = facts.pop("created")
    name = "image_generation" if order.endpoint == "generations" else "image_edit"
    (text,) = await _texts(world, job, [data])
    return {"type": f"{name}.{kind}", _key(job): text, "created_at": created, **facts}


def frame(event: Mapping[str, Any]) -> bytes:
    """Return one frame of server-sent events."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
