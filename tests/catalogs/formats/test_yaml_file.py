import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import yaml_file
from assetforge.messages.pattern import Choice, Placeholder
from tests.catalogs.data import Reading, values


@pytest.fixture
def yaml(tmp_path):
    return Reading(yaml_file.read, tmp_path)


def test_nested_keys_are_joined_by_dots_and_lists_are_numbered(yaml):
    text = "banner:\n  headline: Hi {name}\n  items: [a, {b: c}]\nflat.id: x\n"

    assert yaml.own(text) == {
        "banner.headline": ("Hi ", Placeholder("name")),
        "banner.items.0": "a",
        "banner.items.1.b": "c",
        "flat.id": "x",
    }


def test_a_message_knows_where_its_text_stands(yaml):
    content = yaml.content("a:\n  ü: 'Hé'\nb: |\n  one\n  two\n")

    assert content.own == {
        "a.ü": Message("Hé", 2, 6, 4),
        "b": Message("one\ntwo\n", 3, 4, 1),
    }


def test_the_key_that_is_written_out_wins_over_nested_ones(yaml):
    assert yaml.own("a:\n  b: nested\na.b: flat\n") == {"a.b": "flat"}
    assert yaml.own("a.b: flat\na:\n  b: nested\n") == {"a.b": "flat"}


def test_two_spellings_of_one_id_are_an_error(yaml):
    problem = "x:4:8: message 'a.b.c' is there twice"

    assert yaml.problems("a.b:\n  c: x\na:\n  b.c: y\n") == [problem]


@pytest.mark.parametrize(
    "scalar", ["no", "yes", "off", "1.10", "12:30", "1_000", "0x1F", "2026-11-21", ".inf", "'null'"]
)
def test_a_scalar_is_a_text_as_it_is_written(yaml, scalar):
    assert yaml.own(f"{scalar}: {scalar}\n") == {scalar.strip("'"): scalar.strip("'")}


@pytest.mark.parametrize("scalar", ["null", "~", "", "Null", "NULL", "!!null x", "''", "' '"])
def test_only_null_and_blank_texts_are_empty(yaml, scalar):
    message = yaml.content(f"a: {scalar}\n").own["a"]

    assert (message.value, message.state) == ("", "empty")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n", "{}\n", "'': x\n"])
def test_a_file_may_hold_nothing(yaml, text):
    assert yaml.own(text) == {}


def test_a_key_may_be_a_word_for_null(yaml):
    assert yaml.own("null: x\n~: y\n'': z\n") == {"null": "x", "~": "y"}


def test_line_breaks_inside_a_text_are_plain(yaml):
    assert yaml.own('a: "x\\r\\ny"\n') == {"a": "x\ny"}


def test_a_duplicate_key_names_both_places(yaml):
    content = "a: x\nb: y\na: z\n"

    assert yaml.problems(content) == ["x:3:1: key 'a' is there twice"]


# Rails: the root is a locale.


RAILS = "de:\n  title: Hi %{name}\n  days:\n    one: ein Tag\n    other: '%{count} Tage'\n"


def test_a_root_of_the_path_locale_is_read_as_rails_does(yaml):
    days = Choice(
        "count",
        "plural",
        (("one", ("ein Tag",)), ("other", (Placeholder("count"), " Tage"))),
    )

    assert yaml.own(RAILS) == {"title": ("Hi ", Placeholder("name")), "days": (days,)}


def test_roots_are_locales_where_the_path_names_none(yaml):
    content = yaml.content("no:\n  a: no\nzh-TW:\n  a: x\nen: ~\n", locale="")

    assert content.own == {}
    assert {id: values(each) for id, each in content.others.items()} == {
        "no": {"a": "no"},
        "zh-TW": {"a": "x"},
        "en": {},
    }


@pytest.mark.parametrize(
    ("locale", "root"), [("nb", "no"), ("zh-Hant-TW", "zh_TW"), ("xx-1", "xx-1")]
)
def test_a_root_is_known_by_what_it_means_or_by_its_id(yaml, locale, root):
    assert yaml.own(f"{root}:\n  a: x\n", locale) == {"a": "x"}


def test_a_root_of_another_locale_is_an_error_that_names_both(yaml):
    assert yaml.problems("en:\n  a: x\n") == [
        "x:1:1: root 'en' is for another locale than 'de', which the path names; "
        "keep each locale in a file of its own"
    ]


