"""The store's database: one SQLite file that several processes may use at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assetforge.errors import StoreProblem

LAYOUT = 1
"""Version of the store's folder layout; an unknown one is an error, never a rewrite."""

README = """This folder is assetforge's store. It holds every picture a provider has made for this
project, under the digest of its bytes (cas/), and what each was asked for (actions/). Results cost
money and cannot be made again: keep this folder, or share it. To move it, copy it whole.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, artifact TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS results_by_artifact ON results (artifact);
CREATE TABLE IF NOT EXISTS stands (
    variant TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (variant, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS targets (
    path TEXT PRIMARY KEY, artifact TEXT NOT NULL, variant TEXT NOT NULL, key TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inflight (
    key TEXT PRIMARY KEY, process TEXT NOT NULL, heartbeat REAL NOT NULL
) WITHOUT ROWID;
"""


def open_state(root: Path) -> sqlite3.Connection:
    """Open the database of the store in a folder, making both if need be.

    Raises:
        StoreProblem: the folder cannot be written, or holds a store of another layout.
    """
    try:
        _lay_out(root)
        state = sqlite3.connect(root / "state.sqlite", timeout=60, isolation_level=None)
        state.execute("PRAGMA journal_mode = WAL")
        state.execute("PRAGMA synchronous = NORMAL")
        state.executescript(SCHEMA)
    except (OSError, sqlite3.Error) as error:
        raise StoreProblem(f"cannot open the store in '{root}': {error}") from error
    return state


def _lay_out(root: Path) -> None:
    for name in ("cas", "actions", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    version = root / "version"
    if not version.exists():
        (root / "README.md").write_text(README, encoding="utf-8")
        (root / ".gitignore").write_text("*\n", encoding="utf-8")
        version.write_text(f"{LAYOUT}\n", encoding="utf-8")
    found = version.read_text(encoding="utf-8").strip()
    if found != str(LAYOUT):
        raise StoreProblem(
            f"the store in '{root}' has layout {found}, this assetforge knows {LAYOUT}: "
            "use the assetforge that made it, or another store"
        )
