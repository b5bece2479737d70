"""What the emulator's judge says: nothing of the picture, all by the question and its script."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assetforge.digest import digest_of
from assetforge.emulator.chat_checks import Question
from assetforge.emulator.settings import Judge
from assetforge.emulator.slips import slips

STRAY: Final = "lorem ipsum"
"""Text that a judge reads where none was ordered."""

PLAIN: Final = "A picture."
"""What is said where no form of an answer was asked for."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a judge reads: slot → text, which of them differ, and other text."""

    texts: Mapping[str, str]
    wrong: frozenset[str] = frozenset()
    other: tuple[str, ...] = ()


def scripted(question: Question, judge: Judge) -> str:
    """Return the words of the answer; the same question is always answered the same."""
    if question.schema is None:
        return PLAIN
    ordered = ordered_texts(question.words)
    read = _wrong(ordered, question) if judge == "wrong" else Read(ordered)
    said = json.dumps(_value(question.schema, (), read), ensure_ascii=False)
    return said[: len(said) // 2] if judge == "garbled" else said


def ordered_texts(words: str) -> dict[str, str]:
    """Return the texts that instructions name: a line of JSON holds them by their slots."""
    for line in words.split("\n"):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        match said:
            case {"texts": [*texts]}:
                return {each["slot"]: each["text"] for each in texts}
    return {}


def _wrong(ordered: Mapping[str, str], question: Question) -> Read:
    seed = digest_of(question.words.encode("utf-8", "surrogatepass")).encode()
    for slip in slips(ordered, seed, 100):
        return Read({**ordered, slip.slot: slip.drawn}, frozenset({slip.slot}))
    return Read(ordered, other=(STRAY,))


def _value(schema: Mapping[str, Any], path: Sequence[str], read: Read) -> Any:
    """Return a value of a schema that says what was read; `path` are the names that lead to it."""
    match schema.get("type"):
        case "object":
            properties: Mapping[str, Any] = schema.get("properties", {})
            return {name: _value(each, (*path, name), read) for name, each in properties.items()}
        case "array":
            lines = list(read.texts.values()) if path[-1:] == ("lines",) else []
            return [*lines, *read.other]
        case "boolean":
            return not (path[-1:] == ("equal",) and read.wrong.intersection(path))
        case _:
            return next((read.texts[each] for each in path if each in read.texts), "")
