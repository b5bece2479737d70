"""A system that refuses: folders that may not be written to, files that may not grow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534
"""A user who owns nothing."""


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user whom the system refuses what the permissions do not allow; only root changes."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are others on this system")
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(os.getuid())


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """Nothing can be written into these folders; root gives up its powers for as long."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are others on this system")
    parents = [p for each in folders for p in each.parents if p.stat().st_uid == os.geteuid()]
    modes = {each: each.stat().st_mode for each in [*folders, *parents]}
    for each in parents:
        each.chmod(modes[each] | 0o055)
    for each in folders:
        each.chmod(0o555)
    try:
        with as_nobody():
            yield
    finally:
        for each, mode in modes.items():
            each.chmod(mode)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk: the system refuses to write more bytes, in the middle of a file."""
    resource = pytest.importorskip("resource", reason="this system limits no file")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
