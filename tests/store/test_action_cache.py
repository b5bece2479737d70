from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from assetforge.digest import digest_of
from assetforge.errors import StoreProblem
from assetforge.store.action_cache import BATCH, ActionCache, ActionResult
from assetforge.store.local import Store
from tests.refusing import no_file_larger_than, read_only
from tests.store.conftest import a_key, a_result, files_below


@pytest.fixture
def cache(store: Store) -> ActionCache:
    return store.actions


PAID = a_result(
    "ein Banner in 日本語 und العربية",
    made_at="2026-11-21T12:00:00+00:00",
    seconds=41,
    cost_microdollars=165_000,
    usage={"output_tokens": 4160, "details": {"image": 3}},
    request_id="req_1",
    model="gpt-image-2-2026-04-21",
    call="0123456789abcdef",
)


def test_a_result_comes_back_with_all_its_fields(cache):
    cache.record([PAID])

    assert cache.get(PAID.key) == PAID


def test_an_unknown_key_has_no_result(cache):
    assert cache.get(a_key("unknown")) is None


def test_more_keys_than_one_query_takes_are_all_found(cache):
    results = [a_result(f"number {number}") for number in range(BATCH * 2 + 1)]
    cache.record(results)

    found = cache.lookup([each.key for each in results])

    assert found == {each.key: each for each in results}


def test_a_file_alone_is_enough(cache):
    cache.keep_file(PAID, durable=True)

    assert cache.get(PAID.key) == PAID
    assert cache.makers(PAID.artifact) == [PAID]


def test_the_file_is_named_by_its_key_and_a_person_can_read_it(cache, root):
    cache.keep_file(PAID, durable=False)

    path = root / "actions" / PAID.key[:2] / f"{PAID.key}.json"
    assert "日本語" in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["request_id"] == "req_1"
    assert path.stat().st_mode & 0o600 == 0o600
    assert files_below(root / "tmp") == []


def test_a_newer_result_takes_the_place_of_one_whose_bytes_were_lost(cache):
    cache.record([PAID])
    newer = a_result("ein Banner in 日本語 und العربية", digest_of(b"another picture"))

    cache.record([newer])

    assert cache.get(PAID.key) == newer
    assert cache.makers(PAID.artifact) == []


def bought(store: Store, picture: bytes, call: str, *, emulated: bool = False) -> ActionResult:
    """Keep a picture as a paid call does: bytes, file, index."""
    artifact = store.cas.put(picture, durable=True)
    result = a_result("banner", artifact, call=call, cost_microdollars=40_000, emulated=emulated)
    store.actions.keep_file(result, durable=True)
    store.actions.record([result])
    return result


def files_of(root, result: ActionResult) -> list[str]:
    names = files_below(root / "actions" / result.key[:2])
    return [each.replace(result.key, "KEY") for each in names]


def test_the_first_of_two_pictures_bought_under_one_key_stays_and_the_second_is_kept(root):
    store = Store(root)

    first = bought(store, b"first", "1111")
    second = bought(store, b"second", "2222")

    assert store.known([first.key]) == {first.key: first}
    assert files_of(root, first) == ["KEY.2222.json", "KEY.json"]
    assert store.cas.read(second.artifact) == b"second"
    store.close()


def test_the_first_picture_is_the_truth_also_after_the_index_was_lost(root):
    store = Store(root)
    first = bought(store, b"first", "ffff")
    bought(store, b"second", "2222")
    store.close()
    (root / "state.sqlite").unlink()

    again = Store(root)

    assert again.known([first.key]) == {first.key: first}
    assert again.actions.rebuild() == 2
    again.close()


def test_the_second_picture_is_found_when_the_firsts_bytes_are_lost(root):
    store = Store(root)
    first = bought(store, b"first", "1111")
    second = bought(store, b"second", "2222")
    store.close()
    store.cas.path(first.artifact).unlink()
    (root / "state.sqlite").unlink()

    again = Store(root)

    assert again.known([first.key]) == {first.key: second}
    again.close()


def test_a_picture_whose_bytes_were_lost_makes_room_for_a_new_one(root):
    store = Store(root)
    first = bought(store, b"first", "1111")
    store.cas.path(first.artifact).unlink()

    second = bought(store, b"second", "2222")

    assert store.known([first.key]) == {first.key: second}
    assert files_of(root, first) == ["KEY.json"]
    store.close()


def test_a_result_kept_again_by_the_same_call_is_one(root):
    store = Store(root)
    first = bought(store, b"first", "1111")

    store.actions.keep_file(first, durable=True)

    assert files_of(root, first) == ["KEY.json"]
    store.close()


def test_an_emulated_result_gives_way_to_a_real_one_and_never_the_other_way(root):
    store = Store(root)
    play = bought(store, b"play", "1111", emulated=True)
    assert store.known([play.key]) == {}, "nobody asked for an emulator's"

    real = bought(store, b"real", "2222")
    assert store.known([real.key]) == {real.key: real}
    assert files_of(root, real) == ["KEY.json"]

    again = bought(store, b"play again", "3333", emulated=True)
    assert store.known([real.key]) == {real.key: real}
    assert files_of(root, real) == ["KEY.3333.json", "KEY.json"]
    store.close()

    emulating = Store(root, emulation=True)
    assert emulating.known([again.key]) == {real.key: real}
    emulating.close()


