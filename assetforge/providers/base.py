"""What a provider is: a service that turns a request into one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assetforge.digest import Json


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture, asked for.

    Attributes:
        prompt: the rendered prompt, as sent.
        size: width and height of the canvas in pixels, legal for the model.
        model: the model as written in the profile, or None where the provider has only one.
        quality: the model's quality word, or None.
        images: encoded pictures; the first is the one to edit, the others are references.
            Empty for a picture made from words alone.
        edit: True when `images[0]` is to be changed rather than followed.
        copy: slot → the exact text the picture must show, in the order of the pipeline file.
        script: ISO 15924 code of the copy's script, such as `Arab`; None without copy.
        region: x, y, width, height in pixels of the canvas; only this box may change. None: all.
        visible: x, y, width, height in pixels of the canvas: what the final pictures show of it;
            words outside would be cut off. None: all.
        palette: brand colours as `#rrggbb`, most important first.
        take: asks for another picture from the same words.
    """

    prompt: str
    size: tuple[int, int]
    model: str | None = None
    quality: str | None = None
    images: tuple[bytes, ...] = ()
    edit: bool = False
    copy: Mapping[str, str] = field(default_factory=dict)
    script: str | None = None
    region: tuple[int, int, int, int] | None = None
    visible: tuple[int, int, int, int] | None = None
    palette: tuple[str, ...] = ()
    take: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the encoded picture, untouched, and what it cost."""

    data: bytes
    cost_microdollars: int = 0
    usage: Mapping[str, Json] = field(default_factory=dict)
    request_id: str | None = None
    model: str | None = None


class Provider(Protocol):
    """A service that makes pictures. Calls block and may come from several threads at once."""

    def make(self, request: ImageRequest) -> Reply:
        """Return one picture of `request.size`.

        Raises:
            OutcomeUnknown: the request was sent and no answer came.
            ProviderUnavailable: no further call can succeed.
            ActionFailed: this request was refused or cannot be done.
        """
