"""What a service would refuse about a request, found before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from assetforge.capabilities.model import Capabilities, size_problem
from assetforge.digest import Json
from assetforge.errors import Severity, did_you_mean
from assetforge.pipeline import Size

MAX_PROMPT_CHARACTERS: Final = 32_000
"""Longest prompt. Source: OpenAI image API reference, `prompt`, read 2026-11-21."""

OPTIONAL: Final = ("background", "output_format", "output_compression", "moderation")
"""Parameters that some services do not take."""


class Refusal(NamedTuple):
    """One thing that would be refused.

    `parameter` is the key of the step or profile at fault, `extra.NAME` for one below it. Of
    severity `warning` is what does no harm: it is not sent.
    """

    code: str
    message: str
    parameter: str | None = None
    advice: str | None = None
    severity: Severity = "error"


Request: TypeAlias = Mapping[str, Any]
"""The request of a `compose` or `edit` step; see `assetforge.steps.drawing`."""


def refusals(
    capabilities: Capabilities, request: Mapping[str, Json], images: int = 0
) -> tuple[Refusal, ...]:
    """Return what a model would refuse about a request into which so many pictures go."""
    found: list[Refusal] = []
    for check in CHECKS:
        found += check(capabilities, request)
    found += _too_many(capabilities, images)
    return tuple(found)


def _quality(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    known, quality = capabilities.qualities, request.get("quality")
    if not known or quality in (None, "auto", *known):
        return ()
    message = f"'{capabilities.family}' has no quality '{quality}'"
    advice = did_you_mean(str(quality), known) or f"choose one of {', '.join(known)}"
    return (Refusal("unknown-quality", message, "quality", advice),)


def _size(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    size = Size(*request["size"])
    if reason := size_problem(capabilities, size):
        return (Refusal("illegal-size", f"the canvas {size} is not legal: {reason}"),)
    return ()


def _prompt(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    length = len(request["prompt"])
    if length <= MAX_PROMPT_CHARACTERS or capabilities.local:
        return ()
    message = f"the prompt has {length:,} characters, the most are {MAX_PROMPT_CHARACTERS:,}"
    return (Refusal("prompt-too-long", message, "prompt", "shorten it"),)


def _background(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    if request.get("background") != "transparent":
        return ()
    found = []
    if request.get("output_format") == "jpeg":
        message = "a jpeg cannot have a transparent background"
        advice = "set `output_format: png`"
        found.append(Refusal("transparent-jpeg", message, "background", advice))
    if capabilities.transparent == "no" and _takes(capabilities, "background"):
        message = f"{_who(capabilities)} makes no transparent backgrounds"
        advice = "remove it, or use a profile that makes them"
        found.append(Refusal("no-transparency", message, "background", advice))
    return found


def _format(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    known, asked = capabilities.formats, request.get("output_format")
    found = []
    if asked and known and asked not in known:
        message = f"{_who(capabilities)} sends no '{asked}'"
        advice = f"choose one of {', '.join(known)}"
        found.append(Refusal("unknown-format", message, "output_format", advice))
    if "output_compression" in request and asked in (None, "png"):
        message = "a png has no `output_compression`"
        advice = "set `output_format: jpeg` or `webp`, or remove it"
        found.append(Refusal("png-compression", message, "output_compression", advice))
    return found


def _pictures(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    named = "mask" if request.get("mask") else "region" if request.get("region") else None
    if named is None or capabilities.mask:
        return ()
    message = f"{_who(capabilities)} cannot be told which part of a picture to change"
    return (Refusal("no-mask", message, named, "remove it, or choose another model"),)


def _taken(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    """Return the parameters that would not reach the model."""
    found = []
    for name in OPTIONAL:
        if name in request and not _takes(capabilities, name):
            message = f"{_who(capabilities)} takes no `{name}`"
            found.append(Refusal("unknown-parameter", message, name, "remove it"))
    if request.get("quality") and not _takes(capabilities, "quality"):
        message = f"{_who(capabilities)} takes no `quality`: it is not sent"
        found.append(Refusal("not-sent", message, "quality", "remove it", "warning"))
    return found


def _extra(capabilities: Capabilities, request: Request) -> Sequence[Refusal]:
    extra = request.get("extra")
    return [
        Refusal(
            "unknown-parameter",
            f"'{capabilities.family}' has no parameter '{name}'",
            f"extra.{name}",
            "remove it",
        )
        for name in (sorted(capabilities.refuses.intersection(extra)) if extra else ())
    ]


def _too_many(capabilities: Capabilities, images: int) -> Sequence[Refusal]:
    most = capabilities.max_images
    if images and not capabilities.edits:
        message = f"{_who(capabilities)} takes no pictures, to change or to follow"
        advice = "use `compose` without references, or another model"
        return (Refusal("no-edits", message, "references", advice),)
    if most is not None and images > most:
        message = f"{_who(capabilities)} takes at most {most} pictures, not {images}"
        return (Refusal("too-many-images", message, "references", "give fewer references"),)
    return ()


CHECKS: Final[tuple[Callable[[Capabilities, Request], Sequence[Refusal]], ...]] = (
    _quality,
    _size,
    _prompt,
    _background,
    _format,
    _pictures,
    _taken,
    _extra,
)


def _takes(capabilities: Capabilities, parameter: str) -> bool:
    return capabilities.parameters is None or parameter in capabilities.parameters


def _who(capabilities: Capabilities) -> str:
    return f"'{capabilities.service or capabilities.family}'"
