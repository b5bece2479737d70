import subprocess

from assetforge.cli.beside import by_commit, by_digest
from assetforge.digest import digest_of
from assetforge.forges.choice import KINDS
from assetforge.reports.comment.planned import Changed, Since
from assetforge.reports.comment.whole import MOST_PICTURES

SHOP = {"CI_PROJECT_URL": "https://gitlab.example/shop"}
OLD = "0a" * 32


def changed(variant: str, *paths: str, before: str = OLD) -> Changed:
    return Changed(
        variant=variant, change="changed", steps=(), paths=paths, before=before, after=None
    )


def test_outside_of_a_repository_nothing_is_committed(tmp_path):
    since = Since(ref="main", commit="c" * 40, variants=(changed("a", "a.png"),))

    assert by_commit(KINDS["gitlab"], SHOP, tmp_path, since) == {}


def test_only_so_many_committed_pictures_are_looked_for(tmp_path):
    for number in range(MOST_PICTURES + 3):
        (tmp_path / f"{number}.png").write_bytes(b"picture")
    run = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run([*run, *words], cwd=tmp_path, check=True, capture_output=True)
    head = subprocess.run([*run, "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True)
    names = [f"{number}.png" for number in range(MOST_PICTURES + 3)]
    variants = [changed(each, each, before=digest_of(b"picture")) for each in names]
    since = Since(ref="x", commit=head.stdout.strip(), variants=(changed("none"), *variants))

    found = by_commit(KINDS["gitlab"], SHOP, tmp_path, since)

    assert list(found) == names[:MOST_PICTURES]
    assert found["0.png"] == (f"{SHOP['CI_PROJECT_URL']}/-/raw/{since.commit}/0.png", None)


def test_a_picture_is_looked_for_under_its_target_s_suffix():
    webp, none = changed("a", "out/a.webp"), changed("b")

    found = by_digest("https://x.example", [webp, none])

    assert found == {
        "a": (f"https://x.example/{OLD}.webp", None),
        "b": (f"https://x.example/{OLD}.png", None),
    }
