"""Where the pictures of a comment are to be seen: by their digests, or in the repository itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from string import Formatter
from typing import Final
from urllib.parse import quote, urlsplit

from assetforge import git
from assetforge.digest import digest_of
from assetforge.errors import UsageProblem
from assetforge.forges.base import Environment, Kind
from assetforge.reports.comment.planned import Changed, Since
from assetforge.reports.comment.whole import MOST_PICTURES, Addresses

FIELDS: Final = frozenset({"sha256", "path"})


def by_digest(address: str, changed: Iterable[Changed]) -> dict[str, Addresses]:
    """Return where pictures lie that are named by their digest, as `--pictures` says it.

    Without a field, it is a folder with `<sha256>.png` in it, or whatever the target's suffix is.

    Raises:
        UsageProblem: it is no address, or has a field that is not known.
    """
    pattern = checked_pattern(address)
    shown = [each for each in changed if each.before or each.after][:MOST_PICTURES]
    return {each.variant: (_at(pattern, each, True), _at(pattern, each, False)) for each in shown}


def checked_pattern(address: str) -> str:
    """Return an address with fields in it.

    Raises:
        UsageProblem: it is no address, or has a field that is not known.
    """
    try:
        fields = {name for _, name, form, _ in Formatter().parse(address) if name is not None}
        host = urlsplit(address).hostname
    except ValueError:
        fields, host = {""}, None
    if not host or not address.startswith(("https://", "http://")) or not address.isprintable():
        raise UsageProblem("--pictures takes an address such as 'https://example.com/pictures'")
    if not fields <= FIELDS:
        raise UsageProblem("--pictures takes no other fields than {sha256} and {path}")
    return address if fields else f"{address.rstrip('/')}/{{sha256}}{{suffix}}"


def _at(pattern: str, changed: Changed, before: bool) -> str | None:
    digest = changed.before if before else changed.after
    if digest is None:
        return None
    path = changed.paths[0] if changed.paths else ""
    suffix = PurePosixPath(path).suffix or ".png"
    return pattern.format(sha256=digest, path=quote(path), suffix=quote(suffix))


def by_commit(
    kind: Kind, environment: Environment, root: Path, since: Since
) -> dict[str, Addresses]:
    """Return where a forge shows the pictures that are committed, and are what the plan says."""
    found: dict[str, Addresses] = {}
    folder, head = git.prefix(root), kind.head(environment) or git.head(root)
    if folder is None or head is None:
        return found
    for each in since.variants:
        path = each.paths[0] if each.paths else None
        if path is None or len(found) == MOST_PICTURES:
            continue
        both = ((since.commit, each.before), (head, each.after))
        addresses = [
            kind.raw(environment, commit, folder + path)
            if digest and is_committed(root, commit, path, digest)
            else None
            for commit, digest in both
        ]
        if any(addresses):
            found[each.variant] = (addresses[0], addresses[1])
    return found


def is_committed(root: Path, commit: str, path: str, digest: str) -> bool:
    """Tell whether a commit holds just these bytes at a path."""
    held = git.file_at(root, commit, path)
    return held is not None and digest_of(held) == digest
