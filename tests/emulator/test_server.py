import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from assetforge.emulator import Server, Settings, serving
from tests.emulator.asking import PICTURE, ask, generate, raw_request, wait_for_calls

FLAT = Settings(pictures="flat")


def test_a_server_has_a_port_of_its_own_and_ends_with_its_block():
    with serving(FLAT) as first, serving(FLAT) as second:
        assert first.port != second.port
        assert first.url == f"http://127.0.0.1:{first.port}/v1"
        assert generate(first).status == 200

    with pytest.raises(ConnectionRefusedError):
        generate(first)
    assert first.books()["totals"]["calls"] == 1
    assert not [each for each in threading.enumerate() if each.name.startswith("emulator")]


def test_books_are_the_same_by_hand_and_over_http(server):
    generate(server)

    assert ask(server, "GET", "/emulator/books").body == server.books()


def test_a_port_in_use_is_refused():
    with serving(FLAT) as server, pytest.raises(OSError, match="in use"):
        Server(FLAT, server.port)


def test_calls_are_taken_side_by_side_and_answered_before_it_ends():
    """Calls of an hour are cut short, and arrive: what was paid for must never be lost."""
    with ThreadPoolExecutor(4) as pool:
        with serving(Settings(pictures="flat", latency_seconds=3600)) as server:
            calls = [pool.submit(generate, server) for _ in range(4)]
            wait_for_calls(server, 4)
        told = [each.result(timeout=60) for each in calls]

    assert [each.status for each in told] == [200] * 4
    assert all(json.loads(each.data)["data"] for each in told)


def test_a_call_that_is_never_answered_does_not_keep_it_from_ending():
    with ThreadPoolExecutor(1) as pool:
        with serving(FLAT) as server:
            call = pool.submit(generate, server, {"x-emulator-fault": "timeout"})
            wait_for_calls(server, 1)

        with pytest.raises(ConnectionError):
            call.result(timeout=60)


def test_who_leaves_is_billed_all_the_same(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(raw_request(PICTURE))

    wait_for_calls(server, 1)
    assert server.books()["totals"]["billed_microdollars"] > 0
    assert generate(server).status == 200


@pytest.mark.parametrize("path", ["images/generations", "images/edits", "files", "batches"])
@pytest.mark.parametrize("form", ["application/json", "multipart/form-data; boundary=b"])
def test_who_leaves_halfway_through_a_request_is_no_error(caplog, path, form):
    head = f"POST /v1/{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n"
    head += f"content-type: {form}\r\ncontent-length: 999\r\n\r\n"
    with serving(FLAT) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(head.encode() + b"{")
        assert generate(server).status == 200

    assert "Traceback" not in caplog.text


def test_what_is_no_http_does_not_disturb_it(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(b"no http at all\r\n\r\n")
        assert b"400" in connection.recv(65536)

    assert generate(server).status == 200


@pytest.mark.parametrize("wrong", [Settings(faults={"rest": 0.5}), Settings(dialect="azur")])
def test_a_name_that_nobody_knows_is_refused(wrong):
    with pytest.raises(ValueError, match="is none of"):
        Server(wrong)
