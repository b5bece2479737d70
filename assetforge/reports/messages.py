"""The messages in use, for translators: a POT file, or a JSON document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from assetforge.digest import Json
from assetforge.extraction import MessageInUse, Use, WordLimit, limits_of
from assetforge.length import Length
from assetforge.messages.notation import written
from assetforge.messages.pattern import Choice, Pattern, Placeholder, Value, names

SCHEMA: Final = "assetforge.messages/1"

CONTEXT_SEPARATOR: Final = "|"
"""Between msgctxt and msgid in the id of a PO message."""

GENERATOR: Final = "X-Generator: assetforge"

HEADER: Final = (
    "Project-Id-Version: \n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    f"{GENERATOR}\n"
)
"""Without a date: the same messages give the same bytes."""

PLURAL_HEADER: Final = "Language: \nPlural-Forms: nplurals=INTEGER; plural=EXPRESSION;\n"
"""What gettext's tools fill in for a language, where there are plurals."""

PO_SUFFIXES: Final = (".po", ".pot")

_PRINTF: Final = re.compile(r"%\((\w+)\)[-#0 +.\d]*[a-z]")

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r", "\n": "\\n"}


def several(messages: Iterable[MessageInUse]) -> list[str]:
    """Return the ids that messages of several catalogs have: a POT file can hold one of each."""
    counts = Counter(each.id for each in messages)
    return [id for id, count in counts.items() if count > 1]


def messages_document(messages: Iterable[MessageInUse]) -> dict[str, Json]:
    """Return `assetforge.messages/1`."""
    return {"schema": SCHEMA, "messages": [_message_json(each) for each in messages]}


def _message_json(message: MessageInUse) -> Json:
    value = message.source.message.value if message.source else None
    placeholders = [] if value is None else sorted(names(value))
    return {
        "id": message.id,
        "text": None if value is None else written(value),
        "comment": message.comment,
        "limits": [
            {"most": each.most, "unit": each.unit, "preset": _preset(each) or None}
            for each in message.limits
        ],
        "placeholders": [*placeholders],
        "used_by": [_use_json(each) for each in message.uses],
        "inside": list(message.inside),
    }


def _preset(limit: Length | WordLimit) -> str:
    return limit.preset if isinstance(limit, Length) else ""


def _use_json(use: Use) -> Json:
    return {
        "asset": use.asset,
        "step": use.step or None,
        "slot": use.slot or None,
        "sizes": list(use.sizes),
        "place": str(use.place),
    }


def pot_text(messages: Sequence[MessageInUse]) -> str:
    """Return a POT file: what a translator has to know of each message, and no translation.

    The msgid is the id as it is, without its context: of catalogs whose ids are source texts that
    is the text; else the comment `source:` has it.
    """
    plurals = any(_names_of(each)[2] for each in messages)
    header = HEADER + (PLURAL_HEADER if plurals else "")
    blocks = ["\n".join(['msgid ""', f"msgstr {_quoted(header)}"])]
    blocks += ["\n".join(_entry(each)) for each in messages]
    return "\n\n".join(blocks) + "\n"


def _entry(message: MessageInUse) -> Iterator[str]:
    value: Value = message.source.message.value if message.source else ""
    context, id, many = _names_of(message)
    yield from _comment(message.comment)
    if value and is_key(message):
        yield from _comment(f"source: {written(value)}")
    for use in message.uses:
        yield from _comment(use_words(use))
    stated = message.source.message.max_length if message.source else None
    if stated:
        yield from _comment(f"at most {Length(stated, 'characters').words}")
    for inside in message.inside:
        yield from _comment(f"shown inside '{inside}'")
    for place in dict.fromkeys(use.place for use in message.uses):
        yield f"#: {place.file}:{place.line}" if place.line else f"#: {place.file}"
    if context:
        yield f"msgctxt {_quoted(context)}"
    yield f"msgid {_quoted(id)}"
    if many is None:
        yield 'msgstr ""'
    else:
        yield from (f"msgid_plural {_quoted(many)}", 'msgstr[0] ""', 'msgstr[1] ""')


def use_words(use: Use) -> str:
    """Return one use for translators: `headline of banner: at most 30 letters; 1200x628`."""
    who = f"{use.slot} of {use.asset}"
    if not use.slot:
        who = f"prompt of {use.asset}/{use.step}" if use.step else f"alt text of {use.asset}"
    limits = ", ".join(map(_limit_words, limits_of(use.bounds)))
    facts = [f"at most {limits}" if limits else "", ", ".join(use.sizes)]
    said = "; ".join(each for each in facts if each)
    return f"{who}: {said}" if said else who


def _limit_words(limit: Length | WordLimit) -> str:
    """Return a limit in a translator's words: a grapheme is what a reader takes for a letter."""
    words = limit.words.replace("grapheme", "letter")
    return f"{words} ({_preset(limit)})" if _preset(limit) else words


def _names_of(message: MessageInUse) -> tuple[str, str, str | None]:
    """Return msgctxt, msgid and msgid_plural of a message; None: it has no plural forms."""
    in_po = message.source is not None and message.source.file.endswith(PO_SUFFIXES)
    context, bar, rest = message.id.partition(CONTEXT_SEPARATOR)
    if not (in_po and bar and context and rest):
        context, rest = "", message.id
    many = _plural_of(message.source.message.value) if message.source else None
    if many is None:
        return context, rest, None
    return context, rest, _as_in(rest, many) if in_po and not is_key(message) else rest


def is_key(message: MessageInUse) -> bool:
    """Tell whether an id is a name, not the source text itself."""
    value = message.source.message.value if message.source else ""
    if isinstance(value, str):
        return value not in (message.id, message.id.partition(CONTEXT_SEPARATOR)[2])
    return " " not in message.id


def _plural_of(value: Value) -> Pattern | None:
    """Return the last form of a message that is nothing but a plural."""
    if isinstance(value, str) or len(value) != 1:
        return None
    (choice,) = value
    if not isinstance(choice, Choice) or choice.kind not in ("plural", "gettext"):
        return None
    return choice.cases[-1][1]


def _as_in(msgid: str, form: Pattern) -> str:
    """Return a form, with values put in as the msgid does: `%(n)d`, else `{n}`."""
    tokens = {match[1]: match[0] for match in _PRINTF.finditer(msgid)}
    return "".join(
        each
        if isinstance(each, str)
        else tokens.get(each.name, written((each,)))
        if isinstance(each, Placeholder)
        else written((each,))
        for each in form
    )


def _comment(text: str) -> Iterator[str]:
    return (f"#. {line}".rstrip() for line in text.splitlines())


def _quoted(text: str) -> str:
    """Return a PO string; one of several lines is broken where its lines are."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text) or [""]
    written_lines = [f'"{"".join(_ESCAPES.get(each, each) for each in line)}"' for line in lines]
    return written_lines[0] if len(lines) == 1 else "\n".join(['""', *written_lines])
