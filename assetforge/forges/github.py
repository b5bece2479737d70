"""GitHub: comments of a pull request are those of the issue with its number.

Source: GitHub REST API 2022-11-28, "Issue comments" and "Pull requests", read 2026-11-22.
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
    Overtaken,
    all_pages,
    needed,
)
from assetforge.forges.events import NO_REQUEST, event_of, head_of, number_of

LIMIT: Final = Limit(65_536)
"""As its refusals say. The column holds 262,144 bytes, which is as many characters at worst."""

WHO: Final = {"query": "query { viewer { login } }"}
"""The REST API does not tell a workflow's own token who it is; this does."""


class GitHub:
    """A pull request of GitHub."""

    def __init__(self, calls: Calls, repository: str, number: int, graphql: str) -> None:
        self._calls = calls
        self._issues = f"/repos/{quote(repository)}/issues"
        self._list = f"{self._issues}/{number}/comments"
        self._graphql = graphql

    def author(self) -> str | None:
        """Return who the token's comments are by; None: GitHub does not say."""
        try:
            said = self._calls("POST", self._graphql, WHO).data
        except (NotAllowed, Gone):
            return None
        try:
            return str(said["data"]["viewer"]["login"])
        except (KeyError, TypeError):
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


def _comment(data: Any) -> Comment:
    try:
        # Who left has no account any more.
        user = data["user"] or {"login": "", "type": "User"}
        by_program = user.get("type") == "Bot"
        address = str(data.get("html_url", ""))
        return Comment(
            int(data["id"]), str(user["login"]), str(data["body"] or ""), by_program, address
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ForgeProblem("GitHub answered with something else than a comment") from None


def _open(calls: Calls, environment: Environment, number: int | None) -> GitHub:
    repository = needed(environment, "GITHUB_REPOSITORY")
    number = number or number_of(environment) or _followed(calls, environment, repository)
    if number is None:
        raise UsageProblem(NO_REQUEST)
    return GitHub(calls, repository, number, _graphql(environment))


def _followed(calls: Calls, environment: Environment, repository: str) -> int | None:
    """Return the pull request whose workflow this one follows on, which knows no number of a fork.

    What GitHub itself says of the commit decides, nothing that the other workflow left behind.

    Raises:
        ForgeProblem: the event says of no commit.
        Overtaken: no open request proposes that commit any more.
    """
    run = event_of(environment).get("workflow_run")
    if not isinstance(run, dict):
        return None
    try:
        owner, branch = run["head_repository"]["owner"]["login"], run["head_branch"]
        commit = run["head_sha"]
        head = quote(f"{owner}:{branch}", safe="")
        pulls = f"/repos/{quote(repository)}/pulls?state=open&head={head}"
        for each in all_pages(calls, pulls):
            if each["head"]["sha"] == commit:
                return int(each["number"])
    except (KeyError, TypeError, ValueError):
        raise ForgeProblem("the event says of no commit that it followed on") from None
    raise Overtaken(
        f"no open pull request proposes commit '{commit[:12]}': it is closed, or has a newer one"
    )


def _address(environment: Environment) -> str:
    return environment.get("GITHUB_API_URL") or "https://api.github.com"


def _graphql(environment: Environment) -> str:
    """Return where questions are asked; on a server of one's own, beside the API."""
    beside = _address(environment).rstrip("/").removesuffix("/v3")
    return environment.get("GITHUB_GRAPHQL_URL") or f"{beside}/graphql"


def _raw(environment: Environment, commit: str, path: str) -> str:
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    repository = quote(needed(environment, "GITHUB_REPOSITORY"))
    return f"{server}/{repository}/raw/{commit}/{quote(path)}"


KIND: Final = Kind(
    name="GitHub",
    limit=LIMIT,
    tokens=("GITHUB_TOKEN", "GH_TOKEN"),
    headers={
        "Authorization": "Bearer {}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    },
    address=_address,
    open=_open,
    raw=_raw,
    head=head_of,
)
