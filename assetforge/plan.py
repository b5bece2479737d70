"""The plan: the actions that the chosen targets need, in order, equal ones merged."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from assetforge.action import Action, ActionId, Source, VariantName
from assetforge.errors import Diagnostic
from assetforge.matrix import Variant
from assetforge.pipeline import Size
from assetforge.rendered import RenderedStep
from assetforge.retries import Retry


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a variant's last artifact is written to; `path` is relative to the root."""

    path: str
    action: ActionId
    variant: Variant
    size: Size
    format: str
    alt: str
    lang: str
    direction: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A variant left out because a message is missing and the policy is `skip`."""

    variant: VariantName
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in an order in which inputs come first, and the targets they lead to.

    `rendered` says what each action's step was rendered from, `sizes` how large its picture will be
    in pixels, `notes` what was chosen for it. `source_sizes` are those of the project's pictures,
    by path, as far as their headers tell. `retries` say what is tried when a picture is not right,
    by the action that looks at it.
    """

    actions: Mapping[ActionId, Action]
    targets: tuple[Target, ...]
    rendered: Mapping[ActionId, RenderedStep]
    sizes: Mapping[ActionId, Size]
    notes: Mapping[ActionId, tuple[str, ...]]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    source_sizes: Mapping[str, Size] = field(default_factory=dict)
    retries: Mapping[ActionId, Retry] = field(default_factory=dict)

    def without_needs_of(self, standing: Container[ActionId]) -> Plan:
        """Return the plan where some actions have their picture whatever happens.

        They need no input, have no further takes made, and what only they needed is left out.
        """
        slots = {
            (variant, action.step)
            for id, action in self.actions.items()
            if id in standing
            for variant in action.variants
        }
        needed = {each.action for each in self.targets}
        kept: dict[ActionId, Action] = {}
        for id, action in reversed(list(self.actions.items())):
            if id in standing:
                action = replace(action, inputs=())
            wanted = action.is_extra and (action.variants[0], action.step) not in slots
            if wanted or id in needed or id in standing:
                kept[id] = action
                needed.update(action.made_inputs)
        return self._of(dict(reversed(list(kept.items()))))

    def without(self, ids: Container[ActionId]) -> Plan:
        """Return the plan without some actions that nothing stands on."""
        kept = {id: each for id, each in self.actions.items() if id not in ids}
        return self if len(kept) == len(self.actions) else self._of(kept)

    def _of(self, actions: Mapping[ActionId, Action]) -> Plan:
        """Return the plan of some of its actions."""
        retries = {
            look: each for look, each in self.retries.items() if actions.keys() >= {*each.members}
        }
        return replace(self, actions=actions, retries=retries)

    @property
    def sources(self) -> set[str]:
        """The pictures of the project that actions take as inputs, by path."""
        return {
            each.path
            for action in self.actions.values()
            for each in action.inputs
            if isinstance(each, Source)
        }
