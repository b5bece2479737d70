import json
from fractions import Fraction
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from assetforge import registry
from assetforge.services import is_on_this_machine, kind_of, known_services, service_of

SERVICES = [each for name in known_services() if (each := service_of(name))]

SENT = {"size", "quality", "background", "output_format", "output_compression", "moderation"}


def each_service(function):
    return pytest.mark.parametrize("service", SERVICES, ids=known_services())(function)


def test_services_are_known_by_name():
    assert known_services() == [
        "azure",
        "gemini",
        "ofox",
        "openai",
        "seedream",
        "sglang",
        "vllm",
        "xai",
    ]
    assert service_of("draft") is None


def test_a_provider_is_made_by_its_kind():
    assert kind_of("azure") == kind_of("openai") == "openai"
    assert kind_of("draft") == "draft"
    assert kind_of("somebodys-plugin") == "somebodys-plugin"


@each_service
def test_a_service_is_spoken_with_by_an_installed_provider(service):
    assert service.kind in registry.names(registry.PROVIDERS)


@each_service
def test_a_service_says_where_it_is_and_what_opens_it(service):
    assert service.key_env
    assert service.base_url is None or urlsplit(service.base_url).scheme == "https"


@each_service
def test_a_service_hangs_together(service):
    assert (service.size_mode == "aspect_ratio") == bool(service.ratios)
    assert service.parameters <= SENT
    assert ("size" in service.parameters) == (service.size_mode == "pixels")
    assert bool(service.formats) == ("output_format" in service.parameters)
    assert (service.edits == "none") == (service.max_images == 0)
    assert service.mask == "none" or service.edits == "multipart"
    assert not service.ratios or not service.exact_size


@each_service
def test_a_ratio_stands_for_a_canvas_of_its_shape(service):
    for ratio, canvas in service.ratios.items():
        width, height = map(Fraction, ratio.split(":"))
        assert canvas.width / canvas.height == pytest.approx(float(width / height), rel=0.03)


def test_every_service_says_where_its_data_are_from():
    data = json.loads(files("assetforge").joinpath("services.json").read_text("utf-8"))

    assert data["read"]
    for each in data["services"].values():
        assert all(source.startswith("https://") for source in each["sources"])


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:9/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_an_address_of_this_machine_is_known_as_such(address, here):
    assert is_on_this_machine(address) is here
