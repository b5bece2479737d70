"""The past of a variant: every picture that its drawn steps have had, and who decided what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from assetforge.action import Action, ActionKey, by_this_rule, take_of
from assetforge.decided import Decided
from assetforge.digest import SHOWN, Digest, Json
from assetforge.ledger import Entry as Call
from assetforge.lock.entry import Entry, Slot, from_json
from assetforge.lock.merge import past_of
from assetforge.pricing import usd
from assetforge.reports.takes import (
    DAY,
    base_of,
    drawn_actions,
    made_words,
    model_asked,
    model_words,
    present,
    takes_of,
)
from assetforge.reports.text import indented
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Decision
from assetforge.store.local import Store

SAID: Final = {
    "accept": "accepted",
    "choose": "chosen",
    "import": "imported",
    "pin": "pinned",
    "unpin": "unpinned",
    "reject": "rejected",
}
"""A decision's name → what became of its picture."""

UNDO: Final = "undo "
"""How the name of a decision begins that takes another back."""

OF_WHAT_WAS: Final = frozenset({"reject", "unpin"})
"""Decisions about the picture that stood before; the others are about the one that stands then."""


class Said(NamedTuple):
    """What somebody decided about a picture, and when: UTC, ISO 8601; empty: not known."""

    what: str
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One picture that a step has had.

    Attributes:
        artifact: its bytes.
        take: which take of its words it is.
        result: how it came to be; None: the store does not know.
        entry: what the lock, or a decision, says of it, where the store does not know.
        present: whether it is of the words that the step has now; None: nobody can tell, as the
            step's inputs are not there.
        stands: whether targets and further steps get it now.
        held: whether a store holds its bytes.
        said: what was decided about it, the first first.
    """

    artifact: Digest
    take: int
    result: ActionResult | None = None
    entry: Entry | None = None
    present: bool | None = False
    stands: bool = False
    held: bool = True
    said: Sequence[Said] = ()

    @property
    def made_at(self) -> str:
        """When it was made; empty: not known."""
        return self.result.made_at if self.result else ""


@dataclass(frozen=True, slots=True)
class StepPast:
    """The pictures of a step: those of its present words by take, then the others, latest first."""

    step: str
    pictures: Sequence[Past]


@dataclass(frozen=True, slots=True)
class VariantPast:
    """The drawn steps of a variant, the first first."""

    variant: str
    profile: str
    steps: Sequence[StepPast]


def past_of_variant(
    decided: Decided,
    store: Store,
    variant: str,
    decisions: Sequence[Decision],
    calls: Sequence[Call],
) -> VariantPast:
    """Return the past of a variant of the plan, by all that is written down anywhere.

    `decisions` and `calls` are those of the whole project, the first first.
    """
    profile = decided.project.profile_name
    return VariantPast(
        variant,
        profile,
        [
            _step_past(decided, store, variant, action, decisions, calls)
            for action in drawn_actions(decided, variant)
        ],
    )


def _step_past(
    decided: Decided,
    store: Store,
    variant: str,
    action: Action,
    decisions: Sequence[Decision],
    calls: Sequence[Call],
) -> StepPast:
    slot = Slot(variant, decided.project.profile_name, action.step)
    turns = list(turns_of(slot, decisions))
    entries = [*_locked(decided, slot), *_in_turns(turns)]
    keys = [*_keys_of(entries), *_called(calls, action, variant)]
    if (last := store.record.stands().get((variant, action.step))) is not None:
        keys.append(last)
    # Takes may have the same bytes, and are told one by one; what is found beyond them is not.
    found = _present(decided, action, variant)
    seen = {each.artifact for each in found}
    described = present(decided, action)
    base = base_of(described) if described is not None else None
    for past in (*_of_results(store, keys, base), *_of_entries(entries, base)):
        if past.artifact not in seen:
            seen.add(past.artifact)
            found.append(past)
    said = said_of(turns, entries)
    pictures = [
        replace(each, held=store.holds(each.artifact), said=said.get(each.artifact, ()))
        for each in found
    ]
    now = [each for each in pictures if each.present or each.stands]
    rest = [each for each in pictures if not (each.present or each.stands)]
    return StepPast(action.step, [*now, *sorted(rest, key=lambda each: each.made_at, reverse=True)])


def _present(decided: Decided, action: Action, variant: str) -> list[Past]:
    return [
        Past(
            each.result.artifact,
            take=each.take or take_of(by_this_rule(each.result.manifest)),
            result=each.result if each.result.manifest else None,
            present=bool(each.take),
            stands=each.stands,
        )
        for each in takes_of(decided, action, variant).taken
    ]


class Turn(NamedTuple):
    """A decision about a slot: its entry before and after."""

    decision: Decision
    before: Entry | None
    after: Entry | None


def turns_of(slot: Slot, decisions: Iterable[Decision]) -> Iterator[Turn]:
    """Yield what was decided about a slot."""
    for decision in decisions:
        for each in decision.changes:
            if Slot(each.variant, each.profile, each.step) == slot:
                yield Turn(decision, _entry(each.before), _entry(each.after))


def _entry(said: Mapping[str, Json] | None) -> Entry | None:
    """Return an entry as a decision wrote it down; one that cannot be read says nothing."""
    try:
        return from_json(said) if said is not None else None
    except ValueError:
        return None


def _locked(decided: Decided, slot: Slot) -> list[Entry]:
    """Return what the lock says of a slot now and before, whatever service it came from."""
    entry = decided.lock.entries.get(slot)
    return [entry, *past_of(entry)] if entry else []


def _in_turns(turns: Iterable[Turn]) -> list[Entry]:
    return [each for turn in turns for each in (turn.before, turn.after) if each]


def _keys_of(entries: Iterable[Entry]) -> Iterator[ActionKey]:
    """Yield the keys that entries' pictures were made under, then those they stand for."""
    for each in entries:
        if each.made_as:
            yield each.made_as
        yield each.key


