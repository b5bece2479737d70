from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetforge.store import process
from assetforge.store.process import is_gone, is_neighbour, machine, own_name
from tests.refusing import NOBODY

SLEEP = "import time; print('ready', flush=True); time.sleep(600)"

HAS_PROC = Path("/proc/self/stat").exists()


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen([sys.executable, "-c", SLEEP], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    started.stdout.readline()
    yield started
    started.kill()
    started.communicate(timeout=60)


def name_of(number: int, *, birth: str = "") -> str:
    return f"{machine()} {number} abc {birth}".rstrip()


def test_a_living_process_is_not_gone(child):
    assert not is_gone(own_name())
    assert not is_gone(name_of(child.pid))


def test_a_process_that_ended_is_gone(child):
    child.kill()
    child.wait()

    assert is_gone(name_of(child.pid))


def test_two_names_of_one_process_differ():
    assert own_name() != own_name()


@pytest.mark.skipif(not HAS_PROC, reason="needs /proc")
def test_a_number_that_is_another_processs_by_now_is_not_taken_for_it(child):
    """Numbers are given out again, after a restart of the machine even the same ones."""
    assert is_gone(name_of(child.pid, birth="1"))
    assert not is_gone(name_of(child.pid, birth=process._birth(child.pid)))


@pytest.mark.skipif(not HAS_PROC, reason="needs /proc")
def test_a_process_that_ended_unnoticed_by_its_parent_is_gone(child):
    """In a container nobody may ever ask how it ended."""
    birth = process._birth(child.pid)
    os.kill(child.pid, 9)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert is_gone(name_of(child.pid, birth=birth))


@pytest.mark.parametrize("name", ["elsewhere/pid:[1] 999999999 abc", "12-abc", " 999999999 abc"])
def test_a_process_that_cannot_be_looked_at_is_taken_to_live(name):
    assert not is_neighbour(name)
    assert not is_gone(name)


def test_a_system_that_tells_less_of_processes_is_believed(monkeypatch):
    """No /proc on macOS; and on Windows asking after a process would end it."""
    with monkeypatch.context() as patch:
        patch.setattr("assetforge.store.process.os.name", "nt")
        on_windows = machine()

    def no_such_file(_: Path) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr("assetforge.store.process.Path.readlink", no_such_file)
    monkeypatch.setattr("assetforge.store.process.Path.read_bytes", no_such_file)
    assert on_windows == ""
    assert machine() == f"{os.uname().nodename}/"
    assert own_name().count(" ") == 2
    assert not is_gone(own_name())


@pytest.mark.skipif(os.getuid() != 0, reason="needs a process of another user")
def test_another_users_process_lives():
    name = own_name()
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        assert not is_gone(name)
        assert not is_gone(name_of(1))
    finally:
        os.setresuid(0, 0, 0)
