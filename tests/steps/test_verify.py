from typing import Any

import pytest
from pydantic import ValidationError

from assetforge.digest import canonical_json
from assetforge.pipeline import Size
from assetforge.steps.base import Problem, Shown
from assetforge.steps.verify import Verify, VerifyParams
from tests.steps.scenes import scene

CANVAS = Size(1200, 640)
SHOWN = (
    Shown("headline", "Free shipping", None, False),
    Shown("action", "Buy", (10, 20, 300, 40), True),
)


def verified(params: dict[str, Any], **more: Any):
    standing = {"canvas": CANVAS, "shown": SHOWN, "language": "de", "script": "Latn", **more}
    (branch,) = Verify.branches(VerifyParams(**params), scene(**standing))
    return branch


def test_the_copy_is_asked_for_with_where_it_stands_and_who_set_it():
    branch = verified({"what": "copy"})

    assert branch.size == CANVAS
    assert branch.request == {
        "what": "copy",
        "copy": [
            ["headline", "Free shipping", None, False],
            ["action", "Buy", [10, 20, 300, 40], True],
        ],
        "proven": ["action"],
        "script": "Latn",
        "language": "de",
        "visible": [0, 0, 1200, 640],
        "reading": "1",
    }


def test_a_request_holds_only_what_changes_the_findings():
    plain = verified({"what": "copy"}).request

    for more in (
        {"takes": 3},
        {"otherwise": "typeset"},
        {"reader": "tesseract"},
        {"strict": False},
    ):
        assert verified({"what": "copy", **more}).request == plain
    assert verified({"what": "copy", "strict": True}).request == {**plain, "strict": True}
    assert verified({"what": "copy"}, rtl=True).request == {**plain, "rtl": True}
    assert verified({"what": "copy", "reader": "rapidocr"}).request["reader"] == "rapidocr"


def test_takes_and_what_comes_after_are_for_the_scheduler():
    assert VerifyParams(what="copy", takes=3, otherwise="typeset").tries() == (3, True)
    assert VerifyParams(what="copy").tries() == (1, False)


def test_measures_are_whole_numbers():
    branch = verified(
        {
            "contrast": "4.5",
            "safe_area": "5%",
            "palette": "20%",
            "transparent": False,
            "size": "1200x640",
        },
        brand=("#ff0000",),
        visible=lambda canvas: (100, 0, 1000, 640),
    )

    assert branch.request["contrast"] == 4500
    assert branch.request["safe_area"] == [132, 32, 936, 576]
    assert branch.request["palette"] == {"colours": ["#ff0000"], "most": 200}
    assert branch.request["transparent"] is False
    assert branch.request["size"] == [1200, 640]
    assert "what" not in branch.request
    canonical_json(branch.request)


def test_what_has_no_text_needs_no_copy_and_no_reader():
    assert verified({"size": "1200x640"}, shown=()).request == {"size": [1200, 640]}


def test_another_size_than_the_picture_has_is_found_before_it_is_drawn():
    with pytest.raises(Problem, match="the picture is 1200x640 here, not 10x10"):
        verified({"size": "10x10"}, shown=())
    assert verified({"what": "no-text"}, shown=()).request["copy"] == []


def test_a_judge_reads_in_place_of_the_engine():
    request = verified({"what": "copy", "judge": "gpt-5"}).request

    assert request["judge"] == {"model": "gpt-5", "recipe": "1"}
    assert "reading" not in request


@pytest.mark.parametrize(
    ("params", "more", "code", "parameter"),
    [
        ({"what": "copy"}, {"canvas": None}, "nothing-to-verify", None),
        ({"what": "copy"}, {"shown": ()}, "nothing-to-verify", "what"),
        ({"contrast": 4.5}, {"shown": ()}, "nothing-to-verify", "contrast"),
        ({"safe_area": "4%"}, {"shown": ()}, "nothing-to-verify", "safe_area"),
        ({"what": "no-text"}, {}, "copy-shown", "what"),
        ({"palette": "20%"}, {}, "no-palette", "palette"),
        ({"safe_area": "50%"}, {}, "safe-area-too-large", "safe_area"),
    ],
)
def test_what_cannot_be_looked_at_is_a_problem(params, more, code, parameter):
    with pytest.raises(Problem) as caught:
        verified(params, **more)

    assert (caught.value.code, caught.value.parameter) == (code, parameter)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "say what to verify"),
        ({"takes": 2}, "say what to verify"),
        ({"what": "copy", "judge": "gpt-5", "reader": "rapidocr"}, "either 'judge' or 'reader'"),
        ({"size": "9x9", "judge": "gpt-5"}, "needs 'what'"),
        ({"what": "copy", "judge": "gpt-5", "contrast": 3}, "'contrast' needs the text read"),
        ({"what": "no-text", "safe_area": "4%"}, "'safe_area' is of text"),
        ({"what": "copy", "takes": 21}, "less than or equal to 20"),
        ({"contrast": 0.5}, "from 1 to 21"),
        ({"contrast": "high"}, "from 1 to 21"),
        ({"contrast": True}, "from 1 to 21"),
        ({"what": "texts"}, "'copy' or 'no-text'"),
    ],
)
def test_what_contradicts_itself_is_refused(params, said):
    with pytest.raises(ValidationError, match=said):
        VerifyParams(**params)
