"""What a step kind is: its parameters in the pipeline file, and what it asks for when rendered.

A step kind is pure and light: planning 10,000 variants loads no picture library. The work itself is
done by the runner registered under the same name (`assetforge.runners`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, TypeAlias

from pydantic import Field

from assetforge.action import FIRST_TAKE
from assetforge.capabilities import Capabilities, Refusal
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Block, Copy, Name, Profile, Size, Slot

Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def whole(canvas: Size) -> Box:
    """Return the box of all of a canvas."""
    return 0, 0, canvas.width, canvas.height


class Params(Block):
    """What every step may say."""

    name: Name | None = None
    """What this step is called in plans and overrides; by default its kind."""

    def wanted_sizes(self) -> tuple[Size, ...]:
        """Return the final sizes these parameters name; a canvas has to cover them."""
        return ()

    def mask_reference(self) -> str | None:
        """Return the picture that says where a picture may change, if these name one."""
        return None

    def extra_takes(self) -> range:
        """Return the takes to make besides the one that further steps stand on."""
        return range(0)

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return what else is read, in the runner's order after the picture so far.

        Each is the parameter that names it, and a path of the project or `asset:NAME`.
        """
        return ()

    def written_region(self) -> list[str] | None:
        """Return the box that the step keeps to, as it is written; None: it has none."""
        return None

    def restoring(self, canvas: Size) -> dict[str, Any]:
        """Return the parameters of the `restore` step that follows; empty where none does.

        `canvas` is the size of the picture that this step makes.
        """
        return {}

    def typeset_in(self, locale: str | None) -> bool:
        """Tell whether the copy is typeset in a locale, in place of being drawn by a model."""
        return False

    def tries(self) -> tuple[int, bool]:
        """Return how many takes a look may ask for, and whether letters are set after the last."""
        return FIRST_TAKE, False

    def kept(self, canvas: Size, size: Size) -> Box:
        """Return the part of a canvas that a final picture of some size still shows."""
        return whole(canvas)


class CopyParams(Params):
    """Parameters of a step that puts copy into the picture."""

    copy_slots: Copy = Field(default={}, alias="copy")
    """Slot → message id: the exact text the picture must show, and how long it may be."""

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """The slots of the copy, each with its message or text."""
        return {
            name: Slot(message=each) if isinstance(each, str) else each
            for name, each in self.copy_slots.items()
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """One text that the picture so far has to show.

    Attributes:
        slot, text: of the copy, never empty.
        box: where it has to stand, in pixels of the canvas; None: anywhere.
        typeset: whether the tool set it; otherwise a model drew it.
        last: whether nothing was laid over it since.
    """

    slot: str
    text: str
    box: Box | None
    typeset: bool
    last: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a step stands when it is rendered for one variant.

    Attributes:
        profile, capabilities: the chosen profile and what its model can do.
        sizes: the final sizes wanted of the variant, in pixels, largest area first; may be empty.
        formats: the file formats wanted of the variant, as file suffixes without the dot.
        canvas: size of the picture so far in pixels; None at the first step.
        references: how many further pictures the step gets.
        prompt: the rendered prompt of this step; empty for kinds without one.
        copy: slot → exact text; script: ISO 15924 code of the locale, None without one.
        palette: brand colours of the styles, for kinds that are `styled`.
        brand: the same, for every kind.
        language: the language tag of the texts, None without a locale; `rtl`: its lines run from
            right to left.
        shown: what the steps before have put into the picture, in their order.
        fonts: how many font files of the project the runner gets, after all else.
        visible: returns the part of a canvas that every final picture of the variant shows.
    """

    profile: Profile
    capabilities: Capabilities
    sizes: tuple[Size, ...] = ()
    formats: tuple[str, ...] = ()
    canvas: Size | None = None
    references: int = 0
    prompt: str = ""
    copy: Mapping[str, str] | None = None
    script: str | None = None
    palette: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    language: str | None = None
    rtl: bool = False
    shown: tuple[Shown, ...] = ()
    fonts: int = 0
    visible: Callable[[Size], Box] = whole


@dataclass(frozen=True, slots=True)
class Branch:
    """One picture that a step makes: what its runner gets, and what the picture will be.

    `request` goes into the manifest as it is. The runner also gets the bytes of the picture so far
    and of the references, in this order, and last of a mask. `size` is in pixels, `format` a file
    suffix; `notes` are for people: what was chosen. `refused` is what the model would refuse, as
    far as is known of it.
    """

    request: Mapping[str, Json]
    size: Size
    format: str = "png"
    notes: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


class Problem(ValueError):
    """A step that cannot be asked for; `parameter` names the key of the step that is at fault."""

    def __init__(self, code: str, message: str, parameter: str | None = None) -> None:
        self.code = code
        self.parameter = parameter
        super().__init__(message)


class StepKind(Protocol):
    """One stage a picture can go through.

    Attributes:
        version: goes into every manifest; raised when the same request gives other bytes.
        paid: True when the work is a provider's and may cost money.
        passes: the verdicts on a picture that let it go on; a kind without findings has none.
        final: True when nothing but steps of this kind may follow.
        styled: True when the words and pictures of the asset's styles are added to it.
        shorthand: the parameter that a bare text after the kind stands for.
    """

    version: ClassVar[str]
    paid: ClassVar[bool]
    passes: ClassVar[tuple[Verdict, ...]]
    final: ClassVar[bool]
    styled: ClassVar[bool]
    shorthand: ClassVar[str | None]
    parameters: ClassVar[type[Params]]

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return what to make for one variant; one branch unless the kind makes several files.

        Raises:
            Problem: the parameters cannot be followed for this variant.
        """
