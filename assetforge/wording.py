"""The texts of one variant: looks messages up, puts values in, and notes what was asked."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from assetforge.budgets import WITHOUT_SPACES, Excess, excesses
from assetforge.catalogs import lookup
from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.errors import Diagnostic, Place, did_you_mean
from assetforge.locales import Locale, is_pseudo
from assetforge.matrix import LOCALE
from assetforge.messages.differences import Differences, differences
from assetforge.messages.formatting import MissingValue, format_value
from assetforge.messages.lint import missing_categories
from assetforge.pipeline import Missing, Slot
from assetforge.project import Project
from assetforge.prompts import Used, Variables
from assetforge.rendered import Asked, MissingMessage, Noted, fill_in, holes

_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,80}>|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")

_UNREAD = re.compile(
    r"\{\{\s*-?\s*\w+\s*\}\}|%\(\w+\)[sd]"
    r"|\{\s*\w+\s*,\s*(?:plural|select|selectordinal)\b"
)
"""What stands for a value in some other syntax than the one a text was read in."""


class Wording:
    """Looks up the texts of an asset's variants, one after the other.

    Attributes:
        messages, absent, used: what the texts since the last `start` were made from.
        noted: what was noted of them.
    """

    def __init__(self, project: Project, asset: str, vars: Mapping[str, Any]) -> None:
        texts, section = project.texts.get(asset), project.pipeline.locales
        self.catalogs: Catalogs | None = texts.catalogs if texts else None
        self.project = project
        self.known = project.locales
        self.policy: Missing = section.missing if section else "error"
        self.no_texts = {
            n for n, each in vars.items() if each is None or isinstance(each, dict | list)
        }
        self.plain_vars = {name: vars[name] for name in vars if name not in self.no_texts}

    def start(
        self,
        step: str,
        locale: Locale | None,
        values: Mapping[str, str],
        read: Callable[[str], object],
    ) -> None:
        """Begin to note what the texts of one variant's step are made from.

        `read` is told what of the variant they are made from: its axes by name, its `LOCALE`, or
        `ALL` of it.
        """
        self.step, self.locale, self.values, self.read = step, locale, values, read
        self.messages: set[tuple[str, str]] = set()
        self.absent: set[tuple[str, str]] = set()
        self.used = Used()
        self.noted = Noted()

    def end(self) -> None:
        """Forget the variant, so that it can go when nothing else needs it."""
        self.read = _unread

    @cached_property
    def where(self) -> Place:
        """Where the pipeline file speaks of locales."""
        return self.project.loaded.document.place(("locales",), key=True)

    def slot(self, name: str, slot: Slot, place: Place) -> str:
        """Return the text of a slot of the copy; note it if it is missing or too long."""
        if slot.message is not None:
            return self.text(self.filled(slot.message), place, {}, name, slot)
        text = slot.text or ""
        self._measure("the text", name, slot, text, None, place)
        return text

    def filled(self, message: str) -> str:
        """Return a message id with the variant's values in it."""
        if "{" not in message:
            return message
        for name in holes(message):
            self.read(name)
        return fill_in(message, self.values)

    def text(
        self,
        message: str,
        place: Place,
        values: Mapping[str, object],
        name: str = "",
        slot: Slot | None = None,
    ) -> str:
        """Return the text of a message. What is wrong with it is noted, for all to be found."""
        self.read(LOCALE)
        if self.catalogs is None:
            self.noted.problems.append(_no_catalogs(message, place))
            return ""
        if not message:
            problem = Diagnostic("wrong-value", "a message id must not be empty", place)
            self.noted.problems.append(problem)
            return ""
        locale = self.locale.id if self.locale else self.catalogs.source
        own = slot.missing if slot else None
        found = self._find(self.catalogs, locale, message, own or self.policy)
        if not isinstance(found, Found):
            self._lack(locale, message, place, found, own)
            self.noted.asked.append(Asked(message, self.step, name, place, None, ""))
            return ""
        self.messages.add((found.locale, message))
        try:
            text = self._shown(self.catalogs, found, message, locale, values, place)
        except _InnerMissing as error:
            self._lack(found.locale, error.message, place, error.found, own)
            self.noted.asked.append(Asked(error.message, self.step, name, place, None, ""))
            return ""
        what = f"message '{message}'"
        over = self._measure(what, name, slot or Slot(message=message), text, found, place)
        self.noted.asked.append(Asked(message, self.step, name, place, found, text, over))
        return text

    def _lack(
        self, locale: str, message: str, place: Place, asked: lookup.Missing, own: Missing | None
    ) -> None:
        """Note a message that a locale lacks."""
        assert self.catalogs is not None, "BUG: a message without catalogs"
        self.noted.looked.update((each, message) for each in self.catalogs.locales)
        known = message in self.catalogs.all_ids
        lack = MissingMessage(locale, message, place, asked.tried, known, asked.fuzzy, own)
        self.noted.missing.append(lack)

    def _warn(self, code: str, message: str, place: Place, help: str | None = None) -> None:
        warning = Diagnostic(code, message, place, help=help, severity="warning")
        self.noted.warnings[warning] = None

    def _find(
        self, catalogs: Catalogs, locale: str, message: str, policy: Missing
    ) -> Found | lookup.Missing:
        """Return a message; with the policy `mix`, also that of another language."""
        found = self._looked_up(catalogs, locale, message)
        if found.tried:
            self.absent.update((each, message) for each in found.tried)
        if isinstance(found, Found):
            self._note_supplier(locale, found)
        elif policy == "mix":
            for other in (*self.known.fallbacks(locale, catalogs.locales), catalogs.source):
                mixed = self._looked_up(catalogs, other, message)
                if isinstance(mixed, Found):
                    words = f"locale '{locale}' lacks '{message}': it is shown in '{mixed.locale}'"
                    self._warn("fallback", words, mixed.place)
                    return mixed
        return found

    def _looked_up(
        self, catalogs: Catalogs, locale: str, message: str, *, part: bool = False
    ) -> Found | lookup.Missing:
        """Return a message, and note which ones were looked at for it."""
        found = catalogs.find(locale, message, part=part)
        self._looked_at(catalogs, locale, message, found)
        return found

    def _looked_at(
        self, catalogs: Catalogs, locale: str, message: str, found: Found | lookup.Missing
    ) -> None:
        looked = self.noted.looked
        looked.add((locale, message))
        if found.tried:
            looked.update((each, message) for each in found.tried)
        if isinstance(found, Found):
            looked.add((found.locale, message))
        if is_pseudo(locale):  # it may show the longest of all translations
            looked.update((each, message) for each in (catalogs.source, *catalogs.locales))

    def _note_supplier(self, locale: str, found: Found) -> None:
        """Warn where the text is for readers elsewhere, or in the other written Norwegian."""
        if locale == found.locale:
            return
        how = "" if is_pseudo(locale) else self.known.stand_in(locale, found.locale)
        if how in SUPPLIERS:
            words = f"locale '{locale}' shows texts of '{found.locale}', {SUPPLIERS[how]}"
            self._warn("other-region", words, self.where)

    def _shown(
        self,
        catalogs: Catalogs,
        found: Found,
        message: str,
        locale: str,
        values: Mapping[str, object],
        place: Place,
    ) -> str:
        """Return the text of a message with its values in it."""
        if not self._takes_the_same(catalogs, found, message):
            return ""
        if isinstance(found.message.value, str):
            return found.message.value
        self.read(ALL)
        plain: Any = Variables(self.plain_vars, self.used.variables)
        given = ChainMap(dict(values), dict(self.values), plain)
        try:
            return self._formatted(catalogs, found, locale, given)
        except MissingValue as error:
            advice = self._advice_on(error.name, given)
            self.noted.problems.append(_unknown_placeholder(error, found, message, advice, place))
        except ValueError as error:
            words = f"message '{message}' cannot be shown: {error}"
            related = ((place, "asked for here"),)
            problem = Diagnostic("message-value", words, found.place, related=related)
            self.noted.problems.append(problem)
        return ""

    def _advice_on(self, name: str, given: Mapping[str, object]) -> str:
        """Return what to do about a value that is not there."""
        if name in self.no_texts:
            return f"'{name}' stands under `vars:`, but is no single value"
        return did_you_mean(name, given) or f"give it under `vars:`, as `{name}: ...`"

    def _formatted(
        self, catalogs: Catalogs, found: Found, locale: str, values: Mapping[str, Any]
    ) -> str:
        value = found.message.value
        if isinstance(value, str):
            return value

        def reference(id: str, own: Mapping[str, object]) -> str:
            inside = self._referred(catalogs, found, id, locale)
            given = _OfTerm(own) if id.startswith(TERM) else own
            return self._formatted(catalogs, inside, locale, given)

        supplier, shown = self.known.parse(found.locale), self.known.parse(locale)
        return format_value(value, values, supplier.tag, shown.tag, reference)

    def _referred(self, catalogs: Catalogs, inside: Found, id: str, locale: str) -> Found:
        """Return another message of the locale that supplied one, to be shown inside it.

        Raises:
            _InnerMissing: the locale has no such message.
        """
        whole = f"{inside.namespace}.{id}" if inside.namespace else id
        at = locale if is_pseudo(locale) else inside.locale
        found = self._looked_up(catalogs, at, whole, part=True)
        if not isinstance(found, Found):
            raise _InnerMissing(whole, found)
        self.messages.add((found.locale, whole))
        return found

    def _takes_the_same(self, catalogs: Catalogs, found: Found, message: str) -> bool:
        """Tell whether a translation takes the values of its source; note plural forms it lacks."""
        value = found.message.value
        for category, sample in self._missing_categories(found):
            words = f"message '{message}' has no plural form '{category}' for '{found.locale}'"
            self._warn("plural-form", words, found.place, f"it is for numbers such as {sample}")
        source = catalogs.source_of(message)
        self._looked_at(catalogs, catalogs.source, message, source)
        if not isinstance(source, Found):
            words = f"the source locale '{catalogs.source}' has no message '{message}'"
            self._warn("no-source", words, found.place, "nothing says which values it takes")
            return True
        if source.locale == found.locale:
            return True
        differ = differences(source.message.value, value)
        if differ:
            self.noted.problems.append(_different(message, source, found, differ))
        return not differ

    def _missing_categories(self, found: Found) -> Sequence[tuple[str, str]]:
        value = found.message.value
        if isinstance(value, str):
            return ()
        return missing_categories(value, self.known.parse(found.locale).tag)

    def _measure(
        self, what: str, name: str, slot: Slot, text: str, found: Found | None, place: Place
    ) -> tuple[Excess, ...]:
        """Return the bounds that a text is over, and note them; without a slot, its catalog's."""
        self.read(LOCALE)
        locale = self.locale
        if slot.max_words and locale and locale.script in WITHOUT_SPACES:
            words = f"'max_words' is not counted in the script '{locale.script}'"
            help = None if slot.max_length else "give 'max_length' as well"
            self._warn("words-not-counted", words, place, help)
        if hit := _UNREAD.search(text):
            words = f"{what} would be shown with '{hit[0]}' in it"
            help = "if a value is meant, say what the catalog is written in, as `syntax: icu`"
            self._warn("unread-placeholder", words, found.place if found else place, help)
        if name and (hit := _MARKUP.search(text)):
            words = f"slot '{name}' would show '{hit[0]}' as it is: a picture knows no markup"
            self._warn("markup", words, found.place if found else place)
        own = found.message.max_length if found else None
        over = tuple(excesses(text, slot, locale.script if locale else "", own))
        of_slot = f" of slot '{name}'" if name else ""
        where = f" in '{locale.id}'" if locale else ""
        for each in over:
            self.noted.too_long.append(
                Diagnostic(
                    "too-long",
                    f"{what}{where} {each}{of_slot}",
                    found.place if found else place,
                    "",
                    "shorten it, or allow more in the slot",
                    ((place, "the slot" if name else "asked for here"),),
                )
            )
        return over


