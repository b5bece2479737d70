"""The pipeline file as a person writes it: one pydantic model per block.

The models say what is allowed; `assetforge.loader` gives every error its place. The JSON Schema for
editors is made from the same models and the installed step kinds.

Annotations here are no texts (no `annotations` from `__future__`): pydantic would have to compile
each of them at every start.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from assetforge.length import Length

MAX_VARIANTS = 10_000
"""Above this many variants a pipeline is refused unless `--max-variants` raises it."""

MAX_EDGE = 16_384
"""The longest edge of a final picture, in pixels: a bound on memory, not a model's rule."""

RESERVED_AXES = frozenset(
    {"include", "exclude", "asset", "copy", "vars", "t", "mirror"}
    | {"ext", "size", "width", "height"}
)
"""Words an axis may not be called, because templates and output patterns use them."""

OUTPUT_PLACEHOLDERS = frozenset({"asset", "ext", "size"})
"""What an output pattern may hold in braces besides the asset's axes."""

NAME = r"^[^\s/{}*?\[\]\x00-\x1f\x7f]+$"


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    @classmethod
    def parse(cls, text: object) -> "Size":
        """Read `1200x628`.

        Raises:
            ValueError: the text is no size, or an edge is 0 or above `MAX_EDGE`.
        """
        match = re.fullmatch(r"(\d{1,6})\s*[xX×]\s*(\d{1,6})", str(text).strip())
        if isinstance(text, cls):
            return text
        if match is None:
            raise ValueError("a size is written as WIDTHxHEIGHT in pixels, such as 1200x628")
        width, height = int(match[1]), int(match[2])
        if not (0 < width <= MAX_EDGE and 0 < height <= MAX_EDGE):
            raise ValueError(f"each edge must be from 1 to {MAX_EDGE} pixels")
        return cls(width, height)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Accept the text form only."""
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the text form."""
        return {"type": "string", "pattern": r"^\d+[xX×]\d+$", "examples": ["1200x628"]}


def is_template(value: object) -> bool:
    """Tell whether a text holds template markup."""
    return isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value)


RENDERED = {"rendered": True}
"""Validation context of values whose templates are filled in: none may be left."""


