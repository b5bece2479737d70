"""The locales a project knows: all language tags, and those that it declares itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from assetforge.locales.locale import Locale, parse_locale
from assetforge.locales.matching import StandIn, candidates, chain, clashing, stand_in_of
from assetforge.locales.pseudo import is_pseudo
from assetforge.locales.tags import MAX_ID_CHARACTERS, InvalidLocale, Tag, canonical, invalid

# It names folders and files, also where a final dot is dropped.
_DECLARABLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9@+_.-]*[A-Za-z0-9])?")
# From the first extension (`-u-`) or private part (`-x-`) of a language tag on.
_DROPPED = re.compile(r"[-_+]([A-Za-z0-9][-_+][A-Za-z0-9_+-]+)")
_NONE: Mapping[str, CustomLocale] = MappingProxyType({})
_NO_FALLBACK: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CustomLocale:
    """What a project says of a locale that it declares.

    Attributes:
        like: language tag of the locale whose script, direction, plurals and formats it has.
        direction: `ltr` or `rtl`, if not that of `like`.
        name: in prompts, if not that of `like`.
    """

    like: str
    direction: str | None = None
    name: str | None = None


class KnownLocales:
    """Reads and matches locale ids as one project means them.

    `custom` declares locales by any id, one that is a language tag too: what is declared wins.
    `fallback` names the locales whose text may stand in for another language or script. Both may
    not change: answers are remembered.
    """

    def __init__(
        self,
        custom: Mapping[str, CustomLocale] = _NONE,
        fallback: Mapping[str, Sequence[str]] = _NO_FALLBACK,
    ) -> None:
        """Check all ids.

        Raises:
            InvalidLocale: an id is no locale, two declarations are of one locale, or `fallback`
                names a pseudo-locale.
        """
        self._custom = {id: _declared(id, custom[id]) for id in custom}
        self._identities = {id: _full_identity(id) for id in custom}
        _refuse_clashes(self._identities)
        self._by_identity = {identity: id for id, identity in self._identities.items()}
        self._candidates: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        for id in (id for key, ids in fallback.items() for id in (key, *ids)):
            _refuse_pseudo(id)
            self.identity(id)
        wanted = {id: self.identity(id) for id in fallback}
        _refuse_clashes(wanted)
        self._fallback = {wanted[id]: tuple(fallback[id]) for id in fallback}

    def parse(self, id: str) -> Locale:
        """Read a locale id; a declared locale has the tag of the one it is like.

        Raises:
            InvalidLocale: the id is neither declared nor a language tag.
        """
        declared = self._declared_id(id)
        if declared is None:
            return parse_locale(id)
        locale = self._custom[declared]
        return locale if declared == id else replace(locale, id=id)

    def identity(self, id: str) -> str:
        """Return what decides whether two ids are one locale.

        Raises:
            InvalidLocale: the id is neither declared nor a language tag.
        """
        found = self._identities.get(id)
        if found is not None:
            return found
        full = _full_identity(id) if self._custom else ""
        return full if full in self._by_identity else identity_of(id)

    def candidates(self, want: str, available: Sequence[str]) -> list[str]:
        """Return the available ids whose text a reader of `want` takes for their own, best first.

        As the function of that name; a declared locale takes its own text, then that of the one it
        is like. Nobody but itself takes its text.

        Raises:
            InvalidLocale: one of the ids is neither declared nor a language tag.
        """
        if not self._custom:
            return candidates(want, available)
        key = want, tuple(available)
        if key not in self._candidates:
            self._candidates[key] = tuple(self._chosen(*key))
        return list(self._candidates[key])

    def fallbacks(self, want: str, available: Sequence[str]) -> list[str]:
        """Return the available ids that `fallback` lets stand in for `want`, in its order.

        Of `want` and its parents, the nearest that `fallback` names decides. Each entry brings its
        own candidates; those that `want` has without it are left out.

        Raises:
            InvalidLocale: one of the ids is neither declared nor a language tag.
        """
        own = self.candidates(want, available)
        found = (id for each in self._listed(want) for id in self.candidates(each, available))
        return [id for id in dict.fromkeys(found) if id not in own]

    def stand_in(self, want: str, supplier: str) -> StandIn:
        """Tell how the text of one locale stands in for that of another.

        Raises:
            InvalidLocale: one of the ids is neither declared nor a language tag.
        """
        if self.identity(want) == self.identity(supplier):
            return ""
        declared = self._declared_id(supplier) is not None
        return "language" if declared else stand_in_of(self._tag(want), self._tag(supplier))

    def clashes(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Return every two ids that mean one locale, or that differ by case only.

        Raises:
            InvalidLocale: one of the ids is neither declared nor a language tag.
        """
        return clashing({id: self.identity(id) for id in ids})

    def _declared_id(self, id: str) -> str | None:
        return self._by_identity.get(self.identity(id))

    def _tag(self, id: str) -> Tag:
        return canonical(self.parse(id).tag)

    def _chosen(self, want: str, available: tuple[str, ...]) -> Iterable[str]:
        """Return the candidates among ids of which some may be declared."""
        plain = [id for id in available if self._declared_id(id) is None]
        if self._declared_id(want) is None:
            return candidates(want, plain)
        identity = self.identity(want)
        same = [id for id in available if self.identity(id) == identity]
        return *sorted(same, key=lambda id: id != want), *candidates(self.parse(want).tag, plain)

    def _listed(self, want: str) -> tuple[str, ...]:
        """Return the entries of `fallback` for the nearest of a locale and its parents."""
        for identity in (self.identity(want), *map(str, chain(self._tag(want)))):
            if identity in self._fallback:
                return self._fallback[identity]
        return ()


@lru_cache(maxsize=4096)
def identity_of(id: str) -> str:
    """Return the canonical tag of an id as text.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    return str(canonical(id))


def _declared(id: str, custom: CustomLocale) -> Locale:
    """Return the locale that a project declares.

    Raises:
        InvalidLocale: the id cannot be declared, or `like` is no language tag.
    """
    if len(id) > MAX_ID_CHARACTERS or not _DECLARABLE.fullmatch(id):
        raise invalid(id, "names no locale", "write letters, digits and '-', such as 'en-pirate'")
    if is_pseudo(id):
        raise invalid(id, "is a pseudo-locale", "choose another id")
    like = parse_locale(custom.like)
    direction = custom.direction or like.direction
    return replace(like, id=id, direction=direction, declared_name=custom.name or "")


@lru_cache(maxsize=4096)
def _full_identity(id: str) -> str:
    """Return what an id is if it is declared: each spelling of a declared tag is.

    Matching drops extensions and private parts; here they make another locale: `de-x-kids` is not
    `de`. What is no language tag is itself.
    """
    try:
        tag = identity_of(id)
    except InvalidLocale:
        return id
    extra = _DROPPED.search(id)
    return f"{tag}-{re.sub('[_+]', '-', extra[1].lower())}" if extra else tag


def _refuse_pseudo(id: str) -> None:
    if is_pseudo(id):
        raise InvalidLocale(f"{id!r} is a pseudo-locale and stands in for nobody")


def _refuse_clashes(identities: Mapping[str, str]) -> None:
    for one, other in clashing(identities):
        raise InvalidLocale(f"'{one}' and '{other}' are one locale; keep one of them")
