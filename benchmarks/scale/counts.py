"""What a command does, counted: the same on every machine, unlike the time that it takes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.scale.measure import CommandFailed

WATCHED: Final = Path(__file__).with_name("watched.py")

_IMPORT: Final = re.compile(r"^import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)$", re.MULTILINE)
_SYSTEM_CALL: Final = re.compile(r"^(?:\d+\s+)?(\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command line of assetforge did.

    Attributes:
        calls: `module:name` of a Python function, or `os.name` of a call to the system → how often.
        opened: the paths that were opened, as they were given.
        statements: what SQLite was told.
    """

    calls: Mapping[str, int]
    opened: Sequence[str]
    statements: Sequence[str]


def done_by(arguments: Sequence[str], folder: Path) -> Done:
    """Run a command line of assetforge in a process of its own, and count what it does.

    Raises:
        CommandFailed: its exit code is not 0.
    """
    with tempfile.TemporaryDirectory(prefix="assetforge-bench-") as name:
        report = Path(name) / "report.json"
        said_by([sys.executable, str(WATCHED), str(report), *arguments], folder)
        found = json.loads(report.read_text(encoding="utf-8"))
    return Done(Counter(found["calls"]), found["opened"], found["statements"])


def imports_of(arguments: Sequence[str], folder: Path) -> dict[str, int]:
    """Return module → microseconds of all that Python imports to run some arguments of its own.

    Raises:
        CommandFailed: the exit code is not 0.
    """
    said = said_by([sys.executable, "-X", "importtime", *arguments], folder)
    return {name: int(micros) for micros, name in _IMPORT.findall(said)}


def system_calls(arguments: Sequence[str], folder: Path) -> Counter[str] | None:
    """Return how often Python asks the system for what to run some arguments; needs `strace`.

    Raises:
        CommandFailed: the exit code is not 0.
    """
    strace = shutil.which("strace")
    if strace is None:
        return None
    with tempfile.TemporaryDirectory(prefix="assetforge-bench-") as name:
        log = Path(name) / "log"
        flags = ["-f", "-qq", "-e", "signal=none", "-o", str(log)]
        said_by([strace, *flags, sys.executable, *arguments], folder)
        return Counter(_SYSTEM_CALL.findall(log.read_text(encoding="utf-8", errors="replace")))


def said_by(command: Sequence[str], folder: Path) -> str:
    """Run a command without a look at its coverage, which would count too; return what it said."""
    kept = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        command,
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise CommandFailed(f"exit {done.returncode}: {done.stderr}")
    return done.stderr
