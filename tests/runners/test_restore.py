from typing import Any

import PIL.Image
import pytest

from assetforge.errors import ActionFailed
from assetforge.findings import document_of
from assetforge.images import UnreadableImage, decode, size_of
from assetforge.pipeline import Size
from assetforge.runners.base import Work
from assetforge.runners.restore import run
from assetforge.steps.edit import EditParams
from assetforge.steps.restore import Restore, RestoreParams
from tests.pictures import colour, painted, saved
from tests.steps.scenes import scene

SIZE = Size(120, 80)
BEFORE = saved(painted(SIZE))
AFTER = saved(painted(SIZE, (0, 0, 100, 80)))
BOX = [30, 20, 40, 40]


def mended(after: bytes = AFTER, before: bytes = BEFORE, *masks: bytes, **params: Any) -> Work:
    """Return what the restore after an edit of a 120x80 canvas makes."""
    if masks:
        params["mask"] = "mask.png"
    said = EditParams(prompt="x", **params).restoring(SIZE)
    (branch,) = Restore.branches(RestoreParams.model_validate(said), scene(canvas=SIZE))
    return run(branch.request, (after, before, *masks))


def masked(opacity: int) -> bytes:
    mask = PIL.Image.new("RGBA", SIZE, (0, 0, 0, 255))
    mask.paste((0, 0, 0, opacity), (30, 20, 70, 60))
    return saved(mask)


def test_what_is_not_in_the_region_is_put_back_and_told():
    work = mended(region=BOX)

    image = decode(work.data)
    assert image.size == SIZE
    assert [colour(image, each) for each in ((29, 40), (70, 40))] == [(255,) * 3] * 2
    assert colour(image, (50, 40)) == (0, 0, 0)
    drift, seam = work.findings.checks
    assert (drift.check, drift.verdict, drift.found) == ("drift", "equal", "80.0%")
    assert drift.message == "80.0% of what should not change changed"
    assert drift.details["boxes"] == [[0, 0, 100, 80]]
    assert (seam.check, seam.verdict, seam.details["seen_permille"]) == ("seam", "look", 1000)


def test_its_exhibits_are_small_pictures_that_the_findings_name():
    work = mended(region=BOX)

    assert set(work.exhibits) == {"drift", "seam"}
    assert size_of(work.exhibits["drift"]) == SIZE
    assert max(size_of(work.exhibits["seam"])) <= 128
    assert document_of(work.findings, work.exhibits)["verdict"] == "look"


def test_an_edit_that_stayed_in_its_region_is_kept_byte_by_byte():
    after = saved(painted(SIZE, (40, 30, 5, 5)))

    work = mended(after, region=BOX)

    assert work.data is after
    assert work.findings.verdict == "equal"
    assert [each.check for each in work.findings.checks] == ["drift"]
    assert work.exhibits == {}


def test_a_change_that_nobody_sees_is_put_back_too():
    after = PIL.Image.new("RGB", SIZE, (254, 255, 255))

    work = mended(saved(after), region=BOX)

    image = decode(work.data)
    assert [colour(image, each) for each in ((2, 2), (50, 40))] == [(255,) * 3, (254, 255, 255)]
    details = work.findings.checks[0].details
    assert (details["touched"], details["changed_permille"]) == (8000, 0)


def test_what_is_no_png_becomes_one():
    after = saved(painted(SIZE, (40, 30, 5, 5)), "WEBP", lossless=True)

    work = mended(after, region=BOX)

    assert work.data[:4] == b"\x89PNG"
    assert decode(work.data).tobytes() == decode(after).tobytes()


@pytest.mark.parametrize(("bound", "verdict"), [("80%", "equal"), ("79%", "differs")])
def test_too_much_drift_differs(bound, verdict):
    work = mended(region=BOX, max_drift=bound)

    check = work.findings.checks[0]
    assert (check.verdict, check.expected) == (verdict, f"at most {bound}")
    assert ("may" in check.message) == (verdict == "differs")


def test_without_a_region_all_of_the_picture_is_looked_at_and_nothing_put_back():
    work = mended(max_drift="90%")

    assert work.data is AFTER
    (check,) = work.findings.checks
    assert (check.verdict, check.message) == ("equal", "83.3% of the picture changed")


def test_a_mask_says_where_the_picture_may_change():
    image = decode(mended(AFTER, BEFORE, masked(0)).data)
    half = decode(mended(AFTER, BEFORE, masked(128)).data)

    assert [colour(image, each)[0] for each in ((29, 40), (30, 20), (69, 59))] == [255, 0, 0]
    assert colour(half, (50, 40)) == (128, 128, 128)


def test_a_mask_without_a_transparent_pixel_fails_the_action():
    with pytest.raises(ActionFailed, match="no transparent pixel") as caught:
        mended(AFTER, BEFORE, masked(255))

    assert caught.value.code == "opaque-mask"


def test_the_picture_before_and_the_box_are_scaled_to_what_the_service_made():
    after = saved(painted((240, 160), (0, 0, 240, 160)))

    image, soft = (decode(mended(after, region=BOX, feather=each).data) for each in (0, 3))

    assert image.size == (240, 160)
    assert image.convert("L").histogram()[0] == 80 * 80
    assert colour(image, (60, 40)) == (0, 0, 0)
    line = [colour(soft, (x, 80))[0] for x in range(59, 67)]
    assert line == sorted(line, reverse=True)
    assert (line[0], line[-1]) == (255, 0)
    assert 255 > line[1] > line[6] > 0


def test_transparency_comes_back():
    before = PIL.Image.new("RGBA", SIZE, (9, 9, 9, 0))

    image = decode(mended(AFTER, saved(before), region=BOX).data)

    assert [colour(image, each) for each in ((2, 2), (50, 40))] == [(9, 9, 9, 0), (0, 0, 0, 255)]


def test_an_input_that_is_no_picture_fails_the_action():
    with pytest.raises(UnreadableImage):
        mended(AFTER, b"no picture", region=BOX)
