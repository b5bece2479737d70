"""The takes of a variant's step: which there are, which one it stands on, who said what of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assetforge.action import (
    FIRST_TAKE,
    Action,
    ActionId,
    ActionKey,
    Manifest,
    action_key,
    by_this_rule,
    manifest,
    with_take,
)
from assetforge.decided import Decided, is_drawn
from assetforge.digest import SHOWN, Digest, Json
from assetforge.errors import NothingSelected, UsageProblem, did_you_mean
from assetforge.lock.entry import Entry, Slot, Verdict
from assetforge.pricing import usd
from assetforge.rebuilder import Hit
from assetforge.store.action_cache import ActionResult
from assetforge.takes import known_takes

DAY = len("2026-11-21")


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture among the takes of a step.

    Attributes:
        take: its number; 0: it was accepted for these words, and is no take of them.
        result: how it came to be.
        stands: whether targets and further steps get it now.
        accepted, pinned: who said so, and when.
        rejected: whether somebody said that it is wrong for these words.
    """

    take: int
    result: ActionResult
    stands: bool = False
    accepted: Verdict | None = None
    pinned: Verdict | None = None
    rejected: bool = False

    @property
    def artifact(self) -> Digest:
        """The bytes of the picture."""
        return self.result.artifact

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"take {self.take}" if self.take else "of other words"


@dataclass(frozen=True, slots=True)
class Takes:
    """What is known of a step of a variant."""

    variant: str
    step: str
    taken: Sequence[Taken]

    def take(self, number: int) -> Taken:
        """Return a take by its number.

        Raises:
            NothingSelected: there is no such take; says which there are.
        """
        for each in self.taken:
            if each.take == number:
                return each
        there = ", ".join(str(each.take) for each in self.taken if each.take) or "none"
        raise NothingSelected(
            f"'{self.variant}' has no take {number} after '{self.step}'; there are: {there}"
        )

    @property
    def standing(self) -> Taken | None:
        """The take that the variant stands on; None: it has to be made, or is lost."""
        return next((each for each in self.taken if each.stands), None)

    @property
    def two(self) -> tuple[Taken, Taken]:
        """The two that are compared where nobody says which: the standing and the latest other.

        Raises:
            NothingSelected: there are no two.
        """
        standing = self.standing
        others = [each for each in self.taken if each is not standing]
        first = [standing] if standing else others[-2:-1]
        if not first or not others:
            count = "one take" if self.taken else "no take"
            raise NothingSelected(
                f"'{self.variant}' has {count} after '{self.step}': there is nothing to compare; "
                f"buy another with `assetforge reroll {self.variant}`"
            )
        return first[0], others[-1]


def drawn_actions(decided: Decided, variant: str) -> list[Action]:
    """Return what providers draw for a variant of the plan, the last step last."""
    return [
        each
        for each in decided.plan.actions.values()
        if variant in each.variants and is_drawn(each) and not each.is_extra
    ]


def drawn_action(decided: Decided, variant: str, step: str | None) -> Action:
    """Return a drawn step of a variant by its name, by default the last.

    Raises:
        NothingSelected: the variant has no such step.
    """
    actions = {each.step: each for each in drawn_actions(decided, variant)}
    if not actions:
        raise NothingSelected(f"no step of '{variant}' is drawn by a provider")
    if step is None:
        return list(actions.values())[-1]
    if step not in actions:
        advice = did_you_mean(step, actions) or f"there are: {', '.join(actions)}"
        raise NothingSelected(f"'{variant}' has no drawn step '{step}'; {advice}")
    return actions[step]


def one_variant(decided: Decided, selector: str) -> str:
    """Return the one variant that a selector chose.

    Raises:
        UsageProblem: it chose several.
    """
    names = sorted({str(each.variant.name) for each in decided.plan.targets})
    if len(names) != 1:
        raise UsageProblem(
            f"'{selector}' matches {len(names):,} variants; name one, such as '{names[0]}'"
        )
    return names[0]


def takes_of(decided: Decided, action: Action, variant: str) -> Takes:
    """Return the takes of one of a variant's drawn steps, sorted; every known one."""
    described = present(decided, action)
    known = known_takes(described, decided.rebuilder.known) if described else {}
    entries = entries_of(decided, action, variant, described)
    decision = decided.decisions[action.id]
    stands = _standing_take(decision, known) if isinstance(decision, Hit) else None
    taken = [_taken(take, each, take == stands, entries) for take, each in known.items()]
    if isinstance(decision, Hit) and stands is None:
        taken.insert(0, _taken(0, _standing_result(decided, decision), True, entries))
    return Takes(variant, action.step, taken)


