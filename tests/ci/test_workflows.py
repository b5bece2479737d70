"""The workflows of the documentation are run, step by step, as GitHub's machines would."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from assetforge.emulator import Server
from assetforge.signing import new_key
from tests.ci.forge import GitHub
from tests.ci.git_server import git
from tests.ci.runner import ROOT, Ended, workflows
from tests.ci.team import PIPELINE, Team

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the runner of these tests needs bash and git http-backend"
)

FLOWS = workflows(ROOT / "docs/how-to/ci-github.md")

BUILD = FLOWS["pictures-build.yml"]

NASTY = "x'\"$(touch${IFS}pwned)`id`"
"""A branch of a stranger's fork: git allows it."""


STORE = """\
store:
  remote: {shared}
  signers: {{ci: "{public}"}}
"""


def with_key(team: Team) -> None:
    """Give the repository a key; who signs in without one has a test of its own."""
    team.runner.environment["OPENAI_API_KEY"] = "any"


def labelled(
    team: Team, head: str, branch: str, owner: str = "acme"
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the event of a label, and what GitHub says beside it."""
    request = team.request(7, head, branch, owner)
    event = {"action": "labeled", "label": {"name": "assetforge:build"}, "pull_request": request}
    return event, {"sha": head, "ref": "refs/pull/7/merge", "head_ref": branch}


def build(team: Team, head: str, branch: str, workflow: str = BUILD) -> Ended:
    event, github = labelled(team, head, branch)
    ended = team.runner.run(workflow, "pull_request", event, **github)
    assert ended is not None
    return ended


def merged(team: Team, head: str, workflow: str = BUILD) -> Ended:
    """Run a workflow for what was pushed to main."""
    ended = team.runner.run(workflow, "push", {}, sha=head, ref="refs/heads/main", ref_name="main")
    assert ended is not None
    return ended


def artifact(team: Team) -> Path:
    return team.runner.artifact(team.runner.runs, "pictures")


def test_a_request_from_a_fork_is_checked_and_planned_and_told_of(
    team: Team, emulator: Server, forge: GitHub
):
    team.says("fr", "Soldes d'été")
    git(team.clone, "add", "--all")
    git(team.clone, "commit", "--quiet", "--message", "French")
    head = git(team.clone, "rev-parse", "HEAD")
    merge = team.merge_of(7, head)
    before = team.refs()
    team.runner.trusted = False
    team.runner.variables = {"OPENAI_IDENTITY_PROVIDER_ID": "idp_1"}
    request = team.request(7, head, NASTY, owner="stranger")

    ended = team.runner.run(
        FLOWS["pictures.yml"],
        "pull_request",
        {"action": "opened", "number": 7, "pull_request": request},
        sha=merge,
        ref="refs/pull/7/merge",
        ref_name="7/merge",
        head_ref=NASTY,
        base_ref="main",
    )

    assert ended is not None
    assert ended.state == "success", ended.printed
    plan = json.loads((artifact(team) / "plan.json").read_text())
    assert [each["variant"] for each in plan["since"]["variants"]] == ["banner/fr"]
    assert "1 picture is new" in ended.summary
    assert (artifact(team) / "report/index.html").exists()
    assert json.loads((artifact(team) / "check.sarif").read_text())["version"] == "2.1.0"
    assert "<testsuites" in (artifact(team) / "check.xml").read_text()
    installed = (team.runner.root / "installed").read_text().splitlines()
    assert set(installed) == {f"-m pip install --quiet {ROOT}[remote]"}
    assert emulator.books()["calls"] == []
    assert team.refs() == before
    assert forge.comments == {}

    team.runner.trusted = True
    forge.pulls = [
        team.request(6, "0" * 40, NASTY, owner="stranger"),
        request,
        team.request(8, head, NASTY, owner="acme"),
    ]
    followed = {
        "action": "completed",
        "workflow_run": {
            "id": team.runner.runs,
            "event": "pull_request",
            "conclusion": "success",
            "head_branch": NASTY,
            "head_sha": head,
            "head_repository": {"owner": {"login": "stranger"}},
            "pull_requests": [],
        },
    }
    for _ in range(2):
        told = team.runner.run(FLOWS["pictures-comment.yml"], "workflow_run", followed)
        assert told is not None
        assert told.state == "success", told.printed

    ((comment,),) = forge.comments.values()
    assert list(forge.comments) == [7]
    assert "1 picture is new" in comment["body"]
    workspace = team.runner.root / "runs" / str(team.runner.runs) / "workspace"
    assert list(workspace.iterdir()) == []
    assert not list(team.runner.root.rglob("pwned"))


def test_a_label_builds_and_the_next_run_costs_nothing(
    team: Team, emulator: Server, forge: GitHub, exchange
):
    """No key is anywhere: the job signs in with what GitHub says of it."""
    team.runner.environment |= exchange.environment
    team.runner.variables = {
        "OPENAI_WIF_AUDIENCE": "our-own",
        "OPENAI_IDENTITY_PROVIDER_ID": "idp_1",
        "OPENAI_SERVICE_ACCOUNT_ID": "svc_1",
    }
    team.says("de", "Alles raus")
    head = team.commit("Words", "words")

    first = build(team, head, "words")

    assert first.state == "success", first.printed
    assert len(emulator.books()["calls"]) == 2
    assert forge.asked_for_identity == ["our-own"]
    assert len(exchange.asked) == 1
    assert first.outputs["committed"] == "true"
    changed = git(team.bare, "diff", "--name-only", head, "words").split()
    assert changed == ["assetforge.lock/banner.json", "out/de/banner.png", "out/en/banner.png"]
    assert git(team.bare, "log", "-1", "--format=%an", "words") == "github-actions[bot]"
    assert git(team.bare, "rev-list", "--count", f"{head}..words") == "1"
    made = json.loads((artifact(team) / "build.json").read_text())
    assert made["totals"]["failed"] == 0
    assert (artifact(team) / "events.jsonl").read_text().count("assetforge.event/1") > 0
    assert (artifact(team) / "cost.json").exists()
    assert (artifact(team) / "report/index.html").exists()
    for secret in ("opaque-access-token", "eyJhbGci", "runner-token"):
        assert secret not in first.printed

    again = build(team, team.tip("words"), "words")

    assert again.state == "success", again.printed
    assert len(emulator.books()["calls"]) == 2
    assert again.outputs["committed"] == ""
    assert git(team.bare, "rev-list", "--count", f"{head}..words") == "1"


@pytest.mark.parametrize(
    ("label", "owner"), [("documentation", "acme"), ("assetforge:build", "stranger")]
)
def test_neither_another_label_nor_a_fork_builds(team: Team, label, owner):
    event, github = labelled(team, team.tip(), "words", owner)
    event["label"]["name"] = label

    assert team.runner.run(BUILD, "pull_request", event, **github) is None


def test_a_build_that_fails_in_the_middle_keeps_what_it_made(team: Team, emulator: Server):
    with_key(team)
    shared = team.clone.parent / "shared"
    for each in ("cas", "actions"):
        (shared / each).mkdir(parents=True)
    key = new_key()
    team.runner.secrets["ASSETFORGE_SIGNING_KEY"] = key.reveal()
    team.write("assetforge.yaml", PIPELINE + STORE.format(shared=shared, public=key.public))
    team.says("fr", "[[fault:moderation_input]]")
    head = team.commit("French", "main")

    ended = merged(team, head)

    assert ended.ran["Build"] == "failure"
    kept = ("Publish what is not in the shared store yet", "Keep what was made", "Report")
    assert [ended.ran[each] for each in kept] == ["success"] * 3, ended.printed
    assert ended.ran["Commit"] == "skipped"
    assert team.tip() == head
    assert len(list((shared / "actions").rglob("*.json"))) >= 2
    assert len(team.runner.saved()) == 1
    assert len(emulator.books()["calls"]) == 3

    team.says("fr", "Soldes")
    head = team.commit("French, right", "main")
    ended = merged(team, head)

    assert ended.state == "success", ended.printed
    assert len(emulator.books()["calls"]) == 4


def test_a_cap_ends_a_build_before_it_is_exceeded(team: Team, emulator: Server):
    with_key(team)
    capped = BUILD.replace('max-cost: "25"', 'max-cost: "0.001"')

    ended = build(team, team.tip(), "main", capped)

    assert ended.ran["Build"] == "failure"
    assert "0.001" in ended.printed
    assert emulator.books()["calls"] == []


def test_a_commit_is_put_on_top_of_what_was_pushed_meanwhile(team: Team, emulator: Server):
    """What a person did while the job ran stands, and no picture is bought again."""
    with_key(team)
    seen = team.tip()
    team.write("README.md", "A shop\n")
    moved = team.commit("Say what this is", "main")

    ended = build(team, seen, "main")

    assert ended.state == "success", ended.printed
    assert git(team.bare, "rev-parse", "main^") == moved
    assert "out/en/banner.png" in git(team.bare, "ls-tree", "-r", "--name-only", "main")

    team.pulls("main")
    lock = json.loads((team.clone / "assetforge.lock/banner.json").read_text())
    entry = lock["variants"]["banner/de"]["final"]["compose"]
    entry["accepted"] = {"at": "2026-11-22T10:00:00Z", "by": "Ada <ada@example.com>"}
    team.write("assetforge.lock/banner.json", json.dumps(lock, indent=2, sort_keys=True) + "\n")
    moved = team.commit("Accept", "main")

    ended = build(team, seen, "main")

    assert ended.state == "success", ended.printed
    assert "CONFLICT" in ended.printed
    assert len(emulator.books()["calls"]) == 2
    assert git(team.bare, "merge-base", moved, "main") == moved
    stands = json.loads(team.shows("assetforge.lock/banner.json", "main"))
    assert stands["variants"]["banner/de"]["final"]["compose"] == entry

    team.pulls("main")
    (team.clone / "out/de/banner.png").write_bytes(b"retouched by Ada")
    retouched = team.commit("Retouch", "main")

    ended = build(team, seen, "main")

    assert ended.ran["Commit"] == "failure"
    assert "out/de/banner.png" in ended.printed
    assert team.tip() == retouched


def test_new_pictures_may_be_a_request_of_their_own(team: Team):
    with_key(team)
    before = team.tip()

    ended = merged(team, before, FLOWS["pictures-request.yml"])

    assert ended.state == "success", ended.printed
    assert team.tip() == before
    assert git(team.bare, "rev-parse", "pictures/1^") == before
    asked = (team.runner.root / "gh").read_text().splitlines()
    assert asked[:6] == ["pr", "create", "--base", "main", "--head", "pictures/1"]


def test_every_workflow_is_run():
    assert set(FLOWS) == {
        "pictures.yml",
        "pictures-comment.yml",
        "pictures-build.yml",
        "pictures-request.yml",
    }
