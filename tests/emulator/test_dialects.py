"""Each dialect, asked with raw requests as its service would be."""

import base64
import io
import json
from urllib.parse import urlsplit

import PIL.Image
import pytest

from assetforge.emulator import Server, Settings, serving
from assetforge.emulator.call import Call
from assetforge.emulator.dialects import DIALECTS
from assetforge.emulator.dialects.azure import model_of
from assetforge.emulator.dialects.base import Asked, pixels
from assetforge.emulator.dialects.diffusion import painted
from assetforge.emulator.dialects.seedream import size_of as seedream_size
from assetforge.emulator.dialects.xai import size_of as xai_size
from assetforge.services import known_services
from tests.emulator.asking import BOUNDARY, KEY, ask, form, picture
from tests.pictures import ramp, saved

PNG = saved(ramp())
DATA_URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


@pytest.fixture(scope="module")
def servers():
    """Starts one server for each dialect, when a test asks for it."""
    with Streets() as streets:
        yield streets


class Streets(dict[str, Server]):
    def __enter__(self):
        self.open = []
        return self

    def __exit__(self, *_):
        for each in self.open:
            each.__exit__(None, None, None)

    def __missing__(self, name):
        opened = serving(Settings(pictures="flat", dialect=name))
        self[name] = opened.__enter__()
        self.open.append(opened)
        return self[name]


class Service:
    def __init__(self, server, name):
        self.server = server
        self.root = DIALECTS[name].root

    def generate(self, headers=KEY, **body):
        return self.post("generations", body, headers)

    def post(self, endpoint, body, headers=KEY):
        said = dict(headers) | {"content-type": "application/json"}
        data = json.dumps({key: value for key, value in body.items() if value is not None})
        return ask(self.server, "POST", f"{self.root}/images/{endpoint}", data.encode(), said)

    def edit(self, *parts, **texts):
        named = [(name, value.encode(), None, None) for name, value in texts.items()]
        headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        path = f"{self.root}/images/edits"
        return ask(self.server, "POST", path, form([*named, *parts]), headers)

    def get(self, path):
        return ask(self.server, "GET", f"{self.root}{path}")

    def fetched(self, told):
        """Fetch the first picture of an answer from its address, without a key."""
        address = urlsplit(told.body["data"][0]["url"])
        assert address.netloc == f"127.0.0.1:{self.server.port}"
        return ask(self.server, "GET", address.path, headers={})

    @property
    def last(self):
        return self.server.books()["calls"][-1]


def opened(data):
    return PIL.Image.open(io.BytesIO(data))


def image(told):
    assert told.status == 200, told.data
    return opened(base64.b64decode(told.body["data"][0]["b64_json"], validate=True))


def fixture(name):
    @pytest.fixture(name=name)
    def service(servers):
        return Service(servers[name], name)

    return service


openai, azure, ofox, gemini, xai, seedream, sglang, vllm = map(
    fixture, ("openai", "azure", "ofox", "gemini", "xai", "seedream", "sglang", "vllm")
)


def test_every_service_has_a_dialect_of_its_name():
    assert sorted(DIALECTS) == known_services()


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "openai"])
def test_what_every_dialect_has(servers, name):
    service = Service(servers[name], name)
    models = [each["id"] for each in service.get("/models").body["data"]]

    assert servers[name].url.endswith(DIALECTS[name].root)
    assert models == list(DIALECTS[name].models)
    assert service.get(f"/models/{models[0]}").body["id"] == models[0]
    assert service.get("/models/none-of-these").status == 404
    assert ask(service.server, "GET", "/v1/files").status == 404
    assert ask(service.server, "GET", "/emulator/pictures/none").status == 404


@pytest.mark.parametrize("name", [name for name in DIALECTS if DIALECTS[name].root != "/v1"])
def test_a_dialect_with_a_root_of_its_own_has_nothing_elsewhere(servers, name):
    headers = KEY | {"content-type": "application/json"}

    told = ask(servers[name], "POST", "/v1/images/generations", b"{}", headers)

    assert (told.status, told.data) == (404, b"")


