import runpy
import sys

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast
from hypothesis import example, given
from hypothesis import strategies as st

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import fluent
from assetforge.catalogs.formats.fluent_text import Plain
from assetforge.errors import InvalidSource
from assetforge.messages.formatting import format_value
from assetforge.messages.pattern import Choice, Placeholder, Reference, choices, names
from tests.catalogs.data import MOZILLA, Reading


@pytest.fixture
def ftl(tmp_path):
    return Reading(fluent.read, tmp_path)


@pytest.fixture
def parts(ftl):
    """Return what one message says."""
    return lambda text: ftl.own(f"a = {text}\n")["a"]


def shown(entries, id, values, locale):
    """Return the text of a message; a term that is not told what it chooses by takes `other`."""

    def show(id, values):
        value = entries[id].value
        if id.startswith("-"):
            values = {**dict.fromkeys(names(value), "other"), **values}
        return format_value(value, values, locale, locale, show)

    return show(id, values)


def said_by(bundle, id, values) -> str:
    """Return the text that Fluent's own program makes of a message."""
    return str(bundle.format_pattern(bundle.get_message(id).value, values)[0])


@pytest.mark.parametrize("locale", ["ar", "cy", "de", "en", "he", "ja", "pl", "zh-TW"])
def test_real_files_say_what_fluents_own_program_says(locale):
    bundle = FluentBundle([locale], use_isolating=False)
    entries: dict[str, Message] = {}
    for path in sorted((MOZILLA / locale).rglob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
        entries.update(fluent.read(path, path.name, locale, "").own)
    messages = [id for id in entries if not id.startswith("-")]

    assert len(messages) > 3
    for id in messages:
        assert shown(entries, id, {}, locale) == said_by(bundle, id, {})


NUMBERED = """\
-brand = { $case ->
    [gen] Mozilli
   *[nom] Mozilla
}
    .gender = feminine
days = { $n } { $n ->
    [0] none
    [one] { $n } day
   *[many] { $n } days
} of { -brand(case: "gen") } and { -brand }
by = { -brand.gender ->
    [masculine] he
    [feminine] she
   *[neuter] it
} { days }
odd = { $n ->
   *[one] one
    [other] other
}
place = { NUMBER($n, type: "ordinal") ->
    [one] { $n }st
    [two] { $n }nd
   *[other] { $n }th
}
word = { $word ->
    [a] A
    [1] one
   *[b] { $word }
}
literal = {"{"} {"  "}{ 5 }{ NUMBER(7) }\\u{ "\\u00e9" }
"""


@pytest.mark.parametrize("n", [0, 1, 2, 5, 1234])
@pytest.mark.parametrize("word", ["a", "b", "c"])
@pytest.mark.parametrize("locale", ["en", "pl", "de"])
def test_choices_say_what_fluents_own_program_says(ftl, n, word, locale):
    bundle = FluentBundle([locale], use_isolating=False)
    bundle.add_resource(FluentResource(NUMBERED))
    entries, values = ftl.content(NUMBERED, locale).own, {"n": n, "word": word}
    checked = [id for id in entries if not id.startswith("-") and id != "place"]

    for id in checked:
        theirs = said_by(bundle, id, values).replace("\u00a0", " ")
        assert shown(entries, id, values, locale) == theirs


def moved(node, by):
    """Return a node of Fluent's as plain data, with its places so much further on."""
    if isinstance(node, list):
        return [moved(each, by) for each in node]
    if not isinstance(node, dict):
        return node
    moves = by if node.get("type") == "Span" else 0
    return {
        key: value + moves if key in ("start", "end") else moved(value, by)
        for key, value in node.items()
    }


def told(entry, start):
    """Return what an entry of Fluent's says, as `Plain` has it if it is plain."""
    match entry:
        case ast.Message(value=ast.Pattern(elements=[ast.TextElement(value=text)]), attributes=[]):
            comment = (entry.comment and entry.comment.content) or ""
            assert entry.id.span
            return Plain(entry.id.name, text, comment.strip("\n"), start + entry.id.span.start)
    return moved(entry.to_json(), start)


def told_by_us(piece):
    if isinstance(piece, Plain):
        return [piece._replace(comment=piece.comment.strip("\n"))]
    return told_by_parser(piece.body, piece.start)


def told_by_parser(body, start=0):
    said = (ast.Message, ast.Term, ast.Junk)
    return [told(entry, start) for entry in body if isinstance(entry, said)]


RIGHT = (
    *("a = x", "b = x ", "c =  x y", "d=x\ty", 'e-1_ = "x" # y', "f = [x", "g = *x", "h = .x"),
    *("i = \u00a0", "j = \u00e9", "k = \t", "l = { $x }", "m = { $x ->\n [one] x\n *[a] x\n }"),
    *("-t = T", "n =\n    x", "    more", "{ $x }", "    .x = y", "", "", "   "),
    *("# c", "#  c", "#", "## g", "### r"),
)
"""Lines that are right, where some message stands above them."""

WRONG = (
    *("f =", "g = }", "h = {", "i = { $x ->", "    [one] x", "   *[a] x", " *[a] {", "}", "  }"),
    *("\tmore", "#c", "   \t", "= x", "junk", "// x", "[[ x ]]", "\u00e9 = n", "o = x\r", "# c\r"),
    *("\r", "1 = x", 'q = { "\\u00', "r = { -t(", "s = { T(a:", "t = { a.b }", "u = { $ }", "-= x"),
)


@given(
    st.lists(st.sampled_from(RIGHT)) | st.lists(st.sampled_from(RIGHT + WRONG)),
    st.sampled_from(["", "\n", "\r\n", "\n\n", "\n  "]),
)
@example(["# c", "a = x"], "")
@example(["b = x "], "\n")
@example(["u = { $ }"], "\n")
@example(["h = {", "a = x"], "\n")
@example(["a = x", "", "    more"], "\n")
@example(["## g", "# c", "#c", "# c", "a = x"], "\n")
def test_a_file_says_what_fluents_own_parser_says_of_the_whole(lines, end):
    text = "\n".join(["a0 = x", *lines]) + end

    ours = [each for piece in fluent.read_pieces(text) for each in told_by_us(piece)]
    assert ours == told_by_parser(FluentParser().parse(text).body)


@pytest.mark.parametrize("path", sorted(MOZILLA.rglob("*.ftl")), ids=lambda path: path.stem)
def test_real_files_say_what_fluents_own_parser_says_of_the_whole(path):
    text = path.read_text(encoding="utf-8")

    ours = [each for piece in fluent.read_pieces(text) for each in told_by_us(piece)]
    assert ours == told_by_parser(FluentParser().parse(text).body)


def test_messages_attributes_and_terms_have_ids_places_and_comments(ftl):
    text = "## Group\n\n# Shown\n# large\na = Hi\n    .label = L\n-b = B\nc =\n    .d = D\n"

    assert ftl.content(text).own == {
        "a": Message("Hi", 5, 1, 1, comment="Shown large"),
        "a.label": Message("L", 6, 6, 5, comment="Shown large"),
        "-b": Message("B", 7, 2, 1),
        "c.d": Message("D", 9, 6, 1),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\n    two", "one\ntwo"),
        ("{ $x }", (Placeholder("x"),)),
        ("{ { $x } }", (Placeholder("x"),)),
        ("{ b } { b.c } { -d }", (Reference("b"), " ", Reference("b.c"), " ", Reference("-d"))),
        ('{ -d(case: "gen", n: 2) }', (Reference("-d", (("case", "gen"), ("n", "2"))),)),
        ("{ NUMBER($x) }", (Placeholder("x", "number"),)),
        ('{ NUMBER($x, style: "percent") }', (Placeholder("x", "percent"),)),
        (
            '{ NUMBER($x, style: "currency", currency: "EUR") }',
            (Placeholder("x", "currency", "EUR"),),
        ),
        ("{ DATETIME($x) }", (Placeholder("x", "date", "medium"),)),
        ('{ DATETIME($x, dateStyle: "long") }', (Placeholder("x", "date", "long"),)),
        ('{"{"}{ 1.50 }', "{1.50"),
        ("{name} %s".replace("{name}", '{"{name}"}'), "{name} %s"),
    ],
)
def test_an_expression_is_a_part_of_the_pattern(parts, text, expected):
    assert parts(text) == expected


