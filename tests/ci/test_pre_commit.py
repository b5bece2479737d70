"""The hook is run by pre-commit itself; only how it gets its environment is not: it has ours."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ci.git_server import WHO, git
from tests.ci.runner import ROOT, shims
from tests.space import Space

HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")

unix = pytest.mark.skipif(
    sys.platform == "win32", reason="the stand-in for the program is a shell script"
)

PAGE = (ROOT / "docs/how-to/pre-commit.md").read_text(encoding="utf-8")


@pytest.fixture
def hook(tmp_path: Path) -> str:
    """A repository that has our hook, but for its language: `python` asks a package index."""
    folder = tmp_path / "assetforge"
    folder.mkdir()
    changed = HOOKS.replace("language: python", "language: system")
    assert changed != HOOKS
    (folder / ".pre-commit-hooks.yaml").write_text(changed, encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Hook")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path, unmeasured: None) -> Space:
    space = Space(tmp_path / "project")
    space.root.mkdir()
    git(space.root, "init", "--quiet", "--initial-branch=main")
    return space


def shown(number: int, tmp_path: Path, commit: str) -> str:
    """Return what the documentation says to write, for the repository of this test."""
    text: str = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[number]
    (repo,) = yaml.safe_load(text)["repos"]
    return text.replace(repo["repo"], str(tmp_path / "assetforge")).replace(repo["rev"], commit)


def committed(space: Space, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Stage all and run the hooks, as `git commit` would."""
    git(space.root, "add", "--all")
    path = os.pathsep.join([str(shims(tmp_path)), os.environ["PATH"]])
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PATH": path}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color=never"],
        cwd=space.root,
        env={**os.environ, **WHO, **home},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )


@unix
def test_a_commit_with_an_error_is_stopped(project: Space, hook: str, tmp_path: Path):
    project.write("README.md", "A shop\n")
    project.write(".pre-commit-config.yaml", shown(0, tmp_path, hook))
    elsewhere = committed(project, tmp_path)
    project.quick("en", "de")
    well = committed(project, tmp_path)
    project.replace("prompts/scene.j2", "", "{{ nobody }} ")
    wrong = committed(project, tmp_path)

    assert (elsewhere.returncode, "Skipped" in elsewhere.stdout) == (0, True), elsewhere.stdout
    assert (well.returncode, "Passed" in well.stdout) == (0, True), well.stdout
    assert (wrong.returncode, "Failed" in wrong.stdout) == (1, True), wrong.stdout
    assert "nobody" in wrong.stdout


@unix
def test_a_project_may_be_in_a_folder(project: Space, hook: str, tmp_path: Path):
    Space(project.root / "campaign").quick("en")
    project.write(".pre-commit-config.yaml", shown(1, tmp_path, hook))

    ended = committed(project, tmp_path)

    assert (ended.returncode, "Passed" in ended.stdout) == (0, True), ended.stdout


def test_the_manifest_is_one_that_pre_commit_takes():
    validated = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"],
        capture_output=True,
        encoding="utf-8",
    )

    assert validated.returncode == 0, validated.stdout


@pytest.mark.parametrize(
    ("path", "is_looked_at"),
    [
        ("assetforge.yaml", True),
        ("shop/assetforge.yaml", True),
        ("assetforge.lock/banner.json", True),
        ("prompts/scene.j2", True),
        ("shop/locales/de.json", True),
        ("my-prompts/x", False),
        ("docs/assetforge.yaml.md", False),
        ("out/de/banner.png", False),
    ],
)
def test_what_the_hook_looks_at(path: str, is_looked_at: bool):
    (hook,) = yaml.safe_load(HOOKS)

    assert bool(re.search(hook["files"], path)) == is_looked_at
