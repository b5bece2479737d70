"""Whether system calls can be counted here."""

import os
import shutil
import subprocess

import pytest

from tests.space import PYTHON


def can_trace() -> bool:
    """Tell whether `strace` is here and may look at a process, which containers may forbid."""
    strace = shutil.which("strace")
    look = [strace, "-qq", "-o", os.devnull, PYTHON, "-S", "-c", "pass"] if strace else []
    return bool(look) and subprocess.run(look, capture_output=True).returncode == 0


with_strace = pytest.mark.skipif(
    not can_trace(), reason="counting system calls needs `strace`; install it"
)
