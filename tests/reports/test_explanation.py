from typing import Any

import pytest

from assetforge.action import ActionId
from assetforge.reports.explanation import Explained, explanation_document, explanation_text
from tests.cli.schemas import assert_valid


def explained(**changes: Any) -> Explained:
    plain: dict[str, Any] = {
        "action": ActionId("banner/de/edit"),
        "variants": ["banner/de"],
        "decision": "run",
        "key": "ab" * 32,
        "reasons": [],
        "changes": [],
        "uses": [],
    }
    return Explained(**{**plain, **changes})


def lines_of(*changes: Any) -> list[str]:
    return explanation_text([explained(changes=changes)]).splitlines()[1:]


def test_the_head_names_decision_action_and_key():
    assert explanation_text([explained()]) == "run   banner/de/edit  key abababababab"


def test_what_has_no_key_yet_waits():
    waiting = explained(decision="wait", key=None, reasons=["waits for banner/compose"])

    assert explanation_text([waiting]) == "wait  banner/de/edit\n  waits for banner/compose"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("quality", "low", "high"), "  quality: low -> high"),
        (("quality", None, "high"), "  quality: none -> high"),
        (("take", 0, 1), "  take: 0 -> 1"),
        (("size", [1200, 640], [672, 992]), "  size: 1200x640 -> 672x992"),
        (("inputs", ["ab" * 32], ["cd" * 32]), "  inputs: abababababab -> cdcdcdcdcdcd"),
        (("copy", [["a", "old"]], [["a", "new"]]), "  copy.a: old -> new"),
        (("inputs", ["ab" * 6], ["cd" * 6]), "  inputs: abababababab -> cdcdcdcdcdcd"),
        (
            ("prompt", "sha256:0123456789ab", "sha256:ba9876543210"),
            "  prompt: sha256:0123456789ab -> sha256:ba9876543210",
        ),
    ],
)
def test_a_change_is_shown_as_a_person_reads_it(change, line):
    assert lines_of(change) == [line]


def test_a_prompt_that_was_not_there_is_all_new():
    assert lines_of(("prompt", None, "A scene."))[-1] == "    +A scene."


def test_of_the_copy_only_slots_that_changed_are_shown():
    change = ("copy", [["a", "same"], ["b", "gone"]], [["a", "same"], ["c", "fresh"]])

    assert lines_of(change) == ["  copy.b: gone -> none", "  copy.c: none -> fresh"]


def test_a_prompt_is_shown_as_a_diff():
    assert lines_of(("prompt", "A calm\n\nscene.", "A wild\n\nscene.")) == [
        "  prompt:",
        "    --- last build",
        "    +++ now",
        "    @@ -1,3 +1,3 @@",
        "    -A calm",
        "    +A wild",
        "",
        "     scene.",
    ]


def test_names_that_look_like_markup_are_shown_whole():
    text = explanation_text(
        [explained(action=ActionId("hero[de]/edit"), uses=["template [/b].j2"])]
    )

    assert "hero[de]/edit" in text
    assert "  from template [/b].j2" in text


def test_a_document_keeps_all_uses_where_the_text_names_a_few():
    uses = [f"variable v{number}" for number in range(9)]
    each = explained(uses=uses)

    document: Any = explanation_document([each])

    assert_valid("explain", document)
    assert document["actions"][0]["uses"] == uses
    assert explanation_text([each]).endswith("variable v5 and 3 more")
