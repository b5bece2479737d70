"""What each variant was made from: written once, brought up to date, asked by what changed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assetforge.errors import Diagnostic, Place
from assetforge.incremental.needs import (
    ABSENT,
    SCHEMA,
    Collected,
    NeedsFile,
    digest_of_message,
    digest_of_warning,
    file_of,
)


@pytest.fixture
def needs(tmp_path):
    path: Path = tmp_path / "g.needs"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(SCHEMA)
        names = ["a", "ab/de", "b/de", "b/en", "b0"]
        database.executemany("INSERT INTO variants VALUES (?, ?)", enumerate(names))
        targets = [(0, "b/de"), (1, "a"), (2, "b/de")]
        database.executemany("INSERT INTO targets VALUES (?, ?)", targets)
    with closing(NeedsFile(path)) as found:
        yield found


def test_variants_are_known_by_number_name_asset_and_row(needs):
    assert needs.count() == 5
    assert needs.names([0, 2, 99]) == {"a", "b/de"}
    assert needs.numbers(["b/en", "gone"]) == {"b/en": 3}
    assert needs.variants_of("b") == {"b/de", "b/en"}
    assert needs.variants_of("a") == {"a"}
    assert needs.variants_at([0, 1, 99]) == {"b/de", "a"}
    assert needs.rows_of(["b/de", "gone"]) == [0, 2]


def test_what_is_added_joins_what_is_known(needs):
    needs.add_file("x.j2", {"a"})
    needs.add_file("x.j2", {"b"})
    needs.add_refers("a", ["b"])
    needs.add_refers("a", ["b", "c"])
    needs.add_catalog("/p/de.json", "", "de")
    needs.add_catalog("/p/de.json", "", "de")
    needs.add_set("", "a", ("de", "en"))
    needs.add_set("", "b", ("en",))
    needs.set_users("", "de", {"title": (b"1", [0])})
    needs.set_users("", "de", {"title": (b"2", [0, 1])})

    assert needs.assets_reading("x.j2") == {"a", "b"}
    assert needs.assets_reading("gone.j2") is None
    assert needs.refers() == {"a": {"b", "c"}}
    assert needs.locales_in("/p/de.json") == [("", "de")]
    assert needs.locales_in("/p/en.json") == []
    assert needs.set_of("") == ("b", ("en",))
    assert needs.set_of("own") is None
    assert needs.users("", "de") == {"title": (b"2", [0, 1])}
    assert needs.users("", "en") == {}


def test_changes_are_made_together_or_not_at_all(needs):
    def fail() -> None:
        with needs.transaction():
            needs.add_refers("a", ["b"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert needs.refers() == {}

    with needs.transaction():
        needs.add_refers("a", ["b"])
    assert needs.refers() == {"a": {"b"}}


def warning(message: str, file: str | None = None) -> Diagnostic:
    return Diagnostic("odd", message, Place(file) if file else None, severity="warning")


def test_warnings_are_known_by_all_that_they_say(needs, tmp_path):
    one, two = warning("one", "a.json"), warning("two")
    with closing(sqlite3.connect(tmp_path / "g.needs")) as database, database:
        for each, planned in ((one, 0), (two, 1)):
            row = digest_of_warning(each), file_of(each), planned
            database.execute("INSERT INTO warnings VALUES (?, ?, ?)", row)

    assert needs.knows([one, two])
    assert needs.knows([])
    assert not needs.knows([one, warning("one", "b.json")])
    assert needs.warned_in("a.json")
    assert not needs.warned_in("b.json")
    assert needs.planned_warnings() == {digest_of_warning(two)}


def entry(**changed: Any) -> Any:
    fields = {"value": "Sale", "state": "", "comment": "", "max_length": None, "line": 1} | changed
    return SimpleNamespace(entry=lambda locale, id: SimpleNamespace(**fields))


def test_a_message_is_another_when_it_says_something_else_and_not_when_it_moves():
    plain = digest_of_message(entry(), "de", "title")

    assert digest_of_message(entry(line=9), "de", "title") == plain
    others: list[dict[str, Any]] = [
        {"value": "sale"},
        {"state": "fuzzy"},
        {"comment": "big"},
        {"max_length": 4},
    ]
    assert len({plain, *(digest_of_message(entry(**each), "de", "t") for each in others)}) == 5
    nothing: Any = SimpleNamespace(entry=lambda locale, id: None)
    assert digest_of_message(nothing, "de", "title") == ABSENT


def test_what_planning_says_is_collected_by_number():
    collected = Collected()
    for name, asset, pictures in (("a", "a", ()), ("b/de", "b", ("a", "c/de"))):
        variant: Any = SimpleNamespace(name=name, asset=asset)
        needed: Any = SimpleNamespace(
            messages={("de", "title")}, templates={"x.j2"}, files={"y.png"}, pictures=pictures
        )
        collected.note(variant, needed)

    assert collected.names == ["a", "b/de"]
    assert collected.messages == {"a": {"de": {"title": [0]}}, "b": {"de": {"title": [1]}}}
    assert collected.files == {"x.j2": {"a", "b"}, "y.png": {"a", "b"}}
    assert collected.refers == {"b": {"a", "c"}}
