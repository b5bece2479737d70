"""Which command lines a trace may answer: no other than the command line itself would take."""

import click
import pytest

from assetforge.cli.build import command as build
from assetforge.trace.command import ALONE, AMOUNTS, LEVELS, NUMBERS, command_of


def told(line: str) -> tuple[str, str, str | None, str] | None:
    found = command_of(line.split(" ") if line else [])
    return None if found is None else (found.directory, found.file, found.profile, found.level)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("build", ("", "assetforge.yaml", None, "auto")),
        ("-C there build", ("there", "assetforge.yaml", None, "auto")),
        ("build -C there", ("there", "assetforge.yaml", None, "auto")),
        ("build -f other.yaml", ("", "other.yaml", None, "auto")),
        ("build --profile paid", ("", "assetforge.yaml", "paid", "auto")),
        ("build --profile=paid", ("", "assetforge.yaml", "paid", "auto")),
        ("build --check stat", ("", "assetforge.yaml", None, "stat")),
        ("build --check=dirs --format text", ("", "assetforge.yaml", None, "dirs")),
        ("build -j 4 -k --frozen --yes", ("", "assetforge.yaml", None, "auto")),
        ("build --yes --max-cost 5", ("", "assetforge.yaml", None, "auto")),
        ("build --max-cost=2.50", ("", "assetforge.yaml", None, "auto")),
        ("build --jobs=4 --no-progress", ("", "assetforge.yaml", None, "auto")),
    ],
)
def test_a_build_of_the_whole_project_is_known(line, expected):
    assert told(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plan",
        "-C",
        "-C there",
        "-C one -C two build",
        "-C one build -C two",
        "--help",
        "-v build",
        "build banner",
        "build --",
        "build --help",
        "build -f",
        "build -f=",
        "build --profile=",
        "build --check",
        "build --check all",
        "build --format json",
        "build --format",
        "build -j 0",
        "build -j x",
        "build -j4",
        "build -j -1",
        "build --frozen=yes",
        "build --force",
        "build --rebuy",
        "build --resend",
        "build --max-cost",
        "build --max-cost -1",
        "build --max-cost $1",
        "build --max-cost 1e9",
        "build --max-cost 1000000",
        "build --max-cost 1.2.3",
        "build --max-cost ٣",
        "build --max-variants 9",
        "build --allow-unverified",
        "build --locale de",
        "build --plan saved",
        "build -f a\nb",
    ],
)
def test_anything_else_is_for_the_command_line(line):
    assert told(line) is None


def test_the_flags_are_those_of_the_command():
    known = {name for each in build.params for name in each.opts}

    assert known >= {"-C", "-f", "--profile", "--check", "--format"} | ALONE | NUMBERS | AMOUNTS
    (check,) = [each for each in build.params if "--check" in each.opts]
    assert isinstance(check.type, click.Choice)
    assert tuple(check.type.choices) == LEVELS
