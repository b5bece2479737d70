from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest

from assetforge.errors import StoreProblem
from assetforge.store.local import Store
from assetforge.store.state import LAYOUT, State
from tests.refusing import no_file_larger_than, read_only
from tests.store.conftest import a_key, a_result, files_below
from tests.store.test_cas import damage


def test_a_new_store_says_what_it_is_and_keeps_out_of_git(root):
    State(root).close()

    assert "cost\nmoney" in (root / "README.md").read_text()
    assert (root / ".gitignore").read_text() == "*\n"
    assert (root / "version").read_text() == f"{LAYOUT}\n"
    assert files_below(root / "tmp") == []


def test_opening_again_keeps_what_is_there(root):
    first = State(root)
    first.change("INSERT INTO stands VALUES ('banner/de', 'edit', 'abc')")
    first.close()
    (root / "README.md").write_text("my own words")

    again = State(root)

    assert again.rows("SELECT key FROM stands") == [("abc",)]
    assert (root / "README.md").read_text() == "my own words"
    again.close()


@pytest.mark.parametrize("found", [b"3\n", b"", b"one", b"\xff\xfe"])
def test_an_unknown_layout_is_an_error_and_nothing_is_changed(root, found):
    State(root).close()
    (root / "version").write_bytes(found)
    before = {name: (root / name).read_bytes() for name in files_below(root)}

    with pytest.raises(StoreProblem, match=rf"this assetforge knows {LAYOUT}: use the assetforge"):
        State(root)

    assert {name: (root / name).read_bytes() for name in files_below(root)} == before


def test_a_store_that_may_only_be_read_is_read_and_nothing_is_changed(root):
    store = Store(root)
    kept = a_result("kept", store.cas.put(b"picture", durable=True), call="1111")
    in_file = a_result("in a file only", kept.artifact, call="2222")
    store.actions.record([kept])
    store.actions.keep_file(in_file, durable=True)
    store.close()

    with read_only(root):
        reading = Store(root)
        assert reading.known([kept.key, in_file.key]) == {kept.key: kept, in_file.key: in_file}
        with pytest.raises(StoreProblem, match=r"readonly database: .* belongs to '"):
            reading.claims.take(kept.key)
        reading.close()


def test_a_store_that_others_write_to_can_be_read_where_it_may_only_be_read(root):
    writing = Store(root)
    with read_only(root):
        writing.actions.record([a_result("new")])

        reading = State(root)

        assert reading.rows("SELECT key FROM results") == [(a_key("new"),)]
        reading.close()
    writing.close()


def test_a_database_that_may_only_be_read_is_one_line(root):
    store = Store(root)
    store.actions.record([a_result("kept")])
    store.close()
    (root / "state.sqlite").chmod(0o444)

    with read_only(root / "cas"), pytest.raises(StoreProblem, match=r"state\.sqlite") as error:
        Store(root).actions.record([a_result("new")])

    assert "\n" not in str(error.value)


def test_a_read_only_project_is_one_line(tmp_path):
    project = tmp_path / "project"
    project.mkdir()

    with (
        read_only(project),
        pytest.raises(StoreProblem, match=r"cannot open the store in .*denied"),
    ):
        State(project / ".assetforge")


def test_a_file_in_place_of_the_store_is_one_line(root):
    root.write_text("not a folder")

    with pytest.raises(StoreProblem, match="cannot open the store in"):
        State(root)


