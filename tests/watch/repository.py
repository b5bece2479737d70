"""A git repository to work in."""

import os
import subprocess

from assetforge.watch.checkout import Git, git_folders, git_now

SELF = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Repository:
    def __init__(self, root):
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit("one")

    def git(self, *arguments, fails=False):
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env={**os.environ, **SELF}, capture_output=True
        )
        assert fails or done.returncode == 0, done.stderr.decode()

    def commit(self, words):
        (self.root / "copy.txt").write_text(words)
        self.git("add", "copy.txt")
        self.git("commit", "-q", "-m", words)

    def branches(self):
        """Make two branches that are in conflict."""
        self.git("branch", "side")
        self.commit("main")
        self.git("checkout", "-q", "side")
        self.commit("side")

    @property
    def now(self) -> Git:
        return git_now(git_folders([self.root]))
