from assetforge.reading.boxes import around, common, grown, share_in


def test_boxes_are_put_around_and_into_others():
    assert around([(10, 20, 5, 5), (2, 30, 4, 10)]) == (2, 20, 13, 20)
    assert common((0, 0, 10, 10), (5, 6, 10, 10)) == (5, 6, 5, 4)
    assert common((0, 0, 10, 10), (10, 0, 5, 5)) is None
    assert grown((10, 10, 10, 10), 15, 2, (0, 0, 30, 100)) == (0, 8, 30, 14)


def test_a_share_is_of_the_smaller_box():
    assert share_in((0, 0, 100, 100), (90, 90, 20, 20)) == 0.25
    assert share_in((0, 0, 10, 10), (50, 0, 10, 10)) == 0
