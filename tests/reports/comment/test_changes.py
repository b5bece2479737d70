from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from assetforge.pricing import Cost
from assetforge.reports.comment.changes import grouped, rows_of
from tests.reports.comment.plans import action, campaign, changed, plan, since


def test_variants_that_change_alike_are_one_row_and_what_goes_comes_last():
    rows = rows_of(plan(campaign()["actions"], campaign()["since"]))

    assert [(row.asset, row.change, len(row.variants)) for row in rows] == [
        ("banner", "changed", 20),
        ("card", "changed", 1),
        ("card", "added", 1),
        ("card", "removed", 1),
    ]


def test_a_shared_action_is_paid_once():
    both = ["a/x", "a/y"]
    actions = [action("compose", *both, low="1.00", high="2.00"), action("edit", "a/y")]

    one, other = rows_of(plan(actions, since(changed("a/x", "compose"), changed("a/y", "edit"))))

    assert one.cost == Cost(1_000_000, 2_000_000)
    assert other.cost == Cost(41_200, 63_300)


def test_what_is_there_costs_nothing():
    (row,) = rows_of(plan([action("edit", "a", decision="hit")], since(changed("a", "edit"))))

    assert row.cost == Cost()


def test_the_reason_is_that_of_the_first_step_that_has_one_of_its_own():
    actions = [
        action("compose", "a", decision="hit", reasons=["pinned by Ada"]),
        action("edit", "a", reasons=["copy changed: headline"]),
        action("export", "a", decision="wait", reasons=["waits for a/edit"]),
    ]

    (row,) = rows_of(plan(actions, since(changed("a", "edit", "export", change="added"))))

    assert row.why == ("copy changed: headline",)


def test_without_a_comparison_a_row_is_what_is_to_be_made():
    actions = [action("edit", "a", "b", decision="hit"), action("export", "a", decision="lost")]

    (row,) = rows_of(plan(actions))

    assert (row.asset, row.change, row.steps, row.variants) == ("a", "pending", ("export",), [()])


@given(st.sets(st.tuples(st.sampled_from("pqr"), st.sampled_from("xy"), st.sampled_from("12345"))))
def test_groups_are_products_of_all_variants_and_nothing_else(variants):
    found = [
        (*before.split("/"), last)
        for befores, lasts in grouped(sorted(variants))
        for before, last in product(befores, lasts)
    ]

    assert sorted(found) == sorted(variants)


def test_a_full_matrix_is_one_group():
    assert grouped(product(["wide", "tall"], ["de", "fr"])) == [[["wide", "tall"], ["de", "fr"]]]
    assert grouped([("de",), ("fr",)]) == [[[], ["de", "fr"]]]
    assert grouped([()]) == []


def test_a_changed_picture_has_the_reasons_of_the_comparison_whatever_is_built_here():
    actions = [action("edit", "a", reasons=["never built"])]

    (old,) = rows_of(plan(actions, since(changed("a", "edit", reasons=["quality changed"]))))
    (new,) = rows_of(plan(actions, since(changed("a", "edit", change="added"))))

    assert (old.why, new.why) == (("quality changed",), ("never built",))


def test_variants_that_change_for_other_reasons_are_other_rows():
    one = changed("a/x", "edit", reasons=["copy changed: headline"])
    other = changed("a/y", "edit", reasons=["size changed"])

    assert len(rows_of(plan([], since(one, other)))) == 2
