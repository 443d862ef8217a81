"""What a Function leaves on the tape and keeps for its backward: its nodes, and the `ctx` of its methods."""

import weakref
from collections.abc import Iterable
from typing import Any

from .. import writes
from ..errors import StaleValueError
from ..operation import NOTHING, result
from ..tape import Leaf, Node, Variable
from ..writes import tick


class Bundle:
    """Several derivatives on their way together, by number; two bundles add up entry by entry."""

    __slots__ = ("parts",)
    shape = ()  # of every bundle, so that none is ever summed to another shape

    def __init__(self, parts: dict):
        self.parts = parts

    def __add__(self, other: "Bundle") -> "Bundle":
        parts = dict(self.parts)
        for i, d in other.parts.items():
            parts[i] = parts[i] + d if i in parts else d
        return Bundle(parts)


def open_branches(branches: tuple, parts: Any) -> tuple:
    """Of the edges of a node where derivatives part ways, those that have one."""
    pairs = zip(branches[::2], branches[1::2], parts, strict=True)
    return tuple(part for parent, pick, d in pairs for part in (NOTHING if d is None else (parent, pick)))


class FunctionNode(Node):
    """The node of a Function. What it does not know itself it asks its context: y.grad_fn.saved_tensors."""

    __slots__ = ("context",)

    def name(self) -> str:
        """The name in PyTorch's form: CubeBackward."""
        return f"{self.op.__name__}Backward"

    @property
    def next_functions(self) -> tuple:
        """The parents, one for each tensor among the inputs, as PyTorch lists them: (node, output number)."""
        return self.edges[0].next_functions if self.edges else ()

    def __getattr__(self, name: str) -> Any:
        if name in FunctionNode.__slots__:
            raise AttributeError(name)
        return getattr(self.context, name)


class InputsNode(Node):
    """Where the derivatives of a Function's inputs part ways."""

    __slots__ = ()

    name = FunctionNode.name


class OutputNode(Node):
    """The place of output number `number` of a Function with several; it speaks for the FunctionNode."""

    __slots__ = ("number",)

    name = FunctionNode.name

    @property
    def next_functions(self) -> tuple:
        """The parents of the FunctionNode."""
        return self.edges[0].next_functions if self.edges else ()

    def __getattr__(self, name: str) -> Any:
        if name in Node.__slots__ or name in OutputNode.__slots__ or not self.edges:
            raise AttributeError(name)
        return getattr(self.edges[0], name)


def among(t: Any, things: Iterable) -> bool:
    """Whether t itself, and not only something equal to it, is one of the things."""
    for thing in things:  # noqa: SIM110 - a loop takes half the time of any()
        if thing is t:
            return True
    return False


def freed(name: str) -> RuntimeError:
    return RuntimeError(
        f"{name}: trying to backward through the graph a second time (or directly access saved tensors after they have "
        "already been freed). Pass retain_graph=True to the first backward to go through the graph again."
    )


class Context:
    """The `ctx` of a Function: keeps what backward needs (PyTorch's page torch.autograd.function.FunctionCtx).

    Attributes of any name may be set on it. Tensors belong into `save_for_backward`: there a write in place is noticed.
    """

    needs_input_grad: tuple[bool, ...] = ()
    _given: tuple = ()  # what save_for_backward was called with
    _saved: list | None = None  # after forward: (array, node or leaf, output number), or None
    _dirty: tuple = ()
    _constant: tuple = ()
    _materialize = True
    _time = 0  # when forward was finished
    _node: Any = None
    _places: Any = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors, or None, for backward, which finds them in `saved_tensors`."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Variable):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(t).__name__}; "
                    "set other values as attributes of ctx"
                )
        self._given = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """For a forward mode, which the tape does not have: nothing needs to be kept."""

    def mark_dirty(self, *tensors: Variable) -> None:
        """Declare inputs that forward writes in place, and returns."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Variable) -> None:
        """Declare outputs without a derivative."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether an output without a derivative has zeros (the default) or None in backward."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple:
        """The tensors of `save_for_backward`, each at its place on the tape."""
        if self._saved is None:
            if self._node is not None:
                raise freed("saved_tensors")
            return self._given  # forward is still running
        return tuple(None if entry is None else self._unpacked(*entry) for entry in self._saved)

    def _seal(self, node: Node, outputs: tuple, places: list) -> None:
        """After forward: note where the saved tensors are on the tape. An output is named by its number, not held:
        it would hold the node that holds it."""
        self._node = weakref.ref(node)
        self._places = [None if place is None else weakref.ref(place) for place in places]
        self._saved = []
        for t in self._given:
            if t is None:
                self._saved.append(None)
                continue
            number = next((j for j, y in enumerate(outputs) if y is t and places[j] is not None), None)
            self._saved.append((t.array, t.node if number is None else None, number))
        self._given = self._dirty = self._constant = ()
        self._time = tick()

    def _unpacked(self, array: Any, node: Any, number: int | None) -> Any:
        function: Any = self._node()
        writer = writes.writer_since(array, self._time)
        if writer is not None:
            raise StaleValueError(function, writer, array.shape)
        if number is not None:
            node = self._places[number]()
            if node is None:  # nobody holds that output any more
                node = OutputNode()
                node.number = number
                node.op, node.shape, node.hooks, node.birth = function.op, array.shape, None, tick()
                node.edges = (function, lambda g: Bundle({number: g}))
        elif isinstance(node, Leaf) and (leaf := node.tensor()) is not None and leaf.array is array:
            return leaf
        return result(array, node)

    def _free(self) -> None:
        self._saved = None
