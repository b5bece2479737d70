"""What is refused, in which words. Source: answers that users recorded in August 2026."""

from typing import Any

import PIL.Image
import pytest

from assetforge.emulator.answers import Problem
from assetforge.emulator.call import Call, Upload
from assetforge.emulator.checks import USER_ERROR, problem_of
from tests.pictures import ramp, saved

RIGHT = {"model": "gpt-image-2", "prompt": "a hill", "size": "1024x640", "quality": "low"}
WHOLE = "Invalid '{}': integer {} value. Expected a value {}, but got {} instead."
TYPE = "Invalid type for '{}': expected {}, but got {} instead."
SIZE = "Invalid size '{}'. {}"
PICTURE = saved(ramp((64, 48)))
MASK = saved(ramp((64, 48), "RGBA"))


def found(**fields: Any) -> Problem | None:
    return problem_of(Call("generations", "json", RIGHT | fields))


def edited(
    *images: Upload,
    mask: Upload | None = None,
    markup: Upload | None = None,
    form: Any = "multipart",
    **fields: Any,
) -> Problem | None:
    return problem_of(Call("edits", form, RIGHT | fields, images, mask, markup))


def png(data: bytes) -> Upload:
    return Upload(data, "image/png")


def said(problem: Problem | None) -> tuple[str, str | None, str | None, str]:
    assert problem is not None
    assert problem.status == 400
    return problem.type, problem.param, problem.code, problem.message


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "model_null": (
        {"model": None},
        ("model", "invalid_type", TYPE.format("model", "a string", "null")),
    ),
    "model_number": (
        {"model": 2},
        ("model", "invalid_type", TYPE.format("model", "a string", "an integer")),
    ),
    "unknown_key": ({"seed": 1}, ("seed", "unknown_parameter", "Unknown parameter: 'seed'.")),
    "unknown_null": (
        {"response_format": None},
        ("response_format", "unknown_parameter", "Unknown parameter: 'response_format'."),
    ),
    "fidelity_of_generations": (
        {"input_fidelity": "high"},
        ("input_fidelity", "unknown_parameter", "Unknown parameter: 'input_fidelity'."),
    ),
    "complexity_of_2": (
        {"complexity": "low"},
        ("complexity", "unknown_parameter", "Unknown parameter: 'complexity'."),
    ),
    "prompt_null": (
        {"prompt": None},
        ("prompt", "invalid_type", TYPE.format("prompt", "a string", "null")),
    ),
    "prompt_empty": (
        {"prompt": ""},
        (
            "prompt",
            "empty_string",
            "Invalid 'prompt': empty string. Expected a string with minimum length 1, "
            "but got an empty string instead.",
        ),
    ),
    "prompt_long": (
        {"prompt": "x" * 32_001},
        (
            "prompt",
            "string_above_max_length",
            "Invalid 'prompt': string too long. Expected a string with maximum length 32000, "
            "but got a string with length 32001 instead.",
        ),
    ),
    "n_0": (
        {"n": 0},
        ("n", "integer_below_min_value", WHOLE.format("n", "below minimum", ">= 1", 0)),
    ),
    "n_11": (
        {"n": 11},
        ("n", "integer_above_max_value", WHOLE.format("n", "above maximum", "<= 10", 11)),
    ),
    "n_decimal": (
        {"n": 1.5},
        ("n", "invalid_type", TYPE.format("n", "an integer", "a decimal number")),
    ),
    "n_text": ({"n": "2"}, ("n", "invalid_type", TYPE.format("n", "an integer", "a string"))),
    "n_true": ({"n": True}, ("n", "invalid_type", TYPE.format("n", "an integer", "a boolean"))),
    "n_array": ({"n": []}, ("n", "invalid_type", TYPE.format("n", "an integer", "an array"))),
    "n_object": ({"n": {}}, ("n", "invalid_type", TYPE.format("n", "an integer", "an object"))),
    "compression": (
        {"output_compression": 101, "output_format": "jpeg"},
        (
            "output_compression",
            "integer_above_max_value",
            WHOLE.format("output_compression", "above maximum", "<= 100", 101),
        ),
    ),
    "previews": (
        {"partial_images": 4, "stream": True},
        (
            "partial_images",
            "integer_above_max_value",
            WHOLE.format("partial_images", "above maximum", "<= 3", 4),
        ),
    ),
    "quality": (
        {"quality": "ultra"},
        (
            "quality",
            "invalid_value",
            "Invalid value: 'ultra'. Supported values are: 'low', 'medium', 'high', and 'auto'.",
        ),
    ),
    "quality_of_later_models": (
        {"quality": "max"},
        (
            "quality",
            "invalid_value",
            "Invalid value: 'max'. Supported values are: 'low', 'medium', 'high', and 'auto'.",
        ),
    ),
    "quality_number": (
        {"quality": 1},
        ("quality", "invalid_type", TYPE.format("quality", "a string", "an integer")),
    ),
    "output_format": (
        {"output_format": "gif"},
        (
            "output_format",
            "invalid_value",
            "Invalid value: 'gif'. Supported values are: 'png', 'webp', and 'jpeg'.",
        ),
    ),
    "moderation": (
        {"moderation": "off"},
        (
            "moderation",
            "invalid_value",
            "Invalid value: 'off'. Supported values are: 'auto' and 'low'.",
        ),
    ),
    "background": (
        {"background": "white"},
        (
            "background",
            "invalid_value",
            "Invalid value: 'white'. Supported values are: 'transparent', 'opaque', and 'auto'.",
        ),
    ),
    "stream": (
        {"stream": "yes"},
        ("stream", "invalid_type", TYPE.format("stream", "a boolean", "a string")),
    ),
    "stream_1": (
        {"stream": 1},
        ("stream", "invalid_type", TYPE.format("stream", "a boolean", "an integer")),
    ),
    "user": ({"user": 5}, ("user", "invalid_type", TYPE.format("user", "a string", "an integer"))),
    "size_number": (
        {"size": 1024},
        ("size", "invalid_type", TYPE.format("size", "a string", "an integer")),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_request_is_refused_in_the_service_s_words(name):
    fields, (param, code, message) = REFUSED[name]

    assert said(found(**fields)) == ("invalid_request_error", param, code, message)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ("bogus", "Expected WIDTHxHEIGHT, for example '1824x1024'."),
        ("1024X640", "Expected WIDTHxHEIGHT, for example '1824x1024'."),
        ("9x9", "Width and height must both be divisible by 16."),
        ("1920x1080", "Width and height must both be divisible by 16."),
        ("4096x4096", "The longest edge must be less than or equal to 3840."),
        ("1600x512", "The ratio of the longest edge to the shortest must be at most 3:1."),
        ("576x1024", "Requested resolution is below the current minimum pixel budget."),
        ("800x800", "Requested resolution is below the current minimum pixel budget."),
        ("3840x2176", "Requested resolution is above the current maximum pixel budget."),
    ],
)
def test_an_illegal_size_is_refused(size, reason):
    assert said(found(size=size)) == (
        USER_ERROR,
        "size",
        "invalid_value",
        SIZE.format(size, reason),
    )


