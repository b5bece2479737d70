from hypothesis import given
from hypothesis import strategies as st

from assetforge.catalogs.editors.base import Change
from assetforge.catalogs.editors.folder import FolderEditor
from tests.catalogs.editors.keeping import TEXTS, kept


def edited(file: str, text: str, like: str = "") -> str:
    return FolderEditor.edited(file, Change("", "", text), "", like)


def test_the_end_of_the_file_stays():
    assert edited("Titel\n", "Neu") == "Neu\n"
    assert edited("Titel", "Neu") == "Neu"
    assert edited("\ufeffeins\r\nzwei\r\n", "eins\ndrei") == "\ufeffeins\r\ndrei\r\n"


def test_a_new_file_ends_as_that_of_the_source_does():
    assert edited("", "Neu", like="Title\r\n") == "Neu\r\n"
    assert edited("", "Neu") == "Neu"


def test_an_empty_text_is_an_empty_file():
    assert edited("Titel\n", "") == ""


def test_a_text_has_its_line_and_no_form():
    assert FolderEditor.texts("a\nb\n\n", "") == {"": {"": ("a\nb", 1)}}
    assert FolderEditor.forms("a", "title", "", "", ("one", "other")) == ("",)
    assert FolderEditor.excerpt("a\n", "title", "", "") == "a\n"


@given(TEXTS, TEXTS.map(lambda text: text.rstrip("\n")), st.sampled_from(["\n", "\r\n"]))
def test_any_text_is_read_back(old, new, line_end):
    before = old.replace("\n", line_end)

    after = edited(before, new)

    assert kept(FolderEditor, before, after, Change("", "", new))
