"""The documents about texts: how they stand in each locale, and what translators get."""

from __future__ import annotations

from typing import Final

from assetforge.shapes.fields import Shape, count, flag, mapping, or_null, record, rows, text, word
from assetforge.shapes.parts import listed

PLACE: Final = text("Where it is asked for, as `file:line:column`.")
FOUND: Final = text("Where it stands, as `file:line:column`.")
STEP: Final = or_null(text("Name of the step; null: the alt text."))
SLOT: Final = or_null(text("The slot of the copy; null: the alt text, or `t()`."))
STATES: Final = ("fallback", "fuzzy", "too-long", "mismatched", "missing")

_DETAIL: Final = record(
    "One text.",
    {
        "message": or_null(text("Id of the message; null: a text of the pipeline file itself.")),
        "state": word("What is the matter with it.", "plural-form", *STATES),
        "step": STEP,
        "slot": SLOT,
        "supplier": or_null(text("Locale whose text is shown; null: none.")),
        "tried": listed("Locales that lack the text."),
        "place": PLACE,
        "found_at": or_null(text("Where the text stands that is shown; null: nowhere.")),
        "words": text("The same, for people."),
    },
)

LOCALES: Final[dict[str, Shape]] = {
    "complete": flag("Whether every state is `complete`."),
    "source": text("The locale the texts are first written in."),
    "assets": rows(
        "One entry for each asset in each of its locales, the worst locales first.",
        record(
            "One asset in one locale.",
            {
                "asset": text("Name of the asset."),
                "locale": text("The locale, as in the pipeline file."),
                "name": text("The locale's name in English."),
                "native_name": text("The locale's name in its own language."),
                "direction": word("Where its lines go.", "ltr", "rtl"),
                "state": word("The worst of its texts.", "complete", *STATES),
                "messages": count("Texts in use: the sum of the next five."),
                "own": count("Texts of the locale itself."),
                "inherited": count("Texts of another locale of its language."),
                "fallback": count("Texts that are shown in another language."),
                "fuzzy": count("Texts whose translator is not sure."),
                "missing": count("Texts that are nowhere."),
                "too_long": count("Texts that are over a limit."),
                "mismatched": count("Texts with other placeholders than the source text."),
                "plural_forms": count("Texts that lack a plural form."),
                "suppliers": mapping(
                    "Other locale -> how many texts are shown of it.",
                    {"type": "integer", "minimum": 1},
                ),
                "details": rows("All that is not as it should be.", _DETAIL),
            },
        ),
    ),
    "stale": or_null(
        record(
            "With `--stale`, what is there in vain; else null.",
            {
                "unused": rows(
                    "Messages that no picture uses.",
                    record(
                        "One message.",
                        {
                            "message": text("Its id."),
                            "place": FOUND,
                            "locales": count("How many other locales translate it."),
                        },
                    ),
                ),
                "not_in_source": rows(
                    "Translations of what the source locale lacks.",
                    record(
                        "One translation.",
                        {
                            "message": text("Its id."),
                            "locale": text("Its locale."),
                            "place": FOUND,
                        },
                    ),
                ),
            },
        )
    ),
    "hardcoded": or_null(
        rows(
            "With `--hardcoded`, the texts that are in no catalog; else null.",
            record(
                "One text.",
                {
                    "kind": word("How it is written.", "copy", "quoted", "words"),
                    "text": text("The text."),
                    "asset": text("The asset that shows it."),
                    "place": FOUND,
                    "message": or_null(text("Id of a message with the same text; null: none.")),
                    "advice": text("What to do."),
                },
            ),
        )
    ),
}

MESSAGES: Final[dict[str, Shape]] = {
    "messages": rows(
        "The messages that pictures use, by id.",
        record(
            "One message.",
            {
                "id": text("Its id."),
                "text": or_null(
                    text("In the source locale, in ICU's notation; null: it lacks it.")
                ),
                "comment": text("What its author tells translators; may be empty."),
                "limits": rows(
                    "How long it may be.",
                    record(
                        "One limit.",
                        {
                            "most": count("At most so many.", 1),
                            "unit": word(
                                "What is counted.",
                                *("graphemes", "characters", "columns", "bytes", "words"),
                                "lines",
                            ),
                            "preset": or_null(text("The shop's limit that it is; null: none.")),
                        },
                    ),
                ),
                "placeholders": listed("Names of its placeholders."),
                "used_by": rows(
                    "Where it is used.",
                    record(
                        "One use.",
                        {
                            "asset": text("The asset."),
                            "step": STEP,
                            "slot": SLOT,
                            "sizes": listed("Sizes of the finished pictures."),
                            "place": PLACE,
                        },
                    ),
                ),
                "inside": listed("Ids of messages that show it."),
            },
        ),
    ),
}
