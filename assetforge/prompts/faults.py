"""What went wrong in a template: its place, the words for it, and advice."""

from __future__ import annotations

import re

from jinja2 import TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError

from assetforge.errors import Diagnostic, Place, did_you_mean
from assetforge.prompts.template import PromptTemplate, end_of, split_lines

TAGS = frozenset(
    {"block", "call", "elif", "else", "endif", "endfor", "extends", "filter", "for"}
    | {"from", "if", "import", "include", "macro", "raw", "set", "with"}
)


def fault(written: PromptTemplate, line: int, error: Exception) -> Diagnostic:
    """Return what an error of rendering means, at a line of the template it came from."""
    place = place_of(written, line, str(error))
    return Diagnostic(_code_of(error), _words_of(error), place)


def syntax_fault(written: PromptTemplate, error: TemplateSyntaxError) -> Diagnostic:
    """Return what an error of syntax means in the template that has it."""
    message = error.message or ""
    unclosed = re.search(r"(?s)end of template.*needs to be closed is '(\w+)'", message)
    if unclosed:
        words = f"'{unclosed[1]}' is opened here and not closed"
        place = _opening(written, unclosed[1])
    else:
        words = _plain_words(message)
        place = place_of(written, error.lineno, words)
    tag = re.match(r"encountered unknown tag '(\w+)'", words)
    help = did_you_mean(tag[1], TAGS) if tag else None
    return Diagnostic("template-syntax", words, place, "in this template", help)


def place_of(written: PromptTemplate, line: int, message: str) -> Place:
    """Return the place in a line of what a message quotes, or else of the line's first markup."""
    lines = split_lines(written.text)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return written.locate(line, *_spot(text, message))


def _spot(line: str, message: str) -> tuple[int, int]:
    """Return column and length."""
    for word in re.findall(r"'([^']+)'", message):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line)
        if found:
            return found.start() + 1, len(word)
    markup = re.search(r"\{[{%#]", line)
    if markup:
        return markup.start() + 1, 2
    return len(line) - len(line.lstrip()) + 1, max(1, len(line.strip()))


def _opening(written: PromptTemplate, tag: str) -> Place:
    """Return the place of the last block of a kind that is opened and not closed."""
    opened: list[int] = []
    for each in re.finditer(rf"\{{%[-+]?\s*(end)?{tag}\b", written.text):
        if each[1] is None:
            opened.append(each.start())
        else:
            del opened[-1:]
    return written.locate(*end_of(written.text[: opened[-1]] if opened else ""), 2)


def _code_of(error: Exception) -> str:
    match error:
        case UndefinedError():
            return "undefined-variable"
        case TemplateNotFound():
            return "missing-template"
        case SecurityError():
            return "template-forbidden"
        case _:
            return "template-error"


def _words_of(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}' in the project"
    if isinstance(error, RecursionError):
        return "the template includes or calls itself without end"
    return _plain_words(str(error) or type(error).__name__)


def _plain_words(text: str) -> str:
    """Return the first line of an error's text in the form of ours."""
    words = text.strip().partition("\n")[0].rstrip(".")
    return words[:1].lower() + words[1:] if words[:2].istitle() else words
