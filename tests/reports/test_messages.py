"""Messages for translators: POT and JSON."""

from __future__ import annotations

import io

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from assetforge.catalogs.base import Message
from assetforge.catalogs.lookup import Found
from assetforge.errors import Place
from assetforge.extraction import MessageInUse, Use
from assetforge.length import Length
from assetforge.messages.pattern import Choice, Placeholder, Reference, Value
from assetforge.pipeline import Slot
from assetforge.reports.messages import messages_document, pot_text, several, use_words
from tests.cli.schemas import assert_valid

PLACE = Place("assetforge.yaml", 9, 5)
BOUNDS = Slot(text="", max_length=Length(30), max_lines=2)
HEADLINE = Use("banner", "edit", "headline", PLACE, BOUNDS, ("1200x628", "1080x1920"))
DAYS: Value = (
    Choice(
        "n",
        "gettext",
        (("0", (Placeholder("n"), " day")), ("1", (Placeholder("n"), " days"))),
        rule="(n != 1)",
    ),
)


def message(
    id: str, value: Value | None, file="en.json", comment="", uses=(HEADLINE,), inside=(), most=None
):
    said = None if value is None else Message(value, max_length=most)
    found = None if said is None else Found(said, "en", (), file)
    return MessageInUse(id, found, comment, uses, inside)


def read_back(*messages: MessageInUse):
    """What another program reads: id (with plural) → its entry."""
    # Babel knows no template's header; gettext's own tools fill it in.
    rule = '"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"\n'
    catalog = read_po(io.StringIO(pot_text(messages).replace(rule, "")), abort_invalid=True)
    return {each.id: each for each in catalog if each.id}


def test_a_key_has_its_source_text_in_a_comment_beside_what_a_translator_has_to_know():
    text = pot_text([message("banner.headline", "Summer\nsale", comment="Be loud")])

    assert text.partition("\n\n")[2] == (
        "#. Be loud\n"
        "#. source: Summer\n"
        "#. sale\n"
        "#. headline of banner: at most 30 letters, 2 lines; 1200x628, 1080x1920\n"
        "#: assetforge.yaml:9\n"
        'msgid "banner.headline"\n'
        'msgstr ""\n'
    )


def test_an_id_that_is_the_source_text_is_not_repeated():
    assert "source:" not in pot_text([message("Summer sale", "Summer sale")])


def test_the_header_is_one_that_other_programs_read():
    catalog = read_po(io.StringIO(pot_text([])))

    assert catalog.charset == "utf-8"
    assert "X-Generator: assetforge\\n" in pot_text([])


def test_quotes_backslashes_and_lines_come_back():
    id = 'Say "hi" \\ or\n\tnöt 夏'

    assert list(read_back(message(id, id))) == [id]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t"\\'), min_size=1)
)
def test_every_id_comes_back(id):
    assert list(read_back(message(id, id, comment=id))) == [id]


def test_a_context_of_a_po_file_is_a_context_again_and_elsewhere_part_of_the_id():
    found = read_back(
        message("menu|Open", "Open", "locales/fr.po"), message("key|part", "Text", "en.json")
    )

    assert (found["Open"].context, found["key|part"].context) == ("menu", None)
    assert "source" not in " ".join(found["Open"].auto_comments)


@pytest.mark.parametrize(("id", "plural"), [("%(n)d day", "%(n)d days"), ("{n} day", "{n} days")])
def test_a_plural_of_source_texts_is_written_as_its_id_is(id, plural):
    found = read_back(message(id, DAYS, "fr.po"))

    assert list(found) == [(id, plural)]
    assert found[id, plural].auto_comments[0].startswith("headline of banner")


@pytest.mark.parametrize("file", ["en.po", "en.json"])
def test_a_plural_under_a_key_has_the_key_twice_and_its_forms_in_the_comment(file):
    found = read_back(message("days", DAYS, file))

    assert list(found) == [("days", "days")]
    assert found["days", "days"].auto_comments[0] == (
        "source: {n, plural, 0 {{n} day} 1 {{n} days}}"
    )


def test_other_parts_of_a_plural_are_written_as_people_read_them():
    days: Value = (Choice("n", "plural", (("one", ("a",)), ("other", (Reference("b"),)))),)

    assert ("a day", "{$t(b)}") in read_back(message("a day", days, "fr.po"))


@pytest.mark.parametrize(
    "value",
    [
        ("Only ", Placeholder("n")),
        (Placeholder("n"),),
        (Choice("n", "select", (("other", ("x",)),)),),
    ],
)
def test_what_is_more_or_less_than_a_plural_has_no_plural_forms(value):
    assert "msgid_plural" not in pot_text([message("id", value)])


def test_a_message_that_the_source_lacks_has_its_uses_only():
    assert "source:" not in pot_text([message("id", None)])


def test_a_limit_of_the_catalog_and_messages_that_show_it_are_told():
    text = pot_text([message("id", "x", uses=(), inside=("outer",), most=12)])

    assert "#. at most 12 characters\n#. shown inside 'outer'\nmsgid" in text


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (Use("a", "", "", PLACE, Slot(text="")), "alt text of a"),
        (Use("a", "edit", "", PLACE, Slot(text=""), ("1x2",)), "prompt of a/edit: 1x2"),
        (
            Use("a", "edit", "h", PLACE, Slot(text="", max_length=Length.parse("play.title"))),
            "h of a: at most 30 characters (play.title)",
        ),
        (
            Use("a", "edit", "h", PLACE, Slot(text="", max_words=1)),
            "h of a: at most 1 word",
        ),
    ],
)
def test_a_use_in_words(use, words):
    assert use_words(use) == words


def test_a_place_that_is_a_whole_file_has_no_line():
    use = Use("a", "", "", Place("assetforge.yaml"), Slot(text=""))

    assert "#: assetforge.yaml\n" in pot_text([message("id", "x", uses=(use, use))])


def test_ids_that_several_catalogs_have_are_named():
    twice = [message("a", "x"), message("b", "x"), message("a", "y")]

    assert several(twice) == ["a"]


def test_the_document_holds_the_text_in_icu_notation_with_limits_and_uses():
    value: Value = ("From ", Placeholder("price", "currency", "EUR"))

    document = messages_document(
        [message("id", value, comment="Short", inside=("o",)), message("gone", None, uses=())]
    )

    assert_valid("messages", document)
    assert document["messages"] == [
        {
            "id": "id",
            "text": "From {price, number, ::currency/EUR}",
            "comment": "Short",
            "limits": [
                {"most": 30, "unit": "graphemes", "preset": None},
                {"most": 2, "unit": "lines", "preset": None},
            ],
            "placeholders": ["price"],
            "used_by": [
                {
                    "asset": "banner",
                    "step": "edit",
                    "slot": "headline",
                    "sizes": ["1200x628", "1080x1920"],
                    "place": "assetforge.yaml:9:5",
                }
            ],
            "inside": ["o"],
        },
        {
            "id": "gone",
            "text": None,
            "comment": "",
            "limits": [],
            "placeholders": [],
            "used_by": [],
            "inside": [],
        },
    ]


def test_a_template_with_plurals_leaves_their_rule_to_the_tools_of_each_language():
    plural = (Choice("count", "plural", (("one", ("a day",)), ("other", ("days",)))),)

    assert "nplurals=INTEGER; plural=EXPRESSION;" in pot_text([message("left", plural)])
    assert "nplurals" not in pot_text([message("left", "a day")])
