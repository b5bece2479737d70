import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.catalogs.formats import json_file
from assetforge.errors import InvalidSource, Place
from assetforge.messages.pattern import Placeholder
from tests.catalogs.data import FLATHUB


@pytest.fixture
def read(tmp_path):
    """Return the content of a text."""

    def read(text, syntax=""):
        path = tmp_path / "de.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return json_file.read(path, "de.json", "de", syntax)

    return read


@pytest.fixture
def values(read):
    """Return the messages of a text as `{id: value}`, without empty ones."""

    def values(text, syntax=""):
        messages = read(text, syntax).own
        return {id: each.value for id, each in messages.items() if each.state != "empty"}

    return values


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text, syntax=""):
        with pytest.raises(InvalidSource) as raised:
            read(text, syntax)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_a_real_catalog_is_read_with_the_place_of_each_text():
    messages = json_file.read(FLATHUB / "eu/common.json", "eu.json", "eu", "").own

    assert len(messages) == 14
    assert messages["about"].value == "Honi buruz"
    assert messages["about"].place("eu.json") == Place("eu.json", 14, 12, 12)


def test_nested_keys_are_joined_by_dots():
    messages = json_file.read(FLATHUB / "ckb/common.json", "ckb.json", "ckb", "").own

    assert len(messages) > 200
    assert any("." in id for id in messages)


def test_an_empty_catalog_has_no_messages():
    assert json_file.read(FLATHUB / "iu/common.json", "iu.json", "iu", "").own == {}


def test_lists_numbers_and_empty_values(read, values):
    text = """\ufeff{"a": ["x", {"b": "y"}], "n": -1.10, "big": 1e400, "none": null, "yes": true,
        "blank": " ", "empty": {}, "list": [], "@@locale": "de", "": "unsayable"}"""

    assert values(text) == {
        "a.0": "x",
        "a.1.b": "y",
        "n": "-1.10",
        "big": "1e400",
        "@@locale": "de",
    }
    empty = {id: each.place("x") for id, each in read(text).own.items() if each.state == "empty"}
    assert empty == {"none": Place("x", 1, 60, 4), "blank": Place("x", 2, 18, 3)}


def test_escapes_are_read_and_line_ends_are_plain(values):
    assert values(r'{"a": "\u00e9\n\"\\\ud83d\ude00\r\n"}') == {"a": 'é\n"\\😀\n'}


def test_line_separators_inside_a_text_do_not_break_places(read):
    messages = read('{"a": "x\u2028y\u0085",\r\n "b": "z"}').own

    assert messages["a"].value == "x\u2028y\u0085"
    assert messages["b"].place("de.json") == Place("de.json", 2, 7, 3)


@pytest.mark.parametrize(
    "text",
    ['{"a.b": "flat", "a": {"b": "deep"}}', '{"a": {"b": "deep"}, "a.b": "flat"}'],
)
def test_a_dotted_key_wins_over_nesting(values, text):
    assert values(text) == {"a.b": "flat"}


def test_a_key_written_twice_is_refused_with_both_places(read):
    with pytest.raises(InvalidSource) as raised:
        read('{"a": "x",\n "b": {"c": "1", "c": "1"},\n "a": {"d": ["y"]}}')

    places = [(str(one.place), str(one.related[0][0])) for one in raised.value.diagnostics]
    assert places == [("de.json:2:18", "de.json:2:8"), ("de.json:3:2", "de.json:1:2")]


def test_two_nestings_of_one_id_are_refused(damage):
    assert damage('{"a.b": {"c": "x"}, "a": {"b.c": "y"}}') == [
        "de.json:1:34: message 'a.b.c' is there twice"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: a catalog must be one JSON object, {...}"),
        ('["x"]', "1:1: a catalog must be one JSON object, {...}"),
        ('{"a": "x"} {', "1:12: there is more text after the closing '}'"),
        ('{"a": "x",}', "1:10: no ',' may stand before '}'"),
        ('{"a": ["x",]}', "1:11: no ',' may stand before ']'"),
        ('{"a": ["x" "y"]}', "1:12: expected ',' or ']'"),
        ('{"a": [{}] "b": "y"}', "1:12: expected ',' or '}'"),
        ('{"a": "x"\n "b": "y"}', "2:2: expected ',' or '}'"),
        ("{'a': 1}", "1:2: expected a key in double quotes"),
        ("{", "1:2: expected a key in double quotes"),
        ('{"a" "b"}', "1:6: expected ':' after the key"),
        ('{"a": NaN}', "1:7: expected a value"),
        ('{"a":', "1:6: expected a value"),
        ('{\n "a": "x\n"}', "2:7: string is not closed on its line"),
        (r'{"a": "\q"}', "1:8: unknown escape in a string"),
        ('{"a": ' * 70 + "1" + "}" * 70, "1:385: nested more than 64 levels deep"),
        (r'{"a": "x\u0007"}', "1:7: message 'a' holds a control character (U+0007)"),
        (r'{"\u0007": "x"}', "1:12: message '\\x07' holds a control character (U+0007)"),
        (r'{"a": "\ud800"}', "1:7: message 'a' holds half of a character (U+D800)"),
        ('{\n<<<<<<< ours\n"a": "x"}', "2:1: merge conflict is not resolved"),
    ],
)
def test_damage_is_located(damage, text, problem):
    (found,) = damage(text)

    assert found.startswith(f"de.json:{problem}")


