"""A desk of made-up pictures, as many as a test wants: 3 assets in several formats and locales."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

from PIL import Image, ImageDraw

from assetforge.digest import Json, digest_of
from assetforge.locales import parse_locale
from assetforge.session.errors import UnknownPicture
from tests.pictures import saved
from tests.preview.desk import StillDesk

LINES = {
    "de": "Der Sommer beginnt hier",
    "en": "Summer starts here",
    "ar": "يبدأ الصيف هنا",
    "he": "הקיץ מתחיל כאן",
    "ja": "夏はここから始まる",
}

FORMATS: dict[str, tuple[int, int]] = {
    "wide": (1200, 628),
    "story": (1080, 1920),
    "strip": (1456, 180),
}
NEXT = re.findall(
    r"\S+",
    "bn bs ca cs da el es et fa fi fr gl hi hr hu id is it ka ko lt lv mr ms nb nl pl pt ro ru sk "
    "sl sq sr sv sw ta te th tr uk ur vi zh",
)


def locales(count: int) -> list[str]:
    """Return so many locales, those with lines of their own first."""
    known = [*LINES, *NEXT]
    more = (f"en-x-{n:05}" for n in range(max(0, count - len(known))))
    return [*known[:count], *more]


@cache
def drawn(size: tuple[int, int], words: str, hue: int = 0) -> bytes:
    """Return a picture that shows its own size: a frame, a diagonal, and a hill."""
    width, height = size
    image = Image.new("RGB", size, f"hsl({210 + hue % 60}, 45%, 82%)")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.62, height * 0.12, width * 0.62 + height / 5, height * 0.32), "#fff3c4")
    draw.ellipse(
        (-width * 0.3, height * 0.55, width * 0.8, height * 1.9), f"hsl({150 + hue % 40}, 30%, 52%)"
    )
    draw.ellipse(
        (width * 0.3, height * 0.7, width * 1.5, height * 2.1), f"hsl({165 + hue % 40}, 35%, 40%)"
    )
    draw.rectangle((0, 0, width - 1, height - 1), outline="#33415c", width=max(1, width // 200))
    draw.text(
        (width * 0.06, height * 0.1), words, "#22304a", font_size=max(10, min(width, height) // 9)
    )
    return saved(image)


class MadeDesk(StillDesk):
    """Keeps the contract with `count` made-up pictures; decisions change its rows."""

    def __init__(self, count: int, *, writable: bool = True) -> None:
        self.count = count
        self.writable = writable
        self.problems: list[Json] = []
        self.arranged = 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.changed: dict[str, int] = {}
        self.status: dict[str, Any] = {}
        super().__init__()
        self.pictures = {name: self._keep(drawn(size, name)) for name, size in FORMATS.items()}
        self.drafts = {name: self._keep(drawn(size, "Draft", 80)) for name, size in FORMATS.items()}
        self.takes = {name: self._keep(drawn(size, "Take 1", 33)) for name, size in FORMATS.items()}
        self._fill()

    def _keep(self, data: bytes) -> str:
        digest = digest_of(data)
        self.blobs[digest] = data
        return digest

    def _fill(self) -> None:
        points = product(("banner", "mascot", "poster"), FORMATS, locales(-(-self.count // 9)))
        for n, (asset, shape, locale) in zip(range(self.count), points, strict=False):
            row = self._row(n, asset, shape, locale)
            self.rows[str(row["id"])] = row
        self.locales = list(dict.fromkeys(str(row["locale"]) for row in self.rows.values()))
        self.changed = dict.fromkeys(self.rows, self.version)
        stale = [row for row in self.rows.values() if row["cost"]]
        self.status = {
            "generation": 1,
            "phase": "watching",
            "words": f"{len(stale)} pictures stale",
            "done": 0,
            "total": 0,
            "stale": len(stale),
            "cost": {"low": f"{len(stale) * 0.02:.2f}", "high": f"{len(stale) * 0.04:.2f}"},
            "spent": "0.165",
            "cap": "2.00",
            "auto": False,
            "finishing": 0,
            "polling": False,
        }

    def _row(self, n: int, asset: str, shape: str, locale: str) -> dict[str, Any]:
        width, height = FORMATS[shape]
        state = ("current", "current", "stale", "current", "missing", "edited", "current")[n % 7]
        known = parse_locale(locale)
        line = LINES.get(locale, f"Summer starts here, {locale}")
        return {
            "id": f"out/{locale}/{asset}-{shape}",
            "variant": f"{asset}/{shape}/{locale}",
            "asset": asset,
            "axes": {"format": shape},
            "tags": ["web"] if asset != "poster" else ["print", "web"],
            "locale": locale,
            "lang": known.tag,
            "dir": known.direction,
            "alt": f"{line}.",
            "line": line,
            "width": width,
            "height": height,
            "state": state,
            "reason": "the prompt changed: prompts/copy.j2" if state == "stale" else "",
            "digest": None if state == "missing" else self.pictures[shape],
            "draft": self.drafts[shape] if state == "missing" and n % 2 else None,
            "verdict": ("", "accepted", "", "pinned")[n % 4] if state == "current" else "",
            "checks": ("", "equal", "look", "differs")[n % 4],
            "problem": "",
            "cost": {"low": "0.02", "high": "0.04"} if state in ("stale", "missing") else None,
            "paths": [f"out/{locale}/{asset}-{shape}.png"],
            "step": "edit",
            "busy": n % 29 == 9,
        }

    def tell(self) -> None:
        """Tell who listens."""
        for each in list(self.told.values()):
            each()

    def edit(self, id: str, **changes: Any) -> None:
        """Change a row, and tell."""
        self.version += 1
        self.rows[id] = {**self.rows[id], **changes}
        self.changed[id] = self.version
        self.tell()

    def remove(self, ids: Sequence[str]) -> None:
        """Take pictures away, and tell."""
        self.version += 1
        self.arranged = self.version
        self.rows = {id: row for id, row in self.rows.items() if id not in ids}
        self.tell()

    def say(self, **changes: Any) -> None:
        """Change the status, and tell."""
        self.version += 1
        self.status |= changes
        self.tell()

    def document(self, since: int = -1) -> dict[str, Json]:
        whole = since < self.arranged
        rows = [row for id, row in self.rows.items() if whole or self.changed[id] > since]
        return {
            "schema": "assetforge.preview/1",
            "version": self.version,
            "title": "Summer",
            "profile": "final",
            "free": False,
            "source": "en",
            "command": "assetforge build --profile final",
            "flags": " --profile final",
            "writable": self.writable,
            "axes": ["format"],
            "locales": [self._locale(each) for each in self.locales],
            "status": {**self.status, "problems": list(self.problems)},
            "whole": whole,
            **({"order": list(self.rows)} if whole else {}),
            "pictures": list(rows),
        }

    def _locale(self, locale: str) -> dict[str, Json]:
        known = parse_locale(locale)
        return {"id": locale, "lang": known.tag, "dir": known.direction, "name": known.name}

    def detail(self, id: str) -> dict[str, Json]:
        if id not in self.rows:
            raise UnknownPicture(id)
        row = self.rows[id]
        after = f"Put “{row['line']}” above soft hills and a calm sea.\nNo other text."
        return {
            "id": id,
            "variant": row["variant"],
            "version": self.version,
            "command": f"assetforge explain '{row['variant']}'",
            "steps": list(self._steps(row, after)),
            "copy": [["headline", row["line"]], ["action", "→"]],
            "files": [{"path": row["paths"][0], "sha256": row["digest"]}],
            "prompts": [
                {"step": "edit", "before": after.replace("calm", "stormy"), "after": after}
            ],
            "reasons": ["edit: the prompt changed: prompts/copy.j2"]
            if row["state"] == "stale"
            else [],
            "takes": list(self._takes(row)),
            "history": [
                {"at": "2026-11-21T10:00:00Z", "by": "Ada", "what": "accepted", "step": "edit"}
            ],
            "notes": [{"step": "edit", "note": "Make the sun larger", "about": ""}],
            "before": self.drafts[row["axes"]["format"]],
        }

    def _steps(self, row: dict[str, Any], prompt: str) -> Iterator[Json]:
        check = {
            "check": "copy",
            "verdict": "look",
            "slot": "headline",
            "message": "one letter is unsure",
            "expected": row["line"],
            "found": row["line"][:-1],
            "exhibit": "",
        }
        yield {
            "step": "edit",
            "kind": "edit",
            "key": "c0" * 32,
            "decision": "run",
            "prompt": prompt,
            "request": [
                ["provider", "openai"],
                ["model", "gpt-image-2"],
                ["quality", "high"],
                ["size", "1536x1024"],
            ],
            "artifact": "a0" * 32,
            "cost": "0.165",
            "shared": 1,
            "how": "",
            "checks": [check],
        }

    def _takes(self, row: dict[str, Any]) -> Iterator[Json]:
        shape = row["axes"]["format"]
        for take, digest in enumerate((self.pictures[shape], self.takes[shape])):
            yield {
                "step": "edit",
                "take": take,
                "digest": digest,
                "stands": take == 0,
                "held": True,
                "rejected": bool(take),
                "cost": "0.041",
                "made_at": "2026-11-21T10:00:00Z",
                "said": [
                    {
                        "what": "rejected" if take else "accepted",
                        "by": "Ada",
                        "at": "2026-11-21T10:00:00Z",
                    }
                ],
            }

    def accept(self, seen: Sequence[Any], *, agreed: bool = False) -> str:
        said = super().accept(seen, agreed=agreed)
        for each in seen:
            self.edit(each.id, verdict="accepted", state="current")
        return said