@pytest.mark.parametrize("name", DIALECTS)
def test_a_key_is_needed_unless_the_server_is_ones_own(servers, name):
    service = Service(servers[name], name)

    told = service.generate(headers={}, prompt="a hare", model="any")

    assert (told.status == 401) is DIALECTS[name].needs_key


@pytest.mark.parametrize("name", DIALECTS)
def test_a_page_of_a_proxy_is_the_same_in_every_dialect(servers, name):
    service = Service(servers[name], name)
    body = LEGAL[name] | {"prompt": "[[fault:html]]"}

    told = service.generate(**body)

    assert (told.status, told.headers["content-type"]) == (502, "text/html; charset=utf-8")


@pytest.mark.parametrize("name", DIALECTS)
def test_a_fault_of_the_picture_is_not_repaired(servers, name):
    service = Service(servers[name], name)

    def data(fault):
        told = service.generate(**LEGAL[name] | {"prompt": f"[[fault:{fault}]]"})
        assert told.status == 200
        return told.body["data"][0]

    with pytest.raises(ValueError, match=r"base64|padded|characters"):
        base64.b64decode(data("broken_base64")["b64_json"], validate=True)
    wrong = opened(base64.b64decode(data("wrong_size")["b64_json"]))
    assert wrong.size == (512, 512)


LEGAL = {
    "openai": {"model": "gpt-image-2", "size": "1024x1024", "quality": "low"},
    "azure": {"model": "mine", "size": "1024x1024", "quality": "low"},
    "ofox": {"model": "openai/gpt-image-2", "size": "1024x1024", "quality": "low"},
    "gemini": {"model": "gemini-2.5-flash-image", "response_format": "b64_json"},
    "xai": {"model": "grok-imagine-image", "response_format": "b64_json"},
    "seedream": {"model": "seedream-4-0-250828", "size": "1K", "response_format": "b64_json"},
    "sglang": {"response_format": "b64_json"},
    "vllm": {"response_format": "b64_json"},
}


def test_azure_knows_deployments(azure):
    told = azure.generate(model="spring", prompt="a hare", size="1024x640", quality="low")

    assert image(told).size == (1024, 640)
    assert azure.last["model"] == "gpt-image-2"
    assert azure.last["billed_microdollars"] > 0


@pytest.mark.parametrize(
    ("deployment", "model"),
    [
        ("spring", "gpt-image-2"),
        ("team-gpt-image-1.5", "gpt-image-1.5"),
        ("gpt-image-2.5-flare-eu", "gpt-image-2.5-flare"),
        ("gpt-image-2", "gpt-image-2"),
    ],
)
def test_a_deployment_of_azure_may_hold_its_model_s_name(deployment, model):
    assert model_of(deployment) == model


def test_azure_takes_a_key_of_its_own_header(azure):
    told = azure.generate({"api-key": "any"}, model="spring", prompt="a hare", quality="low")

    assert told.status == 200


@pytest.mark.parametrize("model", ["missing-one", "", None])
def test_a_deployment_of_azure_may_be_missing(azure, model):
    told = azure.generate(model=model, prompt="a hare")

    assert told.status == 404
    assert told.error.keys() == {"code", "message"}
    assert told.error["code"] == "DeploymentNotFound"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"output_format": "webp"}, "output_format"),
        ({"background": "transparent"}, "background"),
        ({"size": "512x512"}, "size"),
        ({"seed": 1}, "seed"),
    ],
)
def test_azure_refuses_what_only_openai_has(azure, fields, param):
    told = azure.generate(**{"model": "spring", "prompt": "a hare"} | fields)

    assert (told.status, told.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("moderation_input", 400, "contentFilter"), ("429", 429, "429"), ("500", 500, "server_error")],
)
def test_azure_has_words_of_its_own(azure, fault, status, code):
    told = azure.generate(model="spring", prompt=f"[[fault:{fault}]]")

    assert (told.status, told.error["code"]) == (status, code)
    assert told.error.keys() == {"code", "message"}