def test_two_roots_for_one_locale_are_an_error(yaml):
    text = "no:\n  a: x\nnb:\n  a: y\n"

    assert yaml.problems(text, "no") == ["x:3:1: locale 'no' is there twice"]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("cta:\n  a: x\n", "cta.a"),
        ("de:\n  a: x\napp:\n  a: x\n", "de.a"),
        ("de: x\n", "de"),
        ("de: [x]\n", "de.0"),
        ("Überschrift:\n  a: x\n", "Überschrift.a"),
    ],
)
def test_keys_that_are_not_all_locales_with_messages_are_keys(yaml, text, id):
    """`cta` and `app` are codes of languages too; more often they are keys."""
    assert id in yaml.own(text)
    assert id in yaml.own(text, locale="")


def test_the_pipeline_file_may_say_another_syntax(yaml):
    assert yaml.own(RAILS, syntax="plain") == {
        "title": ("Hi %", Placeholder("name")),
        "days.one": "ein Tag",
        "days.other": ("%", Placeholder("count"), " Tage"),
    }
    assert list(yaml.own("days: {one: a, other: b}\n", syntax="rails")) == ["days"]


@pytest.mark.parametrize(
    "forms", ["{one: a}", "{one: a, other: b, more: c}", "[other]", "{other: {a: b}}"]
)
def test_what_is_not_all_plural_forms_is_nested(yaml, forms):
    assert all("." in id for id in yaml.own(f"n: {forms}\n", syntax="rails"))


def test_an_empty_form_is_absent_and_an_empty_other_form_leaves_the_message_empty(yaml):
    content = yaml.content("a: {one: '', other: x}\nb: {one: x, other: ~}\n", syntax="rails")

    assert content.own["a"].value == (Choice("count", "plural", (("other", ("x",)),)),)
    assert content.own["b"].state == "empty"


def test_a_fault_of_the_syntax_is_located(yaml):
    assert [line.split(":")[1] for line in yaml.problems("a: x\nb: '{n, plural,'\n", syntax="icu")]


def test_a_control_character_is_refused_where_it_stands(yaml):
    assert yaml.problems("ä: x\nb: ü\x07\n")[0].startswith("x:2:5: this is no valid YAML")


# Anchors, merging, and bounds.


def test_aliases_stand_for_their_values_and_merging_is_below_what_is_written(yaml):
    text = "a: &a {x: 1, y: 2}\nb:\n  y: 3\n  <<: *a\nc: {<<: [*a, {x: 9, z: 4}]}\nd: &d t\ne: *d\n"

    assert yaml.own(text) == {
        "a.x": "1", "a.y": "2", "b.x": "1", "b.y": "3",
        "c.x": "1", "c.y": "2", "c.z": "4", "d": "t", "e": "t",
    }  # fmt: skip


def test_a_quoted_merge_key_is_a_key(yaml):
    assert yaml.own("'<<': x\n") == {"<<": "x"}


NESTED = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
DEEP = "".join(f"a{n}: &a{n} {{x: *a{n - 1}}}\n" for n in range(1, 80))
MERGED = "base: &b {" + ", ".join(f"k{n}: x" for n in range(1000)) + "}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [x\n", "no valid YAML"),
        ("a: b: c\n", "no valid YAML"),
        ("a: \x07\n", "no valid YAML"),
        ("- a\n", "must be one mapping"),
        ("text\n", "must be one mapping"),
        ("a: x\n---\nb: y\n", "second document"),
        ("a: !ruby/object x\n", "tag '!ruby/object' has no meaning"),
        ("a: !!set {x}\n", "tag '!!set' has no meaning"),
        ("{a: b}: c\n", "a key must be a text"),
        ("a: *b\n", "no anchor '&b'"),
        ("a: &a [*a]\n", "stands for a value around it"),
        ("a: {<<: x}\n", "takes a mapping"),
        ("a: " + "[" * 70 + "]" * 70, "more than 64 levels"),
        ("a0: &a0 x\n" + NESTED, "aliases stand for more than"),
        ("a0: &a0 x\n" + DEEP, "aliases stand for more than"),
        (MERGED + "".join(f"m{n}: {{<<: *b}}\n" for n in range(600)), "more than 500000 values"),
        ("a: \"\\x01\"\n", "control character"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_place(yaml, text, words):
    problems = yaml.problems(text)

    assert words in problems[0]
    assert problems[0].startswith("x:")
