"""From a `Graph` to DOT, the language of Graphviz: colours, shapes, and labels that hold any text.

The same graph gives the same text: boxes are numbered in the order of the tape.
"""

import re
from html import escape

from . import facts
from .graph import Box, Graph

FONT = "Helvetica,Arial,sans-serif"
INK, QUIET = "#1f2430", "#6b7280"

# Told apart by colour and by shape, so that a copy in black and white still can be read.
STYLES = {
    "parameter": {"shape": "box", "style": "filled", "fillcolor": "#dbe8f9", "color": "#2f6db5"},
    "input": {"shape": "note", "style": "filled", "fillcolor": "#ddf2e0", "color": "#2e8b57"},
    "constant": {"shape": "box", "style": "filled,dashed", "fillcolor": "#f3f4f6", "color": "#9ca3af", "width": "0.3"},
    "operation": {"shape": "box", "style": "filled,rounded", "fillcolor": "#fff4d6", "color": "#c98a1b"},
    "root": {"shape": "box", "style": "filled,rounded,bold", "fillcolor": "#fbdada", "color": "#c0392b"},
    "rest": {"shape": "box", "style": "dashed", "color": "#9ca3af"},
}


def source(graph: Graph, title: str, direction: str, rules: bool) -> str:
    """The DOT text of a graph."""
    import graphviz

    dot = graphviz.Digraph(
        name=graphviz.escape(title),
        graph_attr={"rankdir": direction, "bgcolor": "white", "nodesep": "0.3", "ranksep": "0.4", "fontname": FONT},
        node_attr={"fontname": FONT, "fontsize": "12", "fontcolor": INK, "margin": "0.08,0.04", "height": "0.3"},
        edge_attr={"fontname": FONT, "fontsize": "9", "fontcolor": QUIET, "color": QUIET, "arrowsize": "0.7"},
    )
    keys = [key(box, number) for number, box in enumerate(graph.boxes)]
    for name, box in zip(keys, graph.boxes, strict=True):
        looks = STYLES[box.kind] if box.heat is None else STYLES[box.kind] | {"fillcolor": heated(box.heat)}
        dot.node(name, label=label(box, rules), tooltip=tip(box.tip), **looks)
    for arrow in graph.arrows:
        about = tip(arrow.tip)
        looks = {"label": graphviz.escape(f" {arrow.label} "), "labeltooltip": about} if arrow.label else {}
        if graph.boxes[arrow.tail].kind == "operation":
            looks["weight"] = "8"  # the way of the derivative is drawn straight; leaves stand beside it
        dot.edge(keys[arrow.tail], keys[arrow.head], tooltip=about, **looks)
    return dot.source


def key(box: Box, number: int) -> str:
    """A name for a box that needs no quotes: mul_3."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", box.title).strip("_")
    return f"{word if word[:1].isalpha() else box.kind}_{number}"


def label(box: Box, rules: bool) -> str:
    """An HTML-like label: the title and the shape, and below a row for each fact."""
    title = f"<b>{html(shortened(box.title))}</b>"
    if box.kind == "constant":
        title = f'<font point-size="10" color="{QUIET}">{html(shortened(box.title))}</font>'
    if box.shape is not None:
        title += f'  <font point-size="10" color="{QUIET}">{facts.shape(box.shape)}</font>'
    rows = [f'<tr><td colspan="2">{title}</td></tr>']
    if rules and box.kind == "operation":
        rows += [f'<tr><td colspan="2"><font point-size="10">{html(line)}</font></td></tr>' for line in box.formulas]
    for what, text in box.rows:
        lines = "".join(f'{html(line)}<br align="left"/>' for line in text.split("\n"))
        rows.append(
            f'<tr><td align="right" valign="top"><font point-size="9" color="{QUIET}">{html(what)} </font></td>'
            f'<td align="left" balign="left"><font point-size="10">{lines}</font></td></tr>'
        )
    return f'<<table border="0" cellborder="0" cellspacing="1" cellpadding="1">{"".join(rows)}</table>>'


def heated(heat: float) -> str:
    """From white (0) to red (1), as light as letters upon it need."""
    return "#ff{0:02x}{0:02x}".format(round(255 - 135 * heat))


def html(text: str) -> str:
    """Text for an HTML-like label."""
    return escape(text).replace("\\", "\\\\")  # a single \\N would become the node's name


def tip(text: str) -> str:
    """Text for a tooltip, where Graphviz reads entities, and backslashes twice over."""
    from graphviz import nohtml

    return nohtml(text.replace("&", "&amp;").replace("\\", 4 * "\\"))


def shortened(name: str, length: int = 36) -> str:
    """A name with its middle left out if it is long: its end tells most."""
    return name if len(name) <= length else f"{name[:10]}…{name[11 - length :]}"
