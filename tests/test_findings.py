from __future__ import annotations

import json
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.digest import canonical_json
from assetforge.findings import (
    PNG_URL,
    VERDICTS,
    Check,
    Findings,
    document_of,
    findings_in,
    worst,
)
from tests.cli.schemas import assert_valid

HEADLINE = Check(
    check="copy",
    verdict="look",
    message="headline: read 'Fre', not 'Free'",
    slot="headline",
    expected="Free",
    found="Fre",
    box=(1, 2, 3, 4),
    exhibit="headline",
    details={"compared": "folded"},
)


def test_the_worst_verdict_is_that_of_all():
    assert worst([]) == "equal"
    assert worst(["equal", "look"]) == "look"
    assert worst(["differs", "look", "equal"]) == "differs"


def test_the_message_tells_of_what_is_not_right_only():
    fine = Check("contrast", "equal", message="7.1 to 1")
    low = Check("contrast", "differs", message="2.1 to 1, not 4.5")

    assert Findings((fine, HEADLINE, low)).message == f"{HEADLINE.message}; {low.message}"
    assert Findings((fine,)).message == ""


def test_an_exhibit_stands_in_the_document_as_a_picture():
    document = document_of(Findings((HEADLINE,), "tesseract"), {"headline": b"PNG"})

    assert_valid("findings", document)
    (check,) = json.loads(canonical_json(document))["checks"]
    assert b64decode(check["exhibit"].removeprefix(PNG_URL)) == b"PNG"
    assert document["verdict"] == "look"
    assert document["reader"] == "tesseract"


@given(
    st.lists(
        st.builds(
            Check,
            check=st.sampled_from(["copy", "contrast"]),
            verdict=st.sampled_from(VERDICTS),
            message=st.text(max_size=5),
            slot=st.text(max_size=5),
            expected=st.text(max_size=5),
            found=st.text(max_size=5),
            box=st.none() | st.tuples(*[st.integers(0, 99)] * 4),
            details=st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3)),
        ),
        max_size=4,
    )
)
def test_findings_are_read_back_as_they_were_written(checks):
    found = Findings(tuple(checks), "rapidocr")

    assert findings_in(json.loads(json.dumps(document_of(found, {})))) == found


def test_another_document_is_none_of_findings():
    with pytest.raises(ValueError, match="no document of findings"):
        findings_in({"schema": "assetforge.plan/1"})
