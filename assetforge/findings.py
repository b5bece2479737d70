"""What was found out about a picture: checks with their verdicts, and what they were seen on.

A step that looks at a picture says what it saw in `Findings`; the executor keeps them as a JSON
document beside the picture, and reports show them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast

from assetforge.digest import Json

SCHEMA: Final = "assetforge.findings/1"
PNG_URL: Final = "data:image/png;base64,"

Verdict: TypeAlias = Literal["equal", "look", "differs"]
"""It is as it has to be; a person has to look; it is not."""

VERDICTS: Final[tuple[Verdict, ...]] = ("equal", "look", "differs")
"""The verdicts, best first."""

Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst of some verdicts; `equal` of none."""
    return max(verdicts, key=VERDICTS.index, default="equal")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        check: what was looked at: `copy`, `no-text`, `contrast`, `safe-area`, `size`, `alpha`,
            `palette`, `drift` or `seam`.
        verdict: what came of it.
        message: one line for people: what was seen, and what should have been.
        slot: the slot of the copy it is about, if it is about one.
        expected, found: what should be there and what is, as text.
        box: where it was looked at, in pixels of the picture; None: everywhere.
        exhibit: the name of the picture that shows what was seen, if there is one; in what is read
            back, its `data:` URL.
        details: further numbers and words: how it was compared, what was measured. No floats.
    """

    check: str
    verdict: Verdict
    message: str = ""
    slot: str = ""
    expected: str = ""
    found: str = ""
    box: Box | None = None
    exhibit: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was looked at, and who looked: `tesseract`, `rapidocr`, a judge's model, ..."""

    checks: tuple[Check, ...]
    reader: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst of all verdicts."""
        return worst([each.verdict for each in self.checks])

    @property
    def message(self) -> str:
        """What is wrong, in one line; empty where nothing is."""
        worded = [each.message for each in self.checks if each.verdict != "equal"]
        return "; ".join(each for each in worded if each)


def document_of(findings: Findings, exhibits: Mapping[str, bytes]) -> dict[str, Json]:
    """Return findings as the JSON document that is kept, with the exhibits, PNGs by name, in it."""
    return {
        "schema": SCHEMA,
        "verdict": findings.verdict,
        "reader": findings.reader,
        "checks": [_described(each, exhibits) for each in findings.checks],
    }


def _described(check: Check, exhibits: Mapping[str, bytes]) -> dict[str, Json]:
    said: dict[str, Json] = {"check": check.check, "verdict": check.verdict}
    for name in ("message", "slot", "expected", "found"):
        if text := getattr(check, name):
            said[name] = text
    if check.box is not None:
        said["box"] = list(check.box)
    if check.exhibit:
        said["exhibit"] = _shown(check.exhibit, exhibits)
    if check.details:
        said["details"] = dict(check.details)
    return said


def _shown(exhibit: str, exhibits: Mapping[str, bytes]) -> str:
    if exhibit.startswith(PNG_URL):
        return exhibit
    return PNG_URL + b64encode(exhibits[exhibit]).decode()


def findings_in(document: Mapping[str, Any]) -> Findings:
    """Return the findings of a kept document; exhibits are `data:` URLs of pictures.

    Raises:
        ValueError: it is no such document.
    """
    if document.get("schema") != SCHEMA:
        raise ValueError("no document of findings")
    return Findings(
        tuple(_check_in(each) for each in document["checks"]), str(document.get("reader", ""))
    )


def _check_in(said: Mapping[str, Any]) -> Check:
    box = said.get("box")
    return Check(
        check=said["check"],
        verdict=cast(Verdict, said["verdict"]),
        message=said.get("message", ""),
        slot=said.get("slot", ""),
        expected=said.get("expected", ""),
        found=said.get("found", ""),
        box=cast(Box, tuple(box)) if box else None,
        exhibit=said.get("exhibit", ""),
        details=said.get("details", {}),
    )
