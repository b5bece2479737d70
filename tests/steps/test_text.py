import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from assetforge import fonts
from assetforge.digest import canonical_json
from assetforge.pipeline import Size
from assetforge.steps.base import Problem
from assetforge.steps.text import TYPESETTER, TextParams, TextStep, typst_version
from tests.steps.scenes import scene

CANVAS = Size(1200, 600)
COPY = {"headline": "Free your inbox", "action": "Get it"}


def params(**said: Any) -> TextParams:
    return TextParams(**{"copy": dict.fromkeys(COPY, "id"), **said})


def request(said: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    here = scene(**{"provider": "draft", "canvas": CANVAS, "copy": COPY, **more})
    (branch,) = TextStep.branches(params(**said or {}), here)
    assert (branch.size, branch.format) == (here.canvas, "png")
    return dict(branch.request)


def test_a_step_that_says_nothing_sets_the_copy_inside_a_margin():
    assert request() == {
        "typesetter": TYPESETTER,
        "typst": typst_version(),
        "bundle": fonts.VERSION,
        "copy": [["headline", "Free your inbox"], ["action", "Get it"]],
        "region": [36, 36, 1128, 528],
    }


def test_all_that_is_said_is_asked_for_in_pixels():
    asked = request(
        {
            "region": ["5%", "50%", 600, 200], "anchor": "bottom end", "align": "center",
            "colour": "#ABCDEF", "font": "Inter", "weight": 700, "width": 75, "size": ["4%", 96],
            "slots": {"action": {"fill": "#FF5500", "region": [0, 0, "10%", "10%"], "size": 20}},
            "shade": False, "system_fonts": True, "template": "banner.typ",
        },
        script="Latn", language="de", fonts=2,
    )  # fmt: skip

    assert {name: each for name, each in asked.items() if name not in ("typst", "bundle")} == {
        "typesetter": TYPESETTER,
        "copy": [["headline", "Free your inbox"], ["action", "Get it"]],
        "region": [60, 300, 600, 200],
        "style": {
            "anchor": ["bottom", "end"], "align": "center", "colour": "#abcdef",
            "font": ["Inter"], "weight": 700, "width": 75, "size": [24, 96],
        },
        "slots": {"action": {"fill": "#ff5500", "region": [0, 0, 120, 60], "size": [20, 20]}},
        "script": "Latn", "language": "de", "fonts": 2,
        "shade": False, "system_fonts": True, "template": True,
    }  # fmt: skip
    assert json.loads(canonical_json(asked)) == asked


def test_regions_change_sides_only_where_that_is_wanted_and_lines_run_so():
    said = {"region": [0, 0, 400, 600], "slots": {"action": {"region": [100, 0, 50, 50]}}}

    def boxes(*, rtl: bool, **more: Any) -> list[Any]:
        asked = request({**said, **more}, rtl=rtl)
        return [asked["region"], asked["slots"]["action"]["region"]]

    plain = [[0, 0, 400, 600], [100, 0, 50, 50]]
    assert boxes(rtl=True) == boxes(rtl=False, mirror=True) == plain
    assert boxes(rtl=True, mirror=True) == [[800, 0, 400, 600], [1050, 0, 50, 50]]


def test_the_margin_is_that_of_what_every_final_picture_shows():
    asked = request(visible=lambda canvas: (100, 0, 1000, 600))

    assert asked["region"] == [136, 36, 928, 528]


def test_slots_without_words_are_left_out_with_all_that_is_said_of_them():
    said = {
        "copy": {"headline": {"message": "a", "max_lines": 2}, "action": {"message": "b"}},
        "slots": {"action": {"fill": "#ff5500"}},
    }

    assert request(said)["max_lines"] == {"headline": 2}
    assert "slots" in request(said)
    assert "slots" not in request(said, copy={"headline": "Hi", "action": " "})
    assert "max_lines" not in request(said, copy={"action": "Go"})


@pytest.mark.parametrize(
    ("anchor", "place"),
    [
        ("bottom", ("bottom", "start")),
        ("top left", ("top", "left")),
        ("right-bottom", ("bottom", "right")),
        ("center", ("middle", "center")),
        ("bottom centre", ("bottom", "center")),
        ("middle end", ("middle", "end")),
        ("centre middle", ("middle", "center")),
        (["top", "start"], ("top", "start")),
    ],
)
def test_an_anchor_is_a_place_up_and_down_and_across(anchor, place):
    assert params(anchor=anchor).anchor == place


@pytest.mark.parametrize("anchor", ["", "upper", "top bottom", "left right", "top left center"])
def test_any_other_anchor_is_refused(anchor):
    with pytest.raises(ValidationError, match="an anchor "):
        params(anchor=anchor)


@pytest.mark.parametrize(
    "said",
    [
        {"copy": {}},
        {"colour": "red"},
        {"weight": 50},
        {"weight": 1000},
        {"width": 10},
        {"size": [1, 2, 3]},
        {"size": "big"},
        {"region": ["5%", "5%", "5%"]},
        {"font": []},
        {"fill": "#ffffff"},
        {"align": "left"},
        {"slots": {"action": {"shade": False}}},
        {"template": "../banner.typ"},
    ],
)
def test_parameters_that_cannot_be_followed_are_refused(said):
    with pytest.raises(ValidationError):
        params(**said)


def test_copy_is_needed():
    with pytest.raises(ValidationError, match="Field required"):
        TextParams.model_validate({})


def test_a_slip_in_a_slots_name_is_told_but_other_slots_may_have_defaults():
    with pytest.raises(ValidationError, match="no slot 'acton'; did you mean 'action'"):
        params(slots={"acton": {"weight": 700}})
    assert "slots" not in request({"slots": {"legal": {"weight": 400}}})


def test_values_may_be_templates_until_they_are_rendered():
    written = {"region": "{{ format.box }}", "anchor": "{{ a }}", "size": "{{ s }}"}

    assert str(params(**written).region) == "{{ format.box }}"
    assert request({"region": "5% 50% 90% 45%", "size": "24 96"})["region"] == [60, 300, 1080, 270]


def test_sizes_may_be_said_in_any_order():
    assert request({"size": [96, 24]})["style"] == {"size": [24, 96]}


def test_text_before_any_picture_is_a_problem():
    with pytest.raises(Problem, match="'text' needs a picture") as caught:
        request(canvas=None)

    assert caught.value.code == "nothing-to-letter"


def test_a_region_outside_the_canvas_is_a_problem():
    with pytest.raises(Problem, match="lies outside the 1200x600 canvas"):
        request({"region": [1200, 0, 10, 10]})


def test_a_template_is_read_as_a_file():
    assert params(template="banner.typ").files() == (("template", "banner.typ"),)
    assert params().files() == ()


def test_the_box_of_all_its_copy_is_told_where_there_is_one():
    region = ["5%", "5%", "90%", "90%"]

    assert params(region=region).written_region() == region
    assert params().written_region() is None
    assert params(region=region, mirror=True).written_region() is None
    assert params(region=region, slots={"action": {"region": region}}).written_region() is None


def test_the_schema_accepts_what_the_model_accepts():
    schema = TextParams.model_json_schema()

    for said in ({"size": 24}, {"size": ["4%", 96]}, {"font": ["A", "B"]}, {"anchor": "top left"}):
        jsonschema.validate({"copy": {"headline": "id"}, **said}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"copy": {"headline": "id"}, "size": {}}, schema)


def test_planning_it_loads_no_engine():
    program = "import sys, assetforge.steps.text; print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert not {"typst", "uharfbuzz", "numpy", "PIL", "budoux"} & {*eval(done.stdout)}
