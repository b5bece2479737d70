import pytest

from assetforge.catalogs import po
from assetforge.errors import InvalidSource, Place
from tests.catalogs.data import DJANGO

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "de.po"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return po.read(path, "de.po")

    return read


@pytest.fixture
def texts(read):
    """Return the translations of a text as `{id: text}`."""
    return lambda text: {id: message.text for id, message in read(text).items()}


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text):
        with pytest.raises(InvalidSource) as raised:
            read(text)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_a_real_catalog_is_read_with_the_place_of_each_translation():
    messages = po.read(DJANGO / "es_MX/LC_MESSAGES/django.po", "es_MX.po")

    assert messages["Documentation"].text == "Documentación"
    assert messages["Documentation"].place == Place("es_MX.po", 30, 1, 6)
    assert "Using Django" not in messages


def test_an_untranslated_catalog_says_what_its_entries_mean_in_the_source_locale():
    messages = po.read(DJANGO / "en/LC_MESSAGES/django.po", "en.po")

    assert messages == {}
    assert messages.source_texts["Using Django"].text == "Using Django"
    assert "Language: en" not in messages.source_texts


def test_fuzzy_empty_obsolete_and_plural_entries_are_missing(texts):
    text = (
        HEADER
        + '#, fuzzy, python-format\nmsgid "a"\nmsgstr "A"\n\nmsgid "b"\nmsgstr " "\n\n'
        + 'msgid "n"\nmsgid_plural "ns"\nmsgstr[0] "N"\nmsgstr[1] "Ns"\n\n'
        + '#| msgid "old"\nmsgid "c"\nmsgstr "C"\n\n#~ msgid "d"\n#~ msgstr "D"\n'
    )

    assert texts(text) == {"c": "C"}


def test_a_context_is_part_of_the_id(texts):
    text = 'msgctxt "banner"\nmsgid "Open"\nmsgstr "Öffnen"\n\nmsgid "Open"\nmsgstr "Offen"\n'

    assert texts(text) == {"banner|Open": "Öffnen", "Open": "Offen"}


def test_a_source_text_with_a_context_is_its_msgid(read):
    messages = read('msgctxt "banner"\nmsgid "Open now"\nmsgstr ""\n')

    assert messages.source_texts["banner|Open now"].text == "Open now"


@pytest.mark.parametrize("id", ["banner.headline", "headline", "cta_title", "CTA_TITLE", "a:b"])
def test_an_id_that_looks_like_a_key_is_no_source_text(read, id):
    assert read(f'msgid "{id}"\nmsgstr ""\n').source_texts == {}


@pytest.mark.parametrize("id", ["Download", "Try it.", "Sign-up", "Über", "50 % off", "GO"])
def test_an_id_that_reads_like_text_is_a_source_text(read, id):
    assert read(f'msgid "{id}"\nmsgstr ""\n').source_texts[id].text == id


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_bom_do_not_matter(texts, ends):
    text = "\ufeff" + HEADER + '# Tränslator\nmsgid "a"\nmsgstr ""\n"one\\n"\n"two\\r\\nthree"\n'

    assert texts(text.replace("\n", ends)) == {"a": "one\ntwo\nthree"}


def test_line_separators_inside_a_text_are_kept(read):
    messages = read('msgid "a"\nmsgstr "x\u2028y\u2029z"\n\nmsgid "b"\nmsgstr "c"\n')

    assert messages["a"].text == "x\u2028y\u2029z"
    assert messages["b"].place == Place("de.po", 5, 1, 6)


def test_quotes_and_backslashes_are_read(texts):
    assert texts('msgid "a"\nmsgstr "\\"x\\" \\\\"\n') == {"a": '"x" \\'}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgid "a"\n  msgstr "abc\n', "2:3: string is not closed"),
        ('msgid "a"\nmsgstr "a"b"\n', "2:1: string is not closed"),
        ('msgid "a"\nmsgstr "a" "b"\n', "2:1: string or keyword is broken"),
        ('msgid "a"\nmsgstr[x] "a"\n', "2:1: string or keyword is broken"),
        ("hello world\n", "1:1: 'hello' starts no PO line"),
        ('msgid "a"\n"b"\nmsgid "c"\nmsgstr "d"\n', "3:1: entry is incomplete or out of order"),
        ('#|\nmsgid "c"\nmsgstr "d"\n', "1:1: entry is incomplete or out of order"),
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


def test_a_file_that_vanishes_while_it_is_read_is_a_located_problem(tmp_path, monkeypatch):
    path = tmp_path / "de.po"
    monkeypatch.setattr("assetforge.catalogs.po.read_text", lambda path, name: "")

    with pytest.raises(InvalidSource, match=r"^de.po:"):
        po.read(path, "de.po")


def test_an_empty_file_has_no_messages(read):
    assert read("") == {}


def test_an_entry_without_a_translation_at_the_end_is_missing(read):
    assert read('msgid "a"\nmsgstr "b"\n\nmsgid "Last one"\n') == {
        "a": read('msgid "a"\nmsgstr "b"\n')["a"]
    }
