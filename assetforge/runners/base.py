"""What a runner is: the work of one local step kind, apart from what the kind asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from assetforge.digest import Json


class Runner(Protocol):
    """Makes the artifact of one action from its request and the bytes of its inputs.

    Calls come from several threads at once and share nothing but immutable bytes. Step kinds that
    are paid for have none: their pictures come from a provider.
    """

    def __call__(self, request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
        """Return the artifact.

        Raises:
            ActionFailed: this action cannot be done.
        """
