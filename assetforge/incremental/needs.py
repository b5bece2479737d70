"""What each variant was made from, kept beside the trace: asked by what changed."""

from __future__ import annotations

import hashlib
import json
import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetforge.action import VariantName
from assetforge.catalogs.lookup import Catalogs
from assetforge.decided import Decided
from assetforge.errors import Diagnostic
from assetforge.matrix import Variant
from assetforge.messages.codec import to_json
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.rendered import Needs

SUFFIX = ".needs"

SCHEMA = """
CREATE TABLE variants (number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
CREATE TABLE targets (row INTEGER PRIMARY KEY, variant TEXT NOT NULL);
CREATE INDEX targets_by_variant ON targets (variant);
CREATE TABLE messages (catalogs TEXT, locale TEXT, users BLOB, PRIMARY KEY (catalogs, locale))
    WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, assets BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE catalogs (path TEXT, catalogs TEXT, locale TEXT, PRIMARY KEY (path, catalogs, locale))
    WITHOUT ROWID;
CREATE TABLE sets (catalogs TEXT PRIMARY KEY, asset TEXT NOT NULL, locales TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE refers (asset TEXT, other TEXT, PRIMARY KEY (asset, other)) WITHOUT ROWID;
CREATE TABLE sharing (asset TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE warnings (digest TEXT PRIMARY KEY, file TEXT NOT NULL, planned INTEGER NOT NULL)
    WITHOUT ROWID;
"""

Users = dict[str, tuple[bytes, list[int]]]
"""Message id → the digest of what it says in a locale, and the variants that asked for it."""

ABSENT = b""
"""The digest of a message that a locale does not have."""


def digest_of_message(catalogs: Catalogs, locale: str, id: str) -> bytes:
    """Return what changes when a message of a locale says something else; not where it stands."""
    found = catalogs.entry(locale, id)
    if found is None:
        return ABSENT
    value = found.value if isinstance(found.value, str) else to_json(found.value)
    said = repr((value, found.state, found.comment, found.max_length))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def digest_of_warning(warning: Diagnostic) -> str:
    """Return what tells one warning from another, its place included."""
    return hashlib.sha256(repr(warning).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Collected:
    """What the variants of a plan were made from, as it comes out of planning.

    Variants are known by their number in `names`. `messages` are by asset, locale and id; `files`
    by path, with the assets that were made from each; `refers` the assets that an asset's pictures
    were made from.
    """

    names: list[VariantName] = field(default_factory=list)
    messages: dict[str, dict[str, dict[str, list[int]]]] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)
    refers: dict[str, set[str]] = field(default_factory=dict)

    def note(self, variant: Variant, needs: Needs) -> None:
        """Take in what one variant was made from."""
        number, asset = len(self.names), variant.asset
        self.names.append(variant.name)
        of_asset = self.messages.setdefault(asset, {})
        for locale, id in needs.messages:
            of_asset.setdefault(locale, {}).setdefault(id, []).append(number)
        for path in (*needs.templates, *needs.files):
            self.files.setdefault(path, set()).add(asset)
        if needs.pictures:
            others = {each.partition("/")[0] for each in needs.pictures}
            self.refers.setdefault(asset, set()).update(others)


