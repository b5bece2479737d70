"""Executes one action: inputs from the store, the work, bytes into the store.

Loaded only when something runs, because runners bring the picture library and the providers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from typing import Any, Final, cast

from assetforge import registry
from assetforge.action import FIRST_TAKE, Action, ActionKey, Manifest, Source, action_key
from assetforge.calls import Desk, Order, Orders, buy
from assetforge.digest import Digest, Json, canonical_json, digest_of
from assetforge.errors import ActionFailed, NotStarted
from assetforge.findings import Findings, document_of
from assetforge.images import UnreadableImage, examined, pixel_digest
from assetforge.judging import judge_request
from assetforge.ledger import Call
from assetforge.looks import findings_of
from assetforge.pipeline import Size
from assetforge.project import Project
from assetforge.providers.base import BadReply, ImageRequest, Provider, Reply, unseen
from assetforge.runners.base import Runner, Work
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store

JUDGING: Final = "judge"
"""The kind of a judge's answer in its manifest."""

SHAPE_PERMILLE = 50
"""How far the shape of a picture may be off where a service chooses the pixels itself."""


class LocalExecutor:
    """Runs actions in this process; calls may come from several threads at once.

    `desk` is where paid calls are made; None where none will be.
    """

    def __init__(self, project: Project, store: Store, orders: Orders, desk: Desk | None) -> None:
        self._project = project
        self._store = store
        self._orders = orders
        self._desk = desk
        self._opening = threading.Lock()
        self._provider: Provider | None = None

    def execute(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Do one action and return its result, whose bytes are in the store by then.

        `inputs` are the digests of `action.inputs`, in order. What a provider made is written down,
        with what it was asked for, before anything else happens to it.

        Raises:
            BadReply: what the provider sent is not the picture; its bytes are kept all the same.
            NotStarted: the run was stopped, or a cap does not cover it.
            ActionFailed: the action could not be done.
            StoreProblem: its bytes could not be kept.
        """
        if "judge" in action.request:
            return self._judged(action, key, described, inputs)
        if not registry.step_kind(action.kind).paid:
            return self._worked(action, key, described, inputs)
        if not self._project.is_local(action.request):
            return self._bought(action, key, described, inputs)
        return self._drawn_here(action, key, described, inputs)

    def _worked(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return what a local step makes, with what it found out about the picture."""
        begun = time.monotonic()
        runner = cast(Runner, registry.load(registry.RUNNERS, action.kind))
        made = runner(action.request, self._read(action, inputs))
        if isinstance(made, bytes):
            return self._result(key, described, made, begun)
        return replace(
            self._result(key, described, made.data, begun),
            verdict=made.findings.verdict,
            findings=self._kept(made),
        )

    def _judged(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return the picture as it was, with what a judge says of it, and what was measured.

        The judge's answer is a paid result of its own: it is asked once.
        """
        question: Manifest = {**described, "kind": JUDGING}
        asked = action_key(question)
        known = self._answered(asked)
        answer = known or self._ask(action, asked, question, inputs)
        try:
            said = judgement().findings_of(action.request, self._store.cas.read(answer.artifact))
        except ValueError as error:
            # The answer is kept, and paid: it is not asked for again.
            raise ActionFailed("bad-answer", str(error)) from error
        measured = self._worked(action, key, described, inputs)
        seen = findings_of(measured, self._store.cas)
        found = Findings((*said.checks, *(seen.checks if seen else ())), said.reader)
        kept = self._store.cas.put(canonical_json(document_of(found, {})), durable=False)
        paid = 0 if known else answer.cost_microdollars
        return replace(measured, verdict=found.verdict, findings=kept, judged_microdollars=paid)

    def _answered(self, key: ActionKey) -> ActionResult | None:
        found = self._store.actions.filed(key)
        if found is None or (found.emulated and not self._store.emulation):
            return None
        return found if self._store.cas.has(found.artifact) else None

    def _ask(
        self, action: Action, key: ActionKey, question: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return a judge's answer, asked for now at the desk."""
        desk = self._open_desk(action)
        order = self._order(action, key, question, inputs)
        return buy(
            desk,
            replace(
                order,
                call=replace(order.call, model=judge_request(action.request).judge),
                images=0,
                request=lambda: judge_request(action.request, self._read(action, inputs)[0]),
                bill=partial(self._project.cost_of_judging, action.request),
                believe=lambda reply: "",  # what it says is looked at once it is kept
            ),
        )

    def _open_desk(self, action: Action) -> Desk:
        """Return where calls are made: only what was priced is.

        Raises:
            ActionFailed: nobody agreed to pay for this one.
        """
        if self._desk is not None and action.id in self._orders.prices:
            return self._desk
        if action.is_extra or "judge" in action.request:
            why = "nobody agreed to pay for it, or nothing may be bought"
            raise NotStarted("unconfirmed", f"not sent: {why}")
        why = "its picture was lost since the plan was priced; build again"
        raise ActionFailed("not-priced", f"not sent: {why}")

    def _drawn_here(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return what a provider of this machine draws for nothing."""
        begun = time.monotonic()
        data, model = self._drawn(action, inputs)
        result = replace(self._result(key, described, data, begun), model=model)
        self._store.actions.keep_file(result, durable=False)
        return result

    def _result(
        self, key: ActionKey, described: Manifest, data: bytes, begun: float
    ) -> ActionResult:
        return ActionResult(
            key=key,
            artifact=self._store.cas.put(data, durable=False),
            manifest=described,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - begun),
        )

    def _bought(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return a picture that a service draws: only at the desk, and only what was priced."""
        desk = self._open_desk(action)
        result = buy(desk, self._order(action, key, described, inputs))
        return self._with_drift(action, result, inputs)

    def _with_drift(
        self, action: Action, result: ActionResult, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Return the result of an edit that may change all, with how much it did change.

        What may change only a part is looked at by the `restore` step behind it.
        """
        bounded = action.request.keys() & {"region", "mask"}
        if not action.request.get("edit") or bounded or not inputs:
            return result
        before = self._bytes(action.inputs[0], inputs[0])
        look = cast(Runner, registry.load(registry.RUNNERS, "restore"))
        try:
            work = look({}, (self._store.cas.read(result.artifact), before))
        except ActionFailed:
            return result  # whatever cannot be compared is paid for, and whole
        assert isinstance(work, Work), "BUG: a look without findings"
        measured = replace(result, findings=self._kept(work))
        self._store.actions.keep_file(measured, durable=True)
        return measured

    def _kept(self, work: Work) -> Digest:
        """Keep what was found out, and return the digest of the document that says so."""
        document = document_of(work.findings, work.exhibits)
        return self._store.cas.put(canonical_json(document), durable=False)

    def _drawn(self, action: Action, inputs: Sequence[Digest]) -> tuple[bytes, str]:
        """Return a picture that a provider of this machine draws for nothing, and its model."""
        request = image_request(action.request, self._read(action, inputs))
        reply = self._painter().make(request, unseen)
        believe(action.request, reply)
        return reply.data, reply.model or self._project.profile.provider

    def _painter(self) -> Provider:
        """Return the provider of this machine, opened once."""
        with self._opening:
            if self._provider is None:
                self._provider = registry.open_provider(self._project.connection)
            return self._provider

    def _order(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> Order:
        profile, orders = self._project.profile, self._orders
        price = orders.prices[action.id]
        references = len(inputs) - bool(action.request.get("mask"))
        return Order(
            action=action,
            key=key,
            described=described,
            call=Call(
                key=key,
                action=action.id,
                asset=action.asset,
                step=action.step,
                locale=orders.locales.get(action.id, ""),
                variants=len(action.variants),
                provider=profile.provider,
                model=str(action.request.get("model", "")),
                low=price.low,
                high=price.high,
            ),
            images=1 + references * profile.count_references,
            tokens=orders.tokens.get(action.id, 0),
            request=lambda: image_request(action.request, self._read(action, inputs)),
            bill=partial(self._project.cost_of_usage, action.request),
            believe=partial(believed, action.request, exact=self._project.exact_size),
        )

    def _read(self, action: Action, inputs: Sequence[Digest]) -> tuple[bytes, ...]:
        pairs = zip(action.inputs, inputs, strict=True)
        return tuple(self._bytes(each, digest) for each, digest in pairs)

    def _bytes(self, source: object, digest: Digest) -> bytes:
        if not isinstance(source, Source):
            return self._store.cas.read(digest)
        try:
            data = (self._project.root / source.path).read_bytes()
        except OSError as error:
            raise ActionFailed("missing-input", f"cannot read '{source.path}': {error}") from error
        if digest_of(data) != digest:
            raise ActionFailed(
                "input-changed", f"'{source.path}' changed during the build; build again"
            )
        return data


def image_request(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> ImageRequest:
    """Return what a provider gets for the request of a `compose` or `edit` step."""
    asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
    region, visible = asked.get("region"), asked.get("visible")
    masked = bool(asked.get("mask"))
    return ImageRequest(
        prompt=asked["prompt"],
        size=tuple(asked["size"]),
        model=asked.get("model"),
        quality=asked.get("quality"),
        images=inputs[:-1] if masked else inputs,
        edit=asked.get("edit", False),
        mask=inputs[-1] if masked else None,
        copy=dict(asked.get("copy", ())),
        max_lines=asked.get("max_lines", {}),
        script=asked.get("script"),
        region=tuple(region) if region else None,
        visible=tuple(visible) if visible else None,
        palette=tuple(asked.get("palette", ())),
        take=asked.get("take", FIRST_TAKE),
        background=asked.get("background"),
        output_format=asked.get("output_format"),
        output_compression=asked.get("output_compression"),
        moderation=asked.get("moderation"),
        extra=asked.get("extra", {}),
    )


def believe(request: Mapping[str, Json], reply: Reply, *, exact: bool = True) -> None:
    """Check that a provider's reply is the picture that was asked for.

    `exact` False: the service chooses the pixels, and only the shape has to be right.

    Raises:
        BadReply: what came is no picture, a damaged one, or not as asked for.
    """
    asked: Mapping[str, Any] = request
    try:
        picture = examined(reply.data)
    except UnreadableImage as error:
        raise BadReply(f"{asked['provider']} sent no picture: {error}", reply) from error
    wrong = _wrong_size(Size(*asked["size"]), picture.size, exact=exact)
    if asked.get("output_format") not in (None, picture.format):
        wrong = wrong or f"{picture.format}, not {asked['output_format']}"
    if asked.get("background") == "transparent" and not picture.transparent:
        wrong = wrong or "an opaque picture, not one with a transparent background"
    if wrong:
        raise BadReply(f"{asked['provider']} sent {wrong}", reply)


def believed(request: Mapping[str, Json], reply: Reply, *, exact: bool = True) -> str:
    """Return the digest of a reply's pixels, once it is the picture that was asked for.

    Raises:
        BadReply: as in `believe`.
    """
    believe(request, reply, exact=exact)
    return pixel_digest(reply.data)


@cache
def judgement() -> Any:
    """Return what follows from answers; it brings what compares texts, which takes a while."""
    return import_module("assetforge.judgement")


def _wrong_size(wanted: Size, found: Size, *, exact: bool) -> str:
    if exact:
        return "" if found == wanted else f"{found} pixels, not {wanted}"
    across, down = found.width * wanted.height, found.height * wanted.width
    if abs(across - down) * 1000 <= SHAPE_PERMILLE * max(across, down):
        return ""
    return f"a picture of {found} pixels, which is not the shape of {wanted}"
