from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.ledger import Call, Ledger
from assetforge.store.cas import part_name
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.event_log import EventLog
from assetforge.store.findings import Checkup, Finding
from assetforge.store.fsck import check_store
from assetforge.store.journal import FILE as JOURNAL
from assetforge.store.local import Store
from assetforge.store.quarantine import NOTE
from assetforge.store.remote import elsewhere_named
from tests.refusing import read_only
from tests.store.conftest import a_key, a_result, files_below
from tests.store.test_cas import damage

BUY_AND_DIE = """
import os, pathlib, sys
from assetforge.store.local import Store
from tests.store.conftest import a_result
store = Store(pathlib.Path(sys.argv[1]))
result = a_result("killed", store.cas.put(b"killed", durable=True), call="9999")
store.claims.take(result.key)
store.actions.keep_file(result, durable=True)
from assetforge.store.cas import part_name
(store.root / "tmp" / part_name()).write_bytes(b"half")
os._exit(9)
"""

BUILD_FOR_A_WHILE = """
import pathlib, sys
from assetforge.store.local import Store
from tests.store.conftest import a_result
store = Store(pathlib.Path(sys.argv[1]))
for number in range(150):
    name = f"{sys.argv[2]} {number}"
    data = name.encode() * 2000
    result = a_result(name, store.cas.put(data, durable=False), call=name)
    assert store.claims.take(result.key)
    store.actions.note_arrival(result)
    store.actions.keep_file(result, durable=True)
    store.actions.forget_arrival(result)
    with store.transaction():
        store.actions.record([result])
        store.claims.release(result.key)
store.close()
"""


def check(
    root: Path,
    *,
    wanted: Mapping[Digest, str] | None = None,
    look: Iterable[Path] = (),
    elsewhere: Elsewhere | None = None,
    act: bool = True,
    locked: Mapping[ActionKey, Collection[Digest]] | None = None,
) -> Checkup:
    return check_store(
        root,
        wanted=wanted or {},
        look=lambda: look,
        elsewhere=elsewhere,
        act=act,
        locked=locked,
    )


def kinds(found: Checkup) -> list[tuple[str, str]]:
    return [(each.kind, each.outcome) for each in found.findings]


@pytest.fixture
def filled(root: Path) -> Path:
    """The folder of a store with two paid pictures, a draft, and one that was only exported."""
    store = Store(root)
    for name in ("wide", "tall"):
        keep(store, name, call=f"call of {name}")
    keep(store, "draft", model="draft")
    keep(store, "export")
    store.close()
    EventLog(root).close()
    return root


def keep(store: Store, name: str, **fields) -> None:
    result = a_result(name, store.cas.put(name.encode(), durable=True), **fields)
    if result.has_file:
        store.actions.keep_file(result, durable=True)
    store.actions.record([result])


def blob(root: Path, name: str) -> Path:
    digest = digest_of(name.encode())
    return root / "cas" / digest[:2] / digest


def file(root: Path, name: str) -> Path:
    return root / "actions" / a_key(name)[:2] / f"{a_key(name)}.json"


def known(root: Path) -> set[str]:
    store = Store(root)
    names = ("wide", "tall", "draft", "export")
    found = store.known(a_key(each) for each in names)
    store.close()
    return {each for each in names if a_key(each) in found}


def assert_sound(root: Path) -> None:
    again = check(root)

    assert kinds(again) == []
    assert again.is_sound


def test_a_sound_store_is_sound_and_stays_as_it_is(filled):
    before = {name: (filled / name).read_bytes() for name in files_below(filled)}

    found = check(filled)

    assert found.is_sound
    assert (found.blobs, found.size, found.results) == (4, 4 + 4 + 5 + 6, 3)
    after = {name: (filled / name).read_bytes() for name in files_below(filled)}
    assert {k: v for k, v in after.items() if "sqlite" not in k} == {
        k: v for k, v in before.items() if "sqlite" not in k
    }


def test_where_there_is_no_store_nothing_is_wrong_and_none_is_made(root):
    assert check(root).is_sound
    assert not root.exists()


def test_a_damaged_paid_blob_is_set_aside_with_a_note_and_told_as_lost(filled):
    damage(blob(filled, "wide"), b"wiDe")

    found = check(filled)

    digest = digest_of(b"wide")
    assert kinds(found) == [("damaged-blob", "repaired"), ("lost-picture", "lost")]
    assert digest[:12] in found.lost[0].message
    (aside,) = (p for p in (filled / "quarantine").iterdir() if not p.name.endswith(NOTE))
    assert aside.read_bytes() == b"wiDe"
    note = json.loads(aside.with_name(aside.name + NOTE).read_text())
    assert note["was"] == f"cas/{digest[:2]}/{digest}"
    assert note["results"] == [a_key("wide")]
    assert known(filled) == {"tall", "draft", "export"}
    assert kinds(check(filled)) == [("lost-picture", "lost")], "it stays lost until it is found"


