from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assetforge.errors import UsageProblem
from assetforge.notes.note import CONTROL, Note, said
from assetforge.notes.reading import notes_in
from assetforge.notes.text import HEAD, with_note, without_note

FILE = "assetforge.notes/banner.yaml"

WRITTEN = """\
# Mine.

# The German one.
banner/wide/de:   # ask Ada
  - after: edit        # the step
    note: >
      Make the bird
      smaller.

  # and then
  - note: 'It''s too dark: lift it.'
    after: edit
    about: 3f2a9c01d2e4
# The Japanese one.
banner/wide/ja:
- {after: compose, note: "No clouds."}
# The end.
"""

TEXTS = st.text(min_size=1, max_size=60).filter(
    lambda text: text.strip() and not CONTROL.search(text)
)
LINES = st.lists(
    st.text(st.sampled_from("ab:#- '\"{[|>&*!%@`\t,?."), max_size=8), min_size=1, max_size=4
).map("\n".join)


def note(variant="banner/wide/de", words="Make the bird smaller.", after="edit", about=""):
    return Note(variant, after, words, about)


def test_the_first_note_makes_a_file_that_says_what_it_is_for():
    assert with_note("", note(about="3f2a9c01d2e4"), FILE) == HEAD + (
        "banner/wide/de:\n"
        "  - after: edit\n"
        "    note: Make the bird smaller.\n"
        "    about: 3f2a9c01d2e4\n"
    )


@given(words=TEXTS | LINES.filter(str.strip))
@example(words="null")
@example(words="- a\n\n  b\n \nc")
@example(words="a\n\n\nb")
@example(words="a: b # c")
@example(words="{{ vars.x }}")
@example(words="100 %")
@example(words="Right-to-left \u202e\u2066 and \u2028 \ufeff \uffff \U0001f426")
def test_every_text_reads_back_exactly(words):
    text = with_note("", note(words=said(words)), FILE)

    assert notes_in(text, FILE) == [note(words=said(words))]


@given(after=st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/{}*?[]"),
                     min_size=1, max_size=20))  # fmt: skip
def test_every_name_reads_back_exactly(after):
    text = with_note("", note(variant=f"banner/{after}", after=after), FILE)

    assert notes_in(text, FILE) == [note(variant=f"banner/{after}", after=after)]


def test_an_asset_without_a_matrix_may_have_a_name_that_yaml_knows():
    text = with_note("", note(variant="null", after="no"), FILE)

    assert notes_in(text, FILE) == [note(variant="null", after="no")]


def test_several_lines_are_written_as_lines():
    assert "note: |-\n      One.\n\n      Two.\n" in with_note("", note(words="One.\n\nTwo."), FILE)


def added_lines(before, after):
    """Return the lines that a text has more than another, which has none that it lacks."""
    rest = before.splitlines(keepends=True)
    added = []
    for line in after.splitlines(keepends=True):
        if rest and rest[0] == line:
            rest.pop(0)
        else:
            added.append(line)
    assert not rest, "a line is gone or has changed"
    return "".join(added)


@pytest.mark.parametrize(
    ("variant", "before"),
    [
        ("banner/tall/de", "# The German one.\nbanner/wide/de:"),
        ("banner/wide/fr", "# The Japanese one."),
        ("banner/wide/zh", "# The end."),
    ],
)
def test_a_new_variant_stands_in_its_place_and_nothing_else_changes(variant, before):
    text = with_note(WRITTEN, note(variant=variant), FILE)

    added = f"{variant}:\n  - after: edit\n    note: Make the bird smaller.\n"
    assert added_lines(WRITTEN, text) == added
    if variant != "banner/tall/de":
        assert added + before in text


def test_a_further_note_is_the_last_of_its_variant():
    text = with_note(WRITTEN, note(words="No clouds."), FILE)

    assert added_lines(WRITTEN, text) == "  - after: edit\n    note: No clouds.\n"
    assert "about: 3f2a9c01d2e4\n  - after: edit\n    note: No clouds.\n# The Japanese" in text
    assert [each.words for each in notes_in(text, FILE) if each.variant == "banner/wide/de"] == [
        "Make the bird smaller.",
        "It's too dark: lift it.",
        "No clouds.",
    ]


