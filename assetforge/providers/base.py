"""What a provider is: a service that turns a request into one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from assetforge.action import FIRST_TAKE
from assetforge.digest import Json
from assetforge.errors import ActionFailed


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
        mask: a PNG of the size of `images[0]`; only where it is transparent may the picture change.
        copy: slot → the exact text the picture must show, in the order of the pipeline file.
        max_lines: slot → how many lines its text may take, where the pipeline says.
        script: ISO 15924 code of the copy's script, such as `Arab`; None without copy.
        region: x, y, width, height in pixels of the canvas; only this box may change. None: all.
        visible: x, y, width, height in pixels of the canvas: what the final pictures show of it;
            words outside would be cut off. None: all.
        palette: brand colours as `#rrggbb`, most important first.
        take: asks for another picture from the same words; the first is 1.
        background: `transparent`, `opaque` or `auto`; None: not said.
        output_format: `png`, `jpeg` or `webp`; None: the provider's own choice.
        output_compression: 0 to 100, of a jpeg or webp; None: not said.
        moderation: how strict the service's filter is, `auto` or `low`; None: not said.
        extra: further parameters of the service, sent as they are.
    """

    prompt: str
    size: tuple[int, int]
    model: str | None = None
    quality: str | None = None
    images: tuple[bytes, ...] = ()
    edit: bool = False
    mask: bytes | None = None
    copy: Mapping[str, str] = field(default_factory=dict)
    max_lines: Mapping[str, int] = field(default_factory=dict)
    script: str | None = None
    region: tuple[int, int, int, int] | None = None
    visible: tuple[int, int, int, int] | None = None
    palette: tuple[str, ...] = ()
    take: int = FIRST_TAKE
    background: str | None = None
    output_format: str | None = None
    output_compression: int | None = None
    moderation: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """A question about one picture, to be answered in JSON.

    Attributes:
        judge: the chat service's word for who looks, as the pipeline file writes it.
        instructions: what to look for, and how to answer.
        answer: JSON schema of the answer; every object of it is closed, every property required.
        max_output_tokens: most tokens of the answer, and of all that is thought before it.
        picture: the encoded picture.
    """

    judge: str
    instructions: str
    answer: Mapping[str, Json]
    max_output_tokens: int
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Connection:
    """How a provider is reached. Nothing of it is in a key: it does not change the picture.

    Attributes:
        provider: the provider as the profile names it, such as `openai`, `azure` or `ofox`.
        base_url: the service's address; None: the provider's own.
        deployment: what the service calls the model there, where that is not its name.
        key_env: name of the environment variable, or keyring entry, that holds the API key; None:
            the provider's own.
        timeout_seconds: how long to wait for an answer.
        partial_images: previews to ask for while a picture is drawn; 0 is none.
    """

    provider: str
    base_url: str | None = None
    deployment: str | None = None
    key_env: str | None = None
    timeout_seconds: float = 600.0
    partial_images: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may ask for, as far as a service said so; None where it did not.

    Attributes:
        images_per_minute, tokens_per_minute: the limits.
        images_left: how many more pictures now; `reset_seconds`: until it is the whole limit again.
    """

    images_per_minute: int | None = None
    tokens_per_minute: int | None = None
    images_left: int | None = None
    reset_seconds: float | None = None


EMULATED: Final = "x-assetforge-emulator"
"""Header of every answer of `assetforge emulator`: what it sends are no real pictures."""

UNTOLD: Final = Allowance()
"""Nothing was said of limits."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the encoded picture, untouched, and what it cost.

    Attributes:
        cost_microdollars: what was billed. None: the `usage` says it, by the prices that are known.
        usage: what the service counted, as it said it.
        request_id: the service's name for the call.
        model: the model that answered, if the service says.
        allowance: what the answer said about the account's limits.
        emulated: True when it was no service that answered, but something that stands in for one.
    """

    data: bytes
    cost_microdollars: int | None = 0
    usage: Mapping[str, Json] = field(default_factory=dict)
    request_id: str | None = None
    model: str | None = None
    allowance: Allowance = UNTOLD
    emulated: bool = False


class NotNow(ActionFailed):
    """The service refused before it did any work, and may accept the same request later.

    Attributes:
        wait_seconds: how long the service asks to wait; None where it does not say.
        limited: True when all requests have to wait: the account is over its limits, or the service
            is overloaded.
        overloaded: True when it is the service, not the account.
        allowance: what the answer said about the limits.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        wait_seconds: float | None = None,
        limited: bool = False,
        overloaded: bool = False,
        allowance: Allowance = UNTOLD,
    ) -> None:
        self.wait_seconds = wait_seconds
        self.limited = limited or overloaded
        self.overloaded = overloaded
        self.allowance = allowance
        super().__init__(code, message)


class BadReply(ActionFailed):
    """A provider answered with something else than the picture asked for; it may be billed.

    Attributes:
        reply: what came, with its cost, for the ledger.
    """

    def __init__(self, message: str, reply: Reply) -> None:
        self.reply = reply
        super().__init__("bad-reply", message)


Sketched = Callable[[bytes], None]
"""Is told of each preview that arrives while a picture is drawn, as an encoded picture."""


def unseen(data: bytes) -> None:
    """Let a preview go by."""


class Provider(Protocol):
    """A service that makes pictures. Calls block and may come from several threads at once.

    What an entry point of `assetforge.providers` names is called with a `Connection` and returns
    one of these. It must be cheap to open: it reads the key, and sends nothing.
    """

    @property
    def account(self) -> str:
        """Whose limits the calls count against: the same word for the same address and key.

        It must not hold the key itself, nor anything it could be guessed from.
        """

    def make(self, request: ImageRequest, sketched: Sketched) -> Reply:
        """Return one picture of `request.size`; sends exactly one request, never a second.

        Raises:
            NotNow: refused before any work; the same request may be sent again later.
            OutcomeUnknown: the request was sent and no answer came.
            BadReply: an answer came, and holds no picture.
            ProviderUnavailable: no further call can succeed.
            ActionFailed: this request was refused or cannot be done.
        """


@runtime_checkable
class Judge(Protocol):
    """A provider that can also be asked what a picture shows. Calls block, as those of `make`."""

    def judge(self, request: JudgeRequest) -> Reply:
        """Return the answer's JSON text as `data`; sends exactly one request, never a second.

        What the reply counts is in the words of chat services: `prompt_tokens` and
        `completion_tokens`. It says nothing of limits: those of pictures are others.

        Raises:
            UnreadableImage: the picture cannot be decoded; nothing was sent.
            BadReply: an answer came, and it is none, or not the whole of it.
            ActionFailed: as in `make`.
        """