@pytest.mark.parametrize("size", [4096, 100_000])
def test_a_file_that_is_no_database_is_an_error_that_says_what_to_do(root, size):
    State(root).close()
    (root / "state.sqlite").write_bytes(b"garbage!" * (size // 8))

    with pytest.raises(
        StoreProblem,
        match=r"state\.sqlite' is damaged .*: run `assetforge fsck`",
    ):
        State(root)


def test_a_database_damaged_inside_is_an_error_that_says_what_to_do(root):
    store = Store(root)
    with store.transaction():
        store.actions.record(a_result(f"number {number}") for number in range(500))
    store.close()
    data = bytearray((root / "state.sqlite").read_bytes())
    data[4096 * 2 :] = b"\x5a" * (len(data) - 4096 * 2)
    damage(root / "state.sqlite", bytes(data))

    with pytest.raises(StoreProblem, match=r"is damaged .*: run `assetforge fsck`, or del"):
        ask_for_everything(root)


def test_after_deleting_a_damaged_database_paid_results_are_known_again(root):
    store = Store(root)
    artifact = store.cas.put(b"paid picture", durable=True)
    paid = a_result("paid", artifact, cost_microdollars=40_000)
    store.actions.keep_file(paid, durable=True)
    store.actions.record([paid])
    store.close()
    damage(root / "state.sqlite", b"garbage!" * 512)
    with pytest.raises(StoreProblem):
        Store(root)

    (root / "state.sqlite").unlink()

    again = Store(root)
    assert again.known([paid.key]) == {paid.key: paid}
    assert again.actions.makers(artifact) == [paid]
    again.close()


def test_a_write_ahead_log_left_of_a_deleted_database_does_no_harm(root):
    left = Store(root)
    left.actions.record([a_result("in the log only")])
    log = (root / "state.sqlite-wal").read_bytes()
    left.close()
    (root / "state.sqlite").unlink()
    (root / "state.sqlite-wal").write_bytes(log)

    again = Store(root)

    assert again.actions.is_empty()
    again.close()


def test_a_foreign_database_is_a_problem_and_no_traceback(root):
    State(root).close()
    (root / "state.sqlite").unlink()
    foreign = sqlite3.connect(root / "state.sqlite")
    foreign.execute("CREATE TABLE results (something TEXT)")
    foreign.close()

    with pytest.raises(StoreProblem, match=r"cannot use the database .*no such column|no column"):
        State(root)


def test_a_transaction_is_all_or_nothing(root):
    state = State(root)
    with suppress(KeyboardInterrupt), state.transaction():
        state.change("INSERT INTO stands VALUES ('banner/de', 'edit', 'abc')")
        raise KeyboardInterrupt

    with state.transaction():
        state.change("INSERT INTO stands VALUES ('banner/ja', 'edit', 'def')")

    assert state.rows("SELECT variant FROM stands") == [("banner/ja",)]
    state.close()


def test_a_full_disk_is_told_and_what_was_there_stays(root):
    store = Store(root)
    store.actions.record([a_result("before")])
    size = (root / "state.sqlite-wal").stat().st_size
    many = [a_result(f"number {number}") for number in range(2000)]

    with (
        no_file_larger_than(size + 8192),
        pytest.raises(StoreProblem, match="cannot use the database"),
        store.transaction(),
    ):
        store.actions.record(many)

    assert set(store.actions.lookup([a_key("before"), many[0].key])) == {a_key("before")}
    store.close()


def test_our_own_mistakes_are_not_told_as_the_stores(root):
    state = State(root)

    with pytest.raises(sqlite3.ProgrammingError):
        state.rows("SELECT ?", [])

    state.close()


def test_a_lock_that_is_never_given_up_is_a_problem(root, monkeypatch):
    State(root).close()
    (root / "state.sqlite").unlink()
    holder = sqlite3.connect(root / "state.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr("assetforge.store.state.PATIENCE_SECONDS", 0.1)

    with pytest.raises(StoreProblem, match="database is locked"):
        State(root)

    holder.close()


def test_all_that_make_the_store_at_the_same_moment_get_it(tmp_path):
    """SQLite lets nobody wait when several switch to write-ahead logging at once."""
    together = Barrier(4)

    def make_many(_: int) -> None:
        for number in range(60):
            together.wait(timeout=60)
            State(tmp_path / str(number)).close()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(make_many, range(4)))

    assert ends == [None] * 4


def ask_for_everything(root: Path) -> None:
    store = Store(root)
    try:
        store.actions.lookup(a_key(f"number {number}") for number in range(500))
        store.record.stands("assetforge.yaml")
        store.record.targets()
    finally:
        store.close()


def test_a_transaction_within_another_is_part_of_it(store):
    with suppress(ZeroDivisionError), store.transaction():
        with store.transaction():
            store.claims.take(a_key("inner"))
        raise ZeroDivisionError

    assert store.state.rows("SELECT * FROM inflight") == []
