"""Diagnostics as SARIF 2.1.0, for code scanning and for editors.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0, errata 01.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from assetforge import __version__
from assetforge.diagnostics import in_order, printable
from assetforge.digest import SHOWN, Json, canonical_json, digest_of
from assetforge.errors import Diagnostic, Place
from assetforge.reports.check.repository import path_in_repository
from assetforge.secrets import blotted
from assetforge.source import LINE_BREAK

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

BASE: Final = "%SRCROOT%"
"""What paths are below: the repository, wherever it is checked out."""

FINGERPRINT: Final = "assetforge/v1"


def sarif_document(
    diagnostics: Iterable[Diagnostic], folder: str, sources: Mapping[str, str] = {}
) -> dict[str, Json]:
    """Return a SARIF log of one run.

    Args:
        diagnostics: what was found.
        folder: the project's in its repository.
        sources: text by file, as places have them: a fingerprint is of the line, not its number.
    """
    ordered = in_order(diagnostics)
    codes = sorted({each.code for each in ordered})
    prints = fingerprints(ordered, folder, sources)
    results: list[Json] = [
        _result(each, codes.index(each.code), folder, mark)
        for each, mark in zip(ordered, prints, strict=True)
    ]
    first = {each.code: each for each in reversed(ordered)}
    driver: dict[str, Json] = {
        "name": "assetforge",
        "version": __version__,
        "rules": [_rule(first[code]) for code in codes],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "the repository"}}},
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(first: Diagnostic) -> dict[str, Json]:
    """Return what there is to say of a code; `first` is a diagnostic that has it."""
    words = first.code.replace("-", " ")
    advice = first.help or "the message says what is wrong, and where"
    return {
        "id": first.code,
        "shortDescription": {"text": words},
        "fullDescription": {"text": f"{words}: found by `assetforge check`"},
        "help": {"text": _shown(advice)},
        "defaultConfiguration": {"level": first.severity},
    }


def _result(diagnostic: Diagnostic, rule: int, folder: str, mark: str) -> dict[str, Json]:
    label = f": {diagnostic.label}" if diagnostic.label else ""
    advice = f"; {diagnostic.help}" if diagnostic.help else ""
    result: dict[str, Json] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _shown(f"{diagnostic.message}{label}{advice}")},
        "partialFingerprints": {FINGERPRINT: mark},
    }
    if diagnostic.place is not None:
        result["locations"] = [_location(diagnostic.place, folder)]
    if diagnostic.related:
        result["relatedLocations"] = [
            {**_location(place, folder), "id": number, "message": {"text": _shown(label)}}
            for number, (place, label) in enumerate(diagnostic.related, 1)
        ]
    return result


def _location(place: Place, folder: str) -> dict[str, Json]:
    path = quote(path_in_repository(folder, place.file), errors="replace")
    where: dict[str, Json] = {"artifactLocation": {"uri": path, "uriBaseId": BASE}}
    if place.line:
        where["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.line,
            "endColumn": place.column + place.length,
        }
    return {"physicalLocation": where}


def _shown(text: str) -> str:
    return printable(blotted(text))


def fingerprints(
    diagnostics: Iterable[Diagnostic], folder: str, sources: Mapping[str, str]
) -> list[str]:
    """Return what tells each problem from the others, and is the same when its line has moved.

    A line where a key may stand is no part of it.
    """
    seen: dict[str, int] = {}
    found = []
    for each in diagnostics:
        place = each.place or Place("")
        lines = [] if each.secret else LINE_BREAK.split(sources.get(place.file, ""))
        line = lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""
        what = [each.code, path_in_repository(folder, place.file), _shown(each.message), line]
        mark = digest_of(canonical_json([*what]))[: 2 * SHOWN]
        seen[mark] = seen.get(mark, 0) + 1
        found.append(f"{mark}:{seen[mark]}")
    return found
