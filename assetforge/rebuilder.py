"""Whether an action has to run: a hit, a run, or not known before its inputs are made.

Constructive traces: the key covers the digests of an action's inputs, one level deep. A step that
runs again and gives the same bytes therefore stops there.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

from assetforge import registry
from assetforge.action import (
    FIRST_TAKE,
    Action,
    ActionId,
    ActionKey,
    Input,
    Keys,
    Made,
    Manifest,
    action_key,
    base_key,
    differences,
    manifest,
    older_keys,
    take_of,
    with_take,
)
from assetforge.attempts import Trial
from assetforge.digest import SHOWN, Digest, Json
from assetforge.lock.changes import component_changes
from assetforge.lock.entry import DIGEST_MARK, Entry
from assetforge.lock.index import Index
from assetforge.retries import Retry
from assetforge.store.action_cache import ActionResult
from assetforge.store.record import batches

TOGETHER: Final = 5_000
"""Actions that are decided together: the more, the better their results are found in the store;
the fewer, the fewer requests are written down in memory at once."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The artifact is in the store.

    Attributes:
        key: of the action as it is now; the result may be another's that was accepted for it.
        entry: what the lock says of it.
        kept: the picture that stays in its place until this one is accepted.
        older: the result was found under the key of an older rule.
        how: what made the picture right in the end, where it was not at first: `take 2`, `typeset`.
    """

    key: ActionKey
    result: ActionResult
    entry: Entry | None = None
    kept: Entry | None = None
    older: bool = False
    how: str = ""

    @property
    def artifact(self) -> Digest:
        """The bytes that targets and further steps get."""
        if self.kept is not None and self.kept.artifact is not None:
            return self.kept.artifact
        return self.result.artifact

    @property
    def accepted(self) -> bool:
        """Whether a person said that these bytes are right for these inputs, or may not change."""
        entry = self.entry
        if entry is None or self.kept is not None or entry.artifact != self.result.artifact:
            return False
        return entry.accepted is not None or entry.pinned is not None


@dataclass(frozen=True, slots=True)
class Run:
    """The action has to run; `described` is its manifest.

    `refused` is what an earlier look came to, if the picture was not right.
    """

    key: ActionKey
    described: Manifest
    refused: ActionResult | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """There is no key yet: these inputs are still to be made."""

    on: tuple[ActionId, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The lock names a picture that is in no store: nobody can make it again.

    Its digest is known all the same, and so is the key of what stands on it.
    """

    key: ActionKey
    entry: Entry

    @property
    def artifact(self) -> Digest:
        """The digest of the bytes that are gone."""
        assert self.entry.artifact is not None, "BUG: lost what never was"
        return self.entry.artifact

    @property
    def accepted(self) -> bool:
        """Whether a person said that these bytes are right, wherever they are."""
        return self.entry.accepted is not None or self.entry.pinned is not None


