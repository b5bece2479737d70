from assetforge.emulator.shelf import Shelf


def test_a_picture_is_found_by_its_name():
    shelf = Shelf()
    names = [shelf.put(b"one"), shelf.put(b"two")]

    assert [shelf.find(name) for name in names] == [b"one", b"two"]
    assert shelf.find("three") is None


def test_the_oldest_pictures_fall_off():
    shelf = Shelf(most=10)
    names = [shelf.put(b"12345") for _ in range(4)]

    assert [shelf.find(name) is not None for name in names] == [False, False, True, True]


def test_the_newest_picture_is_kept_however_large():
    shelf = Shelf(most=3)
    shelf.put(b"1")

    assert shelf.find(shelf.put(b"12345")) == b"12345"
