"""Which forge is meant: by its name, or by what CI says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assetforge.forges import gitea, github, gitlab
from assetforge.forges.base import Environment, Kind

KINDS: Final[Mapping[str, Kind]] = {
    "github": github.KIND,
    "gitlab": gitlab.KIND,
    "gitea": gitea.KIND,
}
"""Every forge by the name that `--forge` takes."""

SIGNS: Final = (
    ("GITLAB_CI", "gitlab"),
    # Both set GitHub's variable as well.
    ("GITEA_ACTIONS", "gitea"),
    ("FORGEJO_ACTIONS", "gitea"),
    ("GITHUB_ACTIONS", "github"),
)
"""Environment variables that CI sets to `true`, and whose they are; the first one counts."""


def forge_of(name: str | None, environment: Environment) -> Kind | None:
    """Return the forge of a name, else that whose CI this is; None: it is no CI that we know."""
    if name is not None:
        return KINDS[name]
    found = (kind for sign, kind in SIGNS if environment.get(sign, "").lower() == "true")
    first = next(found, None)
    return KINDS[first] if first else None
