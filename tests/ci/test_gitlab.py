"""The component for GitLab: its jobs are run, with all three scripts, as a runner would.

What is not played: which job a pipeline has (`rules`), and GitLab's interpolation beyond inputs.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from assetforge.emulator import Server
from tests.ci.git_server import WRITES, git
from tests.ci.runner import ROOT, shims
from tests.ci.team import NAME, Team
from tests.providers.openai.exchange import Exchange

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the runner of these tests needs bash and git http-backend"
)

TEXT = (ROOT / "templates/assetforge.yml").read_text(encoding="utf-8")

SPEC, JOBS = yaml.safe_load_all(TEXT)

PAGE = (ROOT / "docs/how-to/ci-gitlab.md").read_text(encoding="utf-8")


def given() -> dict[str, str]:
    """Return the inputs that the documentation shows, over the usual ones."""
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (included,) = yaml.safe_load(shown)["include"]
    usual = {name: (each or {}).get("default") for name, each in SPEC["spec"]["inputs"].items()}
    found = {**usual, **included["inputs"]}
    assert set(found) == set(usual)
    assert None not in found.values()
    return found


def interpolated(node: Any) -> Any:
    """Return a part of the component with its inputs in it."""
    if isinstance(node, dict):
        return {key: interpolated(each) for key, each in node.items()}
    if isinstance(node, list):
        return [interpolated(each) for each in node]
    if isinstance(node, str):
        return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: given()[found[1]], node)
    return node


def job(name: str) -> dict[str, Any]:
    """Return a job with what it extends below it."""
    own = interpolated(JOBS[name])
    below = interpolated(JOBS[own.pop("extends")])
    variables = {**below["variables"], **own.pop("variables", {})}
    return {**below, **own, "variables": variables}


@dataclass
class Ended:
    code: int
    folder: Path
    printed: str = ""


def run(team: Team, name: str, commit: str, **predefined: str) -> Ended:
    """Run a job in a clone of a commit."""
    found = job(name)
    folder = team.runner.root / f"{name}-{len(list(team.runner.root.glob(f'{name}-*')))}"
    folder.mkdir(parents=True)
    url = f"{team.runner.server.url}/{NAME}.git"
    depth = found["variables"].get("GIT_DEPTH", "20")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", url)
    bound = () if depth == "0" else (f"--depth={depth}",)
    git(folder, "fetch", "--quiet", *bound, "origin", commit)
    git(folder, "checkout", "--quiet", "--detach", commit)
    host, _, port = team.runner.server.url.removeprefix("http://").partition(":")
    environment = {
        "HOME": str(folder.parent),
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(shims(team.runner.root)), os.environ["PATH"]]),
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(folder),
        "CI_PROJECT_PATH": NAME,
        "CI_COMMIT_REF_SLUG": "main",
        "CI_JOB_TOKEN": WRITES,
        "CI_SERVER_PROTOCOL": "http",
        "CI_SERVER_HOST": host,
        "CI_SERVER_PORT": port,
        **team.runner.environment,
        **predefined,
    }
    for key, text in found["variables"].items():
        environment[key] = re.sub(r"\$(\w+)", lambda said: environment[said[1]], text)

    def shell(lines: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )

    done = shell(found["before_script"] + found["script"])
    after = shell(found["after_script"]) if "after_script" in found else None
    ended = Ended(done.returncode, folder, done.stdout + (after.stdout if after else ""))
    for kept in found["artifacts"]["paths"]:
        assert (folder / kept).exists()
    for report in found["artifacts"].get("reports", {}).values():
        assert (folder / report).exists()
    return ended


def test_a_merge_request_is_checked_and_planned_without_a_key(team: Team, emulator: Server):
    before = team.tip()
    team.says("fr", "Soldes")
    head = team.commit("French", "french")

    checked = run(team, "assetforge-check", head)
    planned = run(team, "assetforge-plan", head, CI_MERGE_REQUEST_DIFF_BASE_SHA=before)

    assert checked.code == 0, checked.printed
    assert planned.code == 0, planned.printed
    plan = json.loads((planned.folder / "assetforge-files/plan.json").read_text())
    assert [each["variant"] for each in plan["since"]["variants"]] == ["banner/fr"]
    assert "1 picture is new" in (planned.folder / "assetforge-files/plan.md").read_text()
    assert emulator.books()["calls"] == []


def test_what_is_wrong_is_a_test_that_failed(team: Team):
    team.write("prompts/banner.j2", "{{ copy.headlin }}")
    head = team.commit("A slip of the pen", "main")

    ended = run(team, "assetforge-check", head)

    assert ended.code == 2, ended.printed
    assert "headlin" in (ended.folder / "assetforge-files/check.xml").read_text()


def test_a_build_signs_in_and_commits_to_the_branch_of_the_request(
    team: Team, emulator: Server, exchange: Exchange
):
    team.says("de", "Alles raus")
    head = team.commit("Words", "words")
    team.runner.environment |= exchange.environment
    team.runner.environment |= {
        "OPENAI_IDENTITY_PROVIDER_ID": "idp_1",
        "OPENAI_SERVICE_ACCOUNT_ID": "svc_1",
        "OPENAI_IDENTITY_TOKEN": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2ln",
    }
    branch = {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "words"}

    ended = run(team, "assetforge-build", head, **branch)

    assert ended.code == 0, ended.printed
    assert len(emulator.books()["calls"]) == 2
    changed = git(team.bare, "diff", "--name-only", head, "words").split()
    assert changed == ["assetforge.lock/banner.json", "out/de/banner.png", "out/en/banner.png"]
    assert "OPENAI_IDENTITY_TOKEN" in job("assetforge-build")["id_tokens"]
    assert len(exchange.asked) == 1


def test_a_build_that_fails_still_tells_what_it_cost(team: Team):
    team.runner.environment["OPENAI_API_KEY"] = "any"
    team.says("fr", "[[fault:moderation_input]]")
    head = team.commit("French", "main")

    ended = run(team, "assetforge-build", head, CI_COMMIT_BRANCH="main")

    assert ended.code == 1, ended.printed
    assert team.tip() == head
    assert (ended.folder / "assetforge-files/cost.json").exists()
    assert job("assetforge-build")["cache"]["when"] == "always"
    assert (ended.folder / job("assetforge-build")["cache"]["paths"][0]).is_dir()


def test_what_is_pushed_and_how_is_the_same_for_both_forges():
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (commit,) = (each for each in action["runs"]["steps"] if each.get("id") == "commit")
    ours = [each for each in JOBS["assetforge-build"]["script"] if "git push" in each]

    def told(text: str) -> list[str]:
        lines = [each.strip() for each in text[text.index("  git fetch") :].splitlines()]
        return lines[: lines.index("done")]

    assert told(commit["run"]) == told(ours[0])