def test_azure_edits_forms_only(azure):
    texts = {"model": "spring", "prompt": "a hare", "size": "1024x640", "quality": "low"}

    assert image(azure.edit(picture(PNG), **texts)).size == (1024, 640)
    assert azure.post("edits", texts | {"images": [{"image_url": DATA_URL}]}).status == 400


def test_azure_streams(azure):
    told = azure.generate(model="spring", prompt="a hare", quality="low", stream=True)

    assert told.headers["content-type"].startswith("text/event-stream")


def test_ofox_wants_the_maker_s_name(ofox):
    body = LEGAL["ofox"] | {"prompt": "a hare"}

    assert image(ofox.generate(**body)).size == (1024, 1024)
    assert "model" not in ofox.generate(**body).body
    for name in ("gpt-image-2", "openai/gpt-image-9"):
        told = ofox.generate(**body | {"model": name})
        assert (told.status, told.error["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"quality": None}, "quality", "missing_required_parameter"),
        ({"size": "1024x640"}, "size", "invalid_value"),
        ({"model": None}, "model", "missing_required_parameter"),
        ({"model": 1}, "model", "invalid_type"),
    ],
)
def test_ofox_wants_a_quality_and_a_size_of_its_list(ofox, fields, param, code):
    told = ofox.generate(**LEGAL["ofox"] | {"prompt": "a hare"} | fields)

    assert (told.status, told.error["param"], told.error["code"]) == (400, param, code)


def test_ofox_edits(ofox):
    assert image(ofox.edit(picture(PNG), prompt="a hare", **LEGAL["ofox"])).size == (1024, 1024)


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, (1024, 1024)),
        ({"size": "1536x1024", "quality": "max", "colour": "red"}, (1024, 1024)),
        ({"aspect_ratio": "16:9"}, (1344, 768)),
    ],
)
def test_gemini_ignores_what_it_does_not_know(gemini, fields, size):
    told = gemini.generate(**LEGAL["gemini"] | {"prompt": "a hare"} | fields)

    assert image(told).size == size
    assert told.body.keys() == {"created", "data"}


def test_gemini_has_no_edits(gemini):
    assert gemini.edit(picture(PNG), prompt="a hare", model="gemini-2.5-flash-image").status == 404


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"model": "imagen-4.0-generate-001"}, 404, "NOT_FOUND"),
        ({"aspect_ratio": "7:1"}, 400, "INVALID_ARGUMENT"),
        ({"prompt": None}, 400, "INVALID_ARGUMENT"),
        ({"prompt": "[[fault:429]]"}, 429, "RESOURCE_EXHAUSTED"),
        ({"prompt": "[[fault:502]]"}, 502, "UNKNOWN"),
    ],
)
def test_gemini_has_words_of_its_own(gemini, fields, status, code):
    told = gemini.generate(**LEGAL["gemini"] | {"prompt": "a hare"} | fields)

    assert (told.status, told.error["code"], told.error["status"]) == (status, status, code)


def test_xai_sends_an_address_unless_told_otherwise(xai):
    told = xai.generate(model="grok-imagine-image", prompt="a hare", aspect_ratio="16:9")
    fetched = xai.fetched(told)

    assert told.body["data"][0].keys() == {"url"}
    assert fetched.headers["content-type"] == "image/jpeg"
    assert opened(fetched.data).size == (1366, 768)
    assert image(xai.generate(**LEGAL["xai"], prompt="a hare")).format == "JPEG"


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("auto", "1k", (1024, 1024)),
        ("1:1", "2k", (2048, 2048)),
        ("2:1", "1k", (1448, 724)),
        ("9:19.5", "1k", (696, 1508)),
    ],
)
def test_xai_draws_shapes(ratio, resolution, size):
    assert xai_size(ratio, resolution) == size


