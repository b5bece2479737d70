"""Gitea and Forgejo: comments of a pull request are those of the issue with its number.

Source: Gitea API 1.24 (Swagger), "issue"; Forgejo speaks the same; read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from assetforge.errors import UsageProblem
from assetforge.forges.base import (
    Calls,
    Comment,
    Environment,
    ForgeProblem,
    Gone,
    Kind,
    Limit,
    NotAllowed,
    all_pages,
    needed,
)
from assetforge.forges.events import NO_REQUEST, head_of, number_of

LIMIT: Final = Limit(65_536)
"""Neither states one; a database may, so what GitHub takes is not exceeded."""

ACTIONS: Final = -2
"""The account that workflows' own tokens write as."""


class Gitea:
    """A pull request of Gitea or Forgejo."""

    def __init__(self, calls: Calls, repository: str, number: int) -> None:
        self._calls = calls
        self._issues = f"/repos/{quote(repository)}/issues"
        self._list = f"{self._issues}/{number}/comments"

    def author(self) -> str | None:
        """Return who the token's comments are by; None: a workflow's own token, in old versions."""
        try:
            return _id_of(self._calls("GET", "/user").data)
        except (NotAllowed, Gone):
            return None

    def comments(self) -> Iterable[Comment]:
        """Return all comments, of all pages."""
        return map(_comment, all_pages(self._calls, self._list))

    def create(self, body: str) -> Comment:
        """Write a comment."""
        return _comment(self._calls("POST", self._list, {"body": body}).data)

    def update(self, id: int, body: str) -> Comment:
        """Write something else in its place."""
        return _comment(self._calls("PATCH", f"{self._issues}/comments/{id}", {"body": body}).data)

    def delete(self, id: int) -> None:
        """Delete a comment."""
        self._calls("DELETE", f"{self._issues}/comments/{id}")


def _id_of(user: Any) -> str:
    try:
        return str(int(user["id"]))
    except (KeyError, TypeError, ValueError):
        raise ForgeProblem("the forge does not say who wrote") from None


def _comment(data: Any) -> Comment:
    try:
        author = _id_of(data["user"])
        address = str(data.get("html_url", ""))
        by_program = author == str(ACTIONS)
        return Comment(int(data["id"]), author, str(data["body"]), by_program, address)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ForgeProblem("the forge answered with something else than a comment") from None


def _open(calls: Calls, environment: Environment, number: int | None) -> Gitea:
    number = number or number_of(environment)
    if number is None:
        raise UsageProblem(NO_REQUEST)
    return Gitea(calls, needed(environment, "GITHUB_REPOSITORY"), number)


def _server(environment: Environment) -> str:
    return needed(environment, "GITHUB_SERVER_URL").rstrip("/")


def _address(environment: Environment) -> str:
    return environment.get("GITHUB_API_URL") or f"{_server(environment)}/api/v1"


def _raw(environment: Environment, commit: str, path: str) -> str:
    repository = quote(needed(environment, "GITHUB_REPOSITORY"))
    return f"{_server(environment)}/{repository}/raw/commit/{commit}/{quote(path)}"


KIND: Final = Kind(
    name="Gitea",
    limit=LIMIT,
    tokens=("GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"),
    headers={"Authorization": "token {}"},
    address=_address,
    open=_open,
    raw=_raw,
    head=head_of,
)
