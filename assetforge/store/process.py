"""Processes by name: whether one that left its name in the store has ended."""

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path


def own_name() -> str:
    """Return a name for this process that no other has, another at each call.

    Its words: what process numbers are unique within, the number, a word of chance, and when the
    process was started, where the system tells.
    """
    number = os.getpid()
    return f"{machine()} {number} {uuid.uuid4().hex} {_birth(number)}".rstrip()


def machine() -> str:
    """Return what process numbers are unique within, a machine or container; empty: not known."""
    if os.name != "posix":
        return ""
    try:
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        space = ""
    return f"{os.uname().nodename}/{space}"


def is_neighbour(name: str) -> bool:
    """Tell whether a process is of this machine, so that `is_gone` knows of it."""
    here = machine()
    return bool(here) and name.startswith(f"{here} ")


def is_gone(name: str) -> bool:
    """Tell whether a process has ended, as far as can be told from here."""
    if not is_neighbour(name):
        return False
    number, _, birth, *_ = [*name.split(" ")[1:], "", ""]
    try:
        os.kill(int(number), 0)
    except OSError as error:
        if error.errno == errno.ESRCH:
            return True
    now = _birth(int(number))
    return bool(birth and now) and birth != now


def _birth(number: int) -> str:
    """Return when a process was started: its number may be another's by now; empty: not told.

    Source: proc_pid_stat(5), fields `state` and `starttime`. One that ended, and whose parent has
    not asked how, has no birth to compare with any more.
    """
    try:
        found = Path(f"/proc/{number}/stat").read_bytes()
    except OSError:
        return ""
    # The name before may hold anything, closing brackets too.
    fields = found.rpartition(b")")[2].decode("ascii").split()
    return "ended" if fields[0] in "ZX" else fields[19]