@pytest.mark.parametrize("count", [1, 2, 3])
def test_xai_edits_pictures_in_json(xai, count):
    pictures = [{"type": "image_url", "url": DATA_URL}] * count
    sent = {"image": pictures[0]} if count == 1 else {"images": pictures}

    assert image(xai.post("edits", LEGAL["xai"] | {"prompt": "a hare"} | sent))
    assert xai.last["references"] == count


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"image": DATA_URL},
        {"image": {"url": "https://example.com/a.png"}},
        {"image": {"url": "data:image/png;base64,!"}},
        {"images": []},
        {"images": [{"url": DATA_URL}] * 4},
        {"image": {"url": "data:image/png;base64,AAAA"}},
    ],
)
def test_xai_refuses_pictures_it_cannot_have(xai, sent):
    told = xai.post("edits", LEGAL["xai"] | {"prompt": "a hare"} | sent)

    assert told.status == 400
    assert told.body["code"] == "400"
    assert isinstance(told.body["error"], str)


def test_xai_takes_no_form(xai):
    assert xai.edit(picture(PNG), prompt="a hare", **LEGAL["xai"]).status == 415


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"size": "1024x1024"}, 400, "Argument not supported: size"),
        ({"image": {"url": DATA_URL}}, 400, "Argument not supported: image"),
        ({"model": "grok-9"}, 404, "The model grok-9 does not exist."),
        ({"resolution": "4k"}, 400, "Invalid resolution: expected one of 1k, 2k"),
        ({"prompt": "[[fault:503]]"}, 503, "Slow Down"),
    ],
)
def test_xai_has_words_of_its_own(xai, fields, status, words):
    told = xai.generate(**LEGAL["xai"] | {"prompt": "a hare"} | fields)

    assert (told.status, told.body) == (status, {"code": str(status), "error": words})


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("1K", (1024, 1024)),
        ("4K", (4096, 4096)),
        ("1280x720", (1280, 720)),
        ("1000x2500", (1000, 2500)),
        ("512x512", None),
        ("9999x9999", None),
        ("9999x200", None),
        ("3K", None),
        (None, None),
    ],
)
def test_seedream_has_sizes_by_word_and_by_pixels(written, size):
    assert seedream_size(written) == size


def test_seedream_sends_an_address_and_a_watermark_unless_told_otherwise(seedream):
    asked = {"model": "seedream-4-0-250828", "prompt": "a hare", "size": "1280x720"}
    told = seedream.generate(**asked)
    marked = opened(seedream.fetched(told).data)
    plain = image(seedream.generate(**asked, watermark=False, response_format="b64_json"))

    assert (marked.format, marked.size, plain.size) == ("JPEG", (1280, 720), (1280, 720))
    assert min(marked.getpixel((1270, 715))) > 240
    corner, middle = plain.getpixel((1270, 715)), plain.getpixel((640, 360))
    assert max(abs(one - other) for one, other in zip(corner, middle, strict=True)) < 9
    assert told.body["model"] == "seedream-4-0-250828"
    assert told.body["usage"] == {
        "generated_images": 1,
        "output_tokens": 3600,
        "total_tokens": 3600,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_seedream_takes_references_where_it_generates(seedream, count):
    sent = DATA_URL if count == 1 else [DATA_URL] * count
    told = seedream.generate(**LEGAL["seedream"], prompt="a hare", image=sent)

    assert image(told).size == (1024, 1024)
    assert seedream.last["references"] == count
    assert seedream.post("edits", {}).status == 404


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"size": "3K"}, "size"),
        ({"sequential_image_generation": "maybe"}, "sequential_image_generation"),
        ({"response_format": "png"}, "response_format"),
        ({"watermark": "no"}, "watermark"),
        ({"image": [DATA_URL] * 15}, "image"),
    ],
)
def test_seedream_names_what_is_wrong(seedream, fields, param):
    told = seedream.generate(**LEGAL["seedream"] | {"prompt": "a hare"} | fields)

    assert (told.status, told.error["code"]) == (400, "InvalidParameter")
    assert told.error["param"] == param


def test_seedream_refuses_other_models(seedream):
    told = seedream.generate(model="seedream-9", prompt="a hare")

    assert (told.status, told.error["code"]) == (404, "InvalidEndpointOrModel.NotFound")


