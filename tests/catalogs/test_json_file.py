import pytest

from assetforge.catalogs import json_file
from assetforge.errors import InvalidSource, Place
from tests.catalogs.data import FLATHUB


@pytest.fixture
def read(tmp_path):
    """Return the messages of a text as `{id: text}`."""

    def read(text):
        path = tmp_path / "de.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return {id: message.text for id, message in json_file.read(path, "de.json").items()}

    return read


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text):
        with pytest.raises(InvalidSource) as raised:
            read(text)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_a_real_catalog_is_read_with_the_place_of_each_text():
    messages = json_file.read(FLATHUB / "eu/common.json", "eu.json")

    assert len(messages) == 14
    assert messages["about"].text == "Honi buruz"
    assert messages["about"].place == Place("eu.json", 14, 12, 12)


def test_nested_keys_are_joined_by_dots():
    messages = json_file.read(FLATHUB / "ckb/common.json", "ckb.json")

    assert len(messages) > 200
    assert any("." in id for id in messages)


def test_an_empty_catalog_has_no_messages():
    assert json_file.read(FLATHUB / "iu/common.json", "iu.json") == {}


def test_lists_numbers_and_empty_values(read):
    text = """\ufeff{"a": ["x", {"b": "y"}], "n": -1.10, "big": 1e400, "none": null, "yes": true,
        "blank": " ", "empty": {}, "list": [], "@@locale": "de", "": "unsayable"}"""

    messages = read(text)

    assert messages == {"a.0": "x", "a.1.b": "y", "n": "-1.10", "big": "1e400", "@@locale": "de"}


def test_escapes_are_read_and_line_ends_are_plain(read):
    assert read(r'{"a": "\u00e9\n\"\\\ud83d\ude00\r\n"}') == {"a": 'é\n"\\😀\n'}


def test_line_separators_inside_a_text_do_not_break_places(tmp_path):
    path = tmp_path / "de.json"
    path.write_text('{"a": "x\u2028y",\r\n "b": "z"}', encoding="utf-8", newline="")

    messages = json_file.read(path, "de.json")

    assert messages["a"].text == "x\u2028y"
    assert messages["b"].place == Place("de.json", 2, 7, 3)


@pytest.mark.parametrize(
    "text",
    ['{"a.b": "flat", "a": {"b": "deep"}}', '{"a": {"b": "deep"}, "a.b": "flat"}'],
)
def test_a_dotted_key_wins_over_nesting(read, text):
    assert read(text) == {"a.b": "flat"}


def test_a_key_written_twice_is_refused_with_both_places(tmp_path):
    path = tmp_path / "de.json"
    path.write_text('{"a": "x",\n "b": {"c": "1", "c": "1"},\n "a": "y"}', encoding="utf-8")

    with pytest.raises(InvalidSource) as raised:
        json_file.read(path, "de.json")

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
        ('{"a": "x"\n "b": "y"}', "2:2: expected ',' or '}'"),
        ("{'a': 1}", "1:2: expected a key in double quotes"),
        ("{", "1:2: expected a key in double quotes"),
        ('{"a" "b"}', "1:6: expected ':' after the key"),
        ('{"a": NaN}', "1:7: expected a value"),
        ('{"a":', "1:6: expected a value"),
        ('{\n "a": "x\n"}', "2:7: string is not closed on its line"),
        (r'{"a": "\q"}', "1:8: unknown escape in a string"),
        ('{"a": ' * 70 + "1" + "}" * 70, "1:391: nested more than 64 levels deep"),
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
