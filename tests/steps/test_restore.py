from typing import Any

from assetforge.pipeline import Size
from assetforge.steps.base import Branch
from assetforge.steps.edit import EditParams
from assetforge.steps.restore import Restore, RestoreParams
from tests.steps.scenes import scene

CANVAS = Size(1920, 1088)


def after(canvas: Size = CANVAS, **params: Any) -> Branch:
    """Return the restore that follows an edit."""
    said = EditParams(prompt="x", **params).restoring(canvas)
    (branch,) = Restore.branches(RestoreParams.model_validate(said), scene(canvas=canvas))
    return branch


def test_after_an_edit_of_a_region_all_else_is_put_back():
    branch = after(region=[0, "60%", "100%", "40%"], feather="1%")

    assert (branch.size, branch.format) == (CANVAS, "png")
    assert branch.request == {
        "canvas": [1920, 1088],
        "region": [0, 653, 1920, 435],
        "feather": 11,
    }


def test_a_mask_and_a_bound_are_passed_on():
    assert after(mask="sky.png", max_drift="30%").request == {"mask": True, "max_drift": 30}
    assert after(max_drift="0%").request == {"max_drift": 0}


def test_without_a_region_it_only_looks():
    assert after().request == {}


def test_what_it_only_looks_at_keeps_its_format():
    profile = {"output_format": "webp"}
    (looked,) = Restore.branches(RestoreParams(), scene(canvas=CANVAS, profile=profile))
    (mended,) = Restore.branches(RestoreParams(masked=True), scene(canvas=CANVAS, profile=profile))

    assert (looked.format, mended.format) == ("webp", "png")


def test_a_picture_that_has_to_be_looked_at_goes_on():
    assert Restore.passes == ("equal", "look")
