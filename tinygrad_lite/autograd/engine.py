"""backward and grad: seeds, derivatives of derivatives, and where the results go."""

import threading
from collections.abc import Sequence
from itertools import zip_longest
from types import CellType, FunctionType
from typing import Any

import numpy as np
from numpy import ndarray

from .. import operation, writes
from ..errors import ShapeError
from ..kernels.broadcast import summed_to
from ..operation import result
from ..ops.join import stack
from ..ops.shape import clone, sum_to
from ..pieces import Pieces
from ..tape import Leaf, Node, Variable, backward as run, recording, tick

_gathering = threading.RLock()  # two threads may add to the same leaf


def seed(root: Any, gradient: Any, create_graph: bool, number: int = 0) -> Any:
    """The derivative that a root starts with: the one given, or 1 for a single number."""
    array = root.array
    if root.node is None:
        raise RuntimeError(
            f"backward: element {number} of tensors does not require grad and does not have a grad_fn: nothing was "
            "recorded. Make a leaf with requires_grad=True, and compute outside no_grad()"
        )
    if gradient is None:
        if array.size != 1:
            raise RuntimeError(
                f"backward: grad can be implicitly created only for scalar outputs, and this one has shape "
                f"{array.shape}: reduce it, as in .sum().backward(), or pass a gradient of its shape"
            )
        gradient = np.ones(array.shape, array.dtype) if array.ndim else array.dtype.type(1)
    elif isinstance(gradient, Variable):
        given = gradient.array
        if given.shape != array.shape:
            raise mismatch(given, array, number)
        if not create_graph:
            return given
    else:
        gradient = np.asarray(gradient, array.dtype)
        if gradient.shape != array.shape:
            raise mismatch(gradient, array, number)
    return result(gradient) if create_graph and not isinstance(gradient, Variable) else gradient


