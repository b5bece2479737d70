"""The parts of the page that shows pictures, shared by the static report and the live preview.

The preview serves these files as they are, as modules; the report, which is one file that asks for
nothing, has them joined inside.
"""

from __future__ import annotations

import re
from importlib.resources import files

STYLE = "page.css"
SPRITE = "icons.svg"

SCRIPTS = ("dom.js", "details.js", "facets.js", "zoom.js", "report.js")
"""The modules of the report's script, each behind those it imports from."""

_IMPORT = re.compile(r'^import \{[^}]*\} from "[^"]*";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const |class )", re.MULTILINE)


def part(name: str) -> str:
    """Return the text of one file of the page."""
    return (files(__name__) / name).read_text(encoding="utf-8")


def script() -> str:
    """Return the modules of the report as one classic script."""
    return joined([part(name) for name in SCRIPTS])


def joined(modules: list[str]) -> str:
    """Join modules into one function: without their imports and without the word `export`.

    It works because every name at the top of a module is written once in all of them, and no
    import gives a name another name.
    """
    plain = (_EXPORT.sub("", _IMPORT.sub("", each)) for each in modules)
    return '"use strict";\n(() => {\n' + "\n".join(plain) + "})();\n"
