"""Catalog files damaged in many ways: does a reader ever stop with anything but what it promises?

Valid samples are cut, flipped, spliced, repeated and strewn with the words of their format. Each
reader has a process of its own, and gives messages or a located refusal for every input: no other
exception, no message that breaks a promise, no input that takes longer than `PATIENCE`, no memory
beyond `MEMORY`.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import os
import pkgutil
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from assetforge.catalogs.base import Content, Messages, Reader
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import map_texts
from assetforge.messages.syntaxes import SYNTAXES
from benchmarks.catalog_samples import SAMPLES, Sample
from benchmarks.ground import table

PATIENCE = 2.0
"""Seconds of processor time that one input may take: others may use the machine too."""

MEMORY = 300
"""MiB that a reader's process may grow by."""

LARGEST = 64 * 1024
"""Bytes of the largest input."""

LOCALES = ("de", "", "en", "zh-Hant-TW", "xx-custom")


class Hang(Exception):
    """An input took longer than `PATIENCE`."""


@dataclass
class Tally:
    """What became of the inputs of one reader. `broken` are those that must not be."""

    reader: str
    inputs: int = 0
    rejected: int = 0
    read: int = 0
    slowest_ms: float = 0.0
    peak_mb: float = 0.0
    broken: list[str] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        return {
            "reader": self.reader,
            "inputs": self.inputs,
            "rejected": self.rejected,
            "read": self.read,
            "slowest ms": round(self.slowest_ms, 1),
            "peak MB": round(self.peak_mb, 1),
            "broken": len(self.broken),
        }


def reader_of(sample: Sample) -> Reader:
    """Return the reader of a sample's format."""
    reader: Reader = pkgutil.resolve_name(sample.reader)
    return reader


def mutated(dice: random.Random, sample: Sample) -> bytes:
    """Return a sample with one to three damages."""
    data = dice.choice(sample.texts)
    for _ in range(dice.choice((1, 1, 1, 1, 2, 3))):
        data = dice.choice(_DAMAGES)(dice, data, sample)[:LARGEST]
    return data


def _span(dice: random.Random, data: bytes) -> tuple[int, int]:
    """Return a span of an input, mostly a short one."""
    start = dice.randint(0, len(data))
    return start, min(len(data), start + int(dice.expovariate(0.03)))


