"""How one emulator behaves: its limits, its pace, its pictures and its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Pictures: TypeAlias = Literal["draft", "flat"]
Judge: TypeAlias = Literal["right", "wrong", "garbled"]

MEDIAN_SECONDS: Final = {"low": 23.0, "medium": 48.0}
"""Quality → how long a picture takes. Source: medians that users published, read 2026-11-21."""

SLOWEST_SECONDS: Final = 155.0
"""The same of `high` and whatever is above it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is chosen when an emulator is started; nothing of it changes while it runs.

    Attributes:
        pictures: `draft` shows the copy that a prompt quotes; `flat` is one colour, and quick.
        repeatable: True gives the same picture for the same request. Real services do not.
        c2pa: whether a PNG says, as real ones do, that a model made it.
        wrong_text: how many of a hundred drafts have one wrong letter in a text that they show.
        redraw: whether an edit draws all of the picture anew, also outside its mask.
        judge: what a judge reads: the texts that it is told of, one of them with a wrong letter, or
            nothing that makes sense.
        images_per_minute, tokens_per_minute, requests_per_minute: limits of each model family;
            None: no limit, though of images answers name a high one. 0: the account may not use
            the model at all.
        window_seconds: how long the minute is that they are counted in.
        count_references: whether pictures that go in count as images, as one user reported.
        usage_details: whether `usage` says apart what the output tokens are.
        latency_seconds: how long each picture takes.
        latency_scale: the same as a multiple of what gpt-image-2 takes; added to the former.
        faults: name → share of the calls that it befalls, from 0 to 1.
        fault_seed: decides which calls these are.
        dialect: which service's way of speaking is spoken.
        batch_seconds: how long a batch takes.
    """

    pictures: Pictures = "draft"
    repeatable: bool = False
    c2pa: bool = True
    wrong_text: int = 0
    redraw: bool = False
    judge: Judge = "right"
    images_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_minute: int | None = None
    window_seconds: float = 60.0
    count_references: bool = False
    usage_details: bool = False
    latency_seconds: float = 0.0
    latency_scale: float = 0.0
    faults: Mapping[str, float] = field(default_factory=dict)
    fault_seed: int = 0
    dialect: str = "openai"
    batch_seconds: float = 0.0

    def seconds(self, quality: str) -> float:
        """Return how long a picture of a quality takes."""
        return self.latency_seconds + self.latency_scale * MEDIAN_SECONDS.get(
            quality, SLOWEST_SECONDS
        )
