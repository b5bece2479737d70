from typing import Any

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.reports.recipe import recipe_document, recipe_text
from assetforge.review.recipe import Step
from assetforge.store.action_cache import ActionResult
from tests.cli.schemas import assert_valid

ARTIFACT = Digest("a" * 64)


def a_step(depth: int = 0, targets: tuple[str, ...] = (), **fields: Any) -> Step:
    manifest = {"kind": "edit", "kind_version": 1, "rule": 1, "inputs": [], **fields}
    result = ActionResult(
        key=ActionKey("b" * 64),
        artifact=ARTIFACT,
        manifest=manifest,
        made_at="2026-11-21T12:00:00+00:00",
        cost_microdollars=41_200,
    )
    return Step(depth, result, targets)


def test_a_text_has_money_fields_and_the_prompt():
    step = a_step(prompt="A calm\n\nscene [/b].", size=[12, 34])

    assert recipe_text(ARTIFACT, [step]).splitlines() == [
        f"sha256 {'a' * 64}",
        "",
        "edit  aaaaaaaaaaaa  made 2026-11-21T12:00:00+00:00",
        "  key bbbbbbbbbbbb  cost $0.0412",
        "  size: 12x34",
        "  prompt:",
        "    A calm",
        "",
        "    scene [/b].",
    ]


def test_a_text_names_targets_and_the_digests_that_went_in():
    step = a_step(targets=("out/de.png",), inputs=["c" * 64, "d" * 64])

    assert recipe_text(ARTIFACT, [step]).splitlines()[-2:] == [
        "  at out/de.png",
        "  inputs: cccccccccccc, dddddddddddd",
    ]


def test_a_text_of_a_first_step_names_no_inputs():
    assert "inputs" not in recipe_text(ARTIFACT, [a_step(inputs=None), a_step(inputs=[])])


def test_a_document_has_the_manifest_as_it_is():
    document: Any = recipe_document(ARTIFACT, [a_step(1, ("out/de.png",), prompt="A scene.")])

    assert_valid("log", document)
    (step,) = document["steps"]
    assert (step["depth"], step["targets"]) == (1, ["out/de.png"])
    assert (step["cost_usd"], step["manifest"]["prompt"]) == ("0.0412", "A scene.")
