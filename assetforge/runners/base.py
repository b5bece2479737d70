"""What a runner is: the work of one step kind, apart from what the kind asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from assetforge.digest import Json
from assetforge.errors import ActionFailed
from assetforge.providers.base import Reply


class Runner(Protocol):
    """Makes the artifact of one action from its request and the bytes of its inputs.

    Calls come from several threads at once and share nothing but immutable bytes.
    """

    def __call__(self, request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Reply:
        """Return the artifact, and what it cost.

        Raises:
            ActionFailed: this action cannot be done; see `assetforge.providers.base.Provider`.
        """


class BadReply(ActionFailed):
    """A provider answered with something else than the picture asked for; it may be billed.

    Attributes:
        reply: what came, with its cost, for the ledger.
    """

    def __init__(self, message: str, reply: Reply) -> None:
        self.reply = reply
        super().__init__("bad-reply", message)
