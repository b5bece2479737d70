"""What a forge is asked: for the comments of one request, and to write one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from assetforge.errors import AssetforgeError, UsageProblem

Environment = Mapping[str, str]


class ForgeProblem(AssetforgeError):
    """A forge cannot be reached, or does not do what it was asked."""


class NotAllowed(ForgeProblem):
    """The token may not do that."""


class Overtaken(ForgeProblem):
    """The request has moved on, or is closed: whoever follows it tells what is new."""


class Gone(ForgeProblem):
    """What was asked for is not there, or the token may not see it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be, in the unit that the forge counts: code points, or bytes of UTF-8."""

    most: int
    unit: Literal["characters", "bytes"] = "characters"

    def size(self, text: str) -> int:
        """Return how long a text is."""
        return len(text) if self.unit == "characters" else len(text.encode())


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a request; a higher `id` is a later one.

    `by_program`: the forge says that no person wrote it. `address` is where people see it.
    """

    id: int
    author: str
    body: str
    by_program: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a forge answered: parsed JSON, and whether there is a next page."""

    data: Any
    more: bool = False


class Calls(Protocol):
    """Sends requests below one address with one token."""

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request.

        Raises:
            NotAllowed, Gone, ForgeProblem: nothing came of it.
        """


class Forge(Protocol):
    """One pull or merge request of a forge."""

    def author(self) -> str | None:
        """Return who the token's comments are by; None: the forge does not say."""

    def comments(self) -> Iterable[Comment]:
        """Return all comments, of all pages."""

    def create(self, body: str) -> Comment:
        """Write a comment."""

    def update(self, id: int, body: str) -> Comment:
        """Write something else in its place.

        Raises:
            Gone: somebody deleted it.
        """

    def delete(self, id: int) -> None:
        """Delete a comment.

        Raises:
            Gone: somebody did so already.
        """


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of forge: how its request is found, and what may be written there.

    Attributes:
        name: how people call it.
        limit: how long a comment may be.
        tokens: the environment variables, or keyring entries, that may hold the token.
        address: returns that of its API, without a slash at its end.
        headers: what a token is sent as: header → its value, with `{}` for the token.
        open: returns the request; a number stands before what the environment says.
        raw: returns the address of the bytes of a committed file.
        head: returns the commit that the request proposes; None: the environment does not say.
    """

    name: str
    limit: Limit
    tokens: tuple[str, ...]
    headers: Mapping[str, str]
    address: Callable[[Environment], str]
    open: Opener
    raw: RawAddress
    head: Callable[[Environment], str | None]


class Opener(Protocol):
    """Opens one request of a forge."""

    def __call__(self, calls: Calls, environment: Environment, number: int | None) -> Forge:
        """Return the request that is meant.

        Raises:
            UsageProblem: the environment does not say which.
        """


class RawAddress(Protocol):
    """Says where a forge shows a committed file as it is."""

    def __call__(self, environment: Environment, commit: str, path: str) -> str:
        """Return the address of a file's bytes."""


MOST_PAGES = 100
"""How many pages of 100 comments are read: a request with more of them is no place for ours."""


def all_pages(calls: Calls, path: str) -> Iterable[Any]:
    """Yield what a list holds, page by page.

    Raises:
        ForgeProblem: it does not end, or is no list.
    """
    mark = "&" if "?" in path else "?"
    for page in range(1, MOST_PAGES + 1):
        reply = calls("GET", f"{path}{mark}per_page=100&page={page}")
        if not isinstance(reply.data, list):
            raise ForgeProblem("the forge answered with something else than a list")
        yield from reply.data
        if not reply.more:
            return
    raise ForgeProblem(f"the request has more than {MOST_PAGES * 100:,} comments: too many to read")


def needed(environment: Environment, *names: str) -> str:
    """Return the first of some environment variables that is set.

    Raises:
        UsageProblem: none is.
    """
    for name in names:
        if text := environment.get(name, "").strip():
            return text
    said = " or ".join(f"'{each}'" for each in names)
    raise UsageProblem(f"the environment has no {said}; CI sets it, or set it yourself")
