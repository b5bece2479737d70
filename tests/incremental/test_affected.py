"""Which assets two pipeline files say different things of."""

import pytest

from assetforge.action import VariantName
from assetforge.incremental.affected import changed_assets
from assetforge.incremental.needs import asset_of
from tests.incremental.workplace import CARD, SMALL, Workplace, counts

BEFORE = {"version": 1, "assets": {"a": {"size": 1, "tags": ["x", "y"]}, "b": {}}}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, set()),
        ({"assets": BEFORE["assets"], "version": 1}, set()),
        ({"version": 1, "assets": {"a": {"size": 2, "tags": ["x", "y"]}, "b": {}}}, {"a"}),
        ({"version": 1, "assets": {"a": {"tags": ["x", "y"], "size": 1}, "b": {}}}, {"a"}),
        ({"version": 1, "assets": {"a": {"size": 1, "tags": ["y", "x"]}, "b": {}}}, {"a"}),
        ({"version": 1, "assets": {"a": {"size": True, "tags": ["x", "y"]}, "b": []}}, {"a", "b"}),
        ({"version": 2, "assets": BEFORE["assets"]}, None),
        ({"version": True, "assets": BEFORE["assets"]}, None),
        ({"version": 1, "assets": {"b": {}, "a": {"size": 1, "tags": ["x", "y"]}}}, None),
        ({"version": 1, "assets": {"a": {}}}, None),
        ({"version": 1, "assets": {"a": {}, "b": {}, "c": {}}}, None),
        ({"version": 1, "assets": []}, None),
        ({"version": 1}, None),
        ([], None),
    ],
)
def test_what_an_edit_of_the_pipeline_file_touches(after, expected):
    found = changed_assets(BEFORE, after)

    # The order of what is at the top is that of nothing but the file.
    assert found == expected or (list(after) == ["assets", "version"] and found is None)


def test_a_variant_is_of_the_asset_that_it_begins_with():
    names = map(VariantName, ("banner/wide/de", "fox"))

    assert [*map(asset_of, names)] == ["banner", "fox"]


@pytest.fixture
def place(tmp_path, monkeypatch) -> Workplace:
    return Workplace(tmp_path / "project", monkeypatch)


def test_of_more_than_a_part_all_is_planned(place, monkeypatch):
    place.begin(pipeline=SMALL + CARD)
    monkeypatch.setattr("assetforge.incremental.affected.FEW", 0)
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    place.again()
    assert place.how == "whole", "three of six"

    place.settled()
    monkeypatch.setattr("assetforge.incremental.affected.MOST_PERCENT", 50)
    place.locale("de", headline="Newer", action="Buy de", alt="Hills de")
    place.again()
    assert place.how == "part"


def test_a_copy_of_the_pipeline_file_that_is_not_what_was_read_tells_nothing(place):
    place.begin(pipeline=SMALL + CARD)
    (copy,) = place.trace.glob("*.pipeline")
    copy.write_bytes(copy.read_bytes() + b"#")
    place.replace("assetforge.yaml", "A card.", "A letter.")

    place.again()

    assert place.how == "whole"


def test_a_file_that_was_looked_for_in_vain_is_of_those_who_looked(place):
    place.begin()
    place.write("prompts/copy.j2", "{% include 'prompts/x.j2' ignore missing %}A fox.")
    place.settled()
    place.write("prompts/x.j2", "Red.")

    place.again()

    assert place.how == "part"
    assert len(place.rendered) == 4


def test_a_new_axis_value_and_a_picture_of_another_asset_are_planned_whole(place):
    place.begin(pipeline=SMALL + CARD)
    place.replace(
        "assetforge.yaml", "        tall:", "        square: {size: 160x160}\n        tall:"
    )
    assert "8 pictures current" in place.again().err
    assert place.how == "whole"

    place.settled()
    place.replace(
        "assetforge.yaml",
        '- compose: "A card."',
        '- compose: "A card."\n        references: [out/en/banner-wide.png]',
    )
    assert "output-is-input" in place.again().err


def test_a_warning_about_a_changed_file_is_told_anew(place):
    odd = '{"banner": {"headline": "a", "action": "b", "alt": "c"}, "x": "{a, plural, one {"}'
    place.quick(pipeline=SMALL)
    place.write("locales/de.json", odd)
    place.settled()
    assert "locales/de.json:1:64" in place.again().err
    place.write("locales/de.json", " " + odd)

    result = place.again()

    assert place.how == "whole"
    assert "locales/de.json:1:65" in result.err


def test_catalogs_of_an_assets_own_are_looked_into(place):
    own = CARD.replace("    matrix", '    catalogs: "own/{locale}.json"\n    matrix', 1)
    for locale in ("en", "de"):
        place.write(f"own/{locale}.json", '{"banner": {"headline": "Own"}}')
    place.begin(pipeline=SMALL + own)
    place.write("own/de.json", '{"banner": {"headline": "Mine"}}')

    assert counts(place.again()) == "2 made, 12 hit"
    assert (place.how, place.rendered) == ("part", {"card/de"})

    place.settled()
    place.write("own/fr.json", '{"banner": {"headline": "Le mien"}}')
    assert "out/cards" in place.again().err or "7 pictures" in place.again().err
    assert (place.root / "out/cards/fr.png").exists()
