from __future__ import annotations

import PIL.Image
import pytest

from tests.test_looks import a_project, rewrite, right

__all__ = ["right"]


@pytest.mark.parametrize(("alpha", "code", "calls"), [(255, 2, 0), (0, 0, 2)])
def test_a_mask_that_leaves_nothing_to_change_is_refused_before_anything_is_bought(
    right, alpha, code, calls
):
    a_project(right.root, right)
    rewrite(right, "region: [0, 40%, 100%, 60%]\n      - verify: copy", "mask: mask.png")
    PIL.Image.new("RGBA", (1024, 640), (0, 0, 0, alpha)).save(right.root / "mask.png")

    result = right.run("build", "--yes")

    assert (result.code, right.calls()) == (code, calls), result.err
    if code:
        assert "the mask 'mask.png' has no transparent pixel" in result.err
