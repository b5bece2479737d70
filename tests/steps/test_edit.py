import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assetforge.pipeline import Size
from assetforge.steps.base import Branch, Problem
from assetforge.steps.edit import Edit, EditParams
from tests.steps.scenes import scene

CANVAS = Size(1920, 1088)


def edited(region: Any = None, **more: Any) -> Branch:
    params = EditParams(prompt="x", region=region)
    (branch,) = Edit.branches(params, scene(**{"canvas": CANVAS, **more}))
    return branch


def test_an_edit_says_that_it_is_one_and_keeps_the_canvas():
    branch = edited(sizes=(Size(300, 300),), prompt="write it")

    assert branch.size == CANVAS
    assert branch.request["edit"] is True
    assert branch.request["size"] == [1920, 1088]
    assert branch.request["prompt"] == "write it"


def test_an_edit_without_any_picture_is_a_problem():
    with pytest.raises(Problem, match="needs a picture") as caught:
        edited(canvas=None)

    assert caught.value.code == "nothing-to-edit"


def test_a_first_edit_changes_a_reference_on_a_canvas_for_the_wanted_sizes():
    branch = edited(canvas=None, references=1, sizes=(Size(1080, 1080),))

    assert branch.size == Size(1088, 1088)


@pytest.mark.parametrize(
    ("model", "canvas", "expected"),
    [
        ("gpt-image-2", Size(1200, 628), Size(1200, 640)),
        ("gpt-image-1.5", Size(816, 816), Size(1024, 1024)),
        ("gpt-image-9", Size(1200, 628), Size(1200, 628)),
    ],
)
def test_a_canvas_that_the_model_cannot_make_is_covered_by_one_that_it_can(model, canvas, expected):
    assert edited(model=model, canvas=canvas).size == expected


@pytest.mark.parametrize(
    ("region", "box"),
    [
        ([0, "60%", "100%", "40%"], [0, 653, 1920, 435]),
        (["0", "0", "10", "20"], [0, 0, 10, 20]),
        (["50%", "50%", "100%", "100%"], [960, 544, 960, 544]),
    ],
)
def test_a_region_is_pixels_of_the_canvas_and_cut_to_it(region, box):
    assert edited(region).request["region"] == box


def test_without_a_region_none_is_asked_for():
    assert "region" not in edited().request


@pytest.mark.parametrize("region", [["100%", 0, 10, 10], [0, 2000, 10, 10], [0, 0, 0, 10]])
def test_a_region_outside_the_canvas_is_a_problem(region):
    with pytest.raises(Problem, match="outside the 1920x1088 canvas") as caught:
        edited(region)

    assert (caught.value.code, caught.value.parameter) == ("empty-region", "region")


@pytest.mark.parametrize(
    "region", [[0, 0, 10], ["-1", 0, 1, 1], ["1.5", 0, 1, 1], [True, 0, 1, 1], ["5px", 0, 1, 1]]
)
def test_a_region_that_is_no_box_is_refused(region):
    with pytest.raises(ValidationError):
        EditParams(prompt="x", region=region)


def test_a_mask_is_named_by_the_step_and_said_in_the_request():
    params = EditParams(prompt="x", mask="masks/sky.png")

    (branch,) = Edit.branches(params, scene(canvas=CANVAS))

    assert params.mask_reference() == "masks/sky.png"
    assert EditParams(prompt="x").mask_reference() is None
    assert branch.request["mask"] is True
    assert "mask" not in edited().request


def test_a_mask_and_a_region_are_one_too_many():
    params = EditParams(prompt="x", mask="sky.png", region=[0, 0, 1, 1])

    with pytest.raises(Problem, match="not both") as caught:
        Edit.branches(params, scene(canvas=CANVAS))

    assert (caught.value.code, caught.value.parameter) == ("two-masks", "mask")


def test_an_edit_by_a_service_that_takes_no_pictures_is_refused():
    (branch,) = Edit.branches(
        EditParams(prompt="x"), scene("gemini", "gemini-2.5-flash-image", canvas=Size(1024, 1024))
    )

    assert [each.code for each in branch.refused if each.severity == "error"] == ["no-edits"]


def test_a_mask_counts_as_no_picture():
    params = EditParams(prompt="x", mask="sky.png")

    (branch,) = Edit.branches(params, scene(canvas=CANVAS, references=15))

    assert branch.refused == ()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("size", "1x1", "assetforge sends it itself"),
        ("prompt", "x", "assetforge sends it itself"),
        ("strength", 0.5, "put a number with a point in quotes"),
        ("nested", {"list": [1, 0.5]}, "put a number with a point in quotes"),
    ],
)
def test_extra_holds_nothing_that_is_sent_anyway_and_no_fractions(name, value, words):
    with pytest.raises(ValidationError, match=words):
        EditParams(prompt="x", extra={name: value})


def test_extra_may_hold_all_that_a_manifest_may():
    extra = {"seed": 1, "scale": "4.5", "flags": [True, None], "more": {"a": "b"}}

    assert EditParams(prompt="x", extra=extra).extra == extra


def test_what_is_for_a_service_keeps_its_place_in_the_manifest_for_ever():
    """A new manifest is a picture paid for twice: the vector is never changed."""
    vectors = json.loads((Path(__file__).parents[1] / "data" / "keys.json").read_text("utf-8"))
    vector = next(each for each in vectors if each["what"].startswith("rule 2: masked edit"))
    profile = {"moderation": "low", "output_format": "webp", "output_compression": 80}
    params = EditParams(
        prompt="x", mask="sky.png", background="transparent", extra={"user": "me", "tier": 1}
    )

    (branch,) = Edit.branches(
        params,
        scene(model="gpt-image-2-2026-04-21", prompt="Set it.", canvas=CANVAS, profile=profile),
    )

    added = {"rule", "kind", "kind_version", "inputs"}
    assert branch.request == {
        name: each for name, each in vector["manifest"].items() if name not in added
    }


@pytest.mark.parametrize(
    ("region", "feather", "expected"),
    [
        ([0, 0, 1000, 500], None, 22),
        ([0, 0, 1000, 40], None, 10),
        ([0, 0, 1000, 500], 0, 0),
        ([0, 0, 1000, 500], "5%", 54),
    ],
)
def test_a_feather_is_pixels_or_a_share_and_by_default_two_percent(region, feather, expected):
    said = EditParams(prompt="x", region=region, feather=feather)

    assert said.restoring(CANVAS) == {"region": region, "feather": expected}


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({"feather": 5}, "no-region", "'feather' is for the edge of a 'region'"),
        ({"feather": 5, "mask": "a.png"}, "no-region", "partly transparent instead"),
        ({"feather": 21, "region": [0, 0, 90, 40]}, "wide-feather", "at most 20 fit"),
    ],
)
def test_a_feather_that_softens_no_edge_is_a_problem(params, code, words):
    with pytest.raises(Problem, match=words) as caught:
        Edit.branches(EditParams(prompt="x", **params), scene(canvas=CANVAS))

    assert (caught.value.code, caught.value.parameter) == (code, "feather")


def test_what_follows_an_edit_is_not_asked_of_the_model():
    """A feather or a bound on drift that changes buys no picture again."""
    plain = EditParams(prompt="x", region=[0, 0, 90, 40])
    more = EditParams(prompt="x", region=[0, 0, 90, 40], feather=20, max_drift="5%")

    (one,), (other,) = (Edit.branches(each, scene(canvas=CANVAS)) for each in (plain, more))

    assert one.request == other.request
    assert more.written_region() == ["0", "0", "90", "40"]
    assert plain.restoring(CANVAS) != more.restoring(CANVAS)
