"""Why the service refuses a call, in its order and its words. Nothing here acts.

Source, where not said otherwise: answers of api.openai.com that users recorded in August 2026.
Where no wording is on record, it is ours in the same manner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from assetforge import images
from assetforge.emulator.answers import Problem
from assetforge.emulator.call import Call, Upload
from assetforge.emulator.rules import Model, model_named
from assetforge.images import UnreadableImage
from assetforge.pipeline import Size

USER_ERROR: Final = "image_generation_user_error"

MAX_PROMPT: Final = 32_000
MAX_IMAGES: Final = 16
MAX_IMAGE_BYTES: Final = 50 * 1000 * 1000
MAX_MASK_BYTES: Final = 4 * 1000 * 1000
MAX_N: Final = 10

KEYS: Final = frozenset(
    {
        "background",
        "model",
        "moderation",
        "n",
        "output_compression",
        "output_format",
        "partial_images",
        "prompt",
        "quality",
        "safety_identifier",
        "size",
        "stream",
        "user",
    }
)
EDIT_KEYS: Final = KEYS | {"input_fidelity"}

MIMETYPES: Final = ("image/jpeg", "image/png", "image/webp")
MODES: Final = frozenset({"RGB", "RGBA", "L", "LA"})
"""Pixels that the service reads; it refuses CMYK, 16 bit and palettes."""

Rule = Callable[[Call], Problem | None]


def problem_of(call: Call) -> Problem | None:
    """Return the first thing that is wrong with a call, None where it is right.

    It decodes the pictures that came with the call, which may take a second.
    """
    return next((found for rule in RULES if (found := rule(call))), None)


def _model(call: Call) -> Problem | None:
    if "model" not in call.fields:
        return missing("model")
    name = call.fields["model"]
    if not isinstance(name, str):
        return wrong_type("model", "a string", name)
    if model_named(name) is None:
        return refused("model", f"The model '{name}' does not exist.")
    return None


def _unknown_keys(call: Call) -> Problem | None:
    return next((unknown(call, key) for key in call.fields if key not in _keys(call)), None)


def _keys(call: Call) -> frozenset[str]:
    model = _model_of(call)
    keys = EDIT_KEYS if call.endpoint == "edits" else KEYS
    if model.unknown_fidelity:
        keys -= {"input_fidelity"}
    return keys | {"complexity"} if model.complexity else keys


def unknown(call: Call, key: str) -> Problem:
    """Say that a key is not known; pictures under the name of the other form get advice."""
    message, code = f"Unknown parameter: '{key}'.", "unknown_parameter"
    if call.endpoint == "edits" and key == "image":
        code = "invalid_value"
        message += " For application/json on /v1/images/edits, use 'images' (array)."
    elif call.endpoint == "edits" and key == "images":
        message += " For multipart/form-data use 'image' or 'image[]'."
    return Problem(message, param=key, code=code)


def _prompt(call: Call) -> Problem | None:
    if "prompt" not in call.fields:
        return missing("prompt")
    prompt = call.fields["prompt"]
    if not isinstance(prompt, str):
        return wrong_type("prompt", "a string", prompt)
    if not prompt:
        message = (
            "Invalid 'prompt': empty string. Expected a string with minimum length 1, "
            "but got an empty string instead."
        )
        return Problem(message, param="prompt", code="empty_string")
    if len(prompt) > MAX_PROMPT:
        return _too_long("prompt", MAX_PROMPT, len(prompt))
    return None


def _too_long(param: str, most: int, length: int) -> Problem:
    return Problem(
        f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
        f"but got a string with length {length} instead.",
        param=param,
        code="string_above_max_length",
    )


def _images(call: Call) -> Problem | None:
    if call.endpoint != "edits":
        return None
    param = "image" if call.form == "multipart" else "images"
    if call.images is None:
        return missing(param)
    if not call.images:
        message = (
            f"Invalid '{param}': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead."
        )
        return Problem(message, param=param, code="empty_array")
    if len(call.images) > MAX_IMAGES:
        return Problem(
            f"Invalid '{param}': array too long. Expected an array with maximum length "
            f"{MAX_IMAGES}, but got an array with length {len(call.images)} instead.",
            param=param,
            code="array_above_max_length",
        )
    return next((each for each in _image_problems(call, call.images, param) if each), None)


def _image_problems(call: Call, uploads: Sequence[Upload], param: str) -> Iterator[Problem | None]:
    """Yield what is wrong with any of the pictures, what is quickly seen first."""
    yield from (_upload(call, each, param) for each in uploads)
    yield from (_picture(each.data, number) for number, each in enumerate(uploads, 1))


def _upload(call: Call, upload: Upload, param: str) -> Problem | None:
    if upload.problem:
        return upload.problem
    if call.form == "multipart" and upload.mimetype is None:
        return Problem(
            f"Invalid file '{param}': missing mimetype.", param=param, code="missing_file_mimetype"
        )
    if call.form == "multipart" and upload.mimetype not in MIMETYPES:
        return Problem(
            f"Invalid file '{param}': unsupported mimetype ('{upload.mimetype}'). "
            "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
            param=param,
            code="unsupported_file_mimetype",
        )
    if len(upload.data) >= MAX_IMAGE_BYTES:
        return too_large(param, "50MB")
    return None


def too_large(param: str, most: str) -> Problem:
    """Say that a picture has too many bytes."""
    message = f"Invalid file '{param}': file too large. Expected a file of less than {most}."
    return Problem(message, param=param, code="file_too_large")


def _picture(data: bytes, number: int) -> Problem | None:
    try:
        images.examined(data)
        if is_plain(data):
            return None
    except UnreadableImage:
        pass
    return refused(
        None,
        f"Invalid image file or mode for image {number}, please check your image file.",
        "invalid_image_file",
    )


def is_plain(data: bytes) -> bool:
    """Tell whether a picture is a PNG, JPEG or WebP of 8-bit grey or RGB, with alpha or without.

    Raises:
        UnreadableImage: it is no picture.
    """
    format, mode = images.kind_of(data)
    deep = format == "PNG" and data[24:25] == b"\x10"  # IHDR, bit depth
    return format in ("PNG", "JPEG", "WEBP") and mode in MODES and not deep


def _n(call: Call) -> Problem | None:
    return whole_number("n", call.said("n"), 1, MAX_N)


def whole_number(param: str, value: Any, least: int, most: int) -> Problem | None:
    """Return what is wrong with a whole number; None may stand for it."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        return wrong_type(param, "an integer", value)
    if value < least:
        return Problem(
            f"Invalid '{param}': integer below minimum value. Expected a value >= {least}, "
            f"but got {value} instead.",
            param=param,
            code="integer_below_min_value",
        )
    if value > most:
        return Problem(
            f"Invalid '{param}': integer above maximum value. Expected a value <= {most}, "
            f"but got {value} instead.",
            param=param,
            code="integer_above_max_value",
        )
    return None


