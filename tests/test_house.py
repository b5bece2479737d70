"""The house around the package: the network guard, the gates, what a wheel holds."""

import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import NetworkReached

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOW = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
ELSEWHERE = "192.0.2.1"  # source: RFC 5737, an address that belongs to nobody

OPEN = {"pydantic", "python-multipart"}
"""Packages without a door: each block of the pipeline file is a pydantic model, and Starlette reads
forms through the other."""

IMPORTED_AS = {"pillow": "PIL", "pyyaml": "yaml"}


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_no_test_can_connect_to_another_machine(connect):
    with socket.socket() as probe, pytest.raises(NetworkReached, match=ELSEWHERE):
        getattr(probe, connect)((ELSEWHERE, 80))


def test_no_test_can_look_up_a_name():
    with pytest.raises(NetworkReached, match=r"assetforge\.example"):
        socket.create_connection(("assetforge.example", 80))


def test_a_test_can_connect_to_its_own_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        with socket.create_connection(address):
            accepted, _ = server.accept()
            accepted.close()


def test_every_dependency_has_a_door():
    names = {re.split(r"[<>=]", each)[0] for each in PROJECT["project"]["dependencies"]}
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    kept = {name for each in contracts for name in each.get("protected_modules", ())}

    assert {IMPORTED_AS.get(name, name) for name in names - OPEN} <= kept


def test_the_workflow_tests_every_python_that_is_promised():
    promised = [
        each.rpartition(" ")[2]
        for each in PROJECT["project"]["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", each)
    ]
    matrix = yaml.safe_load(WORKFLOW)["jobs"]["check"]["strategy"]["matrix"]

    assert matrix["python"] == promised
    assert {each.split("-")[0] for each in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_the_workflow_may_only_read():
    assert yaml.safe_load(WORKFLOW)["permissions"] == {"contents": "read"}


def test_an_action_of_somebody_else_is_named_by_its_commit_or_a_version_of_github():
    used = re.findall(r"uses: (\S+)", WORKFLOW)

    assert used
    assert [
        each for each in used if not re.match(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})$", each)
    ] == []


@pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for POSIX shells")
@pytest.mark.parametrize("name", ["run", "setup"])
def test_a_script_can_be_run_and_is_plain_sh(name):
    script = ROOT / ".ci" / name

    assert script.stat().st_mode & 0o111
    assert script.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", script]).returncode == 0


def test_a_wheel_holds_what_the_program_reads(tmp_path):
    """Fonts with their licence, models, the gallery's parts and the starter project."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())

    package = ROOT / "assetforge"
    files = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= held
    assert {"assetforge/py.typed", "assetforge/fonts/OFL.txt", "assetforge/models.json"} <= held
