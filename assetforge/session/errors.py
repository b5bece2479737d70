"""Why a session does not do what somebody asks of it."""

from __future__ import annotations

from assetforge.errors import AssetforgeError


class UnknownPicture(AssetforgeError):
    """The session has no picture of that id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"there is no picture '{id}'; it may have been renamed or removed")


class Outdated(AssetforgeError):
    """What a person saw is not what is there now; they should look again."""


class Agree(AssetforgeError):
    """It costs something, and nobody has agreed to that yet.

    Attributes:
        low, high: what it costs, in microdollars.
    """

    def __init__(self, words: str, low: int, high: int) -> None:
        self.low = low
        self.high = high
        super().__init__(words)
