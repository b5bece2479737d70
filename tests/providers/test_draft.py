import hashlib
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from assetforge import images
from assetforge.errors import ActionFailed
from assetforge.providers.base import ImageRequest
from assetforge.providers.draft import Draft, note
from assetforge.providers.draft.colour import contrast, parsed
from assetforge.providers.draft.palette import from_words
from assetforge.typeset import setting_for

Pixels = NDArray[np.uint8]

CORPUS = Path(__file__).parents[1] / "data" / "thunderbird_android_fastlane"

WIDE, STORY = (1200, 628), (1080, 1920)
COPY = {
    "en": ("Latn", "Summer Sale – up to 50% off", "Get 20% off your first purchase", "Shop now"),
    "de": ("Latn", "Thunderbird: Befreie deinen Posteingang", "100 % quelloffen.", "Jetzt kaufen"),
    "ja": ("Jpan", "受信トレイをもっと自由に", "初回購入は20%割引", "今すぐ購入"),
    "ar": ("Arab", "تخفيضات الصيف – خصم يصل إلى 50%", "خصم 20% على أول عملية شراء", "تسوق الآن"),
    "hi": ("Deva", "गर्मियों की सेल – 50% तक की छूट", "पहली खरीद पर 20% की छूट", "अभी खरीदें"),
    "th": ("Thai", "ลดราคาฤดูร้อน – ลดสูงสุด 50%", "รับส่วนลด 20%", "ช้อปเลย"),
}


def pixels_of(data: bytes) -> Pixels:
    return np.asarray(images.decode(data))


def make(request: ImageRequest) -> bytes:
    return Draft().make(request).data


def composed(prompt: str = "a calm scene", size: tuple[int, int] = WIDE, **options: Any) -> bytes:
    return make(ImageRequest(prompt, size, **options))


def edit_of(
    base: bytes, locale: str = "en", size: tuple[int, int] = WIDE, **options: Any
) -> ImageRequest:
    script, headline, subline, action = COPY[locale]
    copy = {"headline": headline, "subline": subline, "action": action}
    return ImageRequest(
        "set the copy",
        size,
        images=(base,),
        edit=True,
        **{"copy": copy, "script": script, **options},
    )


def photo(
    size: tuple[int, int] = WIDE, seed: int = 3, low: int = 0, high: int = 256
) -> images.Image:
    """Return a busy picture: noise in large and small blocks."""
    raw = np.random.default_rng(seed)
    coarse = raw.integers(low, high, (size[1] // 40 + 1, size[0] // 40 + 1, 3), np.uint8)
    large = np.repeat(np.repeat(coarse, 40, 0), 40, 1)[: size[1], : size[0]]
    return Image.fromarray(large)


def encoded(image: images.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def test_the_reply_is_free_and_says_it_is_a_draft():
    reply = Draft().make(ImageRequest("a scene", (300, 250)))

    assert reply.cost_microdollars == 0
    assert reply.model == "draft"
    assert reply.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [WIDE, STORY, (1024, 1024), (1500, 500), (300, 250), (40, 40)])
def test_a_composed_picture_has_the_size_asked_for(size):
    assert tuple(images.size_of(composed(size=size))) == size


def test_the_same_request_gives_the_same_bytes_in_another_process():
    request = (
        "ImageRequest('p', (600, 314), copy={'headline': 'Summer – שלום'}, palette=('#0a66ff',))"
    )
    script = (
        "import hashlib\n"
        "from assetforge.providers.base import ImageRequest\n"
        "from assetforge.providers.draft import Draft\n"
        f"data = Draft().make({request}).data\n"
        "print(hashlib.sha256(data).hexdigest())"
    )
    mine = make(
        ImageRequest("p", (600, 314), copy={"headline": "Summer – שלום"}, palette=("#0a66ff",))
    )

    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]

    assert {run.stdout.strip() for run in runs} == {hashlib.sha256(mine).hexdigest()}


def test_threads_give_the_same_bytes_as_one():
    requests = [edit_of(composed(size=(600, 314)), each, (600, 314)) for each in COPY]
    alone = [make(request) for request in requests]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(make, requests))

    assert together == alone


def test_another_take_is_another_picture():
    one, two = pixels_of(composed()), pixels_of(composed(take=2))

    assert np.abs(one.astype(int) - two).mean() > 8


