"""Whatever bytes a catalog holds, a reader gives messages or a located InvalidSource."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.catalogs import folder, json_file, po
from assetforge.errors import InvalidSource
from tests.catalogs.data import DJANGO, FASTLANE, FLATHUB

READERS = {"x.po": po.read, "x.json": json_file.read}
REAL = {
    "x.po": (DJANGO / "es_MX/LC_MESSAGES/django.po").read_bytes(),
    "x.json": (FLATHUB / "eu/common.json").read_bytes(),
    "x.txt": (FASTLANE / "ar/title.txt").read_bytes(),
}
PIECES = [
    b'"',
    b"\\",
    b"\n",
    b"\r",
    b"#~ ",
    b"#| ",
    b"#, fuzzy\n",
    b"msgid ",
    b"msgstr ",
    b"msgstr[1] ",
    b"msgctxt ",
    b'msgid_plural "a"\n',
    b'msgid "a"\n',
    b'msgstr "b"\n',
    b'"Content-Type: text/plain; charset=utf-7\\n"\n',
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\xff",
    b"\x00",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b'"a"',
    b"1e9",
    b"\\ud800",
    b"<<<<<<< a\n",
]
FUZZ = settings(max_examples=100, deadline=None, database=None, derandomize=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def check(path: Path, data: bytes) -> None:
    """Read bytes as a catalog: any error but InvalidSource fails the test."""
    path.write_bytes(data)
    try:
        if path.suffix == ".txt":
            messages = folder.read(path.parent, "x")
        else:
            messages = READERS[path.name](path, path.name)
    except InvalidSource as refused:
        places = [problem.place for problem in refused.diagnostics]
        said = [str(refused)]
    else:
        places = [message.place for message in messages.values()]
        said = [*messages, *(message.text for message in messages.values())]

    assert all(place is not None and place.file for place in places)
    assert all(text.strip() for text in said)
    "".join(said).encode()


@pytest.mark.parametrize("name", sorted(REAL))
@given(st.binary(max_size=300))
@FUZZ
def test_random_bytes_are_read_or_refused(place, name, data):
    check(place / name, data)


@pytest.mark.parametrize("name", sorted(REAL))
@given(st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join))
@FUZZ
def test_random_pieces_of_the_formats_are_read_or_refused(place, name, data):
    check(place / name, data)


@pytest.mark.parametrize("name", sorted(REAL))
@given(st.integers(0, 10_000), st.integers(0, 20), st.sampled_from(PIECES))
@FUZZ
def test_a_real_file_with_one_damage_is_read_or_refused(place, name, at, dropped, piece):
    real = REAL[name]
    at %= len(real)

    check(place / name, real[:at] + piece + real[at + dropped :])
