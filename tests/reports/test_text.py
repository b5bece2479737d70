import pytest

from assetforge.cli import build as command
from assetforge.decided import Options
from assetforge.digest import Json
from assetforge.pricing import Cost, cost_text
from assetforge.reports.text import Flags, build_text, fields, indented, plural
from tests.cli import toy
from tests.space import Space

CENT = 10_000


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (Cost(0, 0), "$0.00"),
        (Cost(1, 1), "$0.01"),
        (Cost(2 * CENT, 2 * CENT), "$0.02"),
        (Cost(26_080, 26_415), "$0.03"),
        (Cost(2 * CENT, 4 * CENT), "$0.02 to $0.04"),
        (Cost(25_000, 41_000), "$0.02 to $0.05"),
        (Cost(0, 12_345_678_900), "$0.00 to $12345.68"),
    ],
)
def test_a_price_is_in_cents_and_never_too_low(cost, text):
    assert cost_text(cost) == text


def test_numbers_are_readable():
    assert [plural(1, "action"), plural(0, "action"), plural(12_345, "action")] == [
        "1 action",
        "0 actions",
        "12,345 actions",
    ]


def test_fields_are_as_a_person_reads_them():
    request: dict[str, Json] = {
        "size": [1200, 640],
        "prompt": "left out",
        "copy": [["headline", "Los [/b]"], ["action", "إشتر"]],
        "palette": ["#ffffff"],
        "edit": True,
        "model": None,
        "quality": "high",
    }

    assert fields(request) == [
        ("copy.headline", "Los [/b]"),
        ("copy.action", "إشتر"),
        ("edit", "true"),
        ("model", "null"),
        ("palette", '["#ffffff"]'),
        ("quality", "high"),
        ("size", "1200x640"),
    ]


def test_a_size_or_copy_of_another_shape_is_shown_as_it_is():
    assert fields({"size": "large", "copy": "odd"}) == [("copy", "odd"), ("size", "large")]


def test_blank_lines_stay_empty_when_indented():
    assert list(indented(["a", " ", "b"])) == ["    a", "", "    b"]


def test_flags_are_repeated_as_they_are():
    assert Flags(" -C shop", " --locale de").both == " -C shop --locale de"
    assert Flags().both == ""


def test_a_summary_needs_no_flags(tmp_path, monkeypatch):
    space = Space(tmp_path).quick(pipeline=toy.PRICED)
    seen = []

    def note(built, options, flags):
        seen.append((built, options))
        return ""

    monkeypatch.setattr(command, "build_text", note)
    with toy.installed():
        space.run("build", "--yes")

    ((built, options),) = seen
    assert isinstance(options, Options)
    assert build_text(built, options).splitlines()[-1] == "next: assetforge report"
