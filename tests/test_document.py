import json
import os
from collections.abc import Sequence
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge import composer
from assetforge.document import Document, Spot, parse_document, read_source
from assetforge.errors import Diagnostic, InvalidSource, Place

LOADERS = [
    pytest.param(loader, id=loader.__name__)
    for loader in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader)
    if loader is not None
]
FILE = "assetforge.yaml"

quick = settings(deadline=None, database=None, max_examples=200)


@pytest.fixture(params=LOADERS)
def loader(request, monkeypatch):
    """Run the test with the parser in C and with the one in Python."""
    monkeypatch.setattr(composer, "LOADER", request.param)


def problems_of(text: str) -> Sequence[Diagnostic]:
    with pytest.raises(InvalidSource) as caught:
        parse_document(text, FILE)
    return caught.value.diagnostics


def span_of(document: Document, place: Place) -> str:
    line = document.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[place.line - 1]
    return line[place.column - 1 : place.column - 1 + place.length]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-11-21", "2026-11-21"),
        ("1200x628", "1200x628"),
        ("60%", "60%"),
        ("-x", "-x"),
        ("0x", "0x"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("1", 1),
        ("-17", -17),
        ("+3", 3),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal("1e3")),
        ("-.inf", Decimal("-Infinity")),
    ],
)
def test_a_value_is_what_the_core_schema_of_yaml_1_2_says(written, value):
    found = parse_document(f"a: {written}\n", FILE).value["a"]

    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


def test_not_a_number_is_a_number():
    assert parse_document("a: .nan", FILE).value["a"].is_nan()


@pytest.mark.usefixtures("loader")
def test_keys_are_texts_as_written():
    document = parse_document("{1: a, no: b, true: c, 1.10: d, ~: e, 'q': f}", FILE)

    assert list(document.value) == ["1", "no", "true", "1.10", "~", "q"]


def test_a_byte_order_mark_is_no_part_of_the_text():
    document = parse_document("\ufeffa: b\n", FILE)

    assert document.text == "a: b\n"
    assert document.place(("a",)) == Place(FILE, 1, 4, 1)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_the_same_with_every_kind_of_line_end(end):
    text = "a: 1\nb:\n  - 夜: [x, 'yy']\n".replace("\n", end)
    document = parse_document(text, FILE)

    assert document.place(("b", 0, "夜", 1)) == Place(FILE, 3, 12, 4)
    assert document.place(("b", 0, "夜"), key=True) == Place(FILE, 3, 5, 1)


def test_a_place_that_is_not_there_is_that_of_the_nearest_value_around_it():
    document = parse_document("a:\n  b: [1, 2]\n", FILE)

    assert span_of(document, document.place(("a", "b", 5, "c"))) == "[1, 2]"
    assert span_of(document, document.place(("a", "x"), key=True)) == "a"
    assert document.place(("x",)) == Place(FILE, 1, 1, 1)


def test_a_value_that_is_not_written_has_the_place_of_its_key():
    document = parse_document("steps:\nb: 1\n", FILE)

    assert span_of(document, document.place(("steps",))) == "steps"


def test_a_block_is_shown_by_its_first_key_or_dash():
    document = parse_document("a:\n  bcd: 1\n  e: 2\nf:\n  - g\n", FILE)

    assert span_of(document, document.place(("a",))) == "bcd"
    assert document.place(("f",)) == Place(FILE, 5, 3, 1)


def test_a_document_tells_which_paths_it_holds():
    document = parse_document("a: [{b: 1}]\n", FILE)

    assert document.holds(("a", 0, "b"))
    assert document.holds(())
    assert not document.holds(("a", 1))
    assert not document.holds(("a", 0, "b", "c"))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("written", "line", "column", "expected"),
    [
        ("plain {x}", 1, 7, "{x}"),
        ("'it''s {x}'", 1, 6, "{x}"),
        ('"tab\\t \\u00e9\\x41 {x}"', 1, 9, "{x}"),
        ('"one\\ntwo {x}"', 2, 5, "{x}"),
        ("|\n    one\n\n      two {x}\n", 3, 7, "{x}"),
        ("|2-\n      one\n    夜 {x}\n", 2, 3, "{x}"),
        ("|+ # why\n    one {x}\n\n", 1, 5, "{x}"),
    ],
)
def test_a_spot_inside_a_text_has_its_place_in_the_file(written, line, column, expected):
    document = parse_document(f"a:\n  b: {written}\n", FILE)
    place = document.text_place(("a", "b"), line, column, 3)

    assert span_of(document, place) == expected


