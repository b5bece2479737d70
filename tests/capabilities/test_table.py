import json
import subprocess
import sys
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetforge.capabilities import (
    base_names,
    capabilities_of,
    default_model,
    families,
    known_models,
    known_providers,
    models_with,
    size_problem,
)
from assetforge.pipeline import MAX_EDGE, Model, Size

MODEL = capabilities_of("openai", "gpt-image-2")


def models(**said):
    return models_with({name: Model.model_validate(each) for name, each in said.items()})


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-image-2", "gpt-image-2"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("openai/gpt-image-2", "gpt-image-2"),
        ("azure/gpt-image-2", "gpt-image-2"),
        ("gpt-image-2.5-flare", "gpt-image-2.5"),
        ("gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5"),
        ("gpt-image-2.6-flare", "gpt-image-2.6"),
        ("gpt-image-1.5-2025-12-16", "gpt-image-1.5"),
        ("chatgpt-image-latest", "gpt-image-1.5"),
        ("gpt-image-1-mini", "gpt-image-1-mini"),
        ("gpt-image-1", "gpt-image-1"),
        (None, "gpt-image-2"),
    ],
)
def test_a_model_name_leads_to_its_family(model, family):
    found = capabilities_of("openai", model)

    assert found.known
    assert found.family == family


def test_a_family_takes_over_what_it_does_not_say_itself():
    newer = capabilities_of("openai", "gpt-image-2.6-flare")

    assert newer.rules == MODEL.rules
    assert newer.price == MODEL.price
    assert newer.qualities == ("low", "medium", "high", "xhigh", "max")
    assert newer.rates_of("low")[0].permille == (3000, 4300)
    assert (newer.batch, newer.snapshots) == (None, ())


def test_the_table_says_what_the_vendor_says():
    """OpenAI's model pages and deprecations, read 2026-11-21."""
    known = {each.capabilities.family: each.capabilities for each in families()}

    assert {name: each.transparent for name, each in known.items() if not each.local} == {
        "gpt-image-2": "preview",
        "gpt-image-2.5": "yes",
        "gpt-image-2.6": "yes",
        "gpt-image-1.5": "yes",
        "gpt-image-1": "yes",
        "gpt-image-1-mini": "yes",
    }
    assert {name: each.shutdown for name, each in known.items() if each.shutdown} == {
        "gpt-image-1.5": "2026-12-01",
        "gpt-image-1": "2026-10-23",
        "gpt-image-1-mini": "2026-12-01",
    }
    assert (known["gpt-image-2"].batch, known["gpt-image-2.5"].batch) == (True, False)
    assert "input_fidelity" not in known["gpt-image-1.5"].refuses
    assert "input_fidelity" in known["gpt-image-2.6"].refuses


@pytest.mark.parametrize("provider", ["draft", "blank"])
@pytest.mark.parametrize("model", [None, "anything"])
def test_local_providers_follow_the_size_rules_of_the_real_model(provider, model):
    found = capabilities_of(provider, model)

    assert (found.local, found.free, found.price, found.rules) == (True, True, None, MODEL.rules)
    assert found.version
    assert found.palette == (provider == "draft")


@pytest.mark.parametrize(
    ("provider", "model", "family"),
    [("openai", "gpt-image-9", "gpt-image-9"), ("mine", None, "mine"), ("mine", "m1", "m1")],
)
def test_a_model_without_data_may_do_anything(provider, model, family):
    found = capabilities_of(provider, model)

    assert (found.known, found.family, found.local) == (False, family, False)
    assert size_problem(found, Size(1, 1)) is None
    assert found.rates_of("any") == ()


def test_capabilities_are_one_hashable_value_per_model():
    assert capabilities_of("openai", "gpt-image-2") is capabilities_of("openai", "gpt-image-2")
    assert len({each.capabilities for each in families()}) == len(families())


def test_only_services_with_models_have_a_default_one():
    assert default_model("openai") == "gpt-image-2"
    assert default_model("draft") is None


def test_known_models_are_names_without_wildcards():
    assert "gpt-image-2.5-flare" in known_models("openai")
    assert known_models("draft") == []
    assert known_models("openai", models(mine={"free": True}))[0] == "mine"
    assert known_providers() == ["blank", "draft", "openai"]
    assert "gpt-image-2.6" in base_names()
    assert "draft" not in base_names()


def test_the_table_is_written_in_the_words_of_the_pipeline_file():
    text = files("assetforge").joinpath("models.json").read_text("utf-8")
    own = Model.model_fields.keys()

    for name, data in json.loads(text, parse_float=Decimal)["families"].items():
        sizes = data.get("sizes", {})
        rules = sizes if isinstance(sizes, dict) else {}
        rules.pop("experimental_pixels", None)
        said = Model.model_validate({key: each for key, each in data.items() if key in own})
        assert said.match, name


# Models of a pipeline file


def test_a_model_is_what_is_said_on_top_of_what_it_inherits():
    known = models(**{"gpt-image-3": {"inherits": "gpt-image-2.6", "price": {"image_out": 33}}})

    found = known.of("openai", "gpt-image-3")

    assert (found.known, found.family, found.provider) == (True, "gpt-image-3", "openai")
    assert found.rates == capabilities_of("openai", "gpt-image-2.6-flare").rates
    assert found.price is not None
    assert (found.price.image_out, found.price.text_in) == (33_000_000, 5_000_000)
    assert found is known.of("openai", "gpt-image-3")


