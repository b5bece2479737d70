"""What is known of all the rest, when a part is planned."""

import pytest

from assetforge.action import VariantName
from assetforge.incremental.part import is_told_of
from tests.incremental.workplace import SMALL, Workplace

SUMMARY = """\
  skip  banner/wide/de  'de' lacks 'banner.action'
0 made, 6 hit; 2 pictures current, 0 written; spent $0.00
  typeset card/fr/edit  no take was right
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("banner/wide/de", True),
        ("banner/tall/de", False),
        ("card/de", True),
        ("hit", False),
        ("made", False),
    ],
)
def test_a_summary_tells_of_some_variants(name, told):
    assert is_told_of([VariantName(name)], SUMMARY) is told


@pytest.fixture
def place(tmp_path, monkeypatch) -> Workplace:
    return Workplace(tmp_path / "project", monkeypatch)


def test_paths_that_cannot_be_read_any_more_are_planned_whole(place, monkeypatch):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    (paths,) = place.trace.glob("*.paths")
    monkeypatch.setattr("assetforge.trace.look._changed_rows", lambda *arguments: [])
    paths.unlink()

    assert place.again().code == 0
    assert place.how == "whole"


def test_a_skipped_variant_that_is_still_skipped_is_planned_whole(place):
    place.quick(pipeline=SMALL.replace("source: en\n", "source: en\n  missing: skip\n"))
    place.locale("de", headline="Sale de", alt="Hills de")
    place.settled()
    place.locale("de", headline="New", alt="Hills de")

    assert "2 pictures current" in place.again().err
    assert place.how == "whole"
