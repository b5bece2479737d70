"""What image models can do: legal canvases, qualities, tokens, prices. Data, not code.

`model` says what one model can do; `table` knows the models of `models.json`, which says when and
where each number was read, and of the pipeline file; `narrowing` takes away what a service lacks.
`judges` says what those cost that look at pictures.
`requests` finds what would be refused, `notices` what is worth knowing, before anything is sent.
"""

from __future__ import annotations

from assetforge.capabilities.judges import (
    JudgeRate,
    judge_rate,
    judge_rates,
    judged_size,
)
from assetforge.capabilities.model import (
    Capabilities,
    Price,
    Rate,
    SizeRules,
    size_problem,
)
from assetforge.capabilities.narrowing import is_own_server, narrowed
from assetforge.capabilities.notices import NOTICED, notices, shutdown_of
from assetforge.capabilities.requests import Refusal, refusals
from assetforge.capabilities.table import (
    SHIPPED,
    Family,
    Models,
    base_names,
    capabilities_of,
    default_model,
    families,
    known_models,
    known_providers,
    models_with,
)

__all__ = [
    "NOTICED",
    "SHIPPED",
    "Capabilities",
    "Family",
    "JudgeRate",
    "Models",
    "Price",
    "Rate",
    "Refusal",
    "SizeRules",
    "base_names",
    "capabilities_of",
    "default_model",
    "families",
    "is_own_server",
    "judge_rate",
    "judge_rates",
    "judged_size",
    "known_models",
    "known_providers",
    "models_with",
    "narrowed",
    "notices",
    "refusals",
    "shutdown_of",
    "size_problem",
]
