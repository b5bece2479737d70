"""Azure AI Foundry: deployments in the place of models, and its own words for what goes wrong.

Source: Azure OpenAI image how-to and API lifecycle pages, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from assetforge.capabilities import judge_rates, known_models
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call
from assetforge.emulator.checks import choice, refused
from assetforge.emulator.dialects.base import STAND_IN, Asked, Dialect, error_of
from assetforge.emulator.files import no_form
from assetforge.emulator.settings import Settings

MISSING: Final = "missing"
"""A deployment whose name begins so does not exist."""

STAND_IN_JUDGE: Final = "gpt-5.4-mini"

FILTERED: Final = "Your task failed as a result of our safety system."


def understood(call: Call, settings: Settings) -> Asked | Problem:
    """Ask for the model behind the deployment, and refuse what only OpenAI itself has."""
    name = deployment_of(call.said("model"))
    if isinstance(name, Problem):
        return name
    if call.endpoint == "edits" and call.form == "json":
        return no_form("application/json")
    problem = choice(call, "output_format", ["png", "jpeg"])
    if problem:
        return problem
    if call.said("background") == "transparent":
        return refused("background", "Transparent background is not supported for this model.")
    return Asked(replace(call, fields={**call.fields, "model": model_of(name)}))


def deployment_of(name: Any) -> str | Problem:
    """Return the name of a deployment, or that there is none."""
    if isinstance(name, str) and name and not name.startswith(MISSING):
        return name
    message = (
        "The API deployment for this resource does not exist. If you created the deployment "
        "within the last 5 minutes, please wait a moment and try again."
    )
    return Problem(message, code="DeploymentNotFound", status=404)


def judge_of(name: Any) -> str | Problem:
    """Return the judge of a deployment: the one that its name holds, else gpt-5.4-mini."""
    deployment = deployment_of(name)
    if isinstance(deployment, Problem):
        return deployment
    held = [each.name for each in judge_rates() if each.name in deployment]
    return max(held, key=len, default=STAND_IN_JUDGE)


def model_of(deployment: str) -> str:
    """Return the model of a deployment: the one that its name holds, else gpt-image-2."""
    held = [each for each in known_models("openai") if each in deployment]
    return max(held, key=len, default=STAND_IN)


def phrased(answer: Answer) -> Answer:
    """Refuse as Azure does."""
    error = error_of(answer)
    if error is None:
        return answer
    said: dict[str, Any] = {"code": error["code"], "message": error["message"]}
    if error["code"] == "moderation_blocked":
        said = {"code": "contentFilter", "message": FILTERED}
    elif error["code"] == "rate_limit_exceeded":
        said["code"] = "429"
    elif error["param"]:
        said |= {"param": error["param"], "type": error["type"]}
    return replace(answer, body={"error": said})


AZURE: Final = Dialect(
    root="/openai/v1",
    models=tuple(known_models("openai")),
    judge=judge_of,
    understood=understood,
    refused=phrased,
)