def _called(calls: Iterable[Call], action: Action, variant: str) -> Iterator[ActionKey]:
    """Yield the keys under which pictures of a variant's step were bought."""
    for each in calls:
        if each.step == action.step and is_for(each.action, each.step, variant):
            yield each.key


def is_for(action: str, step: str, variant: str) -> bool:
    """Tell whether an action's name is one for a variant: of its asset, of no other value.

    An action is named by what its variants share, in the order of the matrix.
    """
    path, _, _ = action.rpartition(f"/{step}")
    asset, *values = path.split("/")
    of_asset, *has = variant.split("/")
    remaining = iter(has)
    return asset == of_asset and all(value in remaining for value in values)


def _of_results(store: Store, keys: Iterable[ActionKey], base: ActionKey | None) -> Iterator[Past]:
    for each in store.actions.lookup(keys).values():
        if store.emulation or not each.emulated:
            same = None if base is None else base_of(each.manifest) == base
            yield Past(each.artifact, take_of(by_this_rule(each.manifest)), each, present=same)


def _of_entries(entries: Iterable[Entry], base: ActionKey | None) -> Iterator[Past]:
    for each in entries:
        if each.artifact is not None:
            same = None if base is None else each.base == base
            yield Past(each.artifact, each.take, entry=each, present=same)


def said_of(turns: Iterable[Turn], entries: Iterable[Entry]) -> dict[Digest, list[Said]]:
    """Return what was decided about each picture: by the journal, and by the lock beyond it.

    The lock knows of decisions that were made on another machine.
    """
    found: dict[Digest, list[Said]] = {}
    for decision, before, after in turns:
        what = decision.what.removeprefix(UNDO)
        undone = what != decision.what
        # What is taken back was about the same picture, which then stood on the other side.
        about = before if (what in OF_WHAT_WAS) != undone else after
        if about is not None and about.artifact is not None:
            word = f"{'no longer ' if undone else ''}{SAID.get(what, what)}"
            found.setdefault(about.artifact, []).append(Said(word, decision.by, decision.at))
    for entry in entries:
        for artifact, said in _said_by_lock(entry):
            known = found.setdefault(artifact, [])
            if not any(_is_same(each, said) for each in known):
                known.append(said)
    return {artifact: sorted(each, key=lambda said: said.at) for artifact, each in found.items()}


