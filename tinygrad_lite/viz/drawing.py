"""draw: the tape of a computation as a picture that a notebook shows and a file keeps.

What only a drawing needs is imported when the first one is made, so that it costs others nothing.
"""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from ..serialize import write_atomically
from ..tensor import Tensor

FORMATS = {".svg": "svg", ".png": "png", ".pdf": "pdf", ".dot": "dot", ".gv": "dot"}


class Drawing:
    """A picture of a tape, as `draw` makes it: text that can be rendered.

    source  the picture in DOT, Graphviz's language; needs no renderer
    title   what the picture shows, in one line

    In a notebook it shows itself.
    """

    def __init__(self, source: str, title: str):
        self.source = source
        self.title = title

    def svg(self) -> str:
        """The picture as SVG; pointing at a box shows its mathematics.

        Raises ImportError without a renderer, with the command that installs one.
        """
        return self._svg

    @cached_property
    def _svg(self) -> str:
        from html import escape

        from . import render

        text = render.render(self.source, "svg").decode()
        return text.replace("<svg ", f'<svg role="img" aria-label="{escape(self.title)}" ', 1)

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Write the picture to x.svg, x.png, x.pdf or x.dot. An older file stays until the new one is whole."""
        path = Path(path)
        form = FORMATS.get(path.suffix.lower())
        if form is None:
            raise ValueError(f"save: {path.name!r} ends in none of {', '.join(FORMATS)}")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}; make it first")
        content = self._rendered(form)

        def fill(file: IO[bytes]) -> None:
            file.write(content)

        write_atomically(path, fill)
        return path

    def _rendered(self, form: str) -> bytes:
        from . import render

        if form == "dot":
            return self.source.encode()
        return self.svg().encode() if form == "svg" else render.render(self.source, form)

    def __repr__(self) -> str:
        return f"<Drawing: {self.title}>"

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg()
        except ImportError:
            return None  # _repr_html_ says why

    def _repr_html_(self) -> str:
        from html import escape

        try:
            picture = self.svg()
        except ImportError as error:
            return f"<p>{escape(str(error))}</p><pre>{escape(self.source)}</pre>"
        return f'<div style="overflow: auto">{picture[picture.index("<svg") :]}</div>'


def draw(
    loss: Tensor | Sequence[Tensor],
    names: Any = None,
    *,
    direction: str = "TB",
    rules: bool = False,
    max_nodes: int = 500,
    profile: Any = None,
) -> Drawing:
    """The tape below a tensor (or several), as a picture: every operation, leaf and parameter.

    Inputs are at the top, the loss is at the bottom; derivatives travel against the arrows. Leaves show their shape
    and their value and derivative: written out if small, else as a range. Values of operations are shown where they
    are named, since the tape itself does not keep them.

    loss       a tensor, or a sequence of tensors, computed from something that requires a gradient
    names      a Module (its parameters' names), or a dict of names and tensors, which may be leaves, results, and
               inputs without derivative; None numbers the leaves
    direction  "TB" draws from top to bottom, "LR" from left to right
    rules      write the mathematics of each operation into its box, not only into its tooltip
    max_nodes  draw only so many operations, those nearest to the loss
    profile    a `tl.profile` that watched them: each operation shows its times, and the redder it is the more it took

    Raises RuntimeError for a tensor without a tape, and for a tape that backward has freed: draw before backward, or
    call backward(retain_graph=True).

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> picture = tl.draw((w * w).sum(), names={"w": w})
    >>> picture
    <Drawing: tape of loss: 2 operations, 1 leaf>
    >>> picture.source.startswith("digraph")
    True

    `picture.svg()` and `picture.save("tape.svg")` (or .png, .pdf, .dot) render it, with Graphviz's program `dot` or
    with pygraphviz (`pip install "tinygrad_lite[graph]"`).
    """
    from . import dot, graph

    roots = [loss] if isinstance(loss, Tensor) else list(loss) if isinstance(loss, Sequence) else [loss]
    if not roots:
        raise ValueError("draw: the sequence of tensors is empty")
    for root in roots:
        if not isinstance(root, Tensor):
            raise TypeError(f"draw: expected a Tensor or a sequence of Tensors, got {type(root).__name__}")
        if root.node is None:
            raise RuntimeError(
                "draw: the tensor has no tape: nothing that it was computed from requires a gradient, or it was "
                "computed under no_grad(), or detached. Make a leaf with requires_grad=True and compute again"
            )
    if direction not in ("TB", "LR"):
        raise ValueError(f'draw: direction is {direction!r}; it is "TB" (top to bottom) or "LR" (left to right)')
    if max_nodes < 1:
        raise ValueError(f"draw: max_nodes is {max_nodes}; at least one operation must be drawn")
    if profile is not None and not hasattr(profile, "of"):
        raise TypeError(f"draw: profile is a {type(profile).__name__}; pass the p of `with tl.profile() as p:`")
    picture = graph.read(roots, graph.Names(names), max_nodes, profile)
    return Drawing(dot.source(picture, picture.title, direction, rules), picture.title)
