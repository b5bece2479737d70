"""A result of ours as an HTTP cache for Bazel takes it: inside an `ActionResult` message.

bazel-remote checks that what is put under `/ac/` is one, and on reading that the blobs it names as
output files are there, with their sizes. So our bytes are its standard output, and the blobs they
speak of are its output files: the cache keeps them as long as the result, or says that it has none.

Source: build/bazel/remote/execution/v2/remote_execution.proto, messages ActionResult, OutputFile
and Digest; protobuf.dev/programming-guides/encoding; bazel-remote, server/http.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

OUTPUT_FILES: Final = 2
STDOUT_RAW: Final = 5
"""Fields of ActionResult."""

PATH, DIGEST = 1, 2
"""Fields of OutputFile."""

HASH, SIZE_BYTES = 1, 2
"""Fields of Digest."""

NUMBER, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
"""How a field is written."""

LONGEST_NUMBER: Final = 10
"""Bytes of the largest number."""

DIGEST_TEXT: Final = re.compile(r"[0-9a-f]{64}")


def wrapped(data: bytes, blobs: Mapping[str, int]) -> bytes:
    """Return the message that holds some bytes, and names blobs by digest and size in bytes."""
    files = b"".join(_field(OUTPUT_FILES, _file(*each)) for each in blobs.items())
    return files + _field(STDOUT_RAW, data)


def unwrapped(message: bytes) -> bytes:
    """Return the bytes that a message holds; what is no such message, as it is.

    Whoever reads a result looks whether it is one.
    """
    try:
        return dict(_fields(message)).get(STDOUT_RAW, message)
    except (LookupError, ValueError):
        return message


def blobs_named(data: bytes) -> list[str]:
    """Return the digests of the blobs that a result speaks of, as it is published."""
    try:
        said = json.loads(data)
        record = json.loads(said["record"]) if "record" in said else said
        named = [str(record.get(each)) for each in ("artifact", "findings")]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
    return [each for each in named if DIGEST_TEXT.fullmatch(each)]


def _file(digest: str, size: int) -> bytes:
    described = _field(HASH, digest.encode()) + _number(SIZE_BYTES << 3 | NUMBER) + _number(size)
    return _field(PATH, digest.encode()) + _field(DIGEST, described)


def _field(field: int, data: bytes) -> bytes:
    return _number(field << 3 | BYTES) + _number(len(data)) + data


def _number(value: int) -> bytes:
    """Return a number, seven bits a byte, the lowest first; all but the last have the top bit."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of each field of bytes; others are passed over.

    Raises:
        LookupError, ValueError: it is no message.
    """
    at = 0
    while at < len(message):
        tag, at = _read_number(message, at)
        if tag & 7 == NUMBER:
            _, at = _read_number(message, at)
            continue
        size, at = _read_size(message, at, tag & 7)
        if at + size > len(message):
            raise ValueError("it ends too early")
        if tag & 7 == BYTES:
            yield tag >> 3, message[at : at + size]
        at += size


def _read_size(message: bytes, at: int, written: int) -> tuple[int, int]:
    if written == BYTES:
        return _read_number(message, at)
    return {EIGHT_BYTES: 8, FOUR_BYTES: 4}[written], at


def _read_number(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(LONGEST_NUMBER):
        byte = message[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("a number without an end")
