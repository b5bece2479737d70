"""What templates read from `locale`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assetforge.locales import Locale

FACTS = (
    "id",
    "tag",
    "language",
    "script",
    "region",
    "direction",
    "mirror",
    "name",
    "english_name",
    "native_name",
)
"""What templates may read from every `locale`."""


class LocaleFacts(Mapping[str, Any]):
    """What templates may read from `locale`: what its axis says of it, then the facts.

    A fact is found when it is first read: the names need CLDR's data of the locale.
    """

    def __init__(self, locale: Locale, own: Mapping[str, Any]) -> None:
        self._locale = locale
        self._own = own
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._found:
            return self._found[name]
        if name in self._own:
            return self._own[name]
        if name in FACTS:
            return self._found.setdefault(name, getattr(self._locale, name))
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*FACTS, *self._own)))

    def __len__(self) -> int:
        return len({*FACTS, *self._own})
