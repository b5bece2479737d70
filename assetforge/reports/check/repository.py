"""Where a project is in its repository: what reads reports in CI counts from there."""

from __future__ import annotations

from pathlib import Path
from posixpath import normpath
from typing import Final

from assetforge.reads import variable

WORKSPACE: Final = "GITHUB_WORKSPACE"
"""Names the folder that a GitHub job checks out into."""


def below_repository(root: Path) -> str:
    """Return a folder relative to its repository, with forward slashes; `.` where it is that.

    The repository is found by its `.git`, which need not be readable for git: in a container it
    often is another user's. Where there is none, the job's folder counts, or else this one.
    """
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), None)
    if top is None and (stated := variable(WORKSPACE)):
        top = Path(stated).resolve()
    return root.relative_to(top).as_posix() if top and root.is_relative_to(top) else "."


def path_in_repository(folder: str, file: str) -> str:
    """Return a file's path in the repository; `folder` is the project's, see above."""
    return normpath(f"{folder}/{file}")
