import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.judgement import findings_of

HEADLINE = "Summer sale 50%"
REQUEST: Any = {
    "what": "copy",
    "copy": [["headline", HEADLINE, [10, 20, 300, 40], False], ["cta", "Buy now", None, False]],
    "judge": {"model": "gpt-5.4-mini"},
}
RIGHT = {"headline": HEADLINE, "cta": "Buy now"}
NO_TEXT: Any = {"what": "no-text", "copy": [], "judge": {"model": "gpt-5.4-mini"}}


def answer(read=RIGHT, other=(), lines=None, **said):
    """Return what a judge says that read these texts; `said` is what it thinks of all of them."""
    seen = {
        slot: {"read": each, "equal": True, "legible": True, **said} for slot, each in read.items()
    }
    shown = list(read.values()) if lines is None else lines
    return json.dumps({"lines": shown, "slots": seen, "other": list(other)}).encode()


def found(data, **request):
    findings = findings_of({**REQUEST, **request}, data)
    return findings.verdict, findings.message


def test_texts_that_were_read_right_are_equal():
    findings = findings_of(REQUEST, answer())

    assert (findings.verdict, findings.message, findings.reader) == ("equal", "", "gpt-5.4-mini")
    headline, cta = findings.checks
    assert (headline.slot, headline.expected, headline.found) == ("headline", HEADLINE, HEADLINE)
    assert (headline.box, cta.box) == ((10, 20, 300, 40), None)
    assert headline.details == {"compared": "folded", "similarity": 1000}


def test_what_was_read_decides_whatever_the_judge_thinks_of_it():
    headline, cta = findings_of(
        REQUEST, answer({"headline": "Sumer sale 50%", "cta": "Sold out"})
    ).checks

    assert headline.verdict == "look"
    assert headline.message == "headline: read 'Sumer sale 50%', not 'Summer sale 50%'"
    assert headline.details["diff"] == "Su[m]mer sale 50%"
    assert (cta.verdict, cta.message) == ("differs", "cta: read 'Sold out', not 'Buy now'")


@given(
    st.sampled_from([at for at, each in enumerate(HEADLINE) if each.isalnum()]),
    st.sampled_from(["", "q", "7", "xx"]),
)
def test_no_wrong_letter_is_ever_equal(at, instead):
    wrong = HEADLINE[:at] + instead + HEADLINE[at + 1 :]

    assert found(answer({**RIGHT, "headline": wrong}))[0] != "equal"


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ({"equal": False}, "the judge says that it differs"),
        ({"legible": False}, "the judge cannot tell every letter"),
        ({"lines": ["Sumer sale 50%", "Buy now"]}, "the judge copied it otherwise"),
    ],
)
def test_a_doubt_of_the_judge_makes_a_person_look(said, doubt):
    verdict, message = found(answer(**said))

    assert verdict == "look"
    assert message.startswith(f"headline: {doubt}")


def test_a_doubt_never_makes_a_wrong_text_better():
    assert found(answer({**RIGHT, "cta": ""}, equal=False, legible=False)) == (
        "differs",
        "headline: the judge says that it differs, the judge cannot tell every letter; "
        "cta: nothing like 'Buy now' was read",
    )


def test_lines_may_break_anywhere():
    assert found(answer(lines=["SUMMER", "sale 50%  ", "Buy", "now"]))[0] == "equal"


def test_case_counts_where_it_is_compared_strictly():
    shouted = {**RIGHT, "cta": "BUY NOW"}

    assert found(answer(shouted))[0] == "equal"
    assert findings_of(REQUEST, answer(shouted)).checks[1].details["folded"] == ["case"]
    assert found(answer(shouted), strict=True)[0] == "look"


def test_letters_that_the_tool_set_are_right_if_they_are_there():
    copy: Any = [["headline", HEADLINE, None, True], ["cta", "Buy now", None, True]]
    findings = findings_of(
        {**REQUEST, "copy": copy}, answer({"headline": "Sumer sale", "cta": "?"}, equal=False)
    )

    assert [each.verdict for each in findings.checks] == ["equal", "differs"]
    assert findings.checks[0].details["by"] == "typeset"


def test_a_text_of_signs_alone_has_to_be_there():
    copy = [["headline", "!?", None, False]]

    assert found(answer({"headline": ""}), copy=copy)[0] == "differs"
    assert found(answer({"headline": "!?"}), copy=copy)[0] == "equal"


def test_text_of_no_slot_is_for_a_person_to_look_at():
    assert found(answer(other=["SALE"])) == (
        "look",
        "there is text that is not of the copy: 'SALE'",
    )


def test_any_text_is_too_much_where_none_belongs():
    shown = findings_of(NO_TEXT, answer({}, lines=["SALE"], other=["SALE", "now"]))

    assert findings_of(NO_TEXT, answer({})).verdict == "equal"
    assert [each.found for each in shown.checks] == ["SALE", "now"]
    assert (shown.verdict, shown.checks[0].message) == (
        "differs",
        "there is text that should not be: 'SALE'",
    )


def test_what_no_picture_shows_is_left_out():
    hidden = {**RIGHT, "cta": "\x1b[2JBuy \u202enow\u202c"}

    assert findings_of(REQUEST, answer(hidden)).checks[1].found == "[2JBuy now"


def test_an_answer_may_be_fenced():
    assert found(b"```json\n" + answer() + b"\n```")[0] == "equal"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no JSON object"),
        (b"[1]", "is no JSON object"),
        (b"\xff\xfe", "is no JSON object"),
        (b"[" * 100_000, "is no JSON object"),
        (b"{}", "has no list of texts 'lines'"),
        (b'{"lines": [1]}', "has no list of texts 'lines'"),
        (b'{"lines": []}', "has no list of texts 'other'"),
        (answer({"headline": HEADLINE}), "does not say what it read of 'cta'"),
        (answer(equal="yes"), "does not say what it read of 'headline'"),
        (b'{"lines": [], "other": [], "slots": []}', "does not say what it read of 'headline'"),
        (answer(lines=["x" * 10_001]), "holds a text of more than 10000 characters"),
    ],
)
def test_an_answer_to_something_else_is_said_in_one_line(data, words):
    with pytest.raises(ValueError, match=f"^the judge's answer {words}$"):
        findings_of(REQUEST, data)
