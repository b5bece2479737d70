"""Stands before the preview: refuses what is not meant, and says to browsers what a page may do."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetforge.preview.rules import (
    ASKING,
    Refusal,
    Rules,
    body_limit,
    entry_token,
    is_link,
    same,
    too_long,
    unproven,
    unwelcome,
)

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
}
"""Headers that every answer has."""

UNLESS_SAID: Final = {"content-security-policy": POLICY, "cache-control": "no-store"}
"""Headers of answers that do not have their own: a picture is kept, and may do nothing."""

PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{refresh}<title>assetforge</title>
<h1>{title}</h1>
<p>{words}</p>
</html>
"""

AGAIN: Final = '<meta http-equiv="refresh" content="0; url=/">\n'
"""Opens the page again, this time as a request of ours, which has the cookie with it."""


class Guard:
    """Lets through what our page sends; whatever is not known to be that is refused."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or have it answered."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        assert scope["type"] == "http", f"BUG: the preview is asked for {scope['type']}"
        guarded = _with_headers(send)
        answer = self._answer(scope)
        if answer is not None:
            await answer(scope, receive, guarded)
        elif scope["method"] in ASKING:
            await self._app(scope, receive, guarded)
        else:
            await self._with_body(scope, receive, guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that does not get any further."""
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        refused = unwelcome(self._rules, method, path, headers)
        if refused is None:
            token = entry_token(method, path, scope["query_string"])
            if token is not None:
                return self._entry(token)
            refused = unproven(self._rules, method, path, headers)
        if refused is None:
            return None
        return refusal_page(refused, headers) if path == "/" else refusal_answer(refused)

    def _entry(self, token: str) -> Response:
        """Let in who opens the printed address: the token goes from the address into a cookie."""
        right = self._rules.secrets.token
        if not same(token, right):
            return refusal_page(Refusal(401, "this address is of another run of the preview"))
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self._rules.cookie, right, httponly=True, samesite="strict")
        return answer

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read all of a body, which must be short, before anything is done about it."""
        body = bytearray()
        try:
            async for part in Request(scope, receive).stream():
                body += part
                if len(body) > body_limit(scope["path"]):
                    await refusal_answer(too_long(scope["path"]))(scope, receive, send)
                    return
        except ClientDisconnect:  # halfway: nobody is left to tell
            return
        await self._app(scope, _replayed(bytes(body), receive), send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_headers(MutableHeaders(scope=message))
        await send(message)

    return sent


def add_headers(headers: MutableHeaders) -> None:
    """Add what every answer has to say to a browser."""
    for name, value in ALWAYS.items():
        headers[name] = value
    for name, value in UNLESS_SAID.items():
        headers.setdefault(name, value)


def refusal_page(refused: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """Return the refusal that a person reads instead of the page."""
    linked = refused.status == 401 and headers is not None and is_link("/", Headers(headers))
    page = PAGE.format(
        refresh=AGAIN if linked else "",
        title="The preview is not open here",
        words=html.escape(f"{refused.words[:1].upper()}{refused.words[1:]}."),
    )
    return HTMLResponse(page, refused.status)


def refusal_answer(refused: Refusal) -> Response:
    """Return the refusal that a script reads."""
    body = json.dumps({"error": "refused", "words": refused.words}, ensure_ascii=False)
    return Response(body, refused.status, media_type="application/json")
