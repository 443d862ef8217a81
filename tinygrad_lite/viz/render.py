"""From DOT text to a picture: Graphviz's own program, or the library that pygraphviz brings along."""

import shutil
from typing import Any

MISSING = (
    "drawing needs Graphviz, and there is neither its program dot on the PATH nor pygraphviz, which brings it along: "
    'pip install "tinygrad_lite[graph]"'
)
SHARP = 192  # dots per inch of a bitmap: twice a screen's, for slides


def render(source: str, form: str) -> bytes:
    """The picture of a DOT text in one of Graphviz's formats: svg, png, pdf."""
    if form == "png":
        source = f"{source.rstrip().removesuffix('}')}\tdpi={SHARP}\n}}\n"
    if shutil.which("dot"):
        import graphviz

        return graphviz.pipe("dot", form, source.encode(), quiet=True)
    try:
        import pygraphviz
    except ImportError:
        raise ImportError(MISSING) from None
    picture: Any = pygraphviz.AGraph(string=source).draw(format=form, prog="dot")
    return picture
