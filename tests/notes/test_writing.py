from __future__ import annotations

import os
import subprocess

import pytest

from assetforge.errors import InvalidSource, StoreProblem, UsageProblem
from assetforge.notes.note import MOST_NOTES, Note
from assetforge.notes.reading import notes_folder, read_notes
from assetforge.notes.text import HEAD
from assetforge.notes.writing import add, remove

FILE = "assetforge.yaml"
DE = "banner/wide/de"
FR = "banner/wide/fr"


def notes(root):
    return read_notes(notes_folder(root, FILE))


def files(root):
    folder = notes_folder(root, FILE)
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def test_each_variant_has_a_file_of_its_own(tmp_path):
    said = add(tmp_path, FILE, DE, "edit", " Make the bird smaller.\r\nMuch. ", "3f2a9c01d2e4" * 5)
    add(tmp_path, FILE, FR, "edit", "Darker.")

    assert said == "noted: the next build edits 'edit' of banner/wide/de once more"
    assert files(tmp_path) == ["banner+wide+de.yaml", "banner+wide+fr.yaml"]
    assert notes(tmp_path) == [
        Note(DE, "edit", "Make the bird smaller.\nMuch.", "3f2a9c01d2e4"),
        Note(FR, "edit", "Darker."),
    ]


def test_names_that_no_file_may_have_are_written_another_way(tmp_path):
    add(tmp_path, FILE, "con/a:b", "edit", "Darker.")

    assert files(tmp_path) == ["con+a%3Ab.yaml"]
    assert notes(tmp_path)[0].variant == "con/a:b"


def test_what_a_person_has_put_together_stays_together(tmp_path):
    folder = notes_folder(tmp_path, FILE)
    folder.mkdir()
    mine = f"# Mine.\n{DE}:\n- {{after: edit, note: One.}}\n{FR}:\n- {{after: edit, note: One.}}\n"
    (folder / "all.yaml").write_bytes(b"\xef\xbb\xbf" + mine.encode())

    add(tmp_path, FILE, FR, "edit", "Two.")

    written = (folder / "all.yaml").read_bytes()
    assert written == b"\xef\xbb\xbf" + (mine + "- after: edit\n  note: Two.\n").encode()
    assert files(tmp_path) == ["all.yaml"]


def test_the_same_note_is_there_once(tmp_path):
    add(tmp_path, FILE, DE, "edit", "Darker.", "aaaa")

    assert add(tmp_path, FILE, DE, "edit", "Darker.\n", "bbbb") == (
        "'edit' of banner/wide/de has this note already"
    )
    add(tmp_path, FILE, DE, "compose", "Darker.")
    assert [each.after for each in notes(tmp_path)] == ["edit", "compose"]


@pytest.mark.parametrize(
    ("text", "words"),
    [(" \n", "it says nothing"), ("x" * 2001, "longer than 2000"), ("a\x1bb", "U+001B")],
)
def test_what_is_no_note_is_refused_and_nothing_written(tmp_path, text, words):
    with pytest.raises(UsageProblem, match="this cannot be noted of 'banner/wide/de'") as refused:
        add(tmp_path, FILE, DE, "edit", text)

    assert words.replace("+", "+") in str(refused.value)
    assert files(tmp_path) == []


def test_there_are_only_so_many_notes_of_a_variant(tmp_path):
    for number in range(MOST_NOTES):
        add(tmp_path, FILE, DE, "edit", f"Note {number}.")

    with pytest.raises(UsageProblem, match="has 20 notes; say it in its prompt"):
        add(tmp_path, FILE, DE, "edit", "One more.")


def test_the_last_note_takes_file_and_folder_along(tmp_path):
    add(tmp_path, FILE, DE, "edit", "One.")
    add(tmp_path, FILE, DE, "edit", "Two.")
    add(tmp_path, FILE, FR, "edit", "One.")

    remove(tmp_path, FILE, DE, "edit", "One.")
    assert [each.words for each in notes(tmp_path)] == ["Two.", "One."]
    remove(tmp_path, FILE, DE, "edit", " Two.\n")
    assert files(tmp_path) == ["banner+wide+fr.yaml"]
    said = remove(tmp_path, FILE, FR, "edit", "One.")

    assert said == "taken back: no build edits 'edit' of banner/wide/fr for this any more"
    assert not notes_folder(tmp_path, FILE).exists()


def test_comments_of_a_person_outlive_the_notes(tmp_path):
    add(tmp_path, FILE, DE, "edit", "One.")
    path = notes_folder(tmp_path, FILE) / "banner+wide+de.yaml"
    path.write_text(f"{path.read_text()}# Ask Ada.\n")

    remove(tmp_path, FILE, DE, "edit", "One.")

    assert path.read_text() == f"{HEAD}# Ask Ada.\n"
    assert notes(tmp_path) == []


@pytest.mark.parametrize("text", ["Another.", "", "x" * 3000])
def test_a_note_that_is_not_there_cannot_be_taken_back(tmp_path, text):
    add(tmp_path, FILE, DE, "edit", "One.")

    with pytest.raises(UsageProblem, match="'edit' of banner/wide/de has no such note"):
        remove(tmp_path, FILE, DE, "edit", text)


def test_nothing_is_written_beside_what_is_wrong(tmp_path):
    folder = notes_folder(tmp_path, FILE)
    folder.mkdir()
    (folder / "x.yaml").write_text("banner/wide/de:\n  - aftr: edit\n")

    with pytest.raises(InvalidSource):
        add(tmp_path, FILE, DE, "edit", "One.")
    assert files(tmp_path) == ["x.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="nobody limits the size of files there")
def test_a_file_that_cannot_be_written_is_told(tmp_path):
    """As on a full disk: no file may grow."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StoreProblem, match="cannot write the notes"):
            add(tmp_path, FILE, DE, "edit", "One.")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path) == []


def test_a_file_in_the_way_is_told(tmp_path):
    notes_folder(tmp_path, FILE).mkdir()
    (notes_folder(tmp_path, FILE) / "banner+wide+de.yaml").mkdir()

    with pytest.raises(InvalidSource, match="is a folder, not a file"):
        add(tmp_path, FILE, DE, "edit", "One.")


def git(root, *arguments):
    settings = [
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("there", [(), ("banner/wide/ar", "banner/wide/ja"), (DE, FR)])
def test_what_two_people_note_of_different_variants_comes_together(tmp_path, there):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / FILE).write_text("")
    for each in there:
        add(tmp_path, FILE, each, "edit", "Of before.")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "before")
    for branch, variant in (("ada", DE), ("eve", FR)):
        git(tmp_path, "checkout", "-q", "-b", branch, "main")
        add(tmp_path, FILE, variant, "edit", f"Of {branch}.")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", branch)

    git(tmp_path, "merge", "-q", "ada")

    words = {(each.variant, each.words) for each in notes(tmp_path)}
    assert words == {*((each, "Of before.") for each in there), (DE, "Of ada."), (FR, "Of eve.")}