def test_another_take_of_the_same_words_on_a_scene_is_another_picture():
    scene = composed()
    one, two = (make(edit_of(scene, take=take)) for take in (1, 2))

    assert one != two
    assert one == make(edit_of(scene))


def test_other_words_are_another_picture():
    assert composed("a") != composed("b")


def test_the_brand_palette_is_seen_in_the_picture():
    pixels = pixels_of(composed(palette=("#ff0066",))).reshape(-1, 3).astype(int)

    near = np.abs(pixels - np.array([255, 0, 0x66])).max(axis=1) < 60
    assert near.mean() > 0.01


def test_a_reference_gives_its_colours():
    green = encoded(Image.new("RGB", (64, 64), "#00aa33"))

    pixels = pixels_of(composed(images=(green,))).reshape(-1, 3).astype(int)

    assert (pixels[:, 1] >= pixels[:, 0] - 6).mean() > 0.9


def test_a_draft_as_reference_gives_its_palette():
    first = composed("first")
    palette = note.opened(first).palette

    second = composed("second", images=(first,))

    assert note.opened(second).palette == palette


def test_compose_with_copy_sets_it_at_once():
    plain = composed(size=(600, 314))
    banner = composed(size=(600, 314), copy={"headline": "Hello"}, script="Latn")

    assert note.opened(banner).lettered
    assert not note.opened(plain).lettered
    assert pixels_of(plain).shape == pixels_of(banner).shape


@pytest.mark.parametrize("locale", COPY)
@pytest.mark.parametrize("size", [WIDE, STORY, (300, 250)])
def test_every_script_is_set_on_every_format(locale, size):
    base = composed(size=size)

    data = make(edit_of(base, locale, size))

    assert tuple(images.size_of(data)) == size
    assert not np.array_equal(pixels_of(data), pixels_of(base))


def changed_columns(before: Pixels, after: Pixels) -> list[int]:
    return [int(at) for at in np.flatnonzero((before != after).any(axis=(0, 2)))]


def test_a_region_is_the_only_thing_that_changes():
    base = encoded(photo())
    x, y, width, height = region = (640, 60, 500, 500)

    made = pixels_of(make(edit_of(base, region=region))).copy()

    before = pixels_of(base).copy()
    assert not np.array_equal(made, before)
    made[y : y + height, x : x + width] = 0
    before[y : y + height, x : x + width] = 0
    assert np.array_equal(made, before)


@pytest.mark.parametrize("region", [(0, 376, 1200, 252), (600, 300, 560, 300), (0, 0, 700, 628)])
@pytest.mark.parametrize("locale", ["de", "ar"])
def test_a_region_of_our_own_scene_is_the_only_thing_that_changes(region, locale):
    """The mark in the corner stays as it is, unless it is inside."""
    base = composed("b")
    x, y, width, height = region

    made = pixels_of(make(edit_of(base, locale, region=region))).copy()

    before = pixels_of(base).copy()
    made[y : y + height, x : x + width] = 0
    before[y : y + height, x : x + width] = 0
    assert np.array_equal(made, before)


def test_transparency_outside_a_region_stays():
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(WIDE))
    base = encoded(image)

    made = pixels_of(make(edit_of(base, region=(0, 0, 600, 628)))).copy()

    assert np.array_equal(made[:, 600:], pixels_of(base)[:, 600:])
    assert not np.array_equal(made[:, :600], pixels_of(base)[:, :600])


def test_a_right_to_left_locale_mirrors_a_scene_of_ours_but_not_its_mark():
    base = composed()
    plain = note.opened(base)
    clean = plain.pixels.copy()
    x, y, width, height = mark_of(base).box
    clean[y : y + height, x : x + width] = mark_of(base).under

    data = make(edit_of(base, "ar"))

    made = note.opened(data)
    hero = made.pixels[:200, :400]
    assert np.array_equal(hero, clean[:200, ::-1][:, :400])
    left, top, across, down = mark_of(data).box
    assert left < WIDE[0] / 2
    chip = made.pixels[top : top + down, left : left + across]
    old = plain.pixels[y : y + height, x : x + width]
    inner = (slice(6, -6), slice(16, -16))  # inside the soft edge
    assert np.array_equal(chip[inner], old[inner])


def test_a_right_to_left_locale_never_mirrors_a_photograph():
    base = encoded(photo())

    made = pixels_of(make(edit_of(base, "ar")))

    assert np.array_equal(made[:500, :150], pixels_of(base)[:500, :150])


