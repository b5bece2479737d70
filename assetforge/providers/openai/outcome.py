"""What became of a request that brought no picture: which of the outcomes, and what to do.

Codes decide, then types, then the status; never the wording, but for limits, which are told nowhere
else. Sources: OpenAI error codes and rate limits guides, read 2026-11-21; Azure image how-to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from assetforge.errors import ActionFailed, OutcomeUnknown, ProviderUnavailable
from assetforge.providers.base import NotNow
from assetforge.providers.openai.headers import limit_of, refused_allowance, wait_seconds

MODERATION: Final = frozenset(
    {"moderation_blocked", "content_policy_violation", "contentfilter", "content_filter"}
)

PAYMENT: Final = frozenset(
    {
        "billing_hard_limit_reached",
        "billing_not_active",
        "credit_balance_exhausted",
        "insufficient_quota",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)

OVERLOADED: Final = frozenset({"overloaded", "server_is_overloaded", "slow_down"})

NO_MODEL: Final = frozenset(
    {"deploymentnotfound", "invalidendpointormodel.notfound", "model_not_found"}
)

NEVER_REACHED: Final = frozenset({525, 526, 530})
"""A gateway could not reach the service at all. Source: Cloudflare 5xx errors, read 2026-11-21."""

MAPPING: Final = "check what the mapping of the service account permits"

LONGEST: Final = 300
"""Most characters of a message."""

UNSENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
"""What is raised before a request leaves this machine."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked for what: the words that messages need.

    `key_name` is the variable that holds the key, or should; `signed_in`: it is done without one.
    """

    service: str
    model: str
    key_name: str
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal, as the service told it.

    Attributes:
        status: of the HTTP answer; None for an error inside a stream or under status 200.
        body: the error object, the whole body where there is none, or its text.
        headers: with lower-case names.
    """

    status: int | None
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """Return a field of the error object in lower case; empty where there is none."""
        found = self.body.get(name) if isinstance(self.body, Mapping) else None
        return found.lower() if isinstance(found, str) else ""

    @property
    def words(self) -> set[str]:
        """The code and the type."""
        return {self.word("code"), self.word("type")} - {""}

    @property
    def code(self) -> str:
        """The code as the service wrote it; else the type; else the status."""
        said = self.body if isinstance(self.body, Mapping) else {}
        found = [said.get(name) for name in ("code", "type")]
        status = f"http-{self.status}" if self.status else "stream-error"
        return next((each for each in found if isinstance(each, str) and each), status)

    @property
    def message(self) -> str:
        """What the service said, whatever the shape of its errors."""
        said = self.body
        if isinstance(said, Mapping):
            found = (said.get(name) for name in ("message", "detail", "error", "msg"))
            said = next((each for each in found if each), "")
        if isinstance(said, list) and said and isinstance(said[0], Mapping):
            said = said[0].get("msg", said)
        text = "" if said is None else str(said)
        return "" if re.match(r"\s*<", text) else one_line(text)

    @property
    def request_id(self) -> str | None:
        """The service's name for the call."""
        return request_id_of(self.headers)


