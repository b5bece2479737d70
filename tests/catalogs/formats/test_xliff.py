import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import xliff
from assetforge.messages.pattern import Choice, Placeholder
from tests.catalogs.data import Reading, values


@pytest.fixture
def xlf(tmp_path):
    return Reading(xliff.read, tmp_path)


def old(*units: str, languages: str = 'source-language="en" target-language="de"') -> str:
    """Return a file of XLIFF 1.2; its units begin on the second line."""
    lines = "\n".join(units)
    return f'<xliff version="1.2"><file {languages}><body>\n{lines}\n</body></file></xliff>'


def new(*units: str) -> str:
    """Return a file of XLIFF 2; its units begin on the second line."""
    lines = "\n".join(units)
    return f'<xliff version="2.0" srcLang="en" trgLang="de"><file id="f">\n{lines}\n</file></xliff>'


def pair(source: str, target: str, unit: str = "", state: str = "") -> str:
    return (
        f'<trans-unit id="a" {unit}><source>{source}</source>'
        f"<target {state}>{target}</target></trans-unit>"
    )


def test_an_old_unit_gives_source_and_target_with_all_that_is_said_of_them(xlf):
    unit = '<trans-unit id="1" resname="a.b" maxwidth="30" size-unit="char"><source>Hi</source>'
    content = xlf.content(
        old(f"{unit}<target>Hallo</target><note>Shown\n large</note></trans-unit>")
    )

    assert content.own == {"a.b": Message("Hallo", 2, 84, 7, "", "Shown large", 30)}
    assert content.source == {"a.b": Message("Hi", 2, 65, 7, "", "Shown large", 30)}


def test_a_new_unit_joins_its_segments(xlf):
    unit = (
        '<unit id="u" name="a"><notes><note>x</note><note>y</note></notes>'
        "<segment><source>One.</source><target>Eins.</target></segment>"
        "<ignorable><source> </source></ignorable><segment/>"
        "<segment state='final'><source>Two.</source><target>Zwei.</target></segment></unit>"
    )
    content = xlf.content(new(unit))

    assert values(content.own) == {"a": "Eins. Zwei."}
    assert values(content.source) == {"a": "One. Two."}
    assert content.own["a"].comment == "x\ny"


def test_a_new_unit_that_is_not_whole_is_empty(xlf):
    unit = (
        '<unit id="a"><segment><source>One</source><target>Eins</target></segment>'
        "<segment><source>Two</source></segment></unit>"
    )

    assert xlf.content(new(f"<group id='g'>{unit}</group>")).own["a"].state == "empty"


@pytest.mark.parametrize(("limit", "length"), [("30", 30), ("5,30", 30), ("0,*", None), ("", None)])
def test_a_new_unit_may_be_restricted_in_size(xlf, limit, length):
    file = new(
        f'<unit id="a" xmlns:slr="urn:s" slr:sizeRestriction="{limit}">'
        "<segment><source>x</source><target>y</target></segment></unit>"
    )

    assert xlf.content(file).own["a"].max_length == length


@pytest.mark.parametrize("size", ['maxwidth="30"', 'maxwidth="x" size-unit="char"'])
def test_a_width_that_is_not_in_characters_is_no_length(xlf, size):
    assert xlf.content(old(pair("a", "b", size))).own["a"].max_length is None


@pytest.mark.parametrize(
    ("unit", "state", "source", "target", "expected"),
    [
        ("", "", "x", "y", ("y", "")),
        ("", "", "x", "x", ("x", "")),
        ("", "", "x", "", ("", "empty")),
        ("", 'state="new"', "x", "x", ("", "empty")),
        ("", 'state="needs-translation"', "x", "x", ("", "empty")),
        ("", 'state="new"', "x", "y", ("y", "")),
        ("", 'state="needs-review-translation"', "x", "y", ("y", "fuzzy")),
        ("", 'state="needs-adaptation"', "x", "y", ("y", "fuzzy")),
        ("", 'state="needs-adaptation"', "x", "", ("", "empty")),
        ('approved="yes"', 'state="needs-review-l10n"', "x", "y", ("y", "")),
        ('approved="no"', 'state="translated"', "x", "y", ("y", "")),
    ],
)
def test_the_state_of_a_target(xlf, unit, state, source, target, expected):
    message = xlf.content(old(pair(source, target, unit, state))).own["a"]

    assert (message.value, message.state) == expected


