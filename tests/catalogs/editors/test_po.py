import shutil
import subprocess

import polib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assetforge.catalogs.editors.base import Change
from assetforge.catalogs.editors.po import PoEditor
from assetforge.catalogs.formats import po
from tests.catalogs.data import DJANGO
from tests.catalogs.editors.keeping import TEXTS, changed_lines, kept, plain

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"\n'
)
FILE = (
    HEADER
    + """
# by hand
#. for the translator
#: banner.py:3
msgctxt "banner"
msgid "Open"
msgstr "Öffnen"

#, fuzzy, python-format
#| msgid "%(n)s file"
msgid "%(n)s files"
msgstr "%(n)s Dateien"

#, fuzzy
#| msgid "one"
msgid "two"
msgstr "drei"

msgid "%(count)d cat"
msgid_plural "%(count)d cats"
msgstr[0] "eine"
msgstr[1] "zwei"

#, fuzzy
#| msgid "older"
#~ msgid "old"
#~ msgstr "alt"

# the last
msgid "End"
msgstr "Ende"
"""
)


def edited(file: str, id: str, text: str, form: str = "", like: str = "") -> str:
    return PoEditor.edited(file, Change(id, form, text), "", like)


def test_one_line_is_another_and_all_else_stays():
    assert changed_lines(FILE, edited(FILE, "banner|Open", 'Auf "jetzt"\n\\')) == (
        ['msgstr "Öffnen"'],
        ['msgstr "Auf \\"jetzt\\"\\n\\\\"'],
    )


def test_the_texts_of_a_file_have_their_lines():
    texts = PoEditor.texts(FILE, "")

    assert list(texts) == ["banner|Open", "%(n)s files", "two", "%(count)d cat", "End"]
    assert texts["banner|Open"][""] == ("Öffnen", 11)
    assert texts["%(count)d cat"] == {"0": ("eine", 25), "1": ("zwei", 26), "2": ("", 0)}


def test_who_edits_an_entry_is_sure_of_it():
    flagged = edited(FILE, "%(n)s files", "%(n)s Datei")
    alone = edited(FILE, "two", "zwei")

    assert changed_lines(FILE, flagged) == (
        [
            "#, fuzzy, python-format",
            '#| msgid "%(n)s file"',
            'msgid "%(n)s files"',
            'msgstr "%(n)s Dateien"',
        ],
        ["#, python-format", 'msgid "%(n)s files"', 'msgstr "%(n)s Datei"'],
    )
    assert changed_lines(FILE, alone) == (
        ["#, fuzzy", '#| msgid "one"', 'msgid "two"', 'msgstr "drei"'],
        ['msgid "two"', 'msgstr "zwei"'],
    )


def test_an_equal_text_only_takes_the_doubt():
    assert changed_lines(FILE, edited(FILE, "two", "drei"))[0] == ["#, fuzzy", '#| msgid "one"']
    assert edited(FILE, "End", "Ende") == FILE


def test_what_is_said_of_obsolete_entries_stays_with_them():
    assert changed_lines(FILE, edited(FILE, "End", "Schluss")) == (
        ['msgstr "Ende"'],
        ['msgstr "Schluss"'],
    )


def test_a_form_that_a_plural_lacks_is_put_behind_the_others():
    assert PoEditor.forms(FILE, "%(count)d cat", "", "", ()) == ("0", "1", "2")
    assert changed_lines(FILE, edited(FILE, "%(count)d cat", "viele", "2")) == (
        [],
        ['msgstr[2] "viele"'],
    )
    assert changed_lines(FILE, edited(FILE, "%(count)d cat", "2", "1")) == (
        ['msgstr[1] "zwei"'],
        ['msgstr[1] "2"'],
    )


def test_a_new_entry_is_like_that_of_the_source_and_stands_before_obsolete_ones():
    like = HEADER + '\n#, c-format\n#~ msgid "o"\n#~ msgstr ""\n'
    like += '\n#. hint\n#, python-format, fuzzy\nmsgid "%(n)d a|b"\nmsgid_plural "c"\n'
    like += 'msgstr[0] ""\nmsgstr[1] ""\n'
    file = HEADER + '\nmsgid "x"\nmsgstr "y"\n\n#~ msgid "old"\n#~ msgstr "alt"\n'

    assert PoEditor.forms(file, "%(n)d a|b", "", like, ()) == ("0", "1", "2")
    assert changed_lines(file, edited(file, "%(n)d a|b", "zwei", "1", like)) == (
        [],
        [
            "#, python-format",
            'msgid "%(n)d a|b"',
            'msgid_plural "c"',
            'msgstr[0] ""',
            'msgstr[1] "zwei"',
            'msgstr[2] ""',
            "",
        ],
    )


def test_without_a_model_the_context_is_before_the_last_bar():
    file = HEADER.rstrip("\n")

    assert edited(file, "a|b|c", "d") == file + '\n\nmsgctxt "a|b"\nmsgid "c"\nmsgstr "d"'
    assert PoEditor.forms(file, "a|b|c", "", "", ()) == ("",)
    assert edited("", "a", "b") == 'msgid "a"\nmsgstr "b"'
    assert edited("# only words\n", "a", "b") == '# only words\n\n\nmsgid "a"\nmsgstr "b"'


def test_a_plural_without_a_rule_has_the_form_that_is_asked_for():
    like = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\n'
    odd = 'msgid ""\nmsgstr "Plural-Forms: nplurals=x\\n"\n'

    assert edited(odd, "a", "c", "1", like).endswith('msgid_plural "b"\nmsgstr[1] "c"\n')


