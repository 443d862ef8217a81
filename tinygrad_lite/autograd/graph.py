"""The tape as PyTorch's page torch.autograd.graph shows it: hooks of nodes, edges, and saved tensors.

A *prehook* sees the derivatives of a node's outputs before its pullbacks run. A *hook* also sees what they give. For
that, a node's pullbacks are made one, whose results then part ways in a node of their own, as a Function's do.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from .. import hooks, writes
from ..hooks import RemovableHandle, replaced, unrecorded
from ..operation import NOTHING, result
from ..ops.shape import sum_to
from ..tape import Leaf, Node as Node, Variable, refuse_stale
from .context import Bundle, FunctionNode, OutputNode, open_branches
from .engine import lift

# --- hooks of nodes ---


def unpacked(context: Any, g: Any) -> tuple:
    """The derivatives of a node's outputs: one, or those in the bundle of a Function with several outputs."""
    if not isinstance(g, Bundle):
        return (g,)
    return tuple(g.parts.get(i) for i in range(len(context._places)))


def packed(g: Any, parts: tuple) -> Any:
    if not isinstance(g, Bundle):
        return parts[0]
    return Bundle({i: d for i, d in enumerate(parts) if d is not None})


def shown(parts: tuple) -> tuple:
    """Derivatives as tensors, for a hook to see."""
    return tuple(d if d is None or isinstance(d, Variable) else result(d) for d in parts)


def called(function: Callable, parts: tuple, *more: tuple) -> tuple:
    """What becomes of derivatives when a hook has seen them, and perhaps returned others instead."""
    given = shown(parts)
    first = next((d for d in parts if d is not None), None)
    found = unrecorded(first, function, given, *(shown(other) for other in more))
    if found is None:
        return parts
    if isinstance(found, Variable):
        found = (found,)
    if len(found) != len(parts):
        name = getattr(function, "__name__", repr(function))
        raise RuntimeError(
            f"hook {name!r} has returned an incorrect number of values (got {len(found)}, but expected {len(parts)})"
        )
    if any(old is None and new is not None for old, new in zip(parts, found, strict=True)):
        raise RuntimeError("a hook can't replace a None gradient with a non-None value")
    return tuple(
        None if new is None else replaced(old, seen, new, function)
        for old, seen, new in zip(parts, given, found, strict=True)
    )


def register_prehook(node: Any, function: Callable) -> RemovableHandle:
    """Call function(grad_outputs), with a tuple, before the node's pullbacks; a tuple that it returns takes its place.

    PyTorch's page torch.autograd.graph.Node.register_prehook.

    >>> import tinygrad_lite as tl
    >>> x = tl.ones(2, requires_grad=True)
    >>> y = x * 2
    >>> handle = y.grad_fn.register_prehook(lambda grads: (grads[0] * 10,))
    >>> y.sum().backward()
    >>> x.grad
    tensor([20., 20.])
    """
    if isinstance(node, OutputNode):
        node = node.edges[0]  # type: ignore[index]
    context = getattr(node, "context", None)  # of a Function; the node itself would be a cycle

    def hook(g):
        return packed(g, called(function, unpacked(context, g)))

    return hooks.add(node, hook, hooks.OF_NODE)


def register_hook(node: Any, function: Callable) -> RemovableHandle:
    """Call function(grad_inputs, grad_outputs), with tuples, after the node's pullbacks; a tuple replaces grad_inputs.

    PyTorch's page torch.autograd.graph.Node.register_hook.

    >>> import tinygrad_lite as tl
    >>> x = tl.ones(2, requires_grad=True)
    >>> y = x * 2
    >>> handle = y.grad_fn.register_hook(lambda inputs, outputs: print(inputs, outputs))
    >>> y.sum().backward()
    (tensor([2., 2.]), None) (tensor([1., 1.]),)
    """
    if isinstance(node, OutputNode):
        node = node.edges[0]  # type: ignore[index]
    if isinstance(node, Leaf):
        return after_leaf(node, function)
    if node.edges is None:
        raise RuntimeError(f"register_hook: {node!r} was freed by an earlier backward")
    if not isinstance(node.op, Together):
        node.op = Together(node)
    node.op.functions.append(function)
    return RemovableHandle(node.op.functions, function)


def after_leaf(leaf: Leaf, function: Callable) -> RemovableHandle:
    """A hook of a leaf, which has no inputs: function((), grad_outputs) after accumulation."""
    arrived: list = []

    def remember(g):
        arrived[:] = shown((g,))
        return g

    hooks.add(leaf, remember, hooks.OF_NODE)
    return hooks.after(leaf, lambda _: function((), tuple(arrived)))


