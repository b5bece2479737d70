"""Services that speak OpenAI's image API, each with its own accent. Data, not code.

The data are in `services.json`, which says when and where they were read.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pkgutil import get_data
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from assetforge.digest import Json
from assetforge.pipeline import Size

SPOKEN: Final = "openai"
"""The provider that speaks with all of these services."""


@dataclass(frozen=True, slots=True)
class Service:
    """What differs from one service to another.

    Attributes:
        name: what a profile says as its `provider`.
        kind: the entry point of the provider that speaks with it.
        base_url: its address; None: the profile has to say it.
        url_env: environment variables that may hold the address.
        key_env: environment variables, or keyring entries, that may hold the key; first found wins.
        key_required: False where a server may be run without one.
        entra: True where a person may sign in through Azure in place of a key.
        model_prefix: put before the name of a model that has no `/`.
        size_mode: a canvas is asked for as `pixels`, or as the `aspect_ratio` nearest to it.
        ratios: aspect ratio → the canvas it stands for, where ratios are asked for.
        sizes: the legal canvases, where the service has fewer than the model; else empty.
        exact_size: False where pictures of the same shape in other pixels are an answer too.
        edits: how pictures go in: as `multipart` or `json` to the edits, as data to the
            `generations`, or `none` do.
        image_field: what several pictures are called in a multipart request.
        mask: what marks the part to repaint: an `alpha` of 0, or `white`; `none`: no mask is taken.
        max_images: most pictures of one request; None: not known.
        formats: what the picture may be asked for as; empty: the service chooses.
        transparent: True where a transparent background can be asked for, if the model can.
        parameters: which of `size`, `quality`, `background`, `output_format`,
            `output_compression` and `moderation` are sent.
        body: sent with every request.
        streaming: True where previews can be asked for.
        result_hosts: hosts, besides its own, that a picture may be fetched from; `*.` before any
            part of a name, `*` for every public host.
    """

    name: str
    kind: str = SPOKEN
    base_url: str | None = None
    url_env: tuple[str, ...] = ()
    key_env: tuple[str, ...] = ()
    key_required: bool = True
    entra: bool = False
    model_prefix: str = ""
    size_mode: Literal["pixels", "aspect_ratio"] = "pixels"
    ratios: Mapping[str, Size] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
    exact_size: bool = True
    edits: Literal["multipart", "json", "generations", "none"] = "multipart"
    image_field: Literal["image", "image[]"] = "image"
    mask: Literal["alpha", "white", "none"] = "none"
    max_images: int | None = None
    formats: tuple[str, ...] = ()
    transparent: bool = False
    parameters: frozenset[str] = frozenset()
    body: Mapping[str, Json] = field(default_factory=dict)
    streaming: bool = False
    result_hosts: tuple[str, ...] = ()


@cache
def _services() -> dict[str, Service]:
    data = json.loads(get_data("assetforge", "services.json") or b"")
    return {name: _service(name, each) for name, each in data["services"].items()}


def _service(name: str, data: dict[str, Any]) -> Service:
    said = {key: value for key, value in data.items() if key != "sources"}
    lists = ("url_env", "key_env", "formats", "result_hosts")
    said |= {key: tuple(said[key]) for key in lists if key in said}
    return Service(
        **said
        | {
            "name": name,
            "sizes": tuple(map(Size.parse, said.get("sizes", ()))),
            "ratios": {key: Size.parse(each) for key, each in said.get("ratios", {}).items()},
            "parameters": frozenset(said.get("parameters", ())),
        }
    )


def service_of(name: str) -> Service | None:
    """Return the service that a profile's `provider` names; None for any other provider."""
    return _services().get(name)


def known_services() -> list[str]:
    """Return the names of all services, sorted."""
    return sorted(_services())


def kind_of(provider: str) -> str:
    """Return the provider that makes a profile's pictures: what manifests and keys hold.

    `azure` is made by `openai`, as every service here; `draft` by `draft`.
    """
    service = service_of(provider)
    return service.kind if service else provider


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_on_this_machine(address: str) -> bool:
    """Tell whether an address, `http://host/v1`, is of this machine; False for what is none."""
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
