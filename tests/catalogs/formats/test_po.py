import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats import po
from assetforge.errors import InvalidSource, Place
from assetforge.messages.pattern import Choice, Placeholder, choices, names
from tests.catalogs.data import DJANGO

PLURALS = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def read(tmp_path):
    def read(text, syntax=""):
        path = tmp_path / "de.po"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return po.read(path, "de.po", "de", syntax)

    return read


@pytest.fixture
def texts(read):
    """Return the translations of a text as `{id: value}`, without empty and fuzzy ones."""
    return lambda text: {id: each.value for id, each in read(text).own.items() if not each.state}


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text):
        with pytest.raises(InvalidSource) as raised:
            read(text)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_a_real_catalog_is_read_with_the_place_of_each_translation():
    messages = po.read(DJANGO / "es_MX/LC_MESSAGES/django.po", "es_MX.po", "es_MX", "").own

    assert messages["Documentation"].value == "Documentación"
    assert messages["Documentation"].place("es_MX.po") == Place("es_MX.po", 30, 1, 6)
    assert messages["Using Django"].state == "empty"


def test_an_untranslated_catalog_says_what_its_entries_mean_in_the_source_locale():
    content = po.read(DJANGO / "en/LC_MESSAGES/django.po", "en.po", "en", "")

    assert {message.state for message in content.own.values()} == {"empty"}
    assert content.source["Using Django"].value == "Using Django"
    assert content.own.keys() == content.source.keys() | {"docs", "search"} & content.own.keys()


def test_fuzzy_and_empty_entries_are_known_and_obsolete_ones_are_not(read):
    text = (
        HEADER
        + '#, fuzzy, python-format\nmsgid "a"\nmsgstr "A"\n\nmsgid "b"\nmsgstr " "\n\n'
        + '#| msgid "old"\nmsgid "c"\nmsgstr "C"\n\n#~ msgid "d"\n#~ msgstr "D"\n'
    )

    messages = read(text).own

    assert {id: (each.value, each.state) for id, each in messages.items()} == {
        "a": ("A", "fuzzy"),
        "b": ("", "empty"),
        "c": ("C", ""),
    }


def test_a_context_is_part_of_the_id(texts):
    text = 'msgctxt "banner"\nmsgid "Open"\nmsgstr "Öffnen"\n\nmsgid "Open"\nmsgstr "Offen"\n'

    assert texts(text) == {"banner|Open": "Öffnen", "Open": "Offen"}


def test_a_source_text_with_a_context_is_its_msgid(read):
    content = read('msgctxt "banner"\nmsgid "Open now"\nmsgstr ""\n')

    assert content.source["banner|Open now"].value == "Open now"


@pytest.mark.parametrize("id", ["banner.headline", "headline", "cta_title", "CTA_TITLE", "a:b"])
def test_an_id_that_looks_like_a_key_is_no_source_text(read, id):
    assert read(f'msgid "{id}"\nmsgstr ""\n').source == {}


@pytest.mark.parametrize("id", ["Download", "Try it.", "Sign-up", "Über", "50 % off", "GO"])
def test_an_id_that_reads_like_text_is_a_source_text(read, id):
    assert read(f'msgid "{id}"\nmsgstr ""\n').source[id].value == id


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_bom_do_not_matter(texts, ends):
    text = "\ufeff" + HEADER + '# Tränslator\nmsgid "a"\nmsgstr ""\n"one\\n"\n"two\\r\\nthree"\n'

    assert texts(text.replace("\n", ends)) == {"a": "one\ntwo\nthree"}


def test_line_separators_inside_a_text_are_kept(read):
    messages = read('msgid "a"\nmsgstr "x\u2028y\u0085z"\n\nmsgid "b"\nmsgstr "c"\n').own

    assert messages["a"].value == "x\u2028y\u0085z"
    assert messages["b"].place("de.po") == Place("de.po", 5, 1, 6)


def test_quotes_and_backslashes_are_read(texts):
    assert texts('msgid "a"\nmsgstr "\\"x\\" \\\\"\n') == {"a": '"x" \\'}


def test_flags_of_obsolete_entries_are_not_those_of_the_next_one(read):
    text = '#, fuzzy\n#. old\n#~ msgid "x"\n#~ msgstr "y"\n\n#. new\nmsgid "a"\nmsgstr "b"\n'

    message = read(text).own["a"]

    assert (message.state, message.comment) == ("", "new")


def test_what_its_author_says_to_translators_is_the_comment(read):
    text = (
        "#  mine\n#. headline, at most\n#.  30 characters\n#: a.py:1\n" + 'msgid "a"\nmsgstr "b"\n'
    )

    assert read(text).own["a"].comment == "headline, at most\n 30 characters"


