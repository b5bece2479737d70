from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.action import VariantName
from assetforge.checking.check import Lack
from assetforge.errors import Diagnostic, OutOfDate, Place
from assetforge.matrix import Variant
from assetforge.reports.check.junit import junit_text
from assetforge.reports.check.unmet import Unmet


def variant(asset, **values):
    return Variant(asset, values, {})


BANNERS = [
    variant("banner", format=format, locale=locale)
    for format in ("wide", "tall")
    for locale in ("en", "de")
]
MASCOT = variant("mascot")
PLACES = {"banner": "assetforge.yaml:9:3", "mascot": "assetforge.yaml:30:3"}


def not_built(*lacks):
    return Unmet("not-built", "out of date", OutOfDate, lacks, "run `assetforge build`")


def lack(name, *variants, unknowable=False):
    names = tuple(VariantName(each) for each in variants)
    return Lack(name, name.partition("/")[0], names, unknowable)


def cases(text):
    return {
        (each.attrib["classname"], each.attrib["name"]): each
        for each in ElementTree.fromstring(text).iter("testcase")
    }


def failed(text):
    return {name: each.findtext("failure") for name, each in cases(text).items() if len(each)}


def test_there_is_a_case_for_each_asset_in_each_locale_and_for_each_source():
    text = junit_text([], "shop", ["assetforge.yaml"], [*BANNERS, MASCOT], [], PLACES)

    assert list(cases(text)) == [
        ("assetforge.sources", "shop/assetforge.yaml"),
        ("assetforge.pictures.banner", "banner/en"),
        ("assetforge.pictures.banner", "banner/de"),
        ("assetforge.pictures.mascot", "mascot"),
    ]
    assert failed(text) == {}
    assert {each.attrib["file"] for each in cases(text).values()} == {"shop/assetforge.yaml"}


def test_a_source_with_an_error_fails_with_its_place_and_a_warning_is_output():
    error = Diagnostic("syntax", "this is no JSON", Place("locales/de.json", 3, 4), "", "mend it")
    warning = Diagnostic("fallback", "in English", Place("a.yaml", 1, 2), severity="warning")
    nowhere = Diagnostic("lock-gone", "the lock is gone", severity="warning")

    found = cases(junit_text([error, warning, nowhere], "shop", ["a.yaml"]))

    assert found["assetforge.sources", "shop/locales/de.json"].findtext("failure") == (
        "shop/locales/de.json:3:4: error[syntax]: this is no JSON; mend it"
    )
    output = found["assetforge.sources", "shop/a.yaml"].findtext("system-out")
    assert output == "shop/a.yaml:1:2: warning[fallback]: in English"
    assert found["assetforge.sources", "project"].find("failure") is None


def test_what_locales_share_fails_in_each_of_them():
    scene = lack("banner/wide/compose", "banner/wide/en", "banner/wide/de")
    edit = lack("banner/tall/de/edit", "banner/tall/de", unknowable=True)

    found = failed(junit_text([], ".", [], BANNERS, [not_built(scene, edit)], PLACES))

    english = found["assetforge.pictures.banner", "banner/en"]
    assert english == (
        "assetforge.yaml:9:3: out of date; run `assetforge build`\n  banner/wide/compose"
    )
    assert "  banner/tall/de/edit" in found["assetforge.pictures.banner", "banner/de"]
    assert "of 1 picture" in found["assetforge.pictures.banner", "banner/de"]


def test_what_another_asset_needs_has_a_case_though_it_was_not_chosen():
    text = junit_text([], ".", [], BANNERS, [not_built(lack("mascot/compose", "mascot"))], PLACES)

    assert list(failed(text)) == [("assetforge.pictures.mascot", "mascot")]


def test_the_numbers_add_up():
    error = Diagnostic("syntax", "no", Place("b.json", 1, 1))
    text = junit_text([error], ".", ["a.yaml"], BANNERS, [], PLACES)
    top = ElementTree.fromstring(text)

    assert (top.attrib["tests"], top.attrib["failures"]) == ("4", "1")
    assert [each.attrib["tests"] for each in top] == ["2", "2"]
    assert [each.attrib["failures"] for each in top] == ["1", "0"]
    assert len({(e.attrib["classname"], e.attrib["name"]) for e in top.iter("testcase")}) == 4


@given(st.text(st.characters()), st.text(st.characters()))
def test_any_text_makes_xml_that_can_be_read(file, message):
    found = Diagnostic("c", message, Place(file, 1, 1), message, message)

    text = junit_text([found], ".", [])

    (case,) = ElementTree.fromstring(text.encode()).iter("testcase")
    assert case.findtext("failure")


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b", "\ufffe", "\uffff", "\ud800", "\x85", "]]>", "\r\n"]
)
def test_what_xml_may_not_hold_is_written_out(bad):
    text = junit_text([Diagnostic("c", f"a{bad}b", Place("f", 1, 1))], ".", [])

    assert ElementTree.fromstring(text.encode()).find(".//failure") is not None


def test_a_key_is_not_shown():
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"

    assert key not in junit_text([Diagnostic("c", f"found {key}", Place("f"), key, key)], ".", [])