@pytest.mark.parametrize(("state", "shown"), [("initial", ""), ("translated", "x")])
def test_a_new_segment_that_nobody_touched_is_empty(xlf, state, shown):
    texts = "<source>x</source><target>x</target>"
    unit = f'<unit id="a"><segment state="{state}">{texts}</segment></unit>'

    assert xlf.own(new(unit, '<unit id="b"/>')) == {"a": shown}


def test_a_comment_inside_a_text_does_not_change_what_it_says(xlf):
    unit = pair("a<!-- no -->b", "ab", state='state="new"')

    assert xlf.own(old(unit)) == {"a": ""}


def test_a_unit_without_a_target_is_known_and_empty(xlf):
    content = xlf.content(old('<trans-unit id="a"><source>x</source></trans-unit>'))

    assert content.own == {"a": Message("", 2, 1, 11, "empty")}


def test_what_is_not_to_be_translated_is_a_text_of_the_source_locale(xlf):
    content = xlf.content(old(pair("Brand", "Brand", 'translate="no"')))

    assert (content.own, values(content.source)) == ({}, {"a": "Brand"})


def test_units_in_groups_are_read_and_other_elements_are_not(xlf):
    unit = pair("x", "y") + "<alt-trans><source>no</source></alt-trans>"

    assert xlf.own(old(f"<group><group>{unit}</group></group><trans-unit id='b'/>")) == {"a": "y"}


# Which locale a file is for.


def test_a_path_without_a_locale_leaves_it_to_the_file(xlf):
    content = xlf.content(old(pair("x", "y")), locale="")

    assert (content.own, content.source) == ({}, {})
    assert {id: values(each) for id, each in content.others.items()} == {
        "en": {"a": "x"},
        "de": {"a": "y"},
    }


@pytest.mark.parametrize(
    "languages", ['source-language="en"', 'source-language="en" target-language="en"']
)
def test_a_file_of_the_source_language_alone_has_sources(xlf, languages):
    others = xlf.content(old(pair("x", "y"), languages=languages), locale="").others

    assert {id: values(each) for id, each in others.items()} == {"en": {"a": "x"}}


def test_a_file_must_say_a_language_if_its_path_does_not(xlf):
    assert xlf.problems(old(pair("x", "y"), languages=""), locale="") == [
        'x:1:22: neither the path nor source-language="..." names a locale'
    ]


@pytest.mark.parametrize(
    ("locale", "warnings"),
    [("de-AT", []), ("fr", ["wrong-locale"]), ("xx-custom-!", ["wrong-locale"])],
)
def test_a_header_that_names_another_language_is_a_warning(xlf, locale, warnings):
    content = xlf.content(old(pair("x", "y")), locale)

    assert values(content.own) == {"a": "y"}
    assert [each.code for each in content.warnings] == warnings


# What stands in a text.