@pytest.mark.parametrize(
    "size", ["auto", None, "1024x640", "816x816", "3840x2160", "2880x2880", "1440x480"]
)
def test_a_legal_size_is_not(size):
    assert found(size=size) is None


def test_older_models_have_three_sizes():
    message = "Supported sizes are 1024x1024, 1024x1536, 1536x1024, and auto."

    assert found(model="gpt-image-1.5", size="1024x1536") is None
    assert said(found(model="gpt-image-1.5", size="1024x640")) == (
        USER_ERROR,
        "size",
        "invalid_value",
        SIZE.format("1024x640", message),
    )


def test_an_unknown_model_is_told_before_anything_else():
    problem = found(model="gpt-image-3", prompt="", n=0, seed=1)

    assert said(problem) == (
        USER_ERROR,
        "model",
        "invalid_value",
        "The model 'gpt-image-3' does not exist.",
    )


REPAIRS: dict[str, dict[str, Any]] = {
    "model": {"model": "gpt-image-2"},
    "seed": {"seed": ...},
    "prompt": {"prompt": "a hill"},
    "images": {},
    "n": {"n": 1},
    "size": {"size": "auto"},
    "quality": {"quality": "auto"},
}
"""What is wrong, in the service's order → what mends it."""


@pytest.mark.parametrize("param", REPAIRS)
def test_of_all_that_is_wrong_the_first_in_the_service_s_order_is_told(param):
    fields: dict[str, Any] = {"seed": 1, "prompt": "", "n": 0, "size": "9x9", "quality": "ultra"}
    mended = list(REPAIRS)[: list(REPAIRS).index(param)]
    for each in mended:
        fields |= REPAIRS[each]
    images = (Upload(PICTURE),) if "images" in mended else ()

    problem = problem_of(
        Call("edits", "json", {k: v for k, v in fields.items() if v is not ...}, images)
    )

    assert problem is not None
    assert problem.param == param


