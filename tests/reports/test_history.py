from __future__ import annotations

from typing import Any

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Entry
from assetforge.reports.history import history_document, history_text
from assetforge.review.history import Past, StepHistory, VariantHistory
from assetforge.review.said import Said
from assetforge.store.action_cache import ActionResult
from tests.cli.schemas import assert_valid

MONDAY = "2026-11-16T12:00:00+00:00"


def an_entry(digit: str, **changes: Any) -> Entry:
    """An entry of one hex digit: its key and artifact are made of it."""
    return Entry(
        key=ActionKey(digit * 64), base=ActionKey("0" * 64), artifact=Digest(digit * 64), **changes
    )


def result(**changes: Any) -> ActionResult:
    plain: dict[str, Any] = {
        "key": "b" * 64,
        "artifact": "a" * 64,
        "manifest": {"model": "gpt-image-2", "prompt": "Set 'Neu'.\nOn a hill."},
        "made_at": MONDAY,
        "cost_microdollars": 41_200,
        "request_id": "req_1",
        "model": "gpt-image-2-2026-04-21",
    }
    return ActionResult(**{**plain, **changes})


def lines_of(past: Past) -> list[str]:
    told = VariantHistory("banner/de", "final", [StepHistory("edit", [past])])
    return history_text([told]).splitlines()[2:]


def test_a_bought_picture_has_its_price_models_and_request():
    past = Past(Digest("a" * 64), 2, result(), present=True, stands=True)

    assert lines_of(past) == [
        "    take 2  aaaaaaaaaaaa  stands",
        f"      made {MONDAY}, cost $0.0412, "
        "gpt-image-2 (answered by gpt-image-2-2026-04-21), request req_1",
        "      Set 'Neu'. …",
    ]


def test_of_what_the_store_does_not_know_the_lock_tells_what_it_can():
    entry = an_entry("a", asked="gpt-image-2", cost_microdollars=5_000, imported="hills.psd")
    past = Past(Digest("a" * 64), 1, entry=entry, held=False, said=[Said("rejected")])

    assert lines_of(past) == [
        "    take 1  aaaaaaaaaaaa  of other words, in no store",
        "      imported from 'hills.psd', cost $0.005, gpt-image-2",
        "      rejected",
    ]


def test_a_document_has_all_that_is_known():
    pasts = [
        Past(Digest("a" * 64), 1, result(), present=True),
        Past(Digest("c" * 64), 3, entry=an_entry("c", resolved="gpt-image-2"), present=None),
    ]

    document: Any = history_document(
        [VariantHistory("banner/de", "final", [StepHistory("edit", pasts)])]
    )

    assert_valid("history", document)
    one, two = document["variants"][0]["steps"][0]["pictures"]
    assert one["prompt"] == "Set 'Neu'.\nOn a hill."
    assert (one["model_asked"], one["model_resolved"]) == ("gpt-image-2", "gpt-image-2-2026-04-21")
    assert (one["key"], two["key"]) == ("b" * 64, "c" * 64)
    assert (two["present"], two["prompt"], two["model_asked"]) == (None, None, None)
    assert two["model_resolved"] == "gpt-image-2"
