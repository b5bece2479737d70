"""A directory and the command line: what end-to-end tests work in."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetforge.__main__ import exit_code_of
from tests.cli.schemas import assert_published

QUICK = """\
version: 1
locales:
  source: en
  catalogs: locales/{locale}.json
profiles:
  blank: {provider: blank}
assets:
  banner:
    matrix:
      format:
        wide: {size: 1200x628}
        tall: {size: 600x900}
      locale: all
    steps:
      - compose: prompts/scene.j2
      - edit: prompts/copy.j2
        copy: {headline: banner.headline, action: banner.action}
    output: out/{locale}/banner-{format}.png
    alt: banner.alt
"""
"""One asset, two formats, a scene for all locales and an edit for each."""


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        document = json.loads(self.out)
        assert_published(document)
        return document


class Space:
    """A project folder. `run` calls the command line in this process."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text
        self.write(name, text.replace(old, new))

    def locale(self, locale: str, **messages: str) -> None:
        self.write(f"locales/{locale}.json", json.dumps({"banner": messages}, ensure_ascii=False))

    def quick(self, *locales: str, pipeline: str = QUICK) -> Space:
        """Write the quick project with some locales; each has a text of its own."""
        self.write("assetforge.yaml", pipeline)
        self.write("prompts/scene.j2", "A calm scene.\n")
        self.write("prompts/copy.j2", "Set {{ copy.headline|quoted }} in {{ locale.name }}.\n")
        for each in locales or ("en", "de"):
            self.locale(each, headline=f"Sale {each}", action=f"Buy {each}", alt=f"Hills {each}")
        return self

    def run(self, *arguments: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        before = Path.cwd()
        os.chdir(self.root)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = exit_code_of(list(arguments))
        finally:
            os.chdir(before)
        return Result(code, out.getvalue(), err.getvalue())

    def plan(self, *arguments: str) -> dict[str, list[str]]:
        """Return decision → ids of the actions of a plan."""
        document = self.run("plan", "--format", "json", *arguments).json
        found: dict[str, list[str]] = {"hit": [], "run": [], "wait": []}
        for action in document["actions"]:
            found[action["decision"]].append(action["id"])
        return found

    def plan_words(self, *arguments: str) -> dict[str, str]:
        """Return action → its decision."""
        document = self.run("plan", "--format", "json", *arguments).json
        return {each["id"]: each["decision"] for each in document["actions"]}

    def build(self, *arguments: str) -> dict[str, int]:
        """Build and return outcome → number of actions."""
        result = self.run("build", "--format", "json", *arguments)
        assert result.code == 0, result.err
        totals: dict[str, int] = result.json["totals"]
        return totals

    def outputs(self) -> dict[str, bytes]:
        found = sorted((self.root / "out").rglob("*"))
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in found if p.is_file()}


PYTHON = sys.executable
