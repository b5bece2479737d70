"""How the texts of a project stand, as a person or a script is shown it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from assetforge.coverage import STATES, Coverage, Detail, Fault, is_complete
from assetforge.diagnostics import printable
from assetforge.digest import Json
from assetforge.errors import Place
from assetforge.extraction import Stale
from assetforge.hardcoded import Hardcoded
from assetforge.reports.text import plural

FAULT_WORDS: dict[Fault, str] = {
    "missing": "missing",
    "mismatched": "with other placeholders",
    "too-long": "too long",
    "fuzzy": "fuzzy",
    "fallback": "in another language",
    "plural-form": "without a plural form",
}
"""What is said of a number of texts, the worst first."""


def worst_first(found: Iterable[Coverage]) -> list[Coverage]:
    """Return coverages with the worst locales first; of equal ones, the assets stay in order."""
    rows = list(found)
    worst: dict[str, int] = {}
    for each in rows:
        rank = STATES.index(each.state)
        worst[each.locale.id] = max(rank, worst.get(each.locale.id, 0))
    return sorted(rows, key=lambda each: (-worst[each.locale.id], each.locale.id))


def counts_text(row: Coverage) -> str:
    """Return what is to be said of the texts of one asset in one locale."""
    faults = [f"{n} {words}" for fault, words in FAULT_WORDS.items() if (n := row.faulty(fault))]
    return ", ".join([*faults, *(f"{n} from {id}" for id, n in row.suppliers.items())])


def coverage_text(found: Sequence[Coverage], source: str) -> str:
    """Return a line for each asset in each locale, worst first, then what is wrong, then totals."""
    rows = worst_first(found)
    lines = list(_table(rows))
    details = list(_detail_lines(rows))
    blocks = ["\n".join(some) for some in (lines, details) if some]
    return "\n\n".join([*blocks, _totals(rows, source)])


def _table(rows: Sequence[Coverage]) -> Iterator[str]:
    several = len({each.asset for each in rows}) > 1
    cells = [
        (
            row.locale.id,
            *([row.asset] if several else []),
            row.state,
            f"{row.count('own')} of {plural(len(row.origins), 'message')}",
            counts_text(row),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for each in cells:
        yield "  ".join(
            f"{cell:<{width}}" for cell, width in zip(each, widths, strict=True)
        ).rstrip()


def _detail_lines(rows: Sequence[Coverage]) -> Iterator[str]:
    """Yield a line for each thing that is wrong, worst first, with the locales it is true of."""
    lines: dict[tuple[Fault, str], list[str]] = {}
    for row in rows:
        for each in row.details:
            about = f"{asked_words(row, each)}: {each.words}; {_where(each)}"
            lines.setdefault((each.fault, about), []).append(_with_chain(row.locale.id, each.tried))
    ranks = list(FAULT_WORDS)
    for (fault, about), locales in sorted(lines.items(), key=lambda line: ranks.index(line[0][0])):
        yield printable(f"{fault}: {', '.join(dict.fromkeys(locales))}: {about}")


def _where(detail: Detail) -> str:
    if detail.found_at is None or detail.found_at == detail.place:
        return str(detail.place)
    return f"{detail.found_at}, asked for at {detail.place}"


def _with_chain(locale: str, tried: Sequence[str]) -> str:
    """Return a locale, with those that were tried in its place."""
    others = [each for each in tried if each != locale]
    return f"{locale} (tried {', '.join([locale, *others])})" if others else locale


def asked_words(row: Coverage, detail: Detail) -> str:
    """Return which text a detail is about, and who asks for it."""
    who = f"slot '{detail.slot}' of {row.asset}/{detail.step}"
    if not detail.slot:
        who = (
            f"the prompt of {row.asset}/{detail.step}"
            if detail.step
            else f"the alt text of {row.asset}"
        )
    return f"message '{detail.message}' in {who}" if detail.message else f"the text in {who}"


def _totals(rows: Sequence[Coverage], source: str) -> str:
    states = Counter(each.state for each in rows)
    counts = ", ".join(f"{states[each]} {each}" for each in reversed(STATES) if states[each])
    locales = plural(len({each.locale.id for each in rows}), "locale")
    assets = plural(len({each.asset for each in rows}), "asset")
    return f"{locales}, {assets}, source '{source}': {counts or 'no texts'}"


def stale_text(stale: Stale) -> str:
    """Return what nobody uses, a line for each, the counts last."""
    lines = [
        f"unused: '{each.id}', translated in {plural(each.locales, 'locale')}; {each.place}"
        for each in stale.unused
    ]
    lines += [
        f"not in the source: '{each.id}' of '{each.locale}'; {each.place}" for each in stale.orphans
    ]
    unused = f"{plural(len(stale.unused), 'message')} unused"
    orphans = f"{plural(len(stale.orphans), 'translation')} of what the source lacks"
    return "\n".join([*map(printable, lines), f"{unused}, {orphans}"])


def hardcoded_text(found: Sequence[Hardcoded]) -> str:
    """Return the texts that are in no catalog, a line for each, the count last."""
    lines = [f'{each.place}: "{each.text}" of {each.asset}; {each.advice}' for each in found]
    return "\n".join([*map(printable, lines), plural(len(found), "hard-coded text")])


def locales_document(
    found: Sequence[Coverage],
    source: str,
    stale: Stale | None = None,
    hardcoded: Sequence[Hardcoded] | None = None,
) -> dict[str, Json]:
    """Return `assetforge.locales/1`; `stale` and `hardcoded` are None if nobody looked."""
    return {
        "schema": "assetforge.locales/1",
        "complete": is_complete(found),
        "source": source,
        "assets": [_row_json(each) for each in worst_first(found)],
        "stale": None if stale is None else _stale_json(stale),
        "hardcoded": None if hardcoded is None else [_hardcoded_json(each) for each in hardcoded],
    }


def _row_json(row: Coverage) -> Json:
    return {
        "asset": row.asset,
        "locale": row.locale.id,
        "name": row.locale.name,
        "native_name": row.locale.native_name,
        "direction": row.locale.direction,
        "state": row.state,
        "messages": len(row.origins),
        "own": row.count("own"),
        "inherited": row.count("inherited"),
        "fallback": row.count("fallback"),
        "fuzzy": row.count("fuzzy"),
        "missing": row.count("missing"),
        "too_long": row.faulty("too-long"),
        "mismatched": row.faulty("mismatched"),
        "plural_forms": row.faulty("plural-form"),
        "suppliers": dict[str, Json](row.suppliers),
        "details": [_detail_json(each) for each in row.details],
    }


def _detail_json(detail: Detail) -> Json:
    return {
        "message": detail.message or None,
        "state": detail.fault,
        "step": detail.step or None,
        "slot": detail.slot or None,
        "supplier": detail.supplier or None,
        "tried": list(detail.tried),
        "place": str(detail.place),
        "found_at": _place_json(detail.found_at),
        "words": detail.words,
    }


def _place_json(place: Place | None) -> str | None:
    return None if place is None else str(place)


def _stale_json(stale: Stale) -> Json:
    return {
        "unused": [
            {"message": each.id, "place": str(each.place), "locales": each.locales}
            for each in stale.unused
        ],
        "not_in_source": [
            {"message": each.id, "locale": each.locale, "place": str(each.place)}
            for each in stale.orphans
        ],
    }


def _hardcoded_json(found: Hardcoded) -> Json:
    return {
        "kind": found.kind,
        "text": found.text,
        "asset": found.asset,
        "place": str(found.place),
        "message": found.message or None,
        "advice": found.advice,
    }