def test_a_lost_picture_that_is_put_back_makes_the_store_sound(filled):
    blob(filled, "wide").unlink()
    assert kinds(check(filled)) == [("lost-picture", "lost")]

    blob(filled, "wide").write_bytes(b"wide")

    assert_sound(filled)


@pytest.mark.parametrize("how", ["flipped", "cut short", "emptied", "deleted"])
def test_a_blob_is_brought_back_from_a_file_with_its_bytes(filled, tmp_path, how):
    path, picture = blob(filled, "wide"), tmp_path / "banner.png"
    picture.write_bytes(b"wide")
    path.unlink()
    if how != "deleted":
        path.write_bytes({"flipped": b"wiDe", "cut short": b"wid", "emptied": b""}[how])

    found = check(filled, look=[tmp_path / "absent.png", picture])

    assert not found.lost
    assert ("restored-blob", "repaired") in kinds(found)
    assert str(picture) in found.findings[-1].message
    assert known(filled) == {"wide", "tall", "draft", "export"}
    assert_sound(filled)


def test_a_blob_is_brought_back_from_another_store(filled, tmp_path):
    other = Store(tmp_path / "other")
    other.cas.put(b"wide", durable=False)
    other.close()
    damage(blob(filled, "wide"), b"wiDe")

    found = check(filled, elsewhere=elsewhere_named(str(tmp_path / "other")))

    assert kinds(found) == [("damaged-blob", "repaired"), ("restored-blob", "repaired")]
    assert_sound(filled)


def test_a_free_picture_that_is_damaged_is_forgotten_and_nothing_is_lost(filled):
    for name in ("draft", "export"):
        damage(blob(filled, name), b"!")

    found = check(filled)

    assert (
        sorted(kinds(found))
        == [("damaged-blob", "repaired")] * 2 + [("dropped-result", "tidied")] * 2
    )
    assert known(filled) == {"wide", "tall"}
    assert not file(filled, "draft").exists()
    assert_sound(filled)


def test_what_the_lock_names_and_nobody_has_is_lost(filled):
    wanted = {digest_of(b"wide"): "banner/wide/de", digest_of(b"elsewhere"): "banner/wide/ja"}

    found = check(filled, wanted=wanted)

    assert [each.message for each in found.lost] == [
        f"the picture {digest_of(b'elsewhere')[:12]} is lost, and banner/wide/ja stands on it"
    ]


def test_what_the_lock_names_is_brought_back_also_into_a_store_that_is_new(root, tmp_path):
    (tmp_path / "banner.png").write_bytes(b"wide")

    found = check(root, wanted={digest_of(b"wide"): "x"}, look=[tmp_path / "banner.png"])

    assert kinds(found) == [("restored-blob", "repaired")]
    assert blob(root, "wide").read_bytes() == b"wide"


def test_nothing_is_changed_in_a_dry_run(filled, tmp_path):
    (tmp_path / "banner.png").write_bytes(b"tall")
    damage(blob(filled, "wide"), b"wiDe")
    blob(filled, "tall").unlink()
    file(filled, "draft").write_text("{")
    blob(filled, "export").unlink()
    before = {
        name: (filled / name).read_bytes() for name in files_below(filled) if "sqlite" not in name
    }

    found = check(filled, look=[tmp_path / "banner.png"], act=False)

    assert {kind for kind, _ in kinds(found)} == {
        "damaged-blob",
        "lost-picture",
        "restored-blob",
        "damaged-result",
        "dropped-result",
        "missing-file",
    }
    assert not found.acted
    assert before == {
        name: (filled / name).read_bytes() for name in files_below(filled) if "sqlite" not in name
    }
    assert kinds(check(filled, look=[tmp_path / "banner.png"], act=False)) == kinds(found)


@pytest.mark.parametrize("bytes_", [b"{", b"", b"[]", b"\xff", b'{"key": "abc"}'])
def test_a_damaged_result_is_set_aside_and_written_again_from_the_index(filled, bytes_):
    before = file(filled, "wide").read_bytes()
    file(filled, "wide").write_bytes(bytes_)

    found = check(filled)

    assert kinds(found) == [("damaged-result", "repaired"), ("missing-file", "repaired")]
    assert found.findings[0].message.endswith("to quarantine, and written again from the index")
    assert file(filled, "wide").read_bytes() == before
    assert found.quarantined == 1
    assert_sound(filled)


