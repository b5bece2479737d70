"""A project in a git repository, and what is said of it since a commit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.repository import Repository
from tests.space import QUICK, Space

IGNORED = ".assetforge/\nout/\n"


class Work(Space):
    """A project folder in a repository of its own."""

    def __init__(self, root: Path, repository: Repository | None = None) -> None:
        super().__init__(root)
        self.repository = repository or Repository(root)

    @classmethod
    def begun(cls, root: Path, *locales: str, pipeline: str = QUICK) -> Work:
        """Return the quick project, in its first commit."""
        work = cls(root)
        work.quick(*locales, pipeline=pipeline)
        work.write(".gitignore", IGNORED)
        work.commit()
        return work

    def commit(self) -> str:
        """Commit all there is, and return the commit's name."""
        self.repository.commit()
        return self.repository.git("rev-parse", "HEAD").strip()

    @contextmanager
    def copied(self) -> Iterator[Work]:
        """Have a copy of all of it, with the repository and the store."""
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            root = Path(folder).resolve() / "copy"
            shutil.copytree(self.root, root, symlinks=True)
            yield Work(root, self.repository)

    def git(self, *arguments: str) -> str:
        return self.repository.git(*arguments)

    def move(self, old: str, new: str) -> None:
        place = self.root / new
        place.parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(place)

    def document(self, *arguments: str, since: str = "HEAD") -> Any:
        result = self.run("plan", "--since", since, "--format", "json", *arguments)
        assert result.code == 0, result.err
        return result.json

    def reasons(self, *arguments: str, since: str = "HEAD") -> dict[str, str]:
        """Return variant → why it differs, in one line."""
        variants = self.document(*arguments, since=since)["since"]["variants"]
        return {each["variant"]: "; ".join(each["reasons"]) for each in variants}

    def since(self, *arguments: str, since: str = "HEAD") -> dict[str, tuple[str, list[str]]]:
        """Return variant → how it differs, and in which steps."""
        variants = self.document(*arguments, since=since)["since"]["variants"]
        return {each["variant"]: (each["change"], each["steps"]) for each in variants}
