"""Quick projects that are built already: each is built once, and copied for who needs one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.space import QUICK, Space

BuiltIn = Callable[..., Space]
"""Takes the folder to be in, and the pipeline file."""


@pytest.fixture(scope="session")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> BuiltIn:
    """Return what puts a built quick project into a folder; its pipeline has to cost nothing."""
    built: dict[str, Space] = {}

    def put(root: Path, pipeline: str = QUICK) -> Space:
        if pipeline not in built:
            built[pipeline] = Space(tmp_path_factory.mktemp("built")).quick(pipeline=pipeline)
            built[pipeline].build()
        shutil.copytree(built[pipeline].root, root, dirs_exist_ok=True)
        return Space(root)

    return put
