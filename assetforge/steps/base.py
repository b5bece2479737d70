"""What a step kind is: its parameters in the pipeline file, and what it asks for when rendered.

A step kind is pure and light: planning 10,000 variants loads no picture library. The work itself is
done by the runner registered under the same name (`assetforge.runners`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

from assetforge.capabilities import Capabilities, Refusal
from assetforge.digest import Json
from assetforge.pipeline import Block, Name, Profile, Size

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

    def kept(self, canvas: Size, size: Size) -> Box:
        """Return the part of a canvas that a final picture of some size still shows."""
        return whole(canvas)


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
        palette: brand colours of the styles.
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
        final: True when nothing but steps of this kind may follow.
        styled: True when the words and pictures of the asset's styles are added to it.
        shorthand: the parameter that a bare text after the kind stands for.
    """

    version: ClassVar[str]
    paid: ClassVar[bool]
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
