"""Chats about one picture, as a judge is asked: a call is checked, booked and answered by script.

Nothing looks at the picture: see `assetforge.emulator.script`.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request

from assetforge import images
from assetforge.digest import digest_of
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.books import Entry
from assetforge.emulator.chat_checks import Question, question_of
from assetforge.emulator.faults import FOREIGN, PAGE, REFUSALS, WIRES, Struck, fault_of
from assetforge.emulator.images import new_request_id
from assetforge.emulator.limits import Demand
from assetforge.emulator.reading import media_type, read_json, unsupported
from assetforge.emulator.script import scripted
from assetforge.emulator.tokens import chat_microdollars, chat_tokens, chat_usage
from assetforge.emulator.world import World

PATH: Final = "/chat/completions"
ENDPOINT: Final = "chat"


async def read_chat(request: Request) -> dict[str, Any] | Problem:
    """Return the JSON object of a call to `/chat/completions`, or why there is none."""
    if media_type(request.headers) != "application/json":
        return unsupported(request.headers.get("content-type", ""))
    return await read_json(request)


async def chat(
    world: World, body: Mapping[str, Any] | Problem, headers: Mapping[str, str]
) -> Answer:
    """Check a call, write it down, and answer it."""
    entry = Entry(world.next_call(), world.wall(), ENDPOINT, "refused", 200, new_request_id())
    question = body if isinstance(body, Problem) else await _understood(world, body)
    if isinstance(question, Problem):
        return _refused(world, entry, question.answer)
    entry = replace(
        entry,
        model=question.name,
        references=len(question.pictures),
        prompt=digest_of(question.words.encode("utf-8", "surrogatepass")),
    )
    fault = fault_of(world, headers, question.words)
    if isinstance(fault, Problem):
        return _refused(world, entry, fault.answer)
    entry = replace(entry, fault=fault)
    struck = _struck(world, entry, question)
    return struck or await _admitted(world, entry, question)


async def _understood(world: World, body: Mapping[str, Any]) -> Question | Problem:
    """Check a call in a thread: pictures take a while to decode."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(world.renderers, question_of, body)


def _refused(world: World, entry: Entry, refusal: Answer) -> Answer:
    world.books.add(replace(entry, status=refusal.status))
    return replace(refusal, headers={"x-request-id": entry.request_id, **refusal.headers})


def _struck(world: World, entry: Entry, question: Question) -> Answer | None:
    """Return the answer of a fault that keeps the service from doing any work."""
    fault = entry.fault or ""
    if fault in FOREIGN:
        return _refused(world, entry, FOREIGN[fault])
    if fault in REFUSALS:
        limit = world.account.images_per_minute
        struck = Struck(question.name, entry.request_id, 1, limit)
        return _refused(world, entry, REFUSALS[fault](struck).answer)
    return None


async def _admitted(world: World, entry: Entry, question: Question) -> Answer:
    """Hold a call against the limits, book what it costs, and say what the script says."""
    said = scripted(question, world.settings.judge)
    told = _cut(said, question.most_tokens)
    sizes = [images.size_of(each) for each in question.pictures]
    given = question.words + json.dumps(question.schema or "")
    usage = chat_usage(question.rate, sizes, given, told)
    family = question.rate.name
    limited = world.account.admit(Demand(family, question.name, 0, usage["total_tokens"]))
    if limited:
        return _refused(world, entry, limited.answer)
    billed = chat_microdollars(usage, question.rate)
    world.books.add(replace(entry, outcome="accepted", usage=usage, billed_microdollars=billed))
    await world.pause(world.settings.latency_seconds)
    headers = {"x-request-id": entry.request_id, **_limits(world, family)}
    if entry.fault == "html_200":
        return Answer(200, headers=headers, html=PAGE)
    body = _completion(world, question, told, cut=told != said)
    shown = {} if entry.fault == "no_usage" else {"usage": usage}
    return Answer(200, {**body, **shown}, headers, wire=WIRES.get(entry.fault or "", "whole"))


def _cut(said: str, most_tokens: int) -> str:
    """Return as much of an answer as it may have tokens."""
    while chat_tokens(said) > most_tokens:
        said = said[: len(said) * most_tokens // chat_tokens(said)]
    return said


def _limits(world: World, family: str) -> dict[str, str]:
    """Return what is said about limits; a chat counts no pictures."""
    said = world.account.headers(family)
    return {name: value for name, value in said.items() if not name.endswith("-input-images")}


def _completion(world: World, question: Question, said: str, *, cut: bool) -> dict[str, Any]:
    """Return the body of an answer. Source: openai-python, `ChatCompletion`, read 2026-11-22."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": said, "refusal": None, "annotations": []},
        "logprobs": None,
        "finish_reason": "length" if cut else "stop",
    }
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion",
        "created": int(world.wall()),
        "model": question.name,
        "choices": [choice],
        "service_tier": "default",
        "system_fingerprint": None,
    }
