import PIL.Image

from assetforge.images import box_weights, drift, nothing_kept
from tests.pictures import colour, painted, ramp

SIZE = (120, 80)


def test_a_picture_that_stayed_as_it_was_has_no_drift():
    found = drift(ramp(SIZE), ramp(SIZE), nothing_kept)

    assert (found.protected, found.touched, found.changed) == (9600, 0, 0)
    assert (found.permille, found.distance, found.boxes) == (0, 0, ())
    assert not found.exceeds(0)


def test_what_changed_is_counted_and_boxed_the_fullest_first():
    after = painted(SIZE, (10, 20, 5, 4), (70, 50, 20, 10))

    found = drift(painted(SIZE), after, nothing_kept)

    assert (found.touched, found.changed, found.permille) == (220, 220, 220 * 1000 // 9600)
    assert found.boxes == ((70, 50, 20, 10), (10, 20, 5, 4))
    assert found.exceeds(2)
    assert not found.exceeds(3)


def test_what_changed_in_the_box_is_no_drift():
    after = painted(SIZE, (40, 30, 20, 20), (100, 0, 5, 5))
    weights = box_weights(SIZE, (40, 30, 20, 20), 4)

    found = drift(painted(SIZE), after, weights)

    assert (found.protected, found.changed) == (9600 - 400, 25)
    assert found.boxes == ((100, 0, 5, 5),)


def test_shapes_in_the_box_are_no_distance():
    after = painted(SIZE, (0, 0, 60, 80))
    weights = box_weights(SIZE, (0, 0, 60, 80), 0)

    assert drift(painted(SIZE), after, weights).distance == 0
    assert drift(painted(SIZE), after, nothing_kept).distance > 0


def test_a_shade_that_nobody_sees_is_touched_and_not_changed():
    one, two = (PIL.Image.new("RGB", SIZE, (100, 100, each)) for each in (100, 104))

    found = drift(one, two, nothing_kept)

    assert (found.touched, found.changed) == (9600, 0)


def test_at_most_eight_boxes_are_told():
    spots = [(x, y, 3 + (y == 70), 3) for x in range(0, 120, 24) for y in (0, 30, 70)]

    boxes = drift(painted(SIZE), painted(SIZE, *spots), nothing_kept).boxes

    assert len(boxes) == 8
    assert {each[3] for each in boxes} == {3}
    assert [each[2] for each in boxes] == [4] * 5 + [3] * 3


def test_nothing_is_protected_by_a_box_of_all():
    found = drift(painted(SIZE), ramp(SIZE), box_weights(SIZE, (0, 0, *SIZE), 0))

    assert (found.protected, found.permille) == (0, 0)
    assert not found.exceeds(0)


def test_the_map_is_small_and_shows_in_red_what_changed():
    size = (1000, 300)
    found = drift(painted(size), painted(size, (500, 0, 500, 300), (101, 101, 1, 1)), nothing_kept)

    assert found.map.size == (400, 120)
    assert colour(found.map, (300, 60)) == (0xE5, 0x00, 0x2B)
    assert colour(found.map, (100, 60)) == (248, 248, 248)
    assert colour(found.map, (40, 40)) == (0xE5, 0x00, 0x2B)


def test_what_changed_is_found_in_every_band():
    size = (512, 600)

    found = drift(painted(size), painted(size, (3, 0, 1, 1), (9, 599, 1, 1)), nothing_kept)

    assert set(found.boxes) == {(3, 0, 1, 1), (9, 599, 1, 1)}
