import asyncio
import os
import threading

import pytest

from assetforge import images
from assetforge.digest import Digest, digest_of
from assetforge.preview.thumbnails import Thumbnails
from tests.pictures import ramp, saved

PICTURES = {digest_of(each): each for each in (saved(ramp((64 + n, 48))) for n in range(8))}
FIRST, SECOND, *_ = PICTURES


class Shelf:
    """Notes what is read, and by how many at once."""

    def __init__(self):
        self.read = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def find(self, digest):
        with self.lock:
            self.read.append(digest)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(30)
        with self.lock:
            self.at_once -= 1
        return PICTURES.get(digest)


@pytest.fixture
def shelf():
    return Shelf()


def with_thumbnails(shelf, use, **options):
    async def run():
        thumbnails = Thumbnails(shelf.find, **options)
        try:
            return await use(thumbnails)
        finally:
            thumbnails.close()

    return asyncio.run(run())


def test_a_copy_is_the_preview_of_the_report(shelf):
    copy = with_thumbnails(shelf, lambda thumbnails: thumbnails.of(FIRST, 160))

    assert copy == images.preview(PICTURES[FIRST], 160)


def test_a_copy_is_made_once_for_all_who_ask_at_the_same_time(shelf):
    shelf.gate.clear()

    async def use(thumbnails):
        asking = [asyncio.create_task(thumbnails.of(FIRST, 160)) for _ in range(20)]
        await asyncio.sleep(0)
        asking[0].cancel()
        shelf.gate.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    gone, *copies = with_thumbnails(shelf, use)

    assert isinstance(gone, asyncio.CancelledError)
    assert len(set(copies)) == 1
    assert copies[0] is not None
    assert shelf.read == [FIRST]


def test_each_edge_is_a_copy_of_its_own_and_kept(shelf):
    async def use(thumbnails):
        return [await thumbnails.of(FIRST, edge) for edge in (16, 32, 16, 32)]

    small, large, *again = with_thumbnails(shelf, use)

    assert [images.size_of(each) for each in (small, large)] == [(16, 12), (32, 24)]
    assert again == [small, large]
    assert len(shelf.read) == 2


def test_the_copies_that_were_not_asked_for_longest_go_first(shelf):
    one = len(images.preview(PICTURES[FIRST], 64))

    async def use(thumbnails):
        for digest in (FIRST, SECOND, FIRST, *list(PICTURES)[2:4], FIRST, SECOND):
            await thumbnails.of(digest, 64)

    with_thumbnails(shelf, use, most_bytes=int(one * 3.5))

    assert shelf.read == [FIRST, SECOND, *list(PICTURES)[2:4], SECOND]


def test_a_copy_that_is_larger_than_all_that_is_kept_is_given_and_not_kept(shelf):
    async def use(thumbnails):
        return [await thumbnails.of(FIRST, 64) for _ in range(2)]

    assert None not in with_thumbnails(shelf, use, most_bytes=1)
    assert shelf.read == [FIRST, FIRST]


def test_what_is_not_there_is_looked_for_again(shelf):
    nobody = digest_of(b"nobody")

    async def use(thumbnails):
        return [await thumbnails.of(nobody, 160) for _ in range(2)]

    assert with_thumbnails(shelf, use) == [None, None]
    assert shelf.read == [nobody, nobody]


def test_no_more_are_made_at_once_than_there_are_cores(shelf):
    async def use(thumbnails):
        await asyncio.gather(*(thumbnails.of(digest, 160) for digest in PICTURES))

    with_thumbnails(shelf, use)

    assert shelf.most_at_once <= (os.cpu_count() or 1)


def test_a_bug_reaches_who_asked_and_the_next_try_is_a_new_one():
    asked = []

    class Broken:
        def find(self, digest: Digest) -> bytes:
            asked.append(digest)
            raise KeyError(digest)

    async def use(thumbnails):
        return await asyncio.gather(
            thumbnails.of(FIRST, 160), thumbnails.of(FIRST, 160), return_exceptions=True
        )

    async def twice(thumbnails):
        return [*await use(thumbnails), *await use(thumbnails)]

    assert [type(each) for each in with_thumbnails(Broken(), twice)] == [KeyError] * 4
    assert len(asked) == 2


def test_closing_gives_everything_up(shelf):
    shelf.gate.clear()

    async def use(thumbnails):
        asking = [asyncio.create_task(thumbnails.of(digest, 160)) for digest in PICTURES]
        await asyncio.sleep(0)
        thumbnails.close()
        shelf.gate.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    ended = with_thumbnails(shelf, use)

    assert {type(each) for each in ended} == {asyncio.CancelledError}
    assert len(shelf.read) <= (os.cpu_count() or 1)
