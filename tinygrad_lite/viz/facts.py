"""What is known of a node, a leaf or a value, in the words of a label."""

from collections.abc import Callable, Iterable, Sequence
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from ..tape import Leaf, Node
from ..tensor import Tensor

SMALL = 6  # so many numbers are written out; of more, the range


def of(node: Node | Leaf | None, tensor: Tensor | None) -> list[tuple[str, str]]:
    """The rows of a label under its title: (what, text). Every further fact of a node is to be added here."""
    if tensor is None:  # plain recording keeps no values, and a leaf outlives its tensor
        grad = node.grad if isinstance(node, Leaf) else None
        return [] if grad is None else [("grad", numbers(grad.array))]
    rows = [("value", numbers(tensor.array))]
    if (tensor.is_leaf or tensor.retains_grad) and tensor.grad is not None:
        rows.append(("grad", numbers(tensor.grad.array)))
    return rows


def times(taken: Any) -> list[tuple[str, str]]:
    """What a profile knows of a node."""
    parts = [("forward", taken.forward), ("backward", taken.backward)]
    return [("time", ", ".join(f"{1e6 * seconds:.1f} µs {way}" for way, seconds in parts if seconds))]


def formulas(op: Callable) -> list[str]:
    """The first docstring line, cut at its wide gap: value and differential."""
    line = (op.__doc__ or "").strip().partition("\n")[0]
    return [part.strip() for part in line.split("    ") if part.strip()]


def printable(text: str) -> str:
    """Text whose control characters, which a picture cannot hold, are written as escapes."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shape(sizes: Sequence[int]) -> str:
    """(25, 2), or "scalar"."""
    return str(tuple(sizes)) if sizes else "scalar"


def number(value: Any, digits: int = 4) -> str:
    """A number in four significant digits."""
    return f"{value:.{digits}g}" if isinstance(value, (float, np.floating)) else str(value)


def numbers(array: np.ndarray) -> str:
    """A small array written out, a row per line; of a larger one the range and the mean.

    >>> import numpy as np
    >>> numbers(np.array([[1.0, 0.5], [-2.0, 0.0]]))
    '[1, 0.5]\\n[-2, 0]'
    >>> numbers(np.arange(11.0))
    '0 … 10, mean 5'
    """
    if array.size == 0:
        return "empty"
    if array.size <= SMALL:
        if array.ndim == 0:
            return number(array[()])
        rows = array.reshape(-1, array.shape[-1])
        return "\n".join("[" + ", ".join(number(value) for value in row) + "]" for row in rows)
    if array.dtype.kind == "b":
        return f"{np.count_nonzero(array):,} of {array.size:,} true"
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        return f"none of {array.size:,} is finite"
    text = f"{number(finite.min(), 3)} … {number(finite.max(), 3)}"
    if finite.size < array.size:
        return f"{text}, {array.size - finite.size:,} of {array.size:,} not finite"
    return text if array.dtype.kind in "iu" else f"{text}, mean {number(finite.mean(dtype=np.float64), 3)}"


# --- the inputs of an operation ---


class Input(NamedTuple):
    """One input: what the formula calls it, its place on the tape or None, and its value where the tape keeps it."""

    argument: str
    parent: Node | Leaf | None
    value: Any


def inputs(node: Node) -> list[Input]:
    """The inputs of a node, in the order of the call.

    A fused operation keeps its arguments, and a smooth one's pullbacks capture inputs by their names; of other
    inputs without derivative the tape knows only that they were there.
    """
    edges = node.edges or ()
    kind = getattr(node.op, "kind", "")
    parents = edges[::2]
    call = node.saved[0] if kind == "fused" else ()
    found = []
    for place in range(max(len(parents), len(call))):
        argument = argument_name(node.op, place)
        parent = parents[place] if place < len(parents) else None
        value = None
        if parent is None:
            if place < len(call):
                value = call[place]
                if not isinstance(value, np.ndarray):
                    continue  # an option, or an argument that was not given
            else:
                value = captured(edges[1::2], argument) if kind == "smooth" else None
                if value is None and optional(node.op, argument):
                    continue  # perhaps it was not given: do not draw what may not be
        found.append(Input(argument, parent, value))
    return found


def argument_name(op: Callable, place: int) -> str:
    """What the operation's formula calls its input number `place`."""
    names = getattr(op, "inputs", ())
    if len(names) == 1:  # a sequence of tensors
        return f"{names[0]}[{place}]"
    return names[place] if place < len(names) else ""


def optional(op: Callable, argument: str) -> bool:
    """Whether an argument may be None, as the bias of `linear`."""
    parameter = signature(op).parameters.get(argument)
    return parameter is not None and parameter.default is None


def captured(pullbacks: Iterable[Callable | None], name: str) -> Any:
    """What the pullbacks of a smooth operation captured under a name, or None."""
    for pullback in pullbacks:
        code, cells = getattr(pullback, "__code__", None), getattr(pullback, "__closure__", None)
        if code is not None and cells and name in code.co_freevars:
            return cells[code.co_freevars.index(name)].cell_contents
    return None
