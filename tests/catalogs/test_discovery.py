import pytest

from assetforge.catalogs.discovery import Discovery, discover
from assetforge.errors import InvalidSource, Place
from assetforge.pipeline import Locales
from tests.catalogs.data import DATA

FORMATS = ["folder", "json", "po"]


@pytest.fixture
def touch(tmp_path):
    """Create empty files below the project root."""

    def touch(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return touch


def find(root, catalogs) -> Discovery:
    return discover(Locales(catalogs=catalogs), root, FORMATS, Place("assetforge.yaml", 5, 13))


def names(discovery: Discovery) -> dict[str, str]:
    return {file.locale: file.name for layer in discovery.layers for file in layer.all_files}


def problems(root, catalogs) -> list[str]:
    with pytest.raises(InvalidSource) as raised:
        find(root, catalogs)
    return [str(problem) for problem in raised.value.diagnostics]


def test_files_are_found_by_locale_in_a_stable_order(touch):
    root = touch("locales/pt_BR.po", "locales/de.po", "locales/README.md", "locales/.en.po.swp")

    found = find(root, "locales/{locale}.po")

    assert list(names(found).items()) == [("de", "locales/de.po"), ("pt_BR", "locales/pt_BR.po")]
    assert found.layers[0].files["de"][0].path == root.resolve() / "locales/de.po"
    assert found.layers[0].files["de"][0].format == "po"
    assert tuple(found.layers[0].files) == ("de", "pt_BR")
    assert found.warnings == ()


def test_real_trees_are_found(touch):
    patterns = [
        "thunderbird_android_fastlane/{locale}",
        "djangoproject_po/{locale}/LC_MESSAGES/django.po",
        "flathub_website_json/{locale}/common.json",
    ]

    fastlane, django, flathub = find(DATA, patterns).layers

    assert tuple(fastlane.files) == ("ar", "en-US", "iw-IL", "no-NO", "th", "zh-TW")
    assert fastlane.files["ar"][0].format == "folder"
    assert tuple(django.files) == ("en", "es_MX", "zh_Hans")
    assert tuple(flathub.files) == ("ckb", "eu", "iu")


def test_a_star_stands_for_any_part_of_a_name(touch):
    root = touch("l/de/a.po", "l/de/b.po", "l/de/x/c.po", "l/de/.d.po", "l/fr/a.po", "l/a.po")

    found = find(root, "l/{locale}/*.po").layers[0].files

    assert {locale: [file.name for file in files] for locale, files in found.items()} == {
        "de": ["l/de/a.po", "l/de/b.po"],
        "fr": ["l/fr/a.po"],
    }


def test_two_stars_stand_for_any_depth(touch):
    root = touch("l/de/a.po", "l/de/x/y/c.po", "l/de/.git/d.po", "l/fr/x/a.po")

    found = find(root, "l/{locale}/**/*.po").layers[0].files

    assert {locale: [file.name for file in files] for locale, files in found.items()} == {
        "de": ["l/de/a.po", "l/de/x/y/c.po"],
        "fr": ["l/fr/x/a.po"],
    }


def test_a_file_without_a_locale_in_its_path_is_shared(touch):
    (layer,) = find(touch("copy/a.json", "copy/b.json"), "copy/*.json").layers

    assert (layer.files, [file.name for file in layer.shared]) == (
        {},
        ["copy/a.json", "copy/b.json"],
    )


def test_the_syntax_of_a_catalog_is_kept(touch):
    root = touch("l/de.json", "m/de.json")
    patterns = [{"path": "l/{locale}.json", "syntax": "icu"}, "m/{locale}.json"]

    first, second = find(root, patterns).layers

    assert [layer.files["de"][0].syntax for layer in (first, second)] == ["icu", ""]


def test_the_locale_may_stand_inside_a_name_and_twice(touch):
    root = touch("a/de/app_de.json", "a/de/app_fr.json", "a/fr/app_fr.json", "a/fr/x/app_fr.json")

    found = find(root, "a/{locale}/app_{locale}.json")

    assert names(found) == {"de": "a/de/app_de.json", "fr": "a/fr/app_fr.json"}


def test_the_locale_may_stand_twice_in_one_name(touch):
    assert names(find(touch("de-de.po", "de-fr.po", "fr-fr.po"), "{locale}-{locale}.po")) == {
        "de": "de-de.po",
        "fr": "fr-fr.po",
    }


def test_a_mapping_gives_namespaces(touch):
    found = find(
        touch("app/de.po", "k9/de/title.txt"), {"app": "app/{locale}.po", "k9": "k9/{locale}/"}
    )

    assert [(layer.namespace, layer.pattern) for layer in found.layers] == [
        ("app", "app/{locale}.po"),
        ("k9", "k9/{locale}/"),
    ]


def test_no_catalogs_are_no_layers(touch):
    assert find(touch(), []).layers == ()


def test_every_folder_looked_into_is_named(touch):
    root = touch("a/de/x.po", "a/fr/y.po").resolve()

    assert find(root, "a/{locale}/x.po").folders == (root, root / "a", root / "a/de", root / "a/fr")


def test_names_that_are_no_locales_are_left_out_with_a_warning(touch):
    root = touch("l/de.po", "l/kab-KAB.po", "l/de.old.po", "l/default.po", "l/fr.po/x")

    found = find(root, "l/{locale}.po")

    assert list(names(found)) == ["de"]
    assert [(str(one.place), one.severity) for one in found.warnings] == [
        ("l/de.old.po", "warning"),
        ("l/fr.po", "warning"),
        ("l/kab-KAB.po", "warning"),
    ]
    assert found.warnings[1].message == "is left out: it is no file"
    assert found.warnings[2].message.startswith("is left out: 'kab-KAB' is no locale; write")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("locales/empty", "lacks '{locale}'; put '{locale}' where the locale stands"),
        ("locales/{lang}.po", "holds '{lang}'; only '{locale}', '*' and '**' may vary"),
        ("locales/{locale.po", "holds '{locale.po'"),
        ("locales/{locale}}.po", "holds '}'"),
        ("l?/{locale}.po", "holds '?'"),
        ("x*/{locale}.po", "matches no catalog"),
        ("locales/{locale}.jso", "has the unknown suffix 'jso'; did you mean 'json'?"),
        ("locales/{locale}.xliff", "has the unknown suffix 'xliff'; known suffixes: json, po"),
        ("locales/{locale}.folder", "has the unknown suffix 'folder'"),
        ("locale/{locale}.po", "matches no catalog; did you mean 'locales'?"),
        ("x/{locale}.po", "matches no catalog; '.' holds 'empty', 'locales'"),
        ("{locale}/1.po", "matches no catalog; 'locales/1.po' names no locale"),
        ("empty/{locale}.po", "matches no catalog; 'empty' is empty"),
        (
            "locales/{locale}.json",
            "matches no catalog; 'locales' holds '1.po', '2.po', '3.po', ...",
        ),
    ],
)
def test_a_pattern_that_cannot_be_followed_is_refused_with_advice(touch, pattern, problem):
    root = touch("locales/1.po", "locales/2.po", "locales/3.po", "locales/4.po")
    root.joinpath("empty").mkdir()

    (found,) = problems(root, pattern)

    assert found.startswith(f"assetforge.yaml:5:13: pattern '{pattern}' {problem}")


