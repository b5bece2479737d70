"""What every backend can do, and what each may refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol

from assetforge.errors import StoreProblem

Kind = Literal["blobs", "results"]
"""What is kept: blobs by their digest, results by their action key."""

MOST_BYTES: Final[Mapping[Kind, int]] = MappingProxyType(
    {"blobs": 256 * 2**20, "results": 4 * 2**20}
)
"""How many bytes of one blob or result are taken at most."""


class Unreachable(StoreProblem):
    """The network or the service is down, slow or overloaded: it may work later. Never a miss."""


class Refused(StoreProblem):
    """Not allowed, or nothing there to ask: it does not get better by itself."""


class NotListed(StoreProblem):
    """A backend that cannot say what it has."""


def refuse_larger(data: bytes, most: int, place: str) -> None:
    """Keep from being written what nobody could read.

    Raises:
        Refused: there are more than so many bytes.
    """
    if len(data) > most:
        raise Refused(
            f"'{place}' is not written: it has {len(data)} bytes, and more than {most} are never "
            "read from a store that is shared"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob or a result that is there.

    Attributes:
        name: digest or action key.
        size: in bytes, as it is kept there.
        written: when, in seconds since 1970.
    """

    name: str
    size: int
    written: float


class Backend(Protocol):
    """A place that several machines share. Opening one asks nobody anything.

    Names are 64 lowercase hexadecimal characters. What is read is not verified: whoever reads
    compares it with its digest, or with its signature. Methods block, and may be called from many
    threads at once. Each raises `Unreachable` and `Refused`: an error is never a miss.
    """

    address: str
    """As people are told it: without user, password, token or query."""

    def prepare(self) -> None:
        """Make it ready to be written to, as far as that is ours to do: a folder is laid out.

        Raises:
            Refused: also where it may only be read.
        """

    def place(self, kind: Kind, name: str) -> str:
        """Return where something is, or would be, as people are told it: a path, an address."""

    def read(self, kind: Kind, name: str) -> bytes | None:
        """Return the bytes under a name; None: it is surely not there.

        Raises:
            Refused: also where there are more than `MOST_BYTES`.
        """

    def holds(self, kind: Kind, names: Sequence[str]) -> set[str]:
        """Return which of the names are there; they are asked for side by side."""

    def create(self, kind: Kind, name: str, data: bytes) -> bool:
        """Write what is not there yet; False: something is there already, and stays.

        Raises:
            Refused: also where it has more than `MOST_BYTES`.
        """

    def replace(self, kind: Kind, name: str, data: bytes) -> None:
        """Write, whatever is there.

        Raises:
            Refused: also where it has more than `MOST_BYTES`.
        """

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Yield what is there, in no order.

        Raises:
            NotListed: this backend cannot say.
        """

    def delete(self, kind: Kind, names: Sequence[str]) -> None:
        """Remove what is there under the names; what is not there is no error.

        Raises:
            NotListed: this backend cannot.
        """

    def close(self) -> None:
        """Let go of connections. Nothing may be asked afterwards."""