def _size(call: Call) -> Problem | None:
    value = call.said("size")
    if value is None or value == "auto":
        return None
    if not isinstance(value, str):
        return wrong_type("size", "a string", value)
    capabilities = _model_of(call).capabilities
    if capabilities.sizes:
        known = {str(size) for size in capabilities.sizes}
        fixed = "Supported sizes are 1024x1024, 1024x1536, 1536x1024, and auto."
        return None if value in known else refused("size", f"Invalid size '{value}'. {fixed}")
    reason = size_reason(value)
    return refused("size", f"Invalid size '{value}'. {reason}") if reason else None


def size_reason(value: str) -> str | None:
    """Return why a model with free sizes refuses one.

    Source of the rules: OpenAI image guide, read 2026-11-21.
    """
    if not re.fullmatch(r"[1-9]\d{0,5}x[1-9]\d{0,5}", value):
        return "Expected WIDTHxHEIGHT, for example '1824x1024'."
    width, height = map(int, value.split("x"))
    if width % 16 or height % 16:
        return "Width and height must both be divisible by 16."
    if max(width, height) > 3840:
        return "The longest edge must be less than or equal to 3840."
    if max(width, height) > 3 * min(width, height):
        return "The ratio of the longest edge to the shortest must be at most 3:1."
    if width * height < 655_360:
        return "Requested resolution is below the current minimum pixel budget."
    if width * height > 8_294_400:
        return "Requested resolution is above the current maximum pixel budget."
    return None


def _quality(call: Call) -> Problem | None:
    return choice(call, "quality", [*_model_of(call).capabilities.qualities, "auto"])


def _background(call: Call) -> Problem | None:
    return choice(call, "background", ["transparent", "opaque", "auto"])


def _output_format(call: Call) -> Problem | None:
    return choice(call, "output_format", ["png", "webp", "jpeg"])


def _transparent(call: Call) -> Problem | None:
    if call.said("background") == "transparent" and call.said("output_format") == "jpeg":
        message = "Transparent background is not supported for JPEG output format"
        return refused("background", message)
    return None


def _compression(call: Call) -> Problem | None:
    value = call.said("output_compression")
    found = whole_number("output_compression", value, 0, 100)
    if found or value in (None, 100) or call.said("output_format") in ("jpeg", "webp"):
        return found
    message = "Compression less than 100 is not supported for PNG output format"
    return refused("output_compression", message)


def _moderation(call: Call) -> Problem | None:
    return choice(call, "moderation", ["auto", "low"])


