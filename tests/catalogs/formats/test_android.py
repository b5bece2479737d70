import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import android
from assetforge.messages.pattern import Choice, Placeholder, Reference
from tests.catalogs.data import Reading, values

NAMESPACE = 'xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2"'


@pytest.fixture
def xml(tmp_path):
    return Reading(android.read, tmp_path)


@pytest.fixture
def text(xml):
    """Return what one string says."""
    return lambda said, attributes="": xml.own(
        f'<resources {NAMESPACE}><string name="a" {attributes}>{said}</string></resources>'
    )["a"]


def strings(*elements: str) -> str:
    return f"<resources {NAMESPACE}>\n" + "\n".join(elements) + "\n</resources>"


def test_a_string_has_its_place_and_the_comment_before_it(xml):
    file = strings("<!-- Shown\n large -->", '<string name="a">Hi</string>')

    assert xml.content(file).own == {"a": Message("Hi", 4, 1, 7, comment="Shown large")}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"Don\'t \"go\"", 'Don\'t "go"'),
        (r"a\nb \\ \@ \? \# \x", "a\nb \\ @ ? # x"),
        (r"\u2019\u00e9", "’é"),
        (r"\uD83D\uDE00", "😀"),
        ("  two\n   spaces  ", "two spaces"),
        ('" two  spaces " x', " two  spaces  x"),
        ("it's", "it's"),
        (r'\n  a  "b"  ', "\n a b"),
        ("a\u00a0 b", "a\u00a0 b"),
        ("&lt;b> &amp; <![CDATA[<i>x</i>]]>", "<b> & <i>x</i>"),
        ("50% off, 100%%", "50% off, 100%"),
        ("end\\", "end\\"),
    ],
)
def test_a_text_is_what_android_shows(text, written, shown):
    assert text(written) == shown


def test_values_are_called_by_their_position_or_by_the_id_of_their_tag(text):
    said = 'Hi <xliff:g id="name" example="Ann">%1$s</xliff:g>, <xliff:g>%2$s</xliff:g> %3$,d'

    assert text(said) == ("Hi ", Placeholder("name"), ", ", Placeholder("2"), " ", Placeholder("3"))


def test_a_text_that_is_not_formatted_holds_no_values(text):
    assert text("50% {of} %s", 'formatted="false"') == "50% {of} %s"
    assert text("", 'formatted="false"') == ""


@pytest.mark.parametrize("target", ["@string/b.c", "@android:string/b.c"])
def test_a_reference_shows_another_message(text, target):
    assert text(target) == (Reference("b.c"),)


def test_tags_are_dropped_with_one_warning_for_the_file(xml):
    file = strings('<string name="a">x <b>y<i>z</i></b></string>', '<string name="b"><u/></string>')
    content = xml.content(file)

    assert values(content.own) == {"a": "x yz", "b": ""}
    assert [(each.code, str(each.place)) for each in content.warnings] == [
        ("markup-dropped", "x:2:20")
    ]


def test_arrays_are_numbered_and_blank_strings_are_empty(xml):
    array = '<string-array name="t"><item>a</item><!-- c --><item> </item></string-array>'
    own = xml.content(strings("<!-- all -->", array)).own

    assert values(own) == {"t.0": "a", "t.1": ""}
    assert [own["t.1"].state, own["t.0"].comment, own["t.1"].comment] == ["empty", "all", "c"]


def test_what_is_not_translatable_is_a_text_of_the_source_locale(xml):
    content = xml.content(strings('<string name="a" translatable="false">Brand</string>'))

    assert (content.own, values(content.source)) == ({}, {"a": "Brand"})


def test_the_default_product_is_read(xml):
    file = strings(
        '<string name="a" product="tablet">x</string>',
        '<string name="a" product="default">y</string>',
    )

    assert xml.own(file) == {"a": "y"}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("%d", (Placeholder("count"), " days")),
        ("%1$d", (Placeholder("count"), " days")),
        ("%1$,d", (Placeholder("count"), " days")),
        ("100%% %d", ("100% ", Placeholder("count"), " days")),
        ("%s", (Placeholder("1"), " days")),
        ("%2$d", (Placeholder("2"), " days")),
    ],
)
def test_the_number_of_a_plural_is_its_count(xml, number, shown):
    items = f'<item quantity="one">a day</item><item quantity="other">{number} days</item>'

    assert xml.own(strings(f'<plurals name="n">{items}</plurals>')) == {
        "n": (Choice("count", "plural", (("one", ("a day",)), ("other", shown))),)
    }


def test_an_empty_form_is_absent_and_an_empty_other_form_leaves_the_message_empty(xml):
    file = strings(
        '<plurals name="a"><item quantity="one"/><item quantity="other">x</item></plurals>',
        '<plurals name="b"><item quantity="one">x</item><item quantity="other"/></plurals>',
    )

    assert xml.own(file) == {"a": (Choice("count", "plural", (("other", ("x",)),)),), "b": ""}


def test_another_syntax_may_be_asked_for(xml):
    file = strings('<string name="a">{name} %1$s</string>')

    assert xml.own(file, syntax="plain") == {"a": (Placeholder("name"), " %1$s")}


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ("<string>a</string>", '2:1: <string> lacks its name="..."'),
        ('<plurals name="n"><item quantity="one">a</item></plurals>',
         "2:1: plural 'n' lacks the form 'other'"),
        ('<string name="a">x</string><plurals name="a"><item quantity="other">y</item></plurals>',
         "2:46: message 'a' is there twice"),
        ('<plurals name="n"><item quantity="other"/><item quantity="other">y</item></plurals>',
         "2:43: message 'other' is there twice"),
        (r'<string name="a">\uD83D</string>', "2:1: message 'a' holds half of a character"),
        (r'<string name="a">a\tb</string>', "2:1: message 'a' holds a tab (U+0009); only line"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_located(xml, element, problem):
    found = xml.problems(strings(element))

    assert len(found) == 1
    assert found[0].startswith(f"x:{problem}")


def test_another_outermost_element_is_refused(xml):
    assert xml.problems("<a/>") == ["x:1:1: the outermost element must be <resources>"]
