"""What one paid step of one variant stands on, as the lock keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from assetforge.action import (
    FIRST_TAKE,
    MOST_TAKES,
    ActionKey,
    Manifest,
    action_key,
    take_of,
    with_take,
)
from assetforge.digest import SHOWN, Digest, Json, canonical_json, digest_of
from assetforge.pricing import MILLION, usd
from assetforge.store.action_cache import ActionResult

SHORT: Final = 40
"""Longest text that a component holds as it is; of longer ones it holds the digest's start."""

DIGEST_MARK: Final = "sha256:"
"""How a component begins that stands for a longer value."""

WHOLE: Final = 64
"""Characters of a digest or key."""

DIGEST: Final = re.compile(rf"[0-9a-f]{{{WHOLE}}}")
_is_whole = DIGEST.fullmatch

NO_KEY: Final = ActionKey("")

MOST_PAST: Final = 20
"""How many earlier entries one remembers, each inside the other."""

AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
"""Dollars, to the microdollar."""


class Slot(NamedTuple):
    """Whose picture: a variant's, under a profile, after a step."""

    variant: str
    profile: str
    step: str

    @property
    def asset(self) -> str:
        """The asset that the variant is of."""
        return self.variant.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who decided something, and when: UTC, ISO 8601."""

    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Which picture a slot stands on.

    Attributes:
        key: the action that it is the picture of, with its take.
        base: the same action's first take. Equal for all takes of the same words and inputs.
        artifact: the picture's bytes; None: another take is wanted, and not made yet.
        pixels: digest of its decoded pixels; empty: not known.
        take: which take it is.
        asked, resolved: the image model as written, and as the service says it was.
        cost_microdollars: what the call cost.
        components: what the key was made of, short: for words on why it changed.
        made_as: the key that the picture was made under, where it was accepted for other inputs
            than it was made from; else empty.
        imported: name of the file that it was taken in from; else empty.
        accepted: who said that these bytes are right for these inputs.
        pinned: who said that nothing may replace them.
        rejected: pictures of the same words that somebody said are wrong.
        previous: what was accepted before the words or inputs changed; kept until this is accepted.
        emulated: something stood in for the service.
    """

    key: ActionKey
    base: ActionKey
    artifact: Digest | None
    pixels: str = ""
    take: int = FIRST_TAKE
    asked: str = ""
    resolved: str = ""
    cost_microdollars: int = 0
    components: Mapping[str, Json] = field(default_factory=dict)
    made_as: ActionKey = NO_KEY
    imported: str = ""
    accepted: Verdict | None = None
    pinned: Verdict | None = None
    rejected: tuple[Digest, ...] = ()
    previous: Entry | None = None
    emulated: bool = False

    @property
    def decided_at(self) -> str:
        """When somebody last decided about it; empty: nobody did."""
        return max((each.at for each in (self.accepted, self.pinned) if each), default="")


def entry_of(result: ActionResult, base: ActionKey) -> Entry:
    """Return the entry of a result as it was made, nobody having decided about it."""
    return Entry(
        key=result.key,
        base=base,
        artifact=result.artifact,
        pixels=result.pixels,
        take=take_of(result.manifest),
        asked=str(result.manifest.get("model", "")),
        resolved=result.model or "",
        cost_microdollars=result.cost_microdollars,
        components=components_of(result.manifest),
        imported=result.imported,
        emulated=result.emulated,
    )


def wanted_entry(base: Manifest, take: int) -> Entry:
    """Return the entry of a take that is to be made; `base` is the first take's manifest."""
    described = with_take(base, take)
    return Entry(
        key=action_key(described),
        base=action_key(base),
        artifact=None,
        take=take,
        asked=str(described.get("model", "")),
        components=components_of(described),
    )


def components_of(described: Manifest) -> dict[str, Json]:
    """Return the fields of a manifest, long ones as the start of their digest."""
    return {name: _component(each) for name, each in described.items() if name != "rule"}


def _component(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) <= SHORT and "\n" not in value else _start(value)
    if isinstance(value, list) and value and all(_is_digest(each) for each in value):
        return [str(each)[:SHOWN] for each in value]
    if isinstance(value, list | dict):
        return value if len(canonical_json(value)) <= SHORT else _start(value)
    return value


