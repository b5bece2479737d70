"""`openai`: OpenAI's image API, its chat to judge pictures, and every service that speaks it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from assetforge.errors import ActionFailed, OutcomeUnknown
from assetforge.providers.base import (
    UNTOLD,
    Allowance,
    Connection,
    ImageRequest,
    JudgeRequest,
    NotNow,
    Reply,
    Sketched,
    unseen,
)
from assetforge.providers.openai.access import access_of
from assetforge.providers.openai.chat import judgement_of, question
from assetforge.providers.openai.client import SDK, Answer, Client, Event
from assetforge.providers.openai.fetch import Fetcher
from assetforge.providers.openai.headers import allowance_of
from assetforge.providers.openai.outcome import Asked, Told, error_object, refusal
from assetforge.providers.openai.reply import Envelope, answer_of, reply_of
from assetforge.providers.openai.request import Outgoing, outgoing, wire_model
from assetforge.secrets import redacted


class OpenAI:
    """Makes pictures with one service, at one address, with one key.

    Calls block and may come from several threads at once; they share one client.

    Attributes:
        account: whose limits the calls count against.
        base_url: the service's address.
        key_source: where the key was found, for people; never the key.
        sdk: name and version of what speaks with the service.
    """

    def __init__(self, connection: Connection) -> None:
        self._access = access_of(connection)
        self._connection = connection
        self._client = Client(self._access, connection.timeout_seconds)
        self._fetch = Fetcher(
            self._access.service, self._access.base_url, connection.timeout_seconds
        )
        self.account = self._access.account
        self.base_url = self._access.base_url
        self.key_source = self._access.source
        self.sdk = SDK

    def make(self, request: ImageRequest, sketched: Sketched) -> Reply:
        """Return one picture; sends exactly one request."""
        service = self._access.service
        sent = outgoing(request, service, self._connection)
        asked = self._asked(request.model)
        with self._safe_words():
            headers, answer = self._answer(sent, asked, sketched)
            return reply_of(answer, Envelope(headers, service.name), self._fetch)

    def judge(self, request: JudgeRequest) -> Reply:
        """Return a judge's answer about one picture; sends exactly one request."""
        service = self._access.service
        sent = question(request, service)
        asked = self._named(str(sent.body["model"]))
        with self._safe_words(), _no_limits():
            headers, answer = self._answer(sent, asked, unseen)
            return judgement_of(answer, Envelope(headers, service.name))

    def models(self) -> tuple[Mapping[str, str | None], Allowance]:
        """Return the models that the service lists, each with its shutdown date if it tells one.

        Beside them, what the answer said about the account's limits. No picture is made.

        Raises:
            ActionFailed: it could not be reached, or lists none; as in `make`.
        """
        asked = self._asked(None)
        with self._safe_words():
            answer = self._client.read("/models", asked)
            listed = _said(answer, asked).get("data")
            if not isinstance(listed, list):
                raise ActionFailed("no-list", f"'{asked.service}' lists no models")
        found = {
            str(each["id"]).removeprefix("models/"): _date(each)
            for each in listed
            if isinstance(each, dict) and "id" in each
        }
        return found, allowance_of(answer.headers)

    def wire_model(self, model: str | None) -> str:
        """Return what the service calls a model."""
        return wire_model(model, self._access.service, self._connection)

    def _asked(self, model: str | None) -> Asked:
        return self._named(self.wire_model(model))

    def _named(self, name: str) -> Asked:
        access = self._access
        return Asked(access.service.name, name, access.key_name, signed_in=bool(access.identity))

    def _answer(
        self, sent: Outgoing, asked: Asked, sketched: Sketched
    ) -> tuple[Mapping[str, str], Mapping[str, Any]]:
        """Return an answer's headers and what it says; show the previews that come before."""
        with self._client.sent(sent, asked) as (answer, events):
            if events is not None:
                return answer.headers, _finished(events, asked, sketched)
        return answer.headers, _said(answer, asked)

    @contextmanager
    def _safe_words(self) -> Iterator[None]:
        """Take the key out of what a service said, wherever it repeated it."""
        try:
            yield
        except ActionFailed as error:
            secrets = self._access.secrets
            error.args = tuple(redacted(str(each), secrets) for each in error.args)
            error.code = redacted(error.code, secrets)
            raise


@contextmanager
def _no_limits() -> Iterator[None]:
    """Take out of a refusal what it says about limits: they are not those of pictures."""
    try:
        yield
    except NotNow as error:
        error.allowance = UNTOLD
        raise


def _said(answer: Answer, asked: Asked) -> Mapping[str, Any]:
    """Return what a whole answer says."""
    said = answer_of(answer.body, asked.service)
    if "data" not in said and said.get("error"):
        # Gateways say so under a status of success.
        raise refusal(Told(None, error_object(said), answer.headers), asked)
    return said


def _finished(events: Iterator[Event], asked: Asked, sketched: Sketched) -> Event:
    """Return the event that holds the picture; show the previews that come before."""
    for event in events:
        kind = str(event.get("type", ""))
        if kind.endswith(".completed"):
            return event
        if kind.endswith(".partial_image"):
            _show(event, sketched)
        if kind == "error":
            # Responses, OpenAI's other API, tells errors so; the SDK raises for `error` objects.
            raise refusal(Told(None, event), asked)
    message = f"'{asked.service}' ended its answer before the picture came; it may have been billed"
    raise OutcomeUnknown("no-picture", message)


def _show(event: Mapping[str, Any], sketched: Sketched) -> None:
    """Pass on a preview; one that cannot be decoded is no loss."""
    try:
        data = base64.b64decode(str(event.get("b64_json", "")), validate=True)
    except ValueError:
        return
    if data:
        sketched(data)


def _date(model: Mapping[str, Any]) -> str | None:
    date = model.get("shutdown_date")
    return date[:10] if isinstance(date, str) else None
