from assetforge.typeset.faces import bundle, faces_in
from assetforge.typeset.room import roomy
from assetforge.typeset.script import SETTINGS
from tests.typeset.brands import brand

LATIN = SETTINGS["Latn"]


def test_letters_within_the_known_room_change_nothing():
    assert roomy(LATIN, [("Haus", bundle()[0])], 400) == LATIN


def test_letters_that_reach_farther_get_more_room_and_lines_farther_apart():
    tall = faces_in(brand("Tall", "ฎู้", "NotoSansThai.ttf"))[0]

    wide = roomy(LATIN, [("ฎู้", tall)], 400)

    assert wide.over > LATIN.over
    assert wide.under > LATIN.under
    assert wide.leading > LATIN.leading
