"""One text is written, whole or not at all, and nothing else with it."""

import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge import registry
from assetforge.catalogs.discovery import FOLDER, CatalogFile
from assetforge.catalogs.text import is_blank
from assetforge.errors import InvalidSource, UsageProblem
from assetforge.locale_desk.places import TextPlace
from assetforge.locale_desk.saving import TRIES, TextChanged, changed_lines, save_text
from tests.catalogs.editors.keeping import TEXTS

NOWHERE = Path("nowhere")
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "a"\nmsgstr "A"\n'


def place(root, name="de.json", id="a", format="", syntax=""):
    file = CatalogFile("de", root / name, name, format or name.rpartition(".")[2], syntax)
    return TextPlace(file, id, None)


def save(where, text, was="", like=NOWHERE, form=""):
    return save_text(where.file.path.parent, where, form, text, was, like)


def test_the_mode_of_a_file_stays_and_a_new_one_can_be_read_by_all(tmp_path):
    (tmp_path / "de.json").write_text('{"a": "A"}')
    (tmp_path / "de.json").chmod(0o640)
    folder = tmp_path / "de"
    folder.mkdir()

    assert save(place(tmp_path), "B", "A") == "saved de.json: 1 line changed"
    words = save_text(tmp_path, place(tmp_path, "de", "title", FOLDER), "", "B\n\n", "", NOWHERE)

    assert words == "saved de/title.txt: a new file"
    if os.name == "posix":
        assert (tmp_path / "de.json").stat().st_mode & 0o777 == 0o640
        assert (folder / "title.txt").stat().st_mode & 0o777 == 0o644
    assert (folder / "title.txt").read_text() == "B"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["de", "de.json"]


def test_an_equal_text_writes_nothing(tmp_path):
    (tmp_path / "de.json").write_text('{"a": "A"}')
    before = (tmp_path / "de.json").stat()

    assert save(place(tmp_path), "A", "A") == "de.json says so already"
    assert (tmp_path / "de.json").stat() == before


def test_a_text_that_was_lacking_and_came_meanwhile_stays(tmp_path):
    (tmp_path / "de.json").write_text('{"a": "' + "long " * 30 + '"}')

    with pytest.raises(TextChanged, match=r"de\.json has another text now: 'long .*…'"):
        save(place(tmp_path), "B")
    (tmp_path / "de.json").write_text("{}")
    with pytest.raises(TextChanged, match="has another text now: none"):
        save(place(tmp_path), "B", "A")


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links")


def test_a_link_is_followed_inside_the_project_only(tmp_path):
    root, outside = tmp_path / "project", tmp_path / "outside.json"
    (root / "shared").mkdir(parents=True)
    (root / "shared/de.json").write_text('{"a": "A"}')
    outside.write_text('{"a": "A"}')
    link(root / "de.json", root / "shared/de.json")
    link(root / "fr.json", outside)

    assert save(place(root), "B", "A") == "saved de.json: 1 line changed"
    with pytest.raises(UsageProblem, match=r"fr\.json is a link that leads out of the project"):
        save(place(root, "fr.json"), "B", "A")

    assert (root / "de.json").is_symlink()
    assert (root / "shared/de.json").read_text() == '{"a": "B"}'
    assert outside.read_text() == '{"a": "A"}'


@pytest.mark.parametrize(
    ("name", "before", "id", "text", "error", "words"),
    [
        ("de.json", '{"a": "A"}', "a", "\x07", InvalidSource, "holds a control character"),
        ("de.arb", '{"a": "A"}', "a", "{x", InvalidSource, "is never closed"),
        ("de.json", '{"a": {"b": "x"}, "a.b": "y"}', "a.b", "", UsageProblem, "cannot hold"),
        ("de.po", PO, "b|", "x", UsageProblem, "cannot hold this text beside its others"),
    ],
)
def test_what_would_not_read_as_it_should_is_not_written(
    tmp_path, name, before, id, text, error, words
):
    path = tmp_path / name
    path.write_text(before)
    was = {"a": "A", "a.b": "y"}.get(id, "")

    with pytest.raises(error, match=words):
        save(place(tmp_path, name, id), text, was)

    assert path.read_text() == before
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_what_cannot_be_read_or_written_is_said(tmp_path):
    (tmp_path / "de.json").write_bytes(b'{"a": "\xff"}')
    (tmp_path / "fr.json").mkdir()

    with pytest.raises(UsageProblem, match=r"de\.json is no UTF-8 any more"):
        save(place(tmp_path), "B", "A")
    with pytest.raises(UsageProblem, match=r"fr\.json cannot be read: "):
        save(place(tmp_path, "fr.json"), "B", "A")
    gone = place(tmp_path, "gone", "title", FOLDER)
    with pytest.raises(UsageProblem, match=r"gone/title\.txt cannot be written: "):
        save_text(tmp_path, gone, "", "B", "", NOWHERE)


