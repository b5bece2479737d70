"""The pictures that the emulator sends: real ones, of the size and format that was asked for."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from assetforge import images, registry
from assetforge.action import FIRST_TAKE
from assetforge.emulator.call import Order
from assetforge.emulator.flat import chunk, flat_png
from assetforge.emulator.redrawing import redrawn
from assetforge.emulator.settings import Settings
from assetforge.emulator.slips import Slip, slips
from assetforge.errors import ActionFailed
from assetforge.images import Format, Image
from assetforge.pipeline import Size
from assetforge.providers.base import Connection, ImageRequest, unseen
from assetforge.quotation import QUOTES
from assetforge.typeset import script_of

C2PA: Final = b"caBX"
"""The PNG chunk that content credentials are in. Source: C2PA specification 2.1, A.3.2."""

JUMBF: Final = struct.pack(">I4sI4s16s", 32, b"jumb", 24, b"jumd", b"c2pa emulator...")
"""What a reader looks for first in such a chunk; nothing here is signed."""

HEADER_END: Final = 33
"""Where the second chunk of a PNG begins."""

ODD: Final = frozenset({"wrong_size", "jpeg_as_png"})
"""Faults that a picture itself has."""

BLURRED: Final = (24, 12, 6)
"""How many times smaller each preview is before it is scaled up again."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One finished picture, and the previews that came before it; all of them encoded.

    `slip` is what is drawn wrong in it, if anything is.
    """

    data: bytes
    previews: tuple[bytes, ...] = ()
    slip: Slip | None = None


def seed_of(order: Order, *salts: object) -> bytes:
    """Return what decides a picture: a digest of all that was asked, and of what tells calls apart.

    Args:
        order: the call.
        salts: the number of the picture in the call and, unless they repeat, of the call.
    """
    said = (order.model.name, order.prompt, order.size, order.quality, order.background, *salts)
    sent = [hashlib.sha256(each).hexdigest() for each in (*order.images, order.mask or b"")]
    text = "\0".join(map(str, (*said, *sent)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def render(order: Order, settings: Settings, seed: bytes, *, odd: str | None = None) -> Rendered:
    """Return one picture; the seed decides which.

    Args:
        order: what was asked for.
        settings: how pictures are made.
        seed: 32 bytes.
        odd: a fault that the picture itself has: `wrong_size` or `jpeg_as_png`.
    """
    plain = (order.output_format, order.background, order.partial_images, odd in ODD)
    if settings.pictures == "flat" and plain == ("png", "opaque", 0, False):
        data = flat_png(order.size, seed)
        return Rendered(with_credentials(data, seed) if settings.c2pa else data)
    image, slip = _image(order, settings, seed)
    if odd == "wrong_size":
        image = image.resize((image.width // 2, image.height // 2))
    if order.background == "transparent":
        image.putalpha(_window(image))
    format = cast(Format, "jpeg" if odd == "jpeg_as_png" else order.output_format)
    previews = tuple(
        encoded(blurred(image, scale), format, order.output_compression)
        for scale in BLURRED[: order.partial_images]
    )
    data = encoded(image, format, order.output_compression)
    return Rendered(with_credentials(data, seed) if settings.c2pa else data, previews, slip)


def _image(order: Order, settings: Settings, seed: bytes) -> tuple[Image, Slip | None]:
    if settings.pictures == "flat":
        return images.decode(flat_png(order.size, seed)), None
    image, slip = _drafted(order, seed, settings.wrong_text)
    if settings.redraw and order.images:
        return redrawn(image, images.decode(order.images[0]), seed), slip
    return with_grain(image, seed), slip


def _drafted(order: Order, seed: bytes, wrong: int) -> tuple[Image, Slip | None]:
    """Return a draft that shows the copy of the prompt; less of it where it does not fit."""
    provider = registry.open_provider(Connection("draft"))
    texts = quoted_texts(order.prompt)
    request = _request(order, seed)
    for copy, slip in _copies(texts, seed, wrong):
        words = " ".join(copy.values())
        lettered = replace(request, copy=copy, script=script_of(words) if copy else None)
        try:
            return images.decode(provider.make(lettered, unseen).data), slip
        except ActionFailed:
            continue
    return images.decode(provider.make(request, unseen).data), None


def _copies(
    texts: Mapping[str, str], seed: bytes, wrong: int
) -> Iterator[tuple[Mapping[str, str], Slip | None]]:
    """Yield what may be drawn, what is best first: all texts, or only the first of them."""
    first = dict(list(texts.items())[:1])
    for copy in (texts, first):
        for slip in slips(copy, seed, wrong):
            yield {**copy, slip.slot: slip.drawn}, slip
        yield copy, None


def _request(order: Order, seed: bytes) -> ImageRequest:
    return ImageRequest(
        prompt=order.prompt,
        size=order.size,
        images=order.images,
        edit=bool(order.images),
        region=region_of(order.mask, order.size) if order.mask else None,
        take=FIRST_TAKE + int.from_bytes(seed[:4]),
        extra={"mark": "none"},  # a model draws no mark, and whoever looks would read it
    )


def region_of(mask: bytes, size: Size) -> tuple[int, int, int, int] | None:
    """Return the box on a canvas that a mask leaves transparent; None: there is none, or all."""
    alpha = images.decode(mask).convert("RGBA").getchannel("A")
    box = alpha.point(lambda value: 0 if value else 255).getbbox()
    if box is None:
        return None
    x, right = (edge * size.width // alpha.width for edge in (box[0], box[2]))
    y, bottom = (edge * size.height // alpha.height for edge in (box[1], box[3]))
    return x, y, max(1, right - x), max(1, bottom - y)


SLOT: Final = r"(?:(?P<slot>[A-Za-z][\w-]*):?[ \t]+)?"
"""The name that may stand before a text: `headline: "..."`, `the button "..."`."""

QUOTED: Final = tuple(
    re.compile(
        SLOT
        + (r"(?<!\w)" if opening == "'" else "")
        + f"{opening}(?P<text>[^{opening}{closing}]+){closing}"
        + (r"(?!\w)" if closing == "'" else "")
    )
    for opening, closing in QUOTES
)
"""A text between each kind of quotation marks; an apostrophe in a word is none."""


def quoted_texts(prompt: str) -> dict[str, str]:
    """Return the texts that a prompt quotes, each once, by slot and in their order."""
    found: dict[str, str] = {}
    for slot, text in _quotations(prompt):
        if text not in found.values():
            name = slot if slot and slot not in found else f"text{len(found) + 1}"
            found[name] = text
    return found


def _quotations(prompt: str) -> Iterator[tuple[str, str]]:
    matches = [match for pattern in QUOTED for match in pattern.finditer(prompt)]
    end = 0
    for match in sorted(matches, key=lambda each: each.start("text")):
        if match.start("text") > end and match["text"].strip():
            end = match.end()
            yield (match["slot"] or "").lower(), match["text"].strip()


def with_grain(image: Image, seed: bytes) -> Image:
    """Return a picture whose first pixels differ by a bit: no two renders are ever the same."""
    plain = image.convert("RGB")
    pixels = bytearray(plain.tobytes())
    bits = int.from_bytes(seed)
    for place in range(min(len(pixels), 8 * len(seed))):
        pixels[place] ^= bits >> place & 1
    return images.from_raw("RGB", Size(*plain.size), bytes(pixels))


def _window(image: Image) -> Image:
    """Return an alpha channel that leaves a transparent margin around the picture."""
    alpha = image.getchannel(0).point(lambda _: 0)
    across, down = image.width // 40, image.height // 40
    alpha.paste(255, (across, down, image.width - across, image.height - down))
    return alpha


def blurred(image: Image, scale: int) -> Image:
    """Return a picture with few details left, of the same size."""
    small = image.resize((max(1, image.width // scale), max(1, image.height // scale)))
    return small.resize(image.size)


def encoded(image: Image, format: Format, compression: int) -> bytes:
    """Return a picture's file; `compression` is the quality of a jpeg or webp, 0 to 100."""
    if format == "png":
        return images.encode_png(image)
    return images.encode(image, format, max(1, compression))


def with_credentials(data: bytes, seed: bytes) -> bytes:
    """Return a PNG with a chunk that says a model made it; any other picture as it is."""
    if data[:4] != b"\x89PNG":
        return data
    return data[:HEADER_END] + chunk(C2PA, JUMBF + seed) + data[HEADER_END:]
