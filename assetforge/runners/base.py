"""What a runner is: the work of one local step kind, apart from what the kind asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assetforge.digest import Json
from assetforge.findings import Findings


@dataclass(frozen=True, slots=True)
class Work:
    """What a runner made of a picture, and what it found out about it.

    `exhibits` are encoded pictures by the names that the findings call them: crops, maps of what
    changed. What is found wrong is said in the findings, not raised: the picture is kept too.
    """

    data: bytes
    findings: Findings
    exhibits: Mapping[str, bytes] = field(default_factory=dict)


class Runner(Protocol):
    """Makes the artifact of one action from its request and the bytes of its inputs.

    Calls come from several threads at once and share nothing but immutable bytes. Step kinds that
    are paid for have none: their pictures come from a provider.
    """

    def __call__(self, request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes | Work:
        """Return the artifact, with findings where the kind looks at pictures.

        Raises:
            ActionFailed: this action cannot be done.
        """
