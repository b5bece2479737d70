"""A locale as templates see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assetforge.locales.naming import english_name, native_name
from assetforge.locales.tags import UNKNOWN_SCRIPT, canonical, maximised

# The scripts that CLDR's script metadata calls right to left, most of them long out of use.
_RIGHT_TO_LEFT = """
Adlm Arab Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero
Narb Nbat Nkoo Orkh Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Thaa Yezi
"""
RIGHT_TO_LEFT = frozenset(_RIGHT_TO_LEFT.split())


@dataclass(frozen=True, slots=True)
class Locale:
    """A locale of the project, as templates see it.

    Attributes:
        id: as the user wrote it, never rewritten: folders, columns and output paths use it.
        tag: canonical BCP 47 tag, such as `zh-Hant-TW` for `zh_TW`; of a locale that the project
            declares, the tag of the one it is like. Numbers and plurals follow it.
        language: ISO 639 code, lower case.
        script: ISO 15924 code, also when the id leaves it out; `Zzzz` when nobody knows.
        region: ISO 3166 code or UN number; empty when the id names none.
        direction: how lines run, `ltr` or `rtl`.
        declared_name: what the project calls it; empty when it does not say.
    """

    id: str
    tag: str
    language: str
    script: str
    region: str
    direction: str
    declared_name: str = ""

    @property
    def mirror(self) -> bool:
        """Whether a layout made for left to right has to be turned around."""
        return self.direction == "rtl"

    @property
    def name(self) -> str:
        """The English name, such as `German (Switzerland)`; the id when CLDR has none."""
        return self.declared_name or english_name(canonical(self.tag)) or self.id

    english_name = name  # both words are usual in templates

    @property
    def native_name(self) -> str:
        """The name in the locale's own language, else the English one."""
        return self.declared_name or native_name(canonical(self.tag)) or self.name


@lru_cache(maxsize=4096)
def parse_locale(id: str) -> Locale:
    """Read a locale id in any usual spelling: `pt-BR`, `pt_BR.UTF-8`, `sr@latin`, `b+es+419`.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    tag = canonical(id)
    script = maximised(tag).script or UNKNOWN_SCRIPT
    direction = "rtl" if script in RIGHT_TO_LEFT else "ltr"
    return Locale(id, str(tag), tag.language, script, tag.region, direction)
