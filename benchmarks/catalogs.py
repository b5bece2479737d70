"""How long do the catalogs of a large project take to load, cold and from what was kept?

A hundred locales of five thousand messages each, one in twenty a plural. Every measurement has a
process of its own; of several the median counts, in CPU time, which other programs disturb less.
The yardsticks are reading the bytes alone, and a well-known reader of the format on a tenth of the
files, taken tenfold.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import statistics
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import StringIO
from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Final
from xml.sax.saxutils import escape

import polib
import yaml
from fluent.syntax import FluentParser

from assetforge import registry
from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.pipeline import Locales, WrittenCatalog
from benchmarks.ground import folder, table

BARS: Final = {"cold": 5.0, "warm": 1.0}
"""Seconds of CPU time that half a million messages may take."""

MESSAGES: Final = 500_000

PLURAL: Final = 20
"""Every message whose number this divides is a plural."""

_SAYING = "save big on every single thing in our store today only while it all lasts"
_HEADER = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
_XLIFF = (
    '<?xml version="1.0"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
    '<file source-language="en" target-language="{}" original="site"><body>\n{}</body></file>\n'
    "</xliff>\n"
)


def locales(count: int) -> list[str]:
    """Return so many language tags that are kept free for private use: `qaa-AA` and on."""
    tags = product("q", ascii_lowercase[:20], ascii_lowercase, "-", "A", ascii_uppercase)
    return ["".join(letters) for letters in islice(tags, count)]


def text(locale: str, number: int) -> str:
    """Return a message of three to eight words."""
    start = sum(map(ord, locale)) + 7 * number
    words = _SAYING.split()
    return " ".join(words[(start + 3 * at) % len(words)] for at in range(3 + number % 6))


def _key(number: int) -> str:
    return f"group{number // 50}.key{number}"


def _icu(locale: str, number: int) -> str:
    if number % PLURAL:
        return text(locale, number)
    return "{count, plural, one {# day} other {# days}}"


def _texts(locale: str, count: int) -> dict[str, str]:
    return {_key(number): _icu(locale, number) for number in range(count)}


def _grouped(locale: str, count: int) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for key, said in _texts(locale, count).items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = said
    return groups


def _po(locale: str, count: int) -> str:
    entries = (
        f'#. hint {number}\n#: page.py:{number}\nmsgid "{_key(number)}"\n'
        + (
            f'msgstr "{text(locale, number)}"\n'
            if number % PLURAL
            else f'msgid_plural "{number}"\nmsgstr[0] "Tag"\nmsgstr[1] "{{count}} Tage"\n'
        )
        for number in range(count)
    )
    return _HEADER + "\n".join(entries)


def _yaml(locale: str, count: int) -> str:
    lines = []
    for group, messages in _grouped(locale, count).items():
        lines.append(f"{group}:\n")
        lines += (f"  {name}: {_quoted(said)}\n" for name, said in messages.items())
    return "".join(lines)


def _quoted(said: str) -> str:
    return f'"{said}"' if "{" in said else said


def _csv(locale: str, count: int) -> str:
    file = StringIO()
    csv.writer(file).writerows([("key", "text"), *_texts(locale, count).items()])
    return file.getvalue()


def _xliff(locale: str, count: int) -> str:
    units = (
        f'<trans-unit id="{key}"><source>{escape(text("en", at))}</source>'
        f"<target>{escape(said)}</target></trans-unit>\n"
        for at, (key, said) in enumerate(_texts(locale, count).items())
    )
    return _XLIFF.format(locale, "".join(units))


def _fluent(locale: str, count: int) -> str:
    lines = (
        f"key{number} = {text(locale, number)}\n"
        if number % PLURAL
        else f"key{number} = {{ $count ->\n    [one] a day\n   *[other] {{ $count }} days\n}}\n"
        for number in range(count)
    )
    return "".join(lines)


def _json_of(said: object) -> str:
    return json.dumps(said, indent=2)


@dataclass(frozen=True)
class Format:
    """A catalog format: what a file of it holds, and what else reads one."""

    write: Callable[[str, int], str]
    other_name: str
    other: Callable[[str], object]
    syntax: str = ""
    first: str = "group0.key1"


FORMATS: Mapping[str, Format] = {
    "json": Format(lambda *of: _json_of(_grouped(*of)), "json.loads", json.loads, "icu"),
    "po": Format(_po, "polib", polib.pofile),
    "yaml": Format(
        _yaml,
        "yaml.CSafeLoader",
        lambda text: yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)),
        "icu",
    ),
    "csv": Format(_csv, "csv.reader", lambda text: list(csv.reader(StringIO(text))), "icu"),
    "xliff": Format(_xliff, "ElementTree", ET.fromstring, "icu"),
    "ftl": Format(_fluent, "FluentParser", lambda text: FluentParser().parse(text), first="key1"),
    "arb": Format(lambda *of: _json_of(_texts(*of)), "json.loads", json.loads),
}


@dataclass(frozen=True)
class Spent:
    """Seconds that a measurement took, and how many messages there were."""

    cpu: float
    wall: float
    messages: int = 0


def write(root: Path, format: str, count: int, messages: int) -> None:
    """Write a project's catalogs."""
    (root / "locales").mkdir()
    for locale in locales(count):
        path = root / "locales" / f"{locale}.{format}"
        path.write_text(FORMATS[format].write(locale, messages), encoding="utf-8", newline="\n")


