"""Sign-in without a key: a token that says who this machine is, exchanged for one of OpenAI's.

Sources: OpenAI's guides to workload identity federation, whose names the variables are; GitHub's
OpenID Connect reference; both read 2026-11-22.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import openai
from openai.auth import WorkloadIdentityAuth

from assetforge.errors import ProviderUnavailable
from assetforge.providers.base import NotNow
from assetforge.providers.openai.outcome import one_line
from assetforge.providers.openai.transport import http_client
from assetforge.secrets import Secret, redacted

PROVIDER: Final = "OPENAI_IDENTITY_PROVIDER_ID"
"""Names what OpenAI was told to trust."""

ACCOUNT: Final = "OPENAI_SERVICE_ACCOUNT_ID"
"""Names who pays for the pictures."""

AUDIENCE: Final = "OPENAI_WIF_AUDIENCE"

USUAL_AUDIENCE: Final = "https://api.openai.com/v1"

TOKEN: Final = "OPENAI_IDENTITY_TOKEN"
"""Holds a token: what `id_tokens` of GitLab set."""

TOKEN_FILE: Final = "OPENAI_IDENTITY_TOKEN_FILE"
"""Names a file that holds a token, and that somebody keeps fresh."""

ASKED_AT: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"

ASKED_WITH: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
"""What GitHub sets beside `ASKED_AT` in jobs that may ask for a token."""

PATIENCE_SECONDS: Final = 10.0

SEVERAL: Final = 4
"""How many of OpenAI's tokens are remembered, so that no message shows them."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What says who this machine is.

    Attributes:
        name: for people.
        token: returns a token that is good now; blocks while it is fetched.
    """

    name: str
    token: Callable[[], str]


class Identity:
    """Signs in as a service account. Several threads may ask for its token at once.

    Attributes:
        account: the service account's id.
        given: OpenAI's last tokens.
    """

    def __init__(self, provider: str, account: str, witness: Witness) -> None:
        self.account = account
        self.given: deque[Secret] = deque(maxlen=SEVERAL)
        self._witness = witness
        self._lock = threading.Lock()
        self._exchange = WorkloadIdentityAuth(
            workload_identity={
                "identity_provider_id": provider,
                "service_account_id": account,
                "provider": {"token_type": "jwt", "get_token": witness.token},
            }
        )

    @property
    def source(self) -> str:
        """How this machine signs in, for people."""
        return f"sign-in as '{self.account}' with {self._witness.name}"

    def token(self) -> str:
        """Return OpenAI's token; it is fetched anew well before it ends.

        Raises:
            ProviderUnavailable: nobody is let in by what this machine has.
            NotNow: who is asked for a token cannot be reached.
        """
        with self._lock, self._outcomes():
            token = self._exchange.get_token()
            if token not in (each.reveal() for each in self.given):
                self.given.append(Secret(token))
            return token

    @contextmanager
    def _outcomes(self) -> Iterator[None]:
        try:
            yield
        except openai.OAuthError as error:
            said = one_line(redacted(f"{error.error or error.status_code}: {error.message}"), 160)
            message = f"OpenAI does not accept {self._witness.name} ({said})"
            advice = f"check its audience, and what the mapping of '{self.account}' asks for"
            raise ProviderUnavailable("no-token", f"{message}; {advice}") from None
        # The SDK has no class for an answer without a token, nor for one that ended long ago.
        except (openai.OpenAIError, RuntimeError, httpx2.HTTPError) as error:
            said = one_line(redacted(str(error)), 120) or type(error).__name__
            raise NotNow("no-token", f"OpenAI gave no token: {said}") from None


def find_identity() -> Identity | None:
    """Return who the environment says this machine is to OpenAI; None where it says nothing.

    Raises:
        ProviderUnavailable: it says a part of what is needed.
    """
    held = {name: os.environ.get(name, "").strip() for name in (PROVIDER, ACCOUNT)}
    if not any(held.values()):
        return None
    if missing := [name for name, text in held.items() if not text]:
        message = f"a sign-in to OpenAI needs both '{PROVIDER}' and '{ACCOUNT}'"
        raise ProviderUnavailable("no-token", f"{message}; set '{missing[0]}'")
    if witness := _witness():
        return Identity(held[PROVIDER], held[ACCOUNT], witness)
    message = "nothing says to OpenAI who this machine is"
    advice = f"in GitHub Actions give the job `id-token: write`; else set '{TOKEN}'"
    raise ProviderUnavailable("no-token", f"{message}; {advice} or '{TOKEN_FILE}'")


def _witness() -> Witness | None:
    """Return what says who this machine is: a token, a file that holds one, or GitHub."""
    names = (TOKEN, TOKEN_FILE, ASKED_AT, ASKED_WITH)
    token, file, url, opener = (os.environ.get(name, "").strip() for name in names)
    if token:
        return Witness(f"the token in '{TOKEN}'", lambda: token)
    if file:
        return Witness(f"the token in '{file}'", lambda: _read(Path(file)))
    if url and opener:
        return Witness("GitHub's token for this job", lambda: _asked(url, opener))
    return None


def _read(file: Path) -> str:
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        message = f"'{file}' holds no token that can be read; check '{TOKEN_FILE}'"
        raise ProviderUnavailable("no-token", message)
    return token


def _asked(url: str, opener: str) -> str:
    """Return a token of GitHub's: it is good for some minutes only, and one job."""
    audience = os.environ.get(AUDIENCE, "").strip() or USUAL_AUDIENCE
    try:
        with http_client(PATIENCE_SECONDS) as client:
            answer = client.get(
                httpx2.URL(url).copy_merge_params({"audience": audience}),
                headers={"Authorization": f"bearer {opener}"},
            )
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        message = f"GitHub cannot be asked for a token: {one_line(redacted(str(error)), 120)}"
        raise NotNow("no-token", message) from None
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise NotNow("no-token", f"GitHub gave no token ({answer.status_code})")
    return _told(answer)


def _told(answer: httpx2.Response) -> str:
    try:
        said = answer.json() if answer.is_success else None
    except ValueError:
        said = None
    token = said.get("value") if isinstance(said, dict) else None
    if not isinstance(token, str) or not token:
        message = f"GitHub gave no token ({answer.status_code})"
        raise ProviderUnavailable("no-token", f"{message}; give the job `id-token: write`")
    return token
