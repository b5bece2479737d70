"""A project that somebody looks at, without one: notes what it is asked to do, and does nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from assetforge.digest import Digest, Json, digest_of
from assetforge.session.errors import UnknownPicture
from tests.pictures import ramp, saved

PNG = saved(ramp((640, 480)))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


class StillDesk:
    """Keeps the contract of `assetforge.preview.contract.Served`."""

    def __init__(self) -> None:
        self.blobs = {digest_of(each): each for each in (PNG, SVG, HTML)}
        self.version = 1
        self.words = "watching"
        self.told: dict[object, Callable[[], None]] = {}
        self.gate = threading.Event()
        self.reset()

    def reset(self) -> None:
        """Forget what was asked for; nothing goes wrong any more."""
        self.done: list[tuple[Any, ...]] = []
        self.wrong: Exception | None = None
        self.waiting = False
        self.gate.set()

    def change(self, words: str) -> None:
        """Change something, and tell."""
        self.version += 1
        self.words = words
        for each in list(self.told.values()):
            each()

    def _do(self, *what: object) -> str:
        self.waiting = not self.gate.is_set()
        self.gate.wait(30)
        self.done.append(what)
        if self.wrong is not None:
            raise self.wrong
        return f"{what[0]} done"

    def document(self, since: int = -1) -> dict[str, Json]:
        whole = since < 0
        return {
            "schema": "assetforge.preview/1",
            "version": self.version,
            "title": "tea & <b>cake</b>",
            "status": {"words": self.words},
            "whole": whole,
            "pictures": [{"id": "out/de/banner"}] if whole else [],
        }

    def detail(self, id: str) -> dict[str, Json]:
        if id != "out/de/banner":
            raise UnknownPicture(id)
        return {"id": id, "copy": [["headline", "lone \udc80 surrogate"]]}

    def subscribe(self, tell: Callable[[], None]) -> Callable[[], None]:
        mark = object()
        self.told[mark] = tell

        def end() -> None:
            self.told.pop(mark, None)

        return end

    def blob(self, digest: Digest) -> bytes | None:
        return self.blobs.get(digest)

    def build(self, ids=None, *, cap_microdollars=None) -> str:
        return self._do("build", ids, cap_microdollars)

    def draft(self, ids=None) -> str:
        return self._do("draft", ids)

    def focus(self, ids) -> None:
        self._do("focus", ids)

    def accept(self, seen, *, agreed=False) -> str:
        return self._do("accept", seen, agreed)

    def reject(self, seen, *, agreed=False) -> str:
        return self._do("reject", seen, agreed)

    def pin(self, seen, *, agreed=False) -> str:
        return self._do("pin", seen, agreed)

    def unpin(self, seen, *, agreed=False) -> str:
        return self._do("unpin", seen, agreed)

    def choose(self, seen, take, *, agreed=False) -> str:
        return self._do("choose", seen, take, agreed)

    def undo(self, *, agreed=False) -> str:
        return self._do("undo", agreed)

    def reroll(self, seen, takes, *, cap_microdollars=None) -> str:
        return self._do("reroll", seen, takes, cap_microdollars)

    def note(self, seen, text) -> str:
        return self._do("note", seen, text)

    def unnote(self, id, step, text) -> str:
        return self._do("unnote", id, step, text)

    def texts(self, locale) -> dict[str, Json]:
        return {"locale": locale}

    def text_locales(self) -> dict[str, Json]:
        return {"locales": []}

    def check_text(self, locale, message, form, text, asset="") -> dict[str, Json]:
        self._do("check", locale, message, form, text, asset)
        return {"problems": []}

    def save_text(self, locale, message, form, text, was, asset="") -> str:
        return self._do("save", locale, message, form, text, was, asset)