def _standing_take(hit: Hit, known: Mapping[int, ActionResult]) -> int | None:
    """Return which take a hit passes on; None: it is no take of these words.

    Several takes may have the same bytes: then the one that was asked for.
    """
    same = {take: each for take, each in known.items() if each.artifact == hit.artifact}
    asked = (take for take, each in same.items() if each.key == hit.key)
    return next(asked, next(iter(same), None))


def _standing_result(decided: Decided, hit: Hit) -> ActionResult:
    """Return the result that a hit passes on: its own, or the one that is kept in its place."""
    if hit.artifact == hit.result.artifact or hit.kept is None:
        return hit.result
    kept = hit.kept
    found = decided.rebuilder.known([kept.made_as or kept.key])
    return next(iter(found.values()), ActionResult(kept.key, hit.artifact, {}))


def _taken(take: int, result: ActionResult, stands: bool, entries: Iterable[Entry]) -> Taken:
    about = [each for each in entries if each.artifact == result.artifact]
    return Taken(
        take=take,
        result=result,
        stands=stands,
        accepted=next((each.accepted for each in about if each.accepted), None),
        pinned=next((each.pinned for each in about if each.pinned), None),
        rejected=any(result.artifact in each.rejected for each in entries),
    )


def present(decided: Decided, action: Action) -> Manifest | None:
    """Return the manifest of the first take of an action's present words; None: not known yet.

    Of a pinned picture, which needs no inputs, it is what it was made from.
    """
    decision = decided.decisions[action.id]
    if isinstance(decision, Hit) and decision.entry is not None and decision.entry.pinned:
        return dict(decision.result.manifest) or None
    made = artifacts_of(decided)
    if any(each not in made for each in action.made_inputs):
        return None
    return with_take(manifest(action, made), FIRST_TAKE)


def base_of(described: Manifest) -> ActionKey:
    """Return the key of the first take of a manifest's words."""
    return action_key(with_take(by_this_rule(described), FIRST_TAKE))


def artifacts_of(decided: Decided) -> dict[ActionId, Digest]:
    """Return what actions stand on, those that are hits."""
    decisions: Mapping[ActionId, object] = decided.decisions
    return {id: each.artifact for id, each in decisions.items() if isinstance(each, Hit)}


def entries_of(
    decided: Decided, action: Action, variant: str, described: Manifest | None
) -> list[Entry]:
    """Return what the lock says of a variant's step, then what it says elsewhere of its words."""
    base = base_of(described) if described else ActionKey("")
    slots = decided.rebuilder.index.slots
    own = slots.get(Slot(variant, decided.project.profile_name, action.step))
    others = [each for each in slots.values() if each.base == base and each is not own]
    return [own, *others] if own else others


def taken_json(each: Taken) -> dict[str, Json]:
    """Return one take of `assetforge.diff/1`."""
    result = each.result
    return {
        "take": each.take or None,
        "artifact": str(result.artifact),
        "key": str(result.key),
        "made_at": result.made_at,
        "cost_usd": usd(result.cost_microdollars),
        "model_asked": model_asked(result),
        "model_resolved": result.model,
        "stands": each.stands,
        "accepted": verdict_json(each.accepted),
        "pinned": verdict_json(each.pinned),
        "rejected": each.rejected,
        "imported": result.imported or None,
    }


def verdict_json(verdict: Verdict | None) -> Json:
    """Return who decided, and when."""
    return {"by": verdict.by, "at": verdict.at} if verdict else None


def taken_line(each: Taken) -> str:
    """Return a take in one line: digest, when, cost, model, and what was said of it."""
    result = each.result
    parts = [
        each.name,
        result.artifact[:SHOWN],
        made_words(result),
        f"${usd(result.cost_microdollars)}",
        model_words(model_asked(result), result.model),
        ", ".join(_said(each)),
    ]
    return "  ".join(part for part in parts if part)


def _said(each: Taken) -> Iterable[str]:
    if each.stands:
        yield "stands"
    if each.accepted:
        yield f"accepted by {said_by(each.accepted)}"
    if each.pinned:
        yield f"pinned by {said_by(each.pinned)}"
    if each.rejected:
        yield "rejected"


def said_by(verdict: Verdict) -> str:
    """Return who said something, and on which day."""
    return f"{verdict.by}, {verdict.at[:DAY]}"


def made_words(result: ActionResult) -> str:
    """Return when a picture was made, or taken in from a file."""
    if result.imported:
        return f"imported from '{result.imported}' {result.made_at}".rstrip()
    return f"made {result.made_at}" if result.made_at else ""


def model_asked(result: ActionResult) -> str | None:
    """Return the model as it was asked for; None: the provider has none to choose from."""
    asked = result.manifest.get("model")
    return str(asked) if asked else None


def model_words(asked: str | None, resolved: str | None) -> str:
    """Return the model that was asked, and the one that answered where it says another name."""
    if asked and resolved and asked != resolved:
        return f"{asked} (answered by {resolved})"
    return asked or resolved or ""