@pytest.mark.parametrize("written", [">\n    one\n    two\n", "one\n    two", "'one\n    two'"])
def test_a_spot_inside_a_folded_text_has_the_place_of_the_whole_text(written):
    document = parse_document(f"a:\n  b: {written}\n", FILE)

    assert document.text_place(("a", "b"), 1, 5, 3) == document.place(("a", "b"))


def test_a_line_that_a_text_does_not_have_is_the_whole_text():
    document = parse_document("a: 'one'\n", FILE)

    assert document.text_place(("a",), 7, 1) == document.place(("a",))
    assert document.text_place((), 1, 1) == document.place(())


@given(
    lines=st.lists(st.text("ab 夜\té{}", max_size=8), min_size=1, max_size=6),
    indent=st.integers(1, 4),
)
@quick
def test_every_character_of_a_literal_block_is_found_again(lines, indent):
    block = "".join(f"{' ' * indent}{line}\n" for line in lines)
    document = parse_document(f"a: |{indent}\n{block}b: 1\n", FILE)
    text = document.value["a"]

    for number, line in enumerate(text.split("\n")[:-1], 1):
        for column, character in enumerate(line, 1):
            place = document.text_place(("a",), number, column)
            assert span_of(document, place) == character


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text("aé夜😀 '\"{}:#-\n", max_size=9),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text("abé :-", max_size=5), below)
    ),
    max_leaves=20,
)


@given(values)
@quick
def test_json_is_read_as_it_is(value):
    text = json.dumps(value, ensure_ascii=False)

    assert parse_document(text, FILE).value == value


@given(values)
@quick
def test_every_value_has_a_place_where_it_stands(value):
    document = parse_document(json.dumps(value, ensure_ascii=False), FILE)

    def check(spot: Spot) -> None:
        place = document.place(spot.path)
        assert place.line == 1
        assert document.holds(spot.path)
        assert json.loads(span_of(document, place)) == spot.value
        for each in (*spot.items(), *(entry for _, entry in spot.entries())):
            check(each)

    check(Spot(document.value))


@given(
    st.text(st.sampled_from("ab:-{}[]&*!|>'\"%@`#,?~<=\\ \t\n\r\x00\x85\u2028😀0."), max_size=60)
)
@settings(quick, max_examples=1500)
@pytest.mark.parametrize("loader", LOADERS)
def test_any_text_is_a_document_or_a_located_problem(loader, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composer, "LOADER", loader)
        try:
            parse_document(text, FILE)
        except InvalidSource as error:
            for problem in error.diagnostics:
                assert problem.code
                assert problem.place is not None
                assert problem.place.line <= text.count("\n") + text.count("\r") + 1


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "empty-file", (0, 0)),
        ("\n# only a comment\n", "empty-file", (0, 0)),
        ("---\n", "empty-file", (0, 0)),
        ("a: 1\n---\nb: 2\n", "multiple-documents", (2, 1)),
        ("a: &x [*x]\n", "alias-cycle", (1, 8)),
        ("a: *x\n", "unknown-anchor", (1, 4)),
        ("a:\n\tb: 1\n", "yaml-syntax", (2, 1)),
        ("a: 'x\n\n", "yaml-syntax", (1, 4)),
        ("a: [1,\n\n\n", "yaml-syntax", (1, 7)),
        ("a: {{ x }}\n", "key-not-text", (1, 5)),
        ("? [a]\n: b\n", "key-not-text", (1, 3)),
        ("a: !env HOME\n", "unknown-tag", (1, 4)),
        ("a: !!int 5\n", "unknown-tag", (1, 4)),
        ("a: !!set {}\n", "unknown-tag", (1, 4)),
        ("a: b\x07\n", "control-character", (1, 5)),
        ("a: \ud800\n", "control-character", (1, 4)),
        ("a: b\ufeff\n", "control-character", (1, 5)),
        ("[" * 100_000, "too-deep", (1, 101)),
        ("- " * 100_000, "too-deep", (1, 201)),
        ("a: " + "9" * 5000, "number-too-large", (1, 4)),
        ("a: 0x" + "f" * 5000, "number-too-large", (1, 4)),
        ("a: 1e9999999999999999999999", "number-too-large", (1, 4)),
        ("a: -1e-200", "number-too-large", (1, 4)),
    ],
)
def test_a_text_that_is_no_document_is_a_located_problem(text, code, place):
    [problem] = problems_of(text)

    assert problem.code == code
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == place


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("escape", ["\\ud800", "\\UFFFFFFFF", "\\x9", "\\q"])
def test_an_escape_that_is_no_character_is_a_problem(escape):
    [problem] = problems_of(f'a: "{escape}"\n')

    assert problem.code in ("yaml-syntax", "control-character")


