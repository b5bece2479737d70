import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assetforge.diagnostics import printable
from assetforge.errors import Diagnostic, Place
from assetforge.reports.check.annotations import (
    MOST,
    SHOWN,
    escaped,
    escaped_property,
    workflow_commands,
)
from assetforge.secrets import blotted
from tests.reports.check.actions_runner import PROPERTY, Command, commands, new_style, unescaped

HOSTILE = (
    "\n::error::injected",
    "\r::set-output name=a::b",
    "::stop-commands::token",
    "##[set-env name=PATH]/evil",
    "a,line=1::warning::b",
    "100%0A::add-mask::x",
    "\u2028::error::x",
)

words = (
    st.text()
    | st.sampled_from(HOSTILE)
    | st.tuples(st.text(), st.sampled_from(HOSTILE)).map("".join)
)
places = st.builds(Place, words, st.integers(0, 99), st.integers(1, 99), st.integers(1, 9))
diagnostics = st.builds(
    Diagnostic,
    code=st.sampled_from(["unknown-key", "too-long"]),
    message=words,
    place=st.none() | places,
    label=words,
    help=st.none() | words,
    severity=st.sampled_from(["error", "warning"]),
)


def of(*found: Diagnostic, folder: str = ".") -> list[str]:
    return list(workflow_commands(found, folder))


def told(lines: list[str]) -> list[Command]:
    return commands("\n".join(lines))


@given(st.lists(diagnostics, max_size=4))
@example([Diagnostic("unknown-key", "::", Place(each, 1, 1), each, each) for each in HOSTILE])
def test_whatever_others_wrote_begins_no_command_and_ends_none(found):
    lines = of(*found)
    understood = told(lines)

    assert len(understood) == len({(e.place, e.severity, e.code) for e in found})
    assert {each.name for each in understood} <= {"error", "warning"}
    assert all(each.properties.keys() <= KEYS for each in understood)
    assert all("\r" not in line and "\n" not in line for line in lines)
    said = "\n".join(each.message for each in understood)
    if len(found) <= SHOWN:
        assert all(printable(blotted(each.message)) in said for each in found)


KEYS = {"title", "file", "line", "endLine", "col", "endColumn"}


@given(words)
def test_the_runner_reads_back_what_was_escaped(text):
    command = new_style(f"::error title={escaped_property(text)}::{escaped(text)}")

    assert command is not None
    assert command.message == text
    assert command.properties["title"].strip() == text.strip()
    assert unescaped(escaped_property(text), PROPERTY) == text


def test_a_command_says_where_what_and_what_to_do():
    place = Place("prompts/copy.j2", 3, 7, 5)
    problem = Diagnostic("unknown-variable", "unknown variable 'nope'", place, "here", "did you?")

    assert of(problem, folder="shop/banners")[0] == (
        "::error title=assetforge%3A unknown-variable,file=shop/banners/prompts/copy.j2,"
        "line=3,endLine=3,col=7,endColumn=12::unknown variable 'nope': here%0Ahelp: did you?"
    )


def test_a_place_that_is_a_whole_file_has_no_line_and_none_has_no_file():
    file = Diagnostic("lock-damaged", "this is no lock", Place("a.lock/b.json"))
    nowhere = Diagnostic("not-taken", "gone", severity="warning")

    assert of(file, nowhere) == [
        "::error title=assetforge%3A lock-damaged,file=a.lock/b.json::this is no lock",
        "::warning title=assetforge%3A not-taken::gone",
        "1 error, 1 warning",
    ]


def test_errors_come_before_warnings():
    warning = Diagnostic("fallback", "shown in English", Place("a", 1, 1), severity="warning")
    error = Diagnostic("missing", "there is no text", Place("z", 9, 9))

    assert [each.name for each in told(of(warning, error))] == ["error", "warning"]


def test_one_problem_in_many_locales_is_one_annotation():
    place = Place("assetforge.yaml", 4, 2)
    found = [Diagnostic("missing", f"locale 'l{n:02}' has no message", place) for n in range(60)]

    (only,) = told(of(*found))

    assert only.message.splitlines() == [
        "locale 'l00' has no message",
        "locale 'l01' has no message",
        "locale 'l02' has no message",
        "and 57 more here",
    ]


def test_few_kinds_do_not_crowd_out_others_where_only_ten_are_shown():
    many = [
        Diagnostic("too-long", f"too long in {n}", Place(f"{n:02}.json", 1, 1)) for n in range(20)
    ]
    one = Diagnostic("unknown-key", "unknown key", Place("zz.yaml", 1, 1))

    lines = of(*many, one)

    assert [each.properties["file"] for each in told(lines)[:3]] == [
        "00.json",
        "zz.yaml",
        "01.json",
    ]


@pytest.mark.parametrize("number", [MOST, MOST + 1])
def test_what_github_does_not_show_is_counted_at_the_end(number):
    found = [
        Diagnostic("missing", f"number {n}", Place("a", n, 1), severity="warning")
        for n in range(1, number + 1)
    ]

    lines = of(*found)

    assert len([each for each in told(lines) if each.name == "warning"]) == number
    notice = f"::notice title=assetforge::GitHub shows 10 of {number} warnings of a step"
    assert any(each.startswith(notice) for each in lines) == (number > MOST)
    assert lines[-1] == f"{number} warnings"


def test_a_key_is_not_shown():
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"

    assert key not in "".join(of(Diagnostic("c", f"found {key}", Place("a"), key, f"remove {key}")))


def test_nothing_found_is_nothing_printed():
    assert of() == []
