"""Waits until an edit of what was just written would show in its stamp."""

from __future__ import annotations

import time
from collections.abc import Mapping

from assetforge.trace.look import digest_at
from assetforge.trace.stamp import TICK_NS, UNPROVEN, Stamp, is_young
from assetforge.trace.targets import set_stamps


def settle(folder: str, generation: str, rows: Mapping[int, tuple[str, Stamp, str]]) -> None:
    """Wait until an edit of what was just written would show, and see that there was none.

    Args:
        folder: of the trace.
        generation: that the rows are of.
        rows: path, stamp and digest of targets, by row.

    Raises:
        OSError: stamps cannot be written.
    """
    now = time.time_ns()
    young = {at: each for at, each in rows.items() if is_young(each[1], now)}
    if not young:
        return
    time.sleep(2 * TICK_NS / 1_000_000_000)
    wrong = {at: UNPROVEN for at, (path, _, digest) in young.items() if digest_at(path) != digest}
    if wrong:
        set_stamps(folder, generation, wrong)
