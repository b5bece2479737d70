"""A file of notes as text: one note more or less, and not a byte of all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assetforge.document import parse_document
from assetforge.errors import InvalidSource, UsageProblem
from assetforge.node import Node
from assetforge.notes.note import Note, grouped
from assetforge.notes.reading import notes_in, says_nothing
from assetforge.notes.scalar import scalar, value

HEAD: Final = """\
# Notes on pictures: each asks for one more edit of the picture that the step `after` made.
# Delete what is no longer wanted. `about` is the picture that was seen, for people only.
"""


def with_note(text: str, note: Note, file: str) -> str:
    """Return a file's text with one note more, the last of its variant; `file` is its name.

    Raises:
        UsageProblem: the text is laid out so that a person has to do it.
        InvalidSource: the text is wrong.
    """
    before = notes_in(text, file)
    if says_nothing(text):
        return _proven(_joined(text or HEAD, _block(note, ""), ""), [note], file)
    blocks, keys = _blocks(text, file)
    if note.variant in blocks:
        node = blocks[note.variant]
        at, new = _end(text, node), _item(note, " " * _column(text, node.start))
    else:
        at = _place_among(text, blocks, keys, note.variant)
        new = _block(note, " " * _column(text, next(iter(keys.values()))[0]))
    return _proven(_joined(text[:at], new, text[at:]), [*before, note], file)


def without_note(text: str, note: Note, file: str) -> str:
    """Return a file's text without a note: the first of its variant with the same words.

    Its variant's block goes with the last of its notes.

    Raises:
        UsageProblem: the text is laid out so that a person has to do it.
        InvalidSource: the text is wrong.
    """
    before = notes_in(text, file)
    blocks, keys = _blocks(text, file)
    of_variant = [each for each in before if each.variant == note.variant]
    gone = next(at for at, each in enumerate(of_variant) if is_same(each, note))
    items = blocks[note.variant].items
    assert isinstance(items, list), "BUG: notes that were read are a list"
    if len(items) == 1:
        start = _line_start(text, keys[note.variant][0])
    else:
        start = _dash(text, items[gone].start, _column(text, blocks[note.variant].start))
    end = _end(text, items[gone])
    before.remove(of_variant[gone])
    return _proven(text[:start] + text[end:], before, file)


def is_same(one: Note, other: Note) -> bool:
    """Tell whether two notes ask for the same of the same picture, whoever saw which."""
    return (one.variant, one.after, one.words) == (other.variant, other.after, other.words)


def _proven(text: str, notes: Sequence[Note], file: str) -> str:
    """Return a text that says what it is to say.

    Raises:
        UsageProblem: it does not: the text before was laid out in a way that nobody foresaw.
    """
    try:
        if grouped(notes_in(text, file)) == grouped(notes):
            return text
    except InvalidSource:
        pass  # as bad as another meaning
    raise UsageProblem(f"'{file}' is laid out in a way of its own; change it by hand")


def _blocks(text: str, file: str) -> tuple[dict[str, Node], dict[str, tuple[int, int]]]:
    """Return variant → its list of notes, and where its key stands."""
    root = parse_document(text, file).root
    assert isinstance(root.items, dict), "BUG: notes that were read are a mapping"
    return root.items, root.keys


def _place_among(
    text: str, blocks: dict[str, Node], keys: dict[str, tuple[int, int]], variant: str
) -> int:
    """Return where the block of a variant belongs: before the first that is sorted behind it."""
    last: str | None = None
    for name in blocks:
        if name > variant:
            break
        last = name
    if last is not None:
        return _end(text, blocks[last])
    return _line_start(text, next(iter(keys.values()))[0])


def _block(note: Note, indent: str) -> str:
    return f"{indent}{scalar(note.variant)}:\n{_item(note, f'{indent}  ')}"


def _item(note: Note, indent: str) -> str:
    words, *more = value(note.words, f"{indent}  ")
    lines = [f"{indent}- after: {scalar(note.after)}", f"{indent}  note: {words}", *more]
    if note.about:
        lines.append(f"{indent}  about: {scalar(note.about)}")
    return "".join(f"{each}\n" for each in lines)


def _joined(before: str, new: str, after: str) -> str:
    """Return a text with whole lines put into it, with the ends of line that it has."""
    end = "\r\n" if "\r\n" in before + after else "\n"
    if before and not before.endswith("\n"):
        before += end
    return before + new.replace("\n", end) + after


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _end(text: str, node: Node) -> int:
    """Return where the lines of a value end."""
    while node.items and node.style != "{":
        node = node.items[-1] if isinstance(node.items, list) else [*node.items.values()][-1]
    if text[node.end - 1 : node.end] == "\n":  # a block of lines
        return node.end
    found = text.find("\n", node.end)
    return len(text) if found < 0 else found + 1


def _dash(text: str, at: int, column: int) -> int:
    """Return the start of the line whose dash begins the item that stands at an offset."""
    start = _line_start(text, at)
    while start and text[start : start + column + 1].strip(" ") != "-":
        start = _line_start(text, start - 1)
    return start
