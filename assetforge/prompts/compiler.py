"""From a template's text to code in which loops and `~` are counted and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from assetforge.prompts.sandbox import COUNTED, JOINED, Sandbox

MAX_LOOP_DEPTH = 3


def compile_template(sandbox: Sandbox, name: str, text: str) -> CodeType:
    """Return a template's code.

    Raises:
        TemplateSyntaxError: the text is no template.
    """
    return compile_tree(sandbox, name, parse(sandbox, name, text))


def compile_tree(sandbox: Sandbox, name: str, tree: nodes.Template) -> CodeType:
    """Return the code of a template's tree, which is of no further use.

    Raises:
        TemplateSyntaxError: it is no template that Python can run.
    """
    _count_loops(tree)
    _bound_joins(tree)
    try:
        return sandbox.compile(tree, name, name)
    except (SyntaxError, RecursionError, MemoryError, NameError) as error:
        # Python's own limits, such as 100 levels of indentation or an argument's name twice.
        words = str(getattr(error, "msg", "")) or "the template is nested too deeply"
        raise TemplateSyntaxError(words, 1, name) from None


def parse(sandbox: Sandbox, name: str, text: str) -> nodes.Template:
    """Return a template's tree.

    Raises:
        TemplateSyntaxError: the text is no template.
    """
    try:
        tree = sandbox.parse(text, name)
    except RecursionError:
        raise TemplateSyntaxError("the template is nested too deeply", 1, name) from None
    except ValueError as error:
        raise TemplateSyntaxError(str(error), 1, name) from None
    for loop in tree.find_all(nodes.For):
        if _loop_depth(loop) > MAX_LOOP_DEPTH:
            message = f"loops may be nested {MAX_LOOP_DEPTH} deep, not more"
            raise TemplateSyntaxError(message, loop.lineno, name)
    for reference in tree.find_all(nodes.NSRef):
        raise TemplateSyntaxError("only a plain name can be set", reference.lineno, name)
    return tree


def _loop_depth(loop: nodes.For) -> int:
    return 1 + max((_loop_depth(inner) for inner in _loops_in(loop)), default=0)


def _loops_in(node: nodes.Node) -> Iterator[nodes.For]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.For):
            yield child
        else:
            yield from _loops_in(child)


def _count_loops(tree: nodes.Template) -> None:
    """Let each turn of a loop take 1 and the length of the text in it off the allowance."""
    for loop in tree.find_all(nodes.For):
        turn = 1 + sum(len(each.data) for each in loop.find_all(nodes.TemplateData))
        loop.iter = _filtered(loop.iter, COUNTED, nodes.Const(turn))


def _bound_joins(tree: nodes.Template) -> None:
    """Put our filter in place of every `~`, the innermost first."""
    for node in [*reversed([*tree.find_all(nodes.Node)]), tree]:
        for field_name, value in node.iter_fields():
            setattr(node, field_name, _with_bounded_joins(value))


def _with_bounded_joins(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bounded_joins(each) for each in value]
    if isinstance(value, nodes.Concat):
        return _filtered(nodes.List(value.nodes, lineno=value.lineno), JOINED)
    return value


def _filtered(node: nodes.Node, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=node.lineno)
