"""What `assetforge doctor` found, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assetforge.digest import Json


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is called, how it stands, and what to do about it."""

    name: str
    status: Literal["ok", "warning", "failed"]
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The checks of one profile, in the order they were made."""

    profile: str
    provider: str
    model: str | None
    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        """Whether no picture could be made with this profile."""
        return any(each.status == "failed" for each in self.checks)


def doctor_document(found: Sequence[Health]) -> dict[str, Json]:
    """Return `assetforge.doctor/1`; the first profile is the one in use."""
    return {
        "schema": "assetforge.doctor/1",
        "profile": found[0].profile,
        "checks": [
            {
                "profile": health.profile,
                "name": each.name,
                "status": each.status,
                "message": each.message,
                "advice": each.advice or None,
            }
            for health in found
            for each in health.checks
        ],
    }


def doctor_text(found: Sequence[Health]) -> str:
    """Return a line for each check, below its profile."""
    return "\n\n".join(map(_text, found))


def _text(health: Health) -> str:
    model = f" {health.model}" if health.model else ""
    lines = [f"profile {health.profile}: {health.provider}{model}"]
    width = max(len(each.name) for each in health.checks)
    for each in health.checks:
        advice = f"; {each.advice}" if each.advice else ""
        lines.append(f"  {each.status:7}  {each.name:{width}}  {each.message}{advice}")
    return "\n".join(lines)
