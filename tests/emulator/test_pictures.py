import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge import images
from assetforge.emulator import Settings
from assetforge.emulator.call import Call, Endpoint, Order, Upload, order_of
from assetforge.emulator.pictures import (
    quoted_texts,
    region_of,
    render,
    seed_of,
    with_credentials,
)
from assetforge.emulator.tokens import text_tokens
from assetforge.pipeline import Size
from assetforge.quotation import quoted, show_copy
from tests.pictures import ramp, saved

FLAT = Settings(pictures="flat")
SIZE = Size(1024, 640)


def order(*pictures: bytes, mask: bytes | None = None, **fields) -> Order:
    said = {"model": "gpt-image-2", "prompt": "a hill", "size": "1024x640", "quality": "low"}
    uploads = tuple(map(Upload, pictures)) or None
    endpoint: Endpoint = "edits" if pictures else "generations"
    overlay = Upload(mask) if mask else None
    return order_of(Call(endpoint, "json", said | fields, uploads, overlay))


def made(asked: Order, settings: Settings = FLAT, seed: bytes = bytes(range(32))) -> bytes:
    return render(asked, settings, seed).data


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("pictures", ["flat", "draft"])
def test_a_picture_has_the_size_and_format_that_was_asked_for(format, pictures):
    found = images.examined(made(order(output_format=format), Settings(pictures=pictures)))

    assert (found.size, found.format, found.transparent) == (SIZE, format, False)


@pytest.mark.parametrize("format", ["png", "webp"])
def test_a_transparent_background_is_transparent_at_its_edges(format):
    asked = order(output_format=format, background="transparent")
    image = images.decode(made(asked))

    assert image.mode == "RGBA"
    assert image.getchannel("A").getpixel((0, 0)) == 0
    assert image.getchannel("A").getpixel((512, 320)) == 255


def test_another_seed_gives_other_pixels_and_the_same_seed_the_same():
    for asked in (order(), order(saved(ramp(SIZE)), prompt='say "hello"')):
        for settings in (FLAT, Settings(pictures="draft")):
            first = images.decode(made(asked, settings))
            again = images.decode(made(asked, settings))
            other = images.decode(made(asked, settings, bytes(31) + b"\1"))

            assert first.tobytes() == again.tobytes()
            assert first.tobytes() != other.tobytes()


def test_a_seed_covers_all_that_was_asked():
    picture, mask = saved(ramp()), saved(ramp(mode="RGBA"))
    asked = [
        order(),
        order(prompt="a dale"),
        order(size="1024x1024"),
        order(quality="high"),
        order(background="transparent"),
        order(model="gpt-image-2.5-flare"),
        order(picture),
        order(picture, mask),
        order(mask, picture),
        order(picture, mask=mask),
    ]

    assert len({seed_of(each) for each in asked}) == len(asked)
    assert seed_of(order(), 1) != seed_of(order(), 2)


def test_a_draft_shows_the_copy_that_the_prompt_quotes():
    drafts = Settings(pictures="draft")
    plain = images.decode(made(order(prompt="a hill"), drafts))
    headed = images.decode(made(order(prompt='a hill, headline: "Sunny days"'), drafts))

    assert plain.tobytes() != headed.tobytes()


@pytest.mark.parametrize("text", ["\U00010400" * 3, "far too long to be set anywhere " * 200])
def test_copy_that_cannot_be_shown_is_left_out(text):
    asked = order(prompt=f'a hill "{text}"')

    assert images.size_of(made(asked, Settings(pictures="draft"))) == SIZE


def test_a_text_may_be_drawn_wrong_and_it_is_told():
    asked = order(prompt='headline: "Sunny days", button: "Go"')
    right, wrong = (render(asked, Settings(wrong_text=share), bytes(32)) for share in (0, 100))

    assert right.slip is None
    assert wrong.slip is not None
    assert wrong.slip.expected in ("Sunny days", "Go")
    drawn = asked.prompt.replace(f'"{wrong.slip.expected}"', f'"{wrong.slip.drawn}"')
    assert quoted_texts(drawn)[wrong.slip.slot] == wrong.slip.drawn
    assert right.data != wrong.data


def test_what_cannot_be_drawn_is_not_drawn_wrong_either():
    """The slip that no font can draw is given up, as the text is."""
    asked = order(prompt='a hill "\U00010400\U00010401"')

    assert render(asked, Settings(wrong_text=100), bytes(32)).slip is None
    assert render(order(), Settings(wrong_text=100), bytes(32)).slip is None


