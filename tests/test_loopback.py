import asyncio
import http.client
import threading

import pytest

from assetforge.loopback import HOST, HttpServer, listening


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def test_a_server_says_when_it_is_ready_and_tells_its_app_before_it_ends():
    taken = listening(0)
    port = taken.getsockname()[1]
    told: list[str] = []
    ready = threading.Event()

    def began() -> None:
        told.append(f"ready in a loop: {asyncio.get_running_loop().is_running()}")
        ready.set()

    server = HttpServer(hello, lambda: told.append("ending"), grace_seconds=1)
    server.ready = began
    thread = threading.Thread(target=lambda: server.run(sockets=[taken]))
    thread.start()
    ready.wait()
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("GET", "/")
    body = connection.getresponse().read()
    connection.close()
    server.should_exit = True
    thread.join()

    assert body == b"hello"
    assert told == ["ready in a loop: True", "ending"]


def test_a_port_is_only_had_once_and_by_this_machine_only():
    with listening(0) as first:
        host, port = first.getsockname()
        with pytest.raises(OSError, match="in use"):
            listening(port)

    assert host == "127.0.0.1"


def test_a_port_waits_for_nobody():
    with listening(0) as taken, pytest.raises(BlockingIOError):
        taken.accept()


def test_a_signal_ends_a_server_as_if_nothing_had_happened():
    server = HttpServer(hello, lambda: None, grace_seconds=1)
    server.handle_exit(2, None)
    server.handle_exit(2, None)

    assert (server.should_exit, server.force_exit) == (True, False)