def catalogs(root: Path, format: str) -> Catalogs:
    """Open a project's catalogs, which keep what they parsed."""
    written = WrittenCatalog.model_validate(
        {"path": f"locales/{{locale}}.{format}", "syntax": FORMATS[format].syntax or None}
    )
    return Catalogs.open(
        Locales(catalogs=written),
        root,
        registry.names(registry.CATALOGS),
        registry.reader,
        keep_in=root / "kept",
    )


def load(root: Path, format: str) -> int:
    """Read every file, and look up a message in every locale; return how many locales have it.

    Raises:
        AssertionError: a catalog has a problem.
    """
    opened = catalogs(root, format)
    problems = opened.problems()
    assert not problems, problems[0]
    found = (opened.find(locale, FORMATS[format].first) for locale in opened.locales)
    return sum(isinstance(each, Found) for each in found)


def walk(root: Path, format: str) -> int:
    """Look at every message of every locale; return how many there are."""
    opened = catalogs(root, format)
    return sum(1 for locale in opened.locales for _ in opened.entries(locale))


def read_bytes(root: Path, format: str) -> int:
    """Read the bytes of every file; return how many there are."""
    return sum(len(path.read_bytes()) for path in sorted((root / "locales").iterdir()))


def read_otherwise(root: Path, format: str) -> int:
    """Read a tenth of the files, at least one, with another program; return how many."""
    paths = sorted((root / "locales").iterdir())
    tenth = paths[: max(1, len(paths) // 10)]
    for path in tenth:
        FORMATS[format].other(path.read_text(encoding="utf-8"))
    return len(tenth)


PHASES: Mapping[str, Callable[[Path, str], int]] = {
    "bytes": read_bytes,
    "other": read_otherwise,
    "cold": load,
    "warm": load,
    "walk": walk,
}


def measure(phase: str, root: Path, format: str) -> Spent:
    """Measure one phase in this process."""
    cpu, wall = time.process_time(), time.perf_counter()
    count = PHASES[phase](root, format)
    return Spent(time.process_time() - cpu, time.perf_counter() - wall, count)


def measure_apart(phase: str, root: Path, format: str) -> Spent:
    """Measure one phase in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measure, phase, root, format).result()


def median(phase: str, root: Path, format: str, runs: int) -> Spent:
    """Return the median of several measurements; before a cold one nothing is kept."""
    found = []
    for _ in range(runs):
        if phase == "cold":
            forget(root)
        found.append(measure_apart(phase, root, format))
    cpu, wall = ([getattr(each, name) for each in found] for name in ("cpu", "wall"))
    return Spent(statistics.median(cpu), statistics.median(wall), found[0].messages)


def forget(root: Path) -> None:
    """Delete what was kept of parsed files."""
    for path in (root / "kept").glob("*"):
        path.unlink()


def row(format: str, count: int, messages: int, runs: int) -> dict[str, object]:
    """Measure one format, and return a row of the table."""
    with folder() as root:
        write(root, format, count, messages)
        spent = {phase: median(phase, root, format, runs) for phase in PHASES if phase != "other"}
        other = median("other", root, format, 1)
    assert spent["cold"].messages == spent["warm"].messages == count, "a locale lacks a message"
    assert spent["walk"].messages == count * messages, "a message is lost"
    read = spent["bytes"].cpu or 0.001
    otherwise = other.cpu * count / other.messages
    return {
        "format": format,
        "MB": round(spent["bytes"].messages / 1e6, 1),
        "bytes s": round(read, 3),
        **{f"{phase} s": shown(spent[phase]) for phase in ("cold", "warm", "walk")},
        **{f"{phase} : bytes": round(spent[phase].cpu / read) for phase in BARS},
        "other": f"{FORMATS[format].other_name} {otherwise:.2f} s",
        "cold : other": round(spent["cold"].cpu / otherwise, 2),
        "over the bar": ", ".join(over_the_bar(spent, count * messages)) or "-",
    }


def shown(spent: Spent) -> str:
    """Return CPU time, and wall time behind it."""
    return f"{spent.cpu:.2f} ({spent.wall:.2f})"


def over_the_bar(spent: Mapping[str, Spent], messages: int) -> list[str]:
    """Return the phases that took longer than they may, for so many messages."""
    return [phase for phase, bar in BARS.items() if spent[phase].cpu > bar * messages / MESSAGES]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the formats asked for, and print a table; exit with 1 if one is over the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locales", type=int, default=100)
    parser.add_argument("--messages", type=int, default=5000, help="of each locale")
    parser.add_argument("--runs", type=int, default=3, help="the median counts")
    parser.add_argument("--format", default=",".join(FORMATS), help="several with commas")
    given = parser.parse_args(arguments)
    formats = given.format.split(",")
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        parser.error(f"no format {', '.join(unknown)}; known: {', '.join(FORMATS)}")
    rows = [row(each, given.locales, given.messages, given.runs) for each in formats]
    print(f"{given.locales} locales x {given.messages} messages; CPU seconds (wall){_load()}\n")
    print(table(rows))
    raise SystemExit(1 if any(each["over the bar"] != "-" for each in rows) else 0)


def _load() -> str:
    """Return how busy the machine is, where it says so."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


if __name__ == "__main__":
    main()
