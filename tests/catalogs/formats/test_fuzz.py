"""Whatever bytes a catalog holds, a reader gives messages or a located InvalidSource."""

import itertools
import random
import signal
from importlib.metadata import entry_points

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.catalogs.base import Content, Message
from benchmarks.catalog_samples import SAMPLES
from benchmarks.fuzz_catalogs import Hang, Tally, attempt, mutated, outcome, put, reader_of, watched

NAMES = sorted(SAMPLES)
FUZZ = settings(max_examples=60, deadline=None, database=None, derandomize=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def read(place, name, data, locale="de"):
    sample = SAMPLES[name]
    return outcome(reader_of(sample), put(sample, place, data), locale, "")


def test_every_format_is_fuzzed():
    read = {point.value for point in entry_points(group="assetforge.catalogs")}

    assert {sample.reader for sample in SAMPLES.values()} >= read


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_valid(place, name):
    for text in SAMPLES[name].texts:
        assert read(place, name, text) == "read"


@pytest.mark.parametrize("name", NAMES)
def test_damaged_samples_are_read_or_refused(place, name):
    dice = random.Random(name)
    outcomes = {read(place, name, mutated(dice, SAMPLES[name])) for _ in range(150)}

    assert outcomes == {"read", "rejected"}


@pytest.mark.parametrize("name", NAMES)
@given(st.binary(max_size=300))
@FUZZ
def test_random_bytes_are_read_or_refused(place, name, data):
    read(place, name, data)


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
@FUZZ
def test_random_pieces_of_the_formats_are_read_or_refused(place, name, data):
    pieces = data.draw(st.lists(st.sampled_from(SAMPLES[name].tokens), max_size=20))

    read(place, name, b"".join(pieces), locale="")


def test_what_breaks_a_promise_is_told_with_its_input(place):
    def lost(path, name, locale, syntax):
        return Content(own={"": Message("x")})

    def stopped(path, name, locale, syntax):
        raise KeyError("a")

    tally = Tally("x")
    for reader in (lost, stopped):
        attempt(reader, place, "de", "plain", b"some bytes", tally)

    assert (tally.inputs, tally.read, tally.rejected) == (2, 0, 0)
    assert ["an empty id" in tally.broken[0], "KeyError" in tally.broken[1]] == [True, True]
    assert all("b'some bytes'" in each for each in tally.broken)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing here can interrupt it")
def test_an_input_that_takes_too_long_is_interrupted():
    with pytest.raises(Hang), watched(0.01):
        sum(1 for _ in itertools.count())
