"""Everything the documentation shows is run: commands, what they print, and pipeline files.

A page is one or more stories, each in a project of its own. Comments, which readers do not see, say
where a story plays and what a block is:

    <!-- project: examples/quickstart -->   from here on, in a fresh copy of this example
    <!-- project: init -->                  from here on, in a fresh starter project
    <!-- project: repository -->            the same, committed on the branch main of a repository
    <!-- project: empty -->                 from here on, in an empty folder
    <!-- file: locales/de.json -->          the next block is this file of the project
    <!-- until: watching -->                the next block's command runs until it prints this

In a `console` block a line after `$ ` is a command, and the lines below it are what it prints;
`...` stands for what may differ. `# exit 3` after a command says that it ends so. A `yaml` block is
the project's pipeline file, or a part that is laid over it if it has no `version:`; it is checked.

What the README shows, what is interrupted, and what needs a plugin run in processes of their own;
all other commands are called in this one, for starting Python takes longer than most of them.
"""

import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from assetforge import errors
from assetforge.__main__ import exit_code_of
from assetforge.rendering import FACTS
from benchmarks.repository import Repository

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FRONT = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / ".github" / "CONTRIBUTING.md"]
NAMED = {path.relative_to(ROOT).as_posix(): path for path in [*PAGES, *FRONT]}

PATIENCE_SECONDS = 120
"""How long a command may take that is to be interrupted; only a failing test waits so long."""

COMMENT = re.compile(r"<!-- (project|file|until): (.+?) -->")
FENCE = re.compile(r"( *)```(\w*)")


@dataclass
class Block:
    """A fenced block: its language and lines, and what the comments above say about it."""

    page: str
    line: int
    language: str
    lines: list[str]
    file: str | None = None
    until: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def __str__(self):
        return f"{self.page}:{self.line}"


@dataclass
class Story:
    """Blocks that play one after the other in one project."""

    project: str | None
    line: int
    blocks: list[Block] = field(default_factory=list)


def stories(page: str, text: str) -> Iterator[Story]:
    """Yield the stories of a page; the first has no project."""
    story, noted = Story(None, 0), {}
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        if comment := COMMENT.fullmatch(line.strip()):
            noted[comment[1]] = comment[2]
        elif fence := FENCE.match(line):
            if "project" in noted:
                yield story
                story = Story(noted.pop("project"), number)
            inside = takewhile(lambda each: each[1].strip() != "```", lines)
            content = [each.removeprefix(fence[1]) for _, each in inside]
            story.blocks.append(Block(page, number, fence[2], content, **noted))
            noted = {}
    yield story


ALL = [
    (name, story)
    for name, path in NAMED.items()
    for story in stories(name, path.read_text(encoding="utf-8"))
]
PLAYED = [pytest.param(story, id=f"{name}:{story.line}") for name, story in ALL if story.project]


@pytest.mark.parametrize("story", PLAYED)
def test_what_a_page_shows_is_what_happens(story, tmp_path):
    stage = Stage(tmp_path, story.project, apart=story.blocks[0].page == "README.md")

    for block in story.blocks:
        stage.play(block)


def test_every_command_and_pipeline_file_is_part_of_a_story():
    outside = [block for _, story in ALL if story.project is None for block in story.blocks]

    assert [str(each) for each in outside if each.language in ("console", "yaml")] == []


