from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge import registry
from assetforge.backends.base import Unreachable
from assetforge.digest import digest_of
from assetforge.errors import StoreProblem
from assetforge.signing import PublicKey, new_key
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.envelope import name_in_emulation
from assetforge.store.local import Store
from assetforge.store.publishing import NOTHING, Publisher, settled
from assetforge.store.result import record_of
from tests.refusing import read_only
from tests.store.conftest import a_key, a_result
from tests.store.test_cas import damage

OURS, THEIRS = new_key(), new_key()
SIGNERS = {"ci": PublicKey(OURS.public)}


@pytest.fixture
def shared(tmp_path: Path) -> Elsewhere:
    """A folder that is shared, ready to be written to."""
    found = Elsewhere(registry.open_backend(str(tmp_path / "shared")), SIGNERS)
    found.backend.prepare()
    return found


@pytest.fixture
def publisher(shared, store):
    opened = Publisher(shared, store.cas, ("ci", OURS))
    yield opened
    opened.close()


def kept(store: Store, words: bytes = b"a picture", **said):
    """Keep a paid picture, and return its result."""
    result = a_result("paid", store.cas.put(words, durable=False), call="1", **said)
    store.actions.record([result])
    return result


def known(shared: Elsewhere, emulation=False):
    """Return what somebody else sees of the result, who has not asked before."""
    fresh = Elsewhere(shared.backend, shared.signers)
    return fresh.results([a_key("paid")], emulation=emulation), fresh.warnings


def test_what_is_published_is_there_for_others(publisher, shared, store):
    result = kept(store)

    done = publisher.publish(result)

    assert (done.how, done.bytes) == ("published", len(b"a picture"))
    assert known(shared) == ([result], [])
    assert shared.blob(result.artifact) == b"a picture"


def test_what_was_found_out_about_a_picture_goes_with_it(publisher, shared, store):
    findings = store.cas.put(b"{}", durable=False)

    publisher.publish(kept(store, findings=findings))

    assert shared.blob(findings) == b"{}"


def test_a_blob_that_is_not_here_is_told_and_nothing_names_it(publisher, shared):
    with pytest.raises(StoreProblem, match="the store has no blob"):
        publisher.publish(a_result("paid", digest_of(b"never made"), call="1"))

    assert known(shared) == ([], [])


def test_the_first_result_stays_and_the_second_is_kept_back(publisher, shared, store):
    first = kept(store)
    publisher.publish(first)

    late = publisher.publish(kept(store, b"another picture"))

    assert (late.how, late.bytes) == ("kept back", 0)
    assert f"another picture of the same words is there: {first.artifact[:12]}" in late.why
    assert known(shared) == ([first], [])


@pytest.mark.parametrize("here", [True, False])
def test_a_first_result_whose_bytes_are_damaged_is_put_right_or_replaced(
    publisher, shared, store, here, tmp_path
):
    first = kept(store)
    publisher.publish(first)
    damage(Path(shared.backend.place("blobs", first.artifact)), b"poison")
    if not here:
        store.cas.path(first.artifact).unlink()
    second = kept(store, b"another picture")

    publisher.publish(second)

    assert known(shared) == ([first if here else second], [])
    assert shared.blob(first.artifact if here else second.artifact) is not None


@pytest.mark.parametrize("verify", [True, False])
def test_damaged_bytes_are_read_back_and_put_right_when_asked(publisher, shared, store, verify):
    result = kept(store)
    publisher.publish(result)
    damage(Path(shared.backend.place("blobs", result.artifact)), b"poison")

    again = publisher.publish(result, verify=verify)

    assert again.how == "there"
    assert bool(again.bytes) == verify
    assert (shared.blob(result.artifact) == b"a picture") == verify


