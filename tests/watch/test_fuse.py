"""Loops and people, told apart by how promptly a change follows a build."""

from assetforge.watch.fuse import PROMPT_SECONDS, QUIET_SECONDS, Fuse

WORK = {"banner/wide/de/edit": "3f2a", "out/de/banner-wide.png": "9c01"}


def turn(fuse, at, work=WORK, lasts=0.5):
    """Build for a change, if the fuse lets it; return when that was done."""
    if fuse.admits(at):
        fuse.note(work, at + lasts)
    return at + lasts


def blown(at=100.0):
    fuse = Fuse()
    for _ in range(3):
        at = turn(fuse, at) + 0.4
    return fuse, at


def test_a_change_that_follows_each_build_at_once_blows_the_fuse():
    fuse, at = blown()

    assert "something changes a source whenever these are made: banner/wide/de/edit" in fuse.why
    assert not fuse.admits(at)


def test_builds_that_take_long_are_no_excuse():
    fuse, at = Fuse(), 0.0
    for _ in range(3):
        at = turn(fuse, at, lasts=60) + 0.4

    assert fuse.why


def test_works_that_take_turns_blow_it_too():
    fuse, at = Fuse(), 0.0
    for number in range(5):
        at = turn(fuse, at, {"one" if number % 2 else "other": "3f2a"}) + 0.4

    assert fuse.why.endswith(": other")


def test_a_person_who_saves_every_few_seconds_does_not():
    fuse, at = Fuse(), 0.0
    for _ in range(20):
        at = turn(fuse, at) + PROMPT_SECONDS + 0.1

    assert fuse.why == ""


def test_two_times_are_not_enough_and_nor_is_other_work():
    fuse, at = Fuse(), 0.0
    for work in (WORK, WORK, {"a": "1"}, {"b": "1"}, {"c": "1"}):
        at = turn(fuse, at, work) + 0.4

    assert fuse.why == ""


def test_other_pictures_of_the_same_name_are_other_work():
    """Somebody, or a script, saves one new thing after the other."""
    fuse, at = Fuse(), 0.0
    for number in range(20):
        at = turn(fuse, at, {"banner/wide/de/edit": str(number)}) + 0.4

    assert fuse.why == ""


def test_a_look_that_finds_nothing_to_do_is_no_work():
    fuse, at = Fuse(), 0.0
    for _ in range(20):
        at = turn(fuse, at, {}) + 0.4

    assert fuse.why == ""


def test_builds_that_no_change_led_to_are_not_counted_together():
    fuse = Fuse()
    for at in range(5):
        fuse.note(WORK, float(at))

    assert fuse.why == ""


def test_it_mends_when_a_person_asks_and_blows_anew():
    fuse, at = blown()
    fuse.mend()

    assert fuse.admits(at)
    for _ in range(3):
        at = turn(fuse, at) + 0.4
    assert fuse.why


def test_it_mends_after_a_quiet_time_and_every_change_begins_it_anew():
    fuse, at = blown()

    assert not fuse.admits(at + QUIET_SECONDS - 1)
    assert not fuse.admits(at + QUIET_SECONDS + 1)
    assert fuse.admits(at + 2 * QUIET_SECONDS + 1)


def test_only_a_few_names_are_told():
    fuse, at = Fuse(), 0.0
    for _ in range(3):
        at = turn(fuse, at, dict.fromkeys("abcde", "1")) + 0.4

    assert fuse.why.endswith(": a, b, c and 2 more")
