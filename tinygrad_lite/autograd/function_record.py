"""Where a Function's outputs go on the tape, and what runs when derivatives reach them (see function.py)."""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import hooks, operation, writes
from ..operation import NOTHING, result, to_dtype
from ..tape import Leaf, Node, Variable, recording
from ..writes import tick
from .context import Bundle, Context, FunctionNode, InputsNode, OutputNode, among, open_branches


def untouched(y: Any, context: Context) -> bool:
    return isinstance(y, Variable) and not among(y, context._dirty)


def record(cls: Any, context: Context, args: tuple, outputs: tuple, recorder: Any) -> tuple:
    """Put the outputs at their new places on the tape; returns them."""
    tensors = [a for a in args if isinstance(a, Variable)]
    for t in context._dirty:
        _refuse_leaf(cls, t)
    edges: list = []
    for k, a in enumerate(tensors):
        edges += NOTHING if a.node is None else (a.node, _pick(k))
    below = new_node(InputsNode(), cls, tuple(edges), Bundle.shape)
    if recorder is not True:
        recorder.note(below, args)
    single = len(outputs) == 1
    shape = outputs[0].array.shape if single and isinstance(outputs[0], Variable) else Bundle.shape
    node = FunctionNode()
    kinds = [(t.array.shape, t.array.dtype) if isinstance(t, Variable) else None for t in outputs]
    expected = [(a.array.shape, a.array.dtype, a.node) if isinstance(a, Variable) else None for a in args]
    new_node(node, cls, (below, _runner(cls, context, weakref.ref(node), below, kinds, expected)), shape)
    node.context = context
    places: list = []
    returned: list = []
    for j, y in enumerate(outputs):
        place: Any = None
        if isinstance(y, Variable) and y.array.dtype.kind == "f" and not among(y, context._constant):
            place = node if single else new_node(OutputNode(), cls, (node, _wrap(j)), y.array.shape)
            if not single:
                place.number = j
        places.append(place)
        returned.append(_placed(cls, y, place, context, tensors, returned))
    context._seal(node, outputs, places)
    return tuple(returned)


def new_node(node: Any, cls: Any, edges: tuple, shape: tuple) -> Any:
    node.op, node.edges, node.birth, node.shape, node.hooks = cls._operation, edges, tick(), shape, None
    return node


def _pick(k: int) -> Callable:
    return lambda bundle: bundle.parts[k]


def _wrap(j: int) -> Callable:
    return lambda g: Bundle({j: g})


def _runner(cls: Any, context: Context, alive: weakref.ref, below: Node, kinds: list, expected: list) -> Callable:
    """The pullback of a FunctionNode: from the derivatives of the outputs to a bundle of those of the inputs."""
    edges: Any = below.edges
    places = [i for i, known in enumerate(expected) if known is not None]
    rule = cls._rule()

    def run(g):
        node: Any = alive()
        given = g.parts if isinstance(g, Bundle) else {0: g}
        lifted = any(isinstance(d, Variable) for d in given.values())
        token = recording.set(recording.get() if lifted else False)
        try:
            found = rule(context, *_incoming(context, given, kinds))
            parts = _checked(node.name(), found, expected, lifted)
            bundle = Bundle({k: parts[i] for k, i in enumerate(places) if i in parts})
        except Exception as error:
            if (note := getattr(below, "note", None)) is not None:
                error.add_note(f"in the backward of {cls.__name__}, {note}")
            raise
        finally:
            recording.reset(token)
        # Where backward said None, no derivative goes down: not even zeros.
        below.edges = open_branches(edges, [parts.get(i) for i in places])
        if node.edges is None:  # the tape is not retained
            context._free()
        return bundle

    return run


def _incoming(context: Context, given: dict, kinds: list) -> list:
    """What backward is called with: a tensor for each output, zeros or None for one without a derivative."""
    grads: list = []
    for j, kind in enumerate(kinds):
        g = given.get(j)
        if g is None and kind is not None and context._materialize:
            g = np.zeros(*kind)
        grads.append(g if g is None or isinstance(g, Variable) else result(g))
    return grads