def test_words_are_never_mirrored():
    """A second edit of a lettered picture leaves it as it is."""
    first = make(edit_of(composed(), "en"))

    second = make(edit_of(first, "ar", region=(700, 400, 400, 200)))

    assert np.array_equal(pixels_of(first)[:300], pixels_of(second)[:300])


def test_a_composed_banner_in_arabic_is_mirrored_at_once():
    script, headline, _, _ = COPY["ar"]
    data = composed(copy={"headline": headline}, script=script)

    assert mark_of(data).box[0] < WIDE[0] / 2


def mark_of(data: bytes) -> note.Mark:
    found = note.opened(data).mark
    assert found is not None
    return found


def test_the_mark_is_there_once():
    base = composed()
    made = make(edit_of(base))

    assert mark_of(made).box == mark_of(base).box
    assert note.opened(make(edit_of(encoded(photo())))).mark is not None


def test_the_note_is_forgotten_when_the_pixels_were_touched():
    base = composed()
    kept = images.note_of(base, note.KEYWORD)
    assert kept is not None
    other = images.from_raw("RGB", WIDE, bytes(WIDE[0] * WIDE[1] * 3))

    picture = note.opened(images.encode_noted_png(other, note.KEYWORD, kept))

    assert picture.palette is None
    assert picture.mark is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pixels": 1}', "3"])
def test_a_note_that_makes_no_sense_is_ignored(text):
    image = images.from_raw("RGB", (4, 4), bytes(48))

    assert note.opened(images.encode_noted_png(image, note.KEYWORD, text)).palette is None


def test_the_note_says_where_words_may_stand():
    told = json.loads(images.note_of(composed(), note.KEYWORD) or "")

    x, y, width, height = told["calm"]
    assert 0 < x < x + width <= WIDE[0]
    assert 0 < y < y + height <= WIDE[1]
    assert len(from_words(told["roles"]).words()) == 10


FORMATS = {
    "jpeg": lambda: encoded(photo(), "JPEG"),
    "webp": lambda: encoded(photo(), "WEBP"),
    "cmyk": lambda: encoded(photo().convert("CMYK"), "JPEG"),
    "palette": lambda: encoded(photo().quantize(32)),
    "rgba": lambda: encoded(photo().convert("RGBA")),
    "grey": lambda: encoded(photo().convert("L")),
    "16 bit": lambda: encoded(Image.fromarray(np.full((628, 1200), 40000, np.uint16))),
    "exif": lambda: encoded(photo((628, 1200)), "JPEG", exif=b"Exif\0\0" + rotated().tobytes()[6:]),
}


def rotated() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("kind", FORMATS)
def test_any_picture_can_be_edited(kind):
    data = make(edit_of(FORMATS[kind]()))

    assert tuple(images.size_of(data)) == WIDE


def test_a_picture_of_another_size_is_fitted():
    data = make(edit_of(composed(size=(800, 800)), "en", WIDE))

    assert tuple(images.size_of(data)) == WIDE
    assert mark_of(data).box[0] > 1000


def test_a_region_is_cut_to_the_canvas():
    base = encoded(photo())

    cut = make(edit_of(base, region=(600, 300, 9000, 9000)))

    assert cut == make(edit_of(base, region=(600, 300, 600, 328)))
    with pytest.raises(ActionFailed, match="the region lies outside the canvas"):
        make(edit_of(base, region=(1200, 0, 10, 10)))


def test_a_palette_that_is_no_colour_is_refused():
    with pytest.raises(ActionFailed, match="'red' is no colour such as '#1f6feb'"):
        composed(palette=("red",))


def test_every_locale_of_a_real_app_can_be_drawn():
    """Title and description of K-9 Mail and Thunderbird, as their translators wrote them."""
    bases = [composed(f"scene {at}", (512, 250)) for at in range(6)]
    titles = sorted(CORPUS.rglob("title.txt"))

    for at, title in enumerate(titles):
        copy = {
            "title": title.read_text("utf-8"),
            "tagline": title.with_name("short_description.txt").read_text("utf-8"),
        }
        make(edit_of(bases[at % 6], size=(512, 250), copy=copy, script=None))

    assert len(titles) >= 5


def test_bytes_that_are_no_picture_are_refused():
    with pytest.raises(ActionFailed, match="no PNG"):
        make(edit_of(b"not a picture"))