@pytest.mark.parametrize(
    ("inline", "parts"),
    [
        ('<x id="n"/>', (Placeholder("n"),)),
        ('<x id="INTERPOLATION" equiv-text="{{ user.name }}"/>', (Placeholder("user.name"),)),
        ('<ph id="0" equiv="{name}"/>', (Placeholder("name"),)),
        ('<ph id="0" disp="%(name)s"/>', (Placeholder("name"),)),
        ('<ph id="0">${name}</ph>', (Placeholder("name"),)),
        ('<it id="0" pos="open">%{name}</it>', (Placeholder("name"),)),
        ("<mrk>a {name}</mrk>", ("a ", Placeholder("name"))),
        ("<sub>x</sub>y", "y"),
        ('<x id="b" ctype="lb"/>y', "\ny"),
        ('<ph id="b" type="fmt" subType="xlf:lb"/>y', "\ny"),
        ('<cp hex="00E9"/>', "é"),
        ('<cp hex="zz"/>', "\ufffd"),
    ],
)
def test_inline_elements_are_values_or_texts(xlf, inline, parts):
    expected = f"- {parts}" if isinstance(parts, str) else ("- ", *parts)
    if isinstance(expected, tuple) and isinstance(expected[1], str):
        expected = (expected[0] + expected[1], *expected[2:])

    assert xlf.own(old(pair("s", f"- {inline}"))) == {"a": expected}


def test_markup_is_dropped_with_one_warning_for_the_file(xlf):
    target = (
        '<g id="1">bold</g> <bpt id="2">&lt;b></bpt>and<ept id="2">&lt;/b></ept>'
        '<x id="I" equiv-text="&lt;img>"/> <pc id="3">more</pc>'
    )
    content = xlf.content(old(pair("s", target)))

    assert values(content.own) == {"a": "bold and more"}
    assert [(each.code, str(each.place)) for each in content.warnings] == [
        ("markup-dropped", "x:2:48")
    ]


def test_an_element_may_stand_inside_the_syntax_of_a_message(xlf):
    target = '{n, plural, one {a <x id="D"/>} other {many}}'

    assert xlf.own(old(pair("s", target)), syntax="icu") == {
        "a": (Choice("n", "plural", (("one", ("a ", Placeholder("D"))), ("other", ("many",)))),)
    }


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("\n   x\n   y\n  ", "x\n   y"),
        (" x ", " x "),
        ("\n x", "\n x"),
        ("x\n", "x\n"),
        ('\n <x id="n"/>\n', (Placeholder("n"),)),
    ],
)
def test_only_indentation_around_a_text_is_not_part_of_it(xlf, target, shown):
    assert xlf.own(old(pair("s", target))) == {"a": shown}


@pytest.mark.parametrize("place", ["unit", "target"])
def test_preserved_space_stays(xlf, place):
    space = {place: 'xml:space="preserve"'}
    file = old(pair("s", "\n x\n", space.get("unit", ""), space.get("target", "")))

    assert xlf.own(file) == {"a": "\n x\n"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<a/>", "x:1:1: the outermost element must be <xliff>"),
        (old("<trans-unit><source/></trans-unit>"), 'x:2:1: <trans-unit> lacks its id="..."'),
        (old("<!DOCTYPE a>"), "x:2:3: no valid XML here: write '&amp;' for '&', '&lt;' for '<'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_located(xlf, text, problem):
    assert xlf.problems(text) == [problem]


def test_an_id_twice_is_an_error_in_both_languages(xlf):
    assert xlf.problems(old(pair("x", "y"), pair("x", "y"))) == [
        "x:3:21: message 'a' is there twice",
        "x:3:39: message 'a' is there twice",
    ]


def test_a_file_says_which_locale_its_sources_are_of(xlf):
    german = old(pair("Hallo", "Hi"), languages='source-language="de" target-language="en"')

    assert xlf.content(german, "en").source_locale == "de"
    assert xlf.content(new(), "de").source_locale == "en"
    assert xlf.content(old(pair("a", "b"), languages="")).source_locale == ""
    assert xlf.content(german, "").source_locale == ""


def test_sources_of_another_language_than_that_of_the_first_file_are_left_out(xlf):
    files = "".join(
        f'<file source-language="{language}"><body><trans-unit id="{id}"><source>{id}</source>'
        "<target>x</target></trans-unit></body></file>"
        for id, language in (("a", "en"), ("b", "fr"), ("c", "en"))
    )
    content = xlf.content(f"<xliff>{files}</xliff>")

    assert list(content.source) == ["a", "c"]
    assert list(content.own) == ["a", "b", "c"]
