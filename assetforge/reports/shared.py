"""What came of publishing in the store that is shared, and of bringing from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assetforge.decided import Decided
from assetforge.digest import SHOWN, Json
from assetforge.permission import few
from assetforge.rebuilder import Hit
from assetforge.reports.text import Flags, plural
from assetforge.reports.upkeep import bytes_text
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.publishing import KEPT, Published


def pushed_document(address: str, ended: Sequence[Published]) -> dict[str, Json]:
    """Return `assetforge.push/1`."""
    count = Counter(each.how for each in ended)
    return {
        "schema": "assetforge.push/1",
        "remote": address,
        "published": count["published"],
        "there": count["there"],
        "kept_back": [
            {"key": str(each.key), "reason": each.why} for each in ended if each.how == KEPT
        ],
        "bytes": sum(each.bytes for each in ended),
    }


def pushed_text(address: str, ended: Sequence[Published]) -> str:
    """Return what was published, what was put right, and what is kept back and why."""
    count = Counter(each.how for each in ended)
    size = bytes_text(sum(each.bytes for each in ended))
    lines = [f"{count['published']:,} published ({size}), {count['there']:,} there: {address}"]
    for each in ended:
        if each.why:
            word = "kept back" if each.how == KEPT else "put right"
            lines.append(f"  {word}  {each.key[:SHOWN]}  {each.why}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a plan has after it asked the store that is shared.

    Attributes:
        remote: its address.
        brought: how many blobs came from there, and how many bytes.
        here: how many actions are hits now.
        absent: the actions that nobody has made, or that are not published.
    """

    remote: str
    brought: int
    bytes: int
    here: int
    absent: Sequence[str]


def pulled_of(decided: Decided, elsewhere: Elsewhere) -> Pulled:
    """Return what a plan has, which was decided with another store."""
    here = sum(isinstance(each, Hit) for each in decided.decisions.values())
    absent = [str(id) for id, each in decided.decisions.items() if not isinstance(each, Hit)]
    return Pulled(elsewhere.address, elsewhere.brought, elsewhere.brought_bytes, here, absent)


def pulled_document(pulled: Pulled) -> dict[str, Json]:
    """Return `assetforge.pull/1`."""
    return {
        "schema": "assetforge.pull/1",
        "remote": pulled.remote,
        "brought": pulled.brought,
        "here": pulled.here,
        "absent": list(pulled.absent),
        "bytes": pulled.bytes,
    }


def pulled_text(pulled: Pulled, flags: Flags) -> str:
    """Return how much is here now, and what is not."""
    size = bytes_text(pulled.bytes)
    lines = [
        f"{plural(pulled.brought, 'blob')} brought ({size}), {plural(pulled.here, 'action')} "
        f"here: {pulled.remote}"
    ]
    if pulled.absent:
        lines.append(f"  not there: {few(pulled.absent)}; see `assetforge plan{flags.both}`")
    return "\n".join(lines)
