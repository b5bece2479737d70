"""Runs a workflow of GitHub's step by step, as the runner does, with real shells and a real git.

The steps that use an action of somebody else are played by what they come to: a clone, a folder.
What the steps run is `assetforge` of this tree; nothing is installed.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci.expressions import UnknownExpression, as_text, filled, is_met
from tests.ci.git_server import WRITES, GitServer

ROOT = Path(__file__).resolve().parent.parent.parent

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

READS = "read-token"


@dataclass
class Ended:
    """What became of a run of one job: the state of each step by its name, and what it printed."""

    ran: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return "failure" if "failure" in self.ran.values() else "success"


@dataclass
class Runner:
    """A machine of GitHub's for one repository; each run starts in an empty folder.

    Attributes:
        root: where its folders are; the caches and artifacts of earlier runs are kept there.
        server: where the repositories are.
        repository: `owner/name`.
        environment: what a process of every step gets.
        variables: of the repository; `secrets` as well.
        trusted: False for a run for a fork: it gets no variable, secret or token that may write.
    """

    root: Path
    server: GitServer
    repository: str
    environment: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    trusted: bool = True
    runs: int = 0

    def run(
        self, workflow: str, event: str, said: Mapping[str, Any], **github: str
    ) -> Ended | None:
        """Run the one job of a workflow for an event; None: it is not for this job.

        Args:
            workflow: its text.
            event: the event's name.
            said: the event.
            github: `sha`, `ref`, `ref_name`, `head_ref` and `base_ref`, as far as there are any.
        """
        parsed = yaml.safe_load(workflow)
        assert triggered(parsed[True], event, said), f"'{event}' does not start this workflow"
        ((_, job),) = parsed["jobs"].items()
        self.runs += 1
        run = _Run(self, job, job.get("permissions", parsed["permissions"]), event, said, github)
        if not is_met(job.get("if"), run.contexts, "success"):
            return None
        run.steps(job["steps"], run.contexts, {})
        return run.ended

    @property
    def caches(self) -> Path:
        return self.root / "caches"

    def saved(self) -> list[Path]:
        """Return the caches of earlier runs, the latest last."""
        found = self.caches.iterdir() if self.caches.exists() else ()
        return sorted(found, key=lambda each: each.stat().st_mtime_ns)

    def artifact(self, run: int, name: str) -> Path:
        return self.root / "artifacts" / str(run) / name


def triggered(on: Any, event: str, said: Mapping[str, Any]) -> bool:
    """Tell whether a workflow's `on:` names an event; its paths are not looked at."""
    if isinstance(on, str):
        return on == event
    wanted = on.get(event, {})
    usual = {"pull_request": ["opened", "synchronize", "reopened"]}.get(event, [])
    types = (wanted or {}).get("types", usual)
    return event in on and ("action" not in said or said["action"] in types)


