"""Promise 7: no traceback for bad input. Some thousand broken files through the command line."""

import json
import random
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.space import Space

EXAMPLES = Path(__file__).parents[1] / "examples"
DATA = Path(__file__).with_name("data")
KEPT_LOCALES = {"en-US", "de", "ar"}
SECONDS = 5.0

Case = tuple[str, bytes]
"""What was done to a file, and what the file then holds."""


def project(folder: Path, example: str) -> Space:
    """Return a copy of an example that needs no picture: few locales, and the provider `blank`."""
    root = folder / example
    shutil.copytree(
        EXAMPLES / example, root, ignore=shutil.ignore_patterns(".assetforge", "out", "report")
    )
    for each in root.glob("app-metadata/*/*"):
        if each.is_dir() and each.name not in KEPT_LOCALES:
            shutil.rmtree(each)
    space = Space(root)
    text = space.read("assetforge.yaml")
    space.write("assetforge.yaml", text.replace("{provider: draft}", "{provider: blank}"))
    return space


@pytest.fixture(scope="module")
def spaces(tmp_path_factory) -> dict[str, Space]:
    folder = tmp_path_factory.mktemp("malformed")
    return {each: project(folder, each) for each in ("quickstart", "thunderbird")}


def faults(space: Space, file: str, cases: Iterable[Case], command: str = "check") -> list[str]:
    """Run a command on every case of a file and return what went wrong, then restore the file."""
    path = space.root / file
    before = path.read_bytes()
    found = []
    try:
        for name, data in cases:
            path.unlink(missing_ok=True)  # to empty a file that is there takes a disk much longer
            path.write_bytes(data)
            found += [f"{file}: {name}: {each}" for each in fault(space, command)]
    finally:
        path.write_bytes(before)
    return found


def fault(space: Space, command: str) -> Iterator[str]:
    begun = time.process_time()
    result = space.run(command)
    if time.process_time() - begun > SECONDS:
        yield f"took {time.process_time() - begun:.1f} seconds of the processor"
    if result.code not in (0, 2, 5):
        yield f"ended with {result.code}: {result.err[-300:]}"
    if "Traceback" in result.err or "BUG" in result.err + result.out:
        yield f"a bug: {result.err[-300:]}"
    errors = len(re.findall(r"^error\[[\w-]+\]: .", result.err, re.MULTILINE))
    places = len(re.findall(r"^ *--> [^\s:]", result.err, re.MULTILINE))
    named = result.err.startswith("assetforge: ") and "'assetforge.yaml'" in result.err
    if result.code == 2 and not (named or places >= errors > 0):
        yield f"{errors} errors, {places} places: {result.err[-300:]}"
    if result.code == 0 and errors:
        yield f"errors, and 0: {result.err[-300:]}"


# What is done to any text


