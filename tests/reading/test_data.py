import pytest

from assetforge.errors import ActionFailed
from assetforge.reading import data


def install(folder, *models):
    for model in models:
        path = folder / f"{model}.traineddata"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_the_folder_that_the_user_names_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("TESSDATA_PREFIX", str(install(tmp_path, "eng")))

    assert data.places_of(["eng"]) == (tmp_path, ("eng",))


def test_the_folder_may_be_the_one_above(tmp_path, monkeypatch):
    install(tmp_path / "tessdata", "xyz")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    assert data.places_of(["xyz"]) == (tmp_path / "tessdata", ("xyz",))


def test_models_of_scripts_may_lie_in_a_folder_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "LINUX", ())
    monkeypatch.setenv("TESSDATA_PREFIX", str(install(tmp_path, "script/Tibetan")))

    assert data.places_of(["Tibetan"]) == (tmp_path, ("script/Tibetan",))


@pytest.mark.parametrize(
    ("platform", "places", "folder"),
    [
        ("linux", "LINUX", "5/tessdata"),
        ("darwin", "MACOS", "tessdata"),
    ],
)
def test_the_usual_folders_are_known(tmp_path, monkeypatch, platform, places, folder):
    install(tmp_path / folder, "eng")
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(data, places, (str(tmp_path),))

    assert data.places_of(["eng"]) == (tmp_path / folder, ("eng",))


def test_windows_keeps_them_with_the_program(tmp_path, monkeypatch):
    install(tmp_path / "Tesseract-OCR" / "tessdata", "eng")
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))

    assert data.places_of(["eng"]) == (tmp_path / "Tesseract-OCR" / "tessdata", ("eng",))


@pytest.mark.parametrize(
    ("platform", "model", "advice"),
    [
        ("linux", "chi_sim", "'tesseract-ocr-chi-sim'"),
        ("linux", "Arabic", "'tesseract-ocr-script-arab'"),
        ("darwin", "deu", "brew install tesseract-lang"),
        ("win32", "deu", "TESSDATA_PREFIX"),
    ],
)
def test_a_missing_model_says_what_to_install(monkeypatch, platform, model, advice):
    monkeypatch.setattr(data, "folders", lambda: ())
    monkeypatch.setattr("sys.platform", platform)

    with pytest.raises(ActionFailed, match=advice) as caught:
        data.places_of([model])
    assert caught.value.code == "no-reader"
    assert f"'{model}'" in str(caught.value)


def test_models_that_read_together_have_to_lie_together(tmp_path, monkeypatch):
    one, other = install(tmp_path / "one", "aaa"), install(tmp_path / "other", "bbb")
    monkeypatch.setattr(data, "folders", lambda: (one, other))

    with pytest.raises(ActionFailed, match="'aaa', 'bbb' are in different folders"):
        data.places_of(["aaa", "bbb"])

    install(other, "aaa")

    assert data.places_of(["aaa", "bbb"]) == (other, ("aaa", "bbb"))