def _stream(call: Call) -> Problem | None:
    value = call.said("stream")
    if value is None or isinstance(value, bool):
        return None
    return wrong_type("stream", "a boolean", value)


def _partial_images(call: Call) -> Problem | None:
    return whole_number("partial_images", call.said("partial_images"), 0, 3)


def _names(call: Call) -> Problem | None:
    for key in ("safety_identifier", "user"):
        value = call.said(key)
        if value is not None and not isinstance(value, str):
            return wrong_type(key, "a string", value)
    return None


def _complexity(call: Call) -> Problem | None:
    return choice(call, "complexity", ["low", "medium", "high"])


def _fidelity(call: Call) -> Problem | None:
    model = _model_of(call)
    if call.said("input_fidelity") is None:
        return None
    if not model.fidelities:
        return refused(
            "input_fidelity",
            f"The model '{model.name}' does not support the 'input_fidelity' parameter.",
            "invalid_input_fidelity_model",
        )
    return choice(call, "input_fidelity", model.fidelities)


def _mask(call: Call) -> Problem | None:
    return _overlay(call, "mask", call.mask)


def _markup(call: Call) -> Problem | None:
    if call.markup is None:
        return None
    model = _model_of(call)
    if not model.markup:
        message = f"The model '{model.name}' does not support the 'markup' parameter."
        return refused("markup", message)
    if call.mask is not None:
        return refused("markup", "The parameters 'mask' and 'markup' cannot be used together.")
    return _overlay(call, "markup", call.markup)


def _overlay(call: Call, param: str, upload: Upload | None) -> Problem | None:
    """Return what is wrong with a picture that is laid over the first one.

    Source: openai-python, `images.edit`, and OpenAI image guide, read 2026-11-21.
    """
    if upload is None:
        return None
    found = _upload(call, upload, param)
    if found:
        return found
    if len(upload.data) >= MAX_MASK_BYTES:
        return too_large(param, "4MB")
    assert call.images, "BUG: a mask was checked before the pictures"
    return _overlay_picture(param, upload.data, images.size_of(call.images[0].data))


def _overlay_picture(param: str, data: bytes, wanted: Size) -> Problem | None:
    try:
        size, (format, mode) = images.examined(data).size, images.kind_of(data)
    except UnreadableImage:
        size, format, mode = wanted, "", ""
    if format != "PNG" or mode not in ("RGBA", "LA"):
        message = f"Invalid {param} image format: it must be a PNG with an alpha channel."
        return refused(param, message, "invalid_image_file")
    if size != wanted:
        message = f"Invalid {param}: its size {size} is not the size {wanted} of the first image."
        return refused(param, message)
    return None


RULES: Final[tuple[Rule, ...]] = (
    _model,
    _unknown_keys,
    _prompt,
    _images,
    _n,
    _size,
    _quality,
    _background,
    _output_format,
    _transparent,
    _compression,
    _moderation,
    _stream,
    _partial_images,
    _names,
    _complexity,
    _fidelity,
    _mask,
    _markup,
)
"""In the service's order; each may rely on what stands before it."""


def _model_of(call: Call) -> Model:
    model = model_named(call.fields["model"])
    assert model is not None, "BUG: the model is checked first"
    return model


def choice(call: Call, param: str, known: Sequence[str]) -> Problem | None:
    """Return what is wrong with a word; None may stand for it."""
    value = call.said(param)
    if value is None or value in known:
        return None
    if not isinstance(value, str):
        return wrong_type(param, "a string", value)
    quoted = [f"'{each}'" for each in known]
    listed = ", ".join(quoted[:-1])
    comma = "," if len(quoted) > 2 else ""
    message = f"Invalid value: '{value}'. Supported values are: {listed}{comma} and {quoted[-1]}."
    return Problem(message, param=param, code="invalid_value")


def no_judge(name: str) -> Problem:
    """Say that there is nobody of a name to be asked about a picture."""
    message = f"The model `{name}` does not exist or you do not have access to it."
    return Problem(message, code="model_not_found", status=404)


def missing(param: str) -> Problem:
    """Say that a parameter is needed."""
    message = f"Missing required parameter: '{param}'."
    return Problem(message, param=param, code="missing_required_parameter")


def wrong_type(param: str, expected: str, value: Any) -> Problem:
    """Say that a value is of another type than it should be."""
    message = f"Invalid type for '{param}': expected {expected}, but got {_named(value)} instead."
    return Problem(message, param=param, code="invalid_type")


def refused(param: str | None, message: str, code: str = "invalid_value") -> Problem:
    """Say something in the manner of the model rather than of the API before it."""
    return Problem(message, type=USER_ERROR, param=param, code=code)


def _named(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
