from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.reports.history import history, history_document, history_text
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store
from tests.cli.schemas import assert_valid


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def made(store: Store, name: str, *inputs: str, **fields: Any) -> Digest:
    """Keep a result; `name` is a hex digit that its key and artifact are made of."""
    manifest = {"kind": "edit", "kind_version": 1, "rule": 1, "inputs": list(inputs), **fields}
    result = ActionResult(
        key=ActionKey(name * 64),
        artifact=Digest(fields.pop("artifact", name * 64)),
        manifest={key: each for key, each in manifest.items() if key != "artifact"},
        made_at="2026-11-21T12:00:00+00:00",
        cost_microdollars=41_200,
    )
    with store.transaction():
        store.actions.record([result])
    return result.artifact


def test_of_unknown_bytes_nothing_is_known(store):
    assert history(Digest("f" * 64), store) == []


def test_a_past_goes_down_to_the_first_step(store):
    first = made(store, "a")
    second = made(store, "b", first)
    third = made(store, "c", second, "e" * 64)

    entries = history(third, store)

    assert [(each.depth, each.result.artifact) for each in entries] == [
        (0, third),
        (1, second),
        (2, first),
    ]


def test_what_is_used_twice_is_told_once(store):
    scene = made(store, "a")
    one, two = made(store, "b", scene), made(store, "c", scene)
    both = made(store, "d", one, two)

    assert [each.depth for each in history(both, store)] == [0, 1, 2, 1]


def test_equal_bytes_of_two_actions_have_both_pasts(store):
    made(store, "a", artifact="9" * 64)
    made(store, "b", artifact="9" * 64)

    assert len(history(Digest("9" * 64), store)) == 2


def test_a_manifest_without_inputs_is_a_first_step(store):
    artifact = made(store, "a", inputs=None)

    assert len(history(artifact, store)) == 1
    assert "inputs" not in history_text(artifact, history(artifact, store))


def test_a_text_has_money_fields_and_the_prompt(store):
    artifact = made(store, "a", prompt="A calm\n\nscene [/b].", size=[12, 34])

    text = history_text(artifact, history(artifact, store))

    assert text.splitlines() == [
        f"sha256 {'a' * 64}",
        "",
        "edit  aaaaaaaaaaaa  made 2026-11-21T12:00:00+00:00",
        "  key aaaaaaaaaaaa  cost $0.0412",
        "  size: 12x34",
        "  prompt:",
        "    A calm",
        "",
        "    scene [/b].",
    ]


def test_a_document_has_the_manifest_as_it_is(store):
    artifact = made(store, "a", prompt="A scene.")

    document: Any = history_document(artifact, history(artifact, store))

    assert_valid("log", document)
    (step,) = document["steps"]
    assert (step["cost_usd"], step["manifest"]["prompt"]) == ("0.0412", "A scene.")
