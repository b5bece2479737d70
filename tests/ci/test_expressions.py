import pytest

from tests.ci.expressions import UnknownExpression, filled, is_met, value

CONTEXTS = {
    "github": {
        "head_ref": "",
        "ref_name": "main",
        "event": {"label": {"name": "assetforge:build"}},
    },
    "inputs": {"command": "build", "commit": ""},
    "steps": {"install": {"outputs": {"files": "/tmp/files"}}},
    "vars": {},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.head_ref || github.ref_name", "main"),
        ("inputs.command == 'build' && inputs.commit", ""),
        ("inputs.command == 'BUILD'", True),
        ("inputs.command != 'build'", False),
        ("!(inputs.command == 'plan')", True),
        ("steps.install.outputs.files", "/tmp/files"),
        ("steps.install.outputs.unset", None),
        ("github.event.pull_request.head.sha", None),
        ("vars.NOBODY_SET_IT", None),
        ("'it''s'", "it's"),
    ],
)
def test_an_expression_comes_to_what_github_says(text, expected):
    assert value(text, CONTEXTS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "inputs.comand",
        "github.head_reff",
        "steps.instal.outputs.files",
        "runner.os",
        "hashFiles('x')",
        "inputs.command ==",
        "(inputs.command",
        "inputs.command 'x'",
        "inputs[0]",
        "inputs.",
        "always(",
    ],
)
def test_what_is_not_known_is_no_empty_text(text):
    with pytest.raises(UnknownExpression):
        value(text, CONTEXTS)


def test_expressions_are_filled_into_a_text():
    text = "a ${{ github.ref_name }}/${{ inputs.command == 'build' }}"

    assert filled(text, CONTEXTS) == "a main/true"


@pytest.mark.parametrize(
    ("condition", "state", "met"),
    [
        (None, "success", True),
        (None, "failure", False),
        ("inputs.command == 'build'", "failure", False),
        ("always() && inputs.command == 'build'", "failure", True),
        ("${{ success() }}", "failure", False),
        ("inputs.commit", "success", False),
    ],
)
def test_a_step_runs_after_a_failure_only_where_it_says_so(condition, state, met):
    assert is_met(condition, CONTEXTS, state) == met
