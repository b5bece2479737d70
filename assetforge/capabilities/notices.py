"""What is worth knowing about a model before it is asked: nothing that is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from assetforge.capabilities.model import Capabilities
from assetforge.capabilities.table import SHIPPED, Models, known_models
from assetforge.digest import Json
from assetforge.errors import Diagnostic, did_you_mean

SHUTDOWN_NOTICE: Final = timedelta(days=60)
"""How long before a model's shutdown it is warned about."""

NOTICED: Final = ("model", "quality", "background")
"""What of a request `notices` looks at."""


def notices(
    capabilities: Capabilities,
    request: Mapping[str, Json],
    today: date,
    models: Models = SHIPPED,
    *,
    pinned: bool = False,
) -> tuple[Diagnostic, ...]:
    """Return warnings about the model of a request; none where nothing is sent.

    `models` are those that a misspelt name may have meant; `pinned`: the service was told apart
    what the name stands for, as by a deployment.
    """
    if capabilities.local:
        return ()
    asked: Mapping[str, Any] = request
    found = [*_unknown(capabilities, models), *_shutdown(capabilities, today)]
    if not capabilities.free:
        found += [] if pinned else _floating(capabilities, asked.get("model"))
        found += _open(capabilities, asked)
    return (*found, *_preview(capabilities, asked))


def shutdown_of(capabilities: Capabilities, today: date) -> Diagnostic | None:
    """Return that a model is no more, if it is so: what has to be made of it cannot be."""
    if capabilities.shutdown is None or today < date.fromisoformat(capabilities.shutdown):
        return None
    message = f"'{capabilities.family}' was shut down on {capabilities.shutdown}"
    return Diagnostic("model-shutdown", message, help=_advice(capabilities))


def _shutdown(capabilities: Capabilities, today: date) -> Iterator[Diagnostic]:
    if gone := shutdown_of(capabilities, today):
        message = f"{gone.message}: what is built stays, nothing new can be made"
        yield Diagnostic(gone.code, message, help=gone.help, severity="warning")
    elif capabilities.shutdown and today + SHUTDOWN_NOTICE >= date.fromisoformat(
        capabilities.shutdown
    ):
        message = f"'{capabilities.family}' will be shut down on {capabilities.shutdown}"
        advice = _advice(capabilities)
        yield Diagnostic("model-shutdown-soon", message, help=advice, severity="warning")


def _advice(capabilities: Capabilities) -> str | None:
    return f"use '{capabilities.replacement}'" if capabilities.replacement else None


def _unknown(capabilities: Capabilities, models: Models) -> Iterator[Diagnostic]:
    if capabilities.priced:
        return
    provider, family = capabilities.service or capabilities.provider, capabilities.family
    what = "nothing is known about" if not capabilities.known else "no price is known of"
    name = f"model '{family}' of provider" if family != provider else "provider"
    known = known_models(capabilities.provider, models)
    near = None if capabilities.known else did_you_mean(family, known)
    yield Diagnostic(
        "unknown-model" if not capabilities.known else "unknown-price",
        f"{what} {name} '{provider}'; priced at the worst known rate",
        help=near or "say what you know under `models:`",
        severity="warning",
    )


def _floating(capabilities: Capabilities, model: str | None) -> Iterator[Diagnostic]:
    name = (model or "").rpartition("/")
    snapshot = dict(capabilities.snapshots).get(name[2])
    if snapshot:
        yield Diagnostic(
            "floating-model",
            f"'{model}' may mean another model some day",
            help=f"name the snapshot: '{name[0]}{name[1]}{snapshot}'",
            severity="warning",
        )


def _open(capabilities: Capabilities, request: Mapping[str, Any]) -> Iterator[Diagnostic]:
    known = capabilities.qualities
    if known and request.get("quality") in (None, "auto"):
        yield Diagnostic(
            "auto-quality",
            f"without a quality the price is anywhere from that of '{known[0]}' to '{known[-1]}'",
            help=f"choose one of {', '.join(known)}",
            severity="warning",
        )


def _preview(capabilities: Capabilities, request: Mapping[str, Any]) -> Iterator[Diagnostic]:
    if request.get("background") == "transparent" and capabilities.transparent == "preview":
        yield Diagnostic(
            "transparency-preview",
            f"transparent backgrounds of '{capabilities.family}' are a preview: "
            "the service may refuse them, or send an opaque picture",
            severity="warning",
        )
