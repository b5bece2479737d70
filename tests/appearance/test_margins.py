from assetforge.appearance import safe_area_check

AREA = (10, 10, 80, 40)


def test_text_inside_the_safe_area_is_right():
    assert safe_area_check((10, 10, 80, 40), AREA, "a").verdict == "equal"


def test_how_far_text_stands_out_is_said_for_each_edge():
    check = safe_area_check((7, 20, 90, 20), AREA, "headline")

    assert check.verdict == "differs"
    assert check.message == (
        "headline: stands 3 px at the left, 7 px at the right outside the safe area"
    )
    assert check.details == {"area": [10, 10, 80, 40], "left": 3, "right": 7}
    assert (
        "1 px at the top, 5 px at the bottom" in safe_area_check((20, 9, 9, 46), AREA, "a").message
    )
