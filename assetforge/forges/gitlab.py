"""GitLab: comments of a merge request are its notes.

Source: GitLab REST API v4, "Notes" and "Predefined CI/CD variables", read 2026-11-22.
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
    Kind,
    Limit,
    all_pages,
    needed,
)
from assetforge.forges.events import NO_REQUEST

LIMIT: Final = Limit(1_000_000)
"""Source: GitLab's "Application limits", size of comments and descriptions."""


class GitLab:
    """A merge request of GitLab."""

    def __init__(self, calls: Calls, project: str, number: int) -> None:
        self._calls = calls
        self._notes = f"/projects/{quote(project, safe='')}/merge_requests/{number}/notes"

    def author(self) -> str | None:
        """Return who the token's notes are by."""
        return _id_of(self._calls("GET", "/user").data)

    def comments(self) -> Iterable[Comment]:
        """Return all notes that somebody wrote, of all pages."""
        notes = all_pages(self._calls, f"{self._notes}?sort=asc&order_by=created_at")
        return (_comment(each) for each in notes if not _is_of_system(each))

    def create(self, body: str) -> Comment:
        """Write a note."""
        return _comment(self._calls("POST", self._notes, {"body": body}).data)

    def update(self, id: int, body: str) -> Comment:
        """Write something else in its place."""
        return _comment(self._calls("PUT", f"{self._notes}/{id}", {"body": body}).data)

    def delete(self, id: int) -> None:
        """Delete a note."""
        self._calls("DELETE", f"{self._notes}/{id}")


def _id_of(user: Any) -> str:
    try:
        return str(int(user["id"]))
    except (KeyError, TypeError, ValueError):
        raise ForgeProblem("GitLab does not say who wrote") from None


def _is_of_system(note: Any) -> bool:
    return isinstance(note, dict) and bool(note.get("system"))


def _comment(note: Any) -> Comment:
    try:
        return Comment(int(note["id"]), _id_of(note["author"]), str(note["body"]))
    except (KeyError, TypeError, ValueError):
        raise ForgeProblem("GitLab answered with something else than a note") from None


def _open(calls: Calls, environment: Environment, number: int | None) -> GitLab:
    # Of a fork's request, the pipeline may run in the fork; its notes are in the other project.
    project = needed(environment, "CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID")
    said = environment.get("CI_MERGE_REQUEST_IID", "")
    if number is None and not said.isdecimal():
        raise UsageProblem(NO_REQUEST)
    return GitLab(calls, project, number or int(said))


def _address(environment: Environment) -> str:
    return environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"


def _raw(environment: Environment, commit: str, path: str) -> str:
    return f"{needed(environment, 'CI_PROJECT_URL')}/-/raw/{commit}/{quote(path)}"


def _head(environment: Environment) -> str | None:
    # A pipeline of a merged result runs for a commit that nobody proposed.
    names = ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA")
    return next((said for name in names if (said := environment.get(name))), None)


KIND: Final = Kind(
    name="GitLab",
    limit=LIMIT,
    tokens=("GITLAB_TOKEN",),
    headers={"PRIVATE-TOKEN": "{}"},
    address=_address,
    open=_open,
    raw=_raw,
    head=_head,
)
