"""A check as JUnit's XML: a case for each asset in each locale, and one for each source.

There is no standard. What GitLab and Jenkins read is written: names that are told apart by
`classname` and `name`, one failure for each case, and all that it says in its text, for GitLab
shows no attribute of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from assetforge.action import VariantName
from assetforge.diagnostics import in_order, printable
from assetforge.errors import Diagnostic
from assetforge.matrix import Variant
from assetforge.reports.check.repository import path_in_repository
from assetforge.reports.check.unmet import Unmet, unknown_part
from assetforge.secrets import blotted

UNFIT: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold. Source: W3C, XML 1.0, 2.2 Characters."""

SOURCES: Final = "assetforge.sources"
PICTURES: Final = "assetforge.pictures"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case.

    Attributes:
        suite: its class.
        name: told apart from all others of the suite.
        file: in the repository.
        failures: what is wrong; empty: it passes.
        notes: what is worth a look.
    """

    suite: str
    name: str
    file: str
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def junit_text(
    diagnostics: Iterable[Diagnostic],
    folder: str,
    files: Iterable[str],
    variants: Iterable[Variant] = (),
    several: Sequence[Unmet] = (),
    places: Mapping[str, str] = {},
) -> str:
    """Return the XML.

    Args:
        diagnostics: what was found in sources.
        folder: the project's in its repository.
        files: sources that were read, as places name them.
        variants: those that were looked at.
        several: what was asked for and is not so.
        places: asset → where it is written.
    """
    cases = source_cases(diagnostics, folder, files)
    cases += picture_cases(variants, several, places, folder)
    return xml_of(cases)


def source_cases(
    diagnostics: Iterable[Diagnostic], folder: str, files: Iterable[str]
) -> list[Case]:
    """Return a case for each source, by name; what has no place is the project's."""
    told: dict[str, list[Diagnostic]] = {each: [] for each in files}
    for each in in_order(diagnostics):
        told.setdefault(each.place.file if each.place else "", []).append(each)
    return [
        Case(
            SOURCES,
            path_in_repository(folder, file) if file else "project",
            path_in_repository(folder, file),
            tuple(_line(each, folder) for each in some if each.severity == "error"),
            tuple(_line(each, folder) for each in some if each.severity != "error"),
        )
        for file, some in sorted(told.items())
    ]


def _line(diagnostic: Diagnostic, folder: str) -> str:
    place = diagnostic.place
    where = path_in_repository(folder, str(place)) if place and place.file else "project"
    label = f": {diagnostic.label}" if diagnostic.label else ""
    advice = f"; {diagnostic.help}" if diagnostic.help else ""
    words = f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}{label}{advice}"
    return f"{where}: {words}"


def picture_cases(
    variants: Iterable[Variant], several: Sequence[Unmet], places: Mapping[str, str], folder: str
) -> list[Case]:
    """Return a case for each asset in each locale, in the order of the variants.

    What is lacking of a variant that was not chosen, for another asset needs it, has its own case.
    """
    names: dict[tuple[str, str], set[VariantName]] = {}
    for each in variants:
        names.setdefault((each.asset, each.locale or ""), set()).add(each.name)
    known = {name for some in names.values() for name in some}
    for lack in (lack for each in several for lack in each.lacks):
        if known.isdisjoint(lack.variants):
            names.setdefault((lack.asset, ""), set()).update(lack.variants)
    return [
        Case(
            f"{PICTURES}.{asset}",
            f"{asset}/{locale}" if locale else asset,
            path_in_repository(folder, places[asset].partition(":")[0]),
            tuple(_failures(several, own, path_in_repository(folder, places[asset]))),
        )
        for (asset, locale), own in names.items()
    ]


def _failures(several: Sequence[Unmet], own: set[VariantName], place: str) -> Iterable[str]:
    for each in several:
        lacks = [lack for lack in each.lacks if not own.isdisjoint(lack.variants)]
        if lacks:
            listed = "\n".join(f"  {lack.name}" for lack in lacks)
            yield f"{place}: {each.words}{unknown_part(lacks)}; {each.advice}\n{listed}"


def xml_of(cases: Sequence[Case]) -> str:
    """Return cases as XML, a suite for each class."""
    top = ElementTree.Element("testsuites", {"name": "assetforge check", **_counts(cases)})
    for suite in dict.fromkeys(each.suite for each in cases):
        own = [each for each in cases if each.suite == suite]
        element = ElementTree.SubElement(top, "testsuite", {"name": _fit(suite), **_counts(own)})
        for each in own:
            _add(element, each)
    ElementTree.indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(top, "unicode")}'


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    failed = sum(1 for each in cases if each.failures)
    return {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": "0"}


def _add(suite: ElementTree.Element, case: Case) -> None:
    about = {"classname": case.suite, "name": case.name, "file": case.file, "time": "0"}
    element = ElementTree.SubElement(
        suite, "testcase", {name: _fit(each) for name, each in about.items()}
    )
    if case.failures:
        first = case.failures[0].partition("\n")[0]
        failure = ElementTree.SubElement(element, "failure", message=_fit(first), type="check")
        failure.text = _fit("\n".join(case.failures))
    if case.notes:
        ElementTree.SubElement(element, "system-out").text = _fit("\n".join(case.notes))


def _fit(text: str) -> str:
    """Return a text that XML may hold, without keys; what it may not is written out."""
    shown = "\n".join(printable(blotted(line)) for line in text.split("\n"))
    return UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode(), shown)
