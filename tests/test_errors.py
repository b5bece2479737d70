"""What can go wrong, in one line each, and how a program ends of it."""

import inspect

import pytest

from assetforge import errors
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean

EXIT_CODES = {
    "AssetforgeError": 1,
    "InvalidSource": 2,
    "UsageProblem": 2,
    "OutOfDate": 3,
    "NotAccepted": 6,
    "LostPictures": 1,
    "OverBudget": 4,
    "NothingSelected": 5,
    "StoreProblem": 1,
    "ActionFailed": 1,
    "NotStarted": 1,
    "OutcomeUnknown": 1,
    "ProviderUnavailable": 1,
}


def error_types() -> dict[str, type[errors.AssetforgeError]]:
    return {
        name: each
        for name, each in vars(errors).items()
        if inspect.isclass(each) and issubclass(each, errors.AssetforgeError)
    }


def test_every_error_has_the_exit_code_of_the_design():
    assert {name: each.exit_code for name, each in error_types().items()} == EXIT_CODES


def test_the_tree_at_the_top_of_the_module_shows_every_error():
    drawn = errors.__doc__ or ""

    assert all(name in drawn for name in error_types())


def test_a_place_is_a_file_or_a_spot_in_it():
    assert str(Place("a.yaml")) == "a.yaml"
    assert str(Place("a.yaml", 3, 5, 9)) == "a.yaml:3:5"
    assert sorted([Place("b", 1, 1), Place("a", 2, 1), Place("a", 1, 2), Place("a")]) == [
        Place("a"),
        Place("a", 1, 2),
        Place("a", 2, 1),
        Place("b", 1, 1),
    ]


def test_a_diagnostic_is_one_line():
    plain = Diagnostic("code", "what is wrong")
    full = Diagnostic("code", "what is wrong", Place("a", 1, 2), "label", "do this")

    assert str(plain) == "what is wrong"
    assert str(full) == "a:1:2: what is wrong; do this"


def test_invalid_source_holds_every_problem():
    error = InvalidSource(Diagnostic("c", word) for word in ("one", "two"))

    assert [each.message for each in error.diagnostics] == ["one", "two"]
    assert (str(error), error.root) == ("one\ntwo", None)


def test_a_failed_action_has_a_code_for_scripts():
    for kind in (errors.ActionFailed, errors.OutcomeUnknown, errors.ProviderUnavailable):
        assert (kind("some-code", "words").code, str(kind("some-code", "words"))) == (
            "some-code",
            "words",
        )


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("compse", ["edit", "compose"], "did you mean 'compose'?"),
        ("xyz", ["edit", "compose"], None),
        ("a", [], None),
    ],
)
def test_advice_names_what_is_close(word, known, advice):
    assert did_you_mean(word, known) == advice