@pytest.mark.parametrize(
    ("flag", "syntax", "value"),
    [
        ("python-format", "", ("{a} ", Placeholder("b"))),
        ("no-wrap, c-format", "", ("{a} ", Placeholder("b"))),
        ("python-brace-format", "", (Placeholder("a"), " %(b)s")),
        ("python-format", "plain", (Placeholder("a"), " %(b)s")),
    ],
)
def test_the_flag_says_how_values_are_written_unless_the_pipeline_file_does(
    read, flag, syntax, value
):
    content = read(f'#, {flag}\nmsgid "{{a}} %(b)s"\nmsgstr "{{a}} %(b)s"\n', syntax)

    assert content.own["{a} %(b)s"].value == content.source["{a} %(b)s"].value == value


def test_a_plural_is_one_message_chosen_by_the_expression_of_the_header(read):
    text = PLURALS + 'msgid "One {x}"\nmsgid_plural "Many"\nmsgstr[0] "Ein"\nmsgstr[1] "Viel"\n'

    content = read(text)

    assert content.own["One {x}"] == Message(
        (Choice("count", "gettext", (("0", ("Ein",)), ("1", ("Viel",))), rule="(n != 1)"),), 6, 1, 9
    )
    said = (("0", ("One ", Placeholder("x"))), ("1", ("Many",)))
    assert content.source["One {x}"].value == (Choice("count", "gettext", said, rule="(n != 1)"),)


def test_the_first_number_of_a_printf_plural_is_its_count(read):
    text = (
        PLURALS
        + '#, c-format\nmsgid "%d a"\nmsgid_plural "%d b"\nmsgstr[0] "A"\nmsgstr[1] "%d B"\n'
    )

    content = read(text)

    assert names(content.own["%d a"].value) == names(content.source["%d a"].value) == {"count"}


@pytest.mark.parametrize("forms", ['msgstr[0] "A"\n', 'msgstr[0] "A"\nmsgstr[1] ""\n'])
@pytest.mark.parametrize("flag", ["", "#, fuzzy\n"])
def test_a_plural_that_lacks_a_form_is_empty(read, forms, flag):
    message = read(PLURALS + flag + 'msgid "a"\nmsgid_plural "as"\n' + forms).own["a"]

    assert (message.value, message.state) == ("", "empty")


def test_a_fuzzy_plural_keeps_its_forms(read):
    text = PLURALS + '#, fuzzy\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] "B"\n'

    message = read(text).own["a"]

    assert (len(message.value), message.state) == (1, "fuzzy")


@pytest.mark.parametrize(("one", "many", "wrong"), [("", "", False), ("A", "B", True)])
def test_a_header_that_nobody_has_filled_in_is_refused_once_plurals_are(read, one, many, wrong):
    header = PLURALS.replace("2", "INTEGER").replace("(n != 1)", "EXPRESSION")
    text = f'{header}msgid "a"\nmsgid_plural "b"\nmsgstr[0] "{one}"\nmsgstr[1] "{many}"\n'

    if wrong:
        with pytest.raises(InvalidSource, match="there are plurals, but the header has no Plural"):
            read(text)
    else:
        assert read(text).own["a"].state == "empty"


def test_an_empty_plural_needs_no_header(read):
    text = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\nmsgstr[1] ""\n'

    assert read(text).own["a"].state == "empty"


def test_a_header_that_is_fuzzy_is_read(read):
    text = "#, fuzzy\n" + PLURALS + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] "B"\n'

    assert read(text).own["a"].state == ""


def test_plurals_without_plural_forms_in_the_header_are_refused_once(damage):
    entry = 'msgid "{}"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] "B"\n\n'

    (problem,) = damage(HEADER + entry.format("a") + entry.format("c"))

    assert problem.startswith(
        "de.po:6:1: there are plurals, but the header has no Plural-Forms; add"
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("nplurals=2", "'nplurals=2' is not understood"),
        ("nplurals=2; plural=n+;", "cannot read the plural rule 'n+'; write an expression"),
        ("nplurals=2; plural=n/0;", "the plural rule 'n/0' divides by zero"),
        ("nplurals=1; plural=n>1;", "chooses form 1, but nplurals is 1"),
        ("nplurals=2; plural=__import__('os');", "cannot read the plural rule"),
        ("nplurals=2; plural=(n !=!1);", "cannot read the plural rule '(n !=!1)'"),
    ],
)
def test_an_odd_plural_header_is_located(damage, header, said):
    text = f'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: {header}\\n"\n'

    (problem,) = damage(text)

    assert problem.startswith("de.po:4:2: ")
    assert said in problem


def test_a_form_beyond_those_of_the_header_is_refused(damage):
    text = PLURALS + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] "B"\nmsgstr[2] "C"\n'

    assert damage(text) == ["de.po:8:1: msgstr[2] is one form too many: nplurals is 2"]


