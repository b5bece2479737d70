"""What people, editors and git do to a project, at random."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable

from tests.space import Space

SOURCES = ("prompts/scene.j2", "prompts/copy.j2", "locales/de.json", "locales/en.json")
"""Files that are edited; each may be gone for a moment."""

VIM = shutil.which("vim") or shutil.which("vim.tiny")


class Editing:
    """Edits a project at random; the same seed does the same."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space = space
        self.random = random.Random(seed)
        self.number = 0
        self.done: dict[str, int] = {}
        self._git("init", "-q", "-b", "main")
        self._git("config", "user.email", "ada@example.org")
        self._git("config", "user.name", "Ada")
        space.write(".gitignore", ".assetforge/\nout/\nassetforge.lock/\n")
        self._commit("first")

    def step(self) -> None:
        """Do one thing."""
        ways: list[Callable[[], None]] = [
            self.save_in_place,
            self.save_by_renaming,
            self.save_as_vs_code,
            self.touch,
            self.rename_away_and_back,
            self.delete_and_write_again,
            self.break_and_mend,
            self.add_locale,
            self.remove_locale,
            self.commit_and_check_out,
            self.stash,
            self.rebase,
            self.write_half,
        ]
        if VIM:
            ways += [self.save_in_vim] * 2
        chosen = self.random.choice(ways)
        self.done[chosen.__name__] = self.done.get(chosen.__name__, 0) + 1
        chosen()

    def save_in_place(self) -> None:
        name = self._source()
        self.space.write(name, self._text(name))

    def save_by_renaming(self) -> None:
        name = self._source()
        temporary = self.space.write(f"{name}.tmp~", self._text(name))
        os.replace(temporary, self.space.root / name)  # noqa: PTH105

    def save_as_vs_code(self) -> None:
        """Truncate and write, then once more with the same content."""
        name = self._source()
        text = self._text(name)
        for written in ("", text, text):
            self.space.write(name, written)

    def save_in_vim(self) -> None:
        name = self.random.choice(SOURCES[:2])
        self._run(str(VIM), "-u", "NONE", "-N", "-es", "-c", f"%s/$/ {self._word()}/e|wq", name)

    def touch(self) -> None:
        os.utime(self.space.root / self._source())

    def rename_away_and_back(self) -> None:
        name = self._source()
        path = self.space.root / name
        moved = path.rename(path.with_name(f"{path.name}.away"))
        moved.rename(path)

    def delete_and_write_again(self) -> None:
        name = self._source()
        text = self._text(name)
        (self.space.root / name).unlink()
        self.space.write(name, text)

    def break_and_mend(self) -> None:
        before = self.space.read("assetforge.yaml")
        self.space.write("assetforge.yaml", before.replace("assets:", "asets:"))
        self.space.write("assetforge.yaml", before)

    def write_half(self) -> None:
        """Leave a file that no editor would leave for long."""
        name = self._source()
        text = self._text(name)
        self.space.write(name, text[: len(text) // 2])
        self.space.write(name, text)

    def add_locale(self) -> None:
        word = self._word()
        self.space.locale("fr", headline=f"Soldes {word}", action="Acheter", alt="Collines")

    def remove_locale(self) -> None:
        (self.space.root / "locales/fr.json").unlink(missing_ok=True)

    def commit_and_check_out(self) -> None:
        """Make a branch with other texts, and change back and forth."""
        self._commit("before")
        self._git("checkout", "-q", "-B", "other")
        self.save_in_place()
        self._commit("other")
        self._git("checkout", "-q", "main")

    def stash(self) -> None:
        self.save_in_place()
        self._git("stash", "-q")
        self._git("stash", "pop", "-q")

    def rebase(self) -> None:
        """Put a commit on top of another that changed another file."""
        self._commit("before")
        self._git("checkout", "-q", "-B", "topic")
        self.space.write("locales/de.json", self._text("locales/de.json"))
        self._commit("topic")
        self._git("checkout", "-q", "main")
        self.space.write("prompts/scene.j2", self._text("prompts/scene.j2"))
        self._commit("main")
        self._git("checkout", "-q", "topic")
        self._git("rebase", "-q", "main")
        self._git("checkout", "-q", "main")

    def _source(self) -> str:
        return self.random.choice(SOURCES)

    def _word(self) -> str:
        self.number += 1
        return f"word{self.number}"

    def _text(self, name: str) -> str:
        word = self._word()
        if name == "prompts/scene.j2":
            return f"A calm scene, {word}.\n"
        if name == "prompts/copy.j2":
            return f"Set {{{{ copy.headline|quoted }}}}, {word}.\n"
        return f'{{"banner": {{"headline": "Sale {word}", "action": "Buy", "alt": "Hills"}}}}\n'

    def _commit(self, what: str) -> None:
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", what)

    def _git(self, *arguments: str) -> None:
        self._run("git", *arguments)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self.space.root, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