@pytest.mark.parametrize("key", ["model", "prompt"])
def test_what_is_missing_is_named(key):
    fields = {name: value for name, value in RIGHT.items() if name != key}

    assert said(problem_of(Call("generations", "json", fields))) == (
        "invalid_request_error",
        key,
        "missing_required_parameter",
        f"Missing required parameter: '{key}'.",
    )


@pytest.mark.parametrize(
    "key",
    ["n", "size", "quality", "background", "output_format", "moderation", "stream", "user"],
)
def test_null_counts_as_left_out(key):
    assert found(**{key: None}) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 10, "user": "u", "safety_identifier": "s"},
        {"background": "transparent", "output_format": "webp", "output_compression": 0},
        {"output_compression": 100},
        {"model": "gpt-image-2.5-flare", "quality": "xhigh"},
        {"model": "gpt-image-2.6-flare", "quality": "max", "complexity": "low"},
        {"prompt": "   "},
        {"prompt": "x" * 32_000},
        {"stream": True, "partial_images": 3},
    ],
)
def test_a_right_request_passes(fields):
    assert found(**fields) is None


def test_transparency_and_compression_need_a_format_that_has_them():
    transparent = found(background="transparent", output_format="jpeg")
    compressed = found(output_compression=50)

    assert said(transparent)[1:] == (
        "background",
        "invalid_value",
        "Transparent background is not supported for JPEG output format",
    )
    assert said(compressed)[1:3] == ("output_compression", "invalid_value")


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"])
def test_input_fidelity_is_refused_by_newer_models(model):
    problem = edited(png(PICTURE), model=model, input_fidelity="high")

    assert said(problem) == (
        USER_ERROR,
        "input_fidelity",
        "invalid_input_fidelity_model",
        f"The model '{model}' does not support the 'input_fidelity' parameter.",
    )


def test_input_fidelity_of_older_models():
    right = edited(png(PICTURE), model="gpt-image-1.5", size="auto", input_fidelity="high")
    wrong = edited(png(PICTURE), model="gpt-image-1.5", size="auto", input_fidelity="best")
    mini = edited(png(PICTURE), model="gpt-image-1-mini", size="auto", input_fidelity="low")

    assert right is None
    assert said(wrong)[1:3] == ("input_fidelity", "invalid_value")
    assert said(mini)[1:3] == ("input_fidelity", "unknown_parameter")


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (PICTURE, "image/png"),
        (saved(ramp(), "JPEG"), "image/jpeg"),
        (saved(ramp(), "WEBP"), "image/webp"),
        (saved(ramp(mode="RGBA")), "image/png"),
        (saved(ramp(mode="L")), "image/png"),
    ],
)
def test_plain_pictures_pass(data, content_type):
    assert edited(Upload(data, content_type)) is None


def sixteen_bit() -> bytes:
    return saved(PIL.Image.new("I;16", (64, 48), 500))