Decision: TypeAlias = Hit | Run | Wait | Lost
Known = Callable[[Iterable[ActionKey]], Mapping[ActionKey, ActionResult]]
"""Returns the results that are known, with their bytes in the store, among some keys."""


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Decides by what is in the store, and by what the lock says of it.

    Attributes:
        known: returns results by key.
        holds: tells whether a blob is in a store.
        drawn: tells whether an action is a provider's.
        remote: tells whether it is a service's: made again, it is another picture and a bill.
        index: what the lock says.
        keep: an accepted picture stays until the one for new words is accepted.
        rebuy: pictures that are lost and to be bought again.
    """

    known: Known
    holds: Callable[[Digest], bool]
    drawn: Callable[[Action], bool]
    remote: Callable[[Action], bool]
    index: Index
    keep: bool = False
    rebuy: frozenset[Digest] = frozenset()

    def decide(
        self,
        actions: Sequence[Action],
        made: Mapping[ActionId, Digest],
        vouched: Container[ActionId] = frozenset(),
    ) -> list[Decision]:
        """Return a decision for each action, given what has been made so far.

        `vouched` are drawings that somebody accepted: nothing is wrong with these.
        """
        found: list[Decision] = []
        for some in batches(actions, TOGETHER):
            found += self._decide_some(some, made, vouched)
        return found

    def decide_all(
        self, actions: Mapping[ActionId, Action], retries: Mapping[ActionId, Retry] = {}
    ) -> dict[ActionId, Decision]:
        """Return a decision for every action of a plan before anything runs.

        Inputs come first in `actions`. Where a look said no, `retries` say what else was tried: if
        that is known and right, it stands in.
        """
        decisions: dict[ActionId, Decision] = dict.fromkeys(actions, Wait(()))
        made: dict[ActionId, Digest] = {}
        vouched: set[ActionId] = set()
        for wave in waves(actions):
            for action, each in zip(wave, self.decide(wave, made, vouched), strict=True):
                decision = each
                if isinstance(each, Run) and each.refused and (retry := retries.get(action.id)):
                    drawn = result_in(decisions, retry.drawn)
                    decision = self.replayed(retry, actions, each, made, drawn)
                decisions[action.id] = decision
            for action in wave:
                decision = decisions[action.id]
                if isinstance(decision, (Hit, Lost)):
                    made[action.id] = decision.artifact
                    if is_vouched(decision):
                        vouched.add(action.id)
        return decisions

    def _decide_some(
        self,
        actions: Sequence[Action],
        made: Mapping[ActionId, Digest],
        vouched: Container[ActionId],
    ) -> list[Decision]:
        """Return a decision for each of some actions, with one look-up for all."""
        keys = Keys()
        asked = [self._asked(action, made, keys) for action in actions]
        results = self.known([each.key for each in asked if each.key])
        lacking = [each for each in asked if each.key not in results and each.has_manifest]
        older = self._made_by_older_rules(lacking, made) if lacking else {}
        return [
            looked_again(each.action, self._decision(each, made, results, older), vouched)
            for each in asked
        ]

    def _made_by_older_rules(
        self, lacking: Sequence[_Asked], made: Mapping[ActionId, Digest]
    ) -> dict[ActionKey, ActionResult]:
        """Return what is known under older keys of some actions, by their keys of today."""
        older = {key: each for each in lacking for key in older_keys(each.described(made))}
        return {
            older[key].key: replace(result, key=older[key].key, manifest=older[key].described(made))
            for key, result in (self.known(older) if older else {}).items()
        }

    def replayed(
        self,
        retry: Retry,
        actions: Mapping[ActionId, Action],
        refused: Run,
        made: Mapping[ActionId, Digest],
        drawn: ActionResult | None,
    ) -> Decision:
        """Return the known picture of an attempt that is right, or else the look that said no.

        The same attempts in the same order as a run makes; the first that is not known ends it.
        `drawn` is what was looked at.
        """
        if retry.drawn not in actions:
            return refused
        trial = Trial(retry, tried={take_of(drawn.manifest if drawn else {})})
        while (attempt := trial.following(actions)) is not None:
            needed = (each for twin in attempt.actions for each in twin.made_inputs)
            known = {each: made[each] for each in needed if each in made}
            found = None
            for twin in attempt.actions:
                (found,) = self.decide([twin], known)
                if not isinstance(found, Hit) or self.rejected(twin, found.result):
                    break
                known[twin.id] = found.artifact
            if isinstance(found, Hit) and attempt.look in known:
                return replace(found, key=refused.key, how=attempt.how)
            if isinstance(found, Wait) or (isinstance(found, Run) and not found.refused):
                return refused
        return refused

    def passed_on(self, action: Action, result: ActionResult) -> Digest:
        """Return the bytes that targets and further steps get of what was just made."""
        kept = self._kept(action, result, None)
        artifact = kept.artifact if kept else None
        return result.artifact if artifact is None else artifact

    def rejected(self, action: Action, result: ActionResult) -> bool:
        """Tell whether a person said of these bytes that they are wrong, for a variant of these."""
        slots = (self.index.slot(str(each), action.step) for each in action.variants)
        return any(each is not None and result.artifact in each.rejected for each in slots)

    def _asked(self, action: Action, made: Mapping[ActionId, Digest], keys: Keys) -> _Asked:
        """Return what is looked for: of a drawing, the take that the lock names."""
        drawn = self.drawn(action)
        pinned = self.index.pinned(action) if drawn and not action.is_extra else None
        if pinned is not None:
            return _Asked(action, pinned.key, pinned, is_pinned=True)
        if lacks_input(action, made):
            return _Asked(action)
        key = keys.key_of(action, made)
        entry = None
        if drawn and self.index.slots and not action.is_extra:
            entry = self.index.of((key,), action)
            if entry is None:
                entry = self.index.of(older_keys(manifest(action, made)), action)
        if entry is not None and entry.take != FIRST_TAKE:
            key = action_key(with_take(manifest(action, made), entry.take))
        return _Asked(action, key, entry)

    def _decision(
        self,
        asked: _Asked,
        made: Mapping[ActionId, Digest],
        results: Mapping[ActionKey, ActionResult],
        older: Mapping[ActionKey, ActionResult],
    ) -> Decision:
        """Return the decision of one action; `older` are results that older rules led to."""
        action, key, entry = asked.action, asked.key, asked.entry
        if not key:
            return Wait(tuple(each for each in action.made_inputs if each not in made))
        result = results.get(key) or older.get(key)
        named = None if entry is None else entry.artifact
        if entry is not None and named is not None and (result is None or result.artifact != named):
            described = asked.described(made) if asked.has_manifest else None
            if self.holds(named):
                return self._hit(action, Hit(key, locked_result(entry, described), entry))
            if described is None or not self._may_be_made_again(action, entry, named):
                return Lost(key, entry)
            entry = None
        if result is None:
            return Run(key, asked.described(made))
        return self._hit(action, Hit(key, result, entry, older=key in older))

    def _may_be_made_again(self, action: Action, entry: Entry, gone: Digest) -> bool:
        """Tell whether a picture that is gone is no loss: asked for, or drawn here for nothing."""
        precious = self.remote(action) or entry.made_as or entry.imported
        return gone in self.rebuy or not precious

    def _hit(self, action: Action, hit: Hit) -> Hit | Lost:
        if not self.keep:
            return hit
        kept = self._kept(action, hit.result, hit.entry)
        if kept is None:
            return hit
        if kept.artifact is not None and not self.holds(kept.artifact):
            return hit if kept.artifact in self.rebuy else Lost(hit.key, kept)
        return replace(hit, kept=kept)

    def _kept(self, action: Action, result: ActionResult, entry: Entry | None) -> Entry | None:
        """Return what stays in a picture's place as long as nobody accepts it."""
        if not self.keep or action.is_extra or not self.drawn(action):
            return None
        if entry is not None and (entry.accepted or entry.pinned):
            return None
        return self.index.accepted_before(action, base_key(result.manifest))


