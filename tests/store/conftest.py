from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


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