def test_a_paid_result_that_is_damaged_everywhere_is_told_by_its_bill(filled):
    buy_in_ledger(filled, "wide")
    file(filled, "wide").write_bytes(b"{")
    (filled / "state.sqlite").unlink()

    found = check(filled)

    assert ("damaged-result", "repaired") in kinds(found)
    assert [each.message for each in found.lost] == [
        "the ledger has a bill of banner/wide/edit, whose result is lost"
    ]


def buy_in_ledger(root: Path, *names: str, failed: str = "") -> None:
    ledger = Ledger(root)
    for name in names:
        call = Call(
            a_key(name), f"banner/{name}/edit", "banner", "edit", "", 1, "openai", "m", 1, 2
        )
        ledger.settle(ledger.reserve(call), 2, {}, None, failed=failed)
    ledger.close()


def test_bills_of_what_is_here_and_of_what_was_no_picture_are_fine(filled):
    buy_in_ledger(filled, "wide", "tall")
    buy_in_ledger(filled, "refused", failed="moderation_blocked")

    assert_sound(filled)


def test_a_bill_whose_picture_the_lock_names_has_lost_its_recipe_only(filled):
    """Two locks may name pictures of one key: one that is here is enough."""
    buy_in_ledger(filled, "other")
    pictures = {digest_of(b"nowhere"), digest_of(b"wide")}
    assert kinds(check(filled)) == [("lost-result", "lost")]

    found = check(filled, locked={a_key("other"): pictures})
    lost = check(filled, locked={a_key("other"): {digest_of(b"nowhere")}})

    assert kinds(found) == [("lost-recipe", "noted")]
    assert kinds(lost) == [("lost-result", "lost")]


def test_a_ledger_that_is_gone_is_made_anew_from_what_was_paid_for(filled):
    for path in filled.glob("ledger.sqlite*"):
        path.unlink()

    found = check(filled)

    assert kinds(found) == [("damaged-ledger", "repaired")]
    ledger = Ledger(filled)
    keys = {each.key for each in ledger.entries()}
    ledger.close()
    assert keys == {a_key("wide"), a_key("tall")}
    assert_sound(filled)


def test_a_result_that_is_in_the_index_only_is_written_to_a_file(filled):
    before = file(filled, "wide").read_bytes()
    file(filled, "wide").unlink()

    found = check(filled)

    assert kinds(found) == [("missing-file", "repaired")]
    assert file(filled, "wide").read_bytes() == before
    assert_sound(filled)


def test_a_deleted_index_is_filled_again(filled):
    (filled / "state.sqlite").unlink()

    found = check(filled)

    assert kinds(found) == [("missing-row", "tidied")] * 3
    assert found.is_sound
    assert known(filled) == {"wide", "tall", "draft"}
    assert_sound(filled)


@pytest.mark.parametrize("size", [0, 100, 4096, 8192, 5000])
def test_a_truncated_index_is_made_anew(filled, size):
    path = filled / "state.sqlite"
    path.write_bytes(path.read_bytes()[:size])

    check(filled)

    assert known(filled) >= {"wide", "tall", "draft"}
    assert_sound(filled)


def test_an_index_of_garbage_is_set_aside_and_made_anew(filled):
    (filled / "state.sqlite").write_bytes(b"garbage!" * 4096)
    (filled / "state.sqlite-wal").write_bytes(b"garbage!")
    with pytest.raises(StoreProblem, match="run `assetforge fsck`"):
        Store(filled)
    assert kinds(check(filled, act=False)) == [("damaged-index", "repaired")]

    found = check(filled)

    assert kinds(found)[0] == ("damaged-index", "repaired")
    assert not found.lost
    assert known(filled) == {"wide", "tall", "draft"}
    assert any("state.sqlite" in each for each in files_below(filled / "quarantine"))
    assert_sound(filled)


def test_an_index_that_is_damaged_inside_is_noticed(root):
    store = Store(root)
    with store.transaction():
        store.actions.record(a_result(f"number {number}") for number in range(500))
    store.close()
    path = root / "state.sqlite"
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\x5a" * (len(data) - 4096 * 2)
    path.write_bytes(data)

    assert kinds(check(root))[0] == ("damaged-index", "repaired")
    assert_sound(root)


def test_rows_that_make_no_sense_are_replaced_by_the_files(filled):
    with sqlite3.connect(filled / "state.sqlite") as database:
        database.execute("UPDATE results SET record = '{' WHERE key = ?", [a_key("wide")])
        database.execute("UPDATE results SET artifact = 'x' WHERE key = ?", [a_key("tall")])
    database.close()

    found = check(filled)

    assert kinds(found)[:2] == [("damaged-row", "repaired")] * 2
    assert known(filled) == {"wide", "tall", "draft", "export"}
    assert_sound(filled)


