"""A real git repository, with nothing of the settings of whoever runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Lovelace",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
}
"""No settings of whoever runs it, no editor."""


class Repository:
    """A work tree; commits carry the author and no signature."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.git("init", "--initial-branch=main", "--quiet")
        self.git("config", "core.autocrlf", "false")
        self.git("config", "commit.gpgSign", "false")

    def git(self, *arguments: str) -> str:
        """Run git, which must succeed."""
        done = self.tried(*arguments)
        assert done.returncode == 0, f"git {arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def tried(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git, which may fail."""
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **SETTINGS},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    def write(self, name: str, text: str) -> None:
        """Write a file of the work tree."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def commit(self, words: str = "change") -> None:
        """Commit all there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", words)
