"""Run every gate, in order, and stop at the first that fails: `python .ci/check.py [GATE]...`.

The same on every system: `make test` and the workflow both call this, in an environment that
`.ci/setup dev` or `pip install --editable . --group dev` made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

WORKERS = (os.cpu_count() or 1) * 3 // 2 or 1
"""Tests wait for processes, browsers and quiet moments nearly as often as they work."""

MEMORY = Path("/dev/shm")
"""A folder that systems with Linux keep in memory."""

ROOM = 4 << 30
"""Bytes that have to be free there: what the tests write is less than half of it."""

GATES = {
    "format": ("ruff", "format", "--check", "--quiet"),
    "lint": ("ruff", "check", "--quiet"),
    "types": ("mypy",),
    "imports": ("lint-imports", "--no-logo"),
    "docs": ("zensical", "build", "--strict"),
    "tests": (
        *("pytest", f"--numprocesses={WORKERS}", "--dist=worksteal", "--quiet"),
        *("--cov=assetforge", "--cov-branch"),
    ),
}
"""Gate → program and arguments. The quick ones first, the tests last."""


def main(chosen: list[str]) -> int:
    """Run the chosen gates, or all, and return the exit code of the first that fails."""
    unknown = [name for name in chosen if name not in GATES]
    if unknown:
        print(f"unknown gate '{unknown[0]}'; there are {', '.join(GATES)}", file=sys.stderr)
        return 2
    for name in chosen or GATES:
        if code := run(name):
            return code
    return 0


def run(name: str) -> int:
    """Run one gate under its heading and return its exit code."""
    print(f"\n== {name}: {' '.join(GATES[name])}", flush=True)
    started = time.monotonic()
    command = [program(GATES[name][0]), *GATES[name][1:]]
    with quick_folder() as folder:
        code = subprocess.run(command, cwd=ROOT, env=environment() | folder).returncode
    seconds = time.monotonic() - started
    if name == "tests":  # pytest's own last line says all this
        return code
    again = f"; again: python .ci/check.py {name}" if code else ""
    print(f"{'FAILED' if code else 'ok'}, {seconds:.1f} s{again}", flush=True)
    return code


def environment() -> dict[str, str]:
    """Return ours, in which Python keeps what it compiles.

    The tests start some hundred processes. Where Python is told to keep nothing, as container
    images do, each compiles all modules anew: 0.66 s for a plan, 0.45 s with what was kept.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def quick_folder() -> Iterator[dict[str, str]]:
    """Yield what lets temporary files be in memory, where that has room and may hold programs.

    The tests write small files by the thousand, again and again, and many disks let each wait for
    the one before: one file of tests took 138 s on a busy disk, 32 s in memory.
    """
    if not has_room(MEMORY):
        yield {}
        return
    with tempfile.TemporaryDirectory(
        prefix="af-", dir=MEMORY, ignore_cleanup_errors=True
    ) as folder:
        yield {"TMPDIR": folder}


def has_room(folder: Path) -> bool:
    """Tell whether so much fits into a folder, and may be run there."""
    if not hasattr(os, "statvfs") or not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    may_run = not found.f_flag & getattr(os, "ST_NOEXEC", 8)
    return may_run and found.f_bavail * found.f_frsize >= ROOM


def program(name: str) -> str:
    """Return the path of a program of this environment, which need not be activated."""
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        sys.exit(f"'{name}' is not installed here; run '.ci/setup dev' and .venv/bin/python")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