class NeedsFile:
    """The needs of one generation of a trace. For one thread.

    Raises `sqlite3.Error` where the file is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def assets_reading(self, path: str) -> set[str] | None:
        """Return the assets that were made from a file; None: it is none of theirs."""
        row = self._row("SELECT assets FROM files WHERE path = ?", path)
        return None if row is None else set(marshal.loads(row[0]))

    def locales_in(self, path: str) -> list[tuple[str, str]]:
        """Return whose texts a catalog file may hold: (catalogs, locale)."""
        statement = "SELECT catalogs, locale FROM catalogs WHERE path = ?"
        return self._database.execute(statement, (path,)).fetchall()

    def set_of(self, catalogs: str) -> tuple[str, tuple[str, ...]] | None:
        """Return an asset that has its texts from some catalogs, and their locales."""
        row = self._row("SELECT asset, locales FROM sets WHERE catalogs = ?", catalogs)
        return None if row is None else (row[0], tuple(json.loads(row[1])))

    def users(self, catalogs: str, locale: str) -> Users:
        """Return the messages of a locale that were asked for, and by whom."""
        statement = "SELECT users FROM messages WHERE catalogs = ? AND locale = ?"
        row = self._row(statement, catalogs, locale)
        found: Users = {} if row is None else marshal.loads(row[0])
        return found

    def names(self, numbers: Iterable[int]) -> set[VariantName]:
        """Return the names of variants."""
        rows = (
            self._row("SELECT name FROM variants WHERE number = ?", each) for each in set(numbers)
        )
        return {VariantName(row[0]) for row in rows if row is not None}

    def numbers(self, names: Iterable[VariantName]) -> dict[VariantName, int]:
        """Return the numbers of variants, of those that are known."""
        rows = {
            each: self._row("SELECT number FROM variants WHERE name = ?", each) for each in names
        }
        return {each: row[0] for each, row in rows.items() if row is not None}

    def variants_of(self, asset: str) -> set[VariantName]:
        """Return the names of all variants of an asset."""
        statement = "SELECT name FROM variants WHERE name = ? OR (name > ? AND name < ?)"
        rows = self._database.execute(statement, (asset, f"{asset}/", f"{asset}0"))
        return {VariantName(name) for (name,) in rows}

    def count(self) -> int:
        """Return how many variants there are."""
        row = self._row("SELECT count(*) FROM variants")
        assert row is not None, "BUG: a count of nothing"
        return int(row[0])

    def refers(self) -> dict[str, set[str]]:
        """Return the assets whose pictures each asset takes; those that take none are left out."""
        found: dict[str, set[str]] = {}
        for asset, other in self._database.execute("SELECT asset, other FROM refers"):
            found.setdefault(asset, set()).add(other)
        return found

    def sharing(self) -> set[str]:
        """Return the assets that have an action in common with another."""
        return {str(asset) for (asset,) in self._database.execute("SELECT asset FROM sharing")}

    def variants_at(self, rows: Iterable[int]) -> set[VariantName]:
        """Return whose targets are in some rows of the trace."""
        found = (self._row("SELECT variant FROM targets WHERE row = ?", each) for each in rows)
        return {VariantName(str(each[0])) for each in found if each is not None}

    def rows_of(self, variants: Iterable[VariantName]) -> list[int]:
        """Return the rows of the trace that variants' targets are in."""
        statement = "SELECT row FROM targets WHERE variant = ?"
        return [row for each in variants for (row,) in self._database.execute(statement, (each,))]

    def warned_in(self, file: str) -> bool:
        """Tell whether there is a warning about a file."""
        return self._row("SELECT 1 FROM warnings WHERE file = ? LIMIT 1", file) is not None

    def knows(self, warnings: Iterable[Diagnostic]) -> bool:
        """Tell whether some warnings are all among those of the whole build."""
        statement = "SELECT 1 FROM warnings WHERE digest = ?"
        return all(self._row(statement, digest_of_warning(each)) for each in warnings)

    def planned_warnings(self) -> set[str]:
        """Return the digests of the warnings that planning variants gave."""
        rows = self._database.execute("SELECT digest FROM warnings WHERE planned")
        return {str(digest) for (digest,) in rows}

    def set_users(self, catalogs: str, locale: str, users: Users) -> None:
        """Write the messages of one locale anew."""
        row = catalogs, locale, marshal.dumps(users)
        self._database.execute("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", row)

    def add_file(self, path: str, assets: set[str]) -> None:
        """Note that assets were made from a file, besides those that are known to be."""
        every = (self.assets_reading(path) or set()) | assets
        row = path, marshal.dumps(sorted(every))
        self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", row)

    def add_refers(self, asset: str, others: Iterable[str]) -> None:
        """Note that an asset's pictures are made from those of others."""
        rows = [(asset, each) for each in others]
        self._database.executemany("INSERT OR IGNORE INTO refers VALUES (?, ?)", rows)

    def add_set(self, catalogs: str, asset: str, locales: Sequence[str]) -> None:
        """Note an asset that has its texts from some catalogs, and their locales."""
        row = catalogs, asset, json.dumps(locales)
        self._database.execute("INSERT OR REPLACE INTO sets VALUES (?, ?, ?)", row)

    def add_catalog(self, path: str, catalogs: str, locale: str) -> None:
        """Note that a file may hold texts of a locale."""
        row = path, catalogs, locale
        self._database.execute("INSERT OR IGNORE INTO catalogs VALUES (?, ?, ?)", row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside together, or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._database.execute(statement, values).fetchone()
        return row


def set_name(project: Project, asset: str) -> str:
    """Return the name of the catalogs that an asset has its texts from: its own name, or none."""
    return asset if project.pipeline.assets[asset].catalogs is not None else ""


def users_of(collected: Collected, project: Project) -> Iterator[tuple[str, str, Users]]:
    """Yield the messages that variants asked for, by name of the catalogs and by locale.

    Raises:
        InvalidSource: a catalog cannot be read any more.
    """
    merged: dict[tuple[str, str], dict[str, list[int]]] = {}
    some: dict[str, str] = {}
    for asset, locales in collected.messages.items():
        named = set_name(project, asset)
        some[named] = asset
        for locale, ids in locales.items():
            into = merged.setdefault((named, locale), {})
            for id, numbers in ids.items():
                into.setdefault(id, []).extend(numbers)
    for (named, locale), users in merged.items():
        catalogs = project.texts[some[named]].catalogs
        digests = {id: digest_of_message(catalogs, locale, id) for id in users}
        yield named, locale, {id: (digests[id], users[id]) for id in users}


def write_needs(
    path: Path, collected: Collected, decided: Decided, targets: Sequence[VariantName]
) -> None:
    """Write the needs of a whole plan.

    Args:
        path: of the file, which is not there yet.
        collected: what planning noted.
        decided: the plan.
        targets: whose target is in each row of the trace.

    Raises:
        sqlite3.Error: it cannot be written.
        InvalidSource: a catalog cannot be read any more.
    """
    project = decided.project
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # What is half-written after a power cut is of no proof.
        database.executescript(f"PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; {SCHEMA}")
        database.execute("BEGIN")

        def add(table: str, rows: Iterable[Sequence[object]], columns: int) -> None:
            marks = ", ".join("?" * columns)
            database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)

        add("variants", enumerate(collected.names), 2)
        add("targets", enumerate(targets), 2)
        add("files", ((each, marshal.dumps(sorted(of))) for each, of in collected.files.items()), 2)
        add("refers", ((one, two) for one, some in collected.refers.items() for two in some), 2)
        add("sharing", ((each,) for each in sharing_assets(decided.plan)), 1)
        of_variants = {*map(digest_of_warning, decided.plan.warnings)}
        digests = ((digest_of_warning(each), each) for each in decided.warnings)
        add("warnings", ((one, file_of(each), one in of_variants) for one, each in digests), 3)
        catalogs = {
            set_name(project, each): texts.catalogs for each, texts in project.texts.items()
        }
        for asset, texts in project.texts.items():
            add("sets", [(set_name(project, asset), asset, json.dumps(texts.catalogs.locales))], 3)
        for named, locale, users in users_of(collected, project):
            add("messages", [(named, locale, marshal.dumps(users))], 3)
            files = dict.fromkeys(catalogs[named].files_for(locale))
            add("catalogs", ((str(each), named, locale) for each in files), 3)
        database.execute("COMMIT")


def sharing_assets(plan: Plan) -> set[str]:
    """Return the assets that have an action in common with another."""
    found: set[str] = set()
    for action in plan.actions.values():
        if any(not each.startswith(f"{action.asset}/") for each in action.variants[1:]):
            found.update(asset_of(each) for each in action.variants)
    return found


def asset_of(variant: VariantName) -> str:
    """Return the asset of a variant."""
    return variant.partition("/")[0]


def file_of(warning: Diagnostic) -> str:
    """Return the file that a warning is about, relative to the root; empty: none."""
    return warning.place.file if warning.place else ""