def mismatch(gradient: np.ndarray, value: np.ndarray, number: int) -> ShapeError:
    return ShapeError(
        f"backward: mismatch in shape: grad_output[{number}] has a shape of {gradient.shape} and "
        f"output[{number}] has a shape of {value.shape}"
    )


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the derivative of the tensors to `.grad` of every leaf below (PyTorch's page torch.autograd.backward).

    A tensor with more than one element needs its derivative in `grad_tensors`. The tape is freed as it is used,
    unless `retain_graph` (which defaults to `create_graph`). `inputs` limits the leaves.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> tl.autograd.backward((x**2).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    if isinstance(tensors, Variable):
        g, node = seed(tensors, first(grad_tensors), create_graph), tensors.node
        if inputs is None and not create_graph and isinstance(node, Node):
            gather(run(node, g, summed_to, retain_graph=bool(retain_graph)))
            return
        roots = [(node, g)]
    else:
        given = list(grad_tensors) if grad_tensors is not None else [None] * len(tensors)
        roots = [(t.node, seed(t, g, create_graph, i)) for i, (t, g) in enumerate(zip(tensors, given, strict=True))]
    wanted = None if inputs is None else {t.node for t in sequence(inputs)}
    if wanted is not None and None in wanted:
        raise RuntimeError("backward: one of the inputs does not require grad")
    found = below(roots, wanted, retain_graph, create_graph)
    gather({leaf: d for leaf, d in found.items() if not leaf.birth})  # hooks have seen those of nodes in `inputs`


def below(roots: list, wanted: set | None, retain_graph: bool | None, create_graph: bool) -> dict:
    """The derivatives of the wanted ones, or of all leaves, below several roots and their seeds.

    For the tape these are one root: a node whose pullbacks give each of them its seed.
    """
    root = Node()
    root.op, root.birth, root.shape, root.hooks, root.edges = seeds, tick(), (), None, ()
    for node, g in roots:
        root.edges += node, lambda _, g=g, inner=node.birth: g if inner or isinstance(g, Variable) else g.copy()
    keep = create_graph if retain_graph is None else retain_graph
    if not create_graph:
        return run(root, None, summed_to, retain_graph=keep, wanted=wanted)
    token = recording.set(recording.get() or True)
    try:
        return run(root, None, sum_to, retain_graph=keep, wanted=wanted, lift=lift)
    finally:
        recording.reset(token)


def seeds(*roots: Any) -> None:
    """L = Σ gᵢ · yᵢ        dL = Σ gᵢ · dyᵢ"""


seeds.kind = "linear"  # type: ignore[attr-defined]


def first(gradient: Any) -> Any:
    return gradient[0] if isinstance(gradient, (tuple, list)) else gradient


def sequence(tensors: Any) -> Sequence:
    return (tensors,) if isinstance(tensors, Variable) else tuple(tensors)


def gather(derivatives: dict) -> None:
    """Add each derivative to its leaf's `grad`."""
    ready = []
    with _gathering:
        for leaf, d in derivatives.items():
            if leaf.hooks is not None:
                d = d.whole() if isinstance(d, Pieces) else d
                for hook in leaf.hooks:
                    d = hook(d)
                d = d if isinstance(d, Variable) else d.copy()
            if leaf.grad is None and d.__class__ is ndarray:
                t: Any = operation.new()
                leaf.grad = t
                t.array = d
                t.node = None
            else:
                accumulate(leaf, d)
            if leaf.after is not None:
                ready.append(leaf)
    for leaf in ready:
        for hook in leaf.after:
            hook(leaf.tensor())


def accumulate(leaf: Leaf, d: Any) -> None:
    """Add a derivative to what a leaf has: in place, unless the derivative is on a tape."""
    known: Any = leaf.grad
    d = d.whole() if isinstance(d, Pieces) else d
    if isinstance(d, Variable):
        leaf.grad = clone(d) if known is None else known + d
    elif known is None:
        leaf.grad = result(d)
    else:
        known.array += d
        writes.mark(known.array, "backward")


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """The derivatives of the outputs' sum with respect to each input, as a tuple (PyTorch's page torch.autograd.grad).

    Nothing is added to `.grad`. With `create_graph` the derivatives are themselves recorded. An input that the
    outputs do not depend on is an error, unless `allow_unused` (its derivative is None) or `materialize_grads` (zeros).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor(3.0, requires_grad=True)
    >>> (dx,) = tl.autograd.grad(x**3, x, create_graph=True)
    >>> tl.autograd.grad(dx, x)
    (tensor(18.),)
    """
    if is_grads_batched:
        return batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads)
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: expected allow_unused to be True or not passed when materialize_grads=True")
    outputs, inputs = sequence(outputs), sequence(inputs)
    given = [None] * len(outputs) if grad_outputs is None else list(sequence(grad_outputs))
    for i, t in enumerate(inputs):
        if t.node is None:
            raise RuntimeError(f"grad: input {i}: one of the differentiated Tensors does not require grad")
    roots = [(t.node, seed(t, g, create_graph, i)) for i, (t, g) in enumerate(zip(outputs, given, strict=True))]
    wanted = {t.node for t in inputs}
    found = below(roots, wanted, retain_graph, create_graph)
    derivatives, held = [], {id(g) for _, g in roots}
    for i, t in enumerate(inputs):
        d = found.get(t.node)
        if d is None:
            if not (allow_unused or materialize_grads):
                raise RuntimeError(
                    f"grad: input {i}: one of the differentiated Tensors appears to not have been used in the graph. "
                    "Set allow_unused=True if this is the desired behavior."
                )
            derivatives.append(result(np.zeros_like(t.array)) if materialize_grads else None)
            continue
        d = d.whole() if isinstance(d, Pieces) else d
        if isinstance(t.node, Leaf) and t.node.hooks is not None:
            for hook in t.node.hooks:
                d = hook(d)
        if not isinstance(d, Variable):
            held_too = d.base is not None or id(d) in held
            held.add(id(d))
            d = result(d.copy() if held_too else d)
        derivatives.append(d)
    return tuple(derivatives)


def batched(outputs: Any, inputs: Any, gradients: Any, retain_graph: bool | None, create_graph: bool, *rest: Any):
    """`grad` for each entry along the first dimension of the gradients, stacked."""
    gradients = sequence(gradients)
    sizes = {len(g.array) for g in gradients if g is not None}
    if len(sizes) != 1 or 0 in sizes:
        raise RuntimeError(
            f"grad: is_grads_batched=True needs gradients of one batch size above 0, not {sorted(sizes)}"
        )
    (size,) = sizes
    allow_unused, materialize_grads = rest
    rows = []
    for i in range(size):
        keep = True if i < size - 1 else retain_graph
        row = [None if g is None else g[i] for g in gradients]
        rows.append(grad(outputs, inputs, row, keep, create_graph, allow_unused, False, materialize_grads))
    return tuple(None if column[0] is None else stack(column) for column in zip(*rows, strict=True))


def lift(node: Node, edges: tuple) -> tuple:
    """The edges of a node with pullbacks that record, one way for each kind of operation (see operation.py)."""
    kind = node.op.kind
    if kind == "linear":
        return edges
    if kind == "fused":
        return through_expression(node, edges)
    return tuple(on_tensors(part, node) if i % 2 and part is not None else part for i, part in enumerate(edges))


def on_tensors(pullback: Any, node: Node) -> Any:
    """A smooth pullback whose captured inputs and value are tensors at their places on the tape."""
    if pullback.__closure__ is None:
        return pullback
    cells, edges = [], node.edges or ()
    for name, cell in zip(pullback.__code__.co_freevars, pullback.__closure__, strict=True):
        content = cell.cell_contents
        if isinstance(content, (np.ndarray, np.generic)):
            if name == "y":
                source = node
            else:
                place = node.op.inputs.index(name) if name in node.op.inputs else -1
                source = edges[2 * place] if 0 <= 2 * place < len(edges) else None
            content = result(content, source)
        cells.append(CellType(content))
    return FunctionType(pullback.__code__, pullback.__globals__, pullback.__name__, pullback.__defaults__, tuple(cells))


def through_expression(node: Node, edges: tuple) -> tuple:
    """A fused operation differentiates the plain expression that it names, from its saved arguments."""
    arrays, nodes, kwargs = node.saved
    args = [
        a if not isinstance(a, ndarray) else result(a) if place is None else clone(result(a, place))
        for a, place in zip_longest(arrays, nodes)
    ]  # the clones cut the derivative of the expression at its arguments
    y = node.op.expression(*args, **kwargs)

    def through(i):
        return lambda g: run(y.node, g, sum_to, retain_graph=True, lift=lift, wanted={args[i].node})[args[i].node]

    return tuple(through(i // 2) if i % 2 and edges[i] is not None else edges[i] for i in range(len(edges)))
