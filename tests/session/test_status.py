"""The one line that is always true."""

import pytest

from assetforge.errors import Diagnostic, InvalidSource, Place, UsageProblem
from assetforge.pricing import Cost
from assetforge.session.status import Status, problems_of, status_json

PRICE = Cost(100_000, 130_000)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status(), "looking"),
        (Status(phase="watching"), "watching"),
        (Status(phase="watching", polling=True), "watching, by polling"),
        (Status(phase="watching", pictures=1), "watching · 1 picture current"),
        (
            Status(phase="watching", pictures=24, stale=3, cost=PRICE),
            "watching · 3 pictures stale, about $0.10 to $0.13",
        ),
        (
            Status(phase="building", done=3, total=24, stale=24, spent=40_000),
            "building 3 of 24 · 24 pictures stale · spent $0.04",
        ),
        (
            Status(phase="watching", auto=True, cap=2_000_000, spent=40_000, pictures=2),
            "watching · 2 pictures current · spent $0.04 of $2.00",
        ),
        (
            Status(phase="planning", finishing=2),
            "looking · finishing 2 calls that a change overtook",
        ),
        (Status(phase="paused", paused="stopped: too often"), "paused: stopped: too often"),
        (Status(phase="drafting", total=5), "drafting 0 of 5"),
        (
            Status(phase="building", total=4, stale=18, cost=PRICE, free=True),
            "building 0 of 4 that cost nothing · 18 pictures stale, about $0.10 to $0.13",
        ),
        (
            Status(phase="watching", pictures=3, edited=1),
            "watching · 2 pictures current · 1 edited by hand",
        ),
    ],
)
def test_the_line_says_what_matters(status, words):
    assert status.words == words


def test_a_broken_project_says_how_many_errors_there_are():
    problems = (
        Diagnostic("a", "is wrong"),
        Diagnostic("b", "is odd", severity="warning"),
        Diagnostic("c", "is wrong, too"),
    )

    assert Status(phase="broken", problems=problems).words.startswith("2 problems; waiting")


def test_an_error_becomes_problems_with_their_places():
    located = Diagnostic("a", "is wrong", Place("x.yaml", 3, 4), help="mend it")
    told = status_json(Status(problems=problems_of(InvalidSource([located]))))["problems"]

    assert told == [
        {
            "severity": "error",
            "code": "a",
            "message": "is wrong",
            "place": "x.yaml:3:4",
            "help": "mend it",
            "text": "x.yaml:3:4: is wrong; mend it",
        }
    ]
    assert [each.message for each in problems_of(UsageProblem("no such thing"))] == [
        "no such thing"
    ]


def test_money_is_told_in_decimal_dollars():
    told = status_json(Status(cost=PRICE, spent=1_500_000, cap=2_000_000))

    assert (told["cost"], told["spent"], told["cap"]) == (
        {"low": "0.10", "high": "0.13"},
        "1.50",
        "2.00",
    )
    assert status_json(Status())["cost"] is None
