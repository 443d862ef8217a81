"""What a picture of the tape holds: boxes for operations, leaves and constants, and arrows from inputs to operations.

Read from the tape, and free of any graphics: `dot.py` turns a `Graph` into text for Graphviz.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..tape import Leaf, Node, Variable
from ..tensor import Parameter, Tensor
from . import facts


class Box(NamedTuple):
    """One thing in the picture. `kind`: parameter, input, constant, operation, root, or rest (what was left out).

    heat  of an operation that was profiled: its time, in times of the longest
    """

    kind: str
    title: str
    shape: tuple[int, ...] | None = None
    rows: Sequence[tuple[str, str]] = ()
    tip: str = ""
    formulas: Sequence[str] = ()
    heat: float | None = None


class Arrow(NamedTuple):
    """From a box to a box, by their numbers in `Graph.boxes`."""

    tail: int
    head: int
    label: str = ""
    tip: str = ""


class Graph(NamedTuple):
    boxes: list[Box]
    arrows: list[Arrow]
    title: str


class Names:
    """The names that a user gave: of nodes and leaves, and, for tensors without derivative, of arrays."""

    def __init__(self, names: Any):
        self.tensors: dict[Any, tuple[str, Tensor]] = {}
        self.parameters: set = set()
        for name, tensor in self._pairs(names):
            key = id(tensor.array) if tensor.node is None else tensor.node
            if key in self.tensors:  # one tensor under two names: say both
                name = f"{self.tensors[key][0]} = {name}"
            self.tensors[key] = name, tensor

    def _pairs(self, names: Any) -> Iterable[tuple[str, Tensor]]:
        if names is None:
            return
        if hasattr(names, "named_parameters"):
            pairs = dict(names.named_parameters())
            self.parameters.update(tensor.node for tensor in pairs.values())
        elif isinstance(names, dict):
            pairs = names
        else:
            raise TypeError(
                f"draw: names is a {type(names).__name__}; pass a Module, or a dict of names and tensors: "
                'names={"x": x, **dict(model.named_parameters())}'
            )
        for name, tensor in pairs.items():
            if not isinstance(name, str) or not isinstance(tensor, Tensor):
                raise TypeError(f"draw: names maps {name!r} to a {type(tensor).__name__}; it maps strings to tensors")
            yield facts.printable(name), tensor

    def of(self, key: Any) -> tuple[str, Tensor | None]:
        """The name of a node, a leaf or an array, and the tensor that bears it; ("", None) if there is none."""
        return self.tensors.get(key if isinstance(key, (Node, Leaf)) else id(key), ("", None))


def read(roots: Sequence[Tensor], names: Names, max_nodes: int, profile: Any = None) -> Graph:
    """The tape below the roots, its youngest `max_nodes` operations, oldest first."""
    found = reachable([root.node for root in roots])
    operations = sorted((node for node in found if isinstance(node, Node)), key=lambda node: node.birth)
    total = len(operations)
    reader = _Reader(names, {root.node for root in roots})
    if profile is not None:
        reader.times = {node: times for node in operations if (times := profile.of(node)) is not None}
        reader.longest = max((times.total for times in reader.times.values()), default=0.0)
    if total > max_nodes:
        operations = operations[total - max_nodes :]
        reader.leave_out(total - max_nodes, total)
    for node in operations:
        reader.add_operation(node)
    for number, root in enumerate(roots, 1):
        default = "loss" if root.numel() == 1 else "output"
        reader.add_root(root, f"{default} {number}" if len(roots) > 1 else default)
    parts = f"{counted(total, 'operation')}, {counted(len(found) - total, 'leaf', 'leaves')}"
    title = f"tape of {', '.join(reader.roots)}: {parts}"
    return Graph(reader.boxes, reader.arrows, title)


def counted(number: int, one: str, many: str = "") -> str:
    """1 leaf, 2 leaves."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def reachable(roots: Iterable) -> set[Node | Leaf]:
    """Every operation and every leaf below the roots."""
    found, stack = set(roots), list(roots)
    while stack:
        node = stack.pop()
        if node.edges is None:
            raise RuntimeError(
                f"draw: the tape below {node.op.__name__} was used and freed by backward. "
                "Draw before backward, or keep the tape with backward(retain_graph=True)"
            )
        for parent in node.edges[::2]:
            if parent is not None and parent not in found:
                found.add(parent)
                stack.append(parent)
    return found