def test_an_edit_without_copy_is_seen():
    base = composed()

    made = make(ImageRequest("make it night", WIDE, images=(base,), edit=True))

    assert pixels_of(made).mean() < 0.85 * pixels_of(base).mean() + 20
    assert np.abs(pixels_of(made).astype(int) - pixels_of(base)).mean() > 10


def test_an_edit_without_copy_keeps_to_its_region():
    base = encoded(photo())

    made = pixels_of(
        make(ImageRequest("warm", WIDE, images=(base,), edit=True, region=(0, 0, 600, 628)))
    )

    assert np.array_equal(made[:, 600:], pixels_of(base)[:, 600:])


def test_an_edit_without_a_picture_composes():
    assert make(ImageRequest("p", WIDE, edit=True)) == composed("p")


def test_a_missing_glyph_is_named_by_slot():
    with pytest.raises(ActionFailed, match=r"^headline: no glyph for U\+16A0") as caught:
        make(edit_of(composed(), copy={"headline": "ᚠ"}))

    assert caught.value.code == "missing-glyph"


def test_copy_that_cannot_fit_is_refused():
    with pytest.raises(ActionFailed, match=r"^subline: it is too long") as caught:
        make(edit_of(composed(), copy={"headline": "Hi", "subline": "words and words " * 400}))

    assert caught.value.code == "overflow"


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize(("low", "high"), [(0, 256), (90, 170), (200, 256), (0, 60)])
def test_words_on_a_photograph_have_contrast(locale, low, high):
    """Measured from pixels: the words' own colour against all that is not words around it."""
    base = encoded(photo(low=low, high=high))
    made = pixels_of(make(edit_of(base, locale, copy={"headline": COPY[locale][1]})))
    half = made[:, 640:1100] if setting_for(COPY[locale][0], "").rtl else made[:, 100:560]
    band = half[200:430].reshape(-1, 3)
    values, counts = np.unique(band, axis=0, return_counts=True)
    ink = tuple(values[counts.argmax()].tolist())
    # The blocks of the photograph are large; the soft edges of letters are few pixels a colour.
    apart = np.abs(values.astype(int) - ink).max(axis=1) > 6
    ground = [tuple(v) for v in values[(counts >= 200) & apart].tolist()]
    ratios = [contrast(ink, each) for each in ground]

    assert len(ratios) > 10
    assert min(ratios) >= 4.5


def test_a_button_stands_out_from_a_picture_in_its_own_colour():
    brand = "#0a66ff"
    base = encoded(Image.new("RGB", WIDE, brand))

    made = pixels_of(make(edit_of(base, palette=(brand,)))).reshape(-1, 3)

    colours, counts = np.unique(made, axis=0, return_counts=True)
    common = [tuple(each) for each in colours[np.argsort(-counts)][:40].tolist()]
    assert max(contrast(parsed(brand), each) for each in common) >= 3


def test_all_roles_are_drawn():
    copy = {
        "badge": "New",
        "headline": "Free your inbox",
        "subline": "Open source mail",
        "action": "Install",
        "legal": "Terms apply.",
    }
    base = composed()

    few = pixels_of(make(edit_of(base, copy={"headline": copy["headline"]})))
    all_ = pixels_of(make(edit_of(base, copy=copy)))

    assert not np.array_equal(few, all_)
    request = replace(edit_of(base, copy=copy), palette=("#00aa55",))
    assert not np.array_equal(pixels_of(make(request)), all_)


def test_flat_regions_mirror_their_columns_for_right_to_left():
    base = composed()

    made = pixels_of(make(edit_of(base, "ar", region=(0, 376, 1200, 252))))

    assert changed_columns(pixels_of(base), made)[0] < 200


def test_words_and_mark_stand_in_the_part_that_is_seen():
    """A leaderboard is cut out of the middle of a canvas three times as high."""
    seen = (0, 160, 1376, 160)
    sale = {"headline": "Summer Sale", "subline": "20% off", "action": "Shop now"}
    scene = make(ImageRequest("a scene", (1376, 480), visible=seen))
    asked = ImageRequest(
        "words", (1376, 480), images=(scene,), edit=True, copy=sale, script="Latn", visible=seen
    )
    changed = (pixels_of(make(asked)) != pixels_of(scene)).any(axis=2)

    assert changed[160:320].any()
    assert not changed[:120].any()
    assert not changed[360:].any()
