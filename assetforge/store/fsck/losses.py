"""The search for blobs that are gone, and what becomes of the results that stand on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assetforge.action import ActionKey
from assetforge.digest import SHOWN, Digest
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.fsck.look import Look
from assetforge.store.search import Search

MADE_AGAIN = "it is made again for nothing"


def find_losses(
    look: Look, actions: ActionCache | None, search: Search, wanted: Mapping[Digest, str]
) -> None:
    """Bring back blobs that are gone; say which cannot be, and forget what costs nothing."""
    standing: dict[Digest, list[ActionResult]] = {each: [] for each in wanted}
    for result in look.results():
        standing.setdefault(result.artifact, []).append(result)
    for digest, results in standing.items():
        if look.has(digest) or _restored(look, search, digest):
            continue
        kept = [each for each in results if _is_kept(look, each, actions)]
        free = _say_gone(look, digest, kept, wanted.get(digest))
        if look.act and actions is not None:
            _forget(look, free, digest, actions)


def _restored(look: Look, search: Search, digest: Digest) -> bool:
    found = search.find(digest)
    if found is None:
        return False
    data, place = found
    if look.act:
        look.cas.put(data, durable=True)
    look.damaged.discard(digest)
    words = f"the blob {digest[:SHOWN]} was gone: brought back from '{place}'"
    look.found("restored-blob", digest, words, "repaired")
    return True


def _is_kept(look: Look, result: ActionResult, actions: ActionCache | None) -> bool:
    """Tell whether a result is still there: it may have been removed since it was read."""
    if any(path.exists() for path, each in look.files.items() if each == result):
        return True
    row = look.rows.get(result.key)
    return row == result and (actions is None or actions.row(result.key) == result)


def _say_gone(
    look: Look, digest: Digest, results: Sequence[ActionResult], stands: str | None
) -> set[ActionKey]:
    """Say what a blob that is gone means, and return the keys of results that cost nothing."""
    paid = [each for each in results if each.is_paid]
    if paid or stands:
        whose = stands or f"the result {paid[0].key[:SHOWN]}"
        words = f"the picture {digest[:SHOWN]} is lost, and {whose} stands on it"
        look.found("lost-picture", digest, words, "lost")
    free = {each.key for each in results} - {each.key for each in paid}
    for key in sorted(free):
        words = f"the picture of {key[:SHOWN]} is gone: {MADE_AGAIN}"
        look.found("dropped-result", key, words, "tidied")
    return free


def _forget(look: Look, gone: Collection[ActionKey], digest: Digest, actions: ActionCache) -> None:
    actions.drop(gone)
    for key in gone:
        look.rows.pop(key, None)
    for path, result in list(look.files.items()):
        if result.key in gone and result.artifact == digest and not result.is_paid:
            path.unlink(missing_ok=True)
            del look.files[path]
