"""Where a service is and what opens it: address, key, and whose account that is."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx2

from assetforge.errors import ProviderUnavailable
from assetforge.providers.base import Connection
from assetforge.providers.openai.identity import Identity, find_identity
from assetforge.secrets import Secret, find_secret, how_to_set
from assetforge.services import SPOKEN, Service, service_of

SCOPE: Final = "https://ai.azure.com/.default"
"""What an Azure token is asked for. Source: Azure AI Foundry v1 API, read 2026-11-21."""

NO_KEY: Final = "none"
"""What is sent to servers that want no key: the SDK always sends one."""

DOMAIN: Final = "assetforge account v1\n"

Token: TypeAlias = Callable[[], str]
"""Returns a token that is good now; blocks while it is fetched."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a client is opened with.

    Attributes:
        key: None where a token is used, or nothing is wanted.
        token: None where a key is used.
        key_name: the variable that holds the key, or should.
        identity: who signs in to OpenAI; None where a key is used, or elsewhere.
    """

    service: Service
    base_url: str
    key: Secret | None
    token: Token | None
    key_name: str
    identity: Identity | None = None

    @property
    def account(self) -> str:
        """The same word for the same address and key; neither can be read from it."""
        opened = self.key.reveal() if self.key else self.identity.account if self.identity else ""
        text = f"{DOMAIN}{self.base_url}\n{opened}"
        return f"{self.service.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def source(self) -> str:
        """Where the key was found, for people."""
        if self.key:
            return self.key.source
        if self.identity:
            return self.identity.source
        return "sign-in through Azure" if self.token else "no key, and none is needed"

    @property
    def secrets(self) -> list[Secret]:
        """What no message may show."""
        given = self.identity.given if self.identity else ()
        return [*([self.key] if self.key else []), *given]


def access_of(connection: Connection) -> Access:
    """Return how a connection's service is reached; nothing is sent.

    Raises:
        ProviderUnavailable: there is no address, or no key where one is needed.
    """
    service = service_of(connection.provider) or service_of(SPOKEN)
    assert service is not None, "BUG: 'openai' is a service"
    names = (connection.key_env,) if connection.key_env else service.key_env
    url, key = address_of(connection, service), find_secret(names)
    if key and not (key.reveal().isascii() and key.reveal().isprintable()):
        message = f"the key of '{service.name}' ({key.source}) holds characters that no key has"
        raise ProviderUnavailable("invalid-key", f"{message}; set it again")
    token, identity = None, None
    may_sign_in = key is None and not connection.key_env
    if may_sign_in and service.name == SPOKEN:
        identity = find_identity()
    if identity:
        token = identity.token
    elif may_sign_in and service.entra:
        token = azure_token(names)
    elif key is None and service.key_required:
        message = f"'{service.name}' needs a key: {how_to_set(names)}"
        raise ProviderUnavailable("no-key", message)
    return Access(service, str(url).rstrip("/"), key, token, names[0], identity)


def address_of(connection: Connection, service: Service) -> httpx2.URL:
    """Return the service's address: the profile's, else the environment's, else its own.

    Raises:
        ProviderUnavailable: nobody says it, or what is said is no address.
    """
    if connection.base_url:
        url = _plain(connection.base_url, "'base_url'")
    elif stated := _stated(service):
        url = stated
    elif service.base_url:
        url = httpx2.URL(service.base_url)
    else:
        named = "".join(f", or set '{name}'" for name in service.url_env)
        message = f"where is '{service.name}'? write 'base_url' in the profile{named}"
        raise ProviderUnavailable("no-address", message)
    if service.entra and url.path == "/":
        # Azure's portal shows the resource; the API is below it.
        return url.copy_with(path="/openai/v1")
    return url


def _stated(service: Service) -> httpx2.URL | None:
    """Return the address that the environment holds, if any."""
    held = ((name, os.environ.get(name, "").strip()) for name in service.url_env)
    return next((_plain(text, f"what '{name}' holds") for name, text in held if text), None)


def _plain(text: str, where: str) -> httpx2.URL:
    """Return an address that can be called, and holds nothing secret."""
    try:
        url = httpx2.URL(text)
        url.raw_host.decode().encode("idna")  # as the system's look-up does
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL()
    is_called = url.scheme in ("http", "https") and url.host and (url.port or 1) in range(1, 65536)
    if not is_called or re.search(r"[\s@?#]", text):
        message = f"{where} is no address; write it as https://host/v1"
        raise ProviderUnavailable("no-address", message)
    return url


def azure_token(names: tuple[str, ...]) -> Token:
    """Return what signs in to Azure: as the machine, the pipeline, or who ran `az login`.

    Raises:
        ProviderUnavailable: there is neither a key nor the package that signs in.
    """
    try:
        # Not at the top: an extra that only Azure without a key needs.
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity import DefaultAzureCredential, get_bearer_token_provider
    except ImportError:
        message = f"'azure' needs a key or a sign-in: {how_to_set(names)}"
        install = "or sign in without one: `pip install 'assetforge[azure]'`"
        raise ProviderUnavailable("no-key", f"{message}, {install}") from None
    # Its warnings would go to standard error; what matters of them is in the error below.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    ask = get_bearer_token_provider(DefaultAzureCredential(), SCOPE)

    def token() -> str:
        try:
            return ask()
        except ClientAuthenticationError:
            message = "nobody is signed in to Azure; run `az login`, or " + how_to_set(names)
            raise ProviderUnavailable("no-token", message) from None

    return token
