"""An action: one rendered step with all it needs, and the manifest its key is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import NewType, TypeAlias

from assetforge.digest import Digest, Json, canonical_json

ActionId = NewType("ActionId", str)
"""An action's name within one plan, such as `banner/wide/de/edit`; never part of a key."""

ActionKey = NewType("ActionKey", str)
"""Digest of a manifest: under it the action cache keeps what the action made."""

VariantName = NewType("VariantName", str)
"""One point of one asset's matrix, such as `banner/wide/de`."""

RULE = 2
"""Version of the hash rule. Results made under an older rule stay reachable, see `older_keys`.

1: every drawing says its take, from 0. 2: takes are counted from 1, and the first is not said.
"""

FIRST_TAKE = 1
"""The take that is meant where none is said."""

MOST_TAKES = 99
"""The last take there can be of the same words."""

DOMAIN = b"assetforge action v1\n"

RESERVED = frozenset({"rule", "kind", "kind_version", "inputs"})
"""What a manifest says of every action; a request must not say it otherwise."""


@dataclass(frozen=True, slots=True)
class Made:
    """An input that another action of the plan makes."""

    action: ActionId


@dataclass(frozen=True, slots=True)
class Source:
    """An input that the user keeps as a file; `path` is relative to the root, for people only."""

    path: str
    digest: Digest


Input: TypeAlias = Made | Source


@dataclass(frozen=True, slots=True)
class Action:
    """One rendered step. Equal actions of several variants are one.

    `request` is all that the step's runner sees besides the bytes of `inputs`: provider, model,
    resolved parameters, rendered prompt, copy, take. `inputs` are in the runner's order. `judged`
    is the drawing that this action looks at, if it does: what somebody accepted needs no look.
    """

    id: ActionId
    asset: str
    step: str
    kind: str
    kind_version: str
    request: Mapping[str, Json]
    inputs: tuple[Input, ...]
    variants: tuple[VariantName, ...]
    judged: ActionId | None = None

    @property
    def made_inputs(self) -> tuple[ActionId, ...]:
        """The actions this one stands on."""
        return tuple(each.action for each in self.inputs if isinstance(each, Made))

    @property
    def is_extra(self) -> bool:
        """Whether it makes a take to choose from, which nothing stands on."""
        return "take" in self.request


Manifest: TypeAlias = "dict[str, Json]"


def manifest(action: Action, made: Mapping[ActionId, Digest]) -> Manifest:
    """Write down everything the artifact depends on. `explain` compares the same value.

    `made` holds the digest of every action in `action.made_inputs`. Names, paths, key order, API
    keys, addresses, time-outs and the clock are not in it, so changing them is free.
    """
    return manifest_with(action, list(digests_of(action, made)))


def digests_of(action: Action, made: Mapping[ActionId, Digest]) -> list[Digest]:
    """Return the digests of an action's inputs, in order."""
    return [made[each.action] if isinstance(each, Made) else each.digest for each in action.inputs]


def manifest_with(action: Action, inputs: Json) -> Manifest:
    """Return the manifest of an action with something in the place of its inputs' digests."""
    free = RESERVED.isdisjoint(action.request)
    assert free, f"BUG: {action.kind} asks for {sorted(RESERVED)}"
    return {
        **action.request,
        "rule": RULE,
        "kind": action.kind,
        "kind_version": action.kind_version,
        "inputs": inputs,
    }


def with_take(described: Manifest, take: int) -> Manifest:
    """Return the manifest of another take of the same words; the first is said by saying none."""
    without = {name: each for name, each in described.items() if name != "take"}
    return without if take == FIRST_TAKE else {**without, "take": take}


def take_of(described: Manifest) -> int:
    """Return which take a manifest asks for."""
    take = described.get("take", FIRST_TAKE)
    return take if isinstance(take, int) else FIRST_TAKE


def older_keys(described: Manifest) -> tuple[ActionKey, ...]:
    """Return the keys that a manifest had under older rules, the latest first.

    What was bought under one of them is not bought again.
    """
    if described.get("rule") != RULE:
        return ()
    drawn: Manifest = {"take": take_of(described) - FIRST_TAKE} if "provider" in described else {}
    return (action_key({**described, **drawn, "rule": 1}),)


def by_this_rule(described: Manifest) -> Manifest:
    """Return what a manifest of an older rule says in the words of this one."""
    if described.get("rule") != 1:
        return described
    take = described.get("take", 0)
    return with_take(
        {**described, "rule": RULE}, FIRST_TAKE + (take if isinstance(take, int) else 0)
    )


def action_key(described: Manifest) -> ActionKey:
    """Return the digest of a manifest, apart from every other use of the same hash."""
    return ActionKey(hashlib.sha256(DOMAIN + canonical_json(described)).hexdigest())


MARK = "\0inputs"
"""Stands for the inputs in the text of a manifest."""

MARKED = canonical_json(MARK)


class Keys:
    """Works out the keys of actions: what many with one request have in common is written once.

    For as long as these actions live: a request is known by its place in memory.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[int, str, str], tuple[bytes, bytes] | None] = {}

    def key_of(self, action: Action, made: Mapping[ActionId, Digest]) -> ActionKey:
        """Return the key of an action's manifest, as `action_key` does."""
        asked = id(action.request), action.kind, action.kind_version
        try:
            parts = self._parts[asked]
        except KeyError:
            parts = self._parts[asked] = parted(canonical_json(manifest_with(action, MARK)))
        if parts is None:
            return action_key(manifest(action, made))
        inputs = ",".join(map(encode_basestring, digests_of(action, made))).encode()
        return ActionKey(hashlib.sha256(b"%b[%b]%b" % (parts[0], inputs, parts[1])).hexdigest())


def parted(text: bytes) -> tuple[bytes, bytes] | None:
    """Return what stands before and behind the inputs; None: the words hold the mark themselves."""
    before, mark, behind = text.partition(MARKED)
    return (DOMAIN + before, behind) if mark and MARKED not in behind else None


def base_key(described: Manifest) -> ActionKey:
    """Return the key of the first take of a manifest, whatever rule it was written by."""
    return action_key(with_take(by_this_rule(described), FIRST_TAKE))


def differences(old: Manifest, new: Manifest) -> Sequence[tuple[str, Json, Json]]:
    """Return (field, old value, new value) for every field that is not equal, sorted by field.

    A field that only one side has stands against None. Rules are no difference.
    """
    old, new = by_this_rule(old), by_this_rule(new)
    fields = sorted(old.keys() | new.keys())
    return [
        (each, old.get(each), new.get(each)) for each in fields if old.get(each) != new.get(each)
    ]
