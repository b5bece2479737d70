from assetforge import fonts
from assetforge.capabilities import capabilities_of
from assetforge.digest import SHOWN
from assetforge.providers.draft import Draft


def test_a_draft_key_names_the_painter_and_the_fonts_it_was_drawn_with():
    """Planning does not read 18 MB of fonts, so models.json holds their digest."""
    drawn_with = f"{Draft.version}-{fonts.digest()[:SHOWN]}"

    assert capabilities_of("draft", None).version == drawn_with