def deep_colour() -> bytes:
    """A PNG of 16-bit colour: Pillow writes none, so the header of another is changed."""
    data = bytearray(PICTURE)
    data[24] = 16
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"no picture",
        PICTURE[: len(PICTURE) // 2],
        saved(ramp().convert("CMYK"), "JPEG"),
        saved(ramp().convert("P")),
        saved(ramp().convert("1")),
        saved(ramp(), "GIF"),
        sixteen_bit(),
        deep_colour(),
    ],
    ids=["text", "cut", "cmyk", "palette", "bits", "gif", "grey16", "colour16"],
)
def test_a_broken_or_odd_picture_is_named_by_its_number(data):
    assert said(edited(png(PICTURE), png(PICTURE), png(data))) == (
        USER_ERROR,
        None,
        "invalid_image_file",
        "Invalid image file or mode for image 3, please check your image file.",
    )


def test_a_part_needs_the_type_of_a_picture():
    octets = edited(Upload(PICTURE, "application/octet-stream"))
    untyped = edited(Upload(PICTURE))

    assert said(octets) == (
        "invalid_request_error",
        "image",
        "unsupported_file_mimetype",
        "Invalid file 'image': unsupported mimetype ('application/octet-stream'). "
        "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
    )
    assert said(untyped)[1:3] == ("image", "missing_file_mimetype")
    assert edited(Upload(PICTURE), form="json") is None


@pytest.mark.parametrize(("form", "param"), [("json", "images"), ("multipart", "image")])
def test_pictures_are_needed_and_at_most_sixteen(form, param):
    none = problem_of(Call("edits", form, RIGHT))
    empty = edited(form=form)
    many = edited(*[png(PICTURE)] * 17, form=form)

    assert said(none)[1:3] == (param, "missing_required_parameter")
    assert said(empty)[1:3] == (param, "empty_array")
    assert said(many)[1:3] == (param, "array_above_max_length")
    assert edited(*[png(PICTURE)] * 16, form=form) is None


def test_pictures_of_50_megabytes_are_too_large():
    problem = edited(png(PICTURE + bytes(50_000_000)))

    assert said(problem)[1:3] == ("image", "file_too_large")


def test_the_other_form_s_name_for_pictures_gets_advice():
    as_json = edited(Upload(PICTURE), form="json", image="x")
    as_form = edited(png(PICTURE), images="x")

    assert said(as_json)[1:] == (
        "image",
        "invalid_value",
        "Unknown parameter: 'image'. For application/json on /v1/images/edits, "
        "use 'images' (array).",
    )
    assert said(as_form)[1:] == (
        "images",
        "unknown_parameter",
        "Unknown parameter: 'images'. For multipart/form-data use 'image' or 'image[]'.",
    )


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        (saved(ramp((64, 48))), "invalid_image_file"),
        (saved(ramp((64, 48), "RGBA"), "WEBP", lossless=True), "invalid_image_file"),
        (b"no picture", "invalid_image_file"),
        (saved(ramp((48, 64), "RGBA")), "invalid_value"),
        (MASK + bytes(4_000_000), "file_too_large"),
    ],
    ids=["no alpha", "no png", "no picture", "other size", "too large"],
)
def test_a_mask_is_a_small_png_with_alpha_of_the_first_picture_s_size(mask, code):
    problem = edited(png(PICTURE), mask=png(mask))

    assert said(problem)[1:3] == ("mask", code)
    assert edited(png(PICTURE), mask=png(MASK)) is None


def test_a_mask_needs_a_type_too():
    assert said(edited(png(PICTURE), mask=Upload(MASK)))[1:3] == ("mask", "missing_file_mimetype")


def test_markup_is_for_newer_models_and_not_beside_a_mask():
    newer: dict[str, Any] = {"model": "gpt-image-2.5-flare", "markup": png(MASK)}

    assert edited(png(PICTURE), **newer) is None
    assert said(edited(png(PICTURE), markup=png(MASK)))[1:3] == ("markup", "invalid_value")
    assert said(edited(png(PICTURE), mask=png(MASK), **newer))[1] == "markup"


def test_an_upload_that_could_not_be_read_says_why():
    problem = Problem("gone", param="images[0]", code="file_not_found")

    assert edited(Upload(b"", problem=problem), form="json") == problem
