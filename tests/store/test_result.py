from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.digest import digest_of
from assetforge.errors import StoreProblem
from assetforge.store.local import Store
from assetforge.store.result import ActionResult, glimpse, record_of, result_of
from tests.store.conftest import a_key, a_result

ODD = st.text(st.sampled_from('ab"\\{}[]:, \n日') | st.characters(), max_size=8) | st.sampled_from(
    ['"verdict": ""}', ', "verdict": "ok"}', '"emulated": true, ', "}", "\\"]
)
INNER = st.recursive(
    st.none() | st.booleans() | st.integers() | ODD,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(ODD | st.sampled_from(["verdict", "key", "emulated"]), inner, max_size=3)
    ),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(ODD | st.sampled_from(["verdict", "zz"]), INNER, max_size=3)
RESULTS = st.builds(
    ActionResult,
    key=st.sampled_from([a_key("one"), a_key("two")]),
    artifact=st.sampled_from([digest_of(b"one"), digest_of(b"two")]),
    manifest=MAPPINGS,
    made_at=ODD,
    cost_microdollars=st.integers(0, 10**9),
    usage=MAPPINGS,
    request_id=st.none() | ODD,
    model=st.none() | ODD,
    call=ODD,
    emulated=st.booleans(),
    imported=ODD,
    verdict=st.sampled_from(["", "passed", "failed"]) | ODD,
    findings=ODD,
)


def seen_in(result: ActionResult) -> tuple[str, str, bool, str]:
    return result.key, result.artifact, result.emulated, result.verdict


@settings(deadline=None)
@given(RESULTS, st.sets(st.sampled_from(["verdict", "findings", "judged_microdollars"])))
def test_a_glimpse_says_what_the_whole_record_says_or_nothing(result, left_out):
    """Also of what an older assetforge wrote, which lacks some fields."""
    said = {name: each for name, each in asdict(result).items() if name not in left_out}
    record = json.dumps(said, ensure_ascii=False, sort_keys=True)

    assert glimpse(record) in (None, seen_in(result_of(record)))


@settings(deadline=None)
@given(RESULTS, st.dictionaries(st.sampled_from(["verdictless", "zebra", "aa"]), INNER))
def test_a_glimpse_is_not_led_astray_by_what_a_later_assetforge_writes(result, more):
    record = json.dumps(asdict(result) | more, ensure_ascii=False, sort_keys=True)

    assert glimpse(record) in (None, seen_in(result_of(record)))


@pytest.mark.parametrize("emulated", [False, True])
@pytest.mark.parametrize("verdict", ["", "failed"])
def test_what_we_write_is_understood_at_a_glimpse(emulated, verdict):
    result = a_result("ein Bild", emulated=emulated, verdict=verdict, usage={"a": {"b": 1}})

    assert glimpse(record_of(result)) == (result.key, result.artifact, emulated, verdict)


def test_what_was_written_before_there_were_verdicts_is_understood_at_a_glimpse():
    said = {name: each for name, each in asdict(a_result("old")).items() if name != "verdict"}

    assert glimpse(json.dumps(said, sort_keys=True)) is not None


@pytest.mark.parametrize("record", ["", "{", "[]", "null", '{"artifact": "abc"}'])
def test_what_is_no_record_of_ours_is_to_be_read_whole(record):
    assert glimpse(record) is None


def known(store: Store, **fields) -> tuple[ActionResult, ActionResult]:
    """Return a result that was kept, and what is known of it at a glimpse."""
    kept = a_result("kept", store.cas.put(b"picture", durable=False), **fields)
    store.actions.record([kept])
    return kept, store.known([kept.key])[kept.key]


def test_the_rest_of_a_result_is_read_when_it_is_asked_for(store):
    kept, found = known(store, model="blank", made_at="2026-11-21T12:00:00+00:00")

    assert found.manifest == kept.manifest
    assert found == kept
    assert replace(found, pixels="") == kept
    assert record_of(found) == record_of(kept)


def test_the_rest_is_read_also_after_the_store_was_closed(root):
    store = Store(root)
    kept, found = known(store)
    store.close()

    assert found.manifest == kept.manifest


def test_a_record_that_we_did_not_write_so_is_read_whole(store):
    kept = a_result("kept", store.cas.put(b"picture", durable=False))
    record = json.dumps(asdict(kept), indent=1)
    store.state.change("INSERT INTO results VALUES (?, 'abc', ?)", [kept.key, record])

    found = store.known([kept.key])[kept.key]

    assert not hasattr(found, "read")
    assert found == kept


def test_nothing_else_is_a_field_of_a_result(store):
    _, found = known(store)

    assert not hasattr(found, "colour")
    assert not hasattr(a_result("whole"), "read")


def test_what_has_another_picture_by_now_was_asked_for_all_the_same(store):
    kept, found = known(store, pixels="abc")
    other = store.cas.put(b"another", durable=False)
    store.actions.drop([kept.key])
    store.actions.record([replace(kept, artifact=other, pixels="def")])

    assert found.manifest == kept.manifest
    assert (found.artifact, found.pixels) == (kept.artifact, "")


def test_of_a_picture_that_was_bought_the_file_still_knows(store):
    kept, found = known(store, pixels="abc", call="0123")
    store.actions.keep_file(kept, durable=False)
    store.actions.drop([kept.key])

    assert found.pixels == "abc"


def test_a_result_that_is_gone_is_one_line(store):
    kept, found = known(store)
    store.actions.drop([kept.key])

    with pytest.raises(StoreProblem, match="is in the store no more"):
        found.manifest  # noqa: B018  reading it is what fails
