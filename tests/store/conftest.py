from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store

NOBODY = 65534


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / ".assetforge"


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    opened = Store(root)
    yield opened
    opened.close()


def a_key(name: str) -> ActionKey:
    return ActionKey(digest_of(name.encode()))


def a_result(name: str, artifact: Digest | None = None, **fields) -> ActionResult:
    found = artifact or digest_of(name.encode())
    return ActionResult(a_key(name), found, {"prompt": name, "rule": 1}, **fields)


def files_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk: the system refuses to write more bytes, in the middle of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """Nothing can be written into these folders; root gives up its powers for as long."""
    parents = [p for each in folders for p in each.parents if p.stat().st_uid == os.geteuid()]
    modes = {each: each.stat().st_mode for each in [*folders, *parents]}
    for each in parents:
        each.chmod(modes[each] | 0o055)
    for each in folders:
        each.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        for each, mode in modes.items():
            each.chmod(mode)
