"""An action: one rendered step with all it needs, and the manifest its key is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NewType, TypeAlias

from assetforge.digest import Digest, Json, canonical_json

ActionId = NewType("ActionId", str)
"""An action's name within one plan, such as `banner/wide/de/edit`; never part of a key."""

ActionKey = NewType("ActionKey", str)
"""Digest of a manifest: under it the action cache keeps what the action made."""

VariantName = NewType("VariantName", str)
"""One point of one asset's matrix, such as `banner/wide/de`."""

RULE = 1
"""Version of the hash rule. Results made under an older rule stay reachable by their old key."""

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
    resolved parameters, rendered prompt, copy, take. `inputs` are in the runner's order.
    """

    id: ActionId
    asset: str
    step: str
    kind: str
    kind_version: str
    request: Mapping[str, Json]
    inputs: tuple[Input, ...]
    variants: tuple[VariantName, ...]

    @property
    def made_inputs(self) -> tuple[ActionId, ...]:
        """The actions this one stands on."""
        return tuple(each.action for each in self.inputs if isinstance(each, Made))


Manifest: TypeAlias = "dict[str, Json]"


def manifest(action: Action, made: Mapping[ActionId, Digest]) -> Manifest:
    """Write down everything the artifact depends on. `explain` compares the same value.

    `made` holds the digest of every action in `action.made_inputs`. Names, paths, key order, API
    keys, addresses, time-outs and the clock are not in it, so changing them is free.
    """
    assert not RESERVED & action.request.keys(), f"BUG: {action.kind} asks for {sorted(RESERVED)}"
    inputs: list[Json] = [
        made[each.action] if isinstance(each, Made) else each.digest for each in action.inputs
    ]
    return {
        **action.request,
        "rule": RULE,
        "kind": action.kind,
        "kind_version": action.kind_version,
        "inputs": inputs,
    }


def action_key(described: Manifest) -> ActionKey:
    """Return the digest of a manifest, apart from every other use of the same hash."""
    return ActionKey(hashlib.sha256(DOMAIN + canonical_json(described)).hexdigest())


def differences(old: Manifest, new: Manifest) -> Sequence[tuple[str, Json, Json]]:
    """Return (field, old value, new value) for every field that is not equal, sorted by field.

    A field that only one side has stands against None.
    """
    fields = sorted(old.keys() | new.keys())
    return [
        (each, old.get(each), new.get(each)) for each in fields if old.get(each) != new.get(each)
    ]