class _Asked(NamedTuple):
    """What is looked for under which key; of a pinned picture, the lock alone knows it."""

    action: Action
    key: ActionKey = ActionKey("")
    entry: Entry | None = None
    is_pinned: bool = False

    @property
    def has_manifest(self) -> bool:
        """Whether the key is that of a manifest, which there is once all inputs are made."""
        return bool(self.key) and not self.is_pinned

    def described(self, made: Mapping[ActionId, Digest]) -> Manifest:
        """Return the manifest of the take that is looked for."""
        assert self.has_manifest, "BUG: a pinned picture that is wanted"
        described = manifest(self.action, made)
        if self.entry is None or self.entry.take == FIRST_TAKE:
            return described
        return with_take(described, self.entry.take)


def waves(actions: Mapping[ActionId, Action]) -> list[list[Action]]:
    """Return the actions in groups: what each one stands on is in groups before its own."""
    found: list[list[Action]] = []
    number: dict[ActionId, int] = {}
    for id, action in actions.items():
        own = 0
        for each in action.inputs:
            if isinstance(each, Made):
                own = max(own, number.get(each.action, -1) + 1)
        number[id] = own
        if own == len(found):
            found.append([])
        found[own].append(action)
    return found


def lacks_input(action: Action, made: Container[ActionId]) -> bool:
    """Tell whether something that an action stands on is not made yet."""
    for each in action.inputs:  # noqa: SIM110  asked for every action, and this is the quickest
        if isinstance(each, Made) and each.action not in made:
            return True
    return False


def passes(action: Action, result: ActionResult) -> bool:
    """Tell whether a picture may go on after it was looked at."""
    return not result.verdict or result.verdict in registry.step_kind(action.kind).passes


def is_vouched(decision: Decision) -> bool:
    """Tell whether somebody said that a picture is right, or stays until another is."""
    if isinstance(decision, Hit):
        return decision.accepted or decision.kept is not None
    return isinstance(decision, Lost) and decision.accepted


def looked_again(action: Action, decision: Decision, vouched: Container[ActionId]) -> Decision:
    """Return a decision that lets no wrong picture go on, unless somebody vouches for it."""
    if not isinstance(decision, Hit) or passes(action, decision.result):
        return decision
    if action.judged in vouched:
        return decision
    return Run(decision.key, decision.result.manifest, decision.result)