def _unless_template(
    value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Any:
    return value if is_template(value) and info.context != RENDERED else handler(value)


class _OrTemplate:
    """Adds the template form to a value's JSON Schema."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe a value, or a text with template markup."""
        return {"anyOf": [handler(schema), {"type": "string", "pattern": r"\{[{%#]"}]}


T = TypeVar("T")
Templated = Annotated[T, WrapValidator(_unless_template), _OrTemplate]
"""A value that may be written as a template, `size: "{{ format.size }}"`.

The loader leaves a template as it is; after rendering, the same model checks the value.
"""


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
"""Text; a bare number such as `2026` is taken as its digits."""

Name = Annotated[str, Field(pattern=NAME), BeforeValidator(_as_text)]
"""A name without spaces, slashes, braces or wildcards."""


def inside_project(path: str) -> str:
    """Return a path that cannot lead out of the project.

    Raises:
        ValueError: it is absolute, goes up, or holds control characters.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise ValueError("a path must not hold control characters")
    pure = PurePosixPath(path.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts or re.match(r"^[A-Za-z]:", path):
        raise ValueError("a path must stay inside the project: relative and without '..'")
    return path


ProjectPath = Annotated[str, Field(min_length=1), AfterValidator(inside_project)]
"""A file or folder of the project, relative to the pipeline file, with forward slashes."""

ASSET_PREFIX = "asset:"
"""What a reference to another asset's picture starts with."""


def _reference(text: str) -> str:
    return text if text.startswith(ASSET_PREFIX) or is_template(text) else inside_project(text)


class ReferenceMark:
    """Marks, in a step kind's parameters, the texts that name pictures used as inputs."""


Reference = Annotated[str, Field(min_length=1), AfterValidator(_reference), ReferenceMark]
"""A picture used as an input: a path of the project, or `asset:NAME`, another asset's picture."""

COLOUR = r"^#[0-9a-fA-F]{6}$"
Colour = Annotated[str, Field(pattern=COLOUR)]
"""A colour as `#rrggbb`."""


class Block(BaseModel):
    """One block of the pipeline file: unknown keys are errors, values do not change.

    The text below a field describes it; the JSON Schema is where it is read.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        # A validator takes longer to make than to use: most processes need few of them.
        defer_build=True,
        field_title_generator=lambda name, info: "",
        model_title_generator=lambda model: "",
    )


class WrittenCatalog(Block):
    """A catalog path, and what its texts are written in."""

    path: ProjectPath
    """Where the messages are: a path with `{locale}` in it, or of a file that names its locales."""
    syntax: Literal["plain", "icu", "i18next", "rails", "printf"] | None = None
    """How values are put into its texts: `plain` is `{name}`; by default the format's own."""


CatalogPath: TypeAlias = ProjectPath | WrittenCatalog


def _named(catalogs: dict[str, Any]) -> dict[str, Any]:
    if "path" in catalogs:
        raise ValueError("'path' is the key of one catalog, and no name for one of several")
    return catalogs


CatalogPaths: TypeAlias = (
    CatalogPath | list[CatalogPath] | Annotated[dict[Name, CatalogPath], AfterValidator(_named)]
)
"""One catalog path, several in order, or several by name."""

Missing: TypeAlias = Literal["error", "fallback", "mix", "skip"]
"""What to do when a locale lacks a message."""


class CustomLocale(Block):
    """A locale whose id is no language tag, or means something else in this project."""

    like: Text
    """The language tag whose rules for plurals, numbers, dates and script it follows."""
    direction: Literal["ltr", "rtl"] | None = None
    """How its lines run, where that is not as in the locale it is like."""
    name: Text | None = None
    """What it is called in templates and reports."""


class Locales(Block):
    """Which languages the pictures are made in, and where their texts are."""

    source: Text = "en"
    """The locale the texts are first written in."""
    targets: Literal["all"] | list[Text] = "all"
    """`all` locales that the catalogs hold, or a list of them."""
    catalogs: CatalogPaths = Field(default=[])
    """Where the messages are: a path with `{locale}` in it; a list, where an earlier catalog wins;
    or a mapping, where each catalog's name is put before its messages (`app.title`)."""
    missing: Missing = "error"
    """When a locale lacks a message: stop with an `error`; `fallback`: show the whole picture in
    the source locale; `mix`: show only that message in it; `skip`: leave the picture out."""
    fallback: dict[Text, Text | list[Text]] = {}
    """Locale → others whose texts may stand in for the whole picture, as `yue: zh-Hant`. Without
    it only the same language in the same script does."""
    custom: dict[Text, CustomLocale] = {}
    """Locales whose ids are no language tags: id → which language they are like."""
    use_fuzzy: bool = False
    """Show translations that their translators marked as unsure."""
    too_long: Literal["error", "warn", "skip"] = "error"
    """When a text is longer than its slot allows: stop, only warn, or leave the picture out."""


MOST_DOLLARS = 1_000_000
"""The highest amount that may be stated: a bound against slips."""

Dollars = Annotated[Decimal, Field(ge=0, le=MOST_DOLLARS)]

ADDRESS = r"^https?://[^\s@?#]+$"
ENVIRONMENT_VARIABLE = r"^[A-Z][A-Z0-9_]*$"
EnvironmentVariable = Annotated[str, Field(pattern=ENVIRONMENT_VARIABLE)]
"""Name of an environment variable, never a key itself."""


SENT = frozenset(
    {
        "background",
        "image",
        "image[]",
        "images",
        "mask",
        "mask_image",
        "model",
        "moderation",
        "n",
        "output_compression",
        "output_format",
        "partial_images",
        "prompt",
        "quality",
        "size",
        "stream",
    }
)
"""Parameters of a service that assetforge sends itself, so that `extra` cannot."""


SECRET_NAME = re.compile(r"api[_-]?key|secret|password|authorization|(^|_)token$", re.IGNORECASE)
"""What a parameter is called that holds a secret: it would go into manifests."""


def _not_sent(name: str) -> str:
    if name in SENT:
        raise ValueError("assetforge sends it itself; what may be chosen has a key of its own")
    if SECRET_NAME.search(name):
        raise ValueError("no secret may be written here: name its variable in 'key_env'")
    return name


def _without_fractions(value: Any) -> Any:
    """Return a value that a manifest can hold: it has no numbers with a point."""
    if isinstance(value, Decimal | float):
        raise ValueError("put a number with a point in quotes")
    for each in value if isinstance(value, list) else ():
        _without_fractions(each)
    for each in value.values() if isinstance(value, dict) else ():
        _without_fractions(each)
    return value


class _OnlyExtra:
    """Adds to the JSON Schema which names and values are refused."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe parameters that assetforge does not send, without numbers with a point."""
        names = {"pattern": NAME, "not": {"enum": sorted(SENT)}}
        fraction = {"type": "number", "not": {"type": "integer"}}
        return {
            **handler(schema),
            "propertyNames": names,
            "additionalProperties": {"not": fraction},
        }


Extra: TypeAlias = Annotated[
    dict[
        Annotated[Name, AfterValidator(_not_sent)],
        Annotated[Any, AfterValidator(_without_fractions)],
    ],
    _OnlyExtra,
]
"""Parameters of a service that assetforge knows nothing of."""


class Profile(Block):
    """A named choice of provider, model, quality and cap, and how the service is reached."""

    provider: Text
    """The service that makes the pictures: `draft`, `blank`, `openai`, `azure`, `ofox`, another
    that speaks the same language, or what plugins add."""
    model: Text | None = None
    """The service's image model, best as a dated snapshot such as `gpt-image-2-2026-04-21`."""
    quality: Text | None = None
    """The model's quality: `low`, `medium`, `high`; some models have more."""
    max_cost: Dollars | None = None
    """The most that one build may spend, in US dollars."""
    base_url: Annotated[str, Field(pattern=ADDRESS)] | None = None
    """The service's address, where it is not the provider's own: `https://host/v1`."""
    deployment: Text | None = None
    """What the service calls the model there, where that is not its name (Azure)."""
    key_env: EnvironmentVariable | None = None
    """Name of the environment variable, or keyring entry, that holds the API key."""
    images_per_minute: Annotated[int, Field(ge=1)] | None = None
    """The account's limit, where the service does not tell it."""
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    """The account's limit, where the service does not tell it."""
    count_references: bool = True
    """Whether pictures that go in count against `images_per_minute` as well."""
    timeout: Annotated[int, Field(ge=1, le=3600)] = 600
    """Seconds to wait for a picture."""
    partial_images: Annotated[int, Field(ge=0, le=3)] = 0
    """Previews to show while a picture is drawn; each costs 100 output tokens."""
    moderation: Literal["auto", "low"] | None = None
    """How strict the service's filter is."""
    output_format: Literal["png", "jpeg", "webp"] | None = None
    """Format the service sends; by default its own, png. Exports choose theirs."""
    output_compression: Annotated[int, Field(ge=0, le=100)] | None = None
    """Quality of a jpeg or webp the service sends."""
    extra: Extra = {}
    """Further parameters of the service, sent as they are."""
    resend: bool = False
    """Send again, by itself, what got no answer and may have been billed."""
    unaccepted: Literal["use", "keep", "fail"] = "use"
    """What a new picture is worth before somebody accepts it: `use` it; `keep` the one accepted
    before in its place; or `fail`, and write none."""


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


DAY = r"^\d{4}-\d\d-\d\d$"
Day = Annotated[str, Field(pattern=DAY), AfterValidator(_day)]
"""A date as `2026-12-01`."""

Edge = Annotated[int, Field(ge=1, le=MAX_EDGE)]


class CanvasRules(Block):
    """The canvases of a model that makes any size within rules."""

    multiple: Annotated[int, Field(ge=8, le=1024)] | None = None
    """Both edges are multiples of this many pixels; by default 16."""
    max_edge: Edge | None = None
    """Most pixels of the longer edge."""
    max_ratio: Annotated[int, Field(ge=1)] | None = None
    """How many times longer than the shorter edge the longer one may be."""
    min_pixels: Annotated[int, Field(ge=1)] | None = None
    """Fewest pixels of a canvas, width times height."""
    max_pixels: Annotated[int, Field(ge=1)] | None = None
    """Most pixels of a canvas, width times height."""


class TokenPrice(Block):
    """US dollars for a million tokens."""

    date: Text | None = None
    """When the price was read."""
    text_in: Dollars | None = None
    """Words that go in."""
    image_in: Dollars | None = None
    """Pictures that go in."""
    image_out: Dollars | None = None
    """The picture that comes out."""


class Model(Block):
    """What is known about an image model, on top of what it inherits."""

    match: Annotated[list[Text], Field(min_length=1)] | None = None
    """Names of the model, `*` for any part of one; by default the name it stands under."""
    inherits: Text | None = None
    """The known model whose data it starts from. A known name starts from its own."""
    sizes: Annotated[list[Size], Field(min_length=1)] | CanvasRules | None = None
    """The canvases it makes: a list of sizes, or rules."""
    qualities: list[Text] | None = None
    """Its words for quality, cheapest first; none: it takes any."""
    free: Literal[True] | None = None
    """Nothing is ever billed, as on a machine of your own."""
    per_image: Dollars | None = None
    """US dollars for a picture, where a service charges by picture."""
    price: TokenPrice | None = None
    """US dollars for a million tokens; what is not said is inherited."""
    edits: bool | None = None
    """Whether it takes pictures, to change or to follow."""
    max_images: Annotated[int, Field(ge=1)] | None = None
    """Most pictures that go in with one request."""
    mask: bool | None = None
    """Whether it can be told which part of a picture to change."""
    formats: Annotated[list[Literal["png", "jpeg", "webp"]], Field(min_length=1)] | None = None
    """The formats it sends."""
    transparent: bool | Literal["preview"] | None = None
    """Whether it makes transparent backgrounds; `preview` where its vendor may still refuse."""
    snapshots: dict[Text, Text] | None = None
    """Name that the vendor may point at another model some day → the dated name that stays."""
    shutdown: Day | None = None
    """The day its vendor ends it, as `2026-12-01`."""
    replacement: Text | None = None
    """The model to use in its place."""


class Budget(Block):
    """The most that all builds of this project together may spend, in US dollars."""

    day: Dollars | None = None
    """In one day, UTC."""
    month: Dollars | None = None
    """In one month, UTC."""


PUBLIC_KEY = r"^ed25519:[A-Za-z0-9+/]{43}=$"

REMOTE = r"^[^\s?#@]+$"
"""An address without user or password: those are for the environment."""


class SharedStore(Block):
    """The store that a team shares: what one has made, nobody else pays for."""

    remote: Annotated[str, Field(pattern=REMOTE)] | None = None
    """Where it is: `s3://bucket/folder`, `gs://`, `az://`, `https://`, or a folder. The environment
    variable ASSETFORGE_REMOTE goes first; empty, it means none."""
    signers: dict[Name, Annotated[str, Field(pattern=PUBLIC_KEY)]] = {}
    """Whose results count: name → public key, as `assetforge key` prints it."""


class Style(Block):
    """A look that assets share: words added to their prompts, pictures given as references."""

    prompt: str = ""
    """A template; added to the prompt of every `compose` step of assets that name this style."""
    references: list[Reference] = []
    """Pictures that show the look."""
    palette: list[Colour] = Field(default=[], max_length=8)
    """Brand colours as `#rrggbb`; added to the prompt, and what drafts are painted with."""


class MessageText(Block):
    """Copy written in the pipeline file itself, the same in every locale."""

    text: str
    """The text, exactly as the picture must show it."""


class Slot(Block):
    """One text of a picture, and how long it may be."""

    message: Text | None = None
    """Message id, which may hold `{axis}`."""
    text: str | None = None
    """The text itself, the same in every locale, in place of a message."""
    max_length: Length | None = None
    """How long the text may be: `30`, `30 characters`, `60 columns`, or a store's own limit such as
    `play.title`."""
    max_words: Annotated[int, Field(ge=1)] | None = None
    """How many words the text may have."""
    max_lines: Annotated[int, Field(ge=1)] | None = None
    """How many lines the text may take; measured where the step has a `region`."""
    missing: Missing | None = None
    """What to do when a locale lacks this message, in place of the pipeline's `missing`."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "Slot":
        if (self.message is None) == (self.text is None):
            raise ValueError("give 'message' or 'text', one of them")
        return self


Copy: TypeAlias = dict[Name, Text | Slot]
"""Slot → message id, which may hold `{axis}`; `{text: ...}` for a fixed text; or a block with the
message and how long it may be."""

AxisValues: TypeAlias = Literal["all"] | list[Name] | dict[Name, dict[Name, Any] | None]
"""A list of values; or a mapping of values to what templates may read from each
(`{{ format.size }}`); or, for the axis `locale`, `all`."""

Step: TypeAlias = dict[str, Any]
"""One step: its kind as a key with the prompt or parameters, and the kind's other keys beside it.
The loader checks it against the kind's own model."""


class Override(Block):
    """What is different for some variants of an asset."""

    vars: dict[Name, Any] = {}
    """Variables for templates, on top of the asset's."""
    prompt: Text | None = None
    """Prompt in place of that of the asset's drawing step; with several, say which in `steps`."""
    copy_slots: Copy | None = Field(default=None, alias="copy")
    """Slots in place of those of the asset's drawing step; those not named here stay."""
    size: Size | None = None
    """Final size in place of the matrix's or the steps'."""
    styles: list[Text] | None = None
    """Styles in place of the asset's."""
    references: list[Reference] | None = None
    """References in place of the asset's."""
    alt: Text | MessageText | None = None
    """Message id of the alt text, in place of the asset's."""
    output: ProjectPath | None = None
    """Output pattern in place of the asset's."""
    steps: dict[Name, dict[str, Any]] = {}
    """Step name → parameters that replace that step's."""


class Asset(Block):
    """One picture the user wants, in all its variants."""

    matrix: dict[str, Any] = {}
    """Axes the picture is multiplied by: axis → values. `include` adds points, `exclude` removes
    them; each is a list of `{axis: value}`."""
    steps: Annotated[list[Step], Field(min_length=1)]
    """The stages the picture goes through, in order."""
    output: ProjectPath
    """Where the finished picture goes; `{asset}`, `{ext}`, `{size}` and every axis may be in it."""
    catalogs: CatalogPaths | None = None
    """Where this asset's messages are, in place of the pipeline's catalogs."""
    alt: Text | MessageText | None = None
    """Message id of the text that describes the picture to who cannot see it."""
    styles: list[Text] = []
    """Names of the styles it follows."""
    references: list[Reference] = []
    """Pictures given to its first step."""
    vars: dict[Name, Any] = {}
    """Variables for templates, as `{{ vars.NAME }}`."""
    tags: list[Name] = []
    """Words to select it by: `tag:web`."""
    overrides: dict[Text, Override] = {}
    """What is different for some variants: axis values such as `ar` or `story/ar` → changes."""


class Pipeline(Block):
    """A pipeline file: which pictures exist, in which locales and formats, made by which steps."""

    version: Literal[1]
    """Version of this file format."""
    locales: Locales | None = None
    """Languages and catalogs. Without it no asset has an axis `locale`."""
    profiles: Annotated[dict[Name, Profile], Field(min_length=1)] = {
        "draft": Profile.model_construct(provider="draft")
    }
    """Choices of provider and model. The first is the default; `--profile NAME` picks another."""
    models: dict[Text, Model] = {}
    """Image models that assetforge does not know, or knows wrongly: name → what is known."""
    budget: Budget = Budget.model_construct()
    """What all builds together may spend."""
    store: SharedStore = SharedStore.model_construct()
    """The store that a team shares."""
    vars: dict[Name, Any] = {}
    """Variables for all templates, as `{{ vars.NAME }}`."""
    styles: dict[Name, Style] = {}
    """Looks that assets share."""
    fonts: list[ProjectPath] = []
    """Font files of the project (.ttf, .otf, .ttc), or folders of them, for `text` steps."""
    defaults: dict[Text, dict[str, Any]] = {}
    """Step kind → parameters that every step of this kind takes unless it says otherwise."""
    assets: Annotated[dict[Name, Asset], Field(min_length=1)]
    """The pictures."""