def _start(value: Json) -> str:
    return f"{DIGEST_MARK}{digest_of(canonical_json(value))[:SHOWN]}"


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def to_json(entry: Entry) -> dict[str, Json]:
    """Return an entry as the lock holds it; what is empty is left out."""
    said: dict[str, Json] = {
        "action_key": str(entry.key),
        "base_key": "" if entry.base == entry.key else str(entry.base),
        "artifact": entry.artifact,
        "pixels": entry.pixels,
        "take": entry.take,
        "model_asked": entry.asked,
        "model_resolved": entry.resolved,
        "cost_usd": usd(entry.cost_microdollars),
        "components": dict(entry.components),
        "made_as": str(entry.made_as),
        "imported": entry.imported,
        "accepted": _verdict_json(entry.accepted),
        "pinned": _verdict_json(entry.pinned),
        "rejected": [str(each) for each in entry.rejected],
        "previous": to_json(entry.previous) if entry.previous else None,
        "emulated": entry.emulated,
    }
    return {name: each for name, each in said.items() if each not in ("", None, False, [], {})}


def _verdict_json(verdict: Verdict | None) -> dict[str, Json] | None:
    return {"by": verdict.by, "at": verdict.at} if verdict else None


def from_json(said: Mapping[str, Any], past: int = MOST_PAST) -> Entry:
    """Return the entry that the lock holds. `past` is how many earlier ones it may remember.

    Raises:
        ValueError: it is none; says which field is wrong.
    """
    if not FIELDS.issuperset(said):
        raise ValueError(f"there is no field '{min(said.keys() - FIELDS)}'")
    key = _digest(said, "action_key")
    artifact = said.get("artifact")
    previous = said.get("previous")
    return Entry(
        key=ActionKey(key),
        base=ActionKey(_digest(said, "base_key") if "base_key" in said else key),
        artifact=None if artifact is None else Digest(_digest(said, "artifact")),
        pixels=_digest(said, "pixels") if "pixels" in said else "",
        take=_take(said) if "take" in said else FIRST_TAKE,
        asked=_typed(said, "model_asked", str) if "model_asked" in said else "",
        resolved=_typed(said, "model_resolved", str) if "model_resolved" in said else "",
        cost_microdollars=_microdollars(said) if "cost_usd" in said else 0,
        components=_typed(said, "components", dict) if "components" in said else {},
        made_as=ActionKey(_digest(said, "made_as")) if "made_as" in said else NO_KEY,
        imported=_typed(said, "imported", str) if "imported" in said else "",
        accepted=_verdict(said, "accepted") if "accepted" in said else None,
        pinned=_verdict(said, "pinned") if "pinned" in said else None,
        rejected=_digests(said, "rejected") if "rejected" in said else (),
        previous=None if previous is None else _previous(said, past),
        emulated=_typed(said, "emulated", bool) if "emulated" in said else False,
    )


FIELDS: Final = frozenset(
    {
        "action_key",
        "base_key",
        "artifact",
        "pixels",
        "take",
        "model_asked",
        "model_resolved",
        "cost_usd",
        "components",
        "made_as",
        "imported",
        "accepted",
        "pinned",
        "rejected",
        "previous",
        "emulated",
    }
)


def _previous(said: Mapping[str, Any], past: int) -> Entry:
    if not past:
        raise ValueError("'previous' is nested too deeply")
    return from_json(_typed(said, "previous", dict), past - 1)


def _typed(said: Mapping[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = said.get(name, default)
    if type(value) is not kind:
        raise ValueError(f"'{name}' is no {kind.__name__}")
    return value


def _digest(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if type(value) is not str or _is_whole(value) is None:
        raise ValueError(f"'{name}' is no digest of {WHOLE} hex characters")
    return value


def _digests(said: Mapping[str, Any], name: str) -> tuple[Digest, ...]:
    values = _typed(said, name, list)
    if not all(_is_digest(each) for each in values):
        raise ValueError(f"'{name}' holds something that is no digest")
    return tuple(values)


def _take(said: Mapping[str, Any]) -> int:
    take: int = _typed(said, "take", int)
    if not FIRST_TAKE <= take <= MOST_TAKES:
        raise ValueError(f"'take' is no number from {FIRST_TAKE} to {MOST_TAKES}")
    return take


def _verdict(said: Mapping[str, Any], name: str) -> Verdict | None:
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"'{name}' is no mapping of 'by' and 'at'")
    return Verdict(by=_typed(value, "by", str, ""), at=_typed(value, "at", str, ""))


def _microdollars(said: Mapping[str, Any]) -> int:
    amount = str(said.get("cost_usd"))
    if not AMOUNT.fullmatch(amount):
        raise ValueError("'cost_usd' is no amount such as '0.041'")
    dollars, _, parts = amount.partition(".")
    return int(dollars) * MILLION + int(parts.ljust(6, "0"))


def without_past(entry: Entry) -> Entry:
    """Return an entry that remembers no earlier one, to be remembered itself."""
    return replace(entry, previous=None)
