import json

from assetforge.capabilities import capabilities_of
from assetforge.digest import canonical_json
from assetforge.pipeline import Size
from assetforge.steps.base import Branch
from assetforge.steps.compose import Compose, ComposeParams
from tests.steps.scenes import scene

PLAIN = {"provider", "model", "quality", "prompt", "take", "size"}

WORDS = ComposeParams(prompt="a lighthouse")


def test_a_picture_is_asked_for_on_the_cheapest_canvas_that_covers_its_sizes():
    asked = scene(sizes=(Size(1920, 1080),), prompt="a lighthouse at dawn")

    assert Compose.branches(WORDS, asked) == [
        Branch(
            {
                "provider": "openai",
                "model": "gpt-image-2",
                "quality": "high",
                "prompt": "a lighthouse at dawn",
                "size": [1920, 1088],
            },
            Size(1920, 1088),
            notes=("canvas 1920x1088 for 1920x1080",),
        )
    ]


def test_a_canvas_that_is_the_wanted_size_needs_no_note():
    (branch,) = Compose.branches(WORDS, scene(sizes=(Size(1024, 1024),)))

    assert branch.notes == ()


def test_a_size_of_its_own_is_a_final_size():
    params = ComposeParams(prompt="x", size="512x512")

    assert params.wanted_sizes() == (Size(512, 512),)


def test_copy_is_told_apart_only_to_providers_that_read_it_so():
    """Others have it in the prompt; a slot's new name must not buy their picture again."""
    (real,) = Compose.branches(WORDS, scene(copy={"title": "Hallo"}, script="Latn"))

    assert "copy" not in real.request
    assert "script" not in real.request


def test_copy_stays_in_order_and_brings_its_script():
    asked = scene("draft", copy={"title": "Hallo", "action": "Los"}, script="Latn")

    (branch,) = Compose.branches(WORDS, asked)

    assert branch.request["copy"] == [["title", "Hallo"], ["action", "Los"]]
    assert branch.request["script"] == "Latn"


def test_without_copy_the_script_does_not_matter():
    (branch,) = Compose.branches(WORDS, scene(script="Arab"))

    assert not {"copy", "script"} & branch.request.keys()


def test_the_palette_and_version_go_only_to_providers_that_read_them():
    palette = ("#112233",)

    (draft,) = Compose.branches(WORDS, scene("draft", palette=palette))
    (real,) = Compose.branches(WORDS, scene(palette=palette))

    assert draft.request["palette"] == ["#112233"]
    assert draft.request["provider_version"] == capabilities_of("draft", None).version
    assert not {"palette", "provider_version"} & real.request.keys()
    assert "model" not in draft.request


def test_the_steps_own_model_and_quality_go_before_the_profiles():
    params = ComposeParams(prompt="x", model="gpt-image-2-2026-04-21", quality="low")

    (branch,) = Compose.branches(params, scene(model="gpt-image-2"))

    assert branch.request["model"] == "gpt-image-2-2026-04-21"
    assert branch.request["quality"] == "low"


def test_what_the_model_would_refuse_is_told_with_the_picture():
    (branch,) = Compose.branches(
        ComposeParams(prompt="x", quality="hihg"),
        scene(references=17, profile={"moderation": "low"}),
    )

    assert [each.code for each in branch.refused] == ["unknown-quality", "too-many-images"]
    assert Compose.branches(WORDS, scene())[0].refused == ()


def test_what_a_service_is_told_is_in_the_request_only_where_it_is_said():
    profile = {
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "extra": {"user": "profile", "tier": "1"},
    }
    params = ComposeParams(prompt="x", background="opaque", extra={"user": "step"})

    (branch,) = Compose.branches(params, scene(profile=profile))

    assert {name: branch.request[name] for name in branch.request if name not in PLAIN} == {
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "extra": {"user": "step", "tier": "1"},
    }
    assert branch.format == "webp"
    assert branch.refused == ()


def test_a_draft_has_nothing_of_what_is_for_a_service():
    """Else drafts would be drawn again for a moderation that they never see."""
    profile = {"output_format": "jpeg", "moderation": "low", "extra": {"user": "me"}}
    params = ComposeParams(prompt="x", background="transparent")

    (branch,) = Compose.branches(params, scene("draft", profile=profile))

    assert branch.request == Compose.branches(WORDS, scene("draft"))[0].request
    assert (branch.format, branch.refused) == ("png", ())


def test_how_a_service_is_reached_is_not_in_the_request():
    """Moving to another service, address or account buys no picture again."""
    reached = {
        "base_url": "https://me.example/v1",
        "deployment": "mine",
        "key_env": "MY_KEY",
        "timeout": 30,
        "images_per_minute": 5,
        "tokens_per_minute": 9,
        "partial_images": 3,
        "resend": True,
        "max_cost": 1,
    }

    for wanted in ((), (Size(1920, 1080),)):
        (here,) = Compose.branches(WORDS, scene(model="gpt-image-2", sizes=wanted))
        (there,) = Compose.branches(
            WORDS, scene("azure", "gpt-image-2", profile=reached, sizes=wanted)
        )
        assert here == there


def test_a_service_with_canvases_of_its_own_is_asked_for_one_of_them():
    (branch,) = Compose.branches(
        WORDS, scene("xai", "grok-imagine-image", None, sizes=(Size(1280, 720),))
    )

    assert branch.size == Size(1344, 756)
    assert branch.request["provider"] == "openai"


def test_no_quality_is_no_problem():
    (branch,) = Compose.branches(WORDS, scene(quality=None))

    assert "quality" not in branch.request


def test_a_request_can_be_a_manifest():
    (branch,) = Compose.branches(WORDS, scene("draft", copy={"a": "b"}, palette=("#112233",)))

    assert json.loads(canonical_json(dict(branch.request))) == branch.request


def middle(canvas: Size) -> tuple[int, int, int, int]:
    return 0, canvas.height // 4, canvas.width, canvas.height // 2


def test_a_draft_is_told_which_part_of_its_canvas_is_seen():
    (branch,) = Compose.branches(WORDS, scene("draft", sizes=(Size(1024, 1024),), visible=middle))

    assert branch.request["visible"] == [0, 256, 1024, 512]


def test_a_model_reads_in_the_prompt_which_part_of_its_canvas_is_seen():
    (branch,) = Compose.branches(WORDS, scene(sizes=(Size(1024, 1024),), visible=middle))

    assert "visible" not in branch.request
    assert "from 0 % to 100 % of the width and 25 % to 75 % of the height" in str(
        branch.request["prompt"]
    )


def test_a_narrow_margin_that_is_cut_off_is_not_worth_a_word():
    def nearly(canvas):
        return 0, 20, canvas.width, canvas.height - 40

    (branch,) = Compose.branches(WORDS, scene("draft", sizes=(Size(1024, 1024),), visible=nearly))

    assert "visible" not in branch.request
