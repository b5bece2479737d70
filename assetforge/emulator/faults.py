"""What can go wrong with a call that is right, on request or by chance."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from assetforge.digest import digest_of
from assetforge.emulator.answers import Answer, Problem, Wire
from assetforge.emulator.checks import USER_ERROR
from assetforge.emulator.limits import limited, spoken
from assetforge.emulator.world import World
from assetforge.errors import did_you_mean

HEADER: Final = "x-emulator-fault"
MARKER: Final = re.compile(r"\[\[fault:([^\]]*)\]\]")
TIMES: Final = re.compile(r"([^*]*)(?:\*(\d{1,4}))?")

PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n"
    "</body>\r\n</html>\r\n"
)
LIMITED_SECONDS: Final = 1.0
"""How long the fault `429` asks to wait."""

VERIFY: Final = "https://platform.openai.com/settings/organization/general"


@dataclass(frozen=True, slots=True)
class Struck:
    """A call that a fault befalls before any work is done for it.

    Attributes:
        model: as the call names it.
        request_id: goes into some of the messages.
        n: how many pictures it asks for; `images_per_minute` may be asked for.
    """

    model: str
    request_id: str
    n: int
    images_per_minute: int


def _limited(struck: Struck) -> Problem:
    limit = struck.images_per_minute
    problem = limited(struck.model, "input-images", (limit, limit, struck.n), LIMITED_SECONDS)
    left = {
        "x-ratelimit-remaining-input-images": "0",
        "x-ratelimit-reset-input-images": spoken(LIMITED_SECONDS),
    }
    return replace(problem, headers={**problem.headers, **left})


def _slow_down(_: Struck) -> Problem:
    message = "The rate of your requests rose too fast. Slow down, and raise it step by step."
    return Problem(message, type="slow_down", code="slow_down", status=429)


def _server_error(struck: Struck) -> Problem:
    message = (
        "The server had an error while processing your request. Sorry about that! You can retry "
        "your request, or contact us through our help center at help.openai.com if the error "
        f"persists. (Please include the request ID {struck.request_id} in your message.)"
    )
    return Problem(message, type="server_error", code="server_error", status=500)


def _gateway(status: int, words: str) -> Callable[[Struck], Problem]:
    return lambda _: Problem(words, type="server_error", status=status)


def _overloaded(_: Struck) -> Problem:
    return Problem("Slow Down", type="server_error", code="server_is_overloaded", status=503)


def _no_quota(_: Struck) -> Problem:
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more "
        "information on this error, read the docs: "
        "https://platform.openai.com/docs/guides/error-codes/api-errors."
    )
    return Problem(message, type="insufficient_quota", code="insufficient_quota", status=429)


def _hard_limit(_: Struck) -> Problem:
    message = "Billing hard limit has been reached."
    return Problem(message, type="billing_limit_user_error", code="billing_hard_limit_reached")


def _unverified(struck: Struck) -> Problem:
    message = (
        f"Your organization must be verified to use the model `{struck.model}`. Please go to: "
        f"{VERIFY} and click on Verify Organization. If you just verified, it can take up to 15 "
        "minutes for access to propagate."
    )
    return Problem(message, status=403)


def blocked(request_id: str, stage: str | None) -> Problem:
    """Say that moderation refused a call; without a stage there are no details."""
    said = {"moderation_details": {"moderation_stage": stage, "categories": ["sexual"]}}
    return Problem(
        "Your request was rejected by the safety system. If you believe this is an error, contact "
        f"us at help.openai.com and include the request ID {request_id}. "
        "safety_violations=[sexual].",
        type=USER_ERROR,
        code="moderation_blocked",
        details=said if stage else {},
    )


REFUSALS: Final[Mapping[str, Callable[[Struck], Problem]]] = {
    "429": _limited,
    "slow_down": _slow_down,
    "500": _server_error,
    "502": _gateway(502, "Bad gateway."),
    "503": _overloaded,
    "504": _gateway(504, "The upstream server did not answer in time."),
    "insufficient_quota": _no_quota,
    "billing_hard_limit": _hard_limit,
    "unverified": _unverified,
    "moderation_input": lambda struck: blocked(struck.request_id, "input"),
    "moderation_output": lambda struck: blocked(struck.request_id, "output"),
    "moderation_bare": lambda struck: blocked(struck.request_id, None),
}
"""Faults that refuse a call in the service's own words; nothing is billed."""

FOREIGN: Final[Mapping[str, Answer]] = {
    "html": Answer(502, html=PAGE),
    "detail": Answer(422, {"detail": "The request could not be processed."}),
}
"""Faults that refuse a call in words the service would not use; nothing is billed."""

WIRES: Final[Mapping[str, Wire]] = {
    "reset": "reset",
    "reset_after_headers": "headers",
    "truncated": "truncated",
    "timeout": "silent",
}
"""Faults that lose the answer on its way; the call is billed."""

ODDITIES: Final = frozenset(
    {"broken_base64", "html_200", "jpeg_as_png", "no_usage", "url", "url_gone", "wrong_size"}
)
"""Faults of the answer itself; the call is billed."""

FAULTS: Final = sorted({*REFUSALS, *FOREIGN, *WIRES, *ODDITIES})
"""Every name there is."""


def fault_of(world: World, headers: Mapping[str, str], prompt: str) -> str | Problem | None:
    """Return the fault that befalls a call: by its header, its prompt's marker, or chance.

    `500*2` strikes the first two calls with the same prompt and no others, so that a client that
    tries again can be seen to succeed.
    """
    asked = headers.get(HEADER)
    if asked is None:
        marker = MARKER.search(prompt)
        asked = marker[1] if marker else None
    return _drawn(world) if asked is None else _asked(world, asked, prompt)


def _asked(world: World, asked: str, prompt: str) -> str | Problem | None:
    match = TIMES.fullmatch(asked.strip())
    if match is None or match[1] not in FAULTS:
        advice = did_you_mean(asked, FAULTS) or f"there are {', '.join(FAULTS)}"
        return Problem(f"The emulator has no fault '{asked}'; {advice}.", type="emulator_error")
    name, times = match[1], match[2]
    if times is None:
        return name
    key = (name, digest_of(prompt.encode("utf-8", "surrogatepass")))
    world.befallen[key] += 1
    return name if world.befallen[key] <= int(times) else None


def _drawn(world: World) -> str | None:
    """Draw once for each call, so that the same seed befalls the same calls."""
    drawn, reached = world.chance.random(), 0.0
    for name, share in world.settings.faults.items():
        reached += share
        if drawn < reached:
            return name
    return None
