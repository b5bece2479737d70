"""The one door to OpenAI's SDK: sends one request, once, and says what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import httpx2
import openai
from openai import Stream

from assetforge.errors import OutcomeUnknown, ProviderUnavailable
from assetforge.providers.openai.access import NO_KEY, Access
from assetforge.providers.openai.outcome import (
    Asked,
    Told,
    broken,
    error_object,
    refusal,
)
from assetforge.providers.openai.request import Outgoing
from assetforge.providers.openai.transport import LARGEST, http_client

SDK: Final = f"openai {openai.__version__}"

CUSTOM_HEADERS: Final = "OPENAI_CUSTOM_HEADERS"
"""Holds headers, a line for each, that the SDK sends with every request."""

Event: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer under a status of success; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


Sent: TypeAlias = tuple[Answer, Iterator[Event] | None]
"""An answer; or its headers alone, and the events that it comes in."""


class Client:
    """Sends requests to one address with one key. Several threads may call it at once."""

    def __init__(self, access: Access, timeout_seconds: float) -> None:
        self._seconds = timeout_seconds
        self._token = access.token
        self._sdk = openai.OpenAI(
            api_key=access.key.reveal() if access.key else NO_KEY,
            admin_api_key="",
            base_url=access.base_url,
            max_retries=0,
            default_headers=None if access.service.name == "openai" else _abroad(access),
            http_client=http_client(timeout_seconds),
        )

    def read(self, path: str, asked: Asked) -> Answer:
        """Return what is at a path.

        Raises:
            ActionFailed: as in `sent`.
        """
        with self._outcomes(asked):
            stream = self._sdk.get(
                path,
                cast_to=object,
                options={"headers": self._signed_in()},
                stream=True,
                stream_cls=Stream[Any],
            )
            with stream:
                return _whole(stream.response, asked)

    @contextmanager
    def sent(self, outgoing: Outgoing, asked: Asked) -> Iterator[Sent]:
        """Send a request; give its answer, and, where it comes in parts, headers and events.

        Raises:
            NotNow: it was refused before any work, or never left.
            OutcomeUnknown: it left, and no whole answer came; also from the events.
            ProviderUnavailable: no further request can succeed.
            ActionFailed: it was refused for good.
        """
        with self._outcomes(asked):
            # Always as a stream: only then is it for us to say how much is read.
            stream = self._sdk.post(
                outgoing.path,
                cast_to=object,
                stream=True,
                stream_cls=Stream[Any],
                **_content(outgoing, self._signed_in()),
            )
            with stream:
                headers = dict(stream.response.headers)
                if "event-stream" in headers.get("content-type", ""):
                    yield Answer(headers, b""), _events(stream, asked)
                else:
                    yield _whole(stream.response, asked), None

    def _signed_in(self) -> dict[str, str]:
        """Return what tells who is signed in, where nobody has a key."""
        return {"Authorization": f"Bearer {self._token()}"} if self._token else {}

    @contextmanager
    def _outcomes(self, asked: Asked) -> Iterator[None]:
        try:
            yield
        except openai.APIStatusError as error:
            told = Told(error.status_code, error_object(error.body), dict(error.response.headers))
            raise refusal(told, asked) from None
        except openai.APIConnectionError as error:
            raise broken(error.__cause__ or error, asked, self._seconds) from None
        except openai.APIError as error:
            # Inside a stream: the status was that of success.
            raise refusal(Told(None, error.body or error.message), asked) from None
        except UnicodeEncodeError:
            named = f"'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID', '{CUSTOM_HEADERS}'"
            message = f"a header cannot be sent; check the environment: {named}"
            raise ProviderUnavailable("no-connection", message) from None
        except httpx2.HTTPError as error:
            raise broken(error, asked, self._seconds) from None


def _abroad(access: Access) -> Any:
    """Return what keeps from other services the headers that are meant for OpenAI."""
    lines = os.environ.get(CUSTOM_HEADERS, "").split("\n")
    named = [line.partition(":")[0].strip() for line in lines if ":" in line]
    kept = [each for each in named if each.lower() != "authorization"]
    omitted = {each: openai.Omit() for each in (*kept, "OpenAI-Organization", "OpenAI-Project")}
    return omitted | {"Authorization": f"Bearer {access.key.reveal() if access.key else NO_KEY}"}


def _whole(response: httpx2.Response, asked: Asked) -> Answer:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST:
            message = f"'{asked.service}' sent more than {LARGEST} bytes; it may have been billed"
            raise OutcomeUnknown("too-long", message)
    return Answer(dict(response.headers), bytes(body))


def _events(stream: Stream[Any], asked: Asked) -> Iterator[Event]:
    try:
        yield from (each for each in stream if isinstance(each, dict))
    except ValueError:
        message = f"'{asked.service}' sent an event that is no JSON; it may have been billed"
        raise OutcomeUnknown("no-json", message) from None


def _content(outgoing: Outgoing, headers: dict[str, str]) -> dict[str, Any]:
    if not outgoing.files:
        return {"body": outgoing.body, "options": {"headers": headers}}
    form = {"headers": {"Content-Type": "multipart/form-data", **headers}}
    return {"body": outgoing.body, "files": list(outgoing.files), "options": form}
