"""One comment of ours for each request: found by its first line, brought up to date, never two."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from assetforge.forges.base import Comment, Forge, Gone


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of our comment; `address` is where people see it, where the forge says so."""

    what: Literal["created", "updated", "unchanged", "none"]
    address: str = ""


def ours(comments: Iterable[Comment], author: str | None, marker: str) -> list[Comment]:
    """Return the comments that begin with our marker and are by us, the latest last.

    Where nobody says who we are, they must at least be by a program: no person can pretend that.
    """
    found = [
        each
        for each in comments
        if each.body.split("\n", 1)[0].strip() == marker
        and (each.by_program if author is None else each.author == author)
    ]
    return sorted(found, key=lambda each: each.id)


def settle(forge: Forge, marker: str, body: str, *, worth: bool) -> Settled:
    """Bring our comment up to date, and remove what is there twice: the latest one stays.

    Args:
        forge: one request.
        marker: the first line of the body.
        body: what the comment is to say.
        worth: False where there is nothing to say, so that no comment is written anew.

    Raises:
        ForgeProblem: it could not be done.
    """
    author = forge.author()
    found = ours(forge.comments(), author, marker)
    if found:
        return _renewed(forge, found, body)
    if not worth:
        return Settled("none")
    made = forge.create(body)
    # Another run may have written one at the same time; and now it is known who we are.
    *older, latest = ours(forge.comments(), author or made.author, marker) or [made]
    _remove(forge, older)
    return Settled("created", latest.address)


def _renewed(forge: Forge, found: list[Comment], body: str) -> Settled:
    *older, latest = found
    _remove(forge, older)
    if _same(latest.body, body):
        return Settled("unchanged", latest.address)
    try:
        return Settled("updated", forge.update(latest.id, body).address)
    except Gone:
        return Settled("created", forge.create(body).address)


def _remove(forge: Forge, comments: Iterable[Comment]) -> None:
    for each in comments:
        with suppress(Gone):
            forge.delete(each.id)


def _same(one: str, other: str) -> bool:
    """Tell whether two bodies are equal but for ends of lines, which forges keep as they like."""
    return one.replace("\r\n", "\n").strip() == other.strip()
