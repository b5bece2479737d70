import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from assetforge.catalogs.base import Reader
from assetforge.catalogs.formats import csv_file, folder, json_file, po, xcstrings, xliff
from assetforge.catalogs.lookup import Catalogs, Found, Missing
from assetforge.errors import InvalidSource
from assetforge.pipeline import Locales
from tests.catalogs.data import DATA
from tests.refusing import as_nobody

READERS: dict[str, Reader] = {
    "csv": csv_file.read,
    "folder": folder.read,
    "json": json_file.read,
    "po": po.read,
    "xcstrings": xcstrings.read,
    "xlf": xliff.read,
}


class Project:
    """A folder with catalogs, and what was parsed from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.parsed: list[str] = []

    def write(self, name: str, content: object) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")

    def open(self, catalogs: object = "l/{locale}.json", source: str = "en") -> Catalogs:
        locales = Locales.model_validate({"catalogs": catalogs, "source": source})
        return Catalogs.open(locales, self.root, list(READERS), self.reader)

    def reader(self, format: str) -> Reader:
        def read(path: Path, name: str, locale: str, syntax: str):
            self.parsed.append(name)
            return READERS[format](path, name, locale, syntax)

        return read


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def text(found: Found | Missing) -> str:
    assert isinstance(found, Found)
    return str(found.message.value)


def test_a_message_is_found_in_its_locale(project):
    project.write("l/de.json", {"title": "Hallo"})

    found = project.open().find("de", "title")

    assert isinstance(found, Found)
    assert (found.message.value, found.locale, found.tried) == ("Hallo", "de", ())
    assert str(found.place) == "l/de.json:1:11"


def test_a_message_is_taken_from_the_same_language_and_the_absence_is_told(project):
    project.write("l/pt.json", {"title": "Olá"})
    project.write("l/en.json", {"title": "Hello"})

    found = project.open().find("pt-BR", "title")

    assert isinstance(found, Found)
    assert (found.message.value, found.locale, found.tried) == ("Olá", "pt", ("pt-BR",))


def test_another_language_never_stands_in(project):
    project.write("l/en.json", {"title": "Hello"})
    project.write("l/pt-BR.json", {"other": "x"})

    assert project.open().find("pt-BR", "title") == Missing(("pt-BR",))
    assert project.open().find("uk", "title") == Missing(("uk",))


def test_adding_a_text_for_pt_br_changes_pt_br_only(project):
    project.write("l/pt.json", {"title": "Olá"})
    project.write("l/de.json", {"title": "Hallo"})
    wanted = ["pt", "pt-BR", "pt-PT", "pt-AO", "de", "de-AT"]
    before = {locale: project.open().find(locale, "title") for locale in wanted}

    project.write("l/pt-BR.json", {"title": "Oi"})
    after = {locale: project.open().find(locale, "title") for locale in wanted}

    changed = [locale for locale in wanted if after[locale] != before[locale]]
    assert changed == ["pt-BR"]
    assert text(after["pt-BR"]) == "Oi"


def test_the_tried_locales_of_a_missing_message_are_in_order(project):
    for locale in ("es-419", "es-ES", "es-AR"):
        project.write(f"l/{locale}.json", {})

    assert project.open().find("es-MX", "title") == Missing(("es-MX", "es-419", "es-ES"))


def test_another_spelling_of_the_locale_is_its_own_catalog(project):
    project.write("l/iw_IL.json", {"title": "שלום"})

    found = project.open().find("he-IL", "title")

    assert isinstance(found, Found)
    assert (text(found), found.locale, found.tried, found.file) == (
        "שלום",
        "iw_IL",
        (),
        "l/iw_IL.json",
    )


def test_an_earlier_catalog_wins(project):
    project.write("campaign/de.json", {"cta": "Jetzt"})
    project.write("app/de_DE.json", {"cta": "Los", "title": "App"})
    catalogs = project.open(["campaign/{locale}.json", "app/{locale}.json"])

    assert text(catalogs.find("de", "cta")) == "Jetzt"
    assert text(catalogs.find("de", "title")) == "App"
    assert catalogs.find("de", "nothing") == Missing(("de", "de_DE"))


def test_one_locale_spelled_differently_in_two_layers_is_listed_once(project):
    for name in ("a/pt-BR", "a/de", "b/pt_BR", "b/fr"):
        project.write(f"{name}.json", {})

    assert project.open(["a/{locale}.json", "b/{locale}.json"]).locales == ("de", "fr", "pt-BR")


def test_a_namespace_is_put_before_the_ids(project):
    project.write("app/de.json", {"title": "App", "store": {"title": "nie"}})
    project.write("store/de.json", {"title": "Laden"})
    catalogs = project.open({"app": "app/{locale}.json", "app.store": "store/{locale}.json"})

    assert text(catalogs.find("de", "app.title")) == "App"
    assert text(catalogs.find("de", "app.store.title")) == "Laden"
    assert catalogs.find("de", "title") == Missing(())
    assert catalogs.find("de", "app.") == Missing(())
    assert catalogs.ids() == ("app.store.title", "app.title")


def test_an_empty_id_is_refused(project):
    project.write("l/de.json", {})

    with pytest.raises(ValueError, match="may not be empty"):
        project.open().find("de", "")


def test_only_the_files_that_are_needed_are_read(project):
    for locale in ("de", "fr", "ja"):
        project.write(f"l/{locale}.json", {"a": locale, "b": locale})
    catalogs = project.open()

    catalogs.find("de", "a")
    catalogs.find("de", "b")

    assert project.parsed == ["l/de.json"]


def test_a_file_is_parsed_again_only_when_it_changed(project):
    project.write("l/de.json", {"a": "eins"})
    project.write("l/fr.json", {"a": "un"})
    project.open().ids()
    project.parsed.clear()

    project.write("l/de.json", {"a": "neu!"})

    assert text(project.open().find("de", "a")) == "neu!"
    assert text(project.open().find("fr", "a")) == "un"
    assert project.parsed == ["l/de.json"]


def test_a_changed_file_of_a_folder_is_seen(project):
    project.write("l/de/title.txt", "eins\n")
    project.write("l/de/notes.md", "x")
    assert text(project.open("l/{locale}").find("de", "title")) == "eins"

    project.write("l/de/title.txt", "zwei\n")
    catalogs = project.open("l/{locale}")

    assert text(catalogs.find("de", "title")) == "zwei"
    root = project.root.resolve()
    assert catalogs.files() == (root / "l/de/notes.md", root / "l/de/title.txt")
    assert catalogs.folders() == (root, root / "l", root / "l/de")


def test_a_snapshot_does_not_change_while_it_is_used(project):
    project.write("l/de.json", {"a": "eins"})
    catalogs = project.open()
    catalogs.find("de", "a")

    project.write("l/de.json", {"a": "zwei"})

    assert text(catalogs.find("de", "a")) == "eins"


def test_a_damaged_file_hurts_only_who_needs_it_and_is_reported(project):
    project.write("l/de.json", "{")
    project.write("l/fr.json", {"a": "un"})
    project.write("l/ja.json", "{'")
    catalogs = project.open()

    assert text(catalogs.find("fr", "a")) == "un"
    for _ in range(2):
        with pytest.raises(InvalidSource, match=r"^l/de.json:1:2: expected a key"):
            catalogs.find("de", "a")
    assert [str(problem.place) for problem in catalogs.problems()] == [
        "l/de.json:1:2",
        "l/ja.json:1:2",
    ]


def test_a_file_that_is_gone_is_a_located_problem(project):
    project.write("l/de.json", {})
    catalogs = project.open()
    project.root.joinpath("l/de.json").unlink()

    assert [str(problem) for problem in catalogs.problems()] == [
        "l/de.json: cannot be read: no such file or directory"
    ]


def test_a_message_file_that_links_out_of_the_project_is_refused(project, tmp_path_factory):
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("key", encoding="utf-8")
    project.write("l/de/title.txt", "x")
    project.root.joinpath("l/de/a.txt").symlink_to(secret)
    project.root.joinpath("l/de/b.txt").symlink_to(project.root / "l/de/title.txt")

    with pytest.raises(InvalidSource, match=r"^l/de/a.txt: is a link that leads out"):
        project.open("l/{locale}").find("de", "title")


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permission there")
def test_a_folder_that_may_not_be_listed_is_a_located_problem():
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        project = Project(Path(folder))
        project.write("l/de/title.txt", "x")
        (project.root / "l/de").chmod(0)

        with as_nobody():
            catalogs = project.open("l/{locale}")
            files, problems = catalogs.files(), catalogs.problems()

        (project.root / "l/de").chmod(0o700)
    assert files == ()
    assert [str(problem.place) for problem in problems] == ["l/de"]


def test_all_ids_and_those_of_a_locale_are_listed(project):
    project.write("l/de.json", {"a": "x", "b": "x"})
    project.write("l/de-AT.json", {"c": "x"})
    project.write("l/fr.json", {"d": "x"})
    catalogs = project.open()

    assert catalogs.ids() == ("a", "b", "c", "d")
    assert catalogs.ids("de-AT") == ("a", "b", "c")
    assert catalogs.ids("uk") == ()


def test_a_locale_is_served_by_its_language_or_not_at_all(project):
    project.write("l/pt.json", {})
    project.write("l/de.json", {})
    catalogs = project.open()

    wanted = ("pt-BR", "en-GB", "uk", "kab-KAB")
    assert [catalogs.serves(id) for id in wanted] == [True, True, False, False]


def test_warnings_name_what_is_no_locale(project):
    project.write("l/de.json", {})
    project.write("l/schema.json", {})

    assert [str(warning.place) for warning in project.open().warnings] == ["l/schema.json"]


PO = 'msgid "Open now"\nmsgstr "{}"\n\nmsgid "banner.title"\nmsgstr ""\n'


def test_in_the_source_locale_an_untranslated_msgid_is_the_text(project):
    project.write("l/en.po", PO.format(""))
    project.write("l/de.po", PO.format("Jetzt öffnen"))
    catalogs = project.open("l/{locale}.po")

    assert text(catalogs.find("en", "Open now")) == "Open now"
    assert text(catalogs.find("en-GB", "Open now")) == "Open now"
    assert text(catalogs.find("de", "Open now")) == "Jetzt öffnen"
    assert catalogs.find("fr", "Open now") == Missing(("fr",))
    assert catalogs.find("en", "Never seen") == Missing(("en",))
    assert catalogs.find("en", "banner.title") == Missing(("en",))
    assert catalogs.ids("en") == ("Open now",)


def test_a_source_text_needs_no_file_of_the_source_locale(project):
    project.write("l/de.po", PO.format(""))
    catalogs = project.open("l/{locale}.po", source="en-US")

    found = catalogs.find("en-US", "Open now")

    assert isinstance(found, Found)
    assert (found.message.value, found.locale, found.tried) == ("Open now", "en-US", ("en-US",))
    assert catalogs.find("de", "Open now") == Missing(("de",))


def test_a_translated_source_text_wins_over_its_msgid(project):
    project.write("l/en.po", PO.format("Open today"))

    assert text(project.open("l/{locale}.po").find("en", "Open now")) == "Open today"


def xlf(source: str, language: str = "en") -> str:
    unit = f'<trans-unit id="a"><source>{source}</source></trans-unit>'
    return f'<xliff><file source-language="{language}"><body>{unit}</body></file></xliff>'


@pytest.mark.parametrize(
    ("source", "language", "shown"),
    [
        ("en", "en", True),
        ("en", "en-US", True),
        ("en-US", "en", True),
        ("en", "de", False),
        ("en", "en-XA", False),
        ("en", "none at all", False),
    ],
)
def test_sources_of_another_language_than_the_projects_are_not_shown(
    project, source, language, shown
):
    project.write("l/fr.xlf", xlf("Text", language))
    catalogs = project.open("l/{locale}.xlf", source=source)

    assert isinstance(catalogs.find(source, "a"), Found) == shown
    assert catalogs.ids(source) == (("a",) if shown else ())


def test_the_file_nearest_to_the_source_locale_says_its_texts(project):
    for locale in ("ar", "en", "de"):
        project.write(f"l/{locale}.xlf", xlf(f"as {locale} has it"))

    assert text(project.open("l/{locale}.xlf", "en-US").find("en-US", "a")) == "as en has it"
    assert text(project.open("l/{locale}.xlf", "en").find("en", "a")) == "as en has it"


def test_of_texts_that_differ_in_files_of_other_locales_the_first_by_name_is_shown(project):
    for locale in ("fr", "ar", "de"):
        project.write(f"l/{locale}.xlf", xlf(f"as {locale} has it"))

    assert text(project.open("l/{locale}.xlf", "en-US").find("en-US", "a")) == "as ar has it"


def test_real_catalogs_of_three_formats_work_together():
    locales = Locales.model_validate(
        {
            "source": "en",
            "catalogs": {
                "store": "thunderbird_android_fastlane/{locale}",
                "docs": "djangoproject_po/{locale}/LC_MESSAGES/django.po",
                "web": "flathub_website_json/{locale}/common.json",
            },
        }
    )

    catalogs = Catalogs.open(locales, DATA, list(READERS), READERS.__getitem__)

    assert catalogs.problems() == []
    assert text(catalogs.find("he", "store.short_description"))
    assert text(catalogs.find("zh-HK", "store.title")) == text(
        catalogs.find("zh-TW", "store.title")
    )
    assert text(catalogs.find("nb", "store.title")) == text(catalogs.find("no", "store.title"))
    assert text(catalogs.find("zh-CN", "docs.Documentation"))
    assert text(catalogs.find("en", "docs.Using Django")) == "Using Django"
    assert isinstance(catalogs.find("th", "store.title"), Missing)
    assert isinstance(catalogs.find("iu", "web.about"), Missing)


# Files that name their locales inside


def test_a_file_with_a_column_for_each_locale_serves_them_all(project):
    project.write("copy.csv", "key,en,de,pt-BR\ntitle,Hello,Hallo,Olá\nbye,Bye,,Tchau\n")
    catalogs = project.open("copy.csv")

    assert catalogs.locales == ("de", "en", "pt-BR")
    assert text(catalogs.find("de-AT", "title")) == "Hallo"
    assert text(catalogs.find("pt-PT", "bye")) == "Tchau"
    assert catalogs.find("de", "bye") == Missing(("de",))
    assert catalogs.ids() == ("bye", "title")
    assert [(id, str(place)) for id, _, place in catalogs.entries("de")] == [
        ("title", "copy.csv:2:13"),
        ("bye", "copy.csv:3:9"),
    ]


def test_a_file_of_one_locale_needs_it_in_its_path(project):
    project.write("texts.json", {"title": "Hello"})

    with pytest.raises(InvalidSource, match=r"pattern 'texts.json' lacks '{locale}'; put"):
        project.open("texts.json")


def test_a_damaged_file_that_names_its_locales_is_told_at_once(project):
    project.write("copy.csv", "key,en\nx,1,2\n")

    with pytest.raises(InvalidSource, match=r"^copy.csv:2:"):
        project.open("copy.csv")


def test_locales_inside_a_file_are_read_as_those_of_paths(project):
    strings = {"title": {"localizations": {"he": UNIT, "iw": UNIT, "kab-KAB": UNIT}}}
    project.write("app.xcstrings", {"sourceLanguage": "en", "version": "1.0", "strings": strings})

    with pytest.raises(InvalidSource) as caught:
        project.open("app.xcstrings")

    assert [str(each) for each in caught.value.diagnostics] == [
        "app.xcstrings: 'kab-KAB' is no locale; write a language tag such as 'de', 'pt-BR' or "
        "'zh-Hant-TW'; declare it under `locales: custom:`, or take it out",
        "app.xcstrings: 'he' and 'iw' are both locale 'he'; keep one of them",
    ]


UNIT = {"stringUnit": {"state": "translated", "value": "x"}}


def test_several_files_of_a_locale_are_one_catalog(project):
    project.write("l/de/a.json", {"title": "A", "x": ""})
    project.write("l/de/b.json", {"x": "X", "y": "Y"})
    catalogs = project.open("l/{locale}/*.json")

    assert [text(catalogs.find("de", id)) for id in ("title", "x", "y")] == ["A", "X", "Y"]
    found = catalogs.find("de", "y")
    assert isinstance(found, Found)
    assert str(found.place) == "l/de/b.json:1:17"


def test_a_message_that_two_files_of_a_locale_have_is_refused_at_both(project):
    project.write("l/de/a.json", {"title": "A"})
    project.write("l/de/b.json", {"title": "B"})

    with pytest.raises(InvalidSource) as caught:
        project.open("l/{locale}/*.json").find("de", "title")

    (problem,) = caught.value.diagnostics
    assert str(problem) == "l/de/b.json:1:11: message 'title' is there twice"
    assert str(problem.related[0][0]) == "l/de/a.json:1:11"


def test_a_file_without_a_locale_beside_those_with_one_is_of_the_source_locale(project):
    project.write("values-de/strings.json", {"title": "Hallo"})
    project.write("values/strings.json", {"title": "Hello"})
    catalogs = project.open(["values-{locale}/strings.json", "values/strings.json"])

    assert catalogs.locales == ("de", "en")
    assert text(catalogs.find("en-GB", "title")) == "Hello"
    assert text(catalogs.find("de", "title")) == "Hallo"
    assert catalogs.find("fr", "title") == Missing(("fr",))


def test_a_message_of_a_folder_stands_in_a_file_of_its_own(project):
    project.write("l/de/title.txt", "Hallo")
    catalogs = project.open("l/{locale}")

    found = catalogs.find("de", "title")

    assert isinstance(found, Found)
    assert str(found.place) == "l/de/title.txt:1:1"
    assert [str(place) for _, _, place in catalogs.entries("de")] == ["l/de/title.txt:1:1"]


def test_what_is_odd_in_a_file_is_told_once_it_was_read(project):
    project.write("l/de.json", {"days": "{count, plural, one {# day} other {# days}}"})
    catalogs = project.open()

    assert catalogs.warnings == []
    assert catalogs.problems() == []
    (warning,) = catalogs.warnings
    assert (warning.code, warning.severity) == ("syntax-not-said", "warning")
