import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats.markup import Inline, read_tree
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import Choice, Placeholder, Reference


def test_an_element_knows_its_place_and_what_is_in_it():
    top = read_tree('<a>ü😀<b xmlns:p="urn:p" p:c="1" xml:space="preserve">x</b>y</a>', "x.xml")
    b = next(top.elements("b"))

    assert [top.name, top.text(), top.first("c")] == ["a", "ü😀xy", None]
    assert (b.line, b.column, b.length) == (1, 6, 2)
    assert b.attributes == {"c": "1", "xml:space": "preserve"}


def test_elements_are_told_apart_by_namespace():
    top = read_tree('<a xmlns="urn:a" xmlns:b="urn:b"><g/><b:g/></a>', "x.xml")

    assert [(each.name, each.namespace) for each in top.elements()] == [
        ("g", "urn:a"),
        ("g", "urn:b"),
    ]


def test_a_comment_belongs_to_the_element_directly_behind_it():
    text = "<r><!-- two\n  lines --> <a/><b/><!-- lost -->text<c/><d><!-- inside --></d><e/></r>"

    assert {each.name: each.comment for each in read_tree(text, "x").elements()} == {
        "a": "two lines", "b": "", "c": "", "d": "", "e": "",
    }  # fmt: skip


def test_the_encoding_that_a_file_declares_does_not_matter():
    """What is read is UTF-8 already."""
    for encoding in ("latin-1", "UTF-16", "no-such"):
        assert read_tree(f"<?xml version='1.0' encoding='{encoding}'?><a>ü</a>", "x").text() == "ü"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "x:1:1: the file ends before its outermost element is closed"),
        ("<a>\n <b>", "x:2:5: the file ends before its outermost element is closed"),
        ("<a></b>", "x:1:6: this tag closes another element than the one that is open"),
        ("<a>ü & b</a>", "x:1:7: no valid XML here: write '&amp;' for '&', '&lt;' for '<'"),
        ("<a>&nbsp;</a>", "x:1:4: this entity is not known: write the character itself"),
        ("<a/>b", "x:1:5: there is more text after the outermost element"),
        ("<a b='1' b='2'/>", "x:1:10: this is no valid XML: duplicate attribute"),
        ("<a>&#xFFFF;</a>", "x:1:4: this is no valid XML: reference to invalid character number"),
        ("<a>" * 65, "x:1:193: nested more than 64 levels deep"),
    ],
)
def test_what_is_no_xml_is_refused_at_its_place(text, problem):
    with pytest.raises(InvalidSource) as raised:
        read_tree(text, "x")

    assert str(raised.value) == problem


@pytest.mark.parametrize(
    "kind", ["a", 'a SYSTEM "file:///etc/passwd"', 'a [<!ENTITY b "&c;&c;"><!ENTITY c "ccc">]']
)
def test_a_document_type_is_refused_before_any_entity_is_read(kind):
    with pytest.raises(InvalidSource, match="a document type is not allowed"):
        read_tree(f"<!DOCTYPE {kind}><a>&b;</a>", "x")


def test_too_many_elements_are_refused():
    with pytest.raises(InvalidSource, match="more than 500000 elements"):
        read_tree("<a>" + "<b/>" * 500_000 + "</a>", "x")


def test_parts_that_are_no_text_come_back_to_their_places_in_any_pattern():
    inline, one, two = Inline(), Placeholder("one"), Reference("two")
    for part in ("a ", one, " b", two):
        inline.add(part)
    marked = inline.text()
    read = (
        Choice("n", "plural", (("one", (marked,)), ("other", ("none",)))),
        Placeholder("x"),
        marked,
    )

    assert inline.restored(Message(marked)).value == ("a ", one, " b", two)
    assert inline.restored(Message(read)).value == (
        Choice("n", "plural", (("one", ("a ", one, " b", two)), ("other", ("none",)))),
        Placeholder("x"), "a ", one, " b", two,
    )  # fmt: skip
    assert inline.restored(Message("", state="empty")).value == ""
