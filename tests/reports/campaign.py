"""A small project on disk, with real files, for the tests of the gallery."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from assetforge.coverage import Coverage, Detail, Origin
from assetforge.errors import Place
from assetforge.locales import parse_locale
from assetforge.reports.gallery import write_gallery
from assetforge.reports.pictures import Picture, StepShown

COPY = {
    "en": ("Summer starts here", "Book now"),
    "de": ("Der Sommer beginnt hier", "Jetzt buchen"),
    "ja": ("夏はここから始まる", "今すぐ予約"),
    "ar": ("يبدأ الصيف هنا", "احجز الآن"),
}
FORMATS = {"wide": (240, 126), "story": (108, 192), "strip": (364, 45)}
HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>&amp;"\''

COMPOSE = StepShown(
    step="compose",
    kind="compose",
    key="c0" * 32,
    decision="hit",
    prompt="Soft hills above a calm sea.\nNo text.",
    request={
        "copy": {},
        "model": "gpt-image-2",
        "prompt": "Soft hills",
        "quality": "high",
        "region": [0, "60%"],
        "size": "1536x1024",
    },
    artifact="a0" * 32,
    cost_usd="0.165",
    shared_by=4,
)


def picture(variant: str = "banner/wide/de", **changes: object) -> Picture:
    """One picture, with what a test wants to be different."""
    plain = Picture(
        asset=variant.partition("/")[0],
        variant=variant,
        axes={"format": "wide", "locale": "de"},
        tags=("campaign",),
        locale="de",
        lang="de",
        direction="ltr",
        path=f"out/{variant}.png",
        sha256="ab" * 32,
        width=1200,
        height=628,
        alt="Hügel am Meer",
        state="current",
        reason="",
        steps=(COMPOSE,),
        copy={"headline": "Der Sommer beginnt hier"},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # tests name real fields


def save(root: Path, shown: Picture) -> Picture:
    """Paint the picture at its path and return it with its digest."""
    file = root / shown.path
    file.parent.mkdir(parents=True, exist_ok=True)
    colour = hashlib.sha256(shown.variant.encode()).digest()
    image = Image.new("RGB", (shown.width, shown.height), tuple(colour[:3]))
    ImageDraw.Draw(image).rectangle((4, 4, 30, 20), fill="white")
    image.save(file)
    return replace(shown, sha256=hashlib.sha256(file.read_bytes()).hexdigest())


def banner(root: Path) -> list[Picture]:
    """Three formats in four locales; one is missing, one stale, one edited; and a mascot."""
    made = []
    for name, (width, height) in FORMATS.items():
        for locale, (headline, action) in COPY.items():
            one = picture(
                f"banner/{name}/{locale}",
                axes={"format": name, "locale": locale},
                locale=locale,
                lang=locale,
                direction="rtl" if locale == "ar" else "ltr",
                width=width,
                height=height,
                alt=f"{headline}.",
                copy={"headline": headline, "action": action},
            )
            made.append(one)
    changes = {
        "banner/story/ja": {"state": "missing", "sha256": None, "reason": "no file yet"},
        "banner/wide/de": {"state": "stale", "reason": "message 'banner.headline' changed"},
        "banner/strip/ar": {
            "state": "edited",
            "reason": "changed by a person since it was written",
        },
    }
    shown = [replace(each, **changes.get(each.variant, {})) for each in made]  # type: ignore[arg-type]
    return [each if each.state == "missing" else save(root, each) for each in shown] + [
        mascot(root)
    ]


def mascot(root: Path) -> Picture:
    """An asset without locale, whose prompt means harm."""
    plain = picture(
        "mascot", axes={}, locale="", lang="", direction="", copy={}, width=90, height=90
    )
    steps = (replace(COMPOSE, prompt=HOSTILE, key=None, decision="wait", shared_by=1),)
    return save(root, replace(plain, tags=("character",), alt=HOSTILE, steps=steps))


def texts() -> list[Coverage]:
    """How the texts of the banner stand in its locales: one text is missing, one too long."""
    headline = Detail(
        "too-long",
        "headline",
        "edit",
        "headline",
        Place("assetforge.yaml", 9, 5),
        Place("locales/ar.json", 2, 3),
        "ar",
        (),
        "has 16 graphemes, 4 more than the 12",
    )
    action = replace(
        headline, fault="missing", message=HOSTILE, slot="action", found_at=None, tried=("de",)
    )
    origins: dict[str, Origin] = {"headline": "own", "action": "own"}
    details = {"ar": (headline,), "de": (action,)}
    return [
        Coverage("banner", parse_locale(each), origins, {}, details.get(each, ())) for each in COPY
    ] + [Coverage("teaser", parse_locale("ja"), origins, {}, ())]


def write(
    root: Path,
    pictures: list[Picture],
    title: str = "Summer",
    texts: Sequence[Coverage] = (),
) -> Path:
    """Write the gallery of a project into its `report` folder."""

    def read(shown: Picture) -> bytes | None:
        file = root / shown.path
        return file.read_bytes() if file.is_file() else None

    return write_gallery(pictures, root / "report", read, title, root, texts)
