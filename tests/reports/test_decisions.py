"""How a decision reads."""

from tests.space import Space

REGIONS = ("AT", "BE", "CA", "CH", "DE", "FR", "IT", "LU")


def test_of_many_pictures_the_first_are_listed(tmp_path):
    space = Space(tmp_path)
    known = [f"{language}-{region}" for language in ("de", "fr", "it") for region in REGIONS]
    space.quick("en", *known)
    space.build()

    lines = space.run("accept", "banner/wide").err.splitlines()

    assert len(lines) == 20 + 3
    assert lines[20] == "  and 6 more"
    assert lines[21].startswith("accept: 26 pictures of profile 'blank', by ")


def test_what_stays_as_it_was_is_marked(tmp_path):
    space = Space(tmp_path).quick("en", "de")
    space.build()
    space.run("accept", "banner/wide/de")

    lines = space.run("accept", "banner/wide").err.splitlines()

    assert lines[0].endswith("(shared by 2 variants)  (as before)")
    assert lines[1].endswith("accepted  (as before)")
    assert lines[2].endswith("accepted")


def test_what_was_decided_about_pictures_that_are_no_more_is_still_told(tmp_path):
    space = Space(tmp_path).quick("en", "de")
    space.build()
    space.run("accept", "banner/wide/de", "--step", "edit")
    (tmp_path / "locales/de.json").unlink()

    result = space.run("undo")

    assert result.code == 0
    assert "undo accept: 0 pictures" in result.err


def test_takes_of_a_free_provider_are_told_with_how_to_go_on(tmp_path):
    space = Space(tmp_path).quick("en", "de")
    space.build()

    result = space.run("reroll", "banner/wide/de", "-n", "2")

    assert "2 takes made; spent $0.00" in result.err
    assert "assetforge choose banner/wide/de TAKE --step edit" in result.err
    assert "  banner/wide/de/edit@2  " in result.err