def _checked(name: str, found: Any, expected: list, lifted: bool) -> dict:
    """What backward returned, by the number of the input, in the input's dtype."""
    grads = found if isinstance(found, tuple) else (found,)
    if len(grads) > len(expected) and all(g is None for g in grads[len(expected) :]):
        grads = grads[: len(expected)]
    if len(grads) != len(expected):
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {len(expected)}, got {len(grads)}): "
            "backward returns one for each input of forward, None for one that is not a tensor"
        )
    parts = {}
    for i, (d, known) in enumerate(zip(grads, expected, strict=True)):
        if d is None:
            continue
        if not isinstance(d, Variable):
            raise RuntimeError(f"function {name}: expected a Tensor or None at position {i}, got {type(d).__name__}")
        if known is None:
            raise RuntimeError(
                f"function {name} returned a gradient different than None at position {i + 1}, but the corresponding "
                "forward input was not a Variable"
            )
        shape, dtype, parent = known
        if parent is None:
            continue
        if d.array.shape != shape and not _sums_to(d.array.shape, shape):
            raise RuntimeError(
                f"Function {name} returned an invalid gradient at index {i} - got {list(d.array.shape)} but expected "
                f"shape compatible with {list(shape)}"
            )
        if d.array.dtype != dtype:
            d = to_dtype(d, dtype)
        # A leaf's derivative is its own, and backward may have returned what somebody else holds.
        parts[i] = d if lifted else d.array.copy() if isinstance(parent, Leaf) else d.array
    return parts


def _sums_to(wide: tuple, shape: tuple) -> bool:
    """Whether `shape` broadcasts to `wide`."""
    return len(wide) >= len(shape) and all(n in (1, w) for n, w in zip(shape[::-1], wide[::-1], strict=False))


def _placed(cls: Any, y: Any, place: Any, context: Context, tensors: list, before: list) -> Any:
    """The output y at its place on the tape."""
    if not isinstance(y, Variable):
        return y
    if among(y, context._dirty):
        if place is not None:
            _move(y, place)
        return y
    source, memory = None, writes.owner(y.array)
    for a in tensors:
        if writes.owner(a.array) is memory:
            source = a
    if y.node is not None or among(y, tensors) or among(y, before):
        return alias(y, source, place)
    y.node = place
    if source is not None:
        _link(y, source)
    return y


def alias(y: Variable, source: Variable | None, place: Any) -> Variable:
    """The same memory in a tensor of its own: an input that forward returned as it is stays what it was."""
    alias = result(y.array, place)
    if source is not None:
        _link(alias, source)
    return alias


def _link(view: Any, source: Any) -> None:
    """Note that `view` shows the memory of `source`, in a way that refuses recorded writes into it."""

    def again(t):
        raise RuntimeError(
            "Output of a custom Function is a view and is being modified inplace. This view was created inside a "
            "custom Function (or because an input was returned as-is), and writing into it would override the "
            "Function's own backward. Write into a clone() of it."
        )

    operation.link_view(view, source, again)
    view._view.base._view.views.pop()  # a write into the base must not make this view anew


def _refuse_leaf(cls: Any, t: Any) -> None:
    base = getattr(getattr(t, "_view", None), "base", None)
    if isinstance(t.node, Leaf) or (base is not None and isinstance(base.node, Leaf)):
        what = "a leaf Variable" if isinstance(t.node, Leaf) else "a view of a leaf Variable"
        raise RuntimeError(f"{cls.__name__}: {what} that requires grad has been used in an in-place operation")


def _move(t: Any, place: Any) -> None:
    """Put a tensor that forward wrote in place at its new place on the tape, and its base and views with it."""
    if getattr(t, "_view", None) is None:
        hooks.move(t, place)
    else:
        t.copy_(result(t.array.copy(), place))
