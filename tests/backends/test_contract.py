"""What every backend promises; each is asked on a real store of its kind."""

from __future__ import annotations

import inspect
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from assetforge import registry
from assetforge.backends.base import MOST_BYTES, Backend, Kind, NotListed, Refused
from assetforge.digest import digest_of

BLOB = b"a picture that was paid for"
DIGEST = digest_of(BLOB)
KEY = digest_of(b"what was asked for")
RACERS = 8


def a_result(artifact: str = DIGEST, **more: str) -> bytes:
    return json.dumps({"artifact": artifact, **more}).encode()


@pytest.mark.parametrize("name", registry.names(registry.BACKENDS))
def test_a_backend_keeps_its_protocol(name):
    opened = registry.load(registry.BACKENDS, name)

    for method, declared in inspect.getmembers(Backend, inspect.isfunction):
        if not method.startswith("_"):
            assert inspect.signature(getattr(opened, method)) == inspect.signature(declared)


def test_opening_asks_nobody_anything(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    names = {"folder": str(tmp_path / "none"), "http": "http://127.0.0.1:1", "s3": "s3://none/x"}

    assert [registry.open_backend(each).address for each in names.values()] == [*names.values()]


def test_what_nobody_wrote_is_none(backend):
    assert backend.read("blobs", DIGEST) is None
    assert backend.read("results", KEY) is None
    assert backend.holds("blobs", [DIGEST, KEY]) == set()
    assert backend.holds("results", []) == set()


def test_what_was_created_is_read_back(backend):
    assert backend.create("blobs", DIGEST, BLOB)
    assert backend.create("results", KEY, a_result())

    assert backend.read("blobs", DIGEST) == BLOB
    assert backend.read("results", KEY) == a_result()
    assert backend.holds("blobs", [DIGEST, KEY]) == {DIGEST}
    assert backend.holds("results", [DIGEST, KEY]) == {KEY}


def test_what_is_there_stays_and_can_be_replaced(backend):
    backend.create("results", KEY, a_result(call="1"))

    assert not backend.create("results", KEY, a_result(call="2"))
    assert backend.read("results", KEY) == a_result(call="1")

    backend.replace("results", KEY, a_result(call="3"))
    assert backend.read("results", KEY) == a_result(call="3")


def test_a_result_may_be_replaced_that_is_not_there(backend):
    backend.replace("results", KEY, a_result())

    assert backend.read("results", KEY) == a_result()


@pytest.mark.parametrize("size", [1, 100_000, 6_000_000])
def test_bytes_of_any_kind_come_back(backend, size):
    data = bytes(range(256)) * (size // 256 + 1)
    backend.create("blobs", digest_of(data), data)

    assert backend.read("blobs", digest_of(data)) == data


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_of_eight_that_write_at_once_one_is_first(fresh, kind):
    address = fresh(kind)
    racers = [registry.open_backend(address) for _ in range(RACERS)]
    start = threading.Barrier(RACERS)

    def race(number: int) -> bool:
        start.wait()
        return racers[number].create("results", KEY, a_result(call=str(number)))

    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(race, range(RACERS)))

    assert won.count(True) == 1
    assert racers[0].read("results", KEY) == a_result(call=str(won.index(True)))


def test_many_threads_may_ask_one_backend(backend):
    blobs = {digest_of(data): data for data in (bytes([each]) * 999 for each in range(64))}

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda each: backend.create("blobs", *each), blobs.items()))
        assert list(pool.map(lambda each: backend.read("blobs", each), blobs)) == [*blobs.values()]

    assert backend.holds("blobs", [*blobs, DIGEST]) == set(blobs)


def test_what_is_there_is_listed_and_deleted_or_it_says_that_it_cannot(backend):
    before = time.time()
    backend.create("blobs", DIGEST, BLOB)
    backend.create("results", KEY, a_result())
    if backend.address.startswith("http"):
        for refused in (
            lambda: list(backend.entries("blobs")),
            lambda: backend.delete("blobs", []),
        ):
            with pytest.raises(NotListed, match="HTTP cache"):
                refused()
        return

    [blob] = backend.entries("blobs")
    [result] = backend.entries("results")
    assert (blob.name, blob.size) == (DIGEST, len(BLOB))
    assert (result.name, result.size) == (KEY, len(a_result()))
    assert abs(blob.written - before) < 60

    backend.delete("blobs", [DIGEST, digest_of(b"never written")])
    backend.delete("results", [])

    assert list(backend.entries("blobs")) == []
    assert backend.read("blobs", DIGEST) is None
    assert backend.read("results", KEY) == a_result()


def test_more_bytes_than_are_taken_are_an_error(backend, monkeypatch):
    backend.create("blobs", DIGEST, BLOB)
    smaller: dict[Kind, int] = {**MOST_BYTES, "blobs": len(BLOB) - 1}
    monkeypatch.setattr(f"{type(backend).__module__}.MOST_BYTES", smaller)

    with pytest.raises(Refused, match=f"has more than {len(BLOB) - 1} bytes, and is not taken"):
        backend.read("blobs", DIGEST)


def test_what_nobody_could_read_is_not_written(backend, monkeypatch):
    smaller: dict[Kind, int] = {**MOST_BYTES, "blobs": len(BLOB) - 1}
    monkeypatch.setattr(f"{type(backend).__module__}.MOST_BYTES", smaller)

    for write in (backend.create, backend.replace):
        with pytest.raises(Refused, match=rf"has {len(BLOB)} bytes, and more than \d+ are never"):
            write("blobs", DIGEST, BLOB)
    assert backend.holds("blobs", [DIGEST]) == set()


def test_people_are_told_where_something_is(backend):
    place = backend.place("blobs", DIGEST)

    assert place.startswith(backend.address)
    assert place.endswith(DIGEST)


def test_a_kind_of_store_that_nobody_knows_says_what_is_meant():
    with pytest.raises(Refused, match=r"'s3a://' is no kind of store.*did you mean 's3'"):
        registry.open_backend("s3a://bucket/prefix")
    with pytest.raises(
        Refused, match="begin with az, file, gs, http, https, s3, or are the path of a folder"
    ):
        registry.open_backend("gopher-something://x")
