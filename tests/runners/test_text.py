from io import BytesIO
from typing import Any

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from assetforge.errors import ActionFailed
from assetforge.images import UnreadableImage, decode, encode_png
from assetforge.pipeline import Size
from assetforge.runners.text import run
from assetforge.steps.text import TextParams, TextStep
from assetforge.typeset import lettering, measure
from tests.steps.scenes import scene
from tests.typeset.brands import ARABIC, brand, elastic

SIZE = Size(320, 160)
COPY = {"headline": "Free your inbox"}
Pixels = NDArray[np.uint8]


def plain(colour: str | tuple[int, ...], mode: str = "RGB") -> bytes:
    return encode_png(PIL.Image.new(mode, SIZE, colour))


def halves(left: str, right: str) -> bytes:
    image = PIL.Image.new("RGB", SIZE, left)
    image.paste(right, (SIZE.width // 2, 0, *SIZE))
    return encode_png(image)


GREY = plain("#808890")
LOCALE = ("script", "language", "rtl")


def asked(
    copy: dict[str, str] | None = None, fonts: tuple[bytes, ...] = (), **said: Any
) -> dict[str, Any]:
    words = copy or COPY
    here = {name: said.pop(name) for name in LOCALE if name in said}
    params = TextParams(**{"copy": dict.fromkeys(words, "id"), **said})
    stand = scene(provider="draft", canvas=SIZE, copy=words, fonts=len(fonts), **here)
    (branch,) = TextStep.branches(params, stand)
    return dict(branch.request)


def made(
    copy: dict[str, str] | None = None,
    picture: bytes = GREY,
    fonts: tuple[bytes, ...] = (),
    template: str | None = None,
    **said: Any,
) -> Pixels:
    if template is not None:
        said["template"] = "banner.typ"
    files = () if template is None else (template.encode(),)
    data = run(asked(copy, fonts, **said), (picture, *files, *fonts))
    return np.array(decode(data))


def changed(pixels: Pixels, before: bytes = GREY) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is not as it was."""
    old = np.array(decode(before))
    other = (pixels != old).any(axis=2)
    across, down = np.flatnonzero(other.any(axis=0)), np.flatnonzero(other.any(axis=1))
    return int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1


def test_the_copy_is_set_inside_its_region_and_nothing_else_changes():
    left, top, right, bottom = changed(
        made(region=["10%", "50%", "80%", "45%"], shade=False, colour="#ffffff")
    )

    assert 30 <= left < right <= 291
    assert 79 <= top < bottom <= 153


def test_it_is_the_same_on_every_run():
    request = asked()

    assert run(request, (GREY,)) == run(request, (GREY,))


@pytest.mark.parametrize(
    ("anchor", "side"),
    [("top left", (0, 0)), ("bottom right", (1, 1)), ("center", (0.5, 0.5)), ("top end", (1, 0))],
)
def test_an_anchor_puts_it_into_that_corner(anchor, side):
    left, top, right, bottom = changed(made({"h": "Hi"}, anchor=anchor, shade=False, size=20))

    spare = [left - 10, top - 10, 310 - right, 150 - bottom]
    for at, share in enumerate(side):
        part = spare[at] / (spare[at] + spare[at + 2])
        assert part == pytest.approx(share, abs=0.08)


def test_start_is_on_the_right_where_lines_run_from_right_to_left():
    pixels = made({"h": "שלום"}, script="Hebr", language="he", rtl=True, shade=False, size=20)

    left, _, right, _ = changed(pixels)
    assert (left, right) > (200, 300)


def test_without_a_locale_the_letters_tell_the_direction():
    assert changed(made({"h": "שלום"}, shade=False, size=20))[0] > 200


def test_a_group_stands_at_its_anchor_and_its_lines_meet_where_they_are_aligned():
    pixels = made(
        {"h": "Free your inbox", "b": "Hi"}, anchor="bottom right", align="start", shade=False,
        size=20, colour="#ffffff",
    )  # fmt: skip

    low = pixels[changed(pixels)[3] - 8 :, :, :]
    assert np.flatnonzero((low > 200).all(axis=2).any(axis=0))[-1] < 200  # "Hi" is far from it
    assert changed(pixels)[2] > 300


@pytest.mark.parametrize(("ground", "ink"), [("#102030", 255), ("#f0f0e8", 0x14)])
def test_words_of_no_colour_are_light_on_dark_and_dark_on_light(ground, ink):
    pixels = made(picture=plain(ground))

    assert (pixels[..., 0] == ink).any()
    assert (pixels[0, 0] == decode(plain(ground)).getpixel((0, 0))).all()  # no shade was needed


def test_the_ground_under_the_words_counts_not_that_of_the_whole_region():
    """The region is mostly dark; the words stand where it is light."""
    image = PIL.Image.new("RGB", SIZE, "#101010")
    image.paste("#f0f0f0", (0, 100, *SIZE))

    pixels = made({"h": "Hi"}, encode_png(image), anchor="bottom", size=20, shade=False)

    assert (pixels[100:, :, 0] == 0x14).any()


def test_a_soft_shade_lies_behind_words_that_cannot_be_read_without_it():
    picture = halves("#000000", "#ffffff")

    shaded, bare = (
        made(picture=picture, anchor="center", colour="#ffffff", shade=shade)
        for shade in (True, False)
    )

    assert shaded[62, 200, 0] < 130 < bare[62, 200, 0] == 255
    assert shaded[0, 319, 0] == 255


def test_a_button_has_its_colour_and_a_label_that_reads_on_it():
    pixels = made({"h": "Inbox", "action": "Get"}, slots={"action": {"fill": "#ffee55"}})

    assert (pixels == (0xFF, 0xEE, 0x55)).all(axis=2).sum() > 100
    assert changed(made({"action": "Get"}, slots={"action": {"fill": "#ffee55"}}))


def test_clear_parts_of_a_picture_stay_clear_but_for_the_words():
    pixels = made(picture=plain((0, 0, 0, 0), "RGBA"))

    assert pixels[0, 0, 3] == 0
    assert (pixels[pixels[..., 3] > 250][:, :3].max(axis=0) <= (0x14, 0x16, 0x1A)).all()


def test_words_are_set_in_the_fonts_of_the_project():
    own = brand("Brand Sans", "ABC", "NotoSansThai.ttf")

    assert (made({"h": "ABC"}, fonts=(own,)) != made({"h": "ABC"})).any()
    assert (made({"h": "ABC"}, fonts=(own,), font="Noto Sans") == made({"h": "ABC"})).all()


def test_weights_and_widths_work_where_the_font_has_them():
    def reach(**said: Any) -> int:
        left, _, right, _ = changed(made({"h": "AAA"}, fonts=(elastic(),), size=20, **said))
        return right - left

    assert reach(width=50, shade=False) < 0.6 * reach(shade=False)
    heavy, light = (made(weight=weight, size=20, colour="#ffffff") for weight in (900, 400))
    assert (heavy == 255).sum() > 1.2 * (light == 255).sum()


def test_a_font_of_the_machine_is_used_only_by_choice():
    """A family that no machine has, so that the test is the same everywhere."""
    with pytest.raises(ActionFailed, match="there is no font 'No Such Family'"):
        made(font="No Such Family", system_fonts=True)


@pytest.mark.parametrize(
    ("copy", "said", "code", "words"),
    [
        ({"h": "word " * 400}, {}, "overflow", r"^h \(de\): it is too long for its box"),
        ({"h": "ᚠ"}, {}, "missing-glyph", r"^h \(de\): no glyph for U\+16A0 .* 'ᚠ'"),
        ({"h": "\u093f"}, {}, "broken-text", r"^h \(de\): a mark without its letter"),
        ({"h": "a", "b": "x" * 90}, {"size": 40}, "overflow", r"^b \(de\): its longest word"),
    ],
)
def test_what_cannot_be_set_is_named_with_slot_and_locale(copy, said, code, words):
    request = asked(copy, script="Latn", language="de", **said)

    with pytest.raises(ActionFailed, match=words) as caught:
        run(request, (GREY,))
    with pytest.raises(ActionFailed, match=words):
        measure(request, SIZE)

    assert caught.value.code == code


def test_letters_that_the_projects_font_does_not_join_are_named():
    apart = brand("Apart", ARABIC, "NotoSansArabic.ttf", joins=False)

    with pytest.raises(ActionFailed, match=r"^h \(ar\): the font draws letters apart") as caught:
        made({"h": ARABIC}, fonts=(apart,), script="Arab", language="ar", rtl=True)

    assert caught.value.code == "unjoined-text"


PLACED = """#place(top + left, dx: job.region.x * 1pt, dy: job.region.y * 1pt,
  text(size: 20pt, top-edge: "ascender", fill: rgb(job.colour),
    weight: job.slots.first().at("weight", default: 400), job.copy.headline))"""


def test_a_designers_template_sets_the_copy_in_its_own_way():
    left, top, right, bottom = changed(made(template=PLACED, region=[100, 50, 200, 60], weight=700))

    assert 99 <= left < right <= 300
    assert 50 <= top < bottom <= 110
    measure(asked(template="banner.typ"), SIZE, (), PLACED.encode())


def test_a_template_is_given_a_colour_that_reads():
    assert (made(template=PLACED, picture=plain("#f8f8f8"))[..., 0] == 0x14).any()
    assert (made(template=PLACED, picture=plain("#f8f8f8"), colour="#ff0000")[..., 0] == 255).any()


def test_copy_that_fits_is_measured_without_a_picture():
    measure(asked(), SIZE)
    measure(asked(copy={"h": " "}), SIZE)


def test_a_tall_picture_is_worked_on_in_bands(monkeypatch):
    whole = made(picture=halves("#000000", "#ffffff"), anchor="center")
    monkeypatch.setattr(lettering, "BAND", 7)

    assert (made(picture=halves("#000000", "#ffffff"), anchor="center") == whole).all()


def test_copy_without_words_leaves_the_picture_as_it_is():
    assert (made({"h": " "}) == np.array(decode(GREY))).all()


def test_an_input_that_is_no_picture_fails_the_action():
    with pytest.raises(UnreadableImage):
        run(asked(), (BytesIO(b"no picture").getvalue(),))
