"""The gallery's table of locales: how the texts of each asset stand in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from assetforge.coverage import Coverage, Detail, State
from assetforge.reports.coverage import asked_words, counts_text, worst_first
from assetforge.reports.markup import Html, element, icon, language, text
from assetforge.reports.text import plural

MARKS: Final[Mapping[State, str]] = {
    "complete": "current",
    "fallback": "stale",
    "fuzzy": "stale",
    "too-long": "edited",
    "mismatched": "edited",
    "missing": "missing",
}
"""The icon and colour of each state; the word beside it says which it is."""

DIRECTIONS: Final = {"ltr": "left to right", "rtl": "right to left"}


def locales_link(found: Sequence[Coverage]) -> Html:
    """Return the link at the top of the page; nothing without locales."""
    if not found:
        return Html("")
    link = element("a", {"href": "#locales"}, text(_totals(found)))
    return Html(text(" · ") + link)


def locales_section(found: Sequence[Coverage]) -> Html:
    """Return the table of locales and assets, worst first; nothing without locales."""
    if not found:
        return Html("")
    rows = worst_first(found)
    assets = list(dict.fromkeys(each.asset for each in found))
    by_locale: dict[str, dict[str, Coverage]] = {}
    for each in rows:
        by_locale.setdefault(each.locale.id, {})[each.asset] = each
    # What matters first: on a phone the rest is off the screen.
    names = ("Locale", *assets, "Direction")
    columns = [element("th", {"scope": "col"}, text(name)) for name in names]
    table = element(
        "table",
        None,
        element("thead", None, element("tr", None, *columns)),
        element("tbody", None, *(_row(each, assets) for each in by_locale.values())),
    )
    title = element("h2", {"id": "locales-title"}, text("Locales"))
    head = element("header", None, title, element("span", {"class": "count"}, text(_totals(found))))
    name = {"role": "region", "aria-labelledby": "locales-title"}
    region = element("div", {"class": "texts", "tabindex": 0, **name}, table)
    return element("section", {"class": "locales", "id": "locales"}, head, region)


def _totals(found: Sequence[Coverage]) -> str:
    locales = dict.fromkeys(each.locale.id for each in found)
    behind = {each.locale.id for each in found if each.state != "complete"}
    done = len(locales) - len(behind)
    return f"texts complete in {done:,} of {plural(len(locales), 'locale')}"


def _row(of_locale: Mapping[str, Coverage], assets: Sequence[str]) -> Html:
    locale = next(iter(of_locale.values())).locale
    native = {"class": "native", **language(locale.tag, locale.direction)}
    other = [element("small", None, text(locale.name))] if locale.name != locale.native_name else []
    name = element(
        "th",
        {"scope": "row"},
        element("b", None, text(locale.id)),
        text(" "),
        element("span", native, text(locale.native_name)),
        *other,
    )
    direction = element("td", None, text(DIRECTIONS[locale.direction]))
    return element("tr", None, name, *(_cell(of_locale.get(each)) for each in assets), direction)


def _cell(row: Coverage | None) -> Html:
    if row is None:
        return element("td")
    mark = MARKS[row.state]
    state = element(
        "span", {"class": f"state {mark}"}, icon(mark), text(row.state.replace("-", " "))
    )
    counts = text(counts_text(row) or plural(len(row.origins), "message"))
    if not row.details:
        return element("td", None, state, element("p", None, counts))
    folded = element(
        "details",
        None,
        element("summary", None, counts),
        element("ul", None, *(_detail(row, each) for each in row.details)),
    )
    return element("td", None, state, folded)


def _detail(row: Coverage, detail: Detail) -> Html:
    tried = f" (tried {', '.join(detail.tried)})" if detail.tried else ""
    words = f"{asked_words(row, detail)}: {detail.words}{tried}"
    place = element("span", {"class": "code"}, text(detail.found_at or detail.place))
    return element("li", None, text(words), place)
