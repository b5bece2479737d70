from __future__ import annotations

import os

import pytest

from assetforge.diagnostics import in_order
from assetforge.errors import InvalidSource
from assetforge.notes.note import MOST_CHARACTERS, MOST_NOTES, Note
from assetforge.notes.reading import notes_folder, read_notes
from assetforge.reads import noting_reads


@pytest.fixture
def folder(tmp_path):
    return notes_folder(tmp_path, "assetforge.yaml")


def write(folder, text, name="banner.yaml"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def problems(folder):
    """Return place and words of each problem, and what to do."""
    with pytest.raises(InvalidSource) as refused:
        read_notes(folder)
    return [
        (str(each.place), each.message, each.help) for each in in_order(refused.value.diagnostics)
    ]


def test_the_folder_is_called_as_the_pipeline_file(tmp_path):
    assert notes_folder(tmp_path, "shop/web.yaml").name == "web.notes"


def test_notes_are_read_with_their_places(folder):
    write(folder, "banner/wide/de:\n  - after: edit\n    note: |\n      No clouds.\n      None.\n")
    write(folder, "card:\n- {note: Darker., after: 2, about: 3f2a9c01d2e4}\n", "card.yaml")
    write(folder, "no YAML: at: all", "notes.txt")

    notes = read_notes(folder)

    assert notes == [
        Note("banner/wide/de", "edit", "No clouds.\nNone."),
        Note("card", "2", "Darker.", "3f2a9c01d2e4"),
    ]
    assert [str(each.place) for each in notes] == [
        "assetforge.notes/banner.yaml:2:5",
        "assetforge.notes/card.yaml:2:19",
    ]


def test_no_folder_has_no_notes_and_a_new_one_will_be_seen(folder):
    with noting_reads() as reads:
        assert read_notes(folder) == []

    assert [*reads.folders] == [str(folder)]


def test_files_that_are_read_are_noted(folder):
    write(folder, "# nothing yet\n")

    with noting_reads() as reads:
        assert read_notes(folder) == []

    assert [*reads.files] == [str(folder / "banner.yaml")]


def test_every_problem_of_all_files_is_told_with_its_place(folder):
    write(
        folder,
        "banner/tall/de:\n"
        '  - {after: edit, note: " "}\n'
        "  - aftr: edit\n"
        "    note: 3\n"
        '  - {after: edit, note: "a\\u0007"}\n'
        f"  - {{after: edit, note: {'x' * (MOST_CHARACTERS + 1)}}}\n"
        "  - after: edit\n"
        "    note: |\n"
        "      fine\n"
        "    about: a b\n"
        "  - Darker.\n"
        "banner/wide/de:\n",
    )
    write(folder, "banner/wide/de: [\n", "broken.yaml")

    place = "assetforge.notes/banner.yaml"
    found = problems(folder)
    assert [(where.removeprefix(f"{place}:"), words) for where, words, _ in found[:-1]] == [
        ("2:25", "'note' cannot be ' ': it says nothing"),
        ("3:5", "unknown key 'aftr'"),
        ("4:11", "'note' takes a text, not the number 3"),
        ("5:25", "'note' cannot be 'a\x07': it holds the character U+0007"),
        ("6:25", f"'note' cannot be '{'x' * 40}…': it is longer than 2000 characters"),
        ("10:12", "'a b' is not a name: no spaces, slashes, braces, brackets or wildcards"),
        ("11:5", "a note takes a mapping, not 'Darker.'"),
        ("12:1", "'banner/wide/de' takes a list of notes, not nothing"),
    ]
    assert found[1][2] == "did you mean 'after'?"
    assert found[-1][0].startswith("assetforge.notes/broken.yaml:")


def test_a_list_at_the_top_is_told(folder):
    write(folder, "- after: edit\n  note: Darker.\n")

    assert [words for _, words, _ in problems(folder)] == [
        "a file of notes takes variants, not a list"
    ]


def test_a_variant_twice_in_one_file_is_told(folder):
    write(folder, "a:\n- {after: edit, note: One.}\na:\n- {after: edit, note: Two.}\n")

    assert [words for _, words, _ in problems(folder)] == ["duplicate key 'a'"]


def test_a_variant_in_two_files_is_told(folder):
    write(folder, "a:\n- {after: edit, note: One.}\n")
    write(folder, "a:\n- {after: edit, note: Two.}\n", "copied.yaml")

    assert [(place, words) for place, words, _ in problems(folder)] == [
        ("assetforge.notes/copied.yaml:2:4", "'a' has notes in two files")
    ]


def test_there_are_only_so_many_notes_of_a_variant(folder):
    notes = [f"- {{after: edit, note: Note {number}.}}\n" for number in range(MOST_NOTES + 1)]
    write(folder, "a:\n" + "".join(notes))

    assert [words for _, words, _ in problems(folder)] == ["'a' has 21 notes, more than 20"]


def test_a_file_in_place_of_the_folder_is_told(folder):
    folder.write_text("")

    assert problems(folder) == [
        (
            "assetforge.notes",
            "'assetforge.notes' is no folder",
            "the notes are a folder of that name; move this file away",
        )
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_folder_that_cannot_be_read_is_told(folder):
    """A link to itself: also root cannot follow it."""
    folder.symlink_to(folder.name)

    assert problems(folder)[0][1].startswith("'assetforge.notes' cannot be read: too many levels")
