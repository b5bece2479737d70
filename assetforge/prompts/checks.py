"""What can be said of a template without rendering it: names and filters that nothing defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import nodes

from assetforge.errors import Diagnostic, did_you_mean
from assetforge.prompts.faults import place_of
from assetforge.prompts.template import PromptTemplate

ALWAYS_BOUND = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})


def unknown_names(
    template: PromptTemplate, tree: nodes.Template, known: set[str]
) -> Iterator[Diagnostic]:
    """Yield a problem for every name that is read and neither known nor set in the template."""
    bound = known | _names_bound(tree)
    tested = _tested_names(tree)
    there = ", ".join(sorted(known - {"range", "dict"}))
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in bound and id(node) not in tested:
            yield Diagnostic(
                "undefined-variable",
                f"unknown variable '{node.name}'",
                place_of(template, node.lineno, f"'{node.name}'"),
                "nothing defines this",
                did_you_mean(node.name, known) or f"known here: {there}",
            )


def unknown_filters(
    template: PromptTemplate, tree: nodes.Template, known: Iterable[str]
) -> Iterator[Diagnostic]:
    """Yield a problem for every filter that there is not."""
    return _unknown("filter", tree.find_all(nodes.Filter), template, set(known))


def unknown_tests(
    template: PromptTemplate, tree: nodes.Template, known: Iterable[str]
) -> Iterator[Diagnostic]:
    """Yield a problem for every test, as in `is even`, that there is not."""
    return _unknown("test", tree.find_all(nodes.Test), template, set(known))


def _unknown(
    kind: str,
    found: Iterable[nodes.Filter | nodes.Test],
    template: PromptTemplate,
    known: set[str],
) -> Iterator[Diagnostic]:
    words = sorted(each for each in known if each.isidentifier() and each[0] != "_")
    for node in found:
        if node.name not in known:
            problem = f"unknown {kind} '{node.name}'"
            place = place_of(template, node.lineno, problem)
            help = did_you_mean(node.name, words) or f"there are: {', '.join(words)}"
            yield Diagnostic(f"unknown-{kind}", problem, place, "", help)


def _names_bound(tree: nodes.Template) -> set[str]:
    """Return every name that is set anywhere in a template."""
    bound = {each.name for each in tree.find_all(nodes.Name) if each.ctx in ("store", "param")}
    bound |= {each.name for each in tree.find_all(nodes.Macro)}
    bound |= {each.target for each in tree.find_all(nodes.Import)}
    for imported in tree.find_all(nodes.FromImport):
        bound |= {each if isinstance(each, str) else each[1] for each in imported.names}
    return bound | ALWAYS_BOUND


def _tested_names(tree: nodes.Template) -> set[int]:
    """Return the nodes that may be undefined: under `is defined` or the `default` filter."""
    excusing = [
        *(each for each in tree.find_all(nodes.Test) if each.name in ("defined", "undefined")),
        *(each for each in tree.find_all(nodes.Filter) if each.name in ("default", "d")),
    ]
    tested = [each.node for each in excusing if each.node is not None]
    return {id(each) for node in tested for each in (node, *node.find_all(nodes.Name))}
