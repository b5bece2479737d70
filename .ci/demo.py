"""Build an example twice, and say where to look: `python .ci/demo.py examples/thunderbird`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SHOWN = ("ja", "ar", "hi-IN", "de-DE", "de")
"""Locales of which a picture is pointed at, the first that the example has."""


def main(project: str) -> int:
    """Build, build again, write the gallery; return the exit code of what fails."""
    first, seconds = build(project)
    if first:
        return first
    print("\nonce more: nothing has changed, so nothing is made", flush=True)
    again, fewer_seconds = build(project)
    if code := again or assetforge(project, "report"):
        return code
    print(f"\nfirst build {seconds:.1f} s, second {fewer_seconds:.1f} s; look at")
    print(f"  {project}/report/index.html   all pictures, in a browser")
    print(f"  {picture(Path(project))}")
    return 0


def build(project: str) -> tuple[int, float]:
    """Build; return the exit code, and how many seconds it took."""
    print(f"$ assetforge -C {project} build", flush=True)
    started = time.perf_counter()
    return assetforge(project, "build"), time.perf_counter() - started


def assetforge(project: str, *arguments: str) -> int:
    """Run one command in the project and return its exit code."""
    command = [sys.executable, "-m", "assetforge", "-C", project, *arguments]
    return subprocess.run(command).returncode


def picture(project: Path) -> str:
    """Return the path of one picture in a script that is worth a look."""
    files = sorted(each for each in (project / "out").rglob("*") if each.is_file())
    chosen = (each for locale in SHOWN for each in files if locale in each.parts)
    return str(next(chosen, files[0]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
