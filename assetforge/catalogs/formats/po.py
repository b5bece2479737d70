"""Catalogs as gettext PO files.

The id of a message is its msgid, which may be a key (`banner.headline`) or the source text itself.
With a msgctxt the id is `context|msgid`, as gettext's own `sgettext` writes it. Obsolete entries
are none. An entry with plural forms is one message, chosen with the expression of the header by
the only whole number that its source text shows (`%(files)d`), else by `count`; it is empty while
one of its forms is. Texts flagged `python-format` or `c-format` are printf texts, unless their
entry has values in braces and no conversion; others are plain ones.

Source: GNU gettext manual, "The Format of PO Files" and "Plural forms".
"""

from __future__ import annotations

import re
from pathlib import Path

from assetforge.catalogs.base import Content, Message, State
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.po_header import (
    OddHeader,
    PluralForms,
    foreign_charset,
    is_template,
    plural_forms,
)
from assetforge.catalogs.formats.po_text import Entry, PoText
from assetforge.catalogs.text import counted, is_blank, read_text
from assetforge.errors import InvalidSource
from assetforge.messages.syntaxes import MessageSyntaxError, read_message

CONTEXT_SEPARATOR = "|"
COUNT = "count"
SOURCE_RULE = "(n != 1)"
"""A msgid and its msgid_plural are forms of English."""

_UNKNOWN = PluralForms(0, "")
_ADD_HEADER = (
    "add what your language needs to the header, such as "
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'
)
_WHOLE_NUMBER = re.compile(r"%\((\w+)\)[di]")
_CONVERSION = re.compile(r"%\(\w+\)[sd]")
_FLAGS = re.compile(r"^[ \t]*#,(.*)$", re.MULTILINE)
_PRINTF_FLAGS = frozenset({"python-format", "c-format"})
_NO_FLAGS: frozenset[str] = frozenset()
_COMMENT = re.compile(r"^[ \t]*#\.[ \t]?(.*)$", re.MULTILINE)
_OBSOLETE = re.compile(r"^[ \t]*#~.*$", re.MULTILINE)
# One word that no banner shows: `banner.headline`, `headline`, `cta_title`, `CTA_TITLE`.
_KEY = re.compile(r"[\w-]+(?:[.:/][\w-]+)+|[a-z][\w-]*|[A-Z0-9]+(?:_[A-Z0-9]+)+", re.ASCII)


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one PO file, and what its entries say in the source locale.

    In the source locale the msgid is the text, unless it looks like a key.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    file = PoText(read_text(path, name).replace("\r", "\n"), name)
    if file.problems:
        raise InvalidSource(file.problems)
    reading = _Reading(file, name, syntax)
    for entry in file.entries:
        if entry.id:
            reading.add(entry)
    reading.entries.check()
    warnings = tuple(reading.entries.warnings)
    return Content(own=reading.own, source=reading.source, warnings=warnings)


