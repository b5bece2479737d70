import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.catalogs.editors.arb import ArbEditor
from assetforge.catalogs.editors.base import Change
from assetforge.catalogs.editors.json_file import JsonEditor
from tests.catalogs.data import FLATHUB
from tests.catalogs.editors.keeping import TEXTS, changed_lines, kept, plain

SOURCE = """{
  "banner": {
    "headline": "Hi",
    "line": "Go",
    "action": "Open"
  },
  "footer": {
    "legal": "No"
  },
  "end": "End"
}
"""
FILE = """{
  "banner": {
    "headline": "Hallo",
    "action": "Öffnen"
  },
  "end": "Ende"
}
"""


def edited(file: str, id: str, text: str, form: str = "", like: str = "", syntax: str = "") -> str:
    return JsonEditor.edited(file, Change(id, form, text), syntax, like)


def test_one_text_is_another_and_all_else_stays():
    assert changed_lines(FILE, edited(FILE, "banner.headline", 'Sagt "Ja"\n\\ü')) == (
        ['    "headline": "Hallo",'],
        ['    "headline": "Sagt \\"Ja\\"\\n\\\\ü",'],
    )


def test_texts_have_their_lines():
    texts = JsonEditor.texts('{"a": {"b": "x"},\n "n": 5, "e": null,\r\n "t": true, "o": {}}', "")

    assert texts == {"a.b": {"": ("x", 1)}, "n": {"": ("5", 2)}, "e": {"": ("", 2)}}


def test_of_two_texts_for_one_id_that_which_the_reader_takes_is_edited():
    file = '{"a": {"b": "long"}, "a.b": "short", "c": {"d": ""}, "c.d": "x"'
    file += ', "e.f": "", "e": {"f": ""}}'

    assert '"a.b": "new"' in edited(file, "a.b", "new")
    assert '"c.d": "new"' in edited(file, "c.d", "new")
    assert '{"f": "new"}' in edited(file, "e.f", "new")


def test_a_number_and_nothing_become_texts():
    assert edited('{"a": 5, "b": null}', "a", "six") == '{"a": "six", "b": null}'
    assert edited('{"a": 5, "b": null}', "b", "x") == '{"a": 5, "b": "x"}'


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ('{"a": "\\u00fc"}', "ß/😀", '"\\u00df/\\ud83d\\ude00"'),
        ('{"a": "\\u00FC"}', "ß", '"\\u00DF"'),
        ('{"a": "ü\\u00fc"}', "ß", '"ß"'),
        ('{"a": "http:\\/\\/x"}', "a/b", '"a\\/b"'),
        ('{"a": "http:\\/\\/x", "b": "/"}', "a/b", '"a/b"'),
        ('{"a": "\\u003cb\\u003E"}', "<>&", '"\\u003c\\u003E&"'),
        ('{"a": "C:\\\\users"}', "ü", '"ü"'),
        ('{"a": "\\u000a"}', "\n", '"\\n"'),
    ],
)
def test_a_text_is_escaped_as_the_file_is(before, text, written):
    assert edited(before, "a", text).startswith(f'{{"a": {written}')


def test_a_new_text_stands_behind_the_one_before_it_in_the_source():
    assert changed_lines(FILE, edited(FILE, "banner.line", "Los", like=SOURCE)) == (
        [],
        ['    "line": "Los",'],
    )


def test_a_new_text_stands_before_the_others_where_it_is_the_first():
    source = SOURCE.replace('"headline"', '"first": "1",\n    "headline"')

    assert changed_lines(FILE, edited(FILE, "banner.first", "1", like=source)) == (
        [],
        ['    "first": "1",'],
    )


def test_a_new_text_makes_the_object_it_stands_in():
    assert changed_lines(FILE, edited(FILE, "footer.legal", "Nein", like=SOURCE)) == (
        [],
        ['  "footer": {', '    "legal": "Nein"', "  },"],
    )


def test_a_text_that_the_source_lacks_stands_at_the_end():
    assert changed_lines(FILE, edited(FILE, "own", "Eigen", like=SOURCE)) == (
        ['  "end": "Ende"'],
        ['  "end": "Ende",', '  "own": "Eigen"'],
    )
    assert changed_lines(FILE, edited(FILE, "banner.own", "Eigen"))[1][1] == '    "own": "Eigen"'


@pytest.mark.parametrize(
    ("before", "id", "after"),
    [
        ("{}", "a.b", '{\n  "a.b": "x"\n}'),
        ('{\n\t"o": {}\n}', "o.a", '{\n\t"o": {\n\t\t"a": "x"\n\t}\n}'),
        ('{"o": {}, "p": {"q": "r"}}', "o.a", '{"o": {"a": "x"}, "p": {"q": "r"}}'),
        ('{"a":"1","b":"2"}', "c", '{"a":"1","b":"2","c":"x"}'),
        ('{"a": "1"}', "c", '{"a": "1", "c": "x"}'),
        ('{"a.b": "1"}', "a.c", '{"a.b": "1", "a.c": "x"}'),
        ('{"a": {"b": "1"}}', "c.d", '{"a": {"b": "1"}, "c": {"d": "x"}}'),
        ('{"a": {"b": "1"}, "c": "t"}', "c.d", '{"a": {"b": "1"}, "c": "t", "c.d": "x"}'),
        ('{"a": {"b": "1"}}', "Hello. You", '{"a": {"b": "1"}, "Hello. You": "x"}'),
        ('{"a": ["1", "2"]}', "a.2", '{"a": ["1", "2", "x"]}'),
        ('{"a": [["1"], "2"]}', "a.0.1", '{"a": [["1", "x"], "2"]}'),
        ('{"a" : "1"}', "b", '{"a" : "1", "b" : "x"}'),
        ('{"a": 1, "b": {"c.d": "y"}}', "e.f", '{"a": 1, "b": {"c.d": "y"}, "e.f": "x"}'),
    ],
)
def test_a_new_text_is_written_as_the_file_is(before, id, after):
    assert edited(before, id, "x") == after


