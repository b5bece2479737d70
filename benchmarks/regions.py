"""Edits by a painter that redraws everything: does anything outside of the box change?

The painter gives every pixel back a little different: another tone, grain, moved by up to two
pixels, and packed as JPEG. Each picture is mended by the runner of `restore`, as in a build, and
compared sample by sample with the one before. With a folder as argument, examples of the seam are
written there to be looked at.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, cast

import numpy as np
import PIL.Image
from PIL.Image import Image, Resampling

from assetforge.digest import Json
from assetforge.findings import Check
from assetforge.images import decode, encode, encode_png, fit
from assetforge.pipeline import Size
from assetforge.providers.base import ImageRequest
from assetforge.providers.draft import Draft
from assetforge.runners.base import Work
from assetforge.runners.restore import run
from assetforge.steps.edit import EditParams

SIZES: Final = {
    Size(320, 180): 500,
    Size(640, 360): 380,
    Size(1280, 720): 100,
    Size(1920, 1088): 16,
    Size(3840, 2160): 4,
}
"""How many edits are made of each size."""

WORDS: Final = ("hills at dusk", "a planet", "paper birds", "tiles", "arches", "a flower")
"""What the pictures before the edits show: drafts of these words."""

TONES: Final = (0, 1, 3, 8)
"""By how many of 256 steps the painter makes a picture lighter, in the examples."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: the picture before, what the painter made of it, and the mended one."""

    size: Size
    box: tuple[int, int, int, int]
    feather: int
    before: Image
    after: bytes
    work: Work
    seconds: float

    @property
    def changed_outside(self) -> int:
        """Pixels outside of the box that are not what they were."""
        old, new = (np.asarray(each) for each in (self.before, decode(self.work.data)))
        apart = (old != new).any(axis=-1)
        x, y, width, height = self.box
        apart[y : y + height, x : x + width] = False
        return int(np.count_nonzero(apart))

    @property
    def drawn_inside(self) -> bool:
        """Whether the middle of the box is what the painter made of it."""
        old, new = decode(self.after), decode(self.work.data)
        x, y, width, height = self.box
        middle = (x + width // 2, y + height // 2)
        return old.getpixel(middle) == new.getpixel(middle)

    @property
    def touched_percent(self) -> int:
        """How much of what is outside of the box the painter has changed, at least a little."""
        details: Mapping[str, Any] = self.check("drift").details
        return int(100 * details["touched"] // max(1, details["protected"]))

    def check(self, name: str) -> Check:
        """Return what was found of one kind."""
        return next(each for each in self.work.findings.checks if each.check == name)


def grounds() -> list[Image]:
    """Return the pictures that edits start from."""
    drafts = (Draft().make(ImageRequest(words, (1280, 720))).data for words in WORDS)
    return [decode(each) for each in drafts]


def repainted(image: Image, chance: random.Random, tone: int, quality: int = 90) -> bytes:
    """Return a picture that is another one in every pixel, and looks about the same."""
    shift = (chance.randint(-2, 2), chance.randint(-2, 2))
    moved = np.roll(np.asarray(image.convert("RGB")).astype(np.int16), shift, axis=(0, 1))
    grain = np.random.default_rng(chance.randrange(2**32)).integers(-3, 4, moved.shape)
    made = np.clip(moved + tone + grain, 0, 255).astype(np.uint8)
    return encode(PIL.Image.fromarray(made), "jpeg", quality)


def edit(ground: Image, size: Size, chance: random.Random) -> Edit:
    """Return one edit of a picture, in a random box and with a random feather."""
    before = fit(ground, size).convert("RGB")
    width, height = (chance.randint(edge // 10, edge) for edge in size)
    x, y = chance.randint(0, size.width - width), chance.randint(0, size.height - height)
    feather = chance.choice([None, "0", str(chance.randint(0, min(width, height) // 2))])
    said = {"region": [x, y, width, height], "feather": feather}
    return mended(before, size, said, repainted(before, chance, chance.randint(-9, 9)))


def mended(before: Image, size: Size, said: Mapping[str, Any], after: bytes) -> Edit:
    """Return an edit after its `restore`."""
    asked = EditParams(prompt="x", **said).restoring(size)
    request: dict[str, Json] = {**asked, "canvas": [*size]}
    inputs = (after, encode_png(before))
    start = time.perf_counter()
    work = run(request, inputs)
    seconds = time.perf_counter() - start
    box = cast("tuple[int, int, int, int]", tuple(asked["region"]))
    return Edit(size, box, asked["feather"], before, after, work, seconds)


def measured() -> Iterator[dict[str, Any]]:
    """Yield what came of all edits of each size."""
    pictures = grounds()
    for size, count in SIZES.items():
        chance = random.Random(str(size))
        # Each is let go before the next one is made.
        told = [
            (each.changed_outside, each.drawn_inside, each.touched_percent, each.seconds)
            for each in (edit(chance.choice(pictures), size, chance) for _ in range(count))
        ]
        yield {
            "size": str(size),
            "edits": count,
            "changed_outside": sum(changed for changed, _, _, _ in told),
            "drawn_inside": sum(drawn for _, drawn, _, _ in told),
            "touched_before_percent_median": median(touched for _, _, touched, _ in told),
            "milliseconds_median": round(1000 * median(seconds for *_, seconds in told)),
        }


def peak(size: Size) -> str:
    """Return how much memory mending takes, as a multiple of the decoded picture; Linux only."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.regions", "--peak", str(size)],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def _print_peak(size: Size) -> None:
    small = PIL.Image.effect_noise((size.width // 16, size.height // 16), 80)
    before = small.resize(size, Resampling.BICUBIC).convert("RGB")
    inputs = (encode_png(before.point(lambda value: value + 3)), encode_png(before))
    region: list[Json] = [size.width // 4, size.height // 4, size.width // 2, size.height // 2]
    request: dict[str, Json] = {"canvas": [*size], "region": region, "feather": 20}
    del before, small
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    least = _most_memory()
    run(request, inputs)
    print(f"{(_most_memory() - least) / (size.width * size.height * 3):.1f}")


def _most_memory() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(each.split()[1]) for each in lines if each.startswith("VmHWM"))


def write_examples(folder: Path) -> list[dict[str, Any]]:
    """Write pictures of seams: with and without feather, by how far the painter's tone is off."""
    folder.mkdir(parents=True, exist_ok=True)
    size, found = Size(640, 360), []
    for number, ground in enumerate(grounds()):
        before = fit(ground, size).convert("RGB")
        for tone in TONES:
            after = repainted(before, random.Random(number), tone)
            for feather in ("0", None):
                said = {"region": ["25%", "30%", "50%", "50%"], "feather": feather}
                made = mended(before, size, said, after)
                name = f"{number}-tone-{tone}-feather-{made.feather}"
                (folder / f"{name}.png").write_bytes(made.work.data)
                seam = made.check("seam")
                found.append({"example": name, "seam": seam.verdict, **seam.details})
    return found


def main() -> None:
    """Print what was measured."""
    if sys.argv[1:2] == ["--peak"]:
        _print_peak(Size.parse(sys.argv[2]))
        return
    report: dict[str, Any] = {"sizes": list(measured())}
    if sys.platform == "linux":
        report["peak_of_decoded"] = {str(each): peak(each) for each in list(SIZES)[2:]}
    if sys.argv[1:]:
        report["seams"] = write_examples(Path(sys.argv[1]))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
