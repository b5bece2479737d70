import json
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from assetforge import images
from assetforge.digest import Json, canonical_json
from assetforge.pipeline import Size
from assetforge.steps import measures
from assetforge.steps.base import Branch, Problem
from assetforge.steps.export import Export, ExportParams
from tests.steps.scenes import scene

CANVAS = Size(1200, 640)


def exported(params: dict[str, Any] | None = None, **more: Any) -> Sequence[Branch]:
    return Export.branches(ExportParams(**params or {}), scene(**{"canvas": CANVAS, **more}))


def requests(params: dict[str, Any] | None = None, **more: Any) -> list[Mapping[str, Json]]:
    return [each.request for each in exported(params, **more)]


def test_an_export_of_nothing_said_is_a_png_of_the_canvas():
    (branch,) = exported()

    assert (branch.size, branch.format) == (CANVAS, "png")
    assert branch.request == {"size": [1200, 640], "format": "png", "fit": "cover"}


def test_sizes_and_formats_of_the_variant_are_the_default():
    (branch,) = exported(sizes=(Size(1200, 628),), formats=("jpg",))

    assert (branch.size, branch.format) == (Size(1200, 628), "jpeg")


def test_there_is_one_branch_for_every_size_and_format_each_once():
    params = {"sizes": ["100x50", "60x30", "100x50"], "formats": ["png", "jpg", "jpeg", "avif"]}

    assert [(str(each.size), each.format) for each in exported(params)] == [
        ("100x50", "png"),
        ("100x50", "jpeg"),
        ("100x50", "avif"),
        ("60x30", "png"),
        ("60x30", "jpeg"),
        ("60x30", "avif"),
    ]


def test_an_export_before_any_picture_is_a_problem():
    with pytest.raises(Problem, match="needs a picture"):
        exported(canvas=None, sizes=(Size(10, 10),))


def test_a_request_holds_only_what_changes_the_bytes():
    """An option of another format or fit re-keys nothing."""
    options = {"focus": "top", "background": "#ABCDEF", "quality": 50}

    assert requests({**options, "formats": ["png", "jpeg", "webp"]}) == [
        {"size": [1200, 640], "format": "png", "fit": "cover", "focus": [50, 0]},
        {
            "size": [1200, 640],
            "format": "jpeg",
            "fit": "cover",
            "focus": [50, 0],
            "background": "#abcdef",
            "quality": 50,
        },
        {"size": [1200, 640], "format": "webp", "fit": "cover", "focus": [50, 0], "quality": 50},
    ]
    assert requests({**options, "fit": "contain"}) == [
        {"size": [1200, 640], "format": "png", "fit": "contain", "background": "#abcdef"}
    ]


def test_the_default_quality_is_written_down_so_that_a_new_one_re_keys():
    formats = ["jpeg", "webp", "avif"]

    assert [each["quality"] for each in requests({"formats": formats})] == [88, 85, 70]


@pytest.mark.parametrize(
    ("focus", "point"),
    [
        ("top", (50, 0)),
        ("bottom right", (100, 100)),
        ("left-top", (0, 0)),
        ("center", (50, 50)),
        ("centre", (50, 50)),
        (["50%", "30%"], (50, 30)),
        ("20% 100%", (20, 100)),
    ],
)
def test_a_focus_is_a_place_or_two_percents(focus, point):
    assert ExportParams(focus=focus).focus == point


@pytest.mark.parametrize(
    "focus", ["", "middle", "top bottom", "top center", ["50%"], [50, 30], "101% 0%", "left left"]
)
def test_any_other_focus_is_refused(focus):
    with pytest.raises(ValidationError, match="a focus is 'center', an edge or corner"):
        ExportParams(focus=focus)


@pytest.mark.parametrize(
    "params",
    [
        {"size": "1x1", "sizes": ["2x2"]},
        {"formats": ["tiff"]},
        {"formats": [1]},
        {"fit": "stretch"},
        {"quality": 0},
        {"quality": 101},
        {"background": "red"},
        {"backgruond": "#ffffff"},
    ],
)
def test_parameters_that_cannot_be_followed_are_refused(params):
    with pytest.raises(ValidationError):
        ExportParams(**params)


def test_parameters_may_be_templates_until_they_are_rendered():
    written = {"size": "{{ format.size }}", "fit": "{{ f }}", "focus": "{{ format.focus }}"}

    assert str(ExportParams(**written).size) == "{{ format.size }}"


def test_the_sizes_it_names_are_what_a_canvas_has_to_cover():
    assert ExportParams(size="1x2").wanted_sizes() == (Size(1, 2),)
    assert ExportParams(sizes=["1x2", "3x4"]).wanted_sizes() == (Size(1, 2), Size(3, 4))
    assert ExportParams().wanted_sizes() == ()


def test_a_suffix_of_no_format_is_a_problem():
    with pytest.raises(Problem, match="'wepb' can be made; did you mean 'webp'"):
        exported(formats=("wepb",))
    with pytest.raises(Problem, match="there are png, jpeg, webp, avif"):
        exported(formats=("svg",))


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"size": "16384x16384"}, "size"),
        ({"sizes": ["16384x10"], "formats": ["webp"]}, "sizes"),
    ],
)
def test_a_size_that_cannot_be_made_is_a_problem_before_money_is_spent(params, parameter):
    with pytest.raises(Problem) as caught:
        exported(params)

    assert (caught.value.code, caught.value.parameter) == ("size-too-large", parameter)


def test_a_size_of_the_matrix_that_is_too_large_names_no_parameter():
    with pytest.raises(Problem) as caught:
        exported(sizes=(Size(16_384, 16_384),))

    assert caught.value.parameter is None


def test_the_bound_on_pixels_is_that_of_the_picture_library():
    assert measures.MAX_PIXELS == images.MAX_PIXELS


def test_a_request_can_be_a_manifest():
    for each in requests({"formats": ["png", "jpeg"], "focus": "top"}):
        assert json.loads(canonical_json(dict(each))) == each


def test_the_schema_accepts_what_the_model_accepts():
    schema = ExportParams.model_json_schema()

    for focus in ("top", ["50%", "30%"]):
        jsonschema.validate({"formats": ["jpg", "png"], "focus": focus, "size": "1x1"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"formats": ["tiff"]}, schema)