def _said_by_lock(entry: Entry) -> Iterator[tuple[Digest, Said]]:
    if entry.artifact is not None:
        for what, verdict in (("accepted", entry.accepted), ("pinned", entry.pinned)):
            if verdict is not None:
                yield entry.artifact, Said(what, verdict.by, verdict.at)
    for rejected in entry.rejected:
        yield rejected, Said("rejected")


def _is_same(known: Said, said: Said) -> bool:
    """Tell whether the lock says what is known already; of a rejection it does not say when."""
    if not said.at:
        return known.what == said.what
    return (known.by, known.at) == (said.by, said.at)


def past_document(pasts: Iterable[VariantPast]) -> dict[str, Json]:
    """Return `assetforge.history/1`."""
    return {
        "schema": "assetforge.history/1",
        "variants": [
            {
                "variant": past.variant,
                "profile": past.profile,
                "steps": [
                    {"step": each.step, "pictures": [_past_json(one) for one in each.pictures]}
                    for each in past.steps
                ],
            }
            for past in pasts
        ],
    }


def _past_json(past: Past) -> Json:
    result, entry = past.result, past.entry
    return {
        "artifact": str(past.artifact),
        "take": past.take,
        "key": str(result.key if result else entry.key if entry else ""),
        "present": past.present,
        "stands": past.stands,
        "held": past.held,
        "prompt": prompt_of(past),
        "made_at": past.made_at,
        "cost_usd": usd(cost_of(past)),
        "model_asked": models_of(past)[0],
        "model_resolved": models_of(past)[1],
        "request_id": result.request_id if result else None,
        "imported": imported_of(past),
        "said": [{"what": each.what, "by": each.by, "at": each.at} for each in past.said],
    }


def prompt_of(past: Past) -> str | None:
    """Return the prompt that a picture was asked for with; None: the store does not know."""
    prompt = past.result.manifest.get("prompt") if past.result else None
    return str(prompt) if prompt else None


def cost_of(past: Past) -> int:
    """Return what a picture cost, in microdollars."""
    if past.result:
        return past.result.cost_microdollars
    return past.entry.cost_microdollars if past.entry else 0


def models_of(past: Past) -> tuple[str | None, str | None]:
    """Return the model that was asked, and the one that answered."""
    if past.result:
        return model_asked(past.result), past.result.model
    return (past.entry.asked or None, past.entry.resolved or None) if past.entry else (None, None)


def imported_of(past: Past) -> str | None:
    """Return the name of the file that a picture was taken in from; None: it was made."""
    known = past.result or past.entry
    return known.imported or None if known else None


def past_text(pasts: Iterable[VariantPast]) -> str:
    """Return the past of variants as a person reads it."""
    return "\n\n".join("\n".join(_variant_lines(each)) for each in pasts)


def _variant_lines(past: VariantPast) -> Iterator[str]:
    yield f"{past.variant}  (profile {past.profile})"
    for step in past.steps:
        yield f"  {step.step}"
        if not step.pictures:
            yield "    nothing was made yet"
        for each in step.pictures:
            yield from indented(_lines(each))


def _lines(past: Past) -> Iterator[str]:
    marks = ["stands"] if past.stands else []
    marks += ["of other words"] if past.present is False else []
    marks += [] if past.held else ["in no store"]
    said = f"  {', '.join(marks)}" if marks else ""
    yield f"take {past.take}  {past.artifact[:SHOWN]}{said}"
    request = past.result.request_id if past.result else None
    facts = [
        _how_made(past),
        f"cost ${usd(cost_of(past))}",
        model_words(*models_of(past)),
        f"request {request}" if request else "",
    ]
    yield f"  {', '.join(each for each in facts if each)}"
    if prompt := prompt_of(past):
        first, *more = prompt.splitlines()
        yield f"  {first}{' …' if more else ''}"
    for each in past.said:
        yield f"  {_said_words(each)}"


def _how_made(past: Past) -> str:
    if past.result:
        return made_words(past.result)
    imported = imported_of(past)
    return f"imported from '{imported}'" if imported else ""


def _said_words(said: Said) -> str:
    by = f" by {said.by}" if said.by else ""
    return f"{said.what}{by}{f', {said.at[:DAY]}' if said.at else ''}"
