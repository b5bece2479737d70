from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from assetforge.store.claims import STALE_SECONDS
from assetforge.store.local import Store
from tests.store.conftest import a_key

KEY = a_key("banner")

CLAIM_AND_DIE = """
import os, pathlib, sys
from assetforge.store.local import Store
assert Store(pathlib.Path(sys.argv[1])).claims.take(sys.argv[2])
os._exit(9)
"""


@pytest.fixture
def other(root, store) -> Iterator[Store]:
    """A second connection, as another process has."""
    opened = Store(root)
    yield opened
    opened.close()


def age(store: Store, seconds: float) -> None:
    store.state.change("UPDATE inflight SET heartbeat = heartbeat - ?", [seconds])


def move_away(store: Store) -> None:
    """Make the claims look like those of another machine."""
    store.state.change("UPDATE inflight SET process = 'elsewhere/pid:[1] 7 0'", [])


def test_only_one_of_two_gets_a_key(store, other):
    assert store.claims.take(KEY)
    assert not other.claims.take(KEY)
    assert other.claims.take(a_key("poster"))


def test_a_key_given_back_can_be_taken(store, other):
    store.claims.take(KEY)

    store.claims.release(KEY)

    assert other.claims.take(KEY)


def test_nobody_gives_back_what_is_not_theirs(store, other):
    store.claims.take(KEY)

    other.claims.release(KEY)
    other.claims.release_all()

    assert not other.claims.take(KEY)


def test_a_claim_of_another_machine_without_a_heartbeat_is_taken_over(store, other):
    store.claims.take(KEY)
    move_away(store)

    age(store, STALE_SECONDS + 1)

    assert other.claims.take(KEY)
    assert not store.claims.take(KEY)


def test_a_process_of_this_machine_that_sleeps_keeps_its_claims(store, other):
    """A closed lid, Ctrl-Z: it lives, and its call may be under way."""
    store.claims.take(KEY)

    age(store, STALE_SECONDS + 1)

    assert not other.claims.take(KEY)


def test_a_heartbeat_keeps_a_claim(store, other):
    store.claims.take(KEY)
    age(store, STALE_SECONDS + 1)

    store.claims.beat()
    move_away(store)

    assert not other.claims.take(KEY)


def test_the_heart_beats_seldom(store, other):
    store.claims.take(KEY)
    store.claims.beat()
    age(store, STALE_SECONDS + 1)

    store.claims.beat()
    move_away(store)

    assert other.claims.take(KEY)


def test_closing_the_store_gives_everything_back(root, store):
    leaving = Store(root)
    leaving.claims.take(KEY)

    leaving.close()

    assert store.claims.take(KEY)


def test_the_claim_of_a_process_that_died_is_taken_over_at_once(root, store):
    died = subprocess.run([sys.executable, "-c", CLAIM_AND_DIE, str(root), KEY], check=False)
    held = store.state.rows("SELECT key FROM inflight")
    begun = time.monotonic()

    taken = store.claims.take(KEY)

    assert died.returncode == 9
    assert held == [(KEY,)]
    assert taken
    assert time.monotonic() - begun < STALE_SECONDS / 2


@pytest.mark.parametrize("holder", ["elsewhere/pid:[1] 999999999 abc", "12-abc", " 999999999 abc"])
def test_a_process_that_cannot_be_looked_at_is_taken_to_live(store, holder):
    row = [KEY, holder, time.time()]
    store.state.change("INSERT INTO inflight VALUES (?, ?, ?)", row)

    assert not store.claims.take(KEY)


def test_many_keys_are_claimed_at_once_but_for_those_that_others_have(store, other):
    other.claims.take(KEY)
    keys = [a_key(str(number)) for number in range(600)]

    assert store.claims.take_each([KEY, *keys]) == set(keys)
    assert other.claims.take_each([KEY, *keys]) == set()

    store.claims.release_each([*keys[:10], KEY])
    assert other.claims.take_each([KEY, *keys]) == set(keys[:10])


def test_many_keys_are_claimed_in_one_transaction(store):
    said: list[str] = []
    store.state._database.set_trace_callback(said.append)

    store.claims.take_each(a_key(str(number)) for number in range(100))

    assert sum(each.startswith("BEGIN") for each in said) == 1
    assert sum(each.startswith("SELECT") for each in said) == 1