def test_several_damaged_entries_are_reported_with_their_places(damage):
    text = (
        'msgid "a"\nmsgstr "\\q"\n\nmsgstr "b"\n\nmsgid "c"\nmsgid_plural "d"\nmsgstr "e"\n\n'
        'msgid "f"\nmsgstr "g"\nmsgstr "h"\n\nmsgid_plural "i"\n"j\nmsgid "k"\nmsgstr "l"\n'
        'msgctxt "m"\n"n"\n'
    )

    assert [problem.split(";")[0] for problem in damage(text)] == [
        "de.po:2:9: unknown escape '\\\\q' in a string",
        "de.po:4:1: entry is incomplete or out of order",
        "de.po:8:1: entry is incomplete or out of order",
        "de.po:15:1: string is not closed",
        "de.po:20:1: entry is incomplete or out of order",
    ]


def test_a_form_that_is_there_twice_is_refused(damage):
    text = PLURALS + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[0] "B"\n'

    assert damage(text) == ["de.po:7:1: form msgstr[0] is there twice"]


def test_a_text_that_its_syntax_does_not_allow_is_refused_in_both_languages(read):
    with pytest.raises(InvalidSource) as raised:
        read('msgid "Hi {a"\nmsgstr "Hallo {a"\n', "icu")

    assert [problem.code for problem in raised.value.diagnostics] == ["message-syntax"] * 2


TEXT = st.text(st.sampled_from('aé "\\\n\u2028\u0085#~{'), max_size=8)
ENTRIES = st.lists(
    st.tuples(TEXT.filter(str.strip), TEXT, st.sampled_from(["", "ctx"]), st.booleans(), TEXT),
    unique_by=lambda entry: (entry[2], entry[0]),
    max_size=6,
)


@given(ENTRIES, st.sampled_from([20, 78, 1000]))
@settings(deadline=None, max_examples=150)
def test_a_file_that_polib_writes_is_read_as_it_was_meant(tmp_path_factory, entries, width):
    path = tmp_path_factory.mktemp("po") / "de.po"
    file = polib.POFile(wrapwidth=width)
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for id, text, context, fuzzy, comment in entries:
        flags = ["fuzzy"] if fuzzy else []
        entry = polib.POEntry(msgid=id, msgstr=text, msgctxt=context or None, flags=flags)
        entry.comment = comment.replace("\u2028", "").replace("\u0085", "")
        file.append(entry)
    path.write_text(str(file), encoding="utf-8", newline="\n")

    messages = po.read(path, "de.po", "de", "rails").own

    assert len(messages) == len(entries)
    for id, text, context, fuzzy, _ in entries:
        message = messages[f"{context}|{id}" if context else id]
        assert message.value == (text if text.strip() else "")
        assert message.state == ("empty" if not text.strip() else "fuzzy" if fuzzy else "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgid "a"\n  msgstr "abc\n', "2:3: string is not closed"),
        ('msgid "a"\nmsgstr "a"b"\n', "2:1: string is not closed"),
        ('msgid "a"\nmsgstr "a" "b"\n', "2:1: string or keyword is broken"),
        ('msgid "a"\nmsgstr[x] "a"\n', "2:1: string or keyword is broken"),
        ("hello world\n", "1:1: 'hello' starts no PO line"),
        ('msgid "a"\n"b"\nmsgid "c"\nmsgstr "d"\n', "3:1: entry is incomplete or out of order"),
        ('<<<<<<< ours\nmsgid "a"\nmsgstr "b"\n', "1:1: merge conflict is not resolved"),
        ('msgid "a"\nmsgstr "x\\ty"\n', "2:1: message 'a' holds a tab (U+0009)"),
        ('msgid "a"\nmsgstr "x"\n\nmsgid "a"\nmsgstr "x"\n', "5:1: message 'a' is there twice"),
        (HEADER.replace("UTF-8", "KOI8-R"), "2:43: charset 'KOI8-R' is not UTF-8"),
        (b'msgid "a"\nmsgstr "\xe4"\n', "2:9: the byte 0xe4 is no UTF-8"),
    ],
)
def test_damage_is_located(damage, text, problem):
    (found,) = damage(text)

    assert found.startswith(f"de.po:{problem}")


def test_all_broken_lines_are_reported_in_one_run(damage):
    assert len(damage('msgid "a\nmsgstr "b\n\nmsgid c\n')) == 3


def test_the_charset_of_a_template_is_accepted(texts):
    header = HEADER.replace("UTF-8", "CHARSET").replace('msgstr "', 'msgstr ""\n"Language: \\n"\n"')

    assert texts(header + 'msgid "a"\nmsgstr "b"\n') == {"a": "b"}


