"""The command line, called in this process by what else starts it in one of its own.

A build that is not killed, and has nobody beside it, does the same here; only Python's start and
its imports are saved, which take ten times as long as the rest of a small build.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import ground
from benchmarks.ground import PROGRAM, surroundings
from tests.space import Result, Space


class Called:
    """A command line that has ended: as much of a process as who waits for its end looks at."""

    def __init__(self, result: Result) -> None:
        self.returncode = result.code
        self.said = (result.out, result.err)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        return self.said


def start(
    root: Path,
    url: str,
    arguments: Sequence[str],
    program: Sequence[str] = PROGRAM,
    **environment: str,
) -> Called | subprocess.Popen[str]:
    """Do as `benchmarks.ground.start`; another program gets a process of its own, as there."""
    if program != PROGRAM:
        return ground.start(root, url, arguments, program, **environment)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**surroundings(root, url), **environment}.items():
            patch.setenv(name, value)
        return Called(Space(root).run(*arguments))