def test_a_known_name_is_corrected_and_keeps_its_other_names():
    known = models(**{"gpt-image-2": {"price": {"image_out": Decimal("27.5")}}})

    for name in ("gpt-image-2", "openai/gpt-image-2", "gpt-image-2-2026-04-21"):
        found = known.of("openai", name)
        assert found.price is not None
        assert found.price.image_out == 27_500_000
        assert found.snapshots == MODEL.snapshots
    assert known.of("openai", "gpt-image-2.5-flare").price == MODEL.price
    assert capabilities_of("openai", "gpt-image-2") is MODEL


def test_a_model_may_stand_under_a_short_name_and_match_many():
    known = models(
        flux={
            "match": ["black-forest-labs/FLUX.2-klein-4B", "flux-*"],
            "free": True,
            "sizes": {"max_edge": 2048},
            "edits": False,
            "formats": ["png"],
        }
    )

    found = known.of("openai", "black-forest-labs/FLUX.2-klein-4B")

    assert found is not known.of("openai", "flux-dev")
    assert found == known.of("openai", "flux-dev")
    assert (found.family, found.free, found.priced, found.edits) == ("flux", True, True, False)
    assert size_problem(found, Size(2048, 16)) is None
    assert size_problem(found, Size(2064, 16)) == "the longer edge must be at most 2048 pixels"
    assert not known.of("openai", "sd3").known


def test_models_inherit_from_each_other():
    known = models(
        first={"inherits": "second", "sizes": {"max_edge": 2048}},
        second={"inherits": "gpt-image-2", "per_image": Decimal("0.02")},
    )

    found = known.of("openai", "first")

    assert (found.per_image, found.price) == (20_000, None)
    assert found.rules is not None
    assert (found.rules.max_edge, found.rules.max_ratio) == (2048, 3)


@pytest.mark.parametrize(
    ("said", "billed"),
    [
        ({"free": True}, (True, None, False)),
        ({"per_image": 1}, (False, 1_000_000, False)),
        ({"price": {"text_in": 1}}, (False, None, True)),
        ({}, (False, None, True)),
        ({"per_image": None}, (False, None, True)),
        ({"price": None}, (False, None, False)),
    ],
)
def test_who_says_how_a_model_is_billed_takes_over_no_other_way(said, billed):
    found = models(mine={"inherits": "gpt-image-2", **said}).of("openai", "mine")

    assert (found.free, found.per_image, found.price is not None) == billed


def test_what_is_set_to_nothing_is_taken_away():
    said = {"inherits": "gpt-image-1.5", "shutdown": None, "sizes": None, "max_images": None}

    found = models(mine=said).of("openai", "mine")

    assert (found.shutdown, found.sizes, found.rules, found.max_images) == (None, (), None, None)


def test_rules_leave_open_what_they_do_not_say():
    found = models(mine={"sizes": {}}).of("openai", "mine").rules

    assert found is not None
    assert (found.multiple, found.max_edge, found.min_pixels) == (16, MAX_EDGE, 1)


def test_a_provider_that_draws_here_knows_no_model_of_the_pipeline_file():
    """Else `match: ["*"]` would send a draft's canvas, key and price elsewhere."""
    known = models(mine={"match": ["*"], "per_image": 1})

    assert known.of("draft", None) is capabilities_of("draft", None)
    assert known.of("openai", None).per_image == 1_000_000


def test_a_plugins_provider_has_models_in_the_pipeline_file_too():
    known = models(mine={"free": True})

    assert known.of("mine", None).free
    assert known.of("mine", None).copy
    assert not known.of("openai", "mine").copy


def test_a_fraction_of_a_microdollar_is_rounded_up():
    assert models(mine={"per_image": Decimal("0.0000001")}).of("openai", "mine").per_image == 1


@pytest.mark.parametrize(
    "said",
    [
        {"price": {"image_out": -1}},
        {"price": {"image_out": Decimal("Infinity")}},
        {"per_image": Decimal("NaN")},
        {"free": False},
        {"transparent": "maybe"},
        {"shutdown": "2026-13-01"},
        {"shutdown": "soon"},
        {"sizes": []},
        {"sizes": {"multiple": 1}},
        {"max_images": 0},
        {"match": []},
        {"colour": True},
    ],
)
def test_what_cannot_be_is_no_model(said):
    with pytest.raises(ValidationError):
        Model.model_validate(said)


NAMES = st.sampled_from(["a", "b", "gpt-image-2"])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "inherits": st.sampled_from(["gpt-image-2.6", "gpt-image-1.5"]),
        "free": st.just(True),
        "per_image": st.decimals(0, 1, places=3),
        "price": st.fixed_dictionaries({}, optional={"image_out": st.decimals(0, 99, places=2)}),
        "sizes": st.sampled_from([["1024x1024"], {"max_edge": 1024}, {}]),
        "qualities": st.lists(st.sampled_from(["low", "high"]), unique=True),
        "transparent": st.sampled_from([True, False, "preview"]),
    },
)


@given(st.dictionaries(NAMES, SAID, max_size=3), NAMES)
def test_whatever_is_said_of_models_they_have_hashable_capabilities(said, name):
    found = models(**said).of("openai", name)

    assert hash(found) == hash(found)
    assert found.known or name not in said
    assert found.provider == "openai"


def test_planning_needs_no_picture_library():
    code = (
        "import sys, assetforge.canvas, assetforge.pricing, assetforge.steps.compose,"
        "assetforge.steps.edit, assetforge.steps.export; assert 'PIL' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
