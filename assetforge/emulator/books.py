"""What was asked, what came of it, and what it would have cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any, Final, Literal

from assetforge.emulator.slips import Slip

KEPT: Final = 50_000
"""How many of the last calls are kept; the totals count all of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One call.

    Attributes:
        number: 1 for the first; `time` in seconds since 1970.
        endpoint: `generations`, `edits` or `chat`.
        model, size, quality, n: as resolved; None or 0 where the call was refused before.
        references: how many pictures went in, the mask not counted.
        outcome: `accepted` when work was done for it, else `refused`.
        status: of the HTTP answer, also where it never arrived.
        fault: the fault that befell it, or None.
        billed_microdollars: what the service would have charged.
        usage: what was counted; empty when nothing was billed.
        prompt: digest of the prompt, never the words; "" where there was none.
        batch: True for a line of a batch.
    """

    number: int
    time: float
    endpoint: str
    outcome: Literal["accepted", "refused"]
    status: int
    request_id: str
    model: str | None = None
    size: str | None = None
    quality: str | None = None
    n: int = 0
    references: int = 0
    fault: str | None = None
    billed_microdollars: int = 0
    usage: Mapping[str, Any] = field(default_factory=dict)
    prompt: str = ""
    batch: bool = False


class Books:
    """Every call of one emulator. The server's thread writes, any thread may read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Entry] = deque(maxlen=KEPT)
        self._slips: dict[int, list[Slip]] = {}
        self._totals = {
            "calls": 0,
            "accepted": 0,
            "refused": 0,
            "images": 0,
            "429": 0,
            "billed_microdollars": 0,
            "wrong_text": 0,
        }

    def add(self, entry: Entry) -> None:
        """Write down a call; it counts from then on, whether or not the answer arrives."""
        with self._lock:
            self._calls.append(entry)
            self._totals["calls"] += 1
            self._totals[entry.outcome] += 1
            self._totals["images"] += entry.n if entry.outcome == "accepted" else 0
            self._totals["429"] += entry.status == 429
            self._totals["billed_microdollars"] += entry.billed_microdollars

    def drawn_wrong(self, number: int, slips: Sequence[Slip]) -> None:
        """Write down what was drawn wrong on purpose in the pictures of a call."""
        with self._lock:
            if slips:
                self._slips[number] = list(slips)
            self._totals["wrong_text"] += len(slips)

    def document(self) -> dict[str, Any]:
        """Return the calls, oldest first, each with what was drawn wrong, and the totals."""
        with self._lock:
            calls, totals, slips = list(self._calls), dict(self._totals), dict(self._slips)
        written = [
            asdict(each) | {"wrong_text": [asdict(slip) for slip in slips.get(each.number, ())]}
            for each in calls
        ]
        return {"calls": written, "totals": totals}