def _truncated(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    return data[: dice.randint(0, len(data))]


def _flipped(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    changed = bytearray(data or b"\0")
    for _ in range(dice.randint(1, 3)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + data[end:]


def _spliced(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    other = dice.choice(sample.texts)
    start, end = _span(dice, other)
    at = dice.randint(0, len(data))
    return data[:at] + other[start:end] + data[at:]


def _joined(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    other = dice.choice(sample.texts)
    return data[: dice.randint(0, len(data))] + other[dice.randint(0, len(other)) :]


def _repeated(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    start, end = _span(dice, data)
    times = dice.choice((2, 2, 3, 10, 1000))
    return data[:start] + data[start:end] * times + data[end:]


def _strewn(dice: random.Random, data: bytes, sample: Sample) -> bytes:
    for _ in range(dice.choice((1, 1, 2))):
        at = dice.randint(0, len(data))
        token = dice.choice(sample.tokens) * dice.choice((1, 1, 1, 1, 1, 1, 2, 70, 2000))
        data = data[:at] + token + data[at:]
    return data


_DAMAGES = (_truncated, _flipped, _cut, _spliced, _joined, _repeated, _strewn, _strewn)


def put(sample: Sample, folder: Path, data: bytes) -> Path:
    """Write an input where the sample's reader takes it from, and return what it reads."""
    path = folder / sample.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path.parent if sample.is_folder else path


def outcome(reader: Reader, path: Path, locale: str, syntax: str) -> str:
    """Read a catalog, and return `read` or `rejected`.

    Raises:
        AssertionError: what came out is not what a reader promises.
    """
    try:
        content = reader(path, "locales/x", locale, syntax)
    except InvalidSource as error:
        _check_refusal(error)
        return "rejected"
    _check(content)
    return "read"


def _check_refusal(refusal: InvalidSource) -> None:
    assert refusal.diagnostics, "a refusal without a problem"
    for problem in refusal.diagnostics:
        assert problem.place is not None, f"no place: {problem}"
        assert problem.place.file.startswith("locales/x"), f"wrong file: {problem}"
        assert "\n" not in str(problem), f"two lines: {problem}"
        str(problem).encode()


def _check(content: Content) -> None:
    for messages in (content.own, content.source, *content.others.values()):
        _check_messages(messages)
    for warning in content.warnings:
        assert warning.place is not None, f"no place: {warning}"
        assert warning.severity == "warning", f"no warning: {warning}"


def _check_messages(messages: Messages) -> None:
    for id, message in messages.items():
        assert id, "an empty id"
        id.encode()
        map_texts(message.value, lambda text: text.encode().decode())
        assert (message.state == "empty") == (message.value == ""), f"state of {message}"
        assert message.line >= 0, f"place of {message}"
        assert message.length >= 1, f"length of {message}"


@contextmanager
def watched(seconds: float) -> Iterator[None]:
    """Raise `Hang` in the block when it works too long, where the system can interrupt it."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzz(name: str, inputs: int, seed: int) -> Tally:
    """Read so many damaged samples of one format, and count what became of them."""
    sample, dice = SAMPLES[name], random.Random(f"{name} {seed}")
    reader, tally = reader_of(sample), Tally(name)
    with tempfile.TemporaryDirectory(prefix="assetforge-fuzz-", dir=_fast_folder()) as folder:
        for data in sample.texts:
            assert outcome(reader, put(sample, Path(folder), data), "de", "") == "read", data
        before = _peak_mb()
        for _ in range(inputs):
            # A hang in C can only be ended from outside, and shows where it was.
            faulthandler.dump_traceback_later(30 * PATIENCE, exit=True)
            data = mutated(dice, sample)
            locale, syntax = dice.choice(LOCALES), dice.choice(("", "", "", *SYNTAXES))
            attempt(reader, put(sample, Path(folder), data), locale, syntax, data, tally)
    faulthandler.cancel_dump_traceback_later()
    tally.peak_mb = _peak_mb() - before
    if tally.peak_mb > MEMORY:
        tally.broken.append(f"grew by {tally.peak_mb:.0f} MB")
    return tally


def attempt(
    reader: Reader, path: Path, locale: str, syntax: str, data: bytes, tally: Tally
) -> None:
    """Read one input, and count what became of it."""
    tally.inputs += 1
    shown = f"locale={locale!r} syntax={syntax!r} {data[:400]!r} ({len(data)} bytes)"
    began = time.process_time()
    try:
        with watched(PATIENCE):
            what = outcome(reader, path, locale, syntax)
    except Hang:
        what = ""
    except BaseException:
        tally.broken.append(f"{traceback.format_exc(limit=-4)}{shown}")
        return
    took = time.process_time() - began
    tally.slowest_ms = max(tally.slowest_ms, 1000 * took)
    if took > PATIENCE:
        tally.broken.append(f"took {took:.1f} s: {shown}")
    tally.read += what == "read"
    tally.rejected += what == "rejected"


def _peak_mb() -> float:
    """Return the most memory that this process ever had, in MiB; 0 where nobody tells."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _fast_folder() -> str | None:
    """Return a folder in memory, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def fuzz_all(names: Sequence[str], inputs: int, seed: int, lanes: int) -> list[Tally]:
    """Fuzz several readers, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(lanes, mp_context=context, max_tasks_per_child=1) as pool:
        count = len(names)
        return list(pool.map(fuzz, names, [inputs] * count, [seed] * count))


def main() -> None:
    """Fuzz the readers asked for, and print what became of their inputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=", ".join(SAMPLES))
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=2, help="readers at the same time")
    given = parser.parse_args()
    unknown = set(given.readers) - set(SAMPLES)
    if unknown:
        parser.error(f"no reader {', '.join(sorted(unknown))}; known: {', '.join(SAMPLES)}")
    tallies = fuzz_all(given.readers or list(SAMPLES), given.inputs, given.seed, given.lanes)
    print(table([each.row() for each in tallies]))
    for each in tallies:
        for broken in each.broken[:5]:
            # Half characters in what was raised: a terminal takes none.
            print(f"\n{each.reader}: {broken}".encode(errors="backslashreplace").decode())
    raise SystemExit(1 if any(each.broken for each in tallies) else 0)


if __name__ == "__main__":
    main()