def test_what_has_arrived_is_no_result_before_it_is_kept(root):
    store = Store(root)
    key = PAID.key

    store.actions.note_arrival(PAID)

    assert store.actions.get(key) is None
    assert store.actions.rebuild() == 0
    assert store.actions.arrived(key) == [PAID]
    store.actions.forget_arrival(PAID)
    store.actions.forget_arrival(PAID)
    assert store.actions.arrived(key) == []
    store.close()


def test_an_arrival_that_cannot_be_noted_is_one_line(cache, root):
    cache.keep_file(PAID, durable=False)
    folder = root / "actions" / PAID.key[:2]

    with read_only(folder), pytest.raises(StoreProblem, match="cannot write to the store"):
        cache.note_arrival(PAID)


def test_what_cost_nothing_takes_the_place_of_what_cost_nothing(cache, root):
    cache.keep_file(a_result("banner"), durable=False)

    cache.keep_file(a_result("banner", seconds=3), durable=False)

    kept = cache.get(a_key("banner"))
    assert kept is not None
    assert kept.seconds == 3


def test_a_paid_picture_is_kept_beside_a_damaged_file(root):
    store = Store(root)
    path = root / "actions" / PAID.key[:2] / f"{PAID.key}.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")

    store.actions.keep_file(replace(PAID, call="1111"), durable=True)

    assert files_of(root, PAID) == ["KEY.1111.json", "KEY.json"]
    assert path.read_text() == "{"
    store.close()


def test_the_index_is_filled_again_from_the_files(root):
    first = Store(root)
    kept = [a_result(f"number {number}") for number in range(20)]
    for each in kept:
        first.actions.keep_file(each, durable=False)
    first.close()
    (root / "state.sqlite").unlink()

    again = Store(root)

    assert {each.key for k in kept for each in again.actions.makers(k.artifact)} == {
        each.key for each in kept
    }
    assert again.actions.rebuild() == 20
    again.close()


def test_what_a_later_assetforge_wrote_down_besides_is_left_out(cache, root):
    cache.keep_file(PAID, durable=False)
    path = root / "actions" / PAID.key[:2] / f"{PAID.key}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "carbon_grams": 3}))

    assert cache.get(PAID.key) == PAID


def test_an_empty_file_is_no_result(cache, root):
    """A power cut leaves such behind for what was not durable."""
    cache.keep_file(PAID, durable=False)
    (root / "actions" / PAID.key[:2] / f"{PAID.key}.json").write_bytes(b"")

    assert cache.get(PAID.key) is None
    assert cache.rebuild() == 0


@pytest.mark.parametrize("damage", [b"{", b"\xff\xfe", b"[]", b"{}", b'{"key": "abc"}'])
def test_a_damaged_file_is_a_problem_and_not_bought_again(root, damage):
    """Taken for a miss, it would be paid for a second time without a word."""
    store = Store(root)
    store.actions.keep_file(PAID, durable=False)
    path = root / "actions" / PAID.key[:2] / f"{PAID.key}.json"
    path.write_bytes(damage)

    with pytest.raises(StoreProblem, match=rf"{PAID.key}\.json' is damaged .*: put back"):
        store.actions.get(PAID.key)
    store.close()
    with pytest.raises(StoreProblem, match="is damaged"):
        Store(root)


@pytest.mark.parametrize("record", ["{", "[]", "{}"])
def test_a_damaged_row_is_a_damaged_database(store, record):
    store.state.change("INSERT INTO results VALUES (?, 'abc', ?)", [PAID.key, record])

    with pytest.raises(StoreProblem, match=r"database .* is damaged"):
        store.actions.get(PAID.key)


def test_a_full_disk_leaves_no_half_file(cache, root):
    with no_file_larger_than(10), pytest.raises(StoreProblem, match="cannot write to the store"):
        cache.keep_file(PAID, durable=True)

    assert files_below(root / "actions") == files_below(root / "tmp") == []


def test_a_result_that_may_not_be_read_is_one_line(cache, root):
    cache.keep_file(PAID, durable=False)
    path = root / "actions" / PAID.key[:2] / f"{PAID.key}.json"
    path.chmod(0o000)

    with read_only(root / "tmp"), pytest.raises(StoreProblem, match="cannot read from the store"):
        cache.get(PAID.key)


@pytest.mark.skipif(os.name == "nt", reason="Windows says of such a path that it is not there")
def test_a_file_where_results_of_a_key_would_be_is_one_line(cache, root):
    (root / "actions" / PAID.key[:2]).write_bytes(b"")

    with pytest.raises(StoreProblem, match="cannot read from the store"):
        cache.get(PAID.key)
