from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from assetforge.store.problems import Damaged, database_problem, disk_problem
from assetforge.store.state import State
from tests.refusing import read_only
from tests.store.small_disk import in_small_disk

READ_ONLY = 'mount -t tmpfs none "$1" && {} && mount -o remount,ro "$1" && exec "$2" - "$1"'
MAKE = '"$2" -c "import sys, pathlib; from assetforge.store.local import Store;'
MAKE += ' Store(pathlib.Path(sys.argv[1], \'store\')).close()" "$1"'

FULL = "the disk is full: make room (`assetforge gc` says what the store can spare)"


@pytest.mark.parametrize(
    ("act", "cannot"),
    [
        ("store.cas.put(b'x' * 5000, durable=True)", "cannot write to the store"),
        ("store.cas.put(b'x' * 5000, durable=False)", "cannot write to the store"),
        ("store.actions.keep_file(result, durable=True)", "cannot write to the store"),
        ("store.actions.note_arrival(result)", "cannot write to the store"),
        ("store.actions.record([result])", "cannot use the database"),
        ("ledger.reserve(call)", "cannot use the ledger"),
        ("State(disk / 'new')", "cannot open the store in"),
        ("EventLog(disk / 'new')", "cannot use the ledger"),
    ],
)
def test_a_full_disk_is_one_line_wherever_it_is_noticed(act, cannot):
    words = in_small_disk(
        f"""
        from assetforge.ledger import Call, Ledger
        from assetforge.store.event_log import EventLog
        from assetforge.store.local import Store
        from assetforge.store.state import State
        from tests.store.conftest import a_key, a_result
        store, ledger = Store(disk / "store"), Ledger(disk / "store")
        call = Call(a_key("x"), "x" * 90000, "b", "edit", "", 1, "openai", "m", 1, 2)
        result = a_result("x" * 90000, call="1")
        fill(disk)
        {act}
        """
    )

    assert words.startswith(cannot)
    assert words.endswith(f"{FULL}\n")
    assert words.count("\n") == 1


def test_after_a_full_disk_got_room_all_goes_on():
    words = in_small_disk(
        """
        from assetforge.store.fsck import check_store
        from assetforge.store.local import Store
        from tests.store.conftest import a_result
        store = Store(disk / "store")
        result = a_result("x", store.cas.put(b"before", durable=True), imported="x.png")
        fill(disk)
        for act in (
            lambda: store.cas.put(b"x" * 9000, durable=True),
            lambda: store.actions.keep_file(result, durable=True),
        ):
            try:
                act()
            except StoreProblem:
                pass
            else:
                print("it was not full")
        (disk / "filler").unlink()
        store.cas.put(b"x" * 9000, durable=True)
        store.actions.keep_file(result, durable=True)
        store.actions.record([result])
        found = check_store(disk / "store", wanted={}, look=list, elsewhere=None, act=True)
        print([each.kind for each in found.findings])
        """
    )

    assert words == "[]\n"


def test_a_disk_that_may_only_be_read_is_read_and_writing_is_one_line():
    words = in_small_disk(
        """
        from assetforge.store.local import Store
        from tests.store.conftest import a_result
        store = Store(disk / "store")
        print(store.read_only, store.known([a_result("x").key]))
        for act in (
            lambda: store.cas.put(b"x", durable=True),
            lambda: store.claims.take("x"),
            lambda: Store(disk / "new"),
        ):
            try:
                act()
            except StoreProblem as problem:
                print(problem)
        """,
        READ_ONLY.format(MAKE),
    )

    lines = words.splitlines()
    assert lines[0] == "True {}"
    assert lines[1].startswith("cannot write to the store: the disk of '")
    assert lines[1].endswith("can only be read; let it be written to")
    assert lines[2].startswith("cannot use the database")
    assert lines[3].startswith("cannot open the store in")
    assert len(lines) == 4


@pytest.mark.skipif(os.name != "posix", reason="owners have no numbers there")
def test_where_somebody_else_owns_the_folder_it_is_said_who(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    project = tmp_path / "project"
    project.mkdir()

    with read_only(project), pytest.raises(Exception, match="permission denied") as error:
        State(project / ".assetforge")

    assert f"('{project}' belongs to 'root', and you are 'nobody'): give it to 'nobody'" in str(
        error.value
    )


@pytest.mark.skipif(os.name != "posix", reason="owners have no numbers there")
def test_a_folder_of_ones_own_that_may_not_be_written_names_it(tmp_path):
    said = str(disk_problem(PermissionError(errno.EACCES, "no", str(tmp_path / "a" / "b")), "x"))

    assert said == (
        f"x: permission denied: '{tmp_path}/a/b'; change the permissions of '{tmp_path}'"
    )


def test_an_owner_without_a_name_is_a_number(tmp_path):
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(tmp_path, 54321, 54321)

    said = str(disk_problem(PermissionError(errno.EPERM, "no", str(tmp_path)), "cannot"))

    assert f"('{tmp_path}' belongs to '54321', and you are 'root')" in said


def test_what_is_not_known_is_told_as_the_system_tells_it():
    assert str(disk_problem(OSError(errno.EIO, "broken"), "cannot")) == "cannot: [Errno 5] broken"
    assert "can only be read" in str(disk_problem(OSError(errno.EROFS, "no"), "cannot"))
    assert "denied" in str(disk_problem(PermissionError(errno.EACCES, "denied"), "cannot"))


def test_tables_that_are_not_ours_count_as_damage():
    database = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as error:
        database.execute("SELECT x FROM nowhere")
    database.close()

    problem = database_problem(error.value, Path("state.sqlite"), "database", "do this")

    assert isinstance(problem, Damaged)
    assert str(problem).startswith("cannot use the database 'state.sqlite': no such table")
    assert str(problem).endswith(": do this")


def test_another_error_of_the_disk_stays_what_it_is(tmp_path):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR

    said = str(database_problem(error, tmp_path / "x.sqlite", "database", ""))

    assert said == f"cannot use the database '{tmp_path}/x.sqlite': disk I/O error"
