import pytest

from assetforge.errors import InvalidSource
from assetforge.lock.folder import Lock, read_lock, write_changes
from assetforge.lock.merge import Clash
from assetforge.lock.resolve import Resolved, resolve
from benchmarks.merges import BASE, EN, LOCK, SCENARIOS, Site, slot
from benchmarks.repository import SETTINGS
from tests.lock.samples import ADA, DE, picture

FILE = f"{LOCK}/banner.json"


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "project")
    made.change(BASE)
    return made


def resolved(site: Site) -> list[Resolved]:
    return resolve(site.root, site.root / LOCK, site.root / ".git")


def in_conflict(site: Site) -> Site:
    """Have both sides build other words of one variant."""
    site.branch("other", {DE: picture("theirs", accepted=ADA), EN: picture("en 2")})
    site.change({DE: picture("ours")})
    assert site.repository.tried("merge", "other").returncode == 1
    return site


def test_both_sides_are_merged_and_the_clash_is_told(site):
    mine, yours = picture("ours"), picture("theirs", accepted=ADA)

    found = resolved(in_conflict(site))

    assert found == [Resolved(FILE, (Clash(DE, mine, yours, "theirs"),))]
    lock = read_lock(site.root / LOCK)
    assert lock == Lock({**BASE, DE: yours, EN: picture("en 2")})
    assert site.git("ls-files", "--unmerged"), "what git has staged is left alone"


def test_what_is_resolved_is_left_alone(site):
    resolved(in_conflict(site))
    write_changes(site.root / LOCK, {DE: picture("built since")}, site.root / ".git")

    assert resolved(site) == []
    assert read_lock(site.root / LOCK).entries[DE] == picture("built since")


def test_without_a_conflict_nothing_is_written(site):
    before = (site.root / FILE).stat().st_mtime_ns

    assert resolved(site) == []
    assert (site.root / FILE).stat().st_mtime_ns == before


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_markers_alone_are_enough(site, style):
    site.git("config", "merge.conflictStyle", style)
    in_conflict(site).git("add", "--all")

    found = resolved(site)

    assert [each.stands for each in found[0].clashes] == ["theirs"]
    assert read_lock(site.root / LOCK).entries[DE] == picture("theirs", accepted=ADA)
    assert read_lock(site.root / LOCK).entries[EN] == picture("en 2")


def test_markers_alone_are_enough_without_git(site, monkeypatch, tmp_path):
    in_conflict(site)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert len(resolved(site)) == 1
    assert read_lock(site.root / LOCK).entries[DE] == picture("theirs", accepted=ADA)


def test_markers_and_line_ends_of_windows(site):
    in_conflict(site)
    path = site.root / FILE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    site.git("rm", "--cached", "--quiet", "-r", LOCK)

    assert len(resolved(site)) == 1
    assert read_lock(site.root / LOCK).entries[DE] == picture("theirs", accepted=ADA)


def test_a_base_that_is_in_conflict_itself_is_as_if_it_were_unknown(site):
    """Where two branches merged each other before, git's base may hold markers."""
    in_conflict(site)
    text = (site.root / FILE).read_text(encoding="utf-8")
    broken = text.replace(
        "=======\n", "||||||| base\n<<<<<<<<< a\n=========\n>>>>>>>>> b\n=======\n"
    )
    site.git("rm", "--cached", "--quiet", "-r", LOCK)
    (site.root / FILE).write_text(broken, encoding="utf-8")

    assert len(resolved(site)) == 1
    assert read_lock(site.root / LOCK).entries.keys() == BASE.keys()


def test_a_side_that_cannot_be_read_is_told_and_nothing_is_written(site):
    site.branch("other", {DE: picture("theirs"), slot("de", "mascot"): picture("a")})
    site.git("switch", "--quiet", "other")
    text = (site.root / FILE).read_text(encoding="utf-8")
    (site.root / FILE).write_text(text.replace('"take": 1', '"take": "x"'), encoding="utf-8")
    site.repository.commit()
    site.git("switch", "--quiet", "main")
    site.change({DE: picture("ours"), slot("de", "mascot"): picture("b")})
    site.repository.tried("merge", "other")
    before = (site.root / FILE).read_bytes()
    other = (site.root / LOCK / "mascot.json").read_bytes()

    with pytest.raises(InvalidSource) as raised:
        resolved(site)

    files = {each.place.file for each in raised.value.diagnostics if each.place}
    assert files == {f"{FILE} (theirs)"}
    assert (site.root / FILE).read_bytes() == before
    assert (site.root / LOCK / "mascot.json").read_bytes() == other


def test_where_another_file_is_damaged_nothing_is_written(site):
    in_conflict(site)
    site.repository.write(f"{LOCK}/mascot.json", "{")
    before = (site.root / FILE).read_bytes()

    with pytest.raises(InvalidSource) as raised:
        resolved(site)

    assert [each.place.file for each in raised.value.diagnostics if each.place] == [
        f"{LOCK}/mascot.json"
    ]
    assert (site.root / FILE).read_bytes() == before
    (site.root / LOCK / "mascot.json").unlink()
    assert len(resolved(site)) == 1


def test_what_stands_there_twice_is_repaired(site):
    """The file of an asset, copied by hand."""
    (site.root / LOCK / "copy.json").write_bytes((site.root / FILE).read_bytes())

    assert [each.file for each in resolved(site)] == [f"{LOCK}/copy.json"]
    assert read_lock(site.root / LOCK) == Lock(BASE)


def test_there_are_twelve_scenarios_and_more_of_each_kind():
    assert len(SCENARIOS) >= 12
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)
    assert {each.conflict for each in SCENARIOS} == {True, False}
