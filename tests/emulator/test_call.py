from assetforge.emulator.call import Call, Upload, order_of
from assetforge.pipeline import Size

LEFT_OUT = {"model": "gpt-image-2", "prompt": "a hill"}


def test_what_is_left_out_and_what_is_auto_is_resolved():
    left_out = order_of(Call("generations", "json", LEFT_OUT))
    words = dict.fromkeys(("size", "quality", "background"), "auto")
    auto = order_of(Call("generations", "json", LEFT_OUT | words))
    nulls = dict.fromkeys(("n", "output_format", "output_compression", "stream", *words))

    assert left_out == auto == order_of(Call("generations", "json", LEFT_OUT | nulls))
    assert (left_out.n, left_out.size, left_out.quality) == (1, Size(1024, 1024), "high")
    assert (left_out.background, left_out.output_format) == ("opaque", "png")
    assert left_out.output_compression == 100


def test_no_previews_without_a_stream():
    call = Call("generations", "json", LEFT_OUT | {"partial_images": 2})
    streamed = Call("generations", "json", LEFT_OUT | {"partial_images": 2, "stream": True})

    assert order_of(call).partial_images == 0
    assert order_of(streamed).partial_images == 2


def test_pictures_and_mask_are_kept_in_their_order():
    fields = LEFT_OUT | {"output_compression": 0, "input_fidelity": "high"}
    order = order_of(
        Call("edits", "multipart", fields, (Upload(b"a"), Upload(b"b")), Upload(b"mask"))
    )

    assert (order.images, order.mask, order.output_compression) == ((b"a", b"b"), b"mask", 0)
    assert order.fidelity == "high"