@pytest.mark.parametrize("forged", ["not json", "signed by another", "of another key"])
def test_what_does_not_count_is_replaced(publisher, shared, store, forged):
    result = kept(store)
    publisher.publish(result)
    place = Path(shared.backend.place("results", result.key))
    said = json.loads(place.read_text())
    other = Publisher(shared, store.cas, ("ci", THEIRS))
    damage(
        place,
        {
            "not json": b"{",
            "signed by another": other._sealed(result),
            "of another key": publisher._sealed(replace(result, key=a_key("other"))),
        }[forged],
    )
    assert known(shared)[0] == []

    done = publisher.publish(result)

    assert done.how == "published"
    assert done.why.startswith("what was there ")
    assert json.loads(place.read_text()) == said
    assert known(shared) == ([result], [])


def test_an_emulated_result_never_stands_where_a_real_one_does(publisher, shared, store):
    emulated = kept(store, b"emulated", emulated=True)
    publisher.publish(emulated)
    assert known(shared) == ([], [])
    assert known(shared, emulation=True) == ([emulated], [])

    real = kept(store)

    assert publisher.publish(real).how == "published"
    assert known(shared) == ([real], [])


def test_a_folder_without_signers_holds_plain_records(store, tmp_path):
    open_to_all = Elsewhere(registry.open_backend(str(tmp_path / "shared")), {})
    open_to_all.backend.prepare()
    result = kept(store)
    Publisher(open_to_all, store.cas, None).publish(result)

    assert known(open_to_all) == ([result], [])


def test_what_cannot_be_published_is_said_with_what_to_do(publisher, shared, store, tmp_path):
    result = kept(store)
    with read_only(tmp_path / "shared"):
        publisher.begin([result])
        done = settled(publisher)

    assert (done.published, done.refused, len(done.words)) == (0, True, 1)
    assert done.words[0].startswith(f"not all is in '{shared.address}': cannot write to")
    assert done.words[0].endswith("run `assetforge push`")


def test_what_was_begun_is_settled_once(publisher, store):
    publisher.begin([kept(store)])

    assert settled(publisher).published == 1
    assert settled(publisher) == NOTHING


def test_once_it_cannot_be_reached_the_rest_is_not_tried_one_by_one(publisher, store, monkeypatch):
    asked = []

    def read(kind, name):
        asked.append(name)
        raise Unreachable("nobody answers")

    monkeypatch.setattr(publisher.elsewhere.backend, "read", read)
    results = [kept(store, str(number).encode()) for number in range(50)]
    for each in results:
        with pytest.raises(Unreachable, match="nobody answers"):
            publisher.publish(each)

    assert len(asked) == 1


def test_whatever_goes_wrong_in_publishing_is_said_and_stops_nothing(publisher, store, monkeypatch):
    monkeypatch.setattr(publisher.elsewhere.backend, "read", lambda kind, name: 1 / 0)
    publisher.begin([kept(store)])

    assert "BUG: ZeroDivisionError" in settled(publisher).words[0]


def test_a_real_result_takes_the_place_of_an_emulated_one_under_its_key(store, tmp_path):
    """As it lies in the store of another clone, which somebody shares."""
    open_to_all = Elsewhere(registry.open_backend(str(tmp_path / "shared")), {})
    open_to_all.backend.prepare()
    emulated = kept(store, b"emulated", emulated=True)
    open_to_all.backend.create("blobs", emulated.artifact, b"emulated")
    open_to_all.backend.create("results", emulated.key, record_of(emulated).encode())
    real = kept(store)

    assert Publisher(open_to_all, store.cas, None).publish(real).how == "published"
    assert known(open_to_all) == ([real], [])


def test_a_signed_emulated_result_is_none_under_the_real_name(publisher, shared, store):
    emulated = kept(store, b"emulated", emulated=True)
    publisher.publish(emulated)
    data = shared.backend.read("results", name_in_emulation(emulated.key))
    shared.backend.create("results", emulated.key, data)

    found, warnings = known(shared)

    assert found == []
    assert "is of another key, and is not taken" in warnings[0]
