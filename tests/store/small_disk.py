"""A disk of its own, small enough to be filled: mounted in a namespace, which Linux lets us."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent

PRELUDE = """
import pathlib, sys
from assetforge.errors import StoreProblem
disk = pathlib.Path(sys.argv[1])

def fill(folder):
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass

try:
"""

ENDING = """
except StoreProblem as problem:
    print(problem)
"""

MOUNT = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" - "$1"'


def in_small_disk(script: str, mount: str = MOUNT) -> str:
    """Return what a script prints that runs with `disk`, a folder on a disk of 1 MB."""
    if shutil.which("unshare") is None:
        pytest.skip("only Linux has namespaces")
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    text = PRELUDE + textwrap.indent(textwrap.dedent(script), "    ") + ENDING
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    done = subprocess.run(
        [*command, str(folder), sys.executable],
        input=text,
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
    )
    folder.rmdir()
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody mount a disk in a namespace")
    assert done.returncode == 0, done.stderr
    return done.stdout
