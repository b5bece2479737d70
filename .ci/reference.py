"""Write the pages of docs/reference that the code knows best: `python .ci/reference.py`.

The command line comes from click's help, the pipeline file from its JSON Schema; the schemas of
documents are written, too. A test compares what is committed with these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent
from typing import Any

import click

from assetforge.cli.group import COMMANDS, command_line
from assetforge.schema import pipeline_schema
from assetforge.shapes.published import DOCUMENTS, schema_text

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
SCHEMAS = ROOT / "schemas"
GENERATED = "<!-- written by .ci/reference.py; change the code, then run `make reference` -->"
REFERENCE = "#/definitions/"
TEMPLATE = r"\{[{%#]"
"""The pattern by which the schema says that a value may be a template."""

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Return the generated pages: file name → text."""
    return {
        "command-line.md": "\n".join([*command_line_page(), ""]),
        "pipeline-file.md": "\n".join([*pipeline_file_page(pipeline_schema()), ""]),
    }


def command_line_page() -> Iterable[str]:
    """Yield the lines of the command line's page."""
    group = click.Context(command_line, info_name="assetforge", max_content_width=200)
    yield from ("# Command line", "", GENERATED, "")
    yield "Results go to stdout, everything else to stderr. What a command's end means to a"
    yield from ("script stands in [exit codes](exit-codes.md).", "")
    yield from table(("command", "what it does"), command_rows())
    yield from ("", "`assetforge` itself takes:", "")
    yield from table(("flag", "meaning"), flag_rows(command_line, group))
    for name in COMMANDS:
        command = command_line.get_command(group, name)
        assert command is not None, f"BUG: no command '{name}'"
        yield from command_section(name, command, click.Context(command, group, info_name=name))


def command_rows() -> Iterable[tuple[str, str]]:
    """Yield a row for each command."""
    return ((f"[`{name}`](#{name})", words) for name, words in COMMANDS.items())


def command_section(name: str, command: click.Command, context: click.Context) -> Iterable[str]:
    """Yield the lines about one command."""
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("", f"## {name}", *paragraphs(command.help or ""), "")
    yield from ("```text", f"assetforge {name} {usage}", "```")
    if rows := list(flag_rows(command, context)):
        yield from ("", *table(("flag", "meaning"), rows))


def flag_rows(command: click.Command, context: click.Context) -> Iterable[tuple[str, str]]:
    """Yield a row for each flag but `--help`, in the order of the help."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            yield f"`{record[0]}`", record[1]


def paragraphs(text: str) -> Iterable[str]:
    """Yield a help text as Markdown; what click keeps as it is becomes a block of its own."""
    for paragraph in cleandoc(text).split("\n\n"):
        mark, _, kept = paragraph.strip().partition("\b\n")
        if mark:
            yield from ("", mark)
        else:
            said, _, shown = dedent(kept).partition("\n")
            yield from ("", said, "", "```text", dedent(shown), "```")


def pipeline_file_page(schema: Schema) -> Iterable[str]:
    """Yield the lines of the pipeline file's page."""
    definitions = schema["definitions"]
    kinds = [name.removesuffix("-step") for name in definitions if name.endswith("-step")]
    blocks = [name for name in definitions if name not in kinds and not name.endswith("-step")]
    yield from ("# Pipeline file", "", GENERATED, "", schema["description"], "")
    yield "It is YAML 1.2: `no` is Norwegian, a key stands once, and unknown keys are errors."
    yield "An editor with a YAML language server completes and checks it, given this first"
    yield from ("line and the output of `assetforge schema` in that file:", "")
    yield from ("```text", "# yaml-language-server: $schema=pipeline.schema.json", "```", "")
    yield from ("A key in **bold** has to be there.", "", "## top level", "")
    yield from key_table(schema)
    for name in sorted(blocks, key=order_of_use(schema).index):
        yield from ("", f"## {title(name)}", "", definitions[name]["description"], "")
        yield from key_table(definitions[name])
    yield from ("", "## step kinds", "")
    yield "A step is a mapping with its kind as a key. Its parameters stand beside the kind or"
    yield "in a block below it; a bare text after `compose` or `edit` is the prompt. Values"
    yield "marked *template* may hold `{{ … }}`, see [templates](templates.md)."
    for name in kinds:
        yield from ("", f"### {name}", "", definitions[name]["description"], "")
        yield from key_table(definitions[name])


def order_of_use(schema: Schema) -> list[str]:
    """Return all definitions, each after the block that uses it, in the order of the file."""
    found: list[str] = []

    def visit(part: Any) -> None:
        if isinstance(part, Mapping):
            name = str(part.get("$ref", "")).removeprefix(REFERENCE).split("/")[0]
            if name and name not in found:
                found.append(name)
                visit(schema["definitions"][name])
            for each in part.values():
                visit(each)
        elif isinstance(part, list):
            for each in part:
                visit(each)

    visit(schema["properties"])
    return found


def title(definition: str) -> str:
    """Return the words for a definition of the schema: `MessageText` is a message text."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", definition.removesuffix("-step"))
    return words.lower()


def key_table(block: Schema) -> Iterable[str]:
    """Yield a table with a row for each key of a block."""
    required = block.get("required", ())
    return table(
        ("key", "value", "meaning"),
        (
            (f"**`{key}`**" if key in required else f"`{key}`", words_of(each), meaning(each))
            for key, each in block["properties"].items()
        ),
    )


def meaning(part: Schema) -> str:
    """Return what a key is for, and what it is when it is left out."""
    words = part.get("description", "")
    default = part.get("default")
    if default and isinstance(default, str):
        words += f" By default `{default}`."
    return str(words)


def words_of(part: Schema) -> str:
    """Return a value's type in words."""
    if "$ref" in part:
        name = title(part["$ref"].removeprefix(REFERENCE))
        return f"[{name}](#{name.replace(' ', '-')})"
    if "const" in part:
        return f"`{part['const']}`" if part["const"] is not True else "`true`"
    if "enum" in part:
        return ", ".join(f"`{each}`" for each in part["enum"])
    if "anyOf" in part:
        return any_of(part["anyOf"])
    return plain_words(part)


def any_of(parts: Iterable[Schema]) -> str:
    """Return the words for a choice; nothing is no choice, and a template is said last."""
    some = [each for each in parts if each.get("type") != "null"]
    words = dict.fromkeys(words_of(each) for each in some if each.get("pattern") != TEMPLATE)
    template = any(each.get("pattern") == TEMPLATE for each in some)
    return " or ".join(words) + (", *template*" if template else "")


def plain_words(part: Schema) -> str:
    """Return the words for a list, a mapping or a single value."""
    match part.get("type"):
        case "array":
            items = words_of(part.get("items", {}))
            length = part.get("minItems") if part.get("minItems") == part.get("maxItems") else None
            return f"list of {length} × {items}" if length else f"list of {items}"
        case "object" if isinstance(part.get("properties"), Mapping):
            return "mapping of " + ", ".join(f"`{each}`" for each in part["properties"])
        case "object":
            return f"name → {words_of(part.get('additionalProperties', {}))}"
        case "integer" | "number":
            return str(part["type"])
        case "boolean":
            return "`true` or `false`"
        case None:
            return "anything"
        case _ if "examples" in part:
            return "text such as " + ", ".join(f"`{each}`" for each in part["examples"])
        case _:
            return "text"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """Yield a Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = (cell.replace("\n", " ").replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    written = {FOLDER / name: text for name, text in pages().items()}
    written |= {SCHEMAS / f"{name}.schema.json": schema_text(name) for name in DOCUMENTS}
    for path, text in written.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path)
