"""How often Python looks for objects that only refer to each other."""

import gc

import pytest

from assetforge.collecting import SELDOM, seldom_collecting


def test_afterwards_python_looks_as_often_as_before():
    before, inside = gc.get_threshold(), []

    with seldom_collecting():
        inside.append(gc.get_threshold())

    assert inside == [SELDOM]
    assert gc.get_threshold() == before


def test_an_error_inside_leaves_no_trace():
    before = gc.get_threshold()

    with pytest.raises(ZeroDivisionError):
        fail()

    assert gc.get_threshold() == before


@seldom_collecting()
def fail():
    return 1 // 0