def result_in(decisions: Mapping[ActionId, Decision], action: ActionId) -> ActionResult | None:
    """Return what an action made, if it is a hit."""
    decision = decisions.get(action)
    return decision.result if isinstance(decision, Hit) else None


def locked_result(entry: Entry, described: Manifest | None) -> ActionResult:
    """Return what the lock knows of a picture that no action cache here knows under its key."""
    assert entry.artifact is not None, "BUG: a take that was never made"
    return ActionResult(
        key=entry.key,
        artifact=entry.artifact,
        manifest=described or {},
        model=entry.resolved or None,
        pixels=entry.pixels,
        imported=entry.imported,
        emulated=entry.emulated,
    )


def reasons(
    decision: Decision,
    last: Manifest | None,
    inputs: Sequence[Input] = (),
    locked: Entry | None = None,
) -> list[str]:
    """Say in words why an action is not a hit, or what holds its picture where it is.

    Args:
        decision: what was decided.
        last: the manifest it was last built under; None: the store does not know.
        inputs: the action's, in order.
        locked: what the lock says of its variants, for where the store does not know.
    """
    match decision:
        case Hit():
            return _standing(decision)
        case Wait(on):
            return [f"waits for {', '.join(on)}"]
        case Lost(_, entry):
            return [f"its picture {shown(entry.artifact)} is in no store"]
        case Run(refused=ActionResult()):
            return ["it was looked at, and is not right"]
        case Run(_, described):
            if last is not None:
                found = differences(last, described)
            elif locked is not None:
                found = component_changes(locked.components, described)
            else:
                return ["never built"]
            return changes_in_words(found, inputs) or ["its bytes are not in the store"]


def changes_in_words(
    found: Sequence[tuple[str, Json, Json]], inputs: Sequence[Input] = ()
) -> list[str]:
    """Say in words what differs between two manifests: (field, old value, new value).

    `inputs` are those of the action that has the new one, in order; without them none is named.
    """
    # Other words begin with their own first take: that is no reason beside them.
    told = [each for each in found if each[0] != "take"] or found
    return [_change(*each, inputs) for each in told]


def _standing(hit: Hit) -> list[str]:
    """Say what a person decided that keeps a picture where it is."""
    if hit.entry is not None and hit.entry.pinned is not None:
        return [f"pinned by {hit.entry.pinned.by}, {hit.entry.pinned.at[:10]}"]
    if hit.how:
        return [f"{hit.how}: what was drawn before it was not right"]
    if hit.kept is not None:
        now, then = shown(hit.result.artifact), shown(hit.kept.artifact)
        return [f"{then} stays until {now} is accepted"]
    return []


def shown(digest: Digest | None) -> str:
    """Return a digest as a person sees it."""
    return digest[:SHOWN] if digest else "none"


def _change(field: str, old: Json, new: Json, inputs: Sequence[Input]) -> str:
    if field == "inputs":
        changed = _changed_inputs(old, new, inputs)
        return f"input changed: {', '.join(changed)}" if changed else "inputs changed"
    if field == "take":
        return f"take changed: {old or FIRST_TAKE} -> {new or FIRST_TAKE}"
    if field == "copy" and (slots := _changed_slots(old, new)):
        return f"copy changed: {', '.join(slots)}"
    if _short(old) and _short(new):
        return f"{field} changed: {_shown(old)} -> {_shown(new)}"
    return f"{field} changed"


def _short(value: Json) -> bool:
    if isinstance(value, str) and value.startswith(DIGEST_MARK):
        return False
    return isinstance(value, str | int | None) and len(str(value)) <= 24


def _shown(value: Json) -> str:
    return "none" if value is None else str(value)


def _changed_inputs(old: Json, new: Json, inputs: Sequence[Input]) -> list[str]:
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return []
    return [
        str(each.action if isinstance(each, Made) else each.path)
        for before, after, each in zip(old, new, inputs, strict=False)
        if before != after
    ]


def _changed_slots(old: Json, new: Json) -> list[str]:
    before, after = _slots(old), _slots(new)
    return sorted(slot for slot in before | after if before.get(slot) != after.get(slot))


def _slots(value: Json) -> dict[str, Json]:
    pairs = value if isinstance(value, list) else []
    return {str(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}
