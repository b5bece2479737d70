"""How GitHub's runner reads what a step prints: written from its `ActionCommand`.

Both its ways to write a command are read, for what we print may use neither by accident.
"""

import re
from typing import NamedTuple

DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))

KNOWN = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands"),
    "warning",
}


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def commands(printed: str) -> list[Command]:
    """Return the commands in what was printed; its lines end as .NET's reader ends them."""
    lines = re.split(r"\r\n|\r|\n", printed)
    return [found for line in lines if (found := new_style(line) or old_style(line))]


def new_style(line: str) -> Command | None:
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    pairs = (each.split("=", 1) for each in rest.strip().split(",") if each)
    properties = {each[0]: unescaped(each[1], PROPERTY) for each in pairs if len(each) == 2}
    message = unescaped(line[end + 2 :], DATA)
    return Command(name.lower(), properties, message) if name.lower() in KNOWN else None


def old_style(line: str) -> Command | None:
    found = re.search(r"##\[([^\]]*)\]", line)
    if not found:
        return None
    name, _, rest = found[1].partition(" ")
    pairs = (each.split("=", 1) for each in rest.split(";") if each)
    properties = {each[0]: unescaped(each[1], OLD) for each in pairs if len(each) == 2}
    message = unescaped(line[found.end() :], OLD)
    return Command(name.lower(), properties, message) if name.lower() in KNOWN else None


def unescaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for escape, meant in table:
        text = text.replace(escape, meant)
    return text