class Stage:
    """A project in a folder of its own, in which the blocks of a story are played."""

    def __init__(self, root: Path, project: str, *, apart: bool) -> None:
        self.folder = root / "project"
        self.apart = apart
        self.plugins: list[Path] = []
        if project in ("init", "repository"):
            self.folder.mkdir()
            assert self.run("assetforge", "init").returncode == 0
            if project == "repository":
                Repository(self.folder).commit()
        elif project == "empty":
            self.folder.mkdir()
        else:
            made = shutil.ignore_patterns(".assetforge", "out", "report")
            shutil.copytree(ROOT / project, self.folder, ignore=made)

    def play(self, block: Block) -> None:
        """Write, run or check one block."""
        if block.file:
            self.write(block)
        elif block.language == "console":
            self.console(block)
        elif block.language == "yaml":
            self.pipeline(block)

    def write(self, block: Block) -> None:
        path = self.folder / str(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        if path.name == "pyproject.toml":
            self.install(path)

    def install(self, path: Path) -> None:
        """Do what `pip install` would: make a plugin's entry points known."""
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        known = path.parent / f"{project['name']}-{project['version']}.dist-info"
        known.mkdir()
        points = [
            line
            for group, names in project["entry-points"].items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in names.items()))
        ]
        (known / "entry_points.txt").write_text("\n".join(points), encoding="utf-8")
        metadata = (
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        (known / "METADATA").write_text(metadata, encoding="utf-8")
        self.plugins.append(path.parent)

    def pipeline(self, block: Block) -> None:
        """Make the block the pipeline file, or lay it over the one that is there, and check it."""
        file = self.folder / "assetforge.yaml"
        written = yaml.safe_load(block.text)
        if "version" in written:
            file.write_text(block.text, encoding="utf-8")
        else:
            before = yaml.safe_load(file.read_text(encoding="utf-8"))
            file.write_text(
                yaml.safe_dump(laid_over(before, written), sort_keys=False), encoding="utf-8"
            )
        checked = self.run("assetforge", "check")
        assert checked.returncode == 0, f"{block}: {checked.stdout}"

    def console(self, block: Block) -> None:
        for command, shown in commands(block.lines):
            words, ending = split(command)
            if words[0] == "cd":
                self.folder /= words[1]
                continue
            assert words[0] == "assetforge", f"{block}: a test cannot run '{command}'"
            if block.until:
                printed, code = self.interrupted(words, block.until), ending
            else:
                done = self.run(*words)
                printed, code = done.stdout, done.returncode
            assert code == ending, f"{block}: '{command}' ended with {code}:\n{printed}"
            assert is_shown(shown, printed), f"{block}: '{command}' printed\n{printed}"

    def run(self, _: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.started(arguments) if self.apart or self.plugins else self.called(arguments)

    def called(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Call the command line in this process."""
        printed = io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            chdir(self.folder),
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            patch.setenv("NO_COLOR", "1")
            code = exit_code_of([*arguments])
        return subprocess.CompletedProcess(arguments, code, printed.getvalue())

    def started(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run the command line in a process of its own."""
        return subprocess.run(
            self.command(arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
        )

    def interrupted(self, words: list[str], until: str) -> str:
        """Run a command that does not end, and press Ctrl-C once it printed a line."""
        if sys.platform == "win32":
            pytest.skip("a test cannot press Ctrl-C here")
        running = subprocess.Popen(
            self.command(words[1:]),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert running.stdout is not None
        printed = []
        late = threading.Timer(PATIENCE_SECONDS, running.kill)
        late.start()
        with running:
            for line in running.stdout:
                printed.append(line)
                if until in line:
                    running.send_signal(signal.SIGINT)
                    break
        late.cancel()
        assert running.returncode != -signal.SIGKILL, f"'{words}' never ended: {printed}"
        return "".join(printed)

    def command(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "assetforge", *arguments]

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join(map(str, [*self.plugins, ROOT]))
        return {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"}


def commands(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a console block with the lines below it."""
    rest = list(lines)
    while rest:
        command, *rest = rest
        assert command.startswith("$ "), f"'{command}' belongs to no command"
        shown = list(takewhile(lambda each: not each.startswith("$ "), rest))
        rest = rest[len(shown) :]
        yield command[2:], shown


def split(command: str) -> tuple[list[str], int]:
    """Return a command's words, and the exit code that its comment promises."""
    promised = re.search(r"# exit (\d+)", command)
    return shlex.split(command, comments=True), int(promised[1]) if promised else 0


def is_shown(shown: list[str], printed: str) -> bool:
    """Tell whether lines were printed one below the other; a line `...` is any number of them."""
    wanted = "\n".join(shown).strip("\n").splitlines()
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r" *\n"
        for line in wanted
    )
    return re.search(f"^{pattern}", f"{printed}\n", re.MULTILINE) is not None


def laid_over(before: Any, above: Any) -> Any:
    """Return a mapping with another over it: mappings are merged, everything else is replaced."""
    if not isinstance(before, dict) or not isinstance(above, dict):
        return above
    return {**before, **{key: laid_over(before.get(key), above[key]) for key in above}}


def test_an_output_that_was_not_printed_is_noticed():
    printed = "one\n  two 2.5 s\nthree\n"

    assert is_shown(["  two ... s", "three"], printed)
    assert is_shown(["one", "...", "three"], printed)
    assert not is_shown(["one", "three"], printed)
    assert not is_shown(["two ... s"], printed)


def generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location("reference", ROOT / ".ci/reference.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_generated_reference_is_fresh():
    """If not: `make reference`."""
    for name, text in generator().pages().items():
        assert (DOCS / "reference" / name).read_text(encoding="utf-8") == text, name


def test_the_readme_shows_the_quickstart_as_it_is():
    (first,) = re.findall(r"```yaml\n(.*?)```", NAMED["README.md"].read_text("utf-8"), re.DOTALL)
    file = (ROOT / "examples/quickstart/assetforge.yaml").read_text(encoding="utf-8")

    assert first == file.split("\n", 1)[1]  # all but the editor's line


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md"])
def test_a_link_leads_to_something(page):
    """Zensical checks those between the pages of docs/."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", NAMED[page].read_text(encoding="utf-8"))

    assert [each for each in links if not (NAMED[page].parent / each).exists()] == []


def test_every_target_that_a_page_names_is_in_the_makefile():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word
        for path in NAMED.values()
        for word in re.findall(r"(?:`|^|\n)make (\w+)", path.read_text(encoding="utf-8"))
    }

    assert named <= targets | {"for"}


def test_every_page_is_in_the_navigation():
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    named = re.findall(r"[\w/-]+\.md", json.dumps(site["project"]["nav"]))

    assert sorted(named) == sorted(path.relative_to(DOCS).as_posix() for path in PAGES)


def test_every_json_document_is_described():
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "assetforge").rglob("*.py"))
    written = {name for text in sources for name in re.findall(r'"(assetforge\.[\w-]+/\d)"', text)}
    page = (DOCS / "reference/json-documents.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^## `(.+)`$", page, re.MULTILINE)) == written


def test_every_exit_code_is_described():
    codes = {each.exit_code for each in vars(errors).values() if hasattr(each, "exit_code")}
    page = (DOCS / "reference/exit-codes.md").read_text(encoding="utf-8")

    assert {0, 130, *codes} <= {int(code) for code in re.findall(r"^\| (\d+) ", page, re.MULTILINE)}


def test_everything_a_template_may_read_of_a_locale_is_described():
    page = (DOCS / "reference/templates.md").read_text(encoding="utf-8")

    assert set(FACTS) == set(re.findall(r"`locale\.(\w+)`", page))
