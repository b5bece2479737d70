"""What a person sees of the texts of a locale, and what becomes of what they write."""

import json
import subprocess

import pytest

from assetforge.errors import InvalidSource, UsageProblem
from assetforge.locale_desk import LocaleDesk, TextChanged
from assetforge.project import open_project
from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  catalogs: {catalogs}
  missing: fallback
profiles: {{blank: {{provider: blank}}}}
vars: {{brand: Nordlys}}
assets:
  banner:
    matrix:
      format: {{wide: {{size: 1200x628}}, tall: {{size: 600x900}}}}
      locale: all
    steps:
      - compose: A calm scene.
      - edit: Set {{{{ copy.headline|quoted }}}} and {{{{ t('claim', count=5) }}}}.
        copy:
          headline: {{message: headline, max_length: 12, max_lines: 2}}
      - text:
          copy: {{note: note}}
    output: out/{{locale}}/{{format}}.png
    alt: alt
  logo:
    steps:
      - compose: A logo.
        copy: {{name: headline}}
    output: out/logo.png
"""
ENGLISH = {"headline": "Summer sale", "claim": "By {brand}", "note": "Since 1999", "alt": "Hills"}
GERMAN = {"headline": "Sommer", "claim": "Von {brand}", "note": "Seit 1999", "alt": "Hügel"}


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    pipeline = PIPELINE.format(catalogs="{path: 'locales/{locale}.json', syntax: icu}")
    space.write(
        "assetforge.yaml", pipeline.replace("- text:\n        copy", "- text:\n          copy")
    )
    locale(space, "en", ENGLISH)
    locale(space, "de", GERMAN)
    return space


def locale(space, id, texts):
    space.write(f"locales/{id}.json", json.dumps(texts, ensure_ascii=False, indent=2) + "\n")


def desk(space):
    return LocaleDesk(open_project(space.root / "assetforge.yaml"))


def rows(space, locale, **given):
    return {row["id"]: row for row in desk(space).texts(locale, **given)["messages"]}


def problems(document):
    return [(each["kind"], each["severity"]) for each in document["problems"]]


def test_the_texts_of_a_locale_are_in_the_order_of_the_pipeline(space):
    document = desk(space).texts("de")

    assert {name: document[name] for name in ("locale", "lang", "dir", "name", "source")} == {
        "locale": "de",
        "lang": "de",
        "dir": "ltr",
        "name": "German",
        "source": "en",
    }
    assert (document["editable"], document["why"]) == (True, "")
    ids = [row["id"] for row in document["messages"]]
    assert ids == ["headline", "claim", "note", "alt"]


def test_a_text_has_its_source_its_place_and_who_shows_it(space):
    row = rows(space, "de", pictures={"banner/wide/de": ["out/de/wide"]})["headline"]

    assert row == {
        "id": "headline", "asset": "banner", "assets": ["banner"], "form": 0,
        "forms": [""], "source": "Summer sale", "text": "Sommer",
        "file": "locales/de.json", "line": 2, "editable": True, "why": "", "state": "own",
        "slots": [{"asset": "banner", "step": "edit", "slot": "headline", "max_length": 12,
                   "unit": "graphemes", "max_words": None, "max_lines": 2}],
        "variants": ["banner/wide/de", "banner/tall/de"], "pictures": ["out/de/wide"],
        "length": [{"has": 6, "most": 12, "unit": "graphemes", "slot": "headline"}],
        "problems": [],
    }  # fmt: skip


def test_the_source_locale_has_the_pictures_without_one_too(space):
    row = rows(space, "en")["headline"]

    assert row["variants"] == ["banner/wide/en", "banner/tall/en", "logo"]
    assert [each["asset"] for each in row["slots"]] == ["banner", "logo"]
    assert (row["text"], row["editable"]) == ("Summer sale", True)


def test_a_text_that_is_lacking_says_what_is_shown_and_can_be_written(space):
    locale(space, "de", {"headline": "Sommer"})

    row = rows(space, "de")["note"]

    assert (row["text"], row["line"], row["state"]) == ("", 0, "fallback")
    assert problems(row) == [("empty", "warning")]
    assert desk(space).save("de", "note", 0, "Seit 1999", None) == (
        "saved locales/de.json: 2 lines changed"
    )
    assert json.loads(space.read("locales/de.json"))["note"] == "Seit 1999"


def test_what_is_too_long_is_marked_as_far_as_it_is(space):
    found = desk(space).check("de", "headline", 0, "Großer Sommer-Verkauf")

    assert problems(found) == [("too-long", "error")]
    assert found["problems"][0]["words"] == (
        "has 21 graphemes, 9 more than the 12 of slot 'headline'"
    )
    assert found["problems"][0]["spans"] == [[12, 21]]
    assert found["length"] == [{"has": 21, "most": 12, "unit": "graphemes", "slot": "headline"}]
    assert found["shown"] == "Großer Sommer-Verkauf"


def test_lines_that_are_too_many_are_marked(space):
    found = desk(space).check("de", "headline", 0, "a\nb\nc")

    assert [each["spans"] for each in found["problems"]] == [[[4, 5]]]


def test_values_are_put_in_and_others_than_the_source_has_are_told(space):
    opened = desk(space)

    assert opened.check("de", "claim", 0, "Von {brand}!")["shown"] == "Von Nordlys!"
    found = opened.check("de", "claim", 0, "Von {marke}")["problems"]
    assert [(each["words"], each["spans"]) for each in found] == [
        ("lacks '{brand}', which the source text has", []),
        ("has '{marke}', which the source text lacks", [[5, 10]]),
    ]


def test_a_text_that_is_not_of_its_syntax_is_marked_where_it_goes_wrong(space):
    found = desk(space).check("de", "claim", 0, "Von {brand")

    assert problems(found) == [("syntax", "error")]
    assert found["problems"][0]["spans"] == [[4, 5]]
    assert found["length"] == []


def test_a_character_that_no_picture_shows_is_marked(space):
    found = desk(space).check("de", "headline", 0, "a\tb")

    assert [(each["kind"], each["spans"]) for each in found["problems"]] == [("syntax", [[1, 2]])]
    with pytest.raises(InvalidSource, match="holds a tab"):
        desk(space).save("de", "headline", 0, "a\tb", "Sommer")


def test_letters_that_no_font_has_are_an_error_where_they_are_typeset(space):
    opened = desk(space)

    drawn, typeset = (opened.check("de", each, 0, "a😀😀b") for each in ("headline", "note"))
    assert (problems(drawn), problems(typeset)) == (
        [("missing-glyph", "warning")],
        [("missing-glyph", "error")],
    )
    assert typeset["problems"][0]["spans"] == [[1, 3]]
    assert "no glyph for U+1F600" in drawn["problems"][0]["words"]


def test_markup_and_values_of_another_syntax_are_doubted(space):
    found = desk(space).check("de", "headline", 0, "<b>Ja</b>")["problems"]

    assert [(each["kind"], each["severity"], each["spans"]) for each in found] == [
        ("syntax", "warning", [[0, 3]])
    ]


def test_an_empty_text_is_told_and_can_be_saved(space):
    assert problems(desk(space).check("de", "note", 0, "")) == [("empty", "warning")]
    assert desk(space).save("de", "note", 0, "", "Seit 1999") == (
        "saved locales/de.json: 1 line changed"
    )
    assert rows(space, "de")["note"]["state"] == "fallback"


def test_saving_changes_one_line_of_the_file(space):
    git(space, "init", "-q")
    git(space, "add", ".")

    words = desk(space).save("de", "headline", 0, 'Er sagt: "Ja"', "Sommer")

    assert words == "saved locales/de.json: 1 line changed"
    assert git(space, "diff", "--numstat") == "1\t1\tlocales/de.json\n"
    assert rows(space, "de")["headline"]["text"] == 'Er sagt: "Ja"'


def git(space, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=space.root, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout


def test_a_text_that_somebody_else_has_changed_stays(space):
    opened = desk(space)
    locale(space, "de", {**GERMAN, "headline": "Anders", "note": "Neu"})

    with pytest.raises(TextChanged, match=r"locales/de\.json has another text now: 'Anders'"):
        opened.save("de", "headline", 0, "Sommer!", "Sommer")
    assert opened.save("de", "alt", 0, "Berge", "Hügel").startswith("saved")
    assert json.loads(space.read("locales/de.json"))["note"] == "Neu"


@pytest.mark.parametrize(
    ("message", "form", "words"),
    [
        ("other", 0, "no picture of 'de' asks for the message 'other'"),
        ("headline", 1, "'headline' has no form 1 in 'de'"),
    ],
)
def test_what_is_not_there_cannot_be_checked(space, message, form, words):
    with pytest.raises(UsageProblem, match=words):
        desk(space).check("de", message, form, "x")


def test_texts_of_a_format_without_an_editor_say_where_they_are(space):
    space.replace(
        "assetforge.yaml", "{path: 'locales/{locale}.json', syntax: icu}", "l/{locale}.yaml"
    )
    space.write("l/en.yaml", "headline: Sale\nclaim: c\nnote: n\nalt: a\n")
    space.write("l/de.yaml", "claim: c\nheadline: Sommerschlussverkauf\nnote: n\n")

    document = desk(space).texts("de")

    why = "files of this format cannot be edited here; open l/de.yaml:2:11"
    assert (document["editable"], document["why"]) == (False, why)
    row = document["messages"][0]
    assert (row["text"], row["source"], problems(row)) == ("", "Sale", [("too-long", "error")])
    with pytest.raises(UsageProblem, match="'headline' cannot be edited: files of this format"):
        desk(space).save("de", "headline", 0, "x", "")


def test_a_region_without_a_catalog_says_whose_texts_it_shows(space):
    space.replace(
        "assetforge.yaml",
        "source: en",
        "source: en\n  fallback: {fr: de}\n  targets: [de-AT, en-XA, fr]",
    )

    found = rows(space, "de-AT")["headline"]
    assert found["why"].startswith("it is the text of 'de': edit it in locales/de.json:2:")
    assert (found["state"], found["editable"]) == ("inherited", False)
    assert rows(space, "fr")["headline"]["why"] == "'fr' has no catalog; add one beside the others"
    assert (
        rows(space, "en-XA")["headline"]["why"] == "the texts of 'en-XA' are made of those of 'en'"
    )


def test_the_forms_of_a_po_plural_are_texts_of_their_own(space):
    head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    entry = 'msgid "claim"\nmsgid_plural "claims"\nmsgstr[0] "{0}"\nmsgstr[1] "{1}"\n'
    plain = "".join(
        f'\nmsgid "{id}"\nmsgstr "{text}"\n' for id, text in GERMAN.items() if id != "claim"
    )
    for id, forms in {"en": ("One day", "Days"), "de": ("Ein Tag", "Sehr viele Tage")}.items():
        space.write(f"l/{id}.po", head + entry.format(*forms) + plain)
    before = "{path: 'locales/{locale}.json', syntax: icu}"
    space.replace("assetforge.yaml", before, "l/{locale}.po")
    space.replace("assetforge.yaml", "headline: {message: headline", "headline: {message: claim")
    space.replace("assetforge.yaml", "brand: Nordlys", "brand: Nordlys, count: 3")

    found = [row for row in desk(space).texts("de")["messages"] if row["id"] == "claim"]

    assert [(row["form"], row["source"], row["text"]) for row in found] == [
        (0, "One day", "Ein Tag"),
        (1, "Days", "Sehr viele Tage"),
    ]
    assert [problems(row) for row in found] == [[], [("too-long", "error")]]
    assert problems(desk(space).check("de", "claim", 1, "")) == [("empty", "warning")]


def test_a_plural_without_one_of_its_forms_counts_as_missing(space):
    locale(space, "en", {**ENGLISH, "note_one": "n", "note_other": "n"})
    locale(space, "de", {**GERMAN, "note_one": "ein", "note_other": "viele"})
    space.replace("assetforge.yaml", "syntax: icu", "syntax: i18next")

    found = [row for row in desk(space).texts("de")["messages"] if row["id"] == "note"]

    assert [row["forms"] for row in found] == [["one", "other"]] * 2
    assert desk(space).save("de", "note", 0, "eins", "ein").startswith("saved")
    words = desk(space).check("de", "note", 1, " ")["problems"][0]["words"]
    assert words.startswith("has no text")


def test_a_message_of_two_patterns_is_written_where_the_source_has_it(space):
    before = "{path: 'locales/{locale}.json', syntax: icu}"
    space.replace("assetforge.yaml", before, "['a/{locale}.json', 'b/{locale}.json']")
    both = {"alt": "x", "claim": "c", "note": "n"}
    space.write("a/en.json", json.dumps(both))
    space.write("b/en.json", '{"headline": "Sale"}')
    space.write("a/de.json", "{}")
    space.write("b/de.json", "{}")

    row = rows(space, "de")["headline"]

    assert (row["file"], row["source"]) == ("b/de.json", "Sale")
    assert desk(space).save("de", "headline", 0, "Ja", "") == "saved b/de.json: 3 lines changed"


def test_fonts_of_the_project_are_asked_first_and_a_damaged_one_is_the_plans_business(space):
    space.replace("assetforge.yaml", "assets:", "fonts: [f]\nassets:")
    space.write("f/broken.ttf", "no font")

    assert desk(space).check("de", "note", 0, "ok")["problems"] == []


def test_a_project_without_catalogs_has_no_texts(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\n"
        "assets: {a: {steps: [{compose: x}], output: a.png}}\n",
    )

    assert desk(space).texts("de")["messages"] == []


def shops(space, books, wine):
    """Write two assets with catalogs of their own; each has a message `headline`."""
    made = {
        name: {
            "catalogs": catalogs,
            "matrix": {"locale": "all"},
            "steps": [{"compose": "x", "copy": {"title": {"message": "headline", **bounds}}}],
            "output": f"out/{name}-{{locale}}.png",
        }
        for name, catalogs, bounds in (("books", books, {}), ("wine", wine, {"max_length": 6}))
    }
    section = {"source": "en", "targets": ["en", "de"]}
    profiles = {"blank": {"provider": "blank"}}
    pipeline = {"version": 1, "locales": section, "profiles": profiles, "assets": made}
    space.write("assetforge.yaml", json.dumps(pipeline))
    for name in ("books", "wine"):
        for id in ("en", "de"):
            space.write(f"{name}/{id}.json", json.dumps({"headline": f"{name} {id}"}))


def test_texts_of_one_name_in_catalogs_of_their_own_are_texts_of_their_own(space):
    shops(space, "books/{locale}.json", "wine/{locale}.json")

    found = desk(space).texts("de")["messages"]

    assert [(row["asset"], row["text"], row["file"]) for row in found] == [
        ("books", "books de", "books/de.json"),
        ("wine", "wine de", "wine/de.json"),
    ]
    assert [row["variants"] for row in found] == [["books/de"], ["wine/de"]]
    assert [problems(row) for row in found] == [[], [("too-long", "error")]]
    words = "'de' has several texts 'headline': say whose, books or wine"
    with pytest.raises(UsageProblem, match=words):
        desk(space).check("de", "headline", 0, "Neu")
    assert problems(desk(space).check("de", "headline", 0, "Wein neu", "wine")) == [
        ("too-long", "error")
    ]
    assert desk(space).check("de", "headline", 0, "Wein neu", "books")["problems"] == []
    with pytest.raises(UsageProblem, match="no picture of 'tea' in 'de' asks for"):
        desk(space).check("de", "headline", 0, "Neu", "tea")


def test_a_text_is_saved_for_the_asset_that_was_meant(space):
    shops(space, "books/{locale}.json", "wine/{locale}.json")

    words = desk(space).save("de", "headline", 0, "Rot", "wine de", "wine")

    assert words == "saved wine/de.json: 1 line changed"
    assert json.loads(space.read("books/de.json")) == {"headline": "books de"}
    assert json.loads(space.read("wine/de.json")) == {"headline": "Rot"}


def test_assets_that_name_the_same_catalogs_share_their_texts(space):
    shops(space, "books/{locale}.json", "books/{locale}.json")

    (row,) = desk(space).texts("de")["messages"]

    assert (row["asset"], row["assets"]) == ("books", ["books", "wine"])
    for asset in ("", "books", "wine"):
        found = desk(space).check("de", "headline", 0, "Neuer Titel", asset)
        assert problems(found) == [("too-long", "error")]


def test_what_is_left_to_do_is_counted_for_every_locale(space):
    locale(space, "de", {"headline": "Schlussverkauf", "claim": "Von {marke}", "alt": "a"})
    locale(space, "ja", {**ENGLISH, "headline": "夏"})

    found = {each["id"]: each for each in desk(space).locales()["locales"]}

    assert found["de"] == {
        "id": "de", "lang": "de", "dir": "ltr", "name": "German",
        "texts": 4, "missing": 1, "too_long": 1, "other": 1, "why": "",
    }  # fmt: skip
    counts = {id: [each[name] for name in COUNTED] for id, each in found.items()}
    assert counts == {"de": [1, 1, 1], "en": [0, 0, 0], "ja": [0, 0, 0]}


COUNTED = ("missing", "too_long", "other")


def test_a_locale_that_cannot_be_read_says_why_and_the_others_are_counted(space):
    opened = desk(space)
    space.write("locales/de.json", '{"headline": ')

    found = {each["id"]: each for each in opened.locales()["locales"]}

    assert found["de"]["why"].startswith("locales/de.json:1:")
    assert (found["de"]["texts"], found["en"]["texts"], found["en"]["why"]) == (0, 4, "")
    with pytest.raises(InvalidSource, match="expected a value"):
        opened.texts("de")


@pytest.mark.parametrize("written", ["%%", "no locale"])
def test_what_is_no_locale_is_said(space, written):
    with pytest.raises(UsageProblem, match=written):
        desk(space).texts(written)
    with pytest.raises(UsageProblem, match=written):
        desk(space).check(written, "headline", 0, "x")