class Together:
    """The operation of a node with hooks: all pullbacks as one, whose results the hooks see before they part ways."""

    kind = "linear"  # under create_graph its one pullback runs as it is: it lifts those behind it itself
    expression = None

    def __init__(self, node: Node):
        op: Any = node.op
        self.__name__, self.__doc__, self.inputs = op.__name__, op.__doc__, getattr(op, "inputs", ())
        self.functions: list[Callable] = []
        if isinstance(node, FunctionNode):
            self.after_function(node)
        else:
            self.after_operation(node)

    def __call__(self, *args: Any) -> Any:
        raise TypeError(f"{self.__name__}: this is the operation of one recorded node; it is not called again")

    def after_operation(self, node: Node) -> None:
        """Put one pullback in place of the node's own, which go on in a node that nobody else knows."""
        edges: Any = node.edges
        was, apart = Node(), Node()
        was.op, was.edges, was.shape, was.hooks = node.op, edges, node.shape, None
        if hasattr(node, "saved"):
            was.saved = node.saved
        apart.op, apart.shape, apart.hooks = self, Bundle.shape, None  # type: ignore[assignment]
        branches = apart.edges = tuple(part for i, parent in enumerate(edges[::2]) for part in branch(parent, i))
        # Both are older than the node, and younger than its parents.
        was.birth, apart.birth = node.birth - 0.5, node.birth - 0.25  # type: ignore[assignment]

        def run(g):
            if was.birth < writes.latest:
                refuse_stale(was)
            now = lift(was, edges) if isinstance(g, Variable) else edges
            parts = {}
            for i, (parent, pullback) in enumerate(zip(now[::2], now[1::2], strict=True)):
                if parent is not None:
                    d = pullback(g)
                    parts[i] = d if d.shape == parent.shape else sum_to(d, parent.shape)
            return self.seen(Bundle(parts), apart, branches, (g,))

        node.edges = (apart, run)
        node.__class__ = HookedNode

    def after_function(self, node: FunctionNode) -> None:
        """A Function's pullback gives a bundle already."""
        below, behind = node.edges  # type: ignore[misc]
        branches, context = below.edges, node.context
        node.edges = (below, lambda g: self.seen(behind(g), below, branches, unpacked(context, g)))

    def seen(self, bundle: Bundle, below: Node, branches: tuple, given: tuple) -> Bundle:
        """The derivatives of the inputs after every hook; below, they go on where there are any."""
        parts = tuple(bundle.parts.get(i) for i in range(len(branches) // 2))
        for function in tuple(self.functions):
            parts = called(function, parts, given)
        below.edges = open_branches(branches, parts)
        return Bundle({i: d for i, d in enumerate(parts) if d is not None})


class HookedNode(Node):
    """A node with hooks, whose results part ways in the node below it."""

    __slots__ = ()

    @property
    def next_functions(self) -> tuple:
        """The parents of the operation, as PyTorch lists them: (node, output number)."""
        return self.edges[0].next_functions if self.edges else ()


def branch(parent: Any, i: int) -> tuple:
    return NOTHING if parent is None else (parent, lambda bundle: bundle.parts[i])


_metadata: WeakKeyDictionary = WeakKeyDictionary()


def metadata(node: Any) -> dict:
    """A dictionary for whatever is to be remembered of a node."""
    return _metadata.setdefault(node, {})


# `tape` stands below the hooks, so that these methods of its classes are written here.
Node.register_prehook = Leaf.register_prehook = register_prehook  # type: ignore[attr-defined]
Node.register_hook = Leaf.register_hook = register_hook  # type: ignore[attr-defined]
Node.metadata = Leaf.metadata = property(metadata)  # type: ignore[attr-defined]


# --- edges ---


class GradientEdge(NamedTuple):
    """Where derivatives of a tensor arrive: a node or leaf, and which of its outputs (torch's GradientEdge)."""

    node: Any
    output_nr: int
    ownership_token: Any = None


def output_number(t: Variable) -> int:
    """Which output of its node a tensor is; only a Function has several."""
    return t.node.number if isinstance(t.node, OutputNode) else 0


def get_gradient_edge(tensor: Variable) -> GradientEdge:
    """The edge along which derivatives reach a tensor (PyTorch's page torch.autograd.graph.get_gradient_edge).

    >>> import tinygrad_lite as tl
    >>> tl.autograd.graph.get_gradient_edge(tl.ones(2, requires_grad=True) * 2).node
    <MulBackward0>
    """
    if tensor.node is None:
        raise RuntimeError(
            "get_gradient_edge: not possible to get the gradient edge for a Tensor that does not require gradients"
        )
    return GradientEdge(tensor.node, output_number(tensor))


def register_multi_grad_hook(tensors: Sequence, fn: Callable, *, mode: str = "all") -> RemovableHandle:
    """Refused: a hook cannot tell which backward it belongs to, nor which tensors that one will still reach.

    >>> import tinygrad_lite as tl
    >>> tl.autograd.graph.register_multi_grad_hook((), print)
    Traceback (most recent call last):
    NotImplementedError: register_multi_grad_hook: not supported: register a hook on each of the tensors
    """
    raise NotImplementedError("register_multi_grad_hook: not supported: register a hook on each of the tensors")


# --- saved tensors ---


class saved_tensors_hooks:
    """Refused: what the tape saves are the closures of its pullbacks, which cannot be packed (PyTorch has this hook).

    >>> import tinygrad_lite as tl
    >>> tl.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    Traceback (most recent call last):
    NotImplementedError: saved_tensors_hooks: the tape saves closures, not tensors that could be packed and unpacked
    """

    def __init__(self, pack_hook: Callable, unpack_hook: Callable):
        raise NotImplementedError(
            "saved_tensors_hooks: the tape saves closures, not tensors that could be packed and unpacked"
        )


class save_on_cpu:
    """A `with` block that keeps what is saved in main memory, where everything is (torch.autograd.graph.save_on_cpu).

    >>> import tinygrad_lite as tl
    >>> with tl.autograd.graph.save_on_cpu():
    ...     (tl.ones(2, requires_grad=True) ** 2).sum().backward()
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda"):
        if pin_memory:
            raise NotImplementedError("save_on_cpu: there is no pinned memory: pin_memory=True needs another device")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        pass


def increment_version(tensor: Variable | Sequence) -> None:
    """Note a write that was made behind the tape's back, as into `tensor.numpy()`.

    PyTorch's page torch.autograd.graph.increment_version.

    >>> import tinygrad_lite as tl
    >>> x = tl.ones(2)
    >>> tl.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    for t in (tensor,) if isinstance(tensor, Variable) else tensor:
        writes.mark(t.array, "increment_version")