def test_of_many_who_write_at_once_nobody_is_lost(tmp_path):
    ids = [f"id{n}" for n in range(12)]
    path = tmp_path / "de.json"
    path.write_text("{" + ", ".join(f'"{id}": ""' for id in ids) + "}")

    def write(id):
        save(place(tmp_path, id=id), f"text of {id}")

    threads = [threading.Thread(target=write, args=[id]) for id in ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert path.read_text() == "{" + ", ".join(f'"{id}": "text of {id}"' for id in ids) + "}"


@pytest.fixture
def interrupted(tmp_path):
    """Have a file rewritten whenever a save has read it and not written it yet.

    It then reads the file of the source locale: here a pipe, which waits for who writes into it.
    """
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    pipe = tmp_path / "like"
    os.mkfifo(pipe)
    threads = []

    def interrupted(path, texts):
        def rewrite():
            for left, text in reversed([*enumerate(reversed(texts))]):
                with pipe.open("wb"):
                    path.write_text(text)
                    pipe.unlink()  # the next one is another: who still reads this one has its own
                    if left:
                        os.mkfifo(pipe)

        threads.append(threading.Thread(target=rewrite, daemon=True))
        threads[-1].start()
        return pipe

    yield interrupted
    for each in threads:
        each.join()


def test_a_change_elsewhere_in_the_file_at_that_very_moment_is_kept(tmp_path, interrupted):
    path = tmp_path / "de.json"
    path.write_text('{"a": "A", "b": "B"}')
    later = '{"a": "A", "b": "later"}'

    words = save(place(tmp_path), "new", "A", interrupted(path, [later, f"{later} "]))

    assert words == "saved de.json: 1 line changed"
    assert path.read_text() == '{"a": "new", "b": "later"} '


def test_a_file_that_never_rests_is_left_alone(tmp_path, interrupted):
    path = tmp_path / "de.json"
    path.write_text('{"a": "A"}')
    texts = [f'{{"a": "A"}}{" " * n}' for n in range(1, TRIES + 1)]

    with pytest.raises(TextChanged, match="changes again and again"):
        save(place(tmp_path), "new", "A", interrupted(path, texts))

    assert path.read_text() == texts[-1]
    assert [each.name for each in tmp_path.iterdir()] == ["de.json"]


@pytest.mark.parametrize("name", ["de.po", "de.json", "de.arb"])
@given(id=st.sampled_from(["a", "new", "x|y"]), text=TEXTS)
def test_whatever_somebody_writes_their_reader_reads(name, id, text):
    kind = name.rpartition(".")[2]
    before = PO if kind == "po" else '{"a": "A"}'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(before, encoding="utf-8")
        save(place(path.parent, name, id, syntax="plain"), text, "A" if id == "a" else "")
        own = registry.reader(kind)(path, name, "de", "plain").own

    assert own[id].value == ("" if is_blank(text) else text)
    assert id == "a" or own["a"].value == "A"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("a b c", "a x c", 1),
        ("a b", "a b c", 1),
        ("a", "a", 0),
        ("a b c", "a c", 1),
        ("", "a b", 2),
    ],
)
def test_lines_between_the_first_and_the_last_that_differ_are_counted(old, new, lines):
    assert changed_lines(old.encode().split(), new.encode().split()) == lines