@pytest.mark.usefixtures("loader")
def test_duplicate_keys_are_all_reported_with_both_places():
    first, second = problems_of("a: 1\nb: {c: 1, 'c': 2}\na: 3\n")

    assert first.place == Place(FILE, 2, 11, 3)
    assert first.related[0][0] == Place(FILE, 2, 5, 1)
    assert second.place == Place(FILE, 3, 1, 1)
    assert second.related[0][0] == Place(FILE, 1, 1, 1)


def test_a_template_without_quotes_is_explained():
    [problem] = problems_of("size: {{ format.size }}\n")

    assert problem.help == 'put the template in quotes: "{{ ... }}"'


def test_an_alias_stands_for_its_anchor():
    document = parse_document("a: &x {b: [1]}\nc: *x\n", FILE)

    assert document.value["c"] == {"b": [1]}


def test_an_alias_of_a_text_may_be_a_key():
    assert parse_document("a: &x key\n*x : 1\n", FILE).value == {"a": "key", "key": 1}


def test_an_alias_bomb_is_refused():
    """A few hundred bytes that stand for a thousand million values."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    [problem] = problems_of("\n".join(lines))

    assert problem.code == "too-large"


def test_nesting_through_aliases_is_counted():
    deep = "".join(f"- &a{n} {'[' * 30}{f'*a{n - 1}' if n else 'x'}{']' * 30}\n" for n in range(5))
    [problem] = problems_of(deep)

    assert problem.code == "too-deep"
    assert problem.place is not None
    assert problem.place.line == 4


def test_a_source_above_the_cap_is_refused():
    [problem] = problems_of("a" * 5_000_001)

    assert problem.code == "too-large"


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"a: \xe9\n", "not-utf8", (1, 4)),
        ("é\r\nnach".encode() + b"\xff", "not-utf8", (2, 5)),
        ("a: b".encode("utf-16"), "not-utf8", (0, 0)),
        (b"x" * 5_000_001, "too-large", (0, 0)),
    ],
)
def test_a_file_that_is_no_text_is_a_located_problem(tmp_path, data, code, place):
    path = tmp_path / "file.yaml"
    path.write_bytes(data)

    with pytest.raises(InvalidSource) as caught:
        read_source(path, "file.yaml")

    [problem] = caught.value.diagnostics
    assert problem.code == code
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == place


def test_a_file_is_read_as_it_is_but_for_its_byte_order_mark(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n")

    assert read_source(path, "file.yaml") == "a: 1\r\n"


@pytest.mark.parametrize(
    ("name", "code"),
    [("nothing", "no-such-file"), (".", "not-a-file"), ("x" * 5000, "unreadable")],
)
def test_what_is_no_file_is_a_problem_that_names_it(tmp_path, name, code):
    with pytest.raises(InvalidSource) as caught:
        read_source(tmp_path / name, "shown.yaml")

    [problem] = caught.value.diagnostics
    assert problem.code == code
    assert problem.place == Place("shown.yaml")
    assert "'shown.yaml'" in problem.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidSource) as caught:
        read_source(tmp_path / "pipe", "pipe")

    assert [each.code for each in caught.value.diagnostics] == ["not-a-file"]
