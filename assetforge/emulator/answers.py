"""What the emulator says, before it is on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Wire: TypeAlias = Literal["whole", "reset", "headers", "truncated", "silent"]
"""How much of an answer arrives: all of it; nothing, and the connection is dropped; the headers
alone; half of the body; nothing while the client waits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one call.

    Attributes:
        status: the HTTP status.
        headers: in addition to those every answer has; names in lower case.
        body: what is sent as JSON; None: there is none, or `html` stands for it.
        html: a page sent in the place of JSON, as a proxy in between would.
        wire: how much of it arrives.
    """

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str | None = None
    wire: Wire = "whole"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call is refused: what the service's error object says.

    Attributes:
        message, type, param, code: as the service writes them.
        status: the HTTP status.
        details: what else the error object holds.
        headers: in addition to those every answer has.
    """

    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    status: int = 400
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> Answer:
        """The answer that says so."""
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
            **self.details,
        }
        return Answer(self.status, {"error": error}, self.headers)
