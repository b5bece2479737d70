"""Notes that are written at the same time."""

import threading

from assetforge.notes.reading import notes_folder, read_notes
from assetforge.notes.writing import add, remove

WORDS = [f"Make it {each} times calmer" for each in range(8)]


def at_once(works):
    threads = [threading.Thread(target=each) for each in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_notes_that_are_written_and_taken_back_at_once_are_all_heeded(tmp_path):
    def one(variant, words):
        add(tmp_path, "assetforge.yaml", variant, "edit", words)
        if words != WORDS[0]:
            remove(tmp_path, "assetforge.yaml", variant, "edit", words)

    at_once([lambda v=v, w=w: one(v, w) for v in ("a/de", "a/en") for w in WORDS])

    notes = read_notes(notes_folder(tmp_path, "assetforge.yaml"))
    assert sorted((each.variant, each.words) for each in notes) == [
        ("a/de", WORDS[0]),
        ("a/en", WORDS[0]),
    ]
