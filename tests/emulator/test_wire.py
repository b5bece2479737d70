"""What arrives, byte by byte, when the connection is made to fail."""

import json
import socket

import openai
import pytest

from tests.emulator.asking import PICTURE, generate, raw_request, wait_for_calls


def received(server, fault: str, body=PICTURE) -> tuple[bytes, bool]:
    """Send a call on a bare socket; return what came, and whether it ended with a reset."""
    came = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(raw_request(body, **{"x-emulator-fault": fault}))
        try:
            while part := connection.recv(65536):
                came += part
        except ConnectionResetError:
            return came, True
    return came, False


def test_a_reset_comes_before_any_byte_and_is_billed(server):
    assert received(server, "reset") == (b"", True)
    assert server.books()["totals"]["billed_microdollars"] > 0


def test_after_the_headers_the_connection_ends(server):
    came, _ = received(server, "reset_after_headers")
    head, _, body = came.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200")
    assert b"content-length: " in head
    assert body == b""
    assert server.books()["totals"]["billed_microdollars"] > 0


def test_a_truncated_body_is_half_of_what_was_promised(server):
    came, _ = received(server, "truncated")
    head, _, body = came.partition(b"\r\n\r\n")
    (promised,) = (
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.startswith(b"content-length")
    )

    assert len(body) == promised // 2
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(body)


@pytest.mark.parametrize("fault", ["reset", "reset_after_headers", "truncated"])
def test_streams_break_too(server, fault):
    came, _ = received(server, fault, PICTURE | {"stream": True})

    assert b"image_generation.completed" in came or fault != "truncated"
    assert not came.endswith(b"\n\n\r\n0\r\n\r\n")


@pytest.mark.parametrize("fault", ["reset", "reset_after_headers", "truncated"])
def test_the_library_sees_a_broken_connection_and_the_server_goes_on(client, server, fault):
    with pytest.raises(openai.APIConnectionError):
        client.images.generate(extra_headers={"x-emulator-fault": fault}, **PICTURE)

    assert generate(server).status == 200
    assert [each["status"] for each in server.books()["calls"]] == [200, 200]


def test_a_timeout_answers_nothing_while_the_client_waits(client, server):
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).images.generate(
            extra_headers={"x-emulator-fault": "timeout"}, **PICTURE
        )

    wait_for_calls(server, 1)
    (call,) = server.books()["calls"]
    assert (call["outcome"], call["fault"]) == ("accepted", "timeout")
    assert call["billed_microdollars"] > 0
    assert generate(server).status == 200
