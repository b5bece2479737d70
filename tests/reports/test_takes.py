from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Verdict
from assetforge.reports.takes import model_words, taken_line
from assetforge.review.taken import Taken
from assetforge.store.action_cache import ActionResult


def test_a_line_says_all_that_was_said_of_a_take():
    result = ActionResult(ActionKey("2" * 64), Digest("2" * 64), {"kind": "edit"})
    said = Taken(
        2,
        result,
        stands=True,
        accepted=Verdict("Ann", "2026-11-21T12:00:00+00:00"),
        pinned=Verdict("Bob", "2026-11-22T12:00:00+00:00"),
    )

    assert taken_line(said) == (
        "take 2  222222222222  $0.00  "
        "stands, accepted by Ann, 2026-11-21, pinned by Bob, 2026-11-22"
    )


def test_an_imported_picture_names_its_file():
    result = ActionResult(
        ActionKey("1" * 64), Digest("2" * 64), {}, made_at="2026-11-21", imported="hills.psd"
    )

    assert taken_line(Taken(0, result, rejected=True)) == (
        "of other words  222222222222  imported from 'hills.psd' 2026-11-21  $0.00  rejected"
    )


def test_the_model_that_answered_is_told_where_it_has_another_name():
    assert model_words("gpt-image-2", "gpt-image-2") == "gpt-image-2"
    assert model_words("gpt-image-2", None) == "gpt-image-2"
    assert model_words(None, "draft") == "draft"
    assert model_words("a", "b") == "a (answered by b)"
    assert model_words(None, None) == ""