def broken_lines(text: str) -> Iterator[Case]:
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        before, after = lines[:at], lines[at + 1 :]
        changes: dict[str, list[str]] = {
            "drop": [],
            "double": [line, line],
            "indent": ["  " + line],
            "indent by one": [" " + line],
            "tab": ["\t" + line],
            "outdent": [line.removeprefix("  ")],
            "comment": ["#" + line],
            "half": [line[: len(line) // 2] + "\n"],
        }
        if after:
            changes["swap"] = [after[0], line]
        for name, new in changes.items():
            rest = after[1:] if name == "swap" else after
            yield f"{name} line {at + 1}", "".join([*before, *new, *rest]).encode()


ODD = [
    "\0",
    "\x07",
    "\x1b[31m",
    "\x85",
    "\ufeff",
    "\u2028",
    "\u202e",
    "\u200b",
    "\U0001f600",
    "é",
    "\t",
    "\r",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    "{{",
    "}}",
    "{%",
    "{#",
    "&a ",
    "*a ",
    "!x ",
    "|",
    ">",
    "%",
    "@",
    "`",
    ":",
    ": ",
    "- ",
    "#",
    " #",
    ",",
    "?",
    "~",
    "<<<<<<< HEAD\n",
    "---\n",
    "...\n",
    "\\",
]


def odd_characters(text: str) -> Iterator[Case]:
    for number, odd in enumerate(ODD):
        for part in range(3):
            at = (len(text) * (7 * number + 31 * part)) // 301 % len(text)
            yield f"{odd!r} at {at}", (text[:at] + odd + text[at:]).encode()


def cut(data: bytes, pieces: int = 30) -> Iterator[Case]:
    for piece in range(pieces):
        at = len(data) * piece // pieces
        yield f"first {at} bytes", data[:at]
        yield f"from byte {at}", data[at:]


def encoded(text: str) -> Iterator[Case]:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp500"):
        yield encoding, text.encode(encoding, "replace")
    yield "latin-1", (text + "# é").encode("latin-1", "replace")
    yield "carriage returns", text.replace("\n", "\r").encode()
    yield "windows line ends", text.replace("\n", "\r\n").encode()


def binary() -> Iterator[Case]:
    chance = random.Random(1)
    for number in range(10):
        yield f"random bytes {number}", chance.randbytes(3**number % 5000)
    yield "nothing", b""
    yield "zeros", bytes(100)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def conflict(text: str) -> bytes:
    lines = text.splitlines(keepends=True)
    half = len(lines) // 2
    ours, theirs = lines[half], lines[-1]
    marked = ["<<<<<<< HEAD\n", ours, "=======\n", theirs, ">>>>>>> branch\n"]
    return "".join([*lines[:half], *marked, *lines[half + 1 :]]).encode()


# Pipeline files

WRONG: list[object] = [
    None,
    True,
    5,
    -1,
    1.5,
    "",
    " ",
    "text",
    "{{ x }}",
    "{x}",
    "../x",
    "/x",
    "a\0b",
    "a\nb",
    "*",
    "é" * 300,
    [],
    [[]],
    [None],
    ["text"],
    {},
    {"x": 1},
    {"": {}},
    {"all": None},
    [{"x": {}}],
    10**30,
    "asset:x",
]


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    below: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        below = value.items()
    elif isinstance(value, list):
        below = enumerate(value)
    for key, each in below:
        yield from paths(each, (*path, key))


def replaced(value: object, path: tuple[str | int, ...], new: object) -> object:
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict):
        return {k: replaced(v, tuple(rest), new) if k == key else v for k, v in value.items()}
    assert isinstance(value, list)
    return [replaced(v, tuple(rest), new) if k == key else v for k, v in enumerate(value)]


def renamed(value: object, path: tuple[str | int, ...], name: str) -> object:
    *above, last = path
    within = value
    for key in above:
        within = within[key]  # type: ignore[index]  # a path of this value
    assert isinstance(within, dict)
    new = {name if key == last else key: each for key, each in within.items()}
    return replaced(value, tuple(above), new)


def wrong_values(text: str) -> Iterator[Case]:
    content = yaml.load(text, Loader=yaml.BaseLoader)
    content["version"] = 1
    for number, path in enumerate(paths(content)):
        for step in range(6):
            new = WRONG[(number * 6 + step) % len(WRONG)]
            data = json.dumps(replaced(content, path, new), ensure_ascii=False).encode()
            yield f"{path} is {new!r}", data
        if path and isinstance(path[-1], str):
            for name in (path[-1] + "x", "", "{x}", "a b", "locale", "__class__"):
                data = json.dumps(renamed(content, path, name)).encode()
                yield f"{path} is called {name!r}", data


def broken_pipelines(text: str) -> list[Case]:
    return [
        *broken_lines(text),
        *odd_characters(text),
        *cut(text.encode()),
        *encoded(text),
        *binary(),
        *wrong_values(text),
        ("conflict", conflict(text)),
    ]


@pytest.mark.parametrize("example", ["quickstart", "thunderbird"])
def test_no_pipeline_file_ends_in_a_traceback(spaces, example):
    space = spaces[example]
    cases = broken_pipelines(space.read("assetforge.yaml"))

    assert len(cases) > 700
    assert faults(space, "assetforge.yaml", cases) == []


@pytest.mark.parametrize("command", ["plan", "render", "graph", "explain", "build"])
def test_no_command_ends_in_a_traceback(spaces, command):
    space = spaces["quickstart"]
    text = space.read("assetforge.yaml").replace("locale: all", "locale: [en]")
    text = text.replace("provider: openai, model: gpt-image-2-2026-04-21", "provider: blank")
    every = 10 if command != "build" else 40

    cases = broken_pipelines(text)[::every]

    assert faults(space, "assetforge.yaml", cases, command) == []


# Catalogs


def broken_json() -> list[Case]:
    text = (EXAMPLES / "quickstart/locales/de.json").read_text(encoding="utf-8")
    texts = [
        "null",
        "5",
        '"x"',
        "[]",
        "{}",
        "[{}]",
        '{"banner": null}',
        '{"banner": []}',
        '{"banner": 5}',
        '{"banner": {"headline": null}}',
        '{"banner": {"headline": 5}}',
        '{"banner": {"headline": []}}',
        '{"banner": {"headline": {"x": "y"}}}',
        '{"banner.headline": "x", "banner": {"headline": "y"}}',
        '{"a": 1, "a": 2}',
        '{"banner": {"headline": "a", "headline": "b"}}',
        '{"": ""}',
        '{"a": NaN}',
        '{"a": 1e999}',
        "{'a': 'b'}",
        '{"a": "b",}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        '{"a": "\n"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
        '{"banner": {"headline": "{x}"}}',
        '{"banner": {"headline": "{}"}}',
        '{"banner": {"headline": "{0}{x.__class__}"}}',
        "// x\n{}",
    ]
    return [
        *((each[:40], each.encode()) for each in texts),
        *broken_lines(text),
        *odd_characters(text),
        *cut(text.encode()),
        *encoded(text),
        *binary(),
        ("conflict", conflict(text)),
    ]


def broken_po() -> list[Case]:
    text = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '#. a comment\nmsgid "banner.headline"\nmsgstr "Mehr Licht"\n\n'
        '#, fuzzy\nmsgctxt "menu"\nmsgid "banner.subline"\nmsgstr ""\n"über "\n"zwei"\n\n'
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "eins"\nmsgstr[1] "viele"\n\n'
        '#~ msgid "old"\n#~ msgstr "alt"\n\nmsgid "banner.action"\nmsgstr "Los"\n'
    )
    real = (DATA / "djangoproject_po/es_MX/LC_MESSAGES/django.po").read_bytes()
    texts = [
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n',
        'msgid "a',
        'msgstr "b"\n',
        'msgid "a"\n"b"\n',
        text.replace("UTF-8", "latin-1"),
        text.replace("UTF-8", "utf-7"),
        text.replace("UTF-8", "nope"),
        text.replace("nplurals=2", "nplurals=INTEGER"),
        'msgid "\\q"\nmsgstr "\\x"\n',
        "msgid a\nmsgstr b\n",
        'msgid "a"\nmsgstr "{"\n',
        'msgid ""\nmsgstr ""\n',
        "#\n",
        '#~| msgid "x"\n',
        'msgid "a"\nmsgstr[9] "x"\n',
    ]
    return [
        *((each[:40], each.encode()) for each in texts),
        *broken_lines(text),
        *odd_characters(text),
        *cut(text.encode()),
        *cut(real, 10),
        *encoded(text),
        *binary(),
        ("conflict", conflict(text)),
    ]


def broken_messages() -> list[Case]:
    text = (EXAMPLES / "thunderbird/app-metadata/com.fsck.k9/de/short_description.txt").read_text(
        encoding="utf-8"
    )
    return [
        *odd_characters(text),
        *cut(text.encode(), 10),
        *encoded(text),
        *binary(),
        (
            "conflict",
            conflict(text),
        ),
    ]


def test_no_json_catalog_ends_in_a_traceback(spaces):
    cases = broken_json()

    assert len(cases) > 200
    assert faults(spaces["quickstart"], "locales/de.json", cases) == []


def test_no_po_catalog_ends_in_a_traceback(tmp_path):
    space = project(tmp_path, "quickstart")
    shutil.rmtree(space.root / "locales")
    space.replace("assetforge.yaml", "{locale}.json", "{locale}.po")
    for locale in ("en", "de"):
        space.write(f"locales/{locale}.po", 'msgid "banner.headline"\nmsgstr "Hi"\n')
    cases = broken_po()

    assert len(cases) > 300
    assert faults(space, "locales/de.po", cases) == []


def test_no_folder_of_messages_ends_in_a_traceback(spaces):
    space, folder = spaces["thunderbird"], "app-metadata/com.fsck.k9"

    for file in (f"{folder}/de/title.txt", f"{folder}/ar/short_description.txt"):
        assert faults(space, file, broken_messages()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda locales: (locales / "de.json").unlink(),
        lambda locales: shutil.rmtree(locales),
        lambda locales: list(map(Path.unlink, locales.iterdir())),
        lambda locales: ((locales / "de.json").unlink(), (locales / "de.json").mkdir()),
        lambda locales: (locales / "DE.json").write_text("{}"),
        lambda locales: (locales / "de_DE.json").write_text("{}"),
        lambda locales: (locales / "notes.json").write_text("{}"),
        lambda locales: (locales / ".json").write_text("{}"),
        lambda locales: (locales / "x\ny.json").write_text("{}"),
        lambda locales: (locales / "fr.json").symlink_to("/etc/hostname"),
        lambda locales: (locales / "fr.json").symlink_to(locales / "fr.json"),
        lambda locales: (locales / "fr.json").symlink_to(locales / "gone.json"),
        lambda locales: locales.rename(locales.with_name("l")) and locales.write_text("x"),
        lambda locales: (locales.parent / "prompts/scene.j2").unlink(),
        lambda locales: shutil.rmtree(locales.parent / "prompts"),
        lambda locales: (
            (locales.parent / "prompts/scene.j2").unlink(),
            (locales.parent / "prompts/scene.j2").mkdir(),
        ),
        lambda locales: (locales.parent / "assetforge.yaml").unlink(),
        lambda locales: (
            (locales.parent / "assetforge.yaml").unlink(),
            (locales.parent / "assetforge.yaml").mkdir(),
        ),
    ],
)
def test_no_folder_that_was_tampered_with_ends_in_a_traceback(
    tmp_path, change: Callable[[Path], object]
):
    space = project(tmp_path, "quickstart")
    change(space.root / "locales")

    assert list(fault(space, "check")) == []


