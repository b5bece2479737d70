"""The plan as a graph to draw. The one door to networkx."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import networkx as nx

from assetforge.digest import Json
from assetforge.plan import Plan


def graph_of(plan: Plan, *, every: bool = False) -> nx.DiGraph[str]:
    """Return the plan's graph, edges from input to user.

    Nodes are steps, such as `banner/edit`, with the number of actions as `count`; or, with `every`,
    single actions. Edges that follow from others are left out.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {
        id: str(id) if every else f"{action.asset}/{action.step}"
        for id, action in plan.actions.items()
    }
    for id, action in plan.actions.items():
        before = graph.nodes[names[id]]["count"] if names[id] in graph else 0
        graph.add_node(names[id], count=before + 1, kind=action.kind)
    for id, action in plan.actions.items():
        graph.add_edges_from((names[each], names[id]) for each in action.made_inputs)
    reduced = nx.transitive_reduction(graph)
    graph.remove_edges_from([edge for edge in graph.edges if edge not in reduced.edges])
    return graph


def dot(graph: nx.DiGraph[str]) -> str:
    """Return the graph in Graphviz's language."""
    lines = ["digraph assetforge {", "  rankdir=LR;", "  node [shape=box, fontname=sans-serif];"]
    lines += [f"  {_quoted(name)} [label={_quoted(_label(graph, name))}];" for name in graph]
    lines += [f"  {_quoted(one)} -> {_quoted(two)};" for one, two in graph.edges]
    return "\n".join([*lines, "}"])


def mermaid(graph: nx.DiGraph[str]) -> str:
    """Return the graph as a Mermaid flow chart, which GitHub draws in Markdown."""
    ids = {name: f"n{index}" for index, name in enumerate(graph)}
    lines = ["flowchart LR"]
    lines += [f'  {ids[name]}["{_escaped(_label(graph, name))}"]' for name in graph]
    lines += [f"  {ids[one]} --> {ids[two]}" for one, two in graph.edges]
    return "\n".join(lines)


def document(graph: nx.DiGraph[str]) -> dict[str, Json]:
    """Return `assetforge.graph/1`: nodes and edges."""
    return {
        "schema": "assetforge.graph/1",
        "nodes": [{"id": name, **data} for name, data in graph.nodes(data=True)],
        "edges": [{"from": one, "to": two} for one, two in graph.edges],
    }


DRAWINGS: dict[str, Callable[[nx.DiGraph[str]], str]] = {
    "dot": dot,
    "mermaid": mermaid,
    "json": lambda graph: json.dumps(document(graph), ensure_ascii=False, indent=2),
}
"""Formats of a drawing by name."""


def _label(graph: nx.DiGraph[str], name: str) -> str:
    count = graph.nodes[name]["count"]
    return name if count == 1 else f"{name} × {count:,}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _escaped(text: str) -> str:
    """Return a text with Mermaid's own escapes for what has a meaning in a label."""
    return re.sub(r"[#&\"<>`]", lambda mark: f"#{ord(mark[0])};", text)
