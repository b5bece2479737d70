"""The emulator's batches: many calls in one file, answered later and for half the price.

A batch is worked on when somebody looks at it: what is due by its clock, is done then.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import Any, Final, TypeAlias

from assetforge.emulator import files
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.batch_lines import Line, LineError, read_lines
from assetforge.emulator.batch_schedule import OVER, Schedule, Status
from assetforge.emulator.checks import missing, wrong_type
from assetforge.emulator.pages import page
from assetforge.emulator.rules import model_named
from assetforge.emulator.world import World

ENDPOINTS: Final = ("/v1/images/generations", "/v1/images/edits")
KEYS: Final = frozenset(
    {"input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after"}
)
MAX_METADATA: Final = 16
MAX_METADATA_KEY: Final = 64
MAX_METADATA_VALUE: Final = 512
"""Source: OpenAI API reference, batches, read 2026-11-21."""

WINDOW_SECONDS: Final = 86_400

LINES_PER_LOOK: Final = 256
"""How many lines are answered at most before one look is: no client waits longer than that."""

LINES_AT_ONCE: Final = 16
"""How many of them are drawn side by side: all their pictures are in memory."""

EXPIRES: Final = "batch_expired"
"""The fault, by header, that lets a batch run out of time with half of its lines done."""

UNDONE: Final = {
    "expired": ("batch_expired", "This request could not be executed before the batch expired."),
    "cancelled": ("batch_cancelled", "This request was not executed: the batch was cancelled."),
}
"""What the error file says of lines that were not answered.