# Templates

WORDS = """
{{ }} {% %} {# #} {%- -%} {{- -}} copy copy.headline vars vars.x locale locale.name format
format.size asset t('banner.headline') t('x') t t() | . .. ( ) [ ] { } , : = == != < > + - * **
/ // % ~ not and or in is if elif else endif for endfor set endset macro endmacro call endcall
filter endfilter block endblock extends include import from as with endwith without context
ignore missing recursive raw endraw do break continue autoescape trans loop loop.index self
super caller range(9) range dict none true false 'text' "text" ' " 5 1.5 1e400 x y z quoted
number percent currency('EUR') date('long') upper join map('upper') select batch(2) center(9)
default('x') tojson length int defined odd __class__ \\n é 漢 'prompts/copy.j2'
'prompts/scene.j2' 'gone.j2' './x.j2' lipsum() namespace() cycler('a') joiner()
"""
PIECES = WORDS.split()

TAGS = [
    "{{ X }}",
    "{{ X|X }}",
    "{{ X.X }}",
    "{{ X(X) }}",
    "{{ X[X] }}",
    "{{ X X X }}",
    "{{ X * X }}",
    "{{ X ~ X }}",
    "{% if X %}X{% else %}X{% endif %}",
    "{% for x in X %}{{ X }}{% endfor %}",
    "{% set x = X %}{{ x X }}",
    "{% macro x(y) %}X{{ X }}{% endmacro %}{{ x(X) }}",
    "{% include X %}",
    "{% import X as y %}{{ y.X }}",
    "{% from X import X %}",
    "{% extends X %}",
    "{% block x %}{{ X }}{% endblock %}",
    "{% filter X %}X{% endfilter %}",
    "{% with x = X %}{{ X }}{% endwith %}",
    "{% call(x) X %}X{% endcall %}",
    "{% X X X %}",
    "X",
]