def _unread(name: str) -> None:
    raise AssertionError(f"BUG: '{name}' is read of no variant")


class _InnerMissing(Exception):
    """A message shows another one that its locale lacks."""

    def __init__(self, message: str, found: lookup.Missing) -> None:
        self.message = message
        self.found = found


class _OfTerm(dict[str, object]):
    """Values of a Fluent term: one that nobody gives is empty, and its default form is shown.

    Source: Fluent Syntax Guide, "Parameterized Terms", read 2026-11-21.
    """

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return ""


ALL = "t"
"""The name under which a variant shows all of itself, as `t()` may show any of it."""

TERM = "-"
"""What the ids of Fluent's terms begin with."""

SUPPLIERS = {"region": "which are of another region", "written-form": "another written form"}
"""How another locale's text may stand in → the words for it."""


def _different(message: str, source: Found, found: Found, differ: Differences) -> Diagnostic:
    lacks = ", ".join(f"'{{{name}}}'" for name in sorted(differ.missing))
    has = ", ".join(f"'{{{name}}}'" for name in sorted(differ.unknown))
    said = [f"lacks {lacks}"] if lacks else []
    said += [f"has {has}, which the source text has not"] if has else []
    return Diagnostic(
        "placeholder-mismatch",
        f"message '{message}' in '{found.locale}' {' and '.join(said)}",
        found.place,
        "",
        "translate it with the same values in braces",
        ((source.place, "the source text"),),
    )


def _no_catalogs(message: str, place: Place) -> Diagnostic:
    return Diagnostic(
        "no-catalogs",
        f"message '{message}' is asked for, but the pipeline has no catalogs",
        place,
        "",
        "add `locales: {source: en, catalogs: locales/{locale}.po}`, or write `{text: ...}`",
    )


def _unknown_placeholder(
    error: MissingValue, found: Found, message: str, advice: str, place: Place
) -> Diagnostic:
    return Diagnostic(
        "unknown-placeholder",
        f"message '{message}' holds '{{{error.name}}}', for which there is no value",
        found.place,
        "",
        advice,
        ((place, "asked for here"),),
    )
