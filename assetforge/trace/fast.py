"""Answers a `build` that has nothing to do, before anything that takes long to import is loaded."""

from __future__ import annotations

import os
import sys

from assetforge.trace.command import Command, command_of
from assetforge.trace.look import Look, keep, look
from assetforge.trace.proof import trace_folder


def look_first(arguments: list[str]) -> Look | None:
    """Return what changed since the last build, where a command line is one of a whole project.

    None: that is not for a trace to tell.
    """
    command = command_of(arguments)
    return None if command is None else _look(command)


def _look(command: Command) -> Look | None:
    try:
        file = os.path.realpath(os.path.join(command.directory, command.file))  # noqa: PTH118
    except (OSError, ValueError):
        return None
    root, name = os.path.dirname(file), os.path.basename(command.file)  # noqa: PTH119, PTH120
    folder = trace_folder(root, name, command.profile)
    return None if folder is None else look(folder, root, command.level)


def is_up_to_date(found: Look | None) -> bool:
    """Tell whether there is nothing to do, and say so as a build does."""
    if found is None or not found.nothing:
        return False
    keep(found)
    tell(found, found.proof.summary)
    return True


def tell(found: Look, summary: str) -> None:
    """Say what a build says: warnings, as they were, and what came of it."""
    _tell(f"{found.proof.warnings[is_coloured()]}{summary}")


def _tell(said: str) -> None:
    """Write to stderr as UTF-8 whatever the system's code page; one that is closed swallows it."""
    if sys.stderr is None:
        return
    try:
        buffer = getattr(sys.stderr, "buffer", None)
        sys.stderr.write("" if buffer else said)
        sys.stderr.flush()
        if buffer:
            buffer.write(said.encode("utf-8", "replace"))
            buffer.flush()
    except (OSError, ValueError):
        return  # nobody reads it


def is_coloured() -> bool:
    """Tell whether warnings are printed in colours, as `assetforge.cli.output` does."""
    if os.environ.get("NO_COLOR") or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stderr is not None and sys.stderr.isatty()
