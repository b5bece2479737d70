"""A team's repository on a git server, a machine of GitHub's, and people who push."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ci.git_server import git
from tests.ci.runner import Runner

NAME = "acme/shop"

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles:
  draft: {provider: draft}
  final: {provider: openai, model: gpt-image-2-2026-04-21, quality: low}
assets:
  banner:
    matrix: {locale: all}
    steps:
      - compose: prompts/banner.j2
        copy: {headline: banner.headline}
        size: 1024x1024
    output: out/{locale}/banner.png
    alt: banner.headline
"""


@dataclass
class Team:
    """A clone that a person works in, and where its branches are pushed to."""

    runner: Runner
    clone: Path

    def write(self, name: str, text: str) -> None:
        path = self.clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def says(self, locale: str, headline: str) -> None:
        self.write(f"locales/{locale}.json", json.dumps({"banner": {"headline": headline}}))

    def commit(self, message: str, branch: str) -> str:
        """Commit all and push it to a branch; return the commit."""
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", message)
        git(self.clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return git(self.clone, "rev-parse", "HEAD")

    def pulls(self, branch: str) -> None:
        git(self.clone, "pull", "--quiet", "origin", branch)

    @property
    def bare(self) -> Path:
        return self.runner.server.bare(NAME)

    def tip(self, branch: str = "main") -> str:
        return git(self.bare, "rev-parse", f"refs/heads/{branch}")

    def shows(self, name: str, branch: str) -> str:
        return git(self.bare, "show", f"{branch}:{name}")

    def refs(self) -> str:
        return git(self.bare, "for-each-ref")

    def merge_of(self, number: int, commit: str) -> str:
        """Make what GitHub makes of a pull request: its merge into main, under a ref."""
        work = self.clone
        git(work, "checkout", "--quiet", "--detach", self.tip())
        git(work, "merge", "--quiet", "--no-ff", "--message", f"Merge {commit}", commit)
        merge = git(work, "rev-parse", "HEAD")
        git(self.bare, "fetch", "--quiet", str(work), f"+{merge}:refs/pull/{number}/merge")
        git(self.bare, "fetch", "--quiet", str(work), f"+{commit}:refs/pull/{number}/head")
        git(work, "checkout", "--quiet", "--detach", commit)
        return merge

    def request(self, number: int, head: str, branch: str, owner: str = "acme") -> dict[str, Any]:
        """Return a pull request as events show it."""
        return {
            "number": number,
            "head": {
                "sha": head,
                "ref": branch,
                "label": f"{owner}:{branch}",
                "repo": {"full_name": f"{owner}/shop"},
            },
            "base": {"ref": "main"},
        }


def found(runner: Runner, folder: Path) -> Team:
    """Start a repository with two locales on main."""
    url = runner.server.create(NAME)
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", url)
    team = Team(runner, folder)
    team.write("assetforge.yaml", PIPELINE)
    team.write("prompts/banner.j2", "A banner that says {{ copy.headline | quoted }}.\n")
    team.says("en", "Summer sale")
    team.says("de", "Sommerschluss")
    team.write(".gitignore", ".assetforge/\n")
    team.commit("Start", "main")
    return team