class _Reading:
    """Turns the entries of one file into messages."""

    def __init__(self, file: PoText, name: str, syntax: str) -> None:
        self.own: dict[str, Message] = {}
        self.source: dict[str, Message] = {}
        self.entries = Entries(name, syntax)
        self._file = file
        self._syntax = syntax
        self._header = next((one for one in file.entries if not one.id + one.context), None)
        self._plural_forms = self._read_header()
        self._may_warn = not syntax and "%(" in file.text

    def add(self, entry: Entry) -> None:
        """Add what an entry says in both locales."""
        comments, context, id, plural, text, forms, start = entry
        state: State = ""
        comment, syntax = "", self._syntax or "plain"
        if "#." in comments or "#," in comments:
            comments = comments[_end_of_obsolete(comments) :]
            flags = _flags(comments) if "#," in comments else _NO_FLAGS
            state = "fuzzy" if "fuzzy" in flags else ""
            syntax = self._syntax or ("plain" if flags.isdisjoint(_PRINTF_FLAGS) else "printf")
            comment = "\n".join(_COMMENT.findall(comments)).strip()
            if syntax == "printf" and not self._syntax and _takes_braces(entry):
                syntax = "plain"
        if context:
            id = f"{context}{CONTEXT_SEPARATOR}{id}"
        chooser = COUNT
        if forms is None:
            line, column = self._file.spot(start)
            own = self.entries.message(id, text, line, column, 6, state, comment, None, syntax)
        else:
            chooser = _chooser(entry.id, plural, syntax)
            own = self._plural(forms, id, state, comment, syntax, chooser)
        self.entries.keep(self.own, id, own)
        if self._may_warn and "-format" not in comments:
            self._warn_of_printf(entry, own)
        if " " in entry.id or not _KEY.fullmatch(entry.id):
            self._add_source(id, entry.id, plural, own, syntax, chooser)

    def _warn_of_printf(self, entry: Entry, own: Message) -> None:
        """Warn, once, of an entry whose values are shown as text: nobody said its syntax."""
        hit = next(filter(None, map(_CONVERSION.search, _texts_of(entry))), None)
        if hit:
            self._may_warn = False
            said = f"{hit[0]!r} is shown as it is: nothing says that it is a value"
            help = "flag the entry `python-format`, or say `syntax: printf` for the catalog"
            place = own.line, own.column, own.length
            self.entries.warning("syntax-not-said", said, *place, help)

    def _add_source(
        self, id: str, text: str, plural: str, own: Message, syntax: str, chooser: str
    ) -> None:
        """Add what an entry says in the source locale, at the place of its translation."""
        if plural and syntax == "printf":
            text, plural = counted(text), counted(plural)
        said = self.entries.source(text, own, syntax)
        if plural:
            place = own.line, own.column, own.length
            many = self.entries.message(id, plural, *place, syntax=syntax)
            forms = {"0": said, "1": many}
            said = self.entries.plural(said, forms, chooser, "gettext", SOURCE_RULE)
        if not is_blank(text):
            self.source.setdefault(id, said)

    def _plural(
        self,
        written: dict[int, tuple[int, str]],
        id: str,
        state: State,
        comment: str,
        syntax: str,
        chooser: str,
    ) -> Message:
        """Return the message of an entry with plural forms; empty if it lacks one."""
        forms = {}
        named = counted if syntax == "printf" else str
        for number, (start, text) in sorted(written.items()):
            line, column = self._file.spot(start)
            length = len(f"msgstr[{number}]")
            forms[number] = self.entries.message(
                id, named(text), line, column, length, state, comment, syntax=syntax
            )
        first = next(iter(forms.values()))
        filled = {number: form for number, form in forms.items() if form.state != "empty"}
        rule = self._rule_for(filled)
        if not rule.count or any(number not in filled for number in range(rule.count)):
            return first._replace(value="", state="empty")
        cases = {str(number): filled[number] for number in range(rule.count)}
        return self.entries.plural(first, cases, chooser, "gettext", rule.rule)

    def _rule_for(self, forms: dict[int, Message]) -> PluralForms:
        """Return how the header forms plurals; it must say so if there are any."""
        rule = self._plural_forms
        if rule is None and forms:
            first = min(forms.values(), key=lambda form: form.line)
            self._problem_at(first, "there are plurals, but the header has no Plural-Forms")
            # Said once.
            self._plural_forms = _UNKNOWN
        if rule is None or rule is _UNKNOWN:
            return _UNKNOWN
        for number, form in forms.items():
            if number >= rule.count:
                message = f"msgstr[{number}] is one form too many: nplurals is {rule.count}"
                self.entries.problem("po-plural", message, form.line, form.column, form.length)
        return rule

    def _problem_at(self, form: Message, message: str) -> None:
        self.entries.problem(
            "po-plural", message, form.line, form.column, form.length, help=_ADD_HEADER
        )

    def _read_header(self) -> PluralForms | None:
        """Return how plurals are formed; None where the header does not say."""
        header = self._header
        if header is None:
            return None
        charset = foreign_charset(header.text)
        if charset:
            message = f"charset {charset!r} is not UTF-8"
            help = "convert the file with `msgconv --to-code=UTF-8`"
            self._header_problem("po-charset", message, charset, help)
        if is_template(header.text):
            return None
        try:
            return plural_forms(header.text)
        except OddHeader as error:
            self._header_problem("po-plural", str(error), "Plural-Forms", _ADD_HEADER)
            return _UNKNOWN

    def _header_problem(self, code: str, message: str, word: str, help: str) -> None:
        """Note a problem at a word of the header, or at its first line."""
        start = self._header.start if self._header else 0
        found = self._file.text.find(word, start)
        line, column = self._file.spot(found if found >= 0 else start)
        self.entries.problem(code, message, line, column, len(word), help)


def _texts_of(entry: Entry) -> list[str]:
    """Return all that an entry says, in both languages."""
    forms = [text for _, text in entry.forms.values()] if entry.forms else []
    return [entry.id, entry.plural, entry.text, *forms]


def _takes_braces(entry: Entry) -> bool:
    """Tell whether an entry has values in braces, and no conversion of printf."""
    texts = _texts_of(entry)
    if not any("{" in text for text in texts):
        return False
    try:
        values = [read_message(text.replace("%%", "%s"), "printf") for text in texts]
    except MessageSyntaxError:
        return False
    return all(isinstance(value, str) for value in values)


def _chooser(one: str, many: str, syntax: str) -> str:
    """Return the value that a plural is chosen by: the only whole number it shows, or `count`."""
    shown = set(_WHOLE_NUMBER.findall(f"{one} {many}")) if syntax == "printf" else set()
    return shown.pop() if len(shown) == 1 else COUNT


def _end_of_obsolete(comments: str) -> int:
    """Return where the comments of an entry begin, behind those of obsolete entries before it."""
    if "#~" not in comments:
        return 0
    return max((match.end() for match in _OBSOLETE.finditer(comments)), default=0)


def _flags(comments: str) -> frozenset[str]:
    flags = ",".join(_FLAGS.findall(comments)).split(",")
    return frozenset(flag.strip() for flag in flags)