def test_a_text_of_blanks_is_empty(ftl):
    assert ftl.content('a = {"  "}\n').own["a"].state == "empty"


def test_options_without_a_meaning_are_left_out_with_a_warning(ftl):
    content = ftl.content(
        'a = { NUMBER($x, minimumFractionDigits: 2) }{ DATETIME($d, hour: "2") }\n'
    )

    assert content.own["a"].value == (
        Placeholder("x", "number"),
        Placeholder("d", "date", "medium"),
    )
    assert [str(each) for each in content.warnings] == [
        "x:1:18: 'minimumFractionDigits' has no meaning here, and is left out",
        "x:1:60: 'hour' has no meaning here, and is left out",
    ]


def test_a_choice_by_words_has_its_default_as_other(parts):
    choice = Choice("x", "select", (("a", ("A",)), ("1", ("one",)), ("other", ("B",))))

    assert parts("{ $x ->\n [a] A\n [1.0] one\n *[b] B\n }") == (choice,)


def test_a_choice_by_number_keeps_the_key_of_its_default(parts):
    cases = (("=1", ("one",)), ("few", ("f",)), ("many", ("m",)), ("other", ("m",)))

    assert parts("{ $x ->\n [1.0] one\n [few] f\n *[many] m\n }") == (Choice("x", "plural", cases),)


