"""Contact sheets of typeset copy: 22 scripts, three formats, three styles.

    python -m benchmarks.contact_sheets OUT

Writes one PNG for each format and style, and prints how long the pictures took.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import PIL.Image

from assetforge import images
from assetforge.capabilities import capabilities_of
from assetforge.errors import ActionFailed
from assetforge.pipeline import Profile, Size
from assetforge.providers.base import ImageRequest
from assetforge.providers.draft import Draft
from assetforge.runners.text import run
from assetforge.steps.base import Scene
from assetforge.steps.text import TextParams, TextStep

DATA = Path(__file__).parents[1] / "tests/data/real_copy"

LOCALES = {
    "de": "Latn", "vi": "Latn", "ru": "Cyrl", "el": "Grek", "ka": "Geor", "he": "Hebr",
    "ar": "Arab", "skr": "Arab", "hi-IN": "Deva", "bn": "Beng", "pa-IN": "Guru", "ta-IN": "Taml",
    "te": "Telu", "ml": "Mlym", "si": "Sinh", "th": "Thai", "lo": "Laoo", "km": "Khmr",
    "my": "Mymr", "am": "Ethi", "ja": "Jpan", "ko": "Kore", "zh-CN": "Hans", "zh-TW": "Hant",
}  # fmt: skip
"""Locale of the copy → its script."""

FORMATS = {"wide": Size(1200, 628), "story": Size(1080, 1920), "box": Size(300, 250)}
THUMBNAILS = {"wide": (400, 209), "story": (216, 384), "box": (300, 250)}
COLUMNS = {"wide": 6, "story": 12, "box": 6}

SLOTS = {
    "headline": ("banner-firefox-app-store-title",),
    "subline": ("consent-banner-heading", "banner-firefox-focus-app-store-title"),
    "action": ("browsers-mobile-download", "banner-firefox-app-store-free-google-play"),
}
"""Slot → messages of the Mozilla set, the first that a locale has."""

BUTTON = {"action": {"fill": "#ff5500"}}
STYLES: dict[str, dict[str, dict[str, Any]]] = {
    "draft": {
        "wide": {"region": ["5%", "8%", "46%", "84%"], "slots": BUTTON},
        "story": {"region": ["8%", "56%", "84%", "38%"], "anchor": "bottom", "slots": BUTTON},
        "box": {"region": ["6%", "34%", "88%", "60%"], "anchor": "bottom", "slots": BUTTON},
    },
    "photo": {
        name: {"anchor": "center", "slots": {"action": {"fill": "#ffffff"}}} for name in FORMATS
    },
    "paper": {
        name: {
            "region": ["7%", "8%", "86%", "66%"], "anchor": "top", "mirror": True, "weight": 600,
            "slots": {"action": {"fill": "#1f3a8a", "region": ["7%", "78%", "50%", "14%"],
                                 "anchor": "middle start"}},
        }
        for name in FORMATS
    },
}  # fmt: skip
"""Style → format → parameters of the step."""


@dataclass(frozen=True, slots=True)
class Made:
    """One picture, or why there is none."""

    locale: str
    picture: PIL.Image.Image | None
    seconds: float
    problem: str = ""


def main() -> None:
    """Draw every sheet."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    copy = dict(read_copy())
    report = {}
    for style, of_format in STYLES.items():
        for name, size in FORMATS.items():
            ground = GROUNDS[style](size)
            made = [drawn(ground, size, of_format[name], each, copy[each]) for each in LOCALES]
            sheet(made, name).save(out / f"{style}-{name}.png")
            report[f"{style}-{name}"] = {
                "pictures": sum(each.picture is not None for each in made),
                "median_ms": round(1000 * sorted(each.seconds for each in made)[len(made) // 2]),
                "problems": [each.problem for each in made if each.problem],
            }
    print(json.dumps(report, indent=2, ensure_ascii=False))


def read_copy() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the copy of every locale, from the sets of real texts."""
    with ZipFile(DATA / "mozilla.zip") as mozilla, ZipFile(DATA / "thunderbird.zip") as mail:
        for locale in LOCALES:
            found = dict(_of_mozilla(mozilla, locale))
            yield locale, found if "headline" in found else _of_mail(mail, locale)


def _of_mozilla(archive: ZipFile, locale: str) -> Iterator[tuple[str, str]]:
    names = [n for n in archive.namelist() if n.startswith(f"{locale}/") and n.endswith(".ftl")]
    text = "\n".join(archive.read(name).decode() for name in names)
    for slot, messages in SLOTS.items():
        for message in messages:
            if line := re.search(rf"^{message} = (.+)$", text, re.MULTILINE):
                yield slot, re.sub(r"\{ -brand-name-([a-z-]+) \}", _brand, line[1])
                break


def _brand(match: re.Match[str]) -> str:
    return match[1].replace("-", " ").title()


def _of_mail(archive: ZipFile, locale: str) -> dict[str, str]:
    folder = f"app-metadata/com.fsck.k9/{locale}"
    title, short = (
        archive.read(f"{folder}/{name}.txt").decode().strip()
        for name in ("title", "short_description")
    )
    return {"headline": short, "subline": title, "action": "K-9 Mail"}


def drawn(
    ground: bytes, size: Size, params: Mapping[str, Any], locale: str, copy: Mapping[str, str]
) -> Made:
    """Return a ground with the copy of a locale on it."""
    script = LOCALES[locale]
    scene = Scene(
        Profile(provider="draft"), capabilities_of("draft", None), canvas=size, copy=copy,
        script=script, language=locale, rtl=script in ("Arab", "Hebr"),
    )  # fmt: skip
    written = {"copy": {slot: {"text": text} for slot, text in copy.items()}, **params}
    (branch,) = TextStep.branches(TextParams.model_validate(written), scene)
    began = time.perf_counter()
    try:
        data = run(branch.request, (ground,))
    except ActionFailed as error:
        return Made(locale, None, time.perf_counter() - began, f"{locale}: {error}")
    return Made(locale, images.decode(data), time.perf_counter() - began)


def sheet(made: list[Made], name: str) -> PIL.Image.Image:
    """Return all pictures of a format, small, side by side."""
    width, height = THUMBNAILS[name]
    columns = COLUMNS[name]
    rows = -(-len(made) // columns)
    whole = PIL.Image.new("RGB", (columns * (width + 6), rows * (height + 6)), "white")
    for at, each in enumerate(made):
        if each.picture is not None:
            small = each.picture.resize((width, height), PIL.Image.Resampling.LANCZOS)
            whole.paste(small, ((at % columns) * (width + 6), (at // columns) * (height + 6)))
    return whole


def _draft(size: Size) -> bytes:
    request = ImageRequest("a calm evening by the sea, warm light", (size.width, size.height))
    return Draft().make(request).data


def _photo(size: Size) -> bytes:
    """Return something like a photograph out of focus: lights, and grain."""
    chance = np.random.default_rng(7)
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    short = min(size)
    planes = np.empty((size.height, size.width, 3), np.float32)
    planes[:] = np.array((70, 62, 58), np.float32) + (x / size.width)[..., None] * 60
    for _ in range(60):
        at_x, at_y = chance.uniform(0, size.width), chance.uniform(0, size.height)
        radius = chance.uniform(0.02, 0.14) * short
        inside = np.clip(radius - np.sqrt((x - at_x) ** 2 + (y - at_y) ** 2) + 1, 0, 2) / 2
        colour = chance.uniform(60, 255, 3).astype(np.float32)
        planes += (colour - planes) * (inside * chance.uniform(0.15, 0.6))[..., None]
    planes += chance.normal(0, 6, planes.shape)
    return images.encode_png(PIL.Image.fromarray(np.clip(planes, 0, 255).astype(np.uint8)))


def _paper(size: Size) -> bytes:
    down = np.linspace(0, 1, size.height, dtype=np.float32)[:, None, None]
    planes = np.array((250, 244, 232), np.float32) * (1 - down)
    planes = planes + np.array((232, 220, 200), np.float32) * down
    wide = np.repeat(planes, size.width, axis=1)
    return images.encode_png(PIL.Image.fromarray(wide.astype(np.uint8)))


GROUNDS = {"draft": _draft, "photo": _photo, "paper": _paper}

if __name__ == "__main__":
    main()
