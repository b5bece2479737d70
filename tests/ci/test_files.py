"""What is given to other people's CI is well-formed, pinned, and asks for no more than it needs."""

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.runner import ACTION, ROOT, workflows
from tests.ci.test_gitlab import JOBS, SPEC, TEXT

SHOWN = workflows(ROOT / "docs/how-to/ci-github.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as somebody has them who copied them."""
    root = tmp_path_factory.mktemp("copied")
    folder = root / ".github/workflows"
    folder.mkdir(parents=True)
    for name, text in SHOWN.items():
        (folder / name).write_text(text, encoding="utf-8")
    (root / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    (root / "component.yml").write_text(yaml.safe_dump(JOBS), encoding="utf-8")
    (root / "spec.yml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", [f".github/workflows/{name}" for name in SHOWN]),
        ("github-actions", ["action.yml"]),
        ("gitlab-ci", ["component.yml", "spec.yml"]),
    ],
)
def test_a_file_is_what_its_schema_asks_for(written: Path, schema: str, files: list[str]):
    said = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*said, *files], cwd=written, capture_output=True, encoding="utf-8")

    assert done.returncode == 0, done.stdout


def test_a_linter_of_security_finds_nothing(written: Path):
    zizmor = Path(sysconfig.get_path("scripts")) / "zizmor"
    done = subprocess.run(
        [zizmor, "--offline", "--quiet", "--format=json", "--persona=pedantic", "."],
        cwd=written,
        capture_output=True,
        encoding="utf-8",
    )
    found = {each["ident"] for each in json.loads(done.stdout) if not each["ignored"]}

    assert found - UNWANTED == set()


UNWANTED = {"anonymous-definition", "undocumented-permissions", "concurrency-limits"}
"""What it says of taste, not of security."""


def everything(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield each key of a document with its value."""
    if isinstance(node, dict):
        for key, each in node.items():
            yield str(key), each
            yield from everything(each)
    elif isinstance(node, list):
        for each in node:
            yield from everything(each)


DOCUMENTS = {"action.yml": ACTION, **{name: yaml.safe_load(text) for name, text in SHOWN.items()}}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_value_is_pasted_into_a_script(name: str):
    scripts = [each for key, each in everything(DOCUMENTS[name]) if key == "run"]

    assert [each for each in scripts if "${{" in each] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_action_is_pinned_by_its_commit(name: str):
    used = [each for key, each in everything(DOCUMENTS[name]) if key == "uses"]

    assert used
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)] == []


@pytest.mark.parametrize("name", SHOWN)
def test_a_workflow_states_what_it_may_do_and_how_long_it_may_take(name: str):
    workflow = DOCUMENTS[name]
    ((_, job),) = workflow["jobs"].items()

    assert "pull_request_target" not in SHOWN[name]
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "write-all" not in SHOWN[name]
    assert job["timeout-minutes"] <= 120
    if "id-token" in job.get("permissions", {}):
        assert job["environment"] == "pictures"
        assert job["concurrency"]["cancel-in-progress"] is False


def test_the_workflow_that_may_comment_checks_nothing_out():
    assert "checkout" not in SHOWN["pictures-comment.yml"]
    assert SHOWN["pictures-comment.yml"].count("contents:") == 0


def test_the_page_tells_every_input_of_the_action():
    page = (ROOT / "docs/how-to/ci-github.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([\w-]+)` \|.*\|.*\|$", page, re.MULTILINE) == [*ACTION["inputs"]]


def test_inputs_of_the_component_reach_the_shell_as_variables_only():
    lines = [
        line
        for job in JOBS.values()
        for name in ("before_script", "script", "after_script")
        for line in job.get(name, [])
    ]

    assert lines
    assert [each for each in lines if "$[[" in each] == []
    assert set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", TEXT)) == set(SPEC["spec"]["inputs"])