class _Reader:
    """Collects boxes and arrows; an input that several operations use is one box."""

    def __init__(self, names: Names, root_nodes: set):
        self.names = names
        self.root_nodes = root_nodes  # their names and values stand in boxes of their own
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.place: dict[Any, int] = {}  # node, leaf, or id of an array: the number of its box
        self.rest: int | None = None  # the box that stands for what was left out
        self.unnamed = {"parameter": 0, "input": 0}
        self.roots: list[str] = []
        self.times: dict[Node, Any] = {}  # of those that were profiled
        self.longest = 0.0

    def add(self, box: Box, key: Any = None) -> int:
        self.boxes.append(box)
        number = len(self.boxes) - 1
        if key is not None:
            self.place[key] = number
        return number

    def leave_out(self, hidden: int, total: int) -> None:
        """Put one box for the oldest operations."""
        title = f"{counted(hidden, 'older operation')} not drawn"
        self.rest = self.add(Box("rest", f"⋮ {title}", rows=[("to draw all", f"max_nodes={total}")], tip=title))

    def add_operation(self, node: Node) -> None:
        name, tensor = ("", None) if node in self.root_nodes else self.names.of(node)
        operation = node.op.__name__
        inputs = facts.inputs(node)
        tails = [self.constant(put.value) if put.parent is None else self.source(put.parent) for put in inputs]
        formulas = facts.formulas(node.op)
        tip = f"{operation}: {', '.join(formulas)}" if formulas else operation
        title = f"{name} = {operation}" if name else operation
        rows, heat = facts.of(node, tensor), None
        if node in self.times:
            rows, heat = rows + facts.times(self.times[node]), self.times[node].total / (self.longest or 1.0)
        head = self.add(Box("operation", title, node.shape, rows, tip, formulas, heat), node)
        for put, tail in zip(inputs, tails, strict=True):
            said = len(inputs) == 1 or self.boxes[tail].title.rpartition(".")[2] == put.argument  # 0.weight: weight
            label = "" if said else put.argument
            if put.parent is None:
                shape = self.boxes[tail].shape
            else:
                shape = put.parent.shape
                if tail == self.rest:  # the box that would show the shape is not drawn
                    label = f"{label} {facts.shape(shape)}".strip()
            way = f"{put.argument or 'input'} of {operation}"
            self.arrows.append(Arrow(tail, head, label, way if shape is None else f"{way}, shape {facts.shape(shape)}"))

    def source(self, parent: Node | Leaf) -> int:
        """The box of an input whose derivative is asked for."""
        if isinstance(parent, Leaf) and parent not in self.place:
            self.add_leaf(parent)
        return self.place[parent] if self.rest is None else self.place.get(parent, self.rest)

    def add_leaf(self, leaf: Leaf) -> None:
        tensor: Any = leaf.variable
        kind = "parameter" if leaf in self.names.parameters or isinstance(tensor, Parameter) else "input"
        name, _ = self.names.of(leaf)
        if not name:
            self.unnamed[kind] += 1
            name = f"{'leaf' if kind == 'input' else kind} {self.unnamed[kind]}"
        tip = f"{kind} {name}, shape {facts.shape(leaf.shape)}"
        self.add(Box(kind, name, leaf.shape, facts.of(leaf, tensor), tip), leaf)

    def constant(self, value: Any) -> int:
        """The box of an input without derivative; the value is None if the tape does not keep it."""
        if value is None:
            return self.add(Box("constant", "no gradient", tip="an input without derivative; its value is not kept"))
        if isinstance(value, (bool, int, float, np.generic)):
            return self.add(Box("constant", facts.number(value), tip=f"the number {value}"))
        array = value.array if isinstance(value, Variable) else value
        if id(array) not in self.place:
            name = self.names.of(array)[0] or "constant"
            tip = f"{name}, shape {facts.shape(array.shape)}: no derivative is asked for"
            self.add(Box("constant", name, array.shape, [("value", facts.numbers(array))], tip), id(array))
        return self.place[id(array)]

    def add_root(self, root: Tensor, default: str) -> None:
        name = self.names.of(root.node)[0]
        if isinstance(root.node, Leaf):
            tail = self.source(root.node)
            self.roots.append(self.boxes[tail].title)
            return
        name = name or default
        self.roots.append(name)
        tip = f"{name}, shape {facts.shape(root.array.shape)}: backward starts here"
        tail = self.source(root.node)
        head = self.add(Box("root", name, root.array.shape, facts.of(root.node, root), tip))
        self.arrows.append(Arrow(tail, head, tip=tip))
