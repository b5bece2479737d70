"""What a reviewer reads of a plan: Markdown for the comment of a pull request, or a job's summary.

All of it is blocks of HTML, which Markdown leaves as they are up to the next blank line: nothing in
a prompt, a message or a name can become markup, a link or a command of the forge; see
`assetforge.reports.comment.quoted`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from assetforge.diagnostics import as_json
from assetforge.errors import Diagnostic
from assetforge.forges.base import Limit
from assetforge.reports.comment.changes import Row, rows_of
from assetforge.reports.comment.fitting import Section, fitted
from assetforge.reports.comment.planned import Changed, PlanDocument, Told
from assetforge.reports.comment.price import price_blocks
from assetforge.reports.comment.quoted import (
    LINE,
    bold,
    folded,
    left_out,
    listed,
    paragraph,
    plain,
    said,
    table,
)
from assetforge.reports.comment.table import change_table
from assetforge.reports.markup import Html, element, text
from assetforge.reports.text import plural

SUMMARY: Final = Limit(1_048_576, "bytes")
"""A job's summary. Source: GitHub's "Workflow commands", 1 MiB for each step."""

MOST_PICTURES: Final = 24
"""How many variants are shown with their pictures: more would take a browser minutes."""

OPEN_PICTURES: Final = 4
"""Up to this many are shown without a click."""

WIDTH: Final = 260
"""How wide a picture is shown, in pixels."""

MOST_COMMAND: Final = 4000
"""How many characters of a command are shown: it may repeat a selection."""

COMMIT: Final = 12
"""How many digits of a commit are shown."""

SIDES: Final = {"before": "left", "after": "left"}

Addresses = tuple[str | None, str | None]
"""Where a picture is to be seen as it was before, and as it is now; None: nowhere."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a comment says besides the plan.

    Attributes:
        marker: its first line; see `marker_of`.
        command: what builds the pictures.
        pictures: variant → where its picture is to be seen.
        report: address of the report of all pictures, or the name of the artifact that it is;
            empty: there is none.
    """

    marker: str
    command: str
    pictures: Mapping[str, Addresses] = field(default_factory=dict)
    report: str = ""


def marker_of(pipeline: str, profile: str = "") -> str:
    """Return the hidden line by which a comment is found again.

    There is one comment for each pipeline file, and one more for each profile that is named.
    """
    words = [quote(each, safe="/") for each in (pipeline, profile) if each]
    return f"<!-- assetforge: {' '.join(words)} -->"


def is_worth_telling(plan: PlanDocument) -> bool:
    """Tell whether a plan changes anything, or has errors."""
    return bool(rows_of(plan) or _of(plan, "error"))


def comment(plan: PlanDocument, around: Around, limit: Limit) -> str:
    """Return the comment on a plan, never longer than the limit.

    What is left out where it would be too long is whole rows, the least important first.
    """
    rows, errors, warnings = rows_of(plan), _of(plan, "error"), _of(plan, "warning")
    if not rows and not errors:
        words = paragraph(bold("assetforge:"), text(" no picture changes."))
        return f"{around.marker}\n\n{words}\n\n{_foot(plan)}\n"
    head = [Html(around.marker), _headline(plan, rows), *price_blocks(plan)]
    sections = [
        change_table(rows),
        _diagnostics("error", errors),
        _diagnostics("warning", warnings),
        _skipped(plan),
        _pictures(plan, around.pictures),
    ]
    tail = [*_report(around.report), *_command(plan, around.command), _foot(plan)]
    return fitted(head, [each for each in sections if each.rows], tail, limit)


def comment_on_errors(diagnostics: Sequence[Diagnostic], around: Around, limit: Limit) -> str:
    """Return the comment on what cannot be planned, never longer than the limit."""
    told = [Told.model_validate(each) for each in as_json(diagnostics)]
    errors = [each for each in told if each.severity == "error"]
    head = [Html(around.marker), _title(f"nothing can be built, {plural(len(errors), 'error')}")]
    tail = [paragraph(text("To see them with their lines: "), said(around.command, MOST_COMMAND))]
    return fitted(head, [_diagnostics("error", errors)], tail, limit)


def _of(plan: PlanDocument, severity: str) -> list[Told]:
    return [each for each in plan.warnings if each.severity == severity]


def _title(words: str) -> Html:
    return element("h3", None, text(f"assetforge: {words}"))


def _headline(plan: PlanDocument, rows: Sequence[Row]) -> Html:
    """Return how many pictures change, and in which way."""
    forms = (
        ("pending", "is to make", "are to make"),
        ("changed", "changes", "change"),
        ("added", "is new", "are new"),
        ("removed", "goes", "go"),
    )
    parts: list[str] = []
    for change, one, more in forms:
        count = sum(len(row.variants) for row in rows if row.change == change)
        if count:
            noun = "" if parts else " picture" if count == 1 else " pictures"
            parts.append(f"{count:,}{noun} {one if count == 1 else more}")
    return _title(", ".join(parts) or "no picture changes, but there are errors")


def _diagnostics(severity: str, told: Sequence[Told]) -> Section:
    """Return errors as a list, warnings folded."""

    def shown(rows: Sequence[Html], left: int) -> Html:
        more = left_out(left, severity)
        if severity == "error" or not rows:
            return Html(f"{paragraph(bold(counted))}\n{listed(rows)}{more}")
        return Html(f"{folded(counted, listed(rows))}{more}")

    counted = plural(len(told), severity)
    return Section([_told(each) for each in told], shown)


def _told(each: Told) -> Html:
    place = f"{each.file}:{each.line}" if each.line else each.file
    where = [said(place), text(" ")] if place else []
    advice = [text(" · "), said(each.help)] if each.help else []
    return Html("".join([*where, said(each.message), *advice]))


def _skipped(plan: PlanDocument) -> Section:
    """Return the variants that are left out, folded."""

    def shown(rows: Sequence[Html], left: int) -> Html:
        more = left_out(left, "left-out picture")
        return Html(f"{folded(title, listed(rows))}{more}")

    title = f"{plural(len(plan.skipped), 'picture')} skipped"
    rows = [Html(f"{said(each.variant)} {said(each.reason)}") for each in plan.skipped]
    return Section(rows, shown)


def _pictures(plan: PlanDocument, pictures: Mapping[str, Addresses]) -> Section:
    """Return the pictures before and after, side by side; a few without a click."""
    changed = plan.since.variants if plan.since else ()
    seen = [each for each in changed if any(pictures.get(each.variant, ()))][:MOST_PICTURES]
    title = f"Before and after: {len(seen):,} of {plural(len(changed), 'picture')}"

    def shown(rows: Sequence[Html], left: int) -> Html:
        opened = len(rows) <= OPEN_PICTURES
        return Html(
            f"{folded(title, table(SIDES, rows), opened=opened)}{left_out(left, 'picture')}"
            if rows
            else left_out(left, "picture").strip()
        )

    return Section([_pair(each, *pictures[each.variant]) for each in seen], shown)


def _pair(changed: Changed, before: str | None, after: str | None) -> Html:
    none = "none" if changed.change == "added" else "not known here"
    gone = "gone" if changed.change == "removed" else "to be made"
    cells = (
        _picture(before, f"{changed.variant} before", none),
        _picture(after, f"{changed.variant} after", gone),
    )
    name = element("tr", None, element("td", {"colspan": 2}, said(changed.variant)))
    return Html(f"{name}{LINE}{element('tr', None, *cells)}")


def _picture(address: str | None, words: str, lack: str) -> Html:
    if address is None:
        return element("td", None, element("em", None, text(lack)))
    shown = {"src": address, "alt": plain(words), "width": WIDTH}
    return element("td", None, element("img", shown))


def _report(report: str) -> list[Html]:
    if not report:
        return []
    if report.startswith("https://"):
        return [paragraph(element("a", {"href": report}, text("Report of all pictures")))]
    return [paragraph(text("The pictures are in the artifact "), said(report), text("."))]


def _command(plan: PlanDocument, command: str) -> list[Html]:
    if all(each.decision == "hit" for each in plan.actions):
        return []
    return [paragraph(text("To make them: "), said(command, MOST_COMMAND))]


def _foot(plan: PlanDocument) -> Html:
    words = [text("profile "), said(plan.profile)]
    if plan.since:
        words += [text(", compared with "), said(plan.since.ref)]
        words += [text(" at "), said(plan.since.commit[:COMMIT])]
    return paragraph(element("sub", None, *words))
