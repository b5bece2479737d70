import json
from pathlib import Path

import jsonschema
import pytest

from assetforge.reports.pictures import explain_command, manifest_json
from assetforge.reports.tiles import Tile, counts, sections, tiles_of
from tests.reports.campaign import picture

SCHEMA = Path(__file__).parents[2] / "schemas" / "manifest.schema.json"


def test_the_manifest_describes_a_picture_for_a_web_page():
    assert manifest_json([picture()]) == {
        "schema": "assetforge.manifest/1",
        "pictures": [
            {
                "asset": "banner",
                "variant": "banner/wide/de",
                "axes": {"format": "wide", "locale": "de"},
                "tags": ["campaign"],
                "locale": "de",
                "lang": "de",
                "dir": "ltr",
                "path": "out/banner/wide/de.png",
                "sha256": "ab" * 32,
                "width": 1200,
                "height": 628,
                "alt": "Hügel am Meer",
            }
        ],
    }


def test_the_manifest_follows_its_schema():
    document = manifest_json([picture(), picture("mascot", locale="", lang="", direction="")])

    jsonschema.validate(document, json.loads(SCHEMA.read_text()))


def test_the_manifest_leaves_out_what_has_no_bytes():
    pictures = [
        picture("a", state="missing", sha256=None),
        picture("b", state="stale"),
        picture("c", state="edited"),
        picture("d", sha256=None),
    ]

    shown = manifest_json(pictures)["pictures"]

    assert isinstance(shown, list)
    assert [each["variant"] for each in shown if isinstance(each, dict)] == ["b", "c"]


def test_the_manifest_has_one_order():
    pictures = [picture("b"), picture("a", path="2.png"), picture("a", path="1.png")]

    assert manifest_json(pictures) == manifest_json(reversed(pictures))


def test_the_command_to_paste_survives_a_quote_in_a_name():
    assert explain_command("banner/wide/de") == "assetforge explain 'banner/wide/de'"
    assert explain_command("it's") == """assetforge explain 'it'"'"'s'"""


def test_file_types_of_one_picture_are_one_tile_in_its_worst_state():
    png = picture(path="out/de.png", state="missing", sha256=None, reason="no file yet")
    webp = picture(path="out/de.webp")

    (tile,) = tiles_of(sections([png, webp]))

    assert tile.pictures == (png, webp)
    assert tile.shown == webp
    assert (tile.state, tile.reason) == ("missing", "no file yet")


def test_a_tile_without_any_file_shows_what_was_wanted():
    wanted = picture(state="missing", sha256=None)

    assert Tile(0, (wanted,)).shown == wanted


def test_rows_differ_by_every_axis_but_the_locale():
    pictures = [
        picture(f"banner/{name}/{locale}", axes={"format": name, "locale": locale}, locale=locale)
        for locale in ("de", "ja")
        for name in ("wide", "story")
    ]

    (section,) = sections(pictures)

    assert [row.label for row in section.rows] == ["wide", "story"]
    assert section.locales == ("de", "ja")
    assert section.tags == ("campaign",)
    assert [tile.number for tile in section.tiles] == [0, 1, 2, 3]
    assert [tile.shown.variant for tile in section.rows[1].of("ja")] == ["banner/story/ja"]
    assert section.rows[0].of("fr") == ()


def test_every_state_is_counted():
    found = sections([picture("a"), picture("b"), picture("c", state="stale")])

    assert counts(tiles_of(found)) == {"current": 2, "stale": 1, "edited": 0, "missing": 0}


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (728, 90, "strip"),
        (1200, 628, "wide"),
        (1080, 1080, "square"),
        (1080, 1920, "tall"),
        (0, 0, "square"),
    ],
)
def test_the_card_takes_its_width_from_the_shape(width, height, shape):
    assert Tile(0, (picture(width=width, height=height),)).shape == shape