def test_wherever_the_index_is_damaged_nothing_paid_is_lost(filled):
    path, chance = filled / "state.sqlite", random.Random(4)
    whole = path.read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(8):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)

        found = check(filled)

        assert not found.lost
        assert known(filled) >= {"wide", "tall", "draft"}


def test_a_damaged_ledger_is_set_aside_and_what_can_be_read_is_saved(filled):
    buy_in_ledger(filled, *(f"call {number}" for number in range(300)))
    path = filled / "ledger.sqlite"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096 * 3] = b"\x5a" * 4096 * 3
    path.write_bytes(data)

    found = check(filled)

    assert ("damaged-ledger", "repaired") in kinds(found)
    assert not found.lost
    ledger = Ledger(filled)
    calls = ledger.entries()
    ledger.close()
    assert len(calls) > 50
    assert {"call of wide", "call of tall"} <= {each.id for each in calls}
    assert_sound_but_for_bills(filled)


def assert_sound_but_for_bills(root: Path) -> None:
    assert {kind for kind, _ in kinds(check(root))} <= {"lost-result"}


def test_a_ledger_of_garbage_is_begun_anew_with_what_the_results_cost(filled):
    buy_in_ledger(filled, "wide")
    (filled / "ledger.sqlite").write_bytes(b"garbage!" * 512)

    found = check(filled)

    assert kinds(found) == [("damaged-ledger", "repaired")]
    assert "a new one knows 2 calls" in found.findings[0].message
    ledger = Ledger(filled)
    assert {(each.id, each.state) for each in ledger.entries()} == {
        ("call of wide", "settled"),
        ("call of tall", "settled"),
    }
    ledger.close()
    assert_sound(filled)


def test_a_decision_that_was_cut_off_is_worth_a_look_and_no_damage(filled):
    (filled / JOURNAL).write_bytes(b'{"id": "1"\n')

    found = check(filled)

    assert kinds(found) == [("damaged-decision", "noted")]
    assert found.is_sound


def test_a_stranger_among_the_blobs_is_left_alone(filled):
    stranger = filled / "cas" / "ab" / "notes.txt"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("mine")

    assert kinds(check(filled)) == [("stray-file", "noted")]
    assert stranger.read_text() == "mine"


def test_what_a_killed_process_left_is_tidied_up_and_no_damage(filled):
    done = subprocess.run([sys.executable, "-c", BUY_AND_DIE, str(filled)], check=False)
    assert done.returncode == 9

    found = check(filled)

    assert sorted(kinds(found)) == [
        ("left-over", "tidied"),
        ("missing-row", "tidied"),
        ("stale-claim", "tidied"),
    ]
    assert found.is_sound
    assert files_below(filled / "tmp") == []
    assert_sound(filled)


def test_what_a_living_process_is_writing_is_no_finding(filled):
    store = Store(filled)
    result = a_result("new", store.cas.put(b"new", durable=True), call="1")
    store.claims.take(result.key)
    store.actions.note_arrival(result)
    store.actions.keep_file(result, durable=True)
    half = filled / "tmp" / part_name()
    half.write_bytes(b"half")

    assert kinds(check(filled)) == []
    assert half.exists()
    store.close()


def test_beside_builds_nothing_is_found_and_nothing_of_theirs_is_touched(filled):
    builds = [
        subprocess.Popen([sys.executable, "-c", BUILD_FOR_A_WHILE, str(filled), who])
        for who in ("one", "two")
    ]
    found: list[Finding] = []
    while any(each.poll() is None for each in builds):
        found += check(filled).findings

    assert [each.returncode for each in builds] == [0, 0]
    assert found == []
    store = Store(filled)
    names = [f"{who} {number}" for who in ("one", "two") for number in range(150)]
    assert len(store.known(map(a_key, names))) == 300
    store.close()


def test_a_store_that_may_only_be_read_is_looked_through_in_a_dry_run(filled):
    damage(blob(filled, "wide"), b"wiDe")
    with read_only(filled):
        with pytest.raises(StoreProblem, match=r"may only be read: .* add --dry-run"):
            check(filled)

        assert kinds(check(filled, act=False)) == [
            ("damaged-blob", "repaired"),
            ("lost-picture", "lost"),
        ]


def test_a_result_that_may_not_be_read_is_no_damage(filled):
    path = file(filled, "wide")
    path.chmod(0o000)

    with read_only(filled / "cas"), pytest.raises(StoreProblem, match="cannot read from the store"):
        check(filled, act=False)

    path.chmod(0o600)


def test_a_blob_that_may_not_be_read_is_no_damage(filled):
    path = blob(filled, "wide")
    path.chmod(0o000)

    with read_only(filled / "actions"), pytest.raises(StoreProblem, match="cannot look through"):
        check(filled, act=False)
