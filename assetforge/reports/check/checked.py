"""What a check came to, in the forms that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from assetforge.checking.check import Checked, Lacks
from assetforge.digest import Json
from assetforge.errors import Diagnostic
from assetforge.reports.check.annotations import workflow_commands
from assetforge.reports.check.repository import below_repository
from assetforge.reports.check.sarif import sarif_document
from assetforge.reports.check.unmet import Unmet, as_diagnostics
from assetforge.reports.documents import check_document
from assetforge.reports.text import plural


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell.

    Attributes:
        root: the folder that places are below.
        file: the pipeline file's name.
        problems: what was found in sources.
        checked: what the check came to; None: the sources are wrong.
        several: what was asked for and is not so.
    """

    root: Path
    file: str
    problems: Sequence[Diagnostic]
    checked: Checked | None = None
    several: Sequence[Unmet] = ()

    @property
    def folder(self) -> str:
        """Where the project is in its repository."""
        return below_repository(self.root)

    @property
    def everything(self) -> list[Diagnostic]:
        """All of it as diagnostics."""
        more = as_diagnostics(self.checked, self.several) if self.checked else ()
        return [*self.problems, *more]


def report_text(form: str, told: Told) -> str:
    """Return what is told in a form: `json`, `github`, `sarif` or `junit`."""
    match form:
        case "json":
            return _json(_document(told))
        case "github":
            lines = workflow_commands(told.everything, told.folder)
            return "\n".join([*lines, *_praise(told)])
        case "sarif":
            everything = told.everything
            sources = _texts(told.root, everything)
            return _json(sarif_document(everything, told.folder, sources))
        case _:
            return _junit(told)


def counts_of(checked: Checked) -> str:
    """Return how much was looked at."""
    actions, pictures = len(checked.plan.actions), len(checked.plan.targets)
    return f"{plural(actions, 'action')}, {plural(pictures, 'picture')}"


def _praise(told: Told) -> Iterable[str]:
    if told.checked and not told.several:
        yield f"{counts_of(told.checked)}: no errors"


def _json(document: Mapping[str, Json]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _document(told: Told) -> dict[str, Json]:
    if told.checked is None:
        return check_document(told.problems)
    checked = told.checked
    return check_document(
        told.problems,
        _names(checked.unbuilt),
        _names(checked.unaccepted),
        _names(checked.unlocked),
    )


def _names(lacks: Lacks | None) -> list[str] | None:
    return None if lacks is None else [each.name for each in lacks]


def _texts(root: Path, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """Return the texts of the files that diagnostics speak of, as far as they can be read."""
    found = {}
    for file in {each.place.file for each in diagnostics if each.place and each.place.line}:
        try:
            found[file] = (root / file).read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            continue
    return found


def _junit(told: Told) -> str:
    # Its XML library is needed for nothing else.
    junit_text = import_module("assetforge.reports.check.junit").junit_text
    if told.checked is None:
        invalid: str = junit_text(told.problems, told.folder, [told.file])
        return invalid
    project, plan = told.checked.project, told.checked.plan
    templates = {path for each in plan.rendered.values() for path in each.used.templates}
    document = project.loaded.document
    places = {
        name: str(document.place(("assets", name), key=True)) for name in project.pipeline.assets
    }
    variants = {each.variant.name: each.variant for each in plan.targets}
    text: str = junit_text(
        told.problems,
        told.folder,
        {*project.inputs(), *templates},
        variants.values(),
        told.several,
        places,
    )
    return text