def test_an_edit_may_redraw_all_of_the_picture_also_outside_its_mask():
    picture = saved(ramp(SIZE))
    mask = images.box_mask(SIZE, (512, 320, 512, 320))
    asked = order(picture, mask=mask, prompt='write "hello"')
    after = images.decode(made(asked, Settings(redraw=True))).tobytes()
    before = images.decode(picture).tobytes()

    assert all(after[at : at + 3] != before[at : at + 3] for at in range(0, len(before), 3))


def test_an_edit_keeps_the_picture_and_a_mask_all_that_is_outside_of_it():
    picture = saved(ramp(SIZE))
    mask = images.box_mask(SIZE, (512, 320, 512, 320))
    before = images.decode(picture)
    after = images.decode(
        made(order(picture, mask=mask, prompt='write "hello"'), Settings(pictures="draft"))
    )

    kept = (0, 1, 512, 640)
    changed = (512, 320, 1024, 640)
    assert after.crop(kept).tobytes() == before.crop(kept).tobytes()
    assert after.crop(changed).tobytes() != before.crop(changed).tobytes()


def test_a_mask_s_transparent_box_is_the_region_scaled_to_the_canvas():
    mask = images.box_mask((100, 50), (10, 20, 30, 20))

    assert region_of(mask, Size(200, 100)) == (20, 40, 60, 40)
    assert region_of(saved(ramp(mode="RGBA")), SIZE) is None


@pytest.mark.parametrize(
    ("prompt", "copy"),
    [
        ("a hill", {}),
        ('headline: "Sunny"', {"headline": "Sunny"}),
        ('a headline "Sunny" and a button "Go"', {"headline": "Sunny", "button": "Go"}),
        ("«Bonjour», “hello”, 「こんにちは」", {"text1": "Bonjour", "text2": "hello"}),
        ("don't, it's the dog's", {}),
        ("say 'hello' to it", {"say": "hello"}),
        ('"a" "a" "b"', {"text1": "a", "text2": "b"}),
        ("\"it's 'so' nice\"", {"text1": "it's 'so' nice"}),
        ('"" " "', {}),
    ],
)
def test_texts_between_quotation_marks_are_the_copy(prompt, copy):
    assert copy.items() <= quoted_texts(prompt).items()
    assert bool(copy) == bool(quoted_texts(prompt))


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).map(str.strip)


@given(st.dictionaries(st.sampled_from(["headline", "action", "legal"]), WORDS, min_size=1))
def test_copy_that_a_prompt_quotes_is_found_by_its_slot(copy):
    copy = {slot: text for slot, text in copy.items() if text and _plain(text)}
    distinct = {text: slot for slot, text in reversed(copy.items())}

    found = quoted_texts(show_copy("a hill", copy))

    assert found == {slot: text for slot, text in copy.items() if distinct[text] == slot}


def _plain(text: str) -> bool:
    """Tell whether a text holds no quotation marks; which of several are meant nobody can tell."""
    return not set(text) & set("\"“”«»「」'") and quoted(text) == f'"{text}"'


def test_a_png_says_that_a_model_made_it_and_stays_whole():
    data = made(order())
    at = data.index(b"caBX")
    length = int.from_bytes(data[at - 4 : at])

    assert zlib.crc32(data[at : at + 4 + length]) == int.from_bytes(
        data[at + 4 + length : at + 8 + length]
    )
    assert images.examined(data).size == SIZE
    assert b"caBX" not in made(order(), Settings(pictures="flat", c2pa=False))
    assert with_credentials(b"\xff\xd8jpeg", b"") == b"\xff\xd8jpeg"


def test_previews_are_of_the_same_size_and_format():
    asked = order(stream=True, partial_images=3, output_format="webp")
    rendered = render(asked, FLAT, bytes(32))

    assert [images.examined(each).size for each in rendered.previews] == [SIZE] * 3
    assert {images.examined(each).format for each in rendered.previews} == {"webp"}


def test_odd_pictures():
    small = render(order(), FLAT, bytes(32), odd="wrong_size").data
    disguised = render(order(), FLAT, bytes(32), odd="jpeg_as_png").data

    assert images.size_of(small) == (512, 320)
    assert images.examined(disguised).format == "jpeg"


def test_a_prompt_of_any_characters_can_be_drawn_and_counted():
    lone = "a \ud800 hill"

    assert images.size_of(made(order(prompt=lone))) == SIZE
    assert text_tokens(lone, with_images=False) == 9
