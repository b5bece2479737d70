"""A world whose clock stands still, asked without a server."""

from typing import Any

from assetforge.emulator.answers import Answer
from assetforge.emulator.files import keep
from assetforge.emulator.world import StoredFile, World

NOW = 1_800_000_000


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def body_of(answer: Answer) -> dict[str, Any]:
    assert answer.body is not None
    return answer.body


def kept(world: World, data: bytes, purpose: str = "batch") -> str:
    """Keep a file in a world, and return its id."""
    file = keep(world, "in.jsonl", data, purpose)
    assert isinstance(file, StoredFile)
    return file.id
