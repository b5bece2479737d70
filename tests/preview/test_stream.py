"""News for pages, over raw HTTP and in a loop of its own."""

import asyncio
import http.client
import json
import threading
import time

import pytest

from assetforge.preview.server import Preview
from assetforge.preview.stream import HEARTBEAT, RETRY, Stream
from tests.preview.asking import PATIENCE_SECONDS, Visitor
from tests.preview.desk import StillDesk

TABS = 12


class Listener:
    """An open page's stream, read line by line."""

    def __init__(self, visitor: Visitor) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", visitor.port, timeout=PATIENCE_SECONDS
        )
        self.connection.request("GET", "/events", headers=visitor.headers({}))
        self.response = self.connection.getresponse()

    def event(self) -> list[str]:
        """Return the lines of the next event."""
        lines: list[str] = []
        while not lines or lines[-1]:
            line = self.response.readline()
            assert line, "the stream ended"
            lines.append(line.decode().rstrip("\n"))
        return lines[:-1]

    def status_of(self, words: str) -> int:
        """Read until the status says so, and return its version."""
        while True:
            data = next((each for each in self.event() if each.startswith("data: ")), None)
            news = json.loads(data.removeprefix("data: ")) if data else None
            if news and news["status"]["words"] == words:
                return int(news["version"])

    def close(self) -> None:
        self.connection.close()
        self.response.close()


def wait_until(true):
    """Wait for something that happens in another thread."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_a_page_learns_at_once_how_things_stand_and_when_to_ask_again(visitor):
    listener = Listener(visitor)
    first, second = listener.event(), listener.event()
    listener.close()

    assert listener.response.headers["content-type"].startswith("text/event-stream")
    assert listener.response.headers["cache-control"] == "no-store"
    assert first == ["retry: 1000"]
    assert second[:2] == ["id: 1", "event: changed"]
    assert json.loads(second[2].removeprefix("data: ")) == {
        "version": 1,
        "status": {"words": "watching"},
    }


def test_every_one_of_many_tabs_learns_of_a_change(desk, visitor):
    listeners = [Listener(visitor) for _ in range(TABS)]
    for each in listeners:
        each.event()
    desk.change("building")
    versions = {each.status_of("building") for each in listeners}
    for each in listeners:
        each.close()

    assert versions == {desk.version}


def test_who_goes_away_is_forgotten():
    preview = Preview(StillDesk())
    preview.start()
    listeners = [Listener(Visitor(preview)) for _ in range(3)]
    wait_until(lambda: preview.tabs == 3)
    listeners.pop().close()

    wait_until(lambda: preview.tabs == 2)
    preview.close()
    assert preview.tabs == 0
    assert [each.response.read().count(b"event: changed") for each in listeners] == [1, 1]
    for each in listeners:
        each.close()


def test_changes_from_many_threads_at_once_are_told_as_few_events():
    """A page gets the last of them, and not each."""
    said = []

    async def news():
        said.append(state[0])
        await asyncio.sleep(0.01)
        return str(state[0]).encode()

    state = [0]

    async def run():
        stream = Stream(news)
        stream.open()

        def change():
            for _ in range(500):
                state[0] += 1
                stream.told()

        threads = [threading.Thread(target=change) for _ in range(4)]
        for each in threads:
            each.start()
        got = []
        async for event in stream.events():
            got.append(event)
            if event == str(4 * 500).encode():
                break
        for each in threads:
            each.join()
        stream.close()
        return got

    got = asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))

    assert got[0] == RETRY
    assert len(got) < 100
    assert len(said) < 100


def test_a_slow_page_gets_the_newest_only():
    async def run():
        state = [0]

        async def news():
            return str(state[0]).encode()

        stream = Stream(news)
        stream.open()
        slow, quick = stream.events(), stream.events()
        got = [await anext(slow), await anext(slow)]
        await anext(quick)
        for number in range(1, 6):
            state[0] = number
            stream.told()
            while await anext(quick) != str(number).encode():
                """An older one."""
        got.append(await anext(slow))
        stream.close()
        return got, [event async for event in slow]

    got, rest = asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))

    assert got == [RETRY, b"0", b"5"]
    assert rest == []


def test_a_quiet_stream_shows_that_it_lives():
    async def run():
        async def news():
            return b"news"

        stream = Stream(news, heartbeat_seconds=0.01)
        stream.open()
        events = stream.events()
        got = [await anext(events) for _ in range(4)]
        stream.close()
        return got, stream.pages, [event async for event in events], stream.pages

    got, before, rest, after = asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))

    assert got == [RETRY, b"news", HEARTBEAT, HEARTBEAT]
    assert (before, rest, after) == (1, [], 0)


@pytest.mark.parametrize("opened", [False, True])
def test_what_changes_before_it_begins_or_after_it_ended_is_no_error(opened):
    stream = None

    async def run():
        nonlocal stream

        async def news():
            return b""

        stream = Stream(news)
        stream.told()
        if opened:
            stream.open()
        stream.close()

    asyncio.run(run())
    assert stream is not None
    stream.told()

    assert stream.pages == 0
