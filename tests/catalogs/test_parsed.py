"""Parsed catalogs are kept for the next process, and never shown for other bytes."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.catalogs import parsed, text
from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.discovery import CatalogFile
from assetforge.catalogs.formats import po
from assetforge.catalogs.parsed import LEAST_BYTES, Parser
from assetforge.errors import Diagnostic, InvalidSource, Place

HEADER = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)


def big(text: str = "Hallo") -> str:
    plural = 'msgid "day"\nmsgid_plural "days"\nmsgstr[0] "Tag"\nmsgstr[1] "{count} Tage"\n'
    filler = "".join(f'msgid "k{n}.x"\nmsgstr "{"w" * 40} {n}"\n\n' for n in range(300))
    return f'{HEADER}#. hint\nmsgid "a.title"\nmsgstr "{text}"\n\n#, fuzzy\n{plural}\n{filler}'


class Project:
    """A folder with one catalog; each `parse` is as by another process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kept = root / "kept"
        self.reads = 0

    def parse(self, text: str | None = None) -> Content | InvalidSource:
        path = self.root / "de.po"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        parsed._KNOWN.clear()
        file = CatalogFile("de", path, "de.po", "po")
        return Parser(self.root, lambda format: self.read, self.kept).parse(file)

    def read(self, path: Path, name: str, locale: str, syntax: str) -> Content:
        self.reads += 1
        return po.read(path, name, locale, syntax)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_the_next_process_has_the_same_content_without_parsing(project):
    first = project.parse(big())
    second = project.parse()

    assert isinstance(first, Content)
    assert first == second
    assert (first.own["day"].state, first.own["a.title"].comment) == ("fuzzy", "hint")
    assert project.reads == 1


def test_changed_bytes_are_parsed_anew_whatever_their_time(project):
    project.parse(big())

    changed = project.parse(big("Servus"))

    assert isinstance(changed, Content)
    assert changed.own["a.title"].value == "Servus"
    assert len(list(project.kept.iterdir())) == 1


def test_another_version_of_the_code_parses_anew(project, monkeypatch):
    project.parse(big())

    monkeypatch.setattr(parsed, "_code", lambda: "newer")
    project.parse()

    assert project.reads == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[:-9],
        lambda text: b"[" * 100_000,
        lambda text: b"{}",
        lambda text: text.replace(b'"own":[[', b'"own":[["x",'),
        lambda text: text.replace(b'[["c"', b'[["z"'),
        lambda text: text.replace(b'"others":{}', b'"others":[]'),
        lambda text: text.replace(b'"fuzzy"', b"7"),
        lambda text: text.replace(b'"a.title"', b"3"),
        lambda text: text.replace(b',"source_locale":""', b""),
    ],
)
def test_a_damaged_file_is_parsed_again_without_a_word(project, damage):
    first = project.parse(big())
    (kept,) = project.kept.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))

    assert project.parse() == first
    assert project.reads == 2


def test_a_folder_that_cannot_be_written_is_no_error(project):
    project.kept.write_text("a file is in the way", encoding="utf-8")

    assert isinstance(project.parse(big()), Content)
    assert isinstance(project.parse(), Content)
    assert project.reads == 2


def test_small_and_damaged_catalogs_are_not_kept(project):
    project.kept.mkdir()
    project.parse(HEADER)
    wrong = project.parse(big() + "msgid")

    assert isinstance(wrong, InvalidSource)
    assert len(big()) > LEAST_BYTES
    assert not list(project.kept.iterdir())


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
messages = st.dictionaries(
    texts,
    st.builds(
        Message,
        texts,
        st.integers(0, 10**6),
        st.integers(0, 10**4),
        st.integers(1, 100),
        st.sampled_from(["", "fuzzy", "empty"]),
        texts,
        st.none() | st.integers(1, 4000),
    ),
    max_size=5,
)
warnings = st.builds(
    Diagnostic,
    texts,
    texts,
    st.builds(Place, texts, st.integers(0, 99), st.integers(0, 99), st.integers(1, 9)),
    texts,
    st.none() | texts,
    severity=st.just("warning"),
)