def test_an_ordinal_is_chosen_by_the_ordinal_rules(parts):
    found = parts('{ NUMBER($x, type: "ordinal") ->\n [one] 1\n *[other] 2\n }')

    assert [(each.name, each.kind) for each in choices(found)] == [("x", "ordinal")]
    assert choices(parts("{ NUMBER($x) ->\n *[other] 2\n }"))[0].kind == "plural"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a", "1:2: expected token: '='"),
        ("a = { $x", "2:1: expected token: '}'"),
        ("a = x\nb = { $x ->\n [a] y\n }", "4:2: expected one of the variants to be marked"),
        ("a = x\n# c\na = y", "3:1: message 'a' is there twice"),
        ("a = { PLATFORM() }", "1:7: the function 'PLATFORM' is not known"),
        ("a = { NUMBER() }", "1:7: 'NUMBER' takes a variable"),
        ("a = { DATETIME(b) }", "1:7: 'DATETIME' takes a variable"),
        ("a = { -b.c ->\n *[x] y\n }", "1:7: '-b.c' is no text in this file"),
        ("-b = B\n .c = { $x }\na = { -b.c ->\n *[x] y\n }", "3:7: '-b.c' is no text in this file"),
        ('a = { "b" ->\n *[x] y\n }', "1:7: a choice is by a variable"),
        ("a = { 5 ->\n *[x] y\n }", "1:7: a choice is by a variable"),
        ("a = { NUMBER(5) ->\n *[x] y\n }", "1:7: a choice is by a variable"),
        ("a = { $x ->\n [other] y\n *[z] z\n }", "1:7: where there is a variant 'other'"),
        ("a = x\x07", "1:1: message 'a' holds a control character (U+0007)"),
        ('a = { $x }{"\\u0007"}', "1:1: message 'a' holds a control character (U+0007)"),
    ],
)
def test_what_is_wrong_is_located(ftl, text, problem):
    found = ftl.problems(text + "\n")

    assert len(found) == 1
    assert found[0].startswith(f"x:{problem}")


def test_everything_wrong_is_said_at_once(ftl):
    assert len(ftl.problems("a\n\nb = { X() }\n\nc = x\n\nc = y\n")) == 3


def test_what_is_nested_too_deeply_is_refused(ftl):
    assert ftl.problems("a = " + "{" * 5000 + "\n") == ["x: nested too deeply"]


def test_what_is_too_large_is_refused_before_it_is_parsed(ftl):
    text = "a = " + "{" * fluent.MAX_CHARACTERS

    assert ftl.problems(text) == ["x: has more than 1,000,000 characters; split it"]


def test_without_the_package_a_file_is_refused_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "fluent.syntax", None)
    without = runpy.run_path(fluent.__file__)
    path = tmp_path / "x.ftl"
    path.write_text("a = b\n", encoding="utf-8")

    with pytest.raises(InvalidSource) as raised:
        without["read"](path, "x.ftl", "de", "")

    assert str(raised.value).endswith("install it: pip install 'assetforge[fluent]'")


def test_a_default_alone_is_a_choice_between_words(tmp_path):
    path = tmp_path / "en.ftl"
    path.write_text("title = { $os ->\n   *[other] Linux\n }\n", encoding="utf-8")

    value = fluent.read(path, "en.ftl", "en", "").own["title"].value

    assert format_value(value, {"os": "linux"}, "en", "en", lambda id, values: "") == "Linux"