def test_an_empty_file_has_no_messages(read):
    assert read("") == Content()


def test_an_entry_without_a_translation_at_the_end_is_empty(read):
    messages = read('msgid "a"\nmsgstr "b"\n\nmsgid "Last one"\n').own

    assert messages["Last one"] == Message("", 4, 1, 6, "empty")


@pytest.mark.parametrize("locale", ["en", "es_MX", "zh_Hans"])
def test_real_files_hold_what_polib_reads_in_them(locale):
    path = DJANGO / locale / "LC_MESSAGES/django.po"

    messages = po.read(path, "x.po", locale, "rails").own

    expected = {}
    for entry in polib.pofile(str(path)):
        forms = entry.msgstr_plural or {0: entry.msgstr}
        text = "|".join(forms[number] for number in sorted(forms)) if all(forms.values()) else ""
        id = f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid
        expected[id] = (text, "" if text else "empty", entry.comment)
    assert {
        id: (shown(each.value), each.state, each.comment) for id, each in messages.items()
    } == expected


def shown(value):
    """Return a text, or the forms of a plural with `|` between them."""
    if isinstance(value, str):
        return value
    return "|".join(
        "".join(part if isinstance(part, str) else f"%({part.name})s" for part in case)
        for _, case in value[0].cases
    )


def test_a_blank_msgid_is_no_source_text(read):
    assert read('msgid " "\nmsgstr "b"\n').source == {}


def test_a_line_of_odd_white_space_is_no_po(damage):
    assert damage('msgid "a"\n\u2028\u2028\n')[0].startswith("de.po:2:1: '\\u2028")


def test_no_more_problems_are_collected_than_anybody_reads(damage, monkeypatch):
    monkeypatch.setattr("assetforge.catalogs.formats.po_text.MAX_PROBLEMS", 3)

    assert len(damage("a\n" * 10)) == 3
    assert len(damage('msgid "a"\n\n' * 10)) == 3


def test_a_plural_is_chosen_by_the_only_whole_number_that_its_source_shows(tmp_path):
    path = tmp_path / "de.po"
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    path.write_text(
        f"{header}#, python-format\n"
        'msgid "%(files)d file of %(who)s"\nmsgid_plural "%(files)d files of %(who)s"\n'
        'msgstr[0] "Eine Datei von %(who)s"\nmsgstr[1] "%(files)d Dateien von %(who)s"\n\n'
        '#, python-format\nmsgid "%(a)d of %(b)d"\nmsgid_plural "all %(a)d of %(b)d"\n'
        'msgstr[0] "%(a)d von %(b)d"\nmsgstr[1] "alle %(a)d von %(b)d"\n',
        encoding="utf-8",
    )

    content = po.read(path, "de.po", "de", "")

    assert [
        [choice.name for choice in choices(messages[id].value)]
        for messages in (content.own, content.source)
        for id in messages
    ] == [["files"], ["count"], ["files"], ["count"]]


def test_a_flagged_entry_without_a_conversion_has_values_in_braces(read):
    def value(text, flag="python-format"):
        return read(f'#, {flag}\nmsgid "a.b"\nmsgstr "{text}"\n').own["a.b"].value

    assert value("50% off {name}") == ("50% off ", Placeholder("name"))
    assert value("50%% off {name}") == "50% off {name}"
    assert value("%(n)d of {name}") == (Placeholder("n"), " of {name}")
    assert value("50% off") == "50% off"


def test_a_flagged_plural_without_a_conversion_has_values_in_braces(read):
    text = '#, c-format\nmsgid "a day"\nmsgid_plural "{n} days"\nmsgstr[0] "A"\nmsgstr[1] "B"\n'

    assert names(read(PLURALS + text).source["a day"].value) == {"count", "n"}


def test_a_broken_conversion_beside_braces_is_a_problem(damage):
    assert "begins no conversion" in damage('#, c-format\nmsgid "a"\nmsgstr "{x} %(y"\n')[0]


def test_the_first_text_whose_conversions_are_shown_is_told_once(read):
    entries = "".join(f'msgid "m{n}"\nmsgstr "%(name)s {n}"\n\n' for n in range(3))
    flagged = '#, no-python-format\nmsgid "x"\nmsgstr "%(name)s"\n\n'

    (warning,) = read(flagged + entries).warnings

    assert (warning.code, warning.severity) == ("syntax-not-said", "warning")
    assert str(warning) == (
        "de.po:6:1: '%(name)s' is shown as it is: nothing says that it is a value; "
        "flag the entry `python-format`, or say `syntax: printf` for the catalog"
    )
    assert read(entries, "plain").warnings == read(flagged).warnings == ()
    assert read('msgid "a"\nmsgstr "100%(more)"\n').warnings == ()
