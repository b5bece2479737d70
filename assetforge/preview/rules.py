"""Who may ask the preview what: the person it was started for, from its own page.

A server on this machine can be reached by every page that is open in the browser, and by whoever
points a name at this machine. So a request is refused unless all of it is as our page sends it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers

ASKING: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

OWN: Final = frozenset({"same-origin", "none"})
"""What browsers say of a request by our page, or by the person: `Sec-Fetch-Site`."""

OWN_NAMES: Final = {"127.0.0.1": "127.0.0.1", "localhost": "localhost", "::1": "[::1]"}
"""Address that only this machine reaches → its name in requests, which is always answered to."""

CSRF_HEADER: Final = "x-assetforge"

KIND: Final = 1 << 10
BODY_BYTES: Final = 64 * KIND
TEXT_BYTES: Final = 256 * KIND
MANY_BYTES: Final = 2 * KIND * KIND
"""A decision about 5,000 pictures names each with its digest: about 1 MB."""

BODIES: Final = {
    "/texts": TEXT_BYTES,
    "/texts/check": TEXT_BYTES,
    **dict.fromkeys(
        ("/build", "/draft", "/focus", "/accept", "/reject", "/pin", "/unpin", "/reroll"),
        MANY_BYTES,
    ),
}
"""Path → how long a body may be, where it is not `BODY_BYTES`."""

HINT: Final = "open the address that `assetforge preview` printed in the terminal"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only the person and our page know, made anew on every run.

    Attributes:
        token: in the printed address, then in a cookie.
        csrf: in the page, which sends it with everything that changes something.
    """

    token: str
    csrf: str


def new_secrets() -> Secrets:
    """Return secrets that nobody can guess."""
    return Secrets(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Rules:
    """What a request is held against.

    Attributes:
        origins: host as requests name it → the origins of pages that are ours there.
        cookie: its name. Cookies are shared by all ports of a host, so ours is in it.
    """

    origins: dict[str, frozenset[str]]
    cookie: str
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    words: str


def rules_for(port: int, allow_hosts: Iterable[str], known: Secrets) -> Rules:
    """Return the rules of a server at a port; `allow_hosts` are further names it answers to.

    Such a name may have its port; one without is also allowed with ours. Behind it may be a proxy
    that speaks HTTPS.
    """
    own = {
        host: frozenset({f"http://{host}"})
        for name in OWN_NAMES.values()
        for host in _with_port(name, port)
    }
    further = {
        host: frozenset({f"http://{host}", f"https://{host}"})
        for name in map(str.lower, allow_hosts)
        for host in (name, *_with_port(name, port))
    }
    return Rules({**further, **own}, f"assetforge-{port}", known)


def _with_port(name: str, port: int) -> tuple[str, ...]:
    if re.search(r":\d+$", name) and not name.endswith("]"):
        return (name,)
    # Browsers leave the port of HTTP itself away.
    return (name, f"{name}:{port}") if port == 80 else (f"{name}:{port}",)


def unwelcome(rules: Rules, method: str, path: str, headers: Headers) -> Refusal | None:
    """Return why nobody may ask so, or None."""
    return (
        _misaddressed(rules, headers)
        or _impossible(method)
        or _foreign(rules, method, path, headers)
    )


def unproven(rules: Rules, method: str, path: str, headers: Headers) -> Refusal | None:
    """Return why who asks may not, or None: our page asks, and its body may be read."""
    refused = _stranger(rules, headers)
    if method in ASKING:
        return refused
    return refused or _unmeant(rules, headers) or _unreadable(path, headers)


def entry_token(method: str, path: str, query: bytes) -> str | None:
    """Return the token in the address that somebody opens, right or wrong."""
    if method != "GET" or path != "/":
        return None
    found = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("token")
    return found[0] if found else None


def is_link(path: str, headers: Headers) -> bool:
    """Tell whether somebody follows a link on another site to our page.

    Browsers keep our cookie from such a request, for it is strict.
    """
    return (
        path == "/"
        and headers.get("sec-fetch-site", "none") not in OWN
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def same(one: str, other: str) -> bool:
    """Compare with a secret, in a time that says nothing about it."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())


def body_limit(path: str) -> int:
    """Return how many bytes a body may have."""
    return BODIES.get(path, BODY_BYTES)


def _misaddressed(rules: Rules, headers: Headers) -> Refusal | None:
    """Refuse names that are not ours: a foreign one may point here, and its pages then too."""
    hosts = headers.getlist("host")
    if len(hosts) == 1 and hosts[0].lower() in rules.origins:
        return None
    words = "this preview does not answer to that name; allow it with --allow-host, or"
    return Refusal(421, f"{words} {HINT}")


def _impossible(method: str) -> Refusal | None:
    """Refuse all other methods, also the OPTIONS by which browsers ask for others' sake."""
    if method in ASKING or method == "POST":
        return None
    return Refusal(405, f"the preview knows no {method[:20]}")


def _foreign(rules: Rules, method: str, path: str, headers: Headers) -> Refusal | None:
    """Refuse what another page sends, but for a link that a person follows."""
    own = rules.origins[headers["host"].lower()]
    sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if OWN.issuperset(sites) and own.issuperset(origins):
        return None
    if method == "GET" and is_link(path, headers):
        return None
    return Refusal(403, "the preview answers to its own page only")


def _stranger(rules: Rules, headers: Headers) -> Refusal | None:
    """Refuse who does not have the cookie."""
    right = f"{rules.cookie}={rules.secrets.token}"
    sent = ";".join(headers.getlist("cookie")).split(";")
    # One of several is enough: a server at another port can set one of the same name.
    if any(same(each.strip(), right) for each in sent):
        return None
    return Refusal(401, f"this browser is not let in, or the preview was started anew: {HINT}")


def _unmeant(rules: Rules, headers: Headers) -> Refusal | None:
    """Refuse what our page did not send by itself."""
    if len(headers.getlist("origin")) != 1:  # it is our own, or would not have come so far
        return Refusal(403, "only the preview's own page may change something")
    sent = headers.getlist(CSRF_HEADER)
    if len(sent) != 1 or not same(sent[0], rules.secrets.csrf):
        return Refusal(403, "the page is of another run of the preview; load it again")
    return None


def _unreadable(path: str, headers: Headers) -> Refusal | None:
    """Refuse bodies that are no JSON, or say themselves that they are too long."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return Refusal(415, "the body must be application/json")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        return Refusal(400, "the length of the body is no number")
    if len(length) > 12 or int(length) > body_limit(path):
        return too_long(path)
    return None


def too_long(path: str) -> Refusal:
    """Return the refusal of a body that is too long."""
    return Refusal(413, f"the body is longer than {body_limit(path) // KIND} KiB")
