"""What is tried when a picture was looked at and is not right: other takes, then set letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from assetforge.action import FIRST_TAKE, Action, ActionId, Input, Made, VariantName


@dataclass(frozen=True, slots=True)
class Retry:
    """What a `verify` action may ask for.

    Attributes:
        drawn: the action whose picture is looked at: another take of it is asked for.
        between: the local actions from there to the look, in order; the last is the look itself.
        takes: how many takes there may be in all.
        typeset: actions that make and look at the picture with its copy typeset, in order, the look
            last; they run when no take is right. Empty: then it fails.
    """

    drawn: ActionId
    between: tuple[ActionId, ...]
    takes: int = 1
    typeset: tuple[Action, ...] = ()

    @property
    def look(self) -> ActionId:
        """The action that looks."""
        return self.between[-1]

    @property
    def members(self) -> tuple[ActionId, ...]:
        """The actions that other takes have twins of, in order."""
        return (self.drawn, *self.between)

    def renamed(self, names: Mapping[ActionId, ActionId]) -> Retry:
        """Return what is tried where actions have other names."""
        return replace(
            self,
            drawn=names.get(self.drawn, self.drawn),
            between=tuple(names.get(each, each) for each in self.between),
            typeset=tuple(with_inputs(each, names) for each in self.typeset),
        )

    def set_apart(self, variant: VariantName) -> Retry:
        """Return the same for one variant of several: what it typesets has names of its own."""
        names = {each.id: ActionId(f"{each.id} ({variant})") for each in self.typeset}
        typeset = tuple(replace(with_inputs(e, names), id=names[e.id]) for e in self.typeset)
        return replace(self, typeset=typeset)


def with_inputs(action: Action, names: Mapping[ActionId, ActionId]) -> Action:
    """Return an action that stands on other actions."""
    inputs: tuple[Input, ...] = tuple(
        Made(names.get(each.action, each.action)) if isinstance(each, Made) else each
        for each in action.inputs
    )
    judged = None if action.judged is None else names.get(action.judged, action.judged)
    return replace(action, inputs=inputs, judged=judged)


def twin_name(action: ActionId, take: int) -> ActionId:
    """Return what an action is called that is done for another take."""
    return ActionId(f"{action} (take {take})")


def twins(retry: Retry, actions: Mapping[ActionId, Action], take: int) -> list[Action]:
    """Return the actions of another take: the drawing, and all that is done up to the look."""
    names = {each: twin_name(each, take) for each in retry.members}
    drawn = actions[retry.drawn]
    request = {name: each for name, each in drawn.request.items() if name != "take"}
    if take != FIRST_TAKE:
        request["take"] = take
    again = replace(drawn, id=names[drawn.id], request=request)
    return [
        again,
        *(replace(with_inputs(actions[each], names), id=names[each]) for each in retry.between),
    ]


def takes_left(retry: Retry, tried: Collection[int]) -> Iterator[int]:
    """Yield the takes that may still be asked for, in order; those tried count."""
    fresh = (take for take in range(FIRST_TAKE, FIRST_TAKE + retry.takes) if take not in tried)
    yield from islice(fresh, max(0, retry.takes - len(tried)))


def gates(retries: Iterable[Retry]) -> dict[ActionId, Retry]:
    """Return each action behind a drawing, up to a look, with what is tried if it says no.

    A look has its own; what lies before several looks has that of the first.
    """
    known = list(retries)
    found: dict[ActionId, Retry] = {}
    for retry in known:
        for each in retry.between:
            found.setdefault(each, retry)
    return found | {each.look: each for each in known}
