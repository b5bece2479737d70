"""Where a measurement takes place: an emulator in a process of its own, and a project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = "sk-" + "benchmark" * 4

PROGRAM = ("-m", "assetforge")

PIPELINE = """\
version: 1
profiles:
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: low
    {limits}
assets:
  picture:
    matrix: {{number: [{numbers}]}}
    steps:
      - compose: "Hill number {{{{ number }}}} in the morning."
        size: 1024x1024
    output: out/{{number}}.png
"""


@dataclass(frozen=True)
class Emulator:
    """A running emulator: its base URL, and what it has billed."""

    url: str

    def books(self) -> dict[str, Any]:
        """Return every call and the totals."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/emulator/books") as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def emulating(*flags: str) -> Iterator[Emulator]:
    """Run `assetforge emulator` while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "assetforge", "emulator", "--port", "0", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None, "it was asked for"
    with process.stdout as said:
        try:
            yield Emulator(said.readline().strip())
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="assetforge-bench-") as name:
        yield Path(name)


def write_pictures(root: Path, count: int, limits: str = "") -> None:
    """Write a project of so many pictures that have nothing in common."""
    numbers = ", ".join(f"n{number:04}" for number in range(count))
    text = PIPELINE.format(numbers=numbers, limits=limits)
    (root / "assetforge.yaml").write_text(text, encoding="utf-8")


def surroundings(root: Path, url: str) -> dict[str, str]:
    """Return the environment in which a project is built with the emulator as its service."""
    limits = str(root / ".limits")
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url, "ASSETFORGE_LIMITS": limits}


def start(
    root: Path,
    url: str,
    arguments: Sequence[str],
    program: Sequence[str] = PROGRAM,
    **environment: str,
) -> subprocess.Popen[str]:
    """Start the command line in a project, with the emulator as its service.

    `program` is what Python runs in its place; `environment` is added to ours.
    """
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=root,
        env={**os.environ, **surroundings(root, url), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(root: Path, url: str, *arguments: str) -> tuple[int, Any, str]:
    """Run the command line to its end: exit code, JSON document, and what was said beside it."""
    process = start(root, url, [*arguments, "--format", "json"])
    out, said = process.communicate()
    return process.returncode, json.loads(out) if out else None, said


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows of the same columns as a table in Markdown."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(each[name]) for name in names] for each in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
