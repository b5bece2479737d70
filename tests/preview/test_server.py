"""The life of a preview: its port, its address, its end."""

import http.client
import socket
import threading
import time

import pytest

from assetforge.preview.server import Preview
from tests.preview.asking import Reply, Visitor
from tests.preview.desk import StillDesk
from tests.preview.test_stream import Listener


def test_every_preview_has_a_port_and_a_token_of_its_own():
    one, two = Preview(StillDesk()), Preview(StillDesk())
    one.start()
    two.start()
    try:
        assert one.port != two.port
        assert one.url.startswith(f"http://127.0.0.1:{one.port}/?token=")
        assert Visitor(one).cookie.partition("=")[2] != Visitor(two).cookie.partition("=")[2]
    finally:
        one.close()
        two.close()


def test_a_port_in_use_is_refused_before_anything_begins(preview, desk):
    with pytest.raises(OSError, match="in use"):
        Preview(desk, preview.port)


def test_a_preview_that_never_began_ends_as_well():
    preview = Preview(StillDesk())
    preview.close()

    Preview(StillDesk(), preview.port).close()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_the_newer_address_of_this_machine_serves_as_well(desk):
    preview = Preview(desk, host="::1")
    preview.start()
    connection = http.client.HTTPConnection("::1", preview.port)
    connection.request("GET", preview.url.partition("/?")[2].join(["/?", ""]))
    status = connection.getresponse().status
    connection.close()
    preview.close()

    assert preview.address == f"http://[::1]:{preview.port}/"
    assert status == 303


@pytest.mark.parametrize(
    ("host", "allowed", "address"),
    [
        ("127.0.0.1", [], "http://127.0.0.1:{}/"),
        ("127.0.0.1", ["desk.example"], "http://127.0.0.1:{}/"),
        ("localhost", [], "http://localhost:{}/"),
        ("0.0.0.0", ["desk.example"], "http://desk.example:{}/"),
        ("0.0.0.0", ["desk.example:80", "tea.example"], "http://desk.example:80/"),
        ("0.0.0.0", ["[2001:db8::1]"], "http://[2001:db8::1]:{}/"),
    ],
)
def test_the_address_is_ours_or_the_first_name_that_was_allowed(host, allowed, address):
    preview = Preview(StillDesk(), host=host, allow_hosts=allowed)
    preview.close()

    assert preview.address == address.format(preview.port)


def test_an_end_leaves_no_thread_and_no_port_though_pages_are_open():
    before = set(threading.enumerate())
    desk = StillDesk()
    preview = Preview(desk)
    preview.start()
    visitor = Visitor(preview)
    listeners = [Listener(visitor) for _ in range(3)]
    idle = http.client.HTTPConnection("127.0.0.1", preview.port)
    idle.connect()
    visitor.post("/undo", {})

    preview.close()
    preview.close()

    for each in listeners:
        assert each.response.read().count(b"event: changed") <= 1
        each.close()
    idle.close()
    assert desk.told == {}
    with pytest.raises(ConnectionRefusedError):
        visitor.ask("/")
    assert [each for each in threading.enumerate() if each not in before and _serves(each)] == []


def test_an_end_does_not_wait_for_what_takes_long(capfd):
    """The session itself waits for it, and says so."""
    desk = StillDesk()
    preview = Preview(desk)
    preview.start()
    visitor = Visitor(preview)
    desk.gate.clear()
    replies: list[Reply] = []
    asking = threading.Thread(target=lambda: replies.append(visitor.post("/undo", {})))
    asking.start()
    while not desk.waiting:
        time.sleep(0.01)

    preview.close()
    asking.join()
    before = list(desk.done)
    desk.gate.set()

    words = "the preview has ended; what was begun is still finished"
    assert before == []
    assert (replies[0].status, replies[0].json) == (503, {"error": "ended", "words": words})
    assert capfd.readouterr().err == ""


def _serves(thread):
    """Threads that see to requests end by themselves, a moment later."""
    return thread.name == "assetforge-preview"
