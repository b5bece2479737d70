"""What is said before against what is billed after: the emulator counts by formulas of its own."""

from contextlib import closing

import PIL.Image
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assetforge.capabilities import capabilities_of, size_problem
from assetforge.emulator import Settings, serving
from assetforge.emulator.call import Call, order_of
from assetforge.emulator.tokens import microdollars, usage_of
from assetforge.ledger import Ledger
from assetforge.pipeline import Size
from assetforge.pricing import price_of, usd
from tests.space import Space

MODEL = "gpt-image-2-2026-04-21"
KNOWN = capabilities_of("openai", MODEL)

WORDS = [
    *("hill", "evening", "Sommerfest", "déjà", "«Скидки»", "распродажа", "تخفيضات", "מבצע"),
    *("बिक्री", "ลดราคา", "夏のセール", "限时优惠", "여름", "🎉🌅", "50%", "1,299.00", "don't", "—"),
]
EDGES = st.integers(30, 240).map(lambda each: 16 * each)
SIZES = st.builds(Size, EDGES, EDGES)
PICTURES = st.lists(st.builds(Size, st.integers(1, 5000), st.integers(1, 5000)), max_size=4)


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=60),
    SIZES,
    st.sampled_from(KNOWN.qualities),
    PICTURES,
    st.integers(0, 3),
)
def test_the_bill_lies_between_the_bounds_of_the_estimate(words, size, quality, pictures, partial):
    assume(size_problem(KNOWN, size) is None)
    asked = {"model": MODEL, "prompt": " ".join(words), "quality": quality}
    said = {**asked, "size": str(size)} | ({"stream": True} if partial else {})
    order = order_of(Call("generations", "json", {**said, "partial_images": partial}))

    estimate = price_of(
        {**asked, "provider": "openai", "size": [*size]}, pictures, partial_images=partial
    )

    assert KNOWN.price is not None
    usage = usage_of(order, pictures, details=False)
    usage = with_frame_of_edits(usage) if pictures else usage
    assert estimate.low <= microdollars(usage, KNOWN.price) <= estimate.high


def with_frame_of_edits(usage):
    """Return a usage with the tokens around a prompt that comes with pictures."""
    inputs = usage["input_tokens_details"]
    return {**usage, "input_tokens_details": {**inputs, "text_tokens": inputs["text_tokens"] + 16}}


PIPELINE = """\
version: 1
profiles:
  final: {provider: openai, model: gpt-image-2-2026-04-21, quality: low, partial_images: 0}
models:
  gpt-image-2: {price: {image_out: 30}}
assets:
  masked:
    steps:
      - compose: a wide field of wheat at noon
        size: 1024x1024
      - edit: a red kite above the field
        mask: mask.png
    output: out/{asset}.png
  boxed:
    steps:
      - compose: a wide field of wheat at noon
        size: 1024x1024
      - edit: a red kite above the field
        region: [0, 0, 50%, 50%]
    output: out/{asset}.png
  logo:
    references: [logo.png, photo.jpg]
    steps:
      - compose: the logo on a wooden wall
        size: 1200x628
    output: out/{asset}.png
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("partial_images: 0", "partial_images: 0"),
        ("partial_images: 0", "partial_images: 2"),
        ("image_out: 30", "image_out: 27.50, image_in: 9"),
    ],
)
def test_what_a_plan_says_is_reserved_and_holds_the_bill(tmp_path, monkeypatch, old, new):
    """With a mask, a region, previews, prices of one's own, and pictures of the project."""
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE.replace(old, new))
    PIL.Image.new("RGBA", (1024, 1024), (0, 0, 0, 0)).save(tmp_path / "mask.png")
    PIL.Image.new("RGB", (200, 120), "red").save(tmp_path / "logo.png")
    PIL.Image.new("RGB", (3000, 2000), "blue").save(tmp_path / "photo.jpg")
    planned = space.run("plan", "--format", "json").json["actions"]
    monkeypatch.setenv("OPENAI_API_KEY", "any")

    with serving(Settings(pictures="flat")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        space.build("--yes")

    with closing(Ledger(tmp_path / ".assetforge")) as ledger:
        bought = {each.action: each for each in ledger.entries()}
    local = ("export", "restore")
    said = {each["id"]: each["cost_usd"] for each in planned if each["kind"] not in local}
    reserved = {id: {"low": usd(each.low), "high": usd(each.high)} for id, each in bought.items()}
    assert reserved == said
    assert [id for id, each in bought.items() if not each.low <= each.cost <= each.high] == []