Source of the codes: OpenAI API reference, batches, read 2026-11-21.
"""

LOST: Final = {
    "code": "request_timeout",
    "message": "This request could not be executed in the time a request has.",
}
"""The same of a line whose answer a fault lost."""

TIMES: Final = (
    "in_progress_at",
    "finalizing_at",
    "completed_at",
    "failed_at",
    "expired_at",
    "cancelling_at",
    "cancelled_at",
)

Answering: TypeAlias = Callable[[World, Line, str], Awaitable[Answer]]
"""Answers one line of a batch; the text is the endpoint."""


@dataclass(slots=True)
class Batch:
    """One batch. Only the event loop touches it.

    Attributes:
        id: `batch_...`.
        asked: the request that made it.
        created_at: seconds since 1970.
        model: the one that all its requests name; None where its file is wrong.
        lines: its requests, in the order in which they are done; empty once it is over.
        schedule: when it comes to which stage.
        errors: why it failed.
        status: how far it was when it was last looked at.
        done: how many of `lines` were answered.
        outputs, failures: rows of the two files it will leave behind.
        held: how many bytes they are.
        completed, failed: requests that came to a picture, and those that did not.
        tokens_in, tokens_out: what was used.
        output_file_id, error_file_id: the two files, once they are written.
        working: held by whoever works on it.
    """

    id: str
    asked: Mapping[str, Any]
    created_at: float
    model: str | None
    lines: list[Line]
    schedule: Schedule
    errors: list[LineError] = field(default_factory=list)
    status: Status = "validating"
    done: int = 0
    outputs: list[bytes] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)
    held: int = 0
    completed: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    output_file_id: str | None = None
    error_file_id: str | None = None
    working: asyncio.Lock = field(default_factory=asyncio.Lock)


async def create(world: World, body: Any, *, expires: bool = False) -> Answer:
    """Begin a batch; what is wrong with its file is told later, by its status.

    Args:
        world: where the input file is, and where the batch is kept.
        body: the request.
        expires: True lets it run out of time.
    """
    problem = problem_of(body)
    if problem:
        return problem.answer
    lines, errors = await _requests(world, body)
    Random(f"{world.settings.fault_seed} {body['input_file_id']}").shuffle(lines)
    schedule = Schedule(world.settings.batch_seconds, len(lines), valid=not errors, expires=expires)
    model = lines[0].body["model"] if lines else None
    id = f"batch_{secrets.token_hex(12)}"
    batch = Batch(id, body, world.wall(), model, lines, schedule, errors)
    world.batches[batch.id] = batch
    return Answer(200, described(batch))


async def _requests(world: World, body: Mapping[str, Any]) -> tuple[list[Line], list[LineError]]:
    file = files.living(world).get(body["input_file_id"])
    if file is None or file.purpose != "batch":
        message = f"There is no file '{body['input_file_id']}' of purpose 'batch'."
        return [], [LineError("invalid_request", message, param="input_file_id")]
    loop = asyncio.get_running_loop()
    lines, errors = await loop.run_in_executor(
        world.renderers, read_lines, file.data, body["endpoint"]
    )
    wrong = None if errors else _model_error(lines[0].body.get("model"))
    return ([], [wrong]) if wrong else (lines, errors)


def _model_error(name: Any) -> LineError | None:
    """Return why no line can be answered: they all name the same model."""
    model = model_named(name) if isinstance(name, str) else None
    if model is None:
        message = f"The provided model {name!r} does not exist."
        return LineError("model_not_found", message, param="body.model")
    if not model.capabilities.batch:
        message = f"The provided model '{name}' is not supported by the Batch API."
        return LineError("model_not_supported", message, param="body.model")
    return None


async def told(world: World, id: str, answering: Answering) -> Answer:
    """Say how far a batch is, after what is due of it was done."""
    batch = world.batches.get(id)
    if batch is None:
        return no_batch(id).answer
    await work(world, batch, answering)
    return Answer(200, described(batch))


async def cancel(world: World, id: str, answering: Answering) -> Answer:
    """Let a batch end with what is done of it."""
    batch = world.batches.get(id)
    if batch is None:
        return no_batch(id).answer
    await work(world, batch, answering)
    if batch.status in OVER:
        message = f"Cannot cancel a batch with status '{batch.status}'."
        return Problem(message).answer
    if batch.schedule.cancelled is None:
        batch.schedule = replace(batch.schedule, cancelled=world.wall() - batch.created_at)
    batch.status = "cancelling"
    return Answer(200, described(batch))


def listed(world: World, asked: Mapping[str, str]) -> Answer:
    """List the batches as they were when last looked at; `asked` is the query."""
    return page(list(map(described, world.batches.values())), asked, limit=20, most=100)


def no_batch(id: str) -> Problem:
    """Say that there is no such batch."""
    return Problem(f"No batch found with id '{id}'.", param="batch_id", status=404)


async def work(world: World, batch: Batch, answering: Answering) -> None:
    """Do what is due of a batch, a limited part of it at a time."""
    async with batch.working:
        if batch.status in OVER:
            return
        age = world.wall() - batch.created_at
        due = batch.schedule.due(age)
        end = min(due, batch.done + LINES_PER_LOOK)
        while batch.done < end and batch.held <= files.MAX_TOTAL_BYTES:
            await _work_on(world, batch, end, answering)
        if batch.held > files.MAX_TOTAL_BYTES:
            _fail(batch, files.full())
        elif batch.done < due:
            batch.status = "in_progress" if batch.schedule.cancelled is None else "cancelling"
        else:
            batch.status = batch.schedule.status(age)
            if batch.status in OVER:
                _finish(world, batch)


async def _work_on(world: World, batch: Batch, end: int, answering: Answering) -> None:
    """Answer the next few lines before a number of them."""
    now = batch.lines[batch.done : min(end, batch.done + LINES_AT_ONCE)]
    answers = await asyncio.gather(
        *(answering(world, line, batch.asked["endpoint"]) for line in now)
    )
    for line, answer in zip(now, answers, strict=True):
        _write(batch, line, answer)


def _write(batch: Batch, line: Line, answer: Answer) -> None:
    """Note what came of a line."""
    usage = (answer.body or {}).get("usage", {})
    batch.tokens_in += usage.get("input_tokens", 0)
    batch.tokens_out += usage.get("output_tokens", 0)
    batch.done += 1
    if answer.body is None or answer.wire != "whole":
        _write_failure(batch, line, error=LOST)
        return
    response = {
        "status_code": answer.status,
        "request_id": answer.headers["x-request-id"],
        "body": answer.body,
    }
    if answer.status != 200:
        _write_failure(batch, line, response=response)
        return
    batch.completed += 1
    batch.outputs.append(_row(line, response, None))
    batch.held += len(batch.outputs[-1])


def _write_failure(
    batch: Batch,
    line: Line,
    *,
    response: Mapping[str, Any] | None = None,
    error: Mapping[str, str] | None = None,
) -> None:
    batch.failed += 1
    batch.failures.append(_row(line, response, error))
    batch.held += len(batch.failures[-1])


def _row(line: Line, response: Mapping[str, Any] | None, error: Mapping[str, str] | None) -> bytes:
    row = {
        "id": f"batch_req_{secrets.token_hex(12)}",
        "custom_id": line.custom_id,
        "response": response,
        "error": error,
    }
    return json.dumps(row).encode() + b"\n"


def _finish(world: World, batch: Batch) -> None:
    """Write the two files; one that would be empty is left out."""
    for line in batch.lines[batch.done :]:
        code, message = UNDONE[batch.status]
        _write_failure(batch, line, error={"code": code, "message": message})
    batch.lines.clear()
    batch.output_file_id = _kept(world, batch, "output", batch.outputs)
    batch.error_file_id = _kept(world, batch, "error", batch.failures)


def _kept(world: World, batch: Batch, kind: str, rows: list[bytes]) -> str | None:
    if not rows:
        return None
    data = b"".join(rows)
    rows.clear()
    seconds = batch.asked.get("output_expires_after", {}).get("seconds", files.MONTH_SECONDS)
    file = files.keep(world, f"{batch.id}_{kind}.jsonl", data, "batch_output", seconds)
    if isinstance(file, Problem):
        _fail(batch, file)
        return None
    return file.id


def _fail(batch: Batch, problem: Problem) -> None:
    """Give a batch up: what it came to does not fit into memory."""
    for rows in (batch.lines, batch.outputs, batch.failures):
        rows.clear()
    batch.status = "failed"
    batch.errors.append(LineError("storage_full", problem.message))


def described(batch: Batch) -> dict[str, Any]:
    """Return a batch as the service shows it."""
    asked, schedule = batch.asked, batch.schedule
    reached = {
        f"{stage}_at": int(batch.created_at + age)
        for stage, age in schedule.reached(batch.status).items()
    }
    used = batch.tokens_in + batch.tokens_out
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": asked["endpoint"],
        "model": batch.model,
        "errors": _errors(batch.errors),
        "input_file_id": asked["input_file_id"],
        "completion_window": asked["completion_window"],
        "status": batch.status,
        "output_file_id": batch.output_file_id,
        "error_file_id": batch.error_file_id,
        "created_at": int(batch.created_at),
        "expires_at": int(batch.created_at) + WINDOW_SECONDS,
        **{name: reached.get(name) for name in TIMES},
        "request_counts": {
            "total": schedule.lines,
            "completed": batch.completed,
            "failed": batch.failed,
        },
        "usage": {
            "input_tokens": batch.tokens_in,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": batch.tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used,
        },
        "metadata": asked.get("metadata"),
    }


def _errors(errors: list[LineError]) -> dict[str, Any] | None:
    return {"object": "list", "data": [asdict(each) for each in errors]} if errors else None


def problem_of(body: Mapping[str, Any]) -> Problem | None:
    """Return what is wrong with a request for a batch, its file aside."""
    for key in body:
        if key not in KEYS:
            return Problem(f"Unknown parameter: '{key}'.", param=key, code="unknown_parameter")
    for key in ("input_file_id", "endpoint", "completion_window"):
        if key not in body:
            return missing(key)
        if not isinstance(body[key], str):
            return wrong_type(key, "a string", body[key])
    return (
        _one_of("endpoint", body["endpoint"], ENDPOINTS)
        or _one_of("completion_window", body["completion_window"], ["24h"])
        or _metadata_problem(body.get("metadata"))
        or _expiry_problem(body)
    )


def _one_of(param: str, value: str, known: Sequence[str]) -> Problem | None:
    if value in known:
        return None
    listed = " and ".join(f"'{each}'" for each in known)
    message = f"Invalid value: '{value}'. Supported values are: {listed}."
    return Problem(message, param=param, code="invalid_value")


def _metadata_problem(value: Any) -> Problem | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return wrong_type("metadata", "an object", value)
    if len(value) > MAX_METADATA:
        message = f"Invalid 'metadata': at most {MAX_METADATA} properties are allowed."
        return Problem(message, param="metadata", code="object_above_max_properties")
    for key, text in value.items():
        if not isinstance(text, str):
            return wrong_type(f"metadata.{key}", "a string", text)
        if len(key) > MAX_METADATA_KEY or len(text) > MAX_METADATA_VALUE:
            message = (
                f"Invalid 'metadata': keys have at most {MAX_METADATA_KEY} characters and values "
                f"at most {MAX_METADATA_VALUE}."
            )
            return Problem(message, param="metadata", code="string_above_max_length")
    return None


def _expiry_problem(body: Mapping[str, Any]) -> Problem | None:
    param = "output_expires_after"
    if param not in body:
        return None
    value = body[param]
    if not isinstance(value, dict):
        return wrong_type(param, "an object", value)
    if value.get("anchor") != "created_at":
        return _one_of(f"{param}.anchor", str(value.get("anchor")), ["created_at"])
    return files.lifetime_problem(value.get("seconds"), f"{param}.seconds")
