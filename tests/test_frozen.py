"""Frozen classes do all that a frozen dataclass with slots does."""

import copy
import dataclasses
import pickle
import sys
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.frozen import frozen


@frozen
class Point:
    """A place."""

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict, compare=False)
    note: str = field(default="none", repr=False, kw_only=True)
    KIND: ClassVar[str] = "point"

    def moved(self, x: int) -> "Point":
        return dataclasses.replace(self, x=self.x + x)


@dataclass(frozen=True, slots=True)
class Twin:
    """A place."""

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict, compare=False)
    note: str = field(default="none", repr=False, kw_only=True)
    KIND: ClassVar[str] = "point"


@frozen
class Place(Point):
    """A place with a name, made from another."""

    name: str = ""


@frozen
class Checked:
    """One that looks at itself, and says for itself how it is written."""

    value: int
    twice: int = field(init=False, default=0)
    thrice: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("below zero")
        object.__setattr__(self, "twice", 2 * self.value)

    def __repr__(self) -> str:
        return f"<{self.value}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checked)

    def __hash__(self) -> int:
        return 7


@frozen
class Nothing:
    """One without fields."""


UNCHECKED: Any = Point
"""The class without its types, for what no type checker lets through."""

small = st.integers(-2, 2)
made_of = st.fixed_dictionaries(
    {"x": small}, optional={"y": small, "note": st.text(max_size=1), "tags": st.just({"a": 1})}
)


@given(made_of, made_of)
def test_it_is_made_shown_and_compared_as_a_dataclass(one, other):
    mine, theirs = (Point(**one), Point(**other)), (Twin(**one), Twin(**other))

    assert repr(mine[0]) == repr(theirs[0]).replace("Twin", "Point")
    assert (mine[0] == mine[1]) == (theirs[0] == theirs[1])
    assert (hash(mine[0]) == hash(mine[1])) or mine[0] != mine[1]
    assert dataclasses.asdict(mine[0]) == dataclasses.asdict(theirs[0])
    assert dataclasses.astuple(mine[0]) == dataclasses.astuple(theirs[0])


def test_it_has_the_fields_slots_and_words_of_a_dataclass():
    said = [(each.name, each.type, each.default, each.kw_only) for each in dataclasses.fields(Twin)]

    assert [
        (each.name, each.type, each.default, each.kw_only) for each in dataclasses.fields(Point)
    ] == said
    assert UNCHECKED.__slots__ == vars(Twin)["__slots__"]
    assert Point.__match_args__ == Twin.__match_args__
    assert (Point.__doc__, Point.__name__, Point.KIND) == ("A place.", "Point", "point")
    assert not hasattr(Point(1), "__dict__")


def test_it_is_no_dataclass_of_another_class_nor_equal_to_one():
    assert UNCHECKED(1) != Twin(1)
    assert Point(1) != Place(1)
    assert Point(1).__eq__(1) is NotImplemented
    assert Place(1, name="a") == Place(1, name="a") != Place(1, name="b")


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, "note"), (1, 2, {}, 3, 4)])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(TypeError, match=r"Point\.__init__"):
        UNCHECKED(*arguments)
    with pytest.raises(TypeError, match="unknown"):
        UNCHECKED(1, unknown=2)


def test_the_first_one_of_a_class_is_made_as_the_next():
    @frozen
    class Fresh:
        a: int
        b: list[int] = field(default_factory=list)

    first, second = Fresh(1), Fresh(1)

    assert first == second
    assert first.b is not second.b


def test_a_first_one_that_is_refused_does_no_harm():
    @frozen
    class Fresh:
        a: int

    unchecked: Any = Fresh
    with pytest.raises(TypeError):
        unchecked()
    assert Fresh(1).a == 1


def test_nothing_can_be_assigned_or_deleted():
    point = UNCHECKED(1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        point.other = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert point.x == 1


def test_it_can_be_changed_into_another_copied_and_sent():
    place = Place(1, 2, {"a": 3}, name="b", note="c")

    assert place.moved(2) == Place(3, 2, name="b", note="c")
    assert dataclasses.replace(place, name="d").tags is place.tags
    for same in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert same == place
        assert (same.tags, same.note, type(same)) == ({"a": 3}, "c", Place)
    if sys.version_info >= (3, 13):
        assert copy.replace(place, x=5).x == 5


def test_it_can_be_matched():
    match Place(1, 2, name="here"):
        case Place(x, y, name=name):
            assert (x, y, name) == (1, 2, "here")
        case _:
            pytest.fail("it did not match")


def test_what_a_class_defines_itself_stays():
    assert repr(Checked(3)) == "<3>"
    assert Checked(3) == Checked(4)
    assert {Checked(3), Checked(4)} == {Checked(5)}
    assert (Checked(3).twice, Checked(3).thrice) == (6, [])
    with pytest.raises(ValueError, match="below zero"):
        Checked(-1)


def test_classes_without_fields_and_of_themselves_can_be_shown():
    @frozen
    class Knot:
        inside: list[object]

    knot = Knot([])
    knot.inside.append(knot)

    assert repr(Nothing()) == "Nothing()"
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert repr(knot).endswith("Knot(inside=[...])")
