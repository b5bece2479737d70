import timeit
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.images import decode, examined
from assetforge.providers.base import ImageRequest
from assetforge.providers.blank import Blank

REQUEST = ImageRequest("a lighthouse", (1024, 1024))


def painted(request: ImageRequest = REQUEST) -> bytes:
    return Blank().make(request).data


@settings(deadline=None, max_examples=30)
@given(st.tuples(st.integers(1, 3840), st.integers(1, 2160)))
def test_the_picture_has_exactly_the_size_asked_for(size):
    assert examined(painted(replace(REQUEST, size=size))).size == size


def test_the_picture_is_one_colour_and_free():
    decoded = decode(painted())

    assert len(decoded.getcolors() or []) == 1
    assert Blank().make(REQUEST).cost_microdollars == 0


def test_the_same_request_has_the_same_bytes():
    assert painted() == painted(replace(REQUEST))


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a harbour"},
        {"size": (1024, 640)},
        {"model": "m"},
        {"quality": "low"},
        {"images": (b"x",)},
        {"edit": True},
        {"copy": {"title": "Hallo"}},
        {"script": "Arab"},
        {"region": (0, 0, 1, 1)},
        {"palette": ("#112233",)},
        {"take": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_a_request_changes_the_bytes(change):
    assert painted(replace(REQUEST, **change)) != painted()


def test_a_picture_is_small_and_takes_no_time():
    seconds = min(timeit.repeat(painted, number=100, repeat=5)) / 100

    assert len(painted()) < 300
    assert seconds < 0.001