def test_an_entry_that_ends_the_file_without_a_text_gets_one():
    assert edited('msgid "a"\n', "a", "b") == 'msgid "a"\nmsgstr "b"\n'


def test_windows_line_ends_and_a_mark_of_byte_order_stay():
    file = "\ufeff" + FILE.replace("\n", "\r\n")

    assert edited(file, "End", "x") == file.replace('"Ende"', '"x"')
    assert edited(file, "two", "x").replace("\r\n", "\n") == "\ufeff" + edited(FILE, "two", "x")
    assert edited(file, "new", "a\nb").endswith('\r\n\r\nmsgid "new"\r\nmsgstr "a\\nb"\r\n')


LONG = "Ein langer Satz, der nicht auf eine Zeile passt, weil er dafür zu viele Wörter hat."


def test_what_was_wrapped_is_wrapped_and_nothing_else():
    wrapped = 'msgid "a"\nmsgstr ""\n"Ein langer Satz, der nicht auf eine Zeile passt, weil er "\n'
    wrapped += '"dafür zu viele Wörter hat."\n'
    single = 'msgid "a"\nmsgstr "kurz"\n'

    assert changed_lines(wrapped, edited(wrapped, "a", LONG + " Ja!")) == (
        ['"dafür zu viele Wörter hat."'],
        ['"dafür zu viele Wörter hat. Ja!"'],
    )
    assert edited(wrapped, "a", "kurz") == single
    assert edited(single, "a", LONG) == f'msgid "a"\nmsgstr "{LONG}"\n'


def test_an_empty_text_is_wrapped_as_its_source_is():
    file = f'msgid ""\n"{LONG} "\n"Ende."\nmsgstr ""\n'

    after = edited(file, f"{LONG} Ende.", f"{LONG} Schluss.")

    assert after.count("\n") == file.count("\n") + 2
    assert edited(file, f"{LONG} Ende.", "") == file


def test_lines_that_only_break_where_the_text_does_stay_so():
    file = f'msgid "a"\nmsgstr ""\n"{LONG} {LONG}\\n"\n"Ende.\\n"\n'

    assert changed_lines(file, edited(file, "a", f"{LONG} {LONG}\nSchluss.\n")) == (
        ['"Ende.\\n"'],
        ['"Schluss.\\n"'],
    )


def test_a_first_line_without_a_line_of_its_own_stays_so():
    file = 'msgid "a"\nmsgstr "eins\\n"\n"zwei\\n"\n'

    assert edited(file, "a", "eins\ndrei\n") == file.replace("zwei", "drei")


def test_an_excerpt_reads_as_the_whole(tmp_path):
    path = tmp_path / "x.po"
    path.write_text(PoEditor.excerpt(FILE, "%(n)s files", "", ""), encoding="utf-8")

    own = po.read(path, "x.po", "de", "").own

    assert list(own) == ["%(n)s files"]
    assert own["%(n)s files"].state == "fuzzy"
    assert own["%(n)s files"].value == po_of(FILE, tmp_path)["%(n)s files"].value


def po_of(file, folder):
    path = folder / "whole.po"
    path.write_text(file, encoding="utf-8", newline="")
    return po.read(path, "whole.po", "de", "").own


IDS = st.sampled_from(["banner|Open", "%(n)s files", "two", "End", "new", "c|new"])


@given(IDS, TEXTS, st.sampled_from(["\n", "\r\n"]))
@example("End", "\\\\n", "\n")
def test_any_text_is_read_back_and_polib_agrees(id, text, line_end):
    before = FILE.replace("\n", line_end)

    after = edited(before, id, text)

    assert kept(PoEditor, before, after, Change(id, "", text))
    context, _, msgid = id.rpartition("|")
    entry = polib.pofile(after).find(msgid, msgctxt=context or False)
    assert entry is not None
    assert (entry.msgstr, "fuzzy" in entry.flags) == (text, False)
    assert after.count(line_end) == after.count("\n")


@given(TEXTS | st.text("「长，ab \\\n"), TEXTS | st.text("「长，ab \\\n"))
def test_a_wrapped_text_is_read_back(old, new):
    file = polib.POFile(wrapwidth=40)
    file.append(polib.POEntry(msgid="a", msgstr=old or "x"))

    after = edited(str(file), "a", new)

    assert plain(PoEditor.texts(after, ""))["a"] == {"": new}
    assert [each.msgstr for each in polib.pofile(after)] == [new]


@pytest.mark.parametrize("locale", ["es_MX", "zh_Hans"])
def test_every_text_of_a_real_file_can_be_written_again(locale):
    """Only what is doubtful changes: it is not, once a person has written it."""
    file = (DJANGO / locale / "LC_MESSAGES/django.po").read_bytes().decode()

    for id, forms in PoEditor.texts(file, "").items():
        for form, each in forms.items():
            again = edited(edited(file, id, f"{each.text}x", form), id, each.text, form)
            assert again == file or "fuzzy" in file


@pytest.mark.skipif(not shutil.which("msgcat"), reason="gettext is not installed")
@pytest.mark.parametrize("text", [LONG, LONG * 3, "a\nb " + LONG, "长" * 90])
def test_gettext_wraps_as_this_does(text):
    model = HEADER + f'\nmsgid "a"\nmsgstr "{LONG} {LONG}"\n'

    after = edited(by_gettext(model), "a", text)

    assert by_gettext(after) == after


def by_gettext(file: str) -> str:
    """Return a file as gettext writes it."""
    done = subprocess.run(["msgcat", "-"], input=file.encode(), capture_output=True, check=True)
    return done.stdout.decode()