def error_object(body: object) -> object:
    """Return the error in a body, whatever is wrapped around it. Gemini sends a list of one."""
    if isinstance(body, list) and len(body) == 1 and isinstance(body[0], Mapping):
        body = body[0]
    inner = body.get("error") if isinstance(body, Mapping) else None
    return inner if isinstance(inner, Mapping) else body


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the service's name for a call. `apim-request-id` is Azure's."""
    return headers.get("x-request-id") or headers.get("apim-request-id")


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return a text in one line, without control characters, cut where it is too long."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def refusal(told: Told, asked: Asked) -> ActionFailed:
    """Return what a refusal means for the action, and for the run."""
    words, status = told.words, told.status
    if words & MODERATION:
        return _moderated(told, asked)
    if words & PAYMENT or status == 402:
        advice = "add credit or raise the limit at the service, then build again"
        return ProviderUnavailable(told.code, _text(told, asked, "will not go on", advice))
    if status in (401, 403):
        return _no_access(told, asked)
    if _names_no_model(told):
        return _no_model(told, asked)
    if words & OVERLOADED or status in (503, 529):
        return _not_now(told, asked, "is overloaded", overloaded=True)
    if status == 429 or "rate_limit_exceeded" in words:
        return _over_the_limit(told, asked)
    return _by_status(told, asked)


def _by_status(told: Told, asked: Asked) -> ActionFailed:
    status = told.status
    if status in (408, 409, 500) or status in NEVER_REACHED:
        return _not_now(told, asked, "could not answer")
    if status is None or (status >= 500 and status != 501):
        note = "it may have been done and billed"
        return OutcomeUnknown(told.code, _text(told, asked, "failed on the way", note))
    if status < 400:
        advice = "set 'base_url' to the address that answers itself"
        what = f"answers with a redirect ({status})"
        return ProviderUnavailable(told.code, _text(told, asked, what, advice))
    if status in (404, 405, 501):
        message = _text(told, asked, "has nothing there", "check 'base_url'")
        return ProviderUnavailable("nothing-there", message)
    if status == 413:
        advice = "use smaller references"
        return ActionFailed(told.code, _text(told, asked, "finds the request too large", advice))
    return ActionFailed(told.code, _text(told, asked, "refused the request"))


def _moderated(told: Told, asked: Asked) -> ActionFailed:
    """Return a refusal for what is shown: by its stage, another picture may pass or may not.

    Whether a picture that is kept back is billed, no source says: it counts as spent.
    """
    details = _mapping(told, "moderation_details")
    stage = details.get("moderation_stage")
    categories = ", ".join(_categories(details, told))
    found = f": {categories}" if categories else ""
    if stage == "output":
        what = f"drew a picture, which may be billed, and kept it back{found}"
        advice = "change the words, or build again: another picture may pass"
    else:
        what = f"refused the {'input' if stage == 'input' else 'prompt'}{found}"
        advice = "change the words, the copy or the references"
    message = _named(told, f"'{asked.service}' {what}", advice)
    refused = ActionFailed("moderation_blocked", message)
    refused.may_be_billed = stage == "output"
    return refused


def _categories(details: Mapping[str, Any], told: Told) -> list[str]:
    listed = details.get("categories")
    if isinstance(listed, list):
        return [one_line(str(each), 40) for each in listed[:5]]
    inner = _mapping(told, "inner_error") or _mapping(told, "innererror")
    filters = inner.get("content_filter_results") or _mapping(told, "content_filter_results")
    results = filters.items() if isinstance(filters, Mapping) else ()
    return [
        str(name)
        for name, result in results
        if isinstance(result, Mapping) and result.get("filtered")
    ]


def _mapping(told: Told, name: str) -> Mapping[str, Any]:
    found = told.body.get(name) if isinstance(told.body, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _no_access(told: Told, asked: Asked) -> ActionFailed:
    if told.status == 401:
        what = "does not accept the sign-in" if asked.signed_in else "does not accept the key"
        advice = MAPPING if asked.signed_in else f"set the key in '{asked.key_name}'"
        return ProviderUnavailable(told.code, _text(told, asked, what, advice))
    if "verif" in told.message.lower():
        advice = (
            "verify it at https://platform.openai.com/settings/organization/general; "
            "it can take 15 minutes to count"
        )
        message = f"'{asked.service}' gives '{asked.model}' to verified organizations only"
        return ProviderUnavailable(told.code, _named(told, message, advice))
    advice = MAPPING if asked.signed_in else f"check what the key in '{asked.key_name}' may do"
    return ProviderUnavailable(told.code, _text(told, asked, "does not allow this", advice))


def _names_no_model(told: Told) -> bool:
    if told.words & NO_MODEL:
        return True
    # Source: measured 2026-08-29: an unknown model is 400 `invalid_value` of `model`.
    return told.status == 400 and told.word("param") == "model"


def _no_model(told: Told, asked: Asked) -> ActionFailed:
    advice = "name one that the account has; `assetforge doctor` lists them"
    what = f"has no model '{asked.model}'"
    return ProviderUnavailable(told.code, _text(told, asked, what, advice))


def _over_the_limit(told: Told, asked: Asked) -> ActionFailed:
    """Return a refusal for the account's limits: one that ends, or one that never will."""
    named = limit_of(told.message)
    if named and named.limit == 0:
        what = f"gives the account no '{asked.model}' (limit 0)"
        return ProviderUnavailable(told.code, _text(told, asked, what, "raise the account's tier"))
    if named and named.requested is not None and named.requested > named.limit:
        what = f"never takes {named.requested} {named.unit} at once, the limit is {named.limit}"
        advice = "use fewer references, or raise the account's tier"
        return ActionFailed("over-limit", _named(told, f"'{asked.service}' {what}", advice))
    return _not_now(told, asked, "is over its limits", limited=True)


def _not_now(
    told: Told, asked: Asked, what: str, *, limited: bool = False, overloaded: bool = False
) -> NotNow:
    return NotNow(
        told.code,
        _text(told, asked, what),
        wait_seconds=wait_seconds(told.headers, told.message),
        limited=limited,
        overloaded=overloaded,
        allowance=refused_allowance(told.headers, told.message),
    )


def _text(told: Told, asked: Asked, what: str, advice: str = "") -> str:
    """Return `'openai' refused the request: ITS WORDS (code, req_1); advice`."""
    words = told.message.rstrip(".")
    said = f": {one_line(words, LONGEST - 120)}" if words else ""
    return _named(told, f"'{asked.service}' {what}{said}", advice)


def _named(told: Told, message: str, advice: str = "") -> str:
    names = ", ".join(each for each in (told.code, told.request_id) if each)
    return f"{message} ({one_line(names, 80)})" + (f"; {advice}" if advice else "")


def broken(cause: BaseException, asked: Asked, seconds: float) -> ActionFailed:
    """Return what a failure of the connection means: it tells whether the request had left."""
    what = one_line(str(cause), 120) or type(cause).__name__
    if isinstance(cause, UNSENT):
        message = f"'{asked.service}' cannot be reached: {what}"
        return NotNow("unreachable", f"{message}; check the connection and 'base_url'")
    if isinstance(cause, httpx2.TimeoutException):
        what = f"no answer within {seconds:g} s"
    message = f"sent to '{asked.service}', but the answer did not arrive: {what}"
    return OutcomeUnknown("no-answer", f"{message}; it may have been billed")
