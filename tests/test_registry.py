"""Every built-in plugin is registered, loads, and keeps its protocol."""

import inspect
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import assetforge
from assetforge import registry
from assetforge.catalogs.base import Reader
from assetforge.catalogs.editors.base import Editor
from assetforge.findings import VERDICTS
from assetforge.providers.base import Connection, Provider
from assetforge.runners.base import Runner
from assetforge.scheduler import Executor
from assetforge.steps.base import Params, StepKind

GROUPS = (
    registry.STEPS,
    registry.RUNNERS,
    registry.PROVIDERS,
    registry.BACKENDS,
    registry.CATALOGS,
    registry.EDITORS,
    registry.EXECUTORS,
    registry.LISTENERS,
)
NO_PLUGINS = {"__init__", "base", "boxes", "drawing", "measures"}
PARTS_OF_READERS = {
    "csv_header",
    "csv_rows",
    "entries",
    "fluent_text",
    "i18next_forms",
    "json_text",
    "markup",
    "po_header",
    "po_text",
    "yaml_tree",
}
PARTS_OF_BACKENDS = {"action_result", "asking", "calls", "faults", "files", "layout"}
PARTS_OF_EDITORS = {"json_adding", "json_members", "json_style", "po_strings", "raw_text"}

PARTS = PARTS_OF_READERS | PARTS_OF_EDITORS | PARTS_OF_BACKENDS


def parameters(function) -> list[str]:
    return [each for each in inspect.signature(function).parameters if each != "self"]


@pytest.mark.parametrize(
    "point",
    [each for group in GROUPS for each in entry_points(group=group)],
    ids=lambda point: f"{point.group}:{point.name}",
)
def test_every_entry_point_loads(point):
    assert registry.load(point.group, point.name) is point.load()


ALL_STEPS = [*registry.names(registry.STEPS), *registry.names(registry.IMPLIED_STEPS)]


@pytest.mark.parametrize("name", ALL_STEPS)
def test_a_step_kind_keeps_its_protocol(name):
    kind = registry.step_kind(name)

    assert isinstance(kind.version, str)
    assert kind.version
    assert [type(each) for each in (kind.paid, kind.final, kind.styled)] == [bool] * 3
    assert set(kind.passes) <= set(VERDICTS)
    assert issubclass(kind.parameters, Params)
    assert kind.shorthand is None or kind.shorthand in kind.parameters.model_fields
    assert parameters(kind.branches) == parameters(StepKind.branches)
    assert inspect.getdoc(kind)


def test_every_local_step_kind_has_a_runner_and_no_runner_is_without_one():
    local = [each for each in ALL_STEPS if not registry.step_kind(each).paid]
    assert registry.names(registry.RUNNERS) == sorted(local)


@pytest.mark.parametrize("name", registry.names(registry.RUNNERS))
def test_a_runner_keeps_its_protocol(name):
    assert parameters(registry.load(registry.RUNNERS, name)) == parameters(Runner.__call__)


@pytest.mark.parametrize("name", registry.names(registry.PROVIDERS))
def test_a_provider_keeps_its_protocol(name, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test")
    provider = registry.open_provider(Connection(name))

    assert parameters(provider.make) == parameters(Provider.make)
    assert provider.account


@pytest.mark.parametrize("name", registry.names(registry.CATALOGS))
def test_a_catalog_format_keeps_its_protocol(name):
    assert parameters(registry.reader(name)) == parameters(Reader.__call__)


@pytest.mark.parametrize("name", registry.names(registry.EDITORS))
def test_an_editor_of_catalogs_keeps_its_protocol_and_has_a_reader(name):
    editor = registry.editor(name)

    assert name in registry.names(registry.CATALOGS)
    for each in ("texts", "forms", "edited", "excerpt"):
        assert parameters(getattr(editor, each)) == parameters(getattr(Editor, each))


def test_not_every_format_has_an_editor():
    assert registry.editor("xliff") is None


@pytest.mark.parametrize("name", registry.names(registry.EXECUTORS))
def test_an_executor_keeps_its_protocol(name):
    executor = registry.load(registry.EXECUTORS, name)

    assert parameters(executor.execute) == parameters(Executor.execute)


@pytest.mark.parametrize("name", registry.names(registry.LISTENERS))
def test_a_listener_is_entered_told_and_left(name):
    listener = registry.load(registry.LISTENERS, name)

    assert all(
        callable(getattr(listener, each)) for each in ("on", "quiet", "__enter__", "__exit__")
    )


@pytest.mark.parametrize(
    ("folder", "group"),
    [
        ("steps", registry.STEPS),
        ("providers", registry.PROVIDERS),
        ("backends", registry.BACKENDS),
        ("catalogs/editors", registry.EDITORS),
        ("catalogs/formats", registry.CATALOGS),
        ("runners", registry.RUNNERS),
    ],
)
def test_every_file_of_a_folder_of_plugins_is_registered(folder, group):
    """A forgotten registration in pyproject.toml fails here."""
    within = Path(assetforge.__file__).parent / folder
    package = f"assetforge.{folder.replace('/', '.')}."
    modules = {
        each.stem
        for each in within.iterdir()
        if each.suffix == ".py" or (each.is_dir() and (each / "__init__.py").exists())
    }

    groups = (group, registry.IMPLIED_STEPS) if group == registry.STEPS else (group,)
    registered = {
        point.module.removeprefix(package).partition(".")[0]
        for each in groups
        for point in entry_points(group=each)
    }

    assert registered == modules - NO_PLUGINS - PARTS


def test_an_unknown_name_says_what_is_installed():
    with pytest.raises(registry.UnknownName) as caught:
        registry.load(registry.CATALOGS, "docx")

    assert (caught.value.name, caught.value.known) == ("docx", registry.names(registry.CATALOGS))
    assert str(caught.value).startswith("unknown name 'docx'; installed: ")
    assert str(registry.UnknownName("x", ())) == "unknown name 'x'; installed: none"
