"""Rows with the version they last changed in."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assetforge.action import VariantName
from assetforge.digest import Digest, digest_of
from assetforge.session.rows import Row
from assetforge.session.view import View, as_before


def row(id: str, state: str = "current", words: str = "w", **more) -> Row:
    return Row(
        id=id,
        variant=VariantName(f"banner/{id}"),
        asset="banner",
        axes={},
        tags=(),
        locale="",
        lang="",
        direction="",
        paths=(f"{id}.png",),
        width=10,
        height=10,
        alt="",
        line="",
        state=state,
        reason="",
        digest=digest_of(id.encode()),
        words=Digest(words),
        **more,
    )


def ids(document: Any) -> list[str]:
    return [each["id"] for each in document["pictures"]]


def test_all_that_changed_after_a_version_is_told():
    one = View().with_rows([row("a"), row("b")], whole=True)
    two = one.with_rows([row("b", "stale")], whole=False)

    assert ids(two.document(one.version)) == ["b"]
    assert two.document(one.version)["whole"] is False
    assert ids(two.document(two.version)) == []


def test_who_knows_nothing_is_told_everything_in_order():
    view = View().with_rows([row("b"), row("a")], whole=True)

    assert view.document(-1)["order"] == ["b", "a"]
    assert ids(view.document(-1)) == ["b", "a"]


def test_when_a_picture_goes_or_comes_all_is_told_again():
    one = View().with_rows([row("a"), row("b")], whole=True)
    gone = one.with_rows([row("a")], whole=True)
    came = gone.with_rows([row("c")], whole=False)

    assert gone.document(one.version)["order"] == ["a"]
    assert came.document(gone.version)["order"] == ["a", "c"]


def test_the_same_rows_are_no_new_version():
    view = View().with_rows([row("a"), row("b")], whole=True)

    assert view.with_rows([row("a"), row("b")], whole=True) is view
    assert view.with_rows([row("a")], whole=False) is view


def test_rows_are_changed_by_id_and_unknown_ids_do_not_matter():
    view = View().with_rows([row("a"), row("b")], whole=True)

    changed = view.with_changes(lambda each: replace(each, busy=True), ["b", "gone"])

    assert [each.busy for each in changed.rows.values()] == [False, True]


def test_a_draft_stays_as_long_as_its_words_do():
    before = row("a", "stale", draft=Digest("d"), problem="refused")

    assert as_before(row("a", "stale"), before).draft == "d"
    assert as_before(row("a", "stale"), before).problem == "refused"
    assert as_before(row("a", "stale", words="other"), before).draft is None
    assert as_before(row("a", "current"), before).draft is None
    assert as_before(row("a", "stale"), None).draft is None


def test_stale_is_what_has_to_be_made_or_written():
    rows = [row("a"), row("b", "stale"), row("c", "missing"), row("d", "edited")]

    assert View().with_rows(rows, whole=True).stale == 2


names = st.lists(st.sampled_from("abcde"), unique=True)
steps = st.lists(st.tuples(st.booleans(), names, st.sampled_from(["current", "stale"])))


def followed(known: dict[str, Any], told: Any) -> dict[str, Any]:
    """Return what a page knows after it was told what changed."""
    fresh = {each["id"]: each for each in told["pictures"]}
    return fresh if told["whole"] else known | fresh


@given(steps, st.sets(st.integers(min_value=0, max_value=20)))
def test_whoever_follows_from_any_version_knows_what_is_there(changes, missed):
    """A page that fetches what changed since its version has the same pictures as a new one."""
    known: dict[str, Any] = {}
    view, version = View(), -1
    for number, (whole, some, state) in enumerate(changes):
        view = view.with_rows([row(each, state) for each in some], whole=whole)
        if number not in missed:
            told: Any = view.document(version)
            known, version = followed(known, told), told["version"]

    known = followed(known, view.document(version))

    assert known == followed({}, view.document(-1))