def test_a_deep_file_does_not_exhaust_the_stack(damage):
    assert "levels deep" in damage('{"a":' + "[" * 200_000)[0]


def test_text_that_is_not_utf8_is_located_behind_a_bom(damage):
    assert damage(b'\xef\xbb\xbf{"\xff": 1}') == [
        "de.json:1:3: the byte 0xff is no UTF-8; save the file as UTF-8"
    ]


def test_numbers_and_words_that_json_does_not_have_are_located(damage):
    assert damage('{"a": "NaN",\n "b": [1, -Infinity]}') == ["de.json:2:11: expected a value"]


def test_a_tab_inside_a_string_is_located(damage):
    assert damage('{"a": "x\ty"}') == ["de.json:1:9: a control character stands in a string"]


def test_a_string_that_is_not_closed_is_located_behind_escaped_quotes(damage):
    assert damage('{"a": "x", "b": "\\"y\\\\\n"}') == [
        "de.json:1:17: string is not closed on its line"
    ]


def test_keys_that_come_twice_do_not_hide_other_problems(damage):
    assert [problem[:12] for problem in damage('{"a": "x",\n "a": "y",\n "b": "\\u0001"}')] == [
        "de.json:2:2:",
        "de.json:3:7:",
    ]


def test_of_two_texts_for_one_id_a_blank_one_does_not_count(values):
    assert values('{"a.b": "", "a": {"b": "deep"}}') == {"a.b": "deep"}
    assert values('{"a": {"b": "deep"}, "a.b": " "}') == {"a.b": "deep"}


def test_values_are_put_into_plain_texts_by_name(values):
    assert values('{"a": "Hi {name}, {{x}} {0}"}') == {
        "a": ("Hi ", Placeholder("name"), ", {{x}} {0}")
    }


def test_the_syntax_that_the_pipeline_file_names_is_read(values):
    assert values('{"a": "Hi %{name}"}', "rails") == {"a": ("Hi ", Placeholder("name"))}


def test_a_text_that_its_syntax_does_not_allow_is_located_inside_the_string(damage):
    (problem,) = damage('{\n "a": "Hi {name"}', "icu")

    line, column = problem.split(":")[1:3]
    assert line == "2"
    assert int(column) > 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"b": "x",\n "a": "{n, plural, one {x} other {y}}"}', "2:8: texts look like ICU"),
        ('{"a": "{ who , select, other {y}}"}', "1:8: texts look like ICU"),
        ('{"a_one": "{{count}} x", "a_other": "xs"}', "1:11: texts look like plurals of i18next"),
    ],
)
def test_a_syntax_that_nobody_named_is_warned_of_once(read, text, said):
    (warning,) = read(text).warnings

    assert str(warning).startswith(f"de.json:{said}")
    assert warning.code == "syntax-not-said"
    assert "say `syntax: i" in warning.help


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ('{"a": "{n, plural, other {y}}"}', "plain"),
        ('{"a": "{n, plural, other {y}}"}', "icu"),
        ('{"a_one": "{{count}} x", "a_other": "xs"}', "i18next"),
        ('{"a_other": "{{count}} x", "a": "xs"}', ""),
        ('{"a_one": "x", "a_other": "xs", "c": "{{x}}"}', ""),
        ('{"a": "{name}, plural"}', ""),
    ],
)
def test_a_syntax_that_is_named_or_unlikely_is_not_warned_of(read, text, syntax):
    assert read(text, syntax).warnings == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('ab.é"\\', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("ab", min_size=1, max_size=3), JSON), st.sampled_from([None, 1]))
@settings(deadline=None, max_examples=150)
def test_every_place_is_that_of_a_value(tmp_path_factory, value, indent):
    path = tmp_path_factory.mktemp("json") / "x.json"
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    try:
        messages = json_file.read(path, "x.json", "de", "plain").own
    except InvalidSource:
        return

    for message in messages.values():
        start = message.column - 1
        written = json.loads(lines[message.line - 1][start : start + message.length])
        if message.state != "empty" and isinstance(message.value, str):
            assert str(written).replace("\r\n", "\n") == message.value


def test_lists_in_lists_are_nested_too(damage):
    (problem,) = damage('{"a": ' + "[" * 70 + "1" + "]" * 70 + "}")

    assert problem == "de.json:1:70: nested more than 64 levels deep"


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2, 3, 4]}', '{"a": {"b": 1, "c": 1, "d": 1}, "e": {}}']
)
def test_a_file_of_too_many_values_is_refused(damage, monkeypatch, text):
    monkeypatch.setattr("assetforge.catalogs.formats.json_text.MAX_TEXTS", 2)

    assert damage(text) == ["de.json: holds more than 2 values"]


def test_no_more_problems_are_collected_than_anybody_reads(damage, monkeypatch):
    monkeypatch.setattr("assetforge.catalogs.formats.json_text.MAX_PROBLEMS", 2)

    assert len(damage('{"a": 1, "a": 2, "a": 3, "a": 4}')) == 2
