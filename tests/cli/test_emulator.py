"""`assetforge emulator` in a process of its own, as a user or a CI job starts it."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from assetforge.__main__ import exit_code_of
from assetforge.cli.emulator import Latency
from tests.space import PYTHON

FLAT = ("--pictures", "flat")
PATIENCE_SECONDS = 60


@dataclass
class Running:
    """An emulator that runs; `out` and `err` are what it said, once it has ended."""

    process: subprocess.Popen[str]
    url: str
    out: str = ""
    err: str = ""

    def generate(self, prompt: str = "a hill") -> int:
        """Ask for a picture and return the status."""
        body = {"model": "gpt-image-2", "prompt": prompt, "size": "1024x640", "quality": "low"}
        headers = {"authorization": "Bearer any", "content-type": "application/json"}
        request = urllib.request.Request(
            f"{self.url}/images/generations", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                json.load(response)
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, wait, and return the exit code."""
        self.process.send_signal(number)
        out, self.err = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.out += out
        return self.process.returncode


@contextmanager
def emulator(*arguments: str) -> Iterator[Running]:
    command = [PYTHON, "-m", "assetforge", "emulator", *FLAT, *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield Running(process, line.strip(), line)
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command line that is wrong; return the one line it says."""
    assert exit_code_of(["emulator", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    (line,) = shown.err.splitlines()
    return line


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send signals there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_serves_and_ends_quietly(number):
    port = free_port()
    with emulator("--port", str(port)) as running:
        status = running.generate()
        code = running.end(number)

    assert (status, code) == (200, 0)
    assert running.out == f"http://127.0.0.1:{port}/v1\n"
    assert running.err.splitlines() == [
        f"use it: OPENAI_BASE_URL=http://127.0.0.1:{port}/v1 OPENAI_API_KEY=any "
        "assetforge build --profile final --yes",
        f"books:  http://127.0.0.1:{port}/emulator/books",
        "Ctrl-C ends",
        "1 call, 1 picture; the service would have billed $0.00325",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send signals there")
def test_a_dialect_is_used_through_a_profile():
    with emulator("--dialect", "azure") as running:
        running.end()

    assert running.url.endswith("/openai/v1")
    assert f"use it: `provider: azure` and `base_url: {running.url}` in a profile" in running.err


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send signals there")
def test_what_is_in_flight_is_answered_before_it_ends():
    with emulator("--latency", "3600") as running, ThreadPoolExecutor(1) as pool:
        call = pool.submit(running.generate)
        books = f"{running.url.removesuffix('/v1')}/emulator/books"
        calls: list[object] = []
        while not calls:
            with urllib.request.urlopen(books) as response:
                calls = json.load(response)["calls"]
            time.sleep(0.05)
        code = running.end()

        assert (call.result(timeout=PATIENCE_SECONDS), code) == (200, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send signals there")
def test_limits_and_faults_are_followed():
    with emulator("--images-per-minute", "1", "--tokens-per-minute", "9000") as limited:
        statuses = [limited.generate(), limited.generate()]
        limited.end()
    with emulator("--fault", "500=0.5", "--fault", "429=.5", "--fault-seed", "3") as faulty:
        failed = {faulty.generate() for _ in range(20)}
        faulty.end()

    assert statuses == [200, 429]
    assert failed == {500, 429}
    assert "0 pictures" in faulty.err


def test_a_port_in_use_is_said_in_one_line(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = said(capsys, "--port", str(port))

    assert re.fullmatch(
        rf"assetforge: port {port} cannot be used: .*in use; choose another, or 0 for any free one",
        line,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "rest=0.5"], "there is no fault 'rest'; did you mean 'reset'?"),
        (["--fault", "zebra"], "there is no fault 'zebra'; there are 429, 500,"),
        (["--fault", "500"], "'500' names no share; write a number from 0 to 1, as 500=0.05"),
        (["--fault", "500=1.5"], "'500=1.5' names no share; write a number from 0 to 1"),
        (["--fault", "500=-1"], "'500=-1' names no share"),
        (["--fault", "500=0.7", "--fault", "429=0.7"], "all faults together must be at most 1"),
        (["--dialect", "azur"], "there is no dialect 'azur'; did you mean 'azure'?"),
        (["--dialect", "zebra"], "there is no dialect 'zebra'; there are openai, azure,"),
        (["--latency", "soon"], "'soon' is no time; write seconds such as 1.5, or x1"),
        (["--images-per-minute", "-1"], "'-1' is no whole number of 0 or more"),
        (["--port", "70000"], "70000"),
        (["--pictures", "oil"], "oil"),
        (["--wrong-text", "101"], "101"),
        (["--judge", "harsh"], "harsh"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_line(capsys, arguments, words):
    assert words in said(capsys, *arguments)


@pytest.mark.parametrize(
    ("text", "latency"),
    [("2", (2.0, 0.0)), ("1.5", (1.5, 0.0)), ("x1", (0.0, 1.0)), ("x0.01", (0.0, 0.01))],
)
def test_latency_is_seconds_or_a_multiple_of_the_service_s(text, latency):
    assert Latency().convert(text, None, None) == latency
    assert Latency().convert(latency, None, None) == latency
