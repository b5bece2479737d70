"""What a command imports decides how soon it answers: measured in real processes."""

import re
import subprocess

import pytest

from tests.space import PYTHON, Space

HEAVY = {"networkx", "PIL", "numpy", "rich", "typst", "watchfiles"}
HEAVY |= {"azure", "httpx2", "keyring", "openai", "starlette", "uvicorn"}
NEVER_FOR_HELP = HEAVY | {"pydantic", "jinja2", "babel", "yaml"}


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    space = Space(tmp_path_factory.mktemp("startup")).quick()
    space.build()
    return space


def imported_by(space: Space, *arguments: str) -> set[str]:
    """Return the top packages that a command imports."""
    done = subprocess.run(
        [PYTHON, "-X", "importtime", "-m", "assetforge", *arguments],
        cwd=space.root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    names = re.findall(r"^import time:.*\|\s*(\S+)$", done.stderr, re.MULTILINE)

    assert "assetforge.cli" in names, "the report of imports could not be read"
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_imports_next_to_nothing(space, flag):
    assert imported_by(space, flag) & NEVER_FOR_HELP == set()


@pytest.mark.parametrize(
    "arguments",
    [["plan", "--help"], ["build", "--help"], ["plan"], ["check"], ["check", "--built"]],
)
def test_planning_imports_nothing_that_draws_or_sends(space, arguments):
    assert imported_by(space, *arguments) & HEAVY == set()


@pytest.mark.parametrize("flags", [[], ["--frozen"], ["--format", "json"]])
def test_a_build_with_nothing_to_do_imports_nothing_that_draws_or_sends(space, flags):
    assert imported_by(space, "build", *flags) & HEAVY == set()
