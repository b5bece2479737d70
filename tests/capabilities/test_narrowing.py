from dataclasses import replace

import pytest

from assetforge.capabilities import Capabilities, capabilities_of, narrowed, size_problem
from assetforge.pipeline import Size
from assetforge.services import Service, known_services, service_of

MODEL = capabilities_of("openai", "gpt-image-2")
UNKNOWN = Capabilities("openai", "flux", known=False)
ALL = frozenset({"size", "quality", "background", "output_format", "moderation"})
WIDE = Service("wide", parameters=ALL, mask="alpha", transparent=True, base_url="https://a.example")


def test_without_a_service_a_model_can_do_what_it_can():
    assert narrowed(MODEL, None) is MODEL


def test_a_service_that_takes_everything_takes_nothing_away():
    assert narrowed(MODEL, WIDE) == replace(MODEL, service="wide", parameters=ALL)


def test_the_vendors_own_service_is_not_named():
    assert narrowed(MODEL, service_of("openai")).service == ""


def test_the_canvases_of_a_service_go_before_the_models_rules():
    fixed = narrowed(MODEL, replace(WIDE, sizes=(Size(1024, 1024), Size(1000, 1000))))
    strange = narrowed(MODEL, replace(WIDE, sizes=(Size(1000, 1000),)))
    shapes = narrowed(UNKNOWN, replace(WIDE, ratios={"16:9": Size(1344, 756)}))

    assert (fixed.sizes, fixed.rules) == ((Size(1024, 1024),), None)
    assert strange.sizes == (Size(1000, 1000),)
    assert shapes.sizes == (Size(1344, 756),)
    assert size_problem(shapes, Size(1024, 1024)) == "'wide' makes only 1344x756"


@pytest.mark.parametrize(
    ("model", "service", "both"),
    [(16, 3, 3), (None, 3, 3), (16, None, 16), (None, None, None), (2, 3, 2)],
)
def test_the_fewer_pictures_count(model, service, both):
    found = narrowed(replace(MODEL, max_images=model), replace(WIDE, max_images=service))

    assert found.max_images == both


@pytest.mark.parametrize(
    ("model", "service", "both"),
    [
        (("png", "jpeg", "webp"), ("png", "jpeg"), ("png", "jpeg")),
        ((), ("png",), ("png",)),
        (("png", "webp"), (), ("png", "webp")),
        ((), (), ()),
    ],
)
def test_only_formats_that_both_know_are_left(model, service, both):
    assert narrowed(replace(MODEL, formats=model), replace(WIDE, formats=service)).formats == both


def test_what_a_service_cannot_do_no_model_can():
    poor = Service("poor", base_url="https://a.example", edits="none")

    found = narrowed(MODEL, poor)

    assert (found.edits, found.mask, found.transparent) == (False, False, "no")
    assert (found.qualities, found.parameters) == ((), frozenset())


def test_a_server_of_ones_own_sends_no_bill_for_models_without_a_price():
    own = Service("own", key_required=False)

    assert narrowed(UNKNOWN, own).free
    assert not narrowed(replace(UNKNOWN, per_image=1), own).free
    assert not narrowed(UNKNOWN, WIDE).free
    assert [each for each in known_services() if narrowed(UNKNOWN, service_of(each)).free] == [
        "sglang",
        "vllm",
    ]
