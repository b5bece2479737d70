"""Limits per minute, counted in a window that slides."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from assetforge.emulator.answers import Problem
from assetforge.emulator.settings import Settings

PLENTY: Final = 100_000
"""Images per minute where no limit was chosen, so that clients are told they need not wait."""

SHOWN: Final = {
    "requests": "requests per min (RPM)",
    "tokens": "tokens per min (TPM)",
    "input-images": "input-images per min",
}
"""What is limited, as headers call it → as the message does."""


class Window:
    """How much was asked for in the last `seconds`, and how much may be."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._seconds = seconds
        self._clock = clock
        self._asked: deque[tuple[float, int]] = deque()
        self._used = 0

    @property
    def used(self) -> int:
        """What was asked for and has not left the window."""
        now = self._clock()
        while self._asked and self._asked[0][0] <= now - self._seconds:
            self._used -= self._asked.popleft()[1]
        return self._used

    def wait_seconds(self, amount: int) -> float:
        """Return how long until so much more fits; what never fits waits for an empty window."""
        excess = self.used + amount - self.limit
        if excess <= 0:
            return 0.0
        for at, asked in self._asked:
            excess -= asked
            if excess <= 0:
                return self._left(at)
        return self.reset_seconds if self._asked else self._seconds

    @property
    def reset_seconds(self) -> float:
        """How long until the window is empty."""
        return self._left(self._asked[-1][0]) if self.used else 0.0

    def add(self, amount: int) -> None:
        """Count what is let through."""
        if amount:
            self._asked.append((self._clock(), amount))
            self._used += amount

    def _left(self, at: float) -> float:
        return max(0.0, at + self._seconds - self._clock())


@dataclass(frozen=True, slots=True)
class Demand:
    """What one call asks for.

    Attributes:
        family: whose limits it counts against; `model` is how the call names it.
    """

    family: str
    model: str
    images: int
    tokens: int


class Account:
    """The windows of each model family.

    Attributes:
        images_per_minute: the limit, also where none was chosen.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        images = settings.images_per_minute
        self.images_per_minute = PLENTY if images is None else images
        self._limits = {
            "requests": settings.requests_per_minute,
            "tokens": settings.tokens_per_minute,
            "input-images": self.images_per_minute,
        }
        self._seconds = settings.window_seconds
        self._clock = clock
        self._windows: dict[str, dict[str, Window]] = {}

    def admit(self, demand: Demand) -> Problem | None:
        """Count a call, or say which limit it is over; what is refused is not counted."""
        windows = self._of(demand.family)
        amounts = {"requests": 1, "tokens": demand.tokens, "input-images": demand.images}
        for kind, window in windows.items():
            if window.used + amounts[kind] > window.limit:
                return over(demand, kind, window, amounts[kind])
        for kind, window in windows.items():
            window.add(amounts[kind])
        return None

    def headers(self, family: str) -> dict[str, str]:
        """Return what every answer says about the limits there are.

        Source: OpenAI rate limit guide, read 2026-11-21; `input-images` as users saw it.
        """
        said = {}
        for kind, window in self._of(family).items():
            said[f"x-ratelimit-limit-{kind}"] = str(window.limit)
            said[f"x-ratelimit-remaining-{kind}"] = str(max(0, window.limit - window.used))
            said[f"x-ratelimit-reset-{kind}"] = spoken(window.reset_seconds)
        return said

    def _of(self, family: str) -> Mapping[str, Window]:
        if family not in self._windows:
            self._windows[family] = {
                kind: Window(limit, self._seconds, self._clock)
                for kind, limit in self._limits.items()
                if limit is not None
            }
        return self._windows[family]


def over(demand: Demand, kind: str, window: Window, amount: int) -> Problem:
    """Say that a call is over the limit of a window."""
    wait = window.wait_seconds(amount)
    return limited(demand.model, kind, (window.limit, window.used, amount), wait)


def limited(model: str, kind: str, counts: tuple[int, int, int], wait: float) -> Problem:
    """Say that a call is over a limit. Source of the words: community.openai.com, 2026-09.

    Args:
        model: as the call names it.
        kind: what is limited, as headers call it.
        counts: the limit, what is used of it, what was asked for.
        wait: seconds until it fits.
    """
    limit, used, requested = counts
    return Problem(
        f"Rate limit reached for {model} (for limit gpt-image) in organization org-emulator "
        f"on {SHOWN[kind]}: Limit {limit}, Used {used}, Requested {requested}. "
        f"Please try again in {spoken(wait)}. "
        "Visit https://platform.openai.com/account/rate-limits to learn more.",
        type=kind,
        code="rate_limit_exceeded",
        status=429,
        headers={"retry-after": str(math.ceil(wait))},
    )


def spoken(seconds: float) -> str:
    """Return a time as the service writes it, never less than it is: `340ms`, `12s`, `1m30s`."""
    milliseconds = math.ceil(seconds * 1000)
    if 0 < milliseconds < 1000:
        return f"{milliseconds}ms"
    whole = math.ceil(milliseconds / 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
