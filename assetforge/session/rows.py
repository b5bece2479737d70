"""The pictures of a session, one row each, as the page lists them: small, and told apart by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from assetforge.acceptance import drawn_behind
from assetforge.action import Action, ActionId, Source, VariantName
from assetforge.decided import Decided
from assetforge.digest import Digest, Json, canonical_json, digest_of
from assetforge.findings import VERDICTS
from assetforge.matrix import LOCALE
from assetforge.plan import Target
from assetforge.pricing import Cost
from assetforge.rebuilder import Hit
from assetforge.reports.collect import chain_of, state_of
from assetforge.reports.documents import cost_json
from assetforge.reports.pictures import STATES
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Row:
    """One picture in all its file types.

    Attributes:
        id: the path of its target without the suffix.
        paths: of its targets, relative to the root.
        line: the first text of its copy.
        state: a word of `assetforge.reports.pictures.STATES`.
        reason: why it is not current.
        digest: of the bytes that are shown; None: there are none.
        words: digest of all that it is asked for; a draft is of these words or of others.
        draft: digest of the draft of today's words, where one was drawn.
        verdict: `accepted`, `pinned`, or empty.
        checks: the worst verdict of what looked at it; empty: nothing did.
        cost: what making it costs; None: nothing.
        step: the last step that a provider draws; empty: there is none.
        problem: why the last try to make it failed.
        busy: whether it is being made.
    """

    id: str
    variant: VariantName
    asset: str
    axes: Mapping[str, str]
    tags: tuple[str, ...]
    locale: str
    lang: str
    direction: str
    paths: tuple[str, ...]
    width: int
    height: int
    alt: str
    line: str
    state: str
    reason: str
    digest: Digest | None
    words: Digest
    verdict: str = ""
    checks: str = ""
    cost: Cost | None = None
    step: str = ""
    draft: Digest | None = None
    problem: str = ""
    busy: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether something has to be made, or written, for it."""
        return self.state in ("stale", "missing")


def row_id(path: str) -> str:
    """Return the id of the picture that a target is a file of."""
    pure = PurePosixPath(path)
    return str(pure.parent / pure.stem)


def rows_of(decided: Decided, store: Store) -> list[Row]:
    """Return a row for each picture of a plan, in the plan's order."""
    return _Rows(decided, store).all()


class _Rows:
    """The rows of one plan, and what they share."""

    def __init__(self, decided: Decided, store: Store) -> None:
        self.decided = decided
        self.written = store.record.targets()
        self.priced = frozenset(decided.priced)
        self.asked: dict[ActionId, Digest] = {}

    def all(self) -> list[Row]:
        grouped: dict[tuple[VariantName, str], list[Target]] = {}
        for target in self.decided.plan.targets:
            grouped.setdefault((target.variant.name, row_id(target.path)), []).append(target)
        return [self._row(some) for some in grouped.values()]

    def _row(self, targets: Sequence[Target]) -> Row:
        first, plan = targets[0], self.decided.plan
        states = [state_of(self.decided, each, self.written.get(each.path)) for each in targets]
        worst = max(states, key=lambda each: STATES.index(each.word))
        chain = chain_of(self.decided, first.action)
        drawn = next(drawn_behind(plan, first.action), None)
        copy = (text for each in chain for text in plan.rendered[each.id].copy.values())
        return Row(
            id=row_id(first.path),
            variant=first.variant.name,
            asset=first.variant.asset,
            axes={name: each for name, each in first.variant.values.items() if name != LOCALE},
            tags=tuple(self.decided.project.pipeline.assets[first.variant.asset].tags),
            locale=first.variant.locale or "",
            lang=first.lang,
            direction=first.direction,
            paths=tuple(each.path for each in targets),
            width=first.size.width,
            height=first.size.height,
            alt=first.alt,
            line=next(iter(copy), ""),
            state=worst.word,
            reason=worst.reason,
            digest=next((each.digest for each in states if each.digest), self._kept(first)),
            words=self._words(chain),
            verdict=self._verdict(drawn) if drawn else "",
            checks=self._checks(chain),
            cost=self._cost(chain),
            step=plan.actions[drawn].step if drawn else "",
        )

    def _kept(self, target: Target) -> Digest | None:
        """Return what the store has for a file that is not there."""
        decision = self.decided.decisions[target.action]
        return decision.artifact if isinstance(decision, Hit) else None

    def _words(self, chain: Iterable[Action]) -> Digest:
        """Return the digest of all that a picture is asked for."""
        return digest_of("".join(self._asked(each) for each in chain).encode())

    def _asked(self, action: Action) -> Digest:
        if action.id not in self.asked:
            asked: dict[str, Json] = {
                "kind": action.kind,
                "request": dict(action.request),
                "inputs": [each.digest for each in action.inputs if isinstance(each, Source)],
            }
            self.asked[action.id] = digest_of(canonical_json(asked))
        return self.asked[action.id]

    def _verdict(self, drawn: ActionId) -> str:
        decision = self.decided.decisions[drawn]
        if not isinstance(decision, Hit) or not decision.accepted or decision.entry is None:
            return ""
        return "pinned" if decision.entry.pinned is not None else "accepted"

    def _checks(self, chain: Iterable[Action]) -> str:
        """Return the worst that was found in a picture; empty where nothing looked."""
        decisions = (self.decided.decisions[each.id] for each in chain)
        found = {each.result.verdict for each in decisions if isinstance(each, Hit)}
        return next((each for each in reversed(VERDICTS) if each in found), "")

    def _cost(self, chain: Iterable[Action]) -> Cost | None:
        prices = self.decided.prices
        priced = (prices[each.id] for each in chain if each.id in self.priced)
        cost = sum(priced, Cost(0, 0))
        return cost if cost.high else None


def row_json(row: Row) -> dict[str, Json]:
    """Return a row of `assetforge.preview/1`."""
    return {
        "id": row.id,
        "variant": row.variant,
        "asset": row.asset,
        "axes": dict(row.axes),
        "tags": list(row.tags),
        "locale": row.locale,
        "lang": row.lang,
        "dir": row.direction,
        "alt": row.alt,
        "line": row.line,
        "width": row.width,
        "height": row.height,
        "state": row.state,
        "reason": row.reason,
        "digest": row.digest,
        "draft": row.draft,
        "verdict": row.verdict,
        "checks": row.checks,
        "cost": cost_json(row.cost) if row.cost else None,
        "paths": list(row.paths),
        "step": row.step,
        "busy": row.busy,
        "problem": row.problem,
    }
