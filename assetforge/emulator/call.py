"""One call: as it came, and as it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from assetforge.emulator.answers import Problem
from assetforge.emulator.rules import Model, model_named
from assetforge.pipeline import Size

Endpoint: TypeAlias = Literal["generations", "edits"]
Form: TypeAlias = Literal["json", "multipart"]

AUTO_SIZE: Final = Size(1024, 1024)
"""What `size: auto` comes to here; the service picks any."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came with a call.

    Attributes:
        data: its bytes, empty where there is a `problem`.
        mimetype: what the part says it is; None where it does not, or the call is JSON.
        problem: why it cannot be had.
    """

    data: bytes
    mimetype: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What was sent, before anything of it is checked.

    Attributes:
        form: whether it came as JSON or as parts of a form.
        fields: every key but pictures. Numbers and booleans of a form are no text any more.
        images: the pictures that go in; None where the call has no such key.
        mask, markup: the same of these two.
    """

    endpoint: Endpoint
    form: Form
    fields: Mapping[str, Any]
    images: tuple[Upload, ...] | None = None
    mask: Upload | None = None
    markup: Upload | None = None

    def said(self, key: str) -> Any:
        """Return a value, None where it is left out; the service takes `null` for the same."""
        return self.fields.get(key)


@dataclass(frozen=True, slots=True)
class Order:
    """A call that is understood: what is to be made, nothing left open.

    Attributes:
        endpoint: which of the two was called.
        size: of each picture, in pixels.
        images: the pictures that go in; the first is the one to edit.
        mask: a PNG; its transparent part is what may change.
    """

    endpoint: Endpoint
    model: Model
    prompt: str
    n: int
    size: Size
    quality: str
    background: str
    output_format: str
    output_compression: int
    stream: bool
    partial_images: int
    images: tuple[bytes, ...] = field(repr=False, default=())
    mask: bytes | None = field(repr=False, default=None)
    fidelity: str = "low"


def order_of(call: Call) -> Order:
    """Return what a call that was found right asks for, `auto` and what it leaves out resolved."""
    said = call.said
    model = model_named(said("model"))
    assert model is not None, "BUG: a call that was not checked"
    size, quality, background = said("size"), said("quality"), said("background")
    compression = said("output_compression")
    return Order(
        endpoint=call.endpoint,
        model=model,
        prompt=said("prompt"),
        n=said("n") or 1,
        size=AUTO_SIZE if size in (None, "auto") else Size.parse(size),
        quality="high" if quality in (None, "auto") else quality,
        background="opaque" if background in (None, "auto") else background,
        output_format=said("output_format") or "png",
        output_compression=100 if compression is None else compression,
        stream=bool(said("stream")),
        partial_images=said("partial_images") or 0 if said("stream") else 0,
        images=tuple(each.data for each in call.images or ()),
        mask=call.mask.data if call.mask else None,
        fidelity=said("input_fidelity") or "low",
    )
