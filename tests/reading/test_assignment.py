from assetforge.reading.assignment import Wanted, assigned
from assetforge.reading.engine import Line

ALL = (0, 0, 1000, 600)


def line(text, x, y, width=200, height=30):
    return Line(text, (x, y, width, height), 90)


def found(layouts, wanted, **more):
    fits = assigned(layouts, [Wanted(slot, text, ALL) for slot, text in wanted.items()], **more)
    return {slot: [each.text for each in fit.lines] for slot, fit in fits.items()}


HEADLINE, OFFER = line("Free shipping", 50, 100), line("Only today", 50, 300)


def test_each_slot_gets_its_lines_wherever_they_stand():
    wanted = {"offer": "Only today", "headline": "Free shipping"}

    assert found([[HEADLINE, OFFER]], wanted) == {
        "headline": ["Free shipping"],
        "offer": ["Only today"],
    }


def test_a_text_of_several_lines_is_put_together():
    below = line("worldwide", 60, 140, 150)

    assert found([[OFFER, below, HEADLINE]], {"headline": "Free shipping worldwide"}) == {
        "headline": ["Free shipping", "worldwide"]
    }


def test_parts_of_a_line_are_put_together_in_reading_order():
    left, right = line("hello", 50, 100, 100), line("world", 170, 100, 100)

    assert found([[left, right]], {"a": "hello world"}) == {"a": ["hello", "world"]}
    assert found([[left, right]], {"a": "world hello"}, rtl=True) == {"a": ["world", "hello"]}


def test_no_two_slots_share_a_line():
    wanted = {"one": "Buy now", "two": "Buy now"}

    assert found([[line("Buy now", 50, 100), line("Buy now", 600, 400)]], wanted) == {
        "one": ["Buy now"],
        "two": ["Buy now"],
    }
    assert len(found([[line("Buy now", 50, 100)], [line("Buy now", 51, 101)]], wanted)) == 1


def test_the_best_of_several_looks_counts():
    fits = assigned(
        [[line("Frxx shxxping", 50, 100)], [HEADLINE]], [Wanted("a", "Free shipping", ALL)]
    )

    assert fits["a"].likeness == 1000
    assert fits["a"].line_height == 30


def test_lines_outside_the_region_of_a_slot_are_not_its_own():
    wanted = [Wanted("offer", "Only today", (0, 0, 1000, 250))]

    assert assigned([[HEADLINE, OFFER]], wanted) == {}