def test_a_flat_file_stays_flat_beside_a_nested_source():
    file = '{\n  "banner.headline": "Hallo",\n  "end": "Ende"\n}\n'

    assert changed_lines(file, edited(file, "banner.line", "Los", like=SOURCE)) == (
        [],
        ['  "banner.line": "Los",'],
    )


I18N = '{\n  "a": "A",\n  "cat_one": "Katze",\n  "cat_other": "Katzen",\n  "z": "Z"\n}\n'


def test_the_forms_of_a_plural_are_those_of_its_locale():
    polish = ("one", "few", "many", "other")
    forms = ("one", "few", "many", "other")

    assert plain(JsonEditor.texts(I18N, "i18next"))["cat"] == {"one": "Katze", "other": "Katzen"}
    assert JsonEditor.forms(I18N, "cat", "i18next", "", polish) == forms
    assert JsonEditor.forms("{}", "cat", "i18next", I18N, polish) == forms
    assert JsonEditor.forms("{}", "cat", "i18next", "", polish) == ("",)
    assert JsonEditor.forms(I18N, "a", "i18next", I18N, polish) == ("",)
    ordinal = I18N.replace("cat", "cat_ordinal")
    assert JsonEditor.forms(ordinal, "cat_ordinal", "i18next", "", polish) == ("one", "other")


def test_a_form_is_put_behind_the_others():
    assert changed_lines(I18N, edited(I18N, "cat", "Katz", "few", syntax="i18next")) == (
        [],
        ['  "cat_few": "Katz",'],
    )
    new = edited('{\n  "a": "A",\n  "z": "Z"\n}\n', "cat", "Katz", "few", I18N, "i18next")
    assert new == '{\n  "a": "A",\n  "cat_few": "Katz",\n  "z": "Z"\n}\n'
    nested = '{"x": {"cat_one": "1", "cat_other": "2"}, "y": "3"}'
    assert '"cat_other": "2", "cat_few": "k"}' in edited(nested, "x.cat", "k", "few")


def test_an_excerpt_has_the_message_alone():
    assert JsonEditor.excerpt(I18N, "cat", "i18next", "") == (
        '{"cat_one": "Katze", "cat_other": "Katzen"}'
    )
    assert JsonEditor.excerpt(I18N, "none", "", "") == "{}"


ARB = '{\n  "@@locale": "de",\n  "a": "A",\n  "@a": {\n    "description": "d"\n  }\n}\n'


def test_an_arb_text_stands_behind_what_describes_the_one_before():
    source = ARB.replace("\n}", ',\n  "b": "B"\n}', 1)

    assert ArbEditor.texts(ARB, "") == {"a": {"": ("A", 3)}}
    assert ArbEditor.forms(ARB, "a", "", "", ("one",)) == ("",)
    assert ArbEditor.excerpt(ARB, "a", "", "") == '{"a": "A"}'
    after = ArbEditor.edited(ARB, Change("b", "", "B"), "", source)
    assert changed_lines(ARB, after) == (["  }"], ["  },", '  "b": "B"'])


IDS = st.sampled_from(["banner.headline", "end", "footer.legal", "new", "banner.line", "q.r.s"])


@given(IDS, TEXTS, st.sampled_from([SOURCE, ""]), st.sampled_from(["\n", "\r\n"]))
def test_any_text_is_read_back(id, text, like, line_end):
    before = FILE.replace("\n", line_end)

    after = edited(before, id, text, like=like)

    assert kept(JsonEditor, before, after, Change(id, "", text))
    assert after.count(line_end) == after.count("\n")


TREES = st.recursive(
    st.text(max_size=3) | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)
STYLES = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 0, 2, "\t"]), "ensure_ascii": st.booleans()}
)


@given(st.dictionaries(st.text(max_size=3), TREES), STYLES, st.text(min_size=1, max_size=6), TEXTS)
def test_any_file_takes_any_text(tree, style, id, text):
    before = json.dumps(tree, **style)
    known = JsonEditor.texts(before, "")

    after = edited(before, id, text)

    json.loads(after)
    if not is_hidden(before, after, id):
        assert kept(JsonEditor, before, after, Change(id, "", text))
    for other in known:
        if known[other][""].text and other != id:
            again = edited(after, other, "x")
            assert plain(JsonEditor.texts(again, ""))[other] == {"": "x"}


def is_hidden(before, after, id):
    """Tell whether another text of the id is taken, as that which is written is blank."""
    return JsonEditor.texts(after, "").get(id) == JsonEditor.texts(before, "").get(id)


def test_every_text_of_a_real_file_can_be_written_again():
    file = (FLATHUB / "eu/common.json").read_bytes().decode()

    for id, forms in JsonEditor.texts(file, "icu").items():
        other = edited(file, id, forms[""].text + "x")
        assert changed_lines(file, other)[0][1:] == []
        assert edited(other, id, forms[""].text) == file
