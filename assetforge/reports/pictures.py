"""The pictures of a pipeline as a report shows them: one value per target, and the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetforge.digest import Json
from assetforge.findings import Findings

SCHEMA = "assetforge.manifest/1"

STATES = ("current", "stale", "edited", "missing")
"""From fine to worst.

current: the file is what the plan wants. stale: it was made from older sources. edited: a person
changed it since it was written. missing: there is no file.
"""


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step behind a picture.

    `key` is None while the step waits for an input. `cost_usd` is a decimal, `shared_by` the number
    of variants that stand on the same action, `found` what was found out about its picture.
    `how` says what made it right where it was not at first: `take 2`, or `typeset`.
    """

    step: str
    kind: str
    key: str | None
    decision: str
    prompt: str
    request: Mapping[str, Json]
    artifact: str | None
    cost_usd: str
    shared_by: int
    found: Findings | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One target, with all that a person may want to know about it.

    `locale` is written as in the pipeline file, `lang` is its BCP 47 tag, `direction` is `ltr` or
    `rtl`; all three are empty when the asset has no locale. `path` is relative to the project root,
    with forward slashes. `width` and `height` are pixels. `reason` is one line that says why the
    picture is not current. `copy` is text by slot.
    """

    asset: str
    variant: str
    axes: Mapping[str, str]
    tags: tuple[str, ...]
    locale: str
    lang: str
    direction: str
    path: str
    sha256: str | None
    width: int
    height: int
    alt: str
    state: str
    reason: str
    steps: tuple[StepShown, ...]
    copy: Mapping[str, str]

    @property
    def exists(self) -> bool:
        """Whether there are bytes at `path`."""
        return self.state != "missing" and self.sha256 is not None


def explain_command(variant: str, flags: str = "") -> str:
    """Return the command that explains a variant, quoted for a POSIX shell.

    `flags` are those that it has to repeat, with a blank before them.
    """
    quoted = variant.replace("'", "'\"'\"'")
    return f"assetforge explain{flags} '{quoted}'"


def manifest_json(pictures: Iterable[Picture]) -> dict[str, Json]:
    """Describe every picture that exists, for the people who put them on a page.

    The document is `assetforge.manifest/1`, sorted by asset, variant and path.
    """
    existing = sorted(
        (each for each in pictures if each.exists),
        key=lambda each: (each.asset, each.variant, each.path),
    )
    return {"schema": SCHEMA, "pictures": [_entry(each) for each in existing]}


def _entry(picture: Picture) -> Json:
    return {
        "asset": picture.asset,
        "variant": picture.variant,
        "axes": dict(picture.axes),
        "tags": list(picture.tags),
        "locale": picture.locale,
        "lang": picture.lang,
        "dir": picture.direction,
        "path": picture.path,
        "sha256": picture.sha256,
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
    }
