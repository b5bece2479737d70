from typing import Any

import pytest

from assetforge.findings import document_of
from assetforge.images import decode, encode_png
from assetforge.runners.verify import run
from tests.cli.schemas import assert_valid
from tests.reading.lettering import lettered, readable

SIZE = (480, 240)
PICTURE = encode_png(
    lettered(
        (20, 20, 34, "white", "Fresh bread"),
        (20, 150, 20, "#ffe080", "Only until 31 January"),
        size=SIZE,
        ground="#203060",
    )
)
HEADLINE = ["headline", "Fresh bread", None, False]
UNTIL = ["until", "Only until 31 January", None, False]


def looked(*copy: list[Any], **asked: Any):
    said = {"reading": "1", "copy": list(copy), "visible": [0, 0, *SIZE], **asked}
    work = run({"language": "en", "script": "Latn", **said}, (PICTURE,))
    assert_valid("findings", document_of(work.findings, work.exhibits))
    return work


@readable
def test_right_copy_passes_with_its_evidence():
    work = looked(HEADLINE, UNTIL, what="copy")

    assert work.data == PICTURE
    assert work.findings.verdict == "equal"
    assert work.findings.message == ""
    assert work.findings.reader.startswith("tesseract ")
    assert [(each.check, each.slot, each.found) for each in work.findings.checks] == [
        ("copy", "headline", "Fresh bread"),
        ("copy", "until", "Only until 31 January"),
    ]
    assert work.findings.checks[0].details["compared"] == "folded"
    assert work.findings.checks[0].details["models"] == ["eng"]
    assert set(work.exhibits) == {"headline", "until"}
    assert decode(work.exhibits["headline"]).width < SIZE[0]


@readable
def test_a_wrong_letter_is_shown_and_marked():
    work = looked(["headline", "Fresh breed", None, False], UNTIL, what="copy")
    (check, _) = work.findings.checks

    assert check.verdict == "look"
    assert work.findings.message == "headline: read 'Fresh bread', not 'Fresh breed'"
    assert check.details["diff"] == "Fresh bre{e>a}d"


@readable
def test_a_text_that_is_missing_and_one_too_many_are_named():
    work = looked(["headline", "Fresh bread", None, False], ["x", "Ω", None, False], what="copy")

    assert work.findings.verdict == "differs"
    assert "x: nothing like 'Ω' was read" in work.findings.message
    assert "text that is not of the copy: 'Only until 31 January'" in work.findings.message
    assert set(work.exhibits) == {"headline", "text-1"}


@readable
def test_the_strict_comparison_knows_case():
    folded = looked(["a", "FRESH bread!", None, False], UNTIL, what="copy").findings.checks[0]
    strict = looked(["a", "FRESH bread!", None, False], UNTIL, what="copy", strict=True)

    assert folded.verdict == "equal"
    assert folded.details["folded"] == ["case", "punctuation"]
    assert strict.findings.verdict == "look"
    assert strict.findings.message == "a: read 'Fresh bread', not 'FRESH bread!'"


@readable
def test_letters_that_the_tool_set_pass_unless_they_are_covered():
    box = [0, 0, 480, 100]
    misread = looked(["headline", "Fresh bread!?", box, True], UNTIL, what="copy", strict=True)
    covered = looked(["headline", "Zwölf Boxkämpfer", box, True], UNTIL, what="copy")

    assert misread.findings.verdict == "equal"
    assert misread.findings.checks[0].details["by"] == "typeset"
    assert misread.findings.checks[0].details["read"] == "look"
    assert covered.findings.checks[0].verdict == "differs"


@readable
def test_no_text_means_none():
    work = looked(what="no-text")

    assert [each.check for each in work.findings.checks] == ["no-text", "no-text"]
    assert "there is text that should not be: 'Fresh bread'" in work.findings.message
    assert set(work.exhibits) == {"text-1", "text-2"}

    empty = encode_png(lettered(size=SIZE))
    asked: dict[str, Any] = {
        "reading": "1",
        "copy": [],
        "visible": [0, 0, *SIZE],
        "what": "no-text",
    }

    assert run(asked, (empty,)).findings.verdict == "equal"


@readable
def test_contrast_and_safe_area_are_of_the_boxes_that_were_read():
    work = looked(
        HEADLINE, UNTIL, ["x", "Ω", None, False], contrast=4500, safe_area=[30, 0, 450, 240]
    )
    verdicts = {(each.check, each.slot): each.verdict for each in work.findings.checks}

    assert verdicts == {
        ("contrast", "headline"): "equal",
        ("contrast", "until"): "equal",
        ("contrast", "x"): "look",
        ("safe-area", "headline"): "differs",
        ("safe-area", "until"): "differs",
        ("safe-area", "x"): "look",
    }


@pytest.mark.parametrize(
    ("asked", "check", "verdict"),
    [
        ({"size": [480, 240]}, "size", "equal"),
        ({"size": [480, 241]}, "size", "differs"),
        ({"transparent": True}, "alpha", "differs"),
        ({"palette": {"colours": ["#203060"], "most": 100}}, "palette", "equal"),
    ],
)
def test_what_needs_no_text_needs_no_reader(asked, check, verdict):
    findings = run(asked, (PICTURE,)).findings

    assert [(each.check, each.verdict) for each in findings.checks] == [(check, verdict)]
    assert findings.reader == ""