def random_templates(count: int) -> Iterator[Case]:
    chance = random.Random(2)
    for number in range(count):
        shapes = chance.choices(TAGS, k=chance.randint(1, 4))
        text = "\n".join(re.sub("X", lambda _: chance.choice(PIECES), shape) for shape in shapes)
        yield f"{number}: {text!r}", text.encode()


def test_no_template_ends_in_a_traceback(spaces):
    space = spaces["quickstart"]
    text = space.read("prompts/copy.j2")
    cases = [
        *random_templates(700),
        *broken_lines(text),
        *odd_characters(text),
        *cut(text.encode()),
        *encoded(text),
        *binary(),
        ("conflict", conflict(text)),
        ("large", b"x" * 300_000),
        ("long", b"{{ 'x' }}" * 20_000),
        ("deep", b"{{ " + b"[" * 500 + b"]" * 500 + b" }}"),
    ]

    assert len(cases) > 900
    assert faults(space, "prompts/copy.j2", cases) == []


def test_no_template_within_the_pipeline_file_ends_in_a_traceback(spaces):
    space = spaces["quickstart"]
    text = space.read("assetforge.yaml")
    assert "compose: prompts/scene.j2 " in text

    block, line = [], []
    for name, data in random_templates(250):
        template = data.decode()
        indented = "".join(f"\n          {each}" for each in template.split("\n"))
        block.append((name, text.replace("prompts/scene.j2 ", f"|{indented}\n").encode()))
        quoted = json.dumps(template, ensure_ascii=False)
        line.append((name, text.replace("prompts/scene.j2 ", quoted).encode()))

    assert faults(space, "assetforge.yaml", block) == []
    assert faults(space, "assetforge.yaml", line) == []
