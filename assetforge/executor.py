"""Executes one action: inputs from the store, the runner, bytes into the store.

Loaded only when something runs, because runners bring the picture library and the providers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from assetforge import registry
from assetforge.action import Action, ActionKey, Manifest, Source
from assetforge.capabilities import capabilities_of
from assetforge.digest import Digest, Json, digest_of
from assetforge.errors import ActionFailed
from assetforge.images import UnreadableImage, verified_size
from assetforge.providers.base import Reply
from assetforge.runners.base import BadReply, Runner
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas


class LocalExecutor:
    """Runs actions in this process; calls may come from several threads at once."""

    def __init__(self, root: Path, cas: Cas, actions: ActionCache) -> None:
        self._root = root
        self._cas = cas
        self._actions = actions

    def execute(
        self, action: Action, key: ActionKey, described: Manifest, inputs: Sequence[Digest]
    ) -> ActionResult:
        """Do one action and return its result, whose bytes are in the store by then.

        `inputs` are the digests of `action.inputs`, in order. What a provider made is written down,
        with what it was asked for, before anything else happens to it.

        Raises:
            BadReply: what the provider sent is not the picture; its bytes are kept all the same.
            ActionFailed: the action could not be done.
            StoreProblem: its bytes could not be kept.
        """
        data = tuple(
            self._bytes(each, digest) for each, digest in zip(action.inputs, inputs, strict=True)
        )
        begun = time.monotonic()
        runner = cast(Runner, registry.load(registry.RUNNERS, action.kind))
        reply = runner(action.request, data)
        paid = registry.step_kind(action.kind).paid
        artifact = self._cas.put(reply.data, durable=paid and not _is_free(action))
        if paid:
            believe(action.request, reply)
        result = ActionResult(
            key=key,
            artifact=artifact,
            manifest=described,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - begun),
            cost_microdollars=reply.cost_microdollars,
            usage=dict(reply.usage),
            request_id=reply.request_id,
            model=reply.model,
        )
        if paid:
            self._actions.keep_file(result, durable=not _is_free(action))
        return result

    def _bytes(self, source: object, digest: Digest) -> bytes:
        if not isinstance(source, Source):
            return self._cas.read(digest)
        try:
            data = (self._root / source.path).read_bytes()
        except OSError as error:
            raise ActionFailed("missing-input", f"cannot read '{source.path}': {error}") from error
        if digest_of(data) != digest:
            raise ActionFailed(
                "input-changed", f"'{source.path}' changed during the build; build again"
            )
        return data


def _is_free(action: Action) -> bool:
    provider, model = action.request.get("provider"), action.request.get("model")
    return capabilities_of(str(provider), str(model) if model else None).free


def believe(request: Mapping[str, Json], reply: Reply) -> None:
    """Check that a provider's reply is the picture that was asked for.

    Raises:
        BadReply: what came is no picture, a damaged one, or of another size.
    """
    try:
        size = verified_size(reply.data)
    except UnreadableImage as error:
        raise BadReply(f"{request['provider']} sent no picture: {error}", reply) from error
    if list(size) != request["size"]:
        wanted = "x".join(map(str, cast("list[Json]", request["size"])))
        raise BadReply(f"{request['provider']} sent {size} pixels, not {wanted}", reply)