def test_all_patterns_are_checked_in_one_run(touch):
    assert len(problems(touch(), ["a/{locale}.po", "b", "c/{locale}.doc"])) == 3


def test_two_files_of_one_locale_are_refused_by_name(touch):
    assert problems(touch("l/zh-CN.po", "l/zh_CN.po", "l/he.po"), "l/{locale}.po") == [
        "l/zh_CN.po: 'l/zh-CN.po' and 'l/zh_CN.po' are both for locale 'zh-CN'; keep one of them"
    ]


def test_folders_that_differ_by_case_are_refused(touch):
    root = touch("l/de-DE/a.txt", "l/de-de/a.txt")
    if len(list(root.joinpath("l").iterdir())) == 1:
        pytest.skip("this file system does not tell them apart")

    assert "are both for locale 'de-DE'" in problems(root, "l/{locale}")[0]


def test_a_link_inside_the_project_is_followed(touch):
    root = touch("real/de.po")
    root.joinpath("locales").symlink_to(root / "real")

    assert names(find(root, "locales/{locale}.po")) == {"de": "locales/de.po"}


def test_a_link_out_of_the_project_is_refused(touch, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    outside.joinpath("de.po").touch()
    root = touch("l/en.po")
    root.joinpath("l/de.po").symlink_to(outside / "de.po")
    root.joinpath("m").symlink_to(outside)

    assert problems(root, ["l/{locale}.po", "m/{locale}.po"]) == [
        "l/de.po: is a link that leads out of the project",
        "m: is a link that leads out of the project",
    ]


def test_a_link_to_itself_is_no_catalog(touch):
    root = touch("l/en.po")
    root.joinpath("l/de.po").symlink_to("de.po")

    assert names(find(root, "l/{locale}.po")) == {"en": "l/en.po"}


def test_a_folder_that_cannot_be_listed_is_a_located_problem(touch, monkeypatch):
    root = touch("l/en.po")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)

    assert problems(root, "l/{locale}.po") == [".: cannot be read: permission denied"]


def test_the_code_of_a_country_is_doubted_and_the_language_named(touch):
    found = find(touch("l/jp.po", "l/ja.po", "l/mnw.po", "l/uk.po"), "l/{locale}.po")

    assert list(names(found)) == ["ja", "jp", "mnw", "uk"]
    assert [str(each) for each in found.warnings] == [
        "l/jp.po: 'jp' is no language, but a country's code; "
        "name it 'ja', or declare it under `locales: custom:`"
    ]
