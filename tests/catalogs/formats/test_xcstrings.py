import json

import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import xcstrings
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import Choice, Placeholder


def unit(value, state="translated"):
    return {"stringUnit": {"state": state, "value": value}}


@pytest.fixture
def read(tmp_path):
    def read(strings, locale="", source="en", syntax=""):
        path = tmp_path / "x.xcstrings"
        top = {"sourceLanguage": source, "strings": strings, "version": "1.0"}
        path.write_text(strings if isinstance(strings, str) else json.dumps(top), encoding="utf-8")
        return xcstrings.read(path, "x.xcstrings", locale, syntax)

    return read


@pytest.fixture
def translate(read):
    """Return the German message of one localization."""

    def translate(localization, **options):
        return read({"key": {"localizations": {"de": localization}}}, **options).others["de"]["key"]

    return translate


@pytest.fixture
def damage(read):
    """Return the problems of a file, one line each."""

    def damage(strings, source="en"):
        with pytest.raises(InvalidSource) as raised:
            read(strings, source=source)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_a_file_gives_the_messages_of_each_locale_with_their_places(read):
    text = """{
  "sourceLanguage" : "en",
  "strings" : {
    "Hello %@" : {
      "comment" : "A greeting",
      "extractionState" : "stale",
      "localizations" : {
        "de" : { "stringUnit" : { "state" : "translated", "value" : "Hallo %@" } }
      }
    },
    "Bye" : {

    }
  },
  "version" : "1.0"
}"""

    others = read(text).others

    name = Placeholder("1")
    assert others["de"] == {
        "Hello %@": Message(("Hallo ", name), 8, 69, 10, comment="A greeting"),
    }
    assert others["en"]["Hello %@"].value == ("Hello ", name)
    assert others["en"]["Bye"] == Message("Bye", 11, 5, 5)


def test_the_locale_that_the_path_names_is_its_own(read):
    content = read({"a": {"localizations": {"de": unit("A")}}}, locale="de")

    assert content.own["a"].value == "A"
    assert list(content.others) == ["en"]


@pytest.mark.parametrize(
    ("state", "value", "ours"),
    [("translated", "A", ""), ("needs_review", "A", "fuzzy"), ("new", "", "empty")],
)
def test_the_state_of_a_text_is_kept(translate, state, value, ours):
    message = translate(unit("A", state))

    assert (message.value, message.state) == (value, ours)


def test_the_source_text_counts_in_every_state(read):
    others = read({"key.a": {"localizations": {"en": unit("A", "new")}}}).others

    assert (others["en"]["key.a"].value, others["en"]["key.a"].state) == ("A", "")


def test_what_should_not_be_translated_is_the_same_in_every_locale(read):
    strings = {"Acme": {"shouldTranslate": False}, "b": {"localizations": {"de": unit("B")}}}

    assert read(strings).others["de"]["Acme"].value == "Acme"


def test_plural_variations_are_one_message_whose_first_number_is_the_count(translate):
    forms = {"one": unit("%lld Datei"), "few": unit("x", "new"), "other": unit("%1$lld Dateien")}

    message = translate({"variations": {"plural": forms}})

    count = Placeholder("count")
    cases = (("one", (count, " Datei")), ("other", (count, " Dateien")))
    assert message.value == (Choice("count", "plural", cases),)
    assert message.state == ""


def test_a_plural_with_a_form_to_be_reviewed_is_fuzzy(translate):
    forms = {"one": unit("x", "needs_review"), "other": unit("y")}

    assert translate({"variations": {"plural": forms}}).state == "fuzzy"


def test_a_plural_whose_other_form_is_new_is_empty(translate):
    forms = {"one": unit("x"), "other": unit("y", "new")}

    assert translate({"variations": {"plural": forms}}).state == "empty"


def test_substitutions_are_choices_inside_the_text(translate):
    files = {"one": unit("%arg Datei"), "other": unit("%arg Dateien")}
    message = translate(
        unit("%#@files@ in %2$@ und %#@gone@")
        | {
            "substitutions": {
                "files": {"argNum": 1, "formatSpecifier": "lld", "variations": {"plural": files}},
                "gone": {"variations": {"plural": {"other": unit("", "new")}}},
            }
        }
    )

    number = Placeholder("files")
    assert message.value == (
        Choice("files", "plural", (("one", (number, " Datei")), ("other", (number, " Dateien")))),
        " in ",
        Placeholder("2"),
        " und ",
        Placeholder("gone"),
    )


def test_substitutions_inside_plural_variations_are_choices_too(translate):
    files = {"variations": {"plural": {"other": unit("%arg Dateien")}}}
    plural = {"variations": {"plural": {"other": unit("%#@files@")}}}

    message = translate(plural | {"substitutions": {"files": files}})

    (outer,) = message.value
    ((_, (inner,)),) = outer.cases
    assert inner == Choice("files", "plural", (("other", (Placeholder("files"), " Dateien")),))


def test_of_the_variations_for_devices_the_other_one_is_read(read):
    device = {"iphone": unit("tippen"), "other": {"variations": {"plural": {"other": unit("x")}}}}
    strings = {"a": {"localizations": {"de": {"variations": {"device": device}}}}}

    content = read(strings)

    assert isinstance(content.others["de"]["a"].value[0], Choice)
    assert content.warnings == ()


def test_variations_for_some_devices_only_are_left_out_with_a_warning(read):
    variations = {"variations": {"device": {"iphone": unit("tippen")}}}

    content = read({"a": {"localizations": {"de": variations, "en": variations}}})

    first, _ = content.warnings
    said = "message 'a' is for some devices only, and is left out; add the variation 'other'"
    assert str(first).endswith(said)
    assert content.others == {"en": {}}


def test_another_syntax_may_be_said(translate):
    assert translate(unit("%@ {x}"), syntax="plain").value == ("%@ ", Placeholder("x"))


@pytest.mark.parametrize(
    ("strings", "problem"),
    [
        ("{}", "1:1: the file names no source language"),
        ('{"sourceLanguage": ["en"]}', "1:1: the file names no source language"),
        ({"a": {"localizations": {"de": {}}}}, "1:62: message 'a' has no text"),
        (
            {"a": {"localizations": {"de": {"variations": {"plural": {"one": unit("x")}}}}}},
            "1:127: plural 'a' has no form 'other'; add it",
        ),
        (
            {
                "a": {
                    "localizations": {
                        "de": {"variations": {"plural": {"other": unit("x"), "lots": unit("y")}}}
                    }
                }
            },
            "1:129: 'lots' is no plural category; known: zero, one",
        ),
        ({"a": {"localizations": {"de": unit("\u0007")}}}, "1:116: message 'a' holds a control"),
        ({"a": {"localizations": {"de": unit("%(x")}}}, "1:117: '%(' begins no conversion"),
        ('{"sourceLanguage": "en", "strings": {"a": {}, "a": {}}}', "1:47: key 'a' is there twice"),
    ],
)
def test_damage_is_located(damage, strings, problem):
    (found,) = damage(strings)

    assert found.startswith(f"x.xcstrings:{problem}")


def test_texts_of_a_wrong_shape_are_passed_over(read):
    assert read('{"sourceLanguage": "en", "strings": {"a": "x", "": {}}}').others == {"en": {}}
