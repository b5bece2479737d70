from __future__ import annotations

from contextlib import suppress

import pytest

from assetforge.errors import StoreProblem
from assetforge.store.local import Store
from tests.store.conftest import a_key, a_result
from tests.store.test_cas import damage


def test_a_result_is_known_only_while_its_bytes_are_there(store):
    artifact = store.cas.put(b"picture", durable=False)
    kept = a_result("kept", artifact)
    store.actions.record([kept, a_result("bytes lost")])

    known = store.known([kept.key, a_key("bytes lost"), a_key("never made")])

    assert known == {kept.key: kept}


def test_what_another_process_keeps_is_known_at_once(root, store):
    other = Store(root)
    made = a_result("made elsewhere", other.cas.put(b"picture", durable=False))

    other.actions.record([made])

    assert store.known([made.key]) == {made.key: made}
    other.close()


def test_a_transaction_takes_everything_back_when_it_fails(store):
    with suppress(KeyboardInterrupt), store.transaction():
        store.actions.record([a_result("half")])
        store.claims.take(a_key("half"))
        raise KeyboardInterrupt

    assert store.actions.get(a_key("half")) is None
    assert store.state.rows("SELECT * FROM inflight") == []


def test_a_store_that_moved_is_the_same_store(root, tmp_path):
    first = Store(root)
    made = a_result("made", first.cas.put(b"picture", durable=False))
    first.actions.record([made])
    first.close()

    root.rename(tmp_path / "moved")

    moved = Store(tmp_path / "moved")
    assert moved.known([made.key]) == {made.key: made}
    moved.close()


def test_closing_a_store_whose_database_broke_is_a_problem_and_closes_it(root):
    store = Store(root)
    store.state.change("DROP TABLE inflight")

    with pytest.raises(StoreProblem, match="no such table"):
        store.close()

    damage(root / "state.sqlite", b"")
