"""What one command takes: wall time, CPU time of all its processes, memory of the largest."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SPAWN: Final = Path(__file__).with_name("spawn.py")

PER_MIB: Final = 2**20 if sys.platform == "darwin" else 2**10
"""How many of the units that memory is reported in make a MiB. Source: getrusage(2) of both."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took.

    Attributes:
        wall: seconds.
        cpu: seconds, user and system, of the command and all that it started and waited for.
        mib: peak memory of its largest process.
        began_ns: when it was started, since the epoch.
        first: seconds until the first thing that it made was there, where that was looked for.
    """

    wall: float
    cpu: float
    mib: float
    began_ns: int = 0
    first: float | None = None


class CommandFailed(Exception):
    """A command ended with another code than 0, or did not do what it was started for."""


def spent_by(command: Sequence[str], folder: Path) -> Spent:
    """Run a command in a folder and return what it took; what it says is thrown away.

    Raises:
        CommandFailed: its exit code is not 0.
    """
    with tempfile.TemporaryDirectory(prefix="assetforge-bench-") as name:
        report = Path(name) / "report"
        said = Path(name) / "said"
        with said.open("wb") as errors:
            subprocess.run(
                [sys.executable, "-I", "-S", str(SPAWN), str(report), *command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                check=True,
            )
        code, began_ns, *numbers = report.read_text(encoding="ascii").split()
        if code != "0":
            words = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise CommandFailed(f"exit {code}: {words[-1] if words else 'nothing said'}")
    wall, cpu, peak = map(float, numbers)
    return Spent(wall, cpu, peak / PER_MIB, int(began_ns))


def median(rounds: Sequence[Spent]) -> Spent:
    """Return the median of each number by itself."""
    firsts = [each.first for each in rounds if each.first is not None]
    return Spent(
        wall=statistics.median(each.wall for each in rounds),
        cpu=statistics.median(each.cpu for each in rounds),
        mib=statistics.median(each.mib for each in rounds),
        first=statistics.median(firsts) if firsts else None,
    )
