"""`assetforge preview` in a process of its own, and what it refuses."""

import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from assetforge.cli import preview as cli
from assetforge.cli.preview import printing
from assetforge.cli.serving import reason
from tests.preview.asking import Visitor
from tests.preview.test_stream import Listener
from tests.space import PYTHON, Space

PATIENCE_SECONDS = 60
END_SECONDS = 20
"""After this long a process that should have ended is hanging."""


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


class Printed:
    """The preview as its printed address tells of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=[\w-]{43}", url)
        assert found, url
        self.port = int(found[1])


@contextmanager
def running(space: Space, *arguments: str):
    """Start it; yield the process and its printed address."""
    command = [PYTHON, "-m", "assetforge", "preview", *arguments]
    process = subprocess.Popen(
        command,
        cwd=space.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, Printed(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send signals there")
def test_it_prints_its_address_shows_each_save_and_ends_though_pages_are_open(space):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with running(space, "--port", str(port)) as (process, printed):
        visitor = Visitor(printed)
        listeners = [Listener(visitor) for _ in range(3)]
        for each in listeners:
            each.status_of("watching · 4 pictures current")
        before = visitor.ask("/state").json
        space.locale("de", headline="Neu", action="Kauf", alt="Berge")
        lines: set[str] = set()
        while "Neu" not in lines:
            listeners[0].event()
            lines = {each["line"] for each in visitor.ask("/state").json["pictures"]}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=END_SECONDS)
        for each in listeners:
            each.close()

    assert printed.port == port
    assert (out, process.returncode) == ("", 130)
    assert "Traceback" not in err
    assert printed.url not in err
    assert len(before["pictures"]) == 4


def refused(space: Space, *arguments: str) -> str:
    """Run what cannot be followed, and return the one line that it says."""
    result = space.run("preview", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err.splitlines()[-1]


def test_a_port_in_use_is_said_in_one_line(space):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(space, "--port", str(port))

    assert re.fullmatch(
        rf"assetforge: the page cannot be served at port {port} of 127\.0\.0\.1: .*in use; "
        "choose another with --port, or leave that out",
        line,
    )


def test_an_address_of_another_machine_is_said_in_one_line(space):
    line = refused(space, "--host", "192.0.2.1", "--allow-host", "desk.example")

    assert "the page cannot be served at port 0 of 192.0.2.1: " in line


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(8, "nodename nor servname"), "there is no such address"),
        (PermissionError(13, "Permission denied (while attempting)"), "permission denied"),
    ],
)
def test_why_an_address_cannot_be_had_is_said_in_a_few_words(error, words):
    assert reason(error) == words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 lets other machines reach this page; say by"),
        (["--host", "127.0.0.2"], "--host 127.0.0.2 lets other machines reach this page"),
        (["--allow-host", "http://x"], "'http://x' is no name of a machine; write it as in an"),
        (["--allow-host", "*"], "'*' is no name of a machine"),
        (["--allow-host", "a b"], "'a b' is no name of a machine"),
        (["--allow-host", ""], "'' is no name of a machine"),
        (["--max-cost", "2"], "--max-cost says how much --auto may spend"),
        (["--port", "70000"], "70000"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_line(space, arguments, words):
    assert words in refused(space, *arguments)


class Serving:
    """A page that is served already."""

    url = "http://127.0.0.1:1/?token=t"


@pytest.mark.parametrize("opens", [True, False])
def test_a_browser_is_opened_only_if_it_should(monkeypatch, capsys, opens):
    opened: list[str] = []
    monkeypatch.setattr(cli, "open_page", opened.append)

    printing(lambda session: Serving(), opens=opens)(None)  # type: ignore[arg-type, return-value]

    assert capsys.readouterr().out == f"{Serving.url}\n"
    assert opened == ([Serving.url] if opens else [])
