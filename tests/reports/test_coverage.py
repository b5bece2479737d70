"""What `locales` prints, as text and as documents."""

from typing import Any

from assetforge.coverage import Coverage, Detail
from assetforge.errors import Place
from assetforge.extraction import Stale, Translation, Unused
from assetforge.hardcoded import Hardcoded
from assetforge.locales import parse_locale
from assetforge.reports.coverage import (
    coverage_text,
    hardcoded_text,
    locales_document,
    stale_text,
)
from tests.cli.schemas import assert_valid

SLOT = Place("assetforge.yaml", 9, 5)
IN_CATALOG = Place("de.json", 2, 3)


def detail(fault="missing", **changes):
    plain = {
        "message": "cta",
        "step": "edit",
        "slot": "action",
        "place": SLOT,
        "found_at": None,
        "supplier": "",
        "tried": ("pt-BR", "pt"),
        "words": "it has no text",
    }
    return Detail(fault, **{**plain, **changes})


def row(locale="pt-BR", asset="banner", *details, origins=None, suppliers=None):
    return Coverage(
        asset, parse_locale(locale), origins or {"cta": "own"}, suppliers or {}, details
    )


def test_worst_locales_come_first_and_counts_say_what_is_wrong():
    too_long = detail("too-long", found_at=IN_CATALOG, tried=(), words="is long")
    rows = [
        row("en", "banner"),
        row("de", "banner", too_long),
        row(
            "pt-BR",
            "banner",
            detail(),
            origins={"cta": "missing", "a": "inherited"},
            suppliers={"pt": 1},
        ),
    ]

    assert coverage_text(rows, "en") == (
        "pt-BR  missing   0 of 2 messages  1 missing, 1 from pt\n"
        "de     too-long  1 of 1 message   1 too long\n"
        "en     complete  1 of 1 message\n"
        "\n"
        "missing: pt-BR (tried pt-BR, pt): message 'cta' in slot 'action' of banner/edit: "
        "it has no text; assetforge.yaml:9:5\n"
        "too-long: de: message 'cta' in slot 'action' of banner/edit: "
        "is long; de.json:2:3, asked for at assetforge.yaml:9:5\n"
        "\n"
        "3 locales, 1 asset, source 'en': 1 missing, 1 too-long, 1 complete"
    )


def test_several_assets_have_a_column_and_locales_stay_together():
    rows = [row("de", "banner"), row("fr", "banner"), row("de", "icon", detail(tried=("de",)))]

    lines = coverage_text(rows, "en").splitlines()

    assert [each.split()[:3] for each in lines[:3]] == [
        ["de", "banner", "complete"],
        ["de", "icon", "missing"],
        ["fr", "banner", "complete"],
    ]
    assert lines[-1] == "2 locales, 2 assets, source 'en': 1 missing, 2 complete"


def test_what_is_true_of_several_locales_is_one_line():
    lacks = [row(each, "banner", detail(tried=(each,))) for each in ("de", "fr")]

    assert "missing: de, fr: message 'cta' in slot" in coverage_text(lacks, "en")


def test_who_asks_is_a_slot_a_prompt_an_alt_text_or_a_fixed_text():
    details = (
        detail(slot=""),
        detail(slot="", step=""),
        detail("too-long", message="", found_at=SLOT, tried=(), words="is long"),
    )

    text = coverage_text([row("de", "banner", *details)], "en")

    assert "message 'cta' in the prompt of banner/edit: " in text
    assert "message 'cta' in the alt text of banner: " in text
    assert "the text in slot 'action' of banner/edit: is long; assetforge.yaml:9:5\n" in text


def test_a_catalog_cannot_play_tricks_on_a_terminal():
    text = coverage_text([row("de", "banner", detail(message="\x1b[2J"))], "en")

    assert "\x1b" not in text


def test_a_project_without_texts_says_so():
    assert coverage_text([], "en") == "0 locales, 0 assets, source 'en': no texts"


def test_the_document_holds_every_count_and_detail():
    lacking = row(
        "pt-BR",
        "banner",
        detail(),
        detail("plural-form", slot="", step="", found_at=IN_CATALOG, supplier="pt"),
        origins={"cta": "missing", "a": "inherited", "b": "own", "c": "fuzzy", "d": "fallback"},
        suppliers={"en": 1, "pt": 1},
    )

    document: Any = locales_document([row("ar"), lacking], "en")

    assert_valid("locales", document)
    assert (document["complete"], document["source"]) == (False, "en")
    first, second = document["assets"]
    details = first.pop("details")
    assert first == {
        "asset": "banner",
        "locale": "pt-BR",
        "name": "Portuguese (Brazil)",
        "native_name": "português (Brasil)",
        "direction": "ltr",
        "state": "missing",
        "messages": 5,
        "own": 1,
        "inherited": 1,
        "fallback": 1,
        "fuzzy": 1,
        "missing": 1,
        "too_long": 0,
        "mismatched": 0,
        "plural_forms": 1,
        "suppliers": {"en": 1, "pt": 1},
    }
    assert details[0] == {
        "message": "cta",
        "state": "missing",
        "step": "edit",
        "slot": "action",
        "supplier": None,
        "tried": ["pt-BR", "pt"],
        "place": "assetforge.yaml:9:5",
        "found_at": None,
        "words": "it has no text",
    }
    assert (details[1]["slot"], details[1]["found_at"]) == (None, "de.json:2:3")
    assert (second["state"], second["direction"]) == ("complete", "rtl")
    assert (document["stale"], document["hardcoded"]) == (None, None)


STALE = Stale((Unused("old", IN_CATALOG, 2),), (Translation("odd", "fr", Place("fr.json", 1, 1)),))
FIXED = [Hardcoded("quoted", "Hi", "banner", SLOT, "")]


def test_what_was_looked_for_is_in_the_document():
    document = locales_document([row("en")], "en", STALE, FIXED)

    assert_valid("locales", document)
    assert document["complete"] is True
    assert document["stale"] == {
        "unused": [{"message": "old", "place": "de.json:2:3", "locales": 2}],
        "not_in_source": [{"message": "odd", "locale": "fr", "place": "fr.json:1:1"}],
    }
    assert document["hardcoded"] == [
        {
            "kind": "quoted",
            "text": "Hi",
            "asset": "banner",
            "place": "assetforge.yaml:9:5",
            "message": None,
            "advice": "move it into a catalog",
        }
    ]


def test_stale_and_hard_coded_texts_are_a_line_each_with_the_counts_last():
    assert stale_text(STALE) == (
        "unused: 'old', translated in 2 locales; de.json:2:3\n"
        "not in the source: 'odd' of 'fr'; fr.json:1:1\n"
        "1 message unused, 1 translation of what the source lacks"
    )
    assert hardcoded_text(FIXED) == (
        'assetforge.yaml:9:5: "Hi" of banner; move it into a catalog\n1 hard-coded text'
    )
