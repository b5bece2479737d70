import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import csv_file
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import Placeholder


@pytest.fixture
def read(tmp_path):
    def read(text, locale="", suffix=".csv"):
        path = tmp_path / f"texts{suffix}"
        path.write_bytes(text.encode())
        return csv_file.read(path, "texts.csv", locale, "")

    return read


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text, locale="", suffix=".csv"):
        with pytest.raises(InvalidSource) as raised:
            read(text, locale, suffix)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_each_column_is_a_locale_and_each_row_a_message(read):
    text = "\ufeffkey,comment,max_length,de,pt_BR\na.b,The headline, 30 ,Hallo,\nc,,,{x},Oi\n\n"

    assert read(text).others == {
        "de": {
            "a.b": Message("Hallo", 2, 23, 5, "", "The headline", 30),
            "c": Message((Placeholder("x"),), 3, 5, 3),
        },
        "pt_BR": {
            "a.b": Message("", 2, 29, 1, "empty", "The headline", 30),
            "c": Message("Oi", 3, 9, 2),
        },
    }


def test_places_are_right_behind_line_breaks_and_quotes_inside_cells(read):
    text = 'key,"en",de\r\na,"one\r\ntwo ""x"",",drei\r\nb,"x",y\r\n'

    content = read(text)

    assert content.others["en"]["a"] == Message('one\ntwo "x",', 2, 3, 4)
    assert content.others["de"]["a"] == Message("drei", 3, 13, 4)
    assert content.others["de"]["b"] == Message("y", 4, 7, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_line_tells_the_delimiter(read, delimiter):
    header, row = ["key", '"de"', "fr"], ["a", '"x, y; z"', "w"]

    content = read(f"{delimiter.join(header)}\n{delimiter.join(row)}\n")

    assert content.others["de"]["a"].value == "x, y; z"
    assert content.others["fr"]["a"].value == "w"


def test_a_tsv_file_has_tabs(read):
    assert read("key\tde\na\tx,y,z\n", suffix=".tsv").others["de"]["a"].value == "x,y,z"


def test_a_context_stands_before_the_key(read):
    assert list(read("context,key,de\nbanner,a,x\n,a,y\n").others["de"]) == ["banner|a", "a"]


def test_id_is_the_key_in_the_first_column_and_indonesian_in_others(read):
    assert list(read("id,de\na,x\n").others) == ["de"]
    assert list(read("Key,Description,id\na,b,x\n").others) == ["id"]


@pytest.mark.parametrize("column", ["text", "Value", "de-DE", "de_DE"])
def test_the_locale_of_the_path_has_its_own_column(read, column):
    content = read(f"key,{column},fr\na,x,y\n", "de-DE")

    assert content.own["a"].value == "x"
    assert list(content.others) == ["fr"]


def test_a_locale_that_only_the_project_knows_has_its_column_where_the_path_names_it(read):
    content = read("key,xx-made-up,fr\na,x,y\n", "xx-made-up")

    assert content.own["a"].value == "x"


def test_columns_without_a_name_do_not_count(read):
    assert list(read("key,de,,\na,x,,\n").others) == ["de"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the table is empty; begin it with"),
        ("de,fr\na,b\n", "1:1: the table has no column 'key'"),
        ("key,comment\na,b\n", "1:1: the table has no column for a locale"),
        ("key,de,de\n", "1:8: column 'de' is there twice"),
        ("key,de_AT,de-AT\n", "1:11: column 'de-AT' is there twice"),
        ("key,comment,description,de\n", "1:13: column 'description' is there twice"),
        ("key,coment,de\n", "1:5: column 'coment' is no locale; did you mean 'comment'?"),
        ('key,"my\nnotes",de\n', "1:5: column 'my\\nnotes' is no locale; name it 'comment'"),
        ("key," + "de," * 2000, "1:1: a table may have 2000 columns"),
        ("key,de\na\n", "2:1: row has 1 cell, the header 2; put a text that holds ','"),
        ("key,de\na,b,c\n", "2:1: row has 3 cells, the header 2"),
        ("key,de\n ,b\n", "2:1: row has no key"),
        ("key,de\na,b\n\na,c\n", "4:1: message 'a' is there twice"),
        ("key,max_length,de\na,0,x\n", "2:3: max_length '0' is no whole number above 0"),
        ("key,max_length,de\na,many,x\n", "2:3: max_length 'many' is no whole number above 0"),
        ('key,de\na,"x\nb,y\n', "2:1: a quoted cell is not closed"),
        ('key,de\na,"x"y\n', "2:1: a quoted cell goes on behind its closing quote"),
        (f"key,de\na,{'x' * 140_000}\n", "2:1: a cell is too long"),
        ("key,de\na,x\x07\n", "2:3: message 'a' holds a control character"),
    ],
)
def test_damage_is_located(damage, text, problem):
    (found,) = damage(text)

    assert found.startswith(f"texts.csv:{problem}")


def test_a_table_without_a_column_for_the_locale_of_its_path_is_refused(damage):
    assert damage("key,fr\na,x\n", "de")[0].startswith(
        "texts.csv:1:1: the table has no column 'text' or 'de'"
    )


def test_all_problems_are_reported_in_one_run(damage):
    assert len(damage("key,max_length,de\na,x,y\nb\n,,z\na,,y\n")) == 4


CELLS = st.text(st.sampled_from('ab,;"\n {é\u2028'), max_size=6)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=6), st.sampled_from(",;\t"), st.sampled_from([0, 1])
)
@settings(deadline=None, max_examples=150)
def test_a_table_that_is_written_is_read_as_it_was_meant(
    tmp_path_factory, rows, delimiter, quoting
):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["key", "de", "fr"])
    writer.writerows([f"k{index}", *row] for index, row in enumerate(rows))
    path.write_text(written.getvalue(), encoding="utf-8", newline="\n")
    lines = written.getvalue().split("\n")

    others = csv_file.read(path, "x.csv", "", "rails").others

    for index, row in enumerate(rows):
        for locale, text in zip(("de", "fr"), row, strict=True):
            message = others[locale][f"k{index}"]
            assert message.value == (text if text.strip() else "")
            rest = lines[message.line - 1][message.column - 1 :]
            first_line = text.split("\n")[0].replace('"', '""')
            assert rest.startswith((first_line, f'"{first_line}'))
