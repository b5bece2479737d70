"""How pictures came to be: the recipe of each, and the steps behind its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assetforge.action import ActionKey, Manifest
from assetforge.digest import Digest, Json
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a picture came to be.

    Attributes:
        name: what a person calls it.
        key: of its action.
        manifest: all that it depended on; None: the store does not know.
        components: the same in short, where only the lock knows it.
    """

    name: str
    key: ActionKey
    manifest: Manifest | None
    components: Mapping[str, Json] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The step kind that made it; empty: not known."""
        known = self.manifest if self.manifest is not None else self.components
        return str(known.get("kind", ""))


def recipe_of(name: str, result: ActionResult) -> Recipe:
    """Return the recipe of a result."""
    return Recipe(name, result.key, result.manifest or None)


@dataclass(frozen=True, slots=True)
class Step:
    """One result behind a picture; `depth` is 0 for the picture itself, `targets` where it is."""

    depth: int
    result: ActionResult
    targets: Sequence[str]


def steps_behind(artifact: Digest, store: Store) -> list[Step]:
    """Return the results behind some bytes, the last step first; empty if nothing is known."""
    targets: dict[str, list[str]] = {}
    for written in store.record.targets().values():
        targets.setdefault(written.artifact, []).append(written.path)
    steps: list[Step] = []
    seen: set[str] = set()
    open_artifacts = [(0, artifact)]
    while open_artifacts:
        depth, digest = open_artifacts.pop()
        if digest in seen:
            continue
        seen.add(digest)
        for result in store.actions.makers(digest):
            steps.append(Step(depth, result, sorted(targets.get(digest, []))))
            below = inputs_of(result.manifest)
            open_artifacts += [(depth + 1, each) for each in reversed(below)]
    return steps


def inputs_of(made_from: Manifest | None) -> list[Digest]:
    """Return the pictures that a result was made from; none where nobody knows."""
    inputs = made_from.get("inputs") if made_from else None
    return [Digest(str(each)) for each in inputs] if isinstance(inputs, list) else []
