"""HTML written safely: a text becomes `Html` only by being escaped.

mypy refuses a plain `str` where a child of an element belongs.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import NewType

from assetforge.digest import Json

Html = NewType("Html", str)
"""Markup that may stand in a page as it is."""

VOID = frozenset({"img", "input", "link", "meta"})

_ESCAPED_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def text(value: object) -> Html:
    """Escape a text for use between tags."""
    return Html(html.escape(str(value), quote=True))


def breakable(value: str) -> Html:
    """Escape a name that may be broken into lines behind its slashes."""
    return Html("/<wbr>".join(text(part) for part in value.split("/")))


def element(name: str, attributes: Mapping[str, object] | None = None, *children: Html) -> Html:
    """Return one element; an attribute whose value is None is left out."""
    written = "".join(
        f' {key}="{html.escape(str(value), quote=True)}"'
        for key, value in (attributes or {}).items()
        if value is not None
    )
    return Html(
        f"<{name}{written}>" if name in VOID else f"<{name}{written}>{''.join(children)}</{name}>"
    )


def icon(name: str) -> Html:
    """Return a picture of the page's own sprite; the words beside it say what it means."""
    use = element("use", {"href": f"#i-{name}"})
    return element("svg", {"class": f"icon {name}", "aria-hidden": "true"}, use)


def language(lang: str, direction: str) -> dict[str, object]:
    """Return the attributes that tell a browser how to read a text; none when unknown."""
    return {"lang": lang or None, "dir": direction or None}


def json_block(value: Json) -> Html:
    """Return JSON that stays data inside `<script>`, whatever texts it holds."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Html(re.sub("[<>&]", lambda match: _ESCAPED_IN_SCRIPT[match[0]], written))


def csp_hash(content: str) -> str:
    """Return the source expression that allows exactly this inline style or script."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