class _Run:
    """One run of one job."""

    def __init__(
        self,
        runner: Runner,
        job: Mapping[str, Any],
        permissions: Mapping[str, str],
        event: str,
        said: Mapping[str, Any],
        github: Mapping[str, str],
    ) -> None:
        self.runner = runner
        self.ended = Ended()
        self.permissions = permissions if runner.trusted else {}
        self.folder = runner.root / "runs" / str(runner.runs)
        self.workspace, self.temp = self.folder / "workspace", self.folder / "temp"
        for each in (self.workspace, self.temp, self.folder / "files"):
            each.mkdir(parents=True)
        self.event_file = self.folder / "event.json"
        self.event_file.write_text(json.dumps(said))
        may_write = self.permissions.get("contents") == "write"
        comments = self.permissions.get("pull-requests") == "write"
        self.token = WRITES if may_write else f"{READS}-comments" if comments else READS
        self.github = {
            "event_name": event,
            "event": said,
            "repository": runner.repository,
            "run_id": str(runner.runs),
            "run_attempt": "1",
            "token": self.token,
            **dict.fromkeys(("sha", "ref", "ref_name", "head_ref", "base_ref"), ""),
            **github,
        }
        self.contexts: dict[str, Any] = {
            "github": self.github,
            "runner": {"temp": str(self.temp)},
            "vars": runner.variables if runner.trusted else {},
            "secrets": runner.secrets if runner.trusted else {},
        }
        self.job_environment = {
            name: filled(as_text(text), self.contexts) for name, text in job.get("env", {}).items()
        }

    def steps(
        self, steps: list[Any], contexts: Mapping[str, Any], environment: Mapping[str, str]
    ) -> dict[str, Any]:
        """Run steps one after the other; return the context `steps` that they leave."""
        known: dict[str, Any] = {each["id"]: {"outputs": {}} for each in steps if "id" in each}
        contexts = {**contexts, "steps": known}
        state = "success"
        for number, step in enumerate(steps, 1):
            name = step.get("name") or step.get("uses", "").partition("@")[0] or f"step {number}"
            if not is_met(step.get("if"), contexts, state):
                self.ended.ran.setdefault(name, "skipped")
                continue
            unknown = set(step) - {"name", "id", "if", "uses", "with", "env", "run", "shell"}
            assert unknown <= {"working-directory"}, f"'{name}' says {unknown}"
            said = {
                key: filled(as_text(text), contexts) for key, text in step.get("env", {}).items()
            }
            inner = {**environment, **said}
            if "uses" in step:
                done, outputs = self.used(step, contexts, inner)
            else:
                done, outputs = self.shell(step, contexts, inner)
            self.ended.ran[name] = "success" if done else "failure"
            if "id" in step:
                known[step["id"]] = {"outputs": outputs}
            state = state if done else "failure"
        return {"state": state, "steps": known}

    def shell(
        self, step: Mapping[str, Any], contexts: Mapping[str, Any], environment: Mapping[str, str]
    ) -> tuple[bool, dict[str, str]]:
        """Run a script in bash, as `shell: bash` does."""
        assert "${{" not in step["run"], "an expression in a script is run as a part of it"
        assert step.get("shell", "bash") == "bash"
        files = {
            name: self.folder / "files" / f"{name}-{id(step)}" for name in ("OUTPUT", "SUMMARY")
        }
        for each in files.values():
            each.touch()
        script = self.folder / "files" / "script.sh"
        script.write_text(step["run"])
        where = self.workspace / filled(step.get("working-directory", "."), contexts)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=where,
            env=self.process(environment)
            | {"GITHUB_OUTPUT": str(files["OUTPUT"]), "GITHUB_STEP_SUMMARY": str(files["SUMMARY"])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        self.ended.printed += done.stdout
        self.ended.summary += files["SUMMARY"].read_text()
        lines = files["OUTPUT"].read_text().splitlines()
        return done.returncode == 0, dict(each.split("=", 1) for each in lines)

    def process(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process."""
        identity = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.runner.environment.get("IDENTITY_URL", ""),
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token",
        }
        return {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([str(shims(self.runner.root)), os.environ["PATH"]]),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": str(self.github["event_name"]),
            "GITHUB_EVENT_PATH": str(self.event_file),
            "GITHUB_REPOSITORY": self.runner.repository,
            "GITHUB_REF": str(self.github["ref"]),
            "GITHUB_SHA": str(self.github["sha"]),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **(identity if self.permissions.get("id-token") == "write" else {}),
            **self.runner.environment,
            **self.job_environment,
            **environment,
        }

    def used(
        self, step: Mapping[str, Any], contexts: Mapping[str, Any], environment: Mapping[str, str]
    ) -> tuple[bool, dict[str, str]]:
        name, _, version = step["uses"].partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", version), f"'{step['uses']}' is not pinned"
        said = {key: filled(as_text(text), contexts) for key, text in step.get("with", {}).items()}
        if name == "acme/assetforge":
            return self.action(said, environment)
        plays = {
            "actions/checkout": self.checkout,
            "actions/setup-python": lambda said: None,
            "actions/cache/restore": self.restore,
            "actions/cache/save": self.save,
            "actions/upload-artifact": self.upload,
            "actions/download-artifact": self.download,
        }
        if name not in plays:
            raise UnknownExpression(f"nobody plays '{name}'")
        try:
            plays[name](said)
        except (OSError, subprocess.CalledProcessError) as error:
            self.ended.printed += f"{name}: {error}\n"
            return False, {}
        return True, {}

    def action(
        self, said: Mapping[str, str], environment: Mapping[str, str]
    ) -> tuple[bool, dict[str, str]]:
        """Run the steps of our own action."""
        unknown = set(said) - set(ACTION["inputs"])
        assert not unknown, f"the action takes no {unknown}"
        usual = {
            name: filled(each["default"], {"github": self.github})
            for name, each in ACTION["inputs"].items()
        }
        contexts = {**self.contexts, "inputs": {**usual, **said}}
        del contexts["secrets"], contexts["vars"]  # an action sees neither
        left = self.steps(ACTION["runs"]["steps"], contexts, environment)
        outputs = {
            name: filled(each["value"], {"steps": left["steps"]})
            for name, each in ACTION["outputs"].items()
        }
        self.ended.outputs |= outputs
        return left["state"] == "success", outputs

    def checkout(self, said: Mapping[str, str]) -> None:
        """Clone as `actions/checkout` does: one commit, or as many as are asked for."""
        url = f"{self.runner.server.url}/{self.runner.repository}.git"
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", url)
        if said.get("persist-credentials", "true") == "true":
            secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            self.git(
                "config",
                f"http.{self.runner.server.url}/.extraheader",
                f"AUTHORIZATION: basic {secret}",
            )
        depth = said.get("fetch-depth", "1")
        commit = said.get("ref") or self.github["sha"]
        wanted = [str(commit), "+refs/heads/*:refs/remotes/origin/*"][: 1 + (depth == "0")]
        bound = [] if depth == "0" else [f"--depth={depth}"]
        self.git("fetch", "--quiet", "--no-tags", *bound, "origin", *wanted)
        self.git("checkout", "--quiet", "--detach", str(commit))

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.workspace, env=self.process({}), check=True)

    def restore(self, said: Mapping[str, str]) -> None:
        """Bring back what was saved under the key, or the latest of a key that begins so."""
        allowed = {"path", "key", "restore-keys"}
        assert set(said) <= allowed
        found = [each for each in self.runner.saved() if each.name.startswith(said["restore-keys"])]
        if found:
            shutil.copytree(found[-1], self.workspace / said["path"], dirs_exist_ok=True)

    def save(self, said: Mapping[str, str]) -> None:
        place = self.runner.caches / said["key"]
        assert not place.exists(), "a key that is there already is not saved again"
        shutil.copytree(self.workspace / said["path"], place)

    def upload(self, said: Mapping[str, str]) -> None:
        shutil.copytree(said["path"], self.runner.artifact(self.runner.runs, said["name"]))

    def download(self, said: Mapping[str, str]) -> None:
        assert self.permissions.get("actions") == "read"
        assert said["github-token"] == self.token
        shutil.copytree(self.runner.artifact(int(said["run-id"]), said["name"]), said["path"])


def shims(root: Path) -> Path:
    """Return the folder of the programs that a runner has and this machine may call otherwise."""
    folder = root / "bin"
    if not folder.exists():
        folder.mkdir(parents=True)
        scripts = {
            "assetforge": f'exec "{sys.executable}" -m assetforge "$@"',
            "python": f'[ "$1 $2 $3" = "-m pip install" ] && echo "$*" >> "{root}/installed"',
            "gh": f'printf "%s\\n" "$@" >> "{root}/gh"',
        }
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
    return folder


def workflows(page: Path) -> dict[str, str]:
    """Return the workflows that a page of the documentation shows, by their names."""
    blocks = r"<!-- file: \.github/workflows/(\S+) -->\n```yaml\n(.*?)```"
    return dict(re.findall(blocks, page.read_text(encoding="utf-8"), re.DOTALL))