@given(
    st.builds(
        Content,
        messages,
        messages,
        st.dictionaries(texts, messages, max_size=3),
        st.lists(warnings, max_size=3).map(tuple),
        texts,
    )
)
def test_any_content_survives_being_written_and_read(content):
    assert parsed._content(json.loads(json.dumps(parsed._raw(content)))) == content


def test_a_reader_that_fails_in_its_own_way_is_named(project):
    (project.root / "de.po").write_text("", encoding="utf-8")

    def broken(path: Path, name: str, locale: str, syntax: str) -> Content:
        raise KeyError("a mistake\nof the plugin")

    parsed._KNOWN.clear()
    file = CatalogFile("de", project.root / "de.po", "de.po", "po")
    found = Parser(project.root, lambda format: broken).parse(file)

    assert isinstance(found, InvalidSource)
    assert str(found).startswith("de.po: the reader of 'po' catalogs failed: KeyError: ")
    assert "\n" not in str(found)


def plugin(path: Path, says: str):
    """Return the reader of a plugin, as a new process loads it."""
    code = (
        "from assetforge.catalogs.base import Content, Message\n\n"
        f"def read(*file):\n    return Content({{'a': Message({says!r})}})\n"
    )
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("some_plugin", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    exec(code, module.__dict__)
    sys.modules["some_plugin"] = module
    parsed._digest.cache_clear()
    return module.read


def said(root: Path, read, format: str = "po") -> object:
    """Return what a message says to a new process."""
    (root / "de.po").write_text(big(), encoding="utf-8")
    parsed._KNOWN.clear()
    file = CatalogFile("de", root / "de.po", "de.po", format)
    content = Parser(root, lambda _: read, root / "kept").parse(file)
    assert isinstance(content, Content), str(content)
    return content.own["a"].value


def test_another_version_of_a_plugin_parses_anew(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "some_plugin", None)

    assert said(tmp_path, plugin(tmp_path / "plugin.py", "old")) == "old"
    assert said(tmp_path, plugin(tmp_path / "plugin.py", "new")) == "new"


def test_what_a_reader_without_a_file_says_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "some_plugin", None)
    read = plugin(tmp_path / "plugin.py", "old")
    del sys.modules["some_plugin"].__file__

    assert said(tmp_path, read) == "old"
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("format", ["ftl", "yaml", "yml"])
def test_another_version_of_the_package_that_reads_parses_anew(tmp_path, monkeypatch, format):
    counted = []

    def read(*file):
        counted.append(file)
        return Content({"a": Message("x")})

    said(tmp_path, read, format)
    said(tmp_path, read, format)
    assert len(counted) == 1

    monkeypatch.setattr(parsed, "version", lambda package: "99")
    said(tmp_path, read, format)
    assert len(counted) == 2


def test_a_package_of_no_known_version_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setitem(parsed._PARSERS, "po", "no-such-package-at-all")

    assert said(tmp_path, lambda *file: Content({"a": Message("x")})) == "x"
    assert not (tmp_path / "kept").exists()


def test_a_file_that_is_refused_for_its_size_is_not_read_for_its_digest(project, monkeypatch):
    monkeypatch.setattr(parsed, "MAX_BYTES", LEAST_BYTES)
    monkeypatch.setattr(text, "MAX_BYTES", LEAST_BYTES)
    monkeypatch.setattr("hashlib.sha256", None)

    refused = project.parse(big())

    assert isinstance(refused, InvalidSource)
    assert "is larger than" in str(refused)


def test_a_file_that_changes_while_it_is_parsed_is_not_kept(project, monkeypatch):
    def read(path: Path, name: str, locale: str, syntax: str) -> Content:
        found = po.read(path, name, locale, syntax)
        path.write_text(big("Servus"), encoding="utf-8")
        return found

    monkeypatch.setattr(project, "read", read)
    project.parse(big())

    assert not project.kept.exists()
