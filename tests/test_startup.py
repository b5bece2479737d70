"""What a command imports decides how soon it answers: measured in real processes."""

import re
import shutil
import subprocess

import pytest

from tests.space import PYTHON, Space

pytestmark = pytest.mark.usefixtures("unmeasured")

NOT_TO_BUILD = {
    "assetforge.composer",
    "assetforge.locales.formats",
    "assetforge.reports.gallery",
    "assetforge.review",
    "assetforge.saved",
    "assetforge.schema",
    "babel.dates",
    "babel.numbers",
    "email",
    "importlib.metadata",
    "importlib.resources",
    "platformdirs",
    "yaml",
    "zipfile",
}
"""What `build` may need for one file or another, and does not load before."""

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
    done = run(space, "-X", "importtime", "-m", "assetforge", *arguments)
    names = re.findall(r"^import time:.*\|\s*(\S+)$", done.stderr, re.MULTILINE)

    assert "assetforge" in names, "the report of imports could not be read"
    return {name.partition(".")[0] for name in names}


def loaded_after(space: Space, code: str) -> set[str]:
    """Return the modules that a Python process has loaded after some code."""
    return set(run(space, "-c", f"{code}\nimport sys\nprint(*sys.modules)").stdout.split())


def run(space: Space, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, *arguments],
        cwd=space.root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )


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


@pytest.mark.parametrize("command", ["build", "plan"])
def test_a_command_loads_nothing_before_it_is_needed(space, command):
    names = loaded_after(space, f"import assetforge.cli.{command}")

    assert "assetforge.planner" in names
    assert names & NOT_TO_BUILD == set()


OPENING = """
from pathlib import Path
from assetforge.project import open_project
open_project(Path("assetforge.yaml"), None, frozenset({"banner"}))
"""


def test_a_part_of_a_project_opens_without_yaml_catalogs_or_names_of_locales(space):
    shutil.rmtree(space.root / ".assetforge" / "pipelines", ignore_errors=True)
    assert "yaml" in loaded_after(space, OPENING)

    names = loaded_after(space, OPENING)

    assert "assetforge.steps.compose" in names
    assert names & {"yaml", "jinja2", "babel.dates", "babel.numbers"} == set()
    assert not {name for name in names if name.startswith("assetforge.catalogs.formats.")}
