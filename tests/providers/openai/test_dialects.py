"""The contract of every service, each as the emulator speaks it: strict, and over real HTTP."""

import pytest

from assetforge.emulator import Settings, serving
from assetforge.emulator.dialects import DIALECTS
from assetforge.errors import ActionFailed, OutcomeUnknown, ProviderUnavailable
from assetforge.images import encode_png, examined, from_raw, size_of
from assetforge.providers.base import BadReply, Connection, ImageRequest, NotNow
from assetforge.providers.openai import OpenAI
from assetforge.services import known_services, service_of
from tests.providers.openai.stand_in import billed

MODELS = {
    "gemini": "gemini-3-pro-image",
    "ofox": "gpt-image-2",
    "seedream": "seedream-4-0-250828",
    "sglang": "Qwen/Qwen-Image-Edit",
    "vllm": "Qwen/Qwen-Image-Edit",
    "xai": "grok-imagine-image",
}
PNG = encode_png(from_raw("RGB", (1024, 1024), b"\x20\x40\x60" * 1024 * 1024))


@pytest.fixture(scope="module", params=known_services())
def dialect(request):
    with serving(Settings(pictures="flat", dialect=request.param)) as server:
        yield request.param, server


@pytest.fixture
def opened(dialect, monkeypatch):
    name, server = dialect
    service = service_of(name)
    assert service
    monkeypatch.setenv(service.key_env[0], "sk-emulated-123456")
    url = f"http://127.0.0.1:{server.port}{DIALECTS[name].root}"
    return service, OpenAI(Connection(name, url, timeout_seconds=30))


def asked(service, **fields):
    model = MODELS.get(service.name, "gpt-image-2")
    quality = "low" if "quality" in service.parameters else None
    return ImageRequest("a hill", (1024, 1024), model, quality, **fields)


def quiet(data):
    pass


def test_a_picture_is_made(opened):
    service, provider = opened

    reply = provider.make(asked(service), quiet)

    found = size_of(reply.data)
    assert found == (1024, 1024) if service.exact_size else found.width == found.height


def test_a_wide_picture_is_made(opened):
    service, provider = opened
    canvas = (1536, 1024) if service.size_mode == "pixels" else service.ratios["3:2"]
    request = ImageRequest("a hill", canvas, asked(service).model, asked(service).quality)

    found = size_of(provider.make(request, quiet).data)

    assert found == canvas if service.exact_size else abs(found.width / found.height - 1.5) < 0.1


def test_pictures_go_in_where_they_can(opened):
    service, provider = opened
    request = asked(service, images=(PNG, PNG), edit=True)

    if service.edits == "none":
        with pytest.raises(ActionFailed, match="takes no pictures in"):
            provider.make(request, quiet)
    else:
        assert size_of(provider.make(request, quiet).data).width


def test_a_region_is_edited_where_it_can_be_told(opened):
    service, provider = opened
    request = asked(service, images=(PNG,), edit=True, region=(0, 512, 1024, 512))

    if service.edits != "none":
        assert size_of(provider.make(request, quiet).data).width


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_a_format_is_made_where_it_can_be_asked_for(opened, format):
    service, provider = opened
    request = asked(service, output_format=format, output_compression=80)

    if format in service.formats:
        assert examined(provider.make(request, quiet).data).format == format
    else:
        with pytest.raises(ActionFailed, match=f"makes no '{format}'"):
            provider.make(request, quiet)


def test_the_model_is_listed(opened):
    service, provider = opened

    models, _ = provider.models()

    assert provider.wire_model(asked(service).model) in models


def test_what_the_service_finds_wrong_fails_one_action(opened):
    service, provider = opened
    request = asked(service, extra={"response_format": "nonsense"})

    if service.name == "gemini":  # it ignores what it does not know
        provider.make(request, quiet)
        return
    with pytest.raises(ActionFailed) as caught:
        provider.make(request, quiet)

    assert type(caught.value) is ActionFailed


@pytest.fixture(scope="module")
def emulator():
    with serving(Settings(pictures="flat")) as server:
        yield server


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("429", NotNow, "rate_limit_exceeded"),
        ("slow_down", NotNow, "slow_down"),
        ("500", NotNow, "server_error"),
        ("502", OutcomeUnknown, None),
        ("503", NotNow, None),
        ("504", OutcomeUnknown, None),
        ("insufficient_quota", ProviderUnavailable, "insufficient_quota"),
        ("billing_hard_limit", ProviderUnavailable, "billing_hard_limit_reached"),
        ("unverified", ProviderUnavailable, None),
        ("moderation_input", ActionFailed, "moderation_blocked"),
        ("moderation_output", ActionFailed, "moderation_blocked"),
        ("moderation_bare", ActionFailed, "moderation_blocked"),
        ("reset", OutcomeUnknown, "no-answer"),
        ("reset_after_headers", OutcomeUnknown, "no-answer"),
        ("truncated", OutcomeUnknown, "no-answer"),
        ("broken_base64", BadReply, "bad-reply"),
        ("html", OutcomeUnknown, None),
        ("detail", ActionFailed, None),
    ],
)
@pytest.mark.parametrize("previews", [0, 2])
def test_every_fault_has_its_outcome(emulator, monkeypatch, fault, kind, code, previews):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-emulated-123456")
    connection = Connection("openai", emulator.url, timeout_seconds=30, partial_images=previews)
    request = ImageRequest(f"a hill [[fault:{fault}]]", (1024, 1024), "gpt-image-2", "low")
    before = len(emulator.books()["calls"])

    with pytest.raises(ActionFailed) as caught:
        OpenAI(connection).make(request, quiet)

    assert type(caught.value) is kind
    assert code is None or caught.value.code == code
    assert len(emulator.books()["calls"]) - before <= 1


@pytest.mark.parametrize("fault", ["no_usage", "url", "wrong_size", "jpeg_as_png"])
@pytest.mark.parametrize("previews", [0, 2])
def test_odd_answers_that_hold_a_picture_are_replies(emulator, monkeypatch, fault, previews):
    """What kind of picture it is, is looked at once it is kept."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-emulated-123456")
    request = ImageRequest(f"a hill [[fault:{fault}]]", (1024, 1024), "gpt-image-2", "low")

    reply = OpenAI(Connection("openai", emulator.url, partial_images=previews)).make(request, quiet)

    assert size_of(reply.data).width
    assert (billed(reply) is None) == (fault == "no_usage")


@pytest.mark.parametrize("fault", ["html_200", "url_gone"])
def test_what_is_no_answer_to_a_plain_request(emulator, monkeypatch, fault):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-emulated-123456")
    request = ImageRequest(f"a hill [[fault:{fault}]]", (1024, 1024), "gpt-image-2", "low")

    with pytest.raises(OutcomeUnknown if fault == "html_200" else BadReply) as caught:
        OpenAI(Connection("openai", emulator.url)).make(request, quiet)

    assert caught.value.code == ("no-json" if fault == "html_200" else "bad-reply")


def test_the_bill_is_the_emulators_to_the_microdollar(emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-emulated-123456")
    provider = OpenAI(Connection("openai", emulator.url, partial_images=1))
    shown: list[bytes] = []

    reply = provider.make(asked(service_of("openai"), images=(PNG,)), shown.append)

    assert shown
    assert billed(reply) == emulator.books()["calls"][-1]["billed_microdollars"]


def test_a_wrong_key_stops_the_run(emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "bad-key-123456")

    with pytest.raises(ProviderUnavailable, match="set the key in 'OPENAI_API_KEY'") as caught:
        OpenAI(Connection("openai", emulator.url)).models()

    assert "bad-key" not in str(caught.value)
