"""How long a text may be, as the pipeline file says it: `30`, `60 columns`, `play.title`."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from assetforge.errors import did_you_mean

Unit: TypeAlias = Literal["graphemes", "characters", "columns", "bytes"]
"""What is counted: what a reader takes for one letter; code points; the width in columns, where
Chinese, Japanese and Korean letters take two; bytes of UTF-8."""

UNITS: tuple[Unit, ...] = get_args(Unit)

# Sources: Google Play Console Help "Create and set up your app"; App Store Connect Help "App
# information" and "Platform version information"; both read 2026-11-21. Both count characters.
STORE_LIMITS = {
    "play.title": 30,
    "play.short_description": 80,
    "play.full_description": 4000,
    "app-store.name": 30,
    "app-store.subtitle": 30,
    "app-store.promotional_text": 170,
    "app-store.keywords": 100,
    "app-store.description": 4000,
}
"""What app stores allow, in characters."""


class Length(NamedTuple):
    """The most that a text may have of a unit; `preset` is the store's limit that it is."""

    most: int
    unit: Unit = "graphemes"
    preset: str = ""

    def __str__(self) -> str:
        return self.preset or (str(self.most) if self.unit == "graphemes" else self.words)

    @property
    def words(self) -> str:
        """The amount in words, such as `30 characters`."""
        return f"{self.most} {self.unit if self.most != 1 else self.unit.removesuffix('s')}"

    @classmethod
    def parse(cls, written: object) -> Length:
        """Read `30`, `30 characters` or `play.title`.

        Raises:
            ValueError: it is no length.
        """
        if isinstance(written, cls):
            return written
        text = str(written).strip()
        if text in STORE_LIMITS:
            return cls(STORE_LIMITS[text], "characters", text)
        match = re.fullmatch(r"([1-9][0-9]{0,5})(?:\s+([a-z]+))?", text)
        units = [unit for unit in UNITS if match and (match[2] or "graphemes") in (unit, unit[:-1])]
        if match is None or isinstance(written, bool) or not units:
            words = (*UNITS, *STORE_LIMITS)
            near = did_you_mean(text.split()[-1] if text else "", words)
            advice = near or f"units are {', '.join(UNITS)}"
            raise ValueError(f"a length is written as 30, '30 characters' or play.title; {advice}")
        return cls(int(match[1]), units[0])

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Accept the written form only."""
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the written forms."""
        units = "|".join(f"{unit[:-1]}s?" for unit in UNITS)
        return {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 999_999},
                {"enum": list(STORE_LIMITS)},
                {"type": "string", "pattern": rf"^[1-9][0-9]{{0,5}}(\s+({units}))?$"},
            ]
        }