def test_dashes_stay_in_the_column_that_they_have():
    text = with_note(WRITTEN, note(variant="banner/wide/ja"), FILE)

    assert '"No clouds."}\n- after: edit\n  note: Make the bird smaller.\n# The end.' in text


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("Make the bird smaller.", "  - after: edit        # the step\n    note: >\n"
         "      Make the bird\n      smaller.\n\n"),
        ("It's too dark: lift it.", "  - note: 'It''s too dark: lift it.'\n    after: edit\n"
         "    about: 3f2a9c01d2e4\n"),
    ],
)  # fmt: skip
def test_a_note_goes_with_its_own_lines_only(words, gone):
    text = without_note(WRITTEN, note(words=words), FILE)

    assert added_lines(text, WRITTEN).strip("\n") == gone.strip("\n")


def test_the_last_note_of_a_variant_takes_its_block_along():
    text = without_note(WRITTEN, note("banner/wide/ja", "No clouds.", "compose"), FILE)

    assert added_lines(text, WRITTEN) == (
        'banner/wide/ja:\n- {after: compose, note: "No clouds."}\n'
    )


def test_ends_of_line_stay_as_they_are():
    text = with_note(WRITTEN.replace("\n", "\r\n"), note("banner/wide/fr", "One.\nTwo."), FILE)

    assert "\n" not in text.replace("\r\n", "")
    assert notes_in(text, FILE)[2] == note("banner/wide/fr", "One.\nTwo.")


def test_a_file_without_an_end_of_line_gets_one():
    before = "banner/wide/de:\n  - after: edit\n    note: One."

    assert with_note(before, note(), FILE).startswith(before + "\n  - after: edit\n")


def test_comments_alone_are_kept():
    assert with_note("# Mine.", note(), FILE).startswith("# Mine.\nbanner/wide/de:\n")


@pytest.mark.parametrize("change", [with_note, without_note])
@pytest.mark.parametrize(
    "layout",
    [
        "{banner/wide/de: [{after: edit, note: Make the bird smaller.}]}\n",
        "banner/wide/de: [{after: edit, note: One.},\n"
        "  {after: edit, note: Make the bird smaller.}]\n",
        "banner/a: &a\n- {after: edit, note: Make the bird smaller.}\nbanner/wide/de: *a\n",
        "? banner/wide/de\n: - after: edit\n    note: Make the bird smaller.\n"
        "  - {after: edit, note: One.}\n? banner/b\n: - {after: edit, note: One.}\n",
    ],
)
def test_what_is_laid_out_in_a_way_of_its_own_is_right_or_left_alone(layout, change):
    before = notes_in(layout, FILE)
    said = note(words="Two.") if change is with_note else note()
    try:
        after = notes_in(change(layout, said, FILE), FILE)
    except UsageProblem as refused:
        after, words = None, str(refused)
        assert words == f"'{FILE}' is laid out in a way of its own; change it by hand"
    if after is not None:
        assert sorted(after, key=str) == sorted(
            [*before, said] if change is with_note else [each for each in before if each != said],
            key=str,
        )


CHANGES = st.tuples(
    st.sampled_from(["a", "b/c", "b/d", "e"]),
    st.sampled_from(["One.", "Two:\n# three"]),
    st.booleans(),
)


@given(st.lists(CHANGES, max_size=12))
def test_any_sequence_of_additions_and_removals_is_what_it_says(steps):
    text, notes = "", []
    for variant, words, adds in steps:
        one = note(variant, words)
        if adds:
            text = with_note(text, one, FILE)
            notes.append(one)
        elif one in notes:
            text = without_note(text, one, FILE)
            notes.remove(one)

    assert sorted(notes, key=lambda each: each.variant) == notes_in(text, FILE)