@pytest.mark.parametrize("name", ["sglang", "vllm"])
def test_servers_of_open_weights_draw_any_size_with_a_seed(servers, name):
    service = Service(servers[name], name)
    told = service.generate(
        prompt="a hare", size="500x300", seed=7, num_inference_steps=4, negative_prompt="fog"
    )

    assert image(told).size == (500, 300)
    assert told.body.keys() == {"created", "data"}
    assert image(service.generate(prompt="a hare", n=2)).size == (1024, 1024)


@pytest.mark.parametrize("name", ["sglang", "vllm"])
@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"response_format": "url"}, 400, "Only response_format='b64_json' is supported."),
        ({"size": "huge"}, 400, "Invalid size 'huge': expected WIDTHxHEIGHT"),
        ({"size": "5000x5000"}, 400, "Invalid size '5000x5000': expected WIDTHxHEIGHT"),
        ({"prompt": "[[fault:503]]"}, 503, "Slow Down"),
        (
            {"prompt": None},
            422,
            [{"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}],
        ),
    ],
)
def test_servers_of_open_weights_have_words_of_their_own(servers, name, fields, status, detail):
    told = Service(servers[name], name).generate(**{"prompt": "a hare"} | fields)

    assert (told.status, told.body) == (status, {"detail": detail})


@pytest.mark.parametrize("name", ["sglang", "vllm"])
def test_servers_of_open_weights_edit_forms(servers, name):
    service = Service(servers[name], name)
    plain = picture(PNG, content_type="application/octet-stream")

    assert image(service.edit(plain, plain, prompt="a hare", size="512x512")).size == (512, 512)
    assert service.last["references"] == 2
    assert service.edit(prompt="a hare").status == 422


def test_vllm_draws_as_large_as_the_first_picture(vllm):
    assert image(vllm.edit(picture(PNG), prompt="a hare", size="auto")).size == (64, 48)


def test_vllm_repaints_what_is_white(vllm):
    mask = picture(saved(ramp(mode="L")), "mask_image")

    assert image(vllm.edit(picture(PNG), mask, prompt="a hare")).size == (64, 48)


def test_a_mask_of_vllm_is_the_opposite_of_openai_s():
    sent = PIL.Image.new("L", (2, 1), 0)
    sent.putpixel((1, 0), 255)

    alpha = opened(painted(saved(sent))).getchannel("A")

    assert [alpha.getpixel((x, 0)) for x in range(2)] == [255, 0]


def test_vllm_refuses_what_is_no_picture_and_streams(vllm):
    assert vllm.edit(picture(b"no picture"), prompt="a hare").status == 400
    assert vllm.edit(picture(PNG), picture(b"no", "mask_image"), prompt="a").status == 400
    assert vllm.generate(prompt="a hare", stream=True).status == 400


@pytest.mark.parametrize("data", [b"nonsense", form([("prompt", b"x" * 2_000_000, None, None)])])
def test_a_form_that_cannot_be_read_is_refused(vllm, data):
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    told = ask(vllm.server, "POST", "/v1/images/edits", data, headers)

    assert told.status in (400, 422)
    assert told.body.keys() == {"detail"}


def test_a_body_that_is_no_json_is_refused(xai):
    headers = KEY | {"content-type": "application/json"}
    told = ask(xai.server, "POST", "/v1/images/generations", b"{", headers)

    assert (told.status, told.body["code"]) == (400, "400")


def test_a_picture_that_a_fault_spoiled_has_no_address(xai):
    told = xai.generate(model="grok-imagine-image", prompt="[[fault:broken_base64]]")

    assert told.body["data"][0].keys() == {"b64_json"}


def test_openai_has_no_accent():
    call = Call("generations", "json", {"model": "gpt-image-2"})

    assert DIALECTS["openai"].understood(call, Settings()) == Asked(call)


@pytest.mark.parametrize(
    ("written", "size"), [("640x480", (640, 480)), ("x", None), ("0x9", None), (7, None)]
)
def test_pixels_are_read(written, size):
    assert pixels(written) == size
